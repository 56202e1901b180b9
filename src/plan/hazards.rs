//! Pure: what may make the replacement of an instance fail, or differ from it in ways that no attribute shows.

use jiff::civil::Date;

use crate::api_error::Reading;
use crate::facts::instance_types::{Trait, special};
use crate::facts::platforms::{self, Platform};
use crate::ids::{InstanceName, Region};
use crate::inventory::{Companions, Description, Status};
use crate::network::{Check, CheckName, Verdict};
use crate::plan::keys::{self, Known};
use crate::plan::owner::Found;
use crate::plan::{CreateRequest, Hazard, HazardKind, Source, WithheldReason, script};
use crate::policy::{self, Decided, Managed, Policy, Treatment};
use crate::rules::Measure;
use crate::text::{user_of_url, without_credentials};

/// How the names of instances begin that another service makes and knows them by: the Neptune workbench, Glue's
/// development endpoints and Braket (their managed policies name these prefixes).
pub(super) const SERVICE_PREFIXES: [(&str, &str); 3] =
    [("aws-neptune-", "Amazon Neptune"), ("aws-glue-", "AWS Glue"), ("amazon-braket-", "Amazon Braket")];

/// What hazards are looked for in.
#[derive(Clone, Copy)]
pub(super) struct Candidate<'a> {
    pub(super) region: &'a Region,
    pub(super) source: &'a Source,
    pub(super) request: &'a CreateRequest,
    pub(super) companions: &'a Companions,
    pub(super) owner: Option<&'a Found>,
    /// What the rules measure by.
    pub(super) measure: Measure<'a>,
    /// What was found out about the target's network.
    pub(super) checks: &'a [Check],
}

/// Refuses an instance that may not start again once it is stopped, unless the policy accepts that.
///
/// # Errors
/// When it would have to be stopped.
pub(super) fn refuse_one_way(
    (region, source): (&Region, &Description),
    settings: &policy::Settings,
    companions: &Companions,
    today: Date,
) -> Result<(), WithheldReason> {
    if settings.allow_one_way {
        return Ok(());
    }
    if let Some(platform) = one_way(source, today) {
        return Err(WithheldReason::OneWayPlatform { platform: platform.to_owned() });
    }
    // Without a key of the policy's the replacement has the source's own, and could not be made with it either.
    match own_key(region, source, companions) {
        Some(Known::Unusable(found)) if settings.kms_key.is_some() => {
            Err(WithheldReason::SourceKeyUnusable { found })
        }
        Some(Known::Usable | Known::Unusable(_) | Known::Unread(_)) | None => Ok(()),
    }
}

/// The platform of a running instance that may not start again once it is stopped.
fn one_way(source: &Description, today: Date) -> Option<&str> {
    let platform = source.platform_identifier.as_deref()?;
    (is_running(source) && !platforms::is_started(platform, today)).then_some(platform)
}

/// What is known of the own key of a running instance, which it needs to start again.
fn own_key(region: &Region, source: &Description, companions: &Companions) -> Option<Known> {
    let own = source.kms_key_id.as_ref().filter(|_| is_running(source))?;
    Some(keys::known(companions, region, own))
}

fn is_running(source: &Description) -> bool {
    source.notebook_instance_status == Status::InService
}

/// Refuses an instance that something else manages, unless the policy allows it.
///
/// # Errors
/// When it is managed by something that would undo or refuse the replacement.
pub(super) fn refuse_managed(
    owner: Option<&Found>,
    settings: &policy::Settings,
) -> Result<(), WithheldReason> {
    match owner {
        Some(found) if found.firm && settings.managed == Managed::Withhold => {
            Err(WithheldReason::Managed { owner: found.owner.clone() })
        }
        Some(_) | None => Ok(()),
    }
}

/// The hazards of a candidate that the policy only warns of.
///
/// # Errors
/// Those that it is withheld for.
pub(super) fn judge(candidate: Candidate<'_>, policy: &Policy) -> Result<Vec<Hazard>, WithheldReason> {
    let all = all(candidate);
    let leads_to = |hazard: &Hazard| treatment(hazard.kind, policy, candidate.is_cut_off());
    let (withheld, warned): (Vec<Hazard>, Vec<Hazard>) =
        all.into_iter().partition(|hazard| leads_to(hazard) == Treatment::Withhold);
    if withheld.is_empty() { Ok(warned) } else { Err(WithheldReason::Hazards { hazards: withheld }) }
}

impl Candidate<'_> {
    /// Whether there is certainly no way to the internet from where the replacement would be.
    fn is_cut_off(&self) -> bool {
        self.checks.iter().any(|check| check.name == CheckName::Egress && check.verdict == Verdict::No)
    }
}

/// What a hazard leads to. What needs the internet where there is none fails for certain: that is withheld unless the
/// policy says otherwise.
fn treatment(kind: HazardKind, policy: &Policy, cut_off: bool) -> Treatment {
    match kind.decided() {
        Decided::Never => Treatment::Withhold,
        // What is withheld by a key of its own never gets here.
        Decided::Elsewhere => Treatment::Warn,
        Decided::Here => {
            let certain = cut_off && kind == HazardKind::ScriptNeedsInternet;
            let usual = if certain { Treatment::Withhold } else { Treatment::Warn };
            policy.hazards.get(&kind).copied().unwrap_or(usual)
        }
    }
}

fn all(candidate: Candidate<'_>) -> Vec<Hazard> {
    let Candidate { region, source, request, companions, owner, measure, checks: _ } = candidate;
    let mut hazards = platform(&source.description, request, measure);
    hazards.extend(instance_type(request, measure.today));
    hazards.extend(key(region, request, companions));
    hazards.extend(source_key((region, &source.description), request, companions));
    hazards.extend(scripts(region, (&source.description, request), companions));
    hazards.extend(repositories(request));
    hazards.extend(name(&source.description.notebook_instance_name, &request.notebook_instance_name));
    hazards.extend(owner.map(|found| hazard(HazardKind::Managed, [described(found)])));
    if !source.description.accelerator_types.is_empty() {
        hazards.push(hazard(HazardKind::AcceleratorsDropped, source.description.accelerator_types.clone()));
    }
    hazards
}

fn hazard<T: Into<String>>(kind: HazardKind, evidence: impl IntoIterator<Item = T>) -> Hazard {
    Hazard { kind, evidence: evidence.into_iter().map(Into::into).collect() }
}

fn platform(source: &Description, request: &CreateRequest, measure: Measure<'_>) -> Vec<Hazard> {
    let mut hazards = Vec::new();
    if let Some(platform) = one_way(source, measure.today) {
        hazards.push(hazard(HazardKind::OneWayPlatform, [platform]));
    }
    let Some(after) = request.platform_identifier.as_deref() else { return hazards };
    if !platforms::is_created(after, measure.today) {
        hazards.push(hazard(HazardKind::PlatformNotCreatable, [after]));
    } else if !measure.supported_platforms().contains(&after) {
        hazards.push(hazard(HazardKind::PlatformUnsupported, [after]));
    }
    if let Some(before) = source.platform_identifier.as_deref().filter(|before| *before != after) {
        let gone = platforms::known(before).filter(|one| !one.is_created(measure.today));
        let since = gone.and_then(|one| one.last_created).and_then(|last| last.tomorrow().ok());
        let since = since.map(|day| format!("AWS has created no {before} since {day}"));
        let change = format!("{before} -> {after}");
        hazards.push(hazard(HazardKind::PlatformChanges, std::iter::once(change).chain(since)));
    }
    hazards
}

/// The platform that a replacement has in the end: AWS's own choice where none is asked for.
fn platform_after(request: &CreateRequest, today: Date) -> Option<&'static Platform> {
    platforms::known(request.platform_identifier.as_deref().or_else(|| platforms::default_on(today))?)
}

fn instance_type(request: &CreateRequest, today: Date) -> Vec<Hazard> {
    let kind = request.instance_type.as_str();
    let after = platform_after(request, today).filter(|platform| !platform.runs_on(kind));
    let not_there = after.map(|platform| {
        hazard(HazardKind::TypeNotOnPlatform, [format!("{} does not run on {kind}", platform.name)])
    });
    let special = special(kind);
    let with_key = request.kms_key_id.is_some() && special == Trait::LocalStorage;
    let retired = (special == Trait::Retired).then(|| hazard(HazardKind::TypeRetired, [kind]));
    let with_key =
        with_key.then(|| hazard(HazardKind::LocalStorageWithKey, [format!("a KMS key and the type {kind}")]));
    not_there.into_iter().chain(retired).chain(with_key).collect()
}

fn key(region: &Region, request: &CreateRequest, companions: &Companions) -> Option<Hazard> {
    let key = request.kms_key_id.as_ref()?;
    match keys::known(companions, region, key) {
        Known::Usable => None,
        Known::Unusable(found) => Some(hazard(HazardKind::KeyUnusable, [found])),
        // Which key it is, AWS would decide at the create; and nobody could compare what it answers.
        Known::Unread(why) if keys::is_alias(key) => Some(hazard(HazardKind::KeyUnresolved, [why])),
        Known::Unread(why) => Some(hazard(HazardKind::KeyUnknown, [why])),
    }
}

/// The own key of a running source, where its replacement has another.
fn source_key(
    (region, source): (&Region, &Description),
    request: &CreateRequest,
    companions: &Companions,
) -> Option<Hazard> {
    if source.kms_key_id == request.kms_key_id {
        return None;
    }
    match own_key(region, source, companions)? {
        Known::Usable => None,
        Known::Unusable(found) => Some(hazard(HazardKind::SourceKeyUnusable, [found])),
        Known::Unread(why) => Some(hazard(HazardKind::KeyUnknown, [format!("the source's own: {why}")])),
    }
}

fn scripts(
    region: &Region,
    (source, request): (&Description, &CreateRequest),
    companions: &Companions,
) -> Vec<Hazard> {
    let Some(name) = &request.lifecycle_config_name else { return Vec::new() };
    let found = match companions.scripts.get(&(region.clone(), name.clone())) {
        Some(Reading::Found(scripts)) => script::read(scripts),
        Some(Reading::Missing) => return vec![hazard(HazardKind::ScriptMissing, [name])],
        Some(Reading::Unreadable(error)) => {
            return vec![hazard(HazardKind::ScriptUnknown, [format!("{name}: {error}")])];
        }
        None => return vec![hazard(HazardKind::ScriptUnknown, [format!("{name} was not read")])],
    };
    let of = |kind, lines: Vec<String>| {
        (!lines.is_empty()).then(|| hazard(kind, std::iter::once(name.clone()).chain(lines)))
    };
    let yum = if loses_yum(source, request) { found.yum } else { Vec::new() };
    let kinds = [
        of(HazardKind::ScriptNeedsInternet, found.internet),
        of(HazardKind::ScriptUsesYum, yum),
        of(HazardKind::ScriptStopsInstance, found.stops),
    ];
    kinds.into_iter().flatten().collect()
}

/// Whether the source has `yum`, and its replacement's platform something else in its place.
fn loses_yum(source: &Description, request: &CreateRequest) -> bool {
    let manager = |name: &Option<String>| {
        name.as_deref().and_then(platforms::known).map(|platform| platform.package_manager)
    };
    let (before, after) = (manager(&source.platform_identifier), manager(&request.platform_identifier));
    before == Some("yum") && after.is_some_and(|after| after != "yum")
}

/// Repositories by URL, or by the name of a code repository of SageMaker, whose URL is not read.
///
/// The request for the replacement has them as they are. A plan holds no secret, so that one with a password in it
/// cannot be planned.
fn repositories(request: &CreateRequest) -> Vec<Hazard> {
    let all: Vec<&String> =
        request.default_code_repository.iter().chain(&request.additional_code_repositories).collect();
    let of = |kind, urls: Vec<&&String>| {
        let shown = urls.into_iter().map(|url| without_credentials(url));
        (shown.len() > 0).then(|| hazard(kind, shown))
    };
    let secret = all.iter().filter(|url| has_secret(url)).collect();
    let any = of(HazardKind::CodeRepository, all.iter().collect());
    any.into_iter().chain(of(HazardKind::RepositoryCredentials, secret)).collect()
}

/// A token without a user is as long as this at least (GitHub's have 40 characters); the names of users are shorter.
const SHORTEST_TOKEN: usize = 20;

/// Whether a URL holds a password, or what may be a token. The name of a user alone is none.
fn has_secret(url: &str) -> bool {
    let of_user =
        user_of_url(url).is_some_and(|(_, user, _)| user.contains(':') || user.len() >= SHORTEST_TOKEN);
    of_user || (url.contains("://") && url.contains('?'))
}

fn name(source: &InstanceName, replacement: &InstanceName) -> Vec<Hazard> {
    let mut hazards = Vec::new();
    if !replacement.as_str().contains(source.as_str()) {
        hazards.push(hazard(HazardKind::LongName, [replacement.as_str()]));
    }
    if let Some((prefix, service)) = service_prefix(source) {
        hazards.push(hazard(HazardKind::NamePrefix, [format!("{service} ({prefix}*)")]));
    }
    hazards
}

/// The service that knows an instance by how its name begins.
pub(super) fn service_prefix(name: &InstanceName) -> Option<(&'static str, &'static str)> {
    SERVICE_PREFIXES.into_iter().find(|(prefix, _)| name.as_str().starts_with(prefix))
}

fn described(found: &Found) -> String {
    let owner = &found.owner;
    let name = owner.name.as_ref().map(|name| format!(" `{name}`")).unwrap_or_default();
    format!("{}{name} (tag {})", owner.by, owner.tag)
}
