//! Pure: the checker's rules on what an item tells its reader: whoever edits a plan cannot take a warning out of it.
//!
//! A warning is checked where the plan alone decides it, in every version of the program the same. What follows from facts that
//! a plan does not hold (scripts, keys, networks, the policy), or from tables that grow (platforms, instance types, owners,
//! names), is not: a plan and its run must load in the version after the one that made it, too.

use std::collections::BTreeSet;

use crate::plan::exempt::{UNTIL, is_over};
use crate::plan::{HazardKind, Item, Plan, warnings};

/// What an item has to tell and does not, and what it tells that is not so.
pub(super) fn told(plan: &Plan, item: &Item, report: &mut dyn FnMut(bool, String)) {
    let order = (item.order, item.upgrade_source.as_deref());
    let rest = (item.delete_source, item.transfer.as_ref(), &*item.target.checks);
    let due = warnings::of(&item.source, &item.request, order, rest);
    // Which tags act on instances is a table that grows.
    let lasts = |words: &&String| !words.starts_with(warnings::ACTING_TAG);
    if plan.format_version >= 5 {
        report(
            !item.warnings.iter().filter(lasts).eq(due.iter().filter(lasts)),
            "its warnings are not those of its request and settings".into(),
        );
    } else {
        // Older formats worded what runs again, and what is not reported, in other ways.
        let worded = |words: &&String| {
            ![warnings::SCRIPTS, warnings::DEFAULTED].iter().any(|others| words.starts_with(others))
        };
        let missing = due.iter().filter(lasts).filter(worded).any(|words| !item.warnings.contains(words));
        report(missing, "it lacks a warning that its request and settings call for".into());
    }
    let told: BTreeSet<HazardKind> = item.hazards.iter().map(|hazard| hazard.kind).collect();
    for (since, kind, is_so) in hazards(plan, item) {
        let how = if is_so { "it lacks" } else { "it claims" };
        let broken = plan.format_version >= since && told.contains(&kind) != is_so;
        report(broken, format!("{how} the hazard {}", kind.as_str()));
    }
}

/// The hazards that the plan alone decides: the format since which it tells them, and whether they are there.
fn hazards(plan: &Plan, item: &Item) -> [(u32, HazardKind, bool); 5] {
    let (source, request) = (&item.source.description, &item.request);
    let repositories =
        request.default_code_repository.is_some() || !request.additional_code_repositories.is_empty();
    let platforms = source.platform_identifier.as_ref().zip(request.platform_identifier.as_ref());
    let cut = !request.notebook_instance_name.as_str().contains(source.notebook_instance_name.as_str());
    let asks = item.source.tags.get(UNTIL).is_some_and(|tag| !is_over(tag, plan.day()));
    [
        (3, HazardKind::PlatformChanges, platforms.is_some_and(|(before, after)| before != after)),
        (3, HazardKind::CodeRepository, repositories),
        (3, HazardKind::LongName, cut),
        (3, HazardKind::AcceleratorsDropped, !source.accelerator_types.is_empty()),
        (5, HazardKind::ExemptTagIgnored, asks),
    ]
}
