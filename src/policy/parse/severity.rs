//! `[severity]`: how bad each rule's findings are, where that is not what Security Hub says.

use std::collections::BTreeMap;

use crate::diagnostic::Table;
use crate::policy::{RuleId, Severity};

pub(super) fn read(table: &Table<'_>) -> BTreeMap<RuleId, Severity> {
    let words = Severity::ALL.map(|severity| (severity.as_str(), severity));
    let read = |rule: RuleId| Some((rule, table.field(rule.as_str()).choice(&words, &[])?));
    RuleId::ALL.into_iter().filter_map(read).collect()
}
