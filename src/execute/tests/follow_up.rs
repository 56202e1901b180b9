//! Laws of the two pure functions that follow an application, over every case of what is seen and what was done.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::execute::cleanup::cleanup;
use crate::execute::rollback::rollback;
use crate::execute::situation::Situation;
use crate::execute::tests::step;
use crate::execute::tests::step::cases::{
    Judged, at_rest, calls, changed_before, fail, id, is_of_run, replacements, sources, status, verified,
};
use crate::execute::{End, Identity, Observed, Side, Sight, Step};
use crate::fixtures::{POLICY, exposed, instance, plan_by, tags};
use crate::inventory::Status;
use crate::journal::{Call, Entry, Outcome, Past, PriorStatus, Reason, SourceRest};
use crate::plan::{Item, provenance};

/// One case of a follow-up.
struct Case<'a> {
    item: &'a Item,
    identity: &'a Identity,
    source: &'a Judged,
    replacement: &'a Judged,
    applied: &'a Past,
    past: &'a Past,
    step: Step,
}

type Decide = fn(&Item, &Identity, &Observed, (&Past, &Past)) -> Step;

const NOW: Timestamp = Timestamp::constant(1_788_264_000, 0);

/// The way back, as long as the source is waited for.
fn way_back(item: &Item, identity: &Identity, observed: &Observed, (past, applied): (&Past, &Past)) -> Step {
    rollback(&Situation { item, identity, observed, past, applied, runs_on: None, now: NOW })
}

/// The same, once a source that AWS accepted the stop of has been waited for in vain.
fn way_back_after_wait(
    item: &Item,
    identity: &Identity,
    observed: &Observed,
    (past, applied): (&Past, &Past),
) -> Step {
    let (name, status) = (item.id.name.clone(), Some(Status::InService));
    let why = Reason::StartedAfterStop { name, status, minutes: 60 };
    rollback(&Situation { item, identity, observed, past, applied, runs_on: Some(&why), now: NOW })
}

fn begun(prior_status: PriorStatus) -> Past {
    let mut past = Past::default();
    past.apply(&Entry::ItemStarted { item: id(), prior_status }).unwrap();
    past
}

/// What an application can have done: as far as each of its points, and to its end.
fn applications() -> Vec<Past> {
    let mut all = Vec::new();
    for prior in [PriorStatus::InService, PriorStatus::Stopped] {
        let begun = begun(prior);
        let stopped = calls(&begun, Call::StopSource);
        let rested = at_rest(&stopped[0]);
        let created = calls(&rested, Call::CreateReplacement);
        let mut done = verified(&created[0], &[]);
        done.apply(&Entry::ItemEnded {
            item: id(),
            outcome: Outcome::Done {
                replacement: "a-vpc".parse().unwrap(),
                source_deleted: false,
                notes: vec![],
            },
        })
        .unwrap();
        let failed = fail(&created[0]);
        all.push(begun);
        all.extend(stopped.into_iter().take(3));
        all.extend(created.into_iter().take(3));
        all.extend([done, failed]);
    }
    all
}

/// What the follow-up itself can have done of these calls, each after the one before it.
fn pasts(prior: PriorStatus, order: &[Call]) -> Vec<Past> {
    let mut all = vec![Past::default(), begun(prior), verified(&begun(prior), &[])];
    let mut last = verified(&begun(prior), &[]);
    for call in order {
        let next = calls(&last, *call);
        last = next[0].clone();
        all.extend(next);
    }
    // As soon as it was begun, and after everything.
    let failing = [fail(&begun(prior)), fail(&last)];
    let restarted = failing.iter().flat_map(|past| calls(past, Call::StartReplacement));
    all.extend(restarted.collect::<Vec<_>>());
    all.extend(failing);
    all
}

/// Something that must hold in every case, in words.
type Law<'a> = (&'a str, &'a dyn Fn(&Case<'_>) -> bool);

/// Checks the laws on every case, and returns the words for all steps.
fn check(decide: Decide, order: &[Call], laws: &[Law<'_>]) -> Vec<String> {
    let policy = POLICY.replace("[limits]", "[defaults]\ndelete_source = \"cleanup\"\n[limits]");
    let plan = plan_by(&policy, vec![instance(exposed("a"), tags(&[("Owner", "x")]))]);
    let identity = Identity { run: "20261122T100000Z-00000000".parse().unwrap(), plan: plan.digest.clone() };
    let sources = seen_sources(&plan.items[0]);
    let mut item = plan.items[0].clone();
    changed_before(&mut item);
    let (item, mut steps) = (&item, BTreeSet::new());
    for source in &sources {
        for replacement in &replacements(item, &identity) {
            let observed = Observed { source: source.1.clone(), replacement: replacement.1.clone() };
            for applied in &applications() {
                for past in &pasts(applied.prior_status.unwrap(), order) {
                    let step = decide(item, &identity, &observed, (past, applied));
                    let case = Case { item, identity: &identity, source, replacement, applied, past, step };
                    for (words, holds) in laws {
                        assert!(holds(&case), "{words}: not if {}", case.words());
                    }
                    steps.insert(kind(&case.step));
                }
            }
        }
    }
    steps.into_iter().collect()
}

/// Those of the application, and one that someone has used since, one that was made anew, and one that AWS says too
/// little of.
fn seen_sources(item: &Item) -> Vec<Judged> {
    let mut all = sources(item);
    let stopped = all.iter().find(|one| status(&one.1) == Some(&Status::Stopped)).unwrap().1.clone();
    let Sight::Present(stopped) = stopped else { unreachable!() };
    let changes: [fn(&mut crate::inventory::Description); 3] = [
        |it| it.last_modified_time = Some("2027-01-01T00:00:00Z".parse().unwrap()),
        |it| it.last_modified_time = None,
        |it| it.creation_time = Some("2027-01-01T00:00:00Z".parse().unwrap()),
    ];
    for change in changes {
        let mut seen = stopped.clone();
        change(&mut seen.description);
        all.push((false, Sight::Present(seen)));
    }
    all
}

/// A step in a word or two.
fn kind(step: &Step) -> String {
    match step {
        Step::Wait(side, _) => format!("wait {side:?}"),
        Step::Verified { .. } => "verified".to_owned(),
        Step::Begin(_)
        | Step::AtRest { .. }
        | Step::Call(_)
        | Step::Again { .. }
        | Step::Prepare(_)
        | Step::AwaitFiles(_)
        | Step::Hold { .. }
        | Step::Fail(_)
        | Step::End(_) => step::kind(step),
    }
}

impl Case<'_> {
    fn words(&self) -> String {
        format!(
            "source {:?} ({}), replacement {:?} ({}), applied {:?}, past {:?} leads to {:?}",
            status(&self.source.1),
            self.source.0,
            status(&self.replacement.1),
            self.replacement.0,
            self.applied,
            self.past,
            self.step
        )
    }

    fn source(&self) -> Option<&Status> {
        status(&self.source.1)
    }

    fn replacement(&self) -> Option<&Status> {
        status(&self.replacement.1)
    }

    fn is_ours(&self) -> bool {
        let arn = &self.item.source.description.notebook_instance_arn;
        match &self.replacement.1 {
            Sight::Absent => false,
            Sight::Present(seen) => {
                provenance::made_by(&seen.tags, arn, &self.identity.plan)
                    && is_of_run(&self.replacement.1, self.identity)
            }
        }
    }

    /// Whether the source is the instance that was planned with, whatever has drifted.
    fn is_same_source(&self) -> bool {
        match &self.source.1 {
            Sight::Absent => false,
            Sight::Present(seen) => {
                seen.description.creation_time == self.item.source.description.creation_time
            }
        }
    }

    /// Whether the application saw the source at rest, and nothing has changed it since.
    fn is_untouched(&self) -> bool {
        let modified = match &self.source.1 {
            Sight::Absent => None,
            Sight::Present(seen) => seen.description.last_modified_time,
        };
        modified.is_some() && self.applied.rest == SourceRest::Seen(modified)
    }

    fn source_is_back(&self) -> bool {
        let stopped_by_us = self.applied.prior_status == Some(PriorStatus::InService)
            && self.applied.may_have_happened(Call::StopSource);
        match self.source() {
            Some(Status::InService) => true,
            Some(Status::Stopped) => !stopped_by_us,
            Some(_) | None => false,
        }
    }
}

const BACK: [Call; 3] = [Call::StopReplacement, Call::StartSource, Call::DeleteReplacement];

const LAWS_OF_THE_WAY_BACK: [Law<'_>; 8] = [
    ("what was not begun is begun, waited for or refused, and nothing is refused later", &|case| match case
        .past
        .prior_status
    {
        None => matches!(case.step, Step::Begin(_) | Step::Wait(..) | Step::End(End::Refused(_))),
        Some(_) => !matches!(case.step, Step::Begin(_) | Step::End(End::Refused(_))),
    }),
    ("a replacement is deleted when it is of this run and at rest, beside a source that is back", &|case| {
        case.step != Step::Call(Call::DeleteReplacement)
            || (case.is_ours()
                && case.is_same_source()
                && case.source_is_back()
                && matches!(case.replacement(), Some(Status::Stopped | Status::Failed)))
    }),
    ("a source is started when it is stopped, and the application stopped it", &|case| {
        case.step != Step::Call(Call::StartSource)
            || (case.is_same_source()
                && case.source() == Some(&Status::Stopped)
                && case.applied.prior_status == Some(PriorStatus::InService)
                && case.applied.may_have_happened(Call::StopSource)
                && case.past.failing.is_none())
    }),
    ("a replacement is stopped when it is of this run and runs", &|case| {
        case.step != Step::Call(Call::StopReplacement)
            || (case.is_ours() && case.replacement() == Some(&Status::InService) && case.is_same_source())
    }),
    (
        "what failed to start is started again when it ran and this run, or the application, stopped it",
        &|case| match case.step {
            Step::Again { call: Call::StartSource, .. } => {
                case.is_same_source()
                    && case.source() == Some(&Status::Failed)
                    && case.past.failing.is_none()
                    && case.applied.prior_status == Some(PriorStatus::InService)
                    && case.applied.may_have_happened(Call::StopSource)
            }
            Step::Again { call: Call::StartReplacement, .. } => {
                case.is_ours()
                    && case.replacement() == Some(&Status::Failed)
                    && case.past.failing.is_some()
                    && case.past.may_have_happened(Call::StopReplacement)
            }
            Step::Again { .. } => false,
            Step::Begin(_)
            | Step::AtRest { .. }
            | Step::Call(_)
            | Step::Wait(..)
            | Step::Verified { .. }
            | Step::Prepare(_)
            | Step::AwaitFiles(_)
            | Step::Hold { .. }
            | Step::Fail(_)
            | Step::End(_) => true,
        },
    ),
    ("a replacement is started again when this run stopped it", &|case| {
        case.step != Step::Call(Call::StartReplacement)
            || (case.is_ours()
                && case.replacement() == Some(&Status::Stopped)
                && case.past.failing.is_some()
                && case.past.may_have_happened(Call::StopReplacement))
    }),
    ("an item is rolled back with its source back and no replacement of this run", &|case| {
        !matches!(case.step, Step::End(End::RolledBack { .. }))
            || (case.is_same_source() && case.source_is_back() && !case.is_ours())
    }),
    ("a replacement that was left stopped and runs is not touched", &|case| {
        let left_stopped = case.applied.outcome.is_some()
            && case.applied.prior_status == Some(PriorStatus::Stopped)
            && case.past.prior_status.is_none();
        let running = case.is_ours() && case.replacement() == Some(&Status::InService);
        !(left_stopped && running && matches!(case.step, Step::Begin(_) | Step::Call(_)))
    }),
];

#[test]
fn a_rollback_keeps_its_laws_in_every_case_and_never_creates_or_deletes_a_source() {
    let steps = check(way_back, &BACK, &LAWS_OF_THE_WAY_BACK);
    let expected = [
        "DeleteReplacement",
        "StartReplacement",
        "StartReplacement again",
        "StartSource",
        "StartSource again",
        "StopReplacement",
        "begin InService",
        "begin Stopped",
        "fail",
        "failed",
        "refused",
        "rolled back",
        "wait Replacement",
        "wait Source",
    ];
    assert_eq!(steps, expected);
}

#[test]
fn a_rollback_whose_source_runs_on_waits_for_it_no_more_and_still_deletes_the_replacement_first() {
    let waits_no_more: Law<'_> = ("a source that runs on is not waited for", &|case| {
        case.source() != Some(&Status::InService) || !matches!(case.step, Step::Wait(Side::Source, _))
    });
    let laws: Vec<Law<'_>> = LAWS_OF_THE_WAY_BACK.into_iter().chain([waits_no_more]).collect();
    let steps = check(way_back_after_wait, &BACK, &laws);
    assert!(steps.contains(&"DeleteReplacement".to_owned()), "{steps:?}");
}

const LAWS_OF_CLEANING_UP: [Law<'_>; 3] = [
    (
        "nothing is sent but a deletion of an untouched source beside a replacement that verifies now",
        &|case| {
            let sure = case.source.0
                && case.source() == Some(&Status::Stopped)
                && case.is_untouched()
                && case.is_ours()
                && case.replacement.0
                && matches!(case.replacement(), Some(Status::InService | Status::Stopped));
            match case.step {
                Step::Call(Call::DeleteSource) => sure && case.past.verified.is_some(),
                Step::Call(_) => false,
                Step::Begin(_) | Step::Verified { .. } => sure,
                Step::AtRest { .. }
                | Step::Again { .. }
                | Step::Prepare(_)
                | Step::AwaitFiles(_)
                | Step::Hold { .. } => false,
                Step::Wait(..) | Step::Fail(_) | Step::End(_) => true,
            }
        },
    ),
    ("a source is called deleted when it is gone", &|case| match case.step {
        Step::End(End::Done { source_deleted, .. }) => source_deleted && case.source().is_none(),
        Step::Begin(_)
        | Step::AtRest { .. }
        | Step::Call(_)
        | Step::Again { .. }
        | Step::Wait(..)
        | Step::Verified { .. }
        | Step::Prepare(_)
        | Step::AwaitFiles(_)
        | Step::Hold { .. }
        | Step::Fail(_)
        | Step::End(_) => true,
    }),
    ("only what can change by itself is waited for", &|case| match case.step {
        Step::Wait(Side::Source, _) => case.source() == Some(&Status::Deleting),
        Step::Wait(Side::Replacement, _) => {
            !matches!(case.replacement(), Some(Status::InService | Status::Stopped | Status::Failed))
        }
        Step::Begin(_)
        | Step::AtRest { .. }
        | Step::Call(_)
        | Step::Again { .. }
        | Step::Verified { .. }
        | Step::Prepare(_)
        | Step::AwaitFiles(_)
        | Step::Hold { .. }
        | Step::Fail(_)
        | Step::End(_) => true,
    }),
];

#[test]
fn a_cleanup_keeps_its_laws_in_every_case_and_deletes_nothing_but_sources() {
    let steps = check(cleanup, &[Call::DeleteSource], &LAWS_OF_CLEANING_UP);
    let expected = [
        "DeleteSource",
        "already done",
        "begin InService",
        "begin Stopped",
        "done true",
        "failed",
        "refused",
        "verified",
        "wait Replacement",
        "wait Source",
    ];
    assert_eq!(steps, expected);
}
