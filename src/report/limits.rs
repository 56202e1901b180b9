//! Whether a plan is larger than its own limits allow, in words.

use crate::plan::{Limits, Plan};

/// Each limit that the plan exceeds, in words; empty when `apply` will accept its size.
pub fn exceeded(plan: &Plan) -> Vec<String> {
    let Limits { max_instances, max_percent, .. } = &plan.limits;
    let (items, seen) = (plan.items.len() as u64, u64::from(plan.totals.seen));
    let mut broken = Vec::new();
    if items > u64::from(*max_instances) {
        broken.push(format!("{items} items, but max_instances is {max_instances}"));
    }
    if items * 100 > u64::from(*max_percent) * seen {
        // Rounded up, so that the number shown is above the limit that it exceeds.
        let percent = if seen == 0 { 100 } else { (items * 100).div_ceil(seen) };
        broken.push(format!(
            "{items} of {seen} instances seen is {percent}%, but max_percent is {max_percent}"
        ));
    }
    broken
}
