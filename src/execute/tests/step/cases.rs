//! Every case: an item, what is seen of its two instances, what was done for it, and the step that follows.

use std::fmt;
use std::sync::LazyLock;

use crate::api_error::ApiErrorKind;
use crate::execute::tests::world::error;
use crate::execute::{Identity, Observed, Seen, Sight, Step, next};
use crate::fixtures::{POLICY, exposed, instance, plan_by, sound, statuses, tags, today};
use crate::inventory::{Description, Status, Tags};
use crate::journal::Reason;
use crate::journal::{Call, CallState, Entry, Past, PriorStatus, SourceRest};
use crate::plan::{Item, provenance};

/// A failure after which a call is not sent again, and one after which it is.
pub(super) const FINAL: ApiErrorKind = ApiErrorKind::AccessDenied;
const PASSING: ApiErrorKind = ApiErrorKind::Throttled;

/// One case.
pub(super) struct Case<'a> {
    pub(super) item: &'a Item,
    pub(super) past: &'a Past,
    pub(super) step: &'a Step,
    identity: &'a Identity,
    source: &'a Judged,
    replacement: &'a Judged,
}

type Alter = fn(&mut Description);

/// A sight, and whether it is as planned or as requested.
pub(in crate::execute::tests) type Judged = (bool, Sight);

struct World {
    item: Item,
    identity: Identity,
    sources: Vec<Judged>,
    replacements: Vec<Judged>,
    /// One a source, a replacement and a past.
    steps: Vec<Step>,
}

static PASTS: LazyLock<Vec<Past>> = LazyLock::new(pasts);
static WORLDS: LazyLock<Vec<World>> = LazyLock::new(|| {
    let both = [Status::InService, Status::Stopped];
    let settings = ["delete_source = \"after-verify\"", "on_failure = \"leave\"", ""];
    let worlds = both.iter().flat_map(|planned| settings.map(|settings| World::of(planned, settings, KEPT)));
    // What runs beside its replacement: until that is verified, or for good.
    let beside = "order = \"create-first\"\ndelete_source = \"after-verify\"";
    worlds.chain([KEPT, RETIRED].map(|platform| World::of(&Status::InService, beside, platform))).collect()
});

const KEPT: &str = "notebook-al2023-v1";
/// One that AWS no longer starts.
const RETIRED: &str = "notebook-al2-v3";

/// Every case there is.
pub(super) fn every_case() -> impl Iterator<Item = Case<'static>> {
    WORLDS.iter().flat_map(World::cases)
}

impl World {
    fn of(planned: &Status, settings: &str, platform: &str) -> Self {
        let policy = POLICY.replace("[limits]", &format!("[defaults]\n{settings}\n[limits]"));
        let mut source = exposed("a");
        source.notebook_instance_status = planned.clone();
        source.platform_identifier = Some(platform.to_owned());
        let plan = plan_by(&policy, vec![instance(source, tags(&[("Owner", "x")]))]);
        let identity =
            Identity { run: "20261122T100000Z-00000000".parse().unwrap(), plan: plan.digest.clone() };
        let mut item = plan.items[0].clone();
        let (sources, replacements) = (sources(&item), replacements(&item, &identity));
        changed_before(&mut item);
        let mut steps = Vec::new();
        for (_, source) in &sources {
            for (_, replacement) in &replacements {
                let observed = Observed { source: source.clone(), replacement: replacement.clone() };
                steps.extend(PASTS.iter().map(|past| next(&item, &identity, &observed, past, today())));
            }
        }
        Self { item, identity, sources, replacements, steps }
    }

    fn cases(&self) -> impl Iterator<Item = Case<'_>> {
        let pairs =
            self.sources.iter().flat_map(|source| self.replacements.iter().map(move |one| (source, one)));
        let triples = pairs.flat_map(|pair| PASTS.iter().map(move |past| (pair, past)));
        triples.zip(&self.steps).map(|(((source, replacement), past), step)| Case {
            item: &self.item,
            past,
            step,
            identity: &self.identity,
            source,
            replacement,
        })
    }
}

/// After the replacement of any case was created.
const USED: &str = "2026-12-01T08:00:00Z";

/// A source that is absent, as planned in every status, used since, or drifted at rest.
pub(in crate::execute::tests) fn sources(item: &Item) -> Vec<Judged> {
    let seen = |status: &Status, change: Alter| {
        let mut description = item.source.description.clone();
        description.notebook_instance_status = status.clone();
        change(&mut description);
        Sight::Present(Box::new(Seen { description, tags: item.source.tags.clone() }))
    };
    let mut sources = vec![(false, Sight::Absent)];
    sources.extend(statuses().iter().map(|status| (true, seen(status, |_| {}))));
    // Somebody has used it and stopped it again.
    sources.push((true, seen(&Status::Stopped, |it| it.last_modified_time = Some(USED.parse().unwrap()))));
    for status in [Status::InService, Status::Stopped] {
        sources.push((false, seen(&status, |it| it.instance_type = Some("ml.p4d.24xlarge".to_owned()))));
    }
    sources
}

/// A replacement that is absent, or in every status: as requested, without a member, with a wrong one,
/// without the source's tag, made by another run of this plan, or made by someone else.
pub(in crate::execute::tests) fn replacements(item: &Item, identity: &Identity) -> Vec<Judged> {
    let request = &item.request;
    let own = request.tags.iter().map(|tag| (tag.key.clone(), tag.value.clone()));
    let arn = &item.source.description.notebook_instance_arn;
    let ours = provenance::tags(&identity.run, arn, &identity.plan);
    let all: Tags = own.clone().chain(ours.into_iter().map(|tag| (tag.key, tag.value))).collect();
    let mut untagged = all.clone();
    untagged.remove("Owner");
    let mut of_another_plan = all.clone();
    of_another_plan.insert(provenance::PLAN.to_owned(), "0".repeat(64));
    let mut of_another_run = all.clone();
    of_another_run.insert(provenance::RUN.to_owned(), "20261121T100000Z-00000000".to_owned());
    let fakes: [(bool, Alter, &Tags); 6] = [
        (true, |_| {}, &all),
        (true, |it| it.platform_identifier = None, &all),
        (false, |it| it.direct_internet_access = Some("Enabled".to_owned()), &all),
        (false, |_| {}, &untagged),
        (false, |_| {}, &of_another_plan),
        (true, |_| {}, &of_another_run),
    ];
    let mut replacements = vec![(false, Sight::Absent)];
    for (as_requested, change, tags) in fakes {
        for status in statuses() {
            let mut description = sound(request.notebook_instance_name.as_str());
            description.platform_identifier = request.platform_identifier.clone();
            description.notebook_instance_status = status;
            description.subnet_id = Some(request.subnet_id.clone());
            description.instance_metadata_service_configuration =
                request.instance_metadata_service_configuration.clone();
            change(&mut description);
            let seen = Seen { description, tags: tags.clone() };
            replacements.push((as_requested, Sight::Present(Box::new(seen))));
        }
    }
    replacements
}

/// What can have been done: nothing, or one life of an item up to each of its points.
fn pasts() -> Vec<Past> {
    let mut pasts = vec![Past::default()];
    for prior_status in [PriorStatus::InService, PriorStatus::Stopped] {
        let mut begun = Past::default();
        begun.apply(&Entry::ItemStarted { item: id(), prior_status }).unwrap();
        let mut points = vec![begun.clone()];
        let stopped = calls(&begun, Call::StopSource);
        let rested = at_rest(&stopped[0]);
        let created = calls(&rested, Call::CreateReplacement);
        let verified =
            [&[] as &[&str], &["PlatformIdentifier"]].map(|not_reported| verified(&created[0], not_reported));
        points.extend(stopped.clone());
        points.push(rested);
        points.extend(created);
        points.extend(verified.clone());
        points.extend(verified_without_rest(prior_status, &stopped[0]));
        points.extend(created_first(&begun));
        for call in [Call::StopReplacement, Call::StartReplacement, Call::DeleteSource] {
            points.extend(calls(&verified[0], call));
        }
        let mut failing: Vec<Past> = points.iter().map(fail).collect();
        let restored = failing.iter().flat_map(|past| calls(past, Call::StartSource)).collect::<Vec<_>>();
        let discarded = [Call::StopReplacement, Call::DeleteReplacement]
            .into_iter()
            .flat_map(|call| calls(&failing[failing.len() / 2], call));
        let discarded: Vec<Past> = discarded.collect();
        failing.extend(restored);
        failing.extend(discarded);
        pasts.extend(points);
        pasts.extend(failing);
    }
    pasts
}

/// A run that was away before it saw the source at rest, and one whose journal does not tell: each to a verified
/// replacement.
fn verified_without_rest(prior_status: PriorStatus, stopped: &Past) -> [Past; 2] {
    let mut missed = stopped.clone();
    missed.was_left();
    let mut unrecorded = Past::in_format(3);
    unrecorded.apply(&Entry::ItemStarted { item: id(), prior_status }).unwrap();
    [missed, calls(&unrecorded, Call::StopSource)[0].clone()]
        .map(|past| verified(&calls(&past, Call::CreateReplacement)[0], &[]))
}

/// A run that creates first: to the stop of the source, to its rest, and to its deletion.
fn created_first(begun: &Past) -> Vec<Past> {
    let created = calls(begun, Call::CreateReplacement);
    let verified = verified(&created[0], &[]);
    let stopped = calls(&verified, Call::StopSource);
    let rested = at_rest(&stopped[0]);
    let deleted = calls(&rested, Call::DeleteSource);
    let mut missed = stopped[0].clone();
    missed.was_left();
    let points = [created, vec![verified], stopped, vec![missed, rested], deleted];
    points.into_iter().flatten().collect()
}

/// When the sources of cases were last changed.
/// Nobody has changed the source for a month when it is planned with: what the run does moves the time of its last change.
pub(in crate::execute::tests) fn changed_before(item: &mut Item) {
    item.source.description.last_modified_time = Some("2026-10-01T08:00:00Z".parse().unwrap());
}

const LAST_MODIFIED: &str = "2026-11-01T08:00:00Z";

/// This past with the source seen at rest.
pub(in crate::execute::tests) fn at_rest(past: &Past) -> Past {
    let mut past = past.clone();
    let last_modified = Some(LAST_MODIFIED.parse().unwrap());
    past.apply(&Entry::SourceAtRest { item: id(), last_modified, unwatched: false }).unwrap();
    past
}

pub(in crate::execute::tests) fn id() -> crate::ids::ItemId {
    crate::fixtures::id("a")
}

/// This past with one kind of call more: accepted, in doubt, refused for now, refused for good, and lost
/// five times.
pub(in crate::execute::tests) fn calls(past: &Past, call: Call) -> Vec<Past> {
    let sent = |times: usize, answer: Option<Option<ApiErrorKind>>| {
        let mut past = past.clone();
        for _ in 0..times {
            past.apply(&Entry::Intent { item: id(), call }).unwrap();
        }
        if let Some(kind) = answer {
            let error = kind.map(|kind| error(call.operation(), kind));
            past.apply(&Entry::CallEnded { item: id(), call, error, request_id: None }).unwrap();
        }
        past
    };
    vec![
        sent(1, Some(None)),
        sent(1, None),
        sent(1, Some(Some(PASSING))),
        sent(1, Some(Some(FINAL))),
        sent(5, None),
    ]
}

pub(in crate::execute::tests) fn verified(past: &Past, not_reported: &[&str]) -> Past {
    let mut past = past.clone();
    let not_reported = not_reported.iter().map(|member| (*member).to_owned()).collect();
    past.apply(&Entry::ReplacementVerified { item: id(), not_reported, found: None }).unwrap();
    past
}

pub(in crate::execute::tests) fn fail(past: &Past) -> Past {
    let mut past = past.clone();
    past.apply(&Entry::ItemFailing { item: id(), reason: Reason::Told { text: "it failed".to_owned() } })
        .unwrap();
    past
}

pub(in crate::execute::tests) fn status(sight: &Sight) -> Option<&Status> {
    match sight {
        Sight::Absent => None,
        Sight::Present(seen) => Some(&seen.description.notebook_instance_status),
    }
}

impl Case<'_> {
    /// The source's status when the plan was made.
    pub(super) fn planned(&self) -> &Status {
        &self.item.source.description.notebook_instance_status
    }

    /// The source's status now, if it exists.
    pub(super) fn source(&self) -> Option<&Status> {
        status(&self.source.1)
    }

    /// The replacement's status now, if it exists.
    pub(super) fn replacement(&self) -> Option<&Status> {
        status(&self.replacement.1)
    }

    /// Whether nothing has changed the source since the run saw it at rest, or as far as an older journal can tell.
    pub(super) fn source_is_untouched(&self) -> bool {
        let modified = match &self.source.1 {
            Sight::Absent => return false,
            Sight::Present(seen) => seen.description.last_modified_time,
        };
        match self.past.rest {
            SourceRest::Seen(at_rest) => modified.is_some() && modified == at_rest,
            SourceRest::Unrecorded => modified < Some(USED.parse().unwrap()),
            SourceRest::NotSeen | SourceRest::Missed => false,
        }
    }

    pub(super) fn source_as_planned(&self) -> bool {
        self.source.0
    }

    /// Whether there is a replacement that this plan made and that is as requested.
    pub(super) fn replacement_as_requested(&self) -> bool {
        self.replacement.0
    }

    /// Whether the instance that has the replacement's name was made by someone else.
    pub(super) fn name_is_taken(&self) -> bool {
        let source = &self.item.source.description.notebook_instance_arn;
        match &self.replacement.1 {
            Sight::Absent => false,
            Sight::Present(seen) => !provenance::made_by(&seen.tags, source, &self.identity.plan),
        }
    }

    /// Whether this very run made the instance that has the replacement's name.
    pub(super) fn replacement_is_ours(&self) -> bool {
        is_of_run(&self.replacement.1, self.identity) && !self.name_is_taken()
    }

    /// Whether this run may have stopped a source that ran.
    pub(super) fn source_stopped_by_us(&self) -> bool {
        self.past.prior_status == Some(PriorStatus::InService)
            && self.past.may_have_happened(Call::StopSource)
    }

    pub(super) fn replacement_has_prior_status(&self) -> bool {
        let wanted = self.past.prior_status.map(|prior| match prior {
            PriorStatus::InService => &Status::InService,
            PriorStatus::Stopped => &Status::Stopped,
        });
        wanted.is_some() && wanted == self.replacement()
    }
}

/// Whether an instance carries the tag of this run.
pub(in crate::execute::tests) fn is_of_run(sight: &Sight, identity: &Identity) -> bool {
    match sight {
        Sight::Absent => false,
        Sight::Present(seen) => {
            seen.tags.get(provenance::RUN).is_some_and(|run| run == identity.run.as_str())
        }
    }
}

impl fmt::Display for Case<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let show = |judged: &Judged, good: &str| match status(&judged.1) {
            None => "absent".to_owned(),
            Some(status) if judged.0 => format!("{status} {good}"),
            Some(status) => format!("{status} not {good}"),
        };
        let Past { prior_status, verified, failing, .. } = self.past;
        let Item { delete_source, on_failure, .. } = self.item;
        writeln!(f, "planned {}, delete_source {delete_source}, {on_failure:?}", self.planned())?;
        writeln!(f, "  source {}", show(self.source, "as planned"))?;
        writeln!(f, "  replacement {}", show(self.replacement, "as requested"))?;
        writeln!(f, "  past: prior {prior_status:?}, verified {verified:?}, failing {failing:?}")?;
        for call in [
            Call::StopSource,
            Call::CreateReplacement,
            Call::StopReplacement,
            Call::StartReplacement,
            Call::StartSource,
            Call::DeleteSource,
            Call::DeleteReplacement,
        ] {
            if self.past.call(call) != &CallState::NotSent {
                writeln!(f, "  past: {call:?} {:?}", self.past.call(call))?;
            }
        }
        write!(f, "  leads to {:?}", self.step)
    }
}
