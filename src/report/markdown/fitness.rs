//! What stands beside the items: exemptions, and what the quotas leave room for.

use jiff::civil::Date;

use super::escape::{block, bullets, escape};
use super::sections::sentence;
use crate::plan::{Plan, PlannedExemption, QuotaNeed};
use crate::report::wording;
use crate::text::commas;

/// The exemptions of the policy, also those that no longer hold.
pub(super) fn exemptions(text: &mut String, exemptions: &[PlannedExemption], day: Date) {
    if exemptions.is_empty() {
        return;
    }
    block(text, "## Exemptions");
    block(text, "Days are those of UTC; an exemption holds to the end of its last one.");
    let lines: Vec<String> = exemptions.iter().map(|one| line(one, day)).collect();
    bullets(text, &lines);
}

fn line(one: &PlannedExemption, day: Date) -> String {
    let words = sentence(&escape(&wording::exemption(one, day)));
    let words = if one.ends_soon(day) { format!("**{words}**") } else { words };
    let instances: Vec<String> = one.instances.iter().map(ToString::to_string).collect();
    if instances.is_empty() { words } else { format!("{words} {}.", commas(&instances)) }
}

/// What the items need of the quotas.
pub(super) fn quotas(text: &mut String, plan: &Plan, quotas: &[QuotaNeed]) {
    if quotas.is_empty() {
        return;
    }
    block(text, "## Quotas");
    let planned = plan.limits.concurrency;
    let line = |need: &QuotaNeed| {
        let words = escape(&wording::quota(need, planned));
        if need.fits(planned) { words } else { format!("**{words}**") }
    };
    bullets(text, &quotas.iter().map(line).collect::<Vec<_>>());
}
