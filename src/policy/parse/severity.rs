//! Pure: `[severity]`: how bad each rule's findings are, where that is not what Security Hub says.

use std::collections::BTreeMap;

use strum::VariantArray;

use crate::diagnostic::Table;
use crate::rules::{RuleId, Severity};

pub(super) fn read(table: &Table<'_>) -> BTreeMap<RuleId, Severity> {
    let words: Vec<_> = Severity::VARIANTS.iter().map(|severity| (severity.as_str(), *severity)).collect();
    let read = |rule: &RuleId| Some((*rule, table.field(rule.as_str()).choice(&words, &[])?));
    RuleId::ALL.iter().filter_map(read).collect()
}
