//! How long a plan is expected to take.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::ids::Region;
use crate::plan::{AnyItem, Plan};

/// The expected duration of one item.
pub(super) fn item(item: AnyItem<'_>) -> Duration {
    Duration::from_secs(item.steps().iter().map(|step| u64::from(step.expected_seconds)).sum())
}

/// The expected duration of the whole plan: its regions at once, in each as many items at a time as the limits
/// allow, begun in the plan's order.
pub(super) fn plan(plan: &Plan) -> Duration {
    let lanes = usize::try_from(plan.limits.concurrency.max(1)).unwrap_or(usize::MAX).min(plan.len());
    let mut busy: BTreeMap<&Region, Vec<Duration>> = BTreeMap::new();
    for one in plan.all_items() {
        let lanes = busy.entry(&one.id().region).or_insert_with(|| vec![Duration::ZERO; lanes]);
        if let Some(first_free) = lanes.iter_mut().min() {
            *first_free += item(one);
        }
    }
    busy.into_values().flatten().max().unwrap_or_default()
}
