//! CSV: one row a rule and instance, and one a gap, for spreadsheets.
//!
//! A cell that a spreadsheet would take for a formula begins with `'`, which spreadsheets take for "this is text".

use super::record::{About, Record, records};
use crate::audit::AuditReport;
use crate::report::wording;
use crate::text::for_terminal;

const HEAD: [&str; 15] = [
    "record",
    "account",
    "region",
    "instance",
    "arn",
    "status",
    "rule",
    "verdict",
    "mode",
    "severity",
    "detail",
    "security_hub_control",
    "config_rule",
    "other_controls",
    "exempt_until",
];

/// An audit as CSV, with a head. `record` is `rule` or `gap`; a gap has no rule, and its verdict is `unknown`.
pub fn csv(report: &AuditReport) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let rows = std::iter::once(HEAD.map(str::to_owned)).chain(records(report).map(|record| row(&record)));
    for row in rows {
        // Rows of equal length go to memory: nothing can fail.
        writer.write_record(row.map(|cell| harmless(&cell))).ok();
    }
    writer.into_inner().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

fn row(record: &Record<'_>) -> [String; 15] {
    let (kind, rule, mode) = match record.about {
        About::Rule { rule, .. } => ("rule", rule.rule.as_str(), wording::mode(rule.mode)),
        About::Gap(_) => ("gap", "", ""),
    };
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let status = record.instance().and_then(|instance| instance.status.as_ref());
    [
        kind.to_owned(),
        record.account().to_string(),
        record.region.to_string(),
        text(record.name().map(|name| name.as_str())),
        record.arn().unwrap_or_default(),
        text(status.map(|status| status.as_str())),
        rule.to_owned(),
        record.verdict.as_str().to_owned(),
        mode.to_owned(),
        wording::severity(record.rule_severity()).to_owned(),
        record.detail.clone(),
        text(record.control("security-hub")),
        text(record.control("config")),
        other_controls(record),
        record.exempt_until().map(|day| day.to_string()).unwrap_or_default(),
    ]
}

/// The other products' names for the rule, as `product:id`.
fn other_controls(record: &Record<'_>) -> String {
    let About::Rule { rule, .. } = record.about else { return String::new() };
    let others =
        rule.controls.iter().filter(|control| !["security-hub", "config"].contains(&control.product));
    others.map(|control| format!("{}:{}", control.product, control.id)).collect::<Vec<_>>().join(" ")
}

/// A cell that no spreadsheet calculates, and no terminal obeys.
///
/// The characters that begin a formula are those of OWASP's "CSV Injection", full-width forms included.
fn harmless(cell: &str) -> String {
    let shown = for_terminal(cell);
    let dangerous = |text: &str| {
        text.starts_with([
            '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
        ])
    };
    if dangerous(cell) || dangerous(&shown) { format!("'{shown}") } else { shown }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_spreadsheet_would_calculate_is_text() {
        for (cell, expected) in [
            ("=HYPERLINK(\"http://e.example\")", "'=HYPERLINK(\"http://e.example\")"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\\u{9}=1"),
            ("\r=1", "'\\u{d}=1"),
            ("fraud-etl", "fraud-etl"),
            ("no SubnetId", "no SubnetId"),
            ("", ""),
        ] {
            assert_eq!(harmless(cell), expected);
        }
    }

    proptest! {
        #[test]
        fn no_cell_begins_a_formula(cell in any::<String>()) {
            prop_assert!(!harmless(&cell).starts_with(['=', '+', '-', '@', '\t', '\r', '\n']));
            prop_assert!(harmless(&cell).ends_with(&for_terminal(&cell)));
        }
    }
}
