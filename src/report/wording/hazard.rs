//! The words for hazards, owners, exemptions and quotas.

use jiff::civil::Date;

use crate::plan::{Hazard, HazardKind, Owner, PlannedExemption, QuotaNeed, exempt};
use crate::text::{counted, for_terminal};

/// A hazard, what it was found by, and what to do about it. One line.
#[expect(clippy::too_many_lines, reason = "a sentence for each kind, and nothing else")]
pub fn hazard(hazard: &Hazard) -> String {
    let Hazard { kind, evidence } = hazard;
    let found = evidence.join("; ");
    let words = match kind {
        HazardKind::OneWayPlatform => format!(
            "AWS no longer starts its platform {found}: once stopped, it may never run again. The policy accepts that \
             (`allow_one_way`). Save its data while it runs."
        ),
        HazardKind::PlatformNotCreatable => format!(
            "AWS no longer creates instances with the platform {found}, and upgrades it to no other. Set `platform` in the \
             policy to a supported one, for all or for this one: platform = {{ {found} = \"notebook-al2023-v1\" }}."
        ),
        HazardKind::TypeNotOnPlatform => format!(
            "the platform {found}, so that the replacement would be refused. Change its instance type, or set another \
             `platform` in the policy, then plan again."
        ),
        HazardKind::PlatformUnsupported => format!(
            "the platform {found} is kept: SageMaker.8 goes on failing, and AWS may no longer create it. Set `platform` \
             in the policy to a supported one."
        ),
        HazardKind::PlatformChanges => format!(
            "the platform changes ({found}): kernels, libraries and scripts that fit the one may fail on the other."
        ),
        HazardKind::TypeRetired => {
            format!(
                "the instance type {found} is of a generation that AWS retires: it may not be had any more."
            )
        }
        HazardKind::LocalStorageWithKey => format!(
            "it has {found}: by AWS's documentation a type with local storage takes no KMS key, so that the create may \
             be refused."
        ),
        HazardKind::KeyUnusable => format!(
            "the KMS key of its volume cannot be used ({found}): neither it nor a replacement would start. Enable the \
             key, or cancel its deletion, then plan again."
        ),
        HazardKind::KeyUnresolved => format!(
            "which KMS key an alias stands for could not be read ({found}), so that the replacement could not be compared \
             with what was reviewed. Allow kms:DescribeKey, or name the key by its ARN in the policy, then plan again."
        ),
        HazardKind::SourceKeyUnusable => format!(
            "the KMS key of the source's own volume cannot be used ({found}): once stopped, it may never run again. The \
             policy accepts that (`allow_one_way`)."
        ),
        HazardKind::KeyUnknown => format!(
            "the state of a KMS key could not be read ({found}): with a disabled key neither a replacement can be made \
             nor the source be started again."
        ),
        HazardKind::ScriptNeedsInternet => format!(
            "its lifecycle scripts need the internet, and one that hangs for 5 minutes fails the replacement: {found}."
        ),
        HazardKind::ScriptUsesYum => format!(
            "its lifecycle scripts call what its new platform does not have (`dnf` takes the place of `yum` there), and one \
             that fails, fails the replacement: {found}."
        ),
        HazardKind::ScriptStopsInstance => {
            format!("a lifecycle script stops the instance when it is idle: {found}.")
        }
        HazardKind::ScriptMissing => format!(
            "its lifecycle configuration {found} does not exist any more, and the create would be refused. Take it off \
             the source, then plan again."
        ),
        HazardKind::ScriptUnknown => format!(
            "its lifecycle scripts could not be read ({found}): one that needs the internet fails the replacement."
        ),
        HazardKind::CodeRepository => {
            format!("code repositories are cloned again, and need a way to their host: {found}.")
        }
        HazardKind::RepositoryCredentials => format!(
            "the URL of a code repository holds a password or token ({found}), which would stand in the plan. Make it a \
             code repository of SageMaker with a secret, name that on the source, then plan again."
        ),
        HazardKind::LongName => format!("its name is long: the replacement's is cut, to {found}."),
        HazardKind::NamePrefix => {
            format!("by the start of its name it belongs to {found}, which knows its instances by that.")
        }
        HazardKind::Managed => format!("it is managed by {found}, which will not know its replacement."),
        HazardKind::AcceleratorsDropped => {
            format!("its accelerators ({found}) are dropped: AWS no longer takes them.")
        }
    };
    for_terminal(&words)
}

/// Why an instance that something else manages is withheld, and what to change there.
pub(super) fn managed(owner: &Owner) -> String {
    let Owner { by, name, tag, advice } = owner;
    let name = name.as_ref().map(|name| format!(" `{name}`")).unwrap_or_default();
    let advice = advice.as_deref().unwrap_or("Change it there.");
    format!(
        "it is managed by {by}{name} (tag {tag}), which would not know its replacement and may undo it. {advice} To \
         replace it all the same, set `managed = \"allow\"` in the policy."
    )
}

/// An exemption that an instance's own tag gives it.
pub(super) fn exempt_by_tag(reason: Option<&str>, expires: Date) -> String {
    let reason =
        reason.map(|reason| format!(": {}", reason.trim_end().trim_end_matches('.'))).unwrap_or_default();
    format!(
        "exempt until {expires} by its tag {}{reason}. To replace it sooner, take the tag off.",
        exempt::UNTIL
    )
}

/// An exemption of the policy: until when, why, and for how many, seen from that day.
pub fn exemption(exemption: &PlannedExemption, day: Date) -> String {
    let PlannedExemption { reason, expires, ticket, expired, instances } = exemption;
    let ticket = ticket.as_ref().map(|ticket| format!(" ({ticket})")).unwrap_or_default();
    let count = counted(instances.len(), "instance", "instances");
    let left = day.until(*expires).map_or(0, |span| span.get_days());
    let until = match (expired, left) {
        (true, _) => format!("expired after {expires}, no longer holds for {count}"),
        (false, 0) => format!("until the end of today, {expires} (UTC), for {count}"),
        (false, _) if exemption.ends_soon(day) => {
            let days = counted(left.unsigned_abs() as usize, "day", "days");
            format!("until {expires}, about to expire in {days}, for {count}")
        }
        (false, _) => format!("until {expires} for {count}"),
    };
    for_terminal(&format!("{until}{ticket}: {reason}"))
}

/// What a quota leaves room for.
pub fn quota(need: &QuotaNeed, planned: u32) -> String {
    let QuotaNeed { region, instance_type, quota, unread, in_use, needed, concurrency } = need;
    let what = instance_type
        .as_ref()
        .map_or_else(|| "notebook instances".to_owned(), |kind| format!("running {kind}"));
    let more = format!("{in_use} in use, {needed} more at once");
    let words = match (quota, concurrency) {
        (None, _) | (_, None) => {
            let why = unread.as_deref().unwrap_or("AWS did not tell it");
            format!("{region}: the quota on {what} is not known to leave room ({why}); {more}.")
        }
        (Some(quota), Some(0)) => {
            let excess = in_use.saturating_add(*needed).saturating_sub(*quota);
            format!(
                "{region}: a quota of {quota} {what}, {more}: no concurrency makes that fit. Raise the quota by {excess}, \
                 plan fewer instances, or let sources be deleted."
            )
        }
        (Some(quota), Some(fits)) if *fits < planned => format!(
            "{region}: a quota of {quota} {what}, {more}: that does not fit. With `concurrency = {fits}` in [limits] it does."
        ),
        (Some(quota), Some(_)) => format!("{region}: a quota of {quota} {what}, {more}: that fits."),
    };
    for_terminal(&words)
}
