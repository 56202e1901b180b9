//! Pure: which limits of the policy a plan is beyond: `max_instances` and `max_percent`.

use crate::plan::Plan;

/// A limit of the policy that the plan is beyond.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LimitExceeded {
    /// More items than `max_instances`.
    #[error("{items} items, but max_instances is {limit}")]
    Instances {
        /// The items.
        items: u32,
        /// The limit.
        limit: u32,
    },
    /// A larger share than `max_percent`.
    #[error("{items} of {seen} instances seen is {}%, but max_percent is {limit}", percent(*.items, *.seen))]
    Percent {
        /// The items.
        items: u32,
        /// The instances seen.
        seen: u32,
        /// The limit.
        limit: u32,
    },
}

/// Rounded up, so that the number shown is above the limit that it exceeds.
fn percent(items: u32, seen: u32) -> u64 {
    if seen == 0 { 100 } else { (u64::from(items) * 100).div_ceil(u64::from(seen)) }
}

/// The limits that the plan is beyond. Such a plan is shown, but refused as a whole at apply, never cut.
pub fn exceeded_limits(plan: &Plan) -> Vec<LimitExceeded> {
    let items = plan.totals.items.saturating_add(plan.totals.repairs);
    let seen = plan.totals.seen;
    let mut exceeded = Vec::new();
    if items > plan.limits.max_instances {
        exceeded.push(LimitExceeded::Instances { items, limit: plan.limits.max_instances });
    }
    if u64::from(items) * 100 > u64::from(seen) * u64::from(plan.limits.max_percent) {
        exceeded.push(LimitExceeded::Percent { items, seen, limit: plan.limits.max_percent });
    }
    exceeded
}
