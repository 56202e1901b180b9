//! The words for hazards, owners, exemptions and quotas.

use jiff::civil::Date;

use crate::plan::{Hazard, Owner, PlannedExemption, QuotaNeed, exempt};
use crate::text::{counted, for_terminal};

/// A hazard, what it was found by, and what to do about it. One line.
pub fn hazard(hazard: &Hazard) -> String {
    let Hazard { kind, evidence } = hazard;
    for_terminal(&kind.says().replace("{}", &evidence.join("; ")))
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
pub(super) fn exempt_by_tag(reason: Option<&str>, expires: Date, tagged: Option<Date>) -> String {
    let reason =
        reason.map(|reason| format!(": {}", reason.trim_end().trim_end_matches('.'))).unwrap_or_default();
    let bound = tagged.map(|day| format!(" The tag says {day}, later than the policy lets a tag reach."));
    format!(
        "exempt until {expires} by its tag {}{reason}.{} To replace it sooner, take the tag off.",
        exempt::UNTIL,
        bound.unwrap_or_default()
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
