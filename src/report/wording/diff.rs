//! The words for how two plans differ.

use super::withheld;
use crate::plan::diff::{Absence, PlanDiff};
use crate::text::{counted, for_terminal, moment};

/// Which of two plans is spoken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Other {
    /// The older.
    Before,
    /// The newer.
    After,
}

/// Why one of the plans does not have an instance among its items.
pub fn absence(absence: &Absence, other: Other) -> String {
    let plan = match other {
        Other::Before => "the older plan",
        Other::After => "the newer plan",
    };
    let words = match (absence, other) {
        (Absence::Withheld { reason }, Other::Before) => format!("was withheld: {}", withheld(reason)),
        (Absence::Withheld { reason }, Other::After) => format!("is withheld now: {}", withheld(reason)),
        (Absence::RegionNotAskedFor, _) => format!("{plan} is not for its region."),
        (Absence::Unreadable, _) => format!("it could not be read when {plan} was made."),
        (Absence::CreatedSince { at }, _) => {
            format!("it was created at {}, after {plan} was made.", moment(*at))
        }
        (Absence::NotListed, Other::Before) => {
            "the older plan does not have it: it was compliant then, or not there.".to_owned()
        }
        (Absence::NotListed, Other::After) => {
            "the newer plan does not have it: it is compliant since, or gone.".to_owned()
        }
    };
    for_terminal(&words)
}

/// That the plans are for different accounts, where they are.
pub fn two_accounts(diff: &PlanDiff) -> Option<String> {
    diff.is_of_two_accounts().then(|| {
        format!(
            "These plans are for different accounts: {} (the newer) and {} (the older). What has the same name in both \
             is not the same instance.",
            diff.after.account, diff.before.account
        )
    })
}

/// The counts of the items, or that there is no difference.
pub fn diff_totals(diff: &PlanDiff) -> String {
    if diff.is_empty() {
        let items = counted(diff.unchanged.len(), "item is", "items are");
        return format!("No difference: {items} the same in both plans, and so is all else.");
    }
    format!(
        "{} new, {} gone, {} changed, {} the same.",
        counted(diff.new.len(), "item", "items"),
        diff.gone.len(),
        diff.changed.len(),
        diff.unchanged.len()
    )
}
