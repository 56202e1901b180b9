//! Pure: the checker's rules on the network checks of an item.

use std::collections::BTreeSet;

use crate::network::{Check, CheckName, CheckVerdict, Need};
use crate::plan::{Item, Plan};

/// Whether every check that there is was made of the item's target, and came out as it must.
pub(super) fn network_passed(plan: &Plan, item: &Item) -> bool {
    let checks = &item.target.checks;
    let names: Vec<CheckName> = checks.iter().map(|check| check.name).collect();
    if plan.format_version < 3 {
        let passed = checks.iter().all(|check| check.verdict == CheckVerdict::Yes && !check.required);
        return passed && names == CheckName::BEFORE_FORMAT_3;
    }
    let needs: Vec<CheckName> = names.iter().copied().filter(|name| name.need().is_some()).collect();
    let told = Need::REPORTED.into_iter().all(|need| needs.contains(&CheckName::Need(need)));
    let distinct: BTreeSet<CheckName> = names.iter().copied().collect();
    let basic = CheckName::BASIC.iter().all(|name| distinct.contains(name));
    // Only of an item that needs it, and of none before it was looked for.
    let ipv6 = usize::from(distinct.contains(&CheckName::Ipv6));
    let counted =
        distinct.len() == names.len() && names.len() == needs.len() + CheckName::BASIC.len() + 1 + ipv6;
    told && basic && counted && distinct.contains(&CheckName::Tenancy) && checks.iter().all(came_out)
}

/// What cannot be decided may only be the tenancy or a need, and what is not so only a need that is not required.
fn came_out(check: &Check) -> bool {
    let need = check.name.need().is_some();
    match check.verdict {
        CheckVerdict::Yes => need || !check.required,
        CheckVerdict::Unknown => need || (check.name == CheckName::Tenancy && !check.required),
        CheckVerdict::No => need && !check.required,
    }
}
