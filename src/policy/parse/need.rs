//! Pure: `require` and `unknown`: what a target must let instances reach.

use std::collections::BTreeSet;

use crate::diagnostic::{Complaint, Table, closest, quoted};
use crate::network::Need;
use crate::policy::OnUnknown;

const ON_UNKNOWN: [(&str, OnUnknown); 2] = [("warn", OnUnknown::Warn), ("withhold", OnUnknown::Withhold)];

/// The needs that the table requires; an empty list is a choice, too.
pub(super) fn require(table: &Table<'_>) -> Option<BTreeSet<Need>> {
    let words = || Need::ALL.iter().map(|need| need.as_str());
    let needs = table.field("require").list_by(0..=Need::ALL.len(), |text| {
        if let Some(need) = Need::ALL.iter().find(|need| need.as_str() == text) {
            return Ok(*need);
        }
        let help = closest(text, words()).map_or_else(
            || format!("the values are: {}", words().collect::<Vec<_>>().join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        Err(Complaint::new(format!("{} is not a need", quoted(text))).help(Some(help)))
    })?;
    Some(needs.into_iter().collect())
}

/// What follows where a need cannot be decided.
pub(super) fn unknown(table: &Table<'_>) -> Option<OnUnknown> {
    table.field("unknown").choice(&ON_UNKNOWN, &[])
}
