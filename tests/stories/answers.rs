//! The one place that knows the layout of the program's JSON answers, beyond plan and journal.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// An audit: by `region/name`, by rule, `fail` or `unknown`. A rule that an instance passes is not listed.
pub(crate) type Verdicts = BTreeMap<String, BTreeMap<String, String>>;

/// Every verdict of `audit --format json`.
pub(crate) fn verdicts(audit: &Value) -> Verdicts {
    let instances = audit["instances"].as_array().unwrap();
    let of_instance = |instance: &Value| {
        let findings = instance["findings"].as_array().unwrap();
        let verdicts = findings.iter().map(|finding| (text(finding, "rule"), text(finding, "verdict")));
        (format!("{}/{}", text(instance, "region"), text(instance, "name")), verdicts.collect())
    };
    let verdicts: Verdicts = instances.iter().map(of_instance).collect();
    assert_eq!(verdicts.len(), instances.len(), "an instance is listed twice");
    verdicts
}

/// What could not be read: `region/name`, or `region/` for a whole region.
pub(crate) fn gaps(audit: &Value) -> BTreeSet<String> {
    let gaps = audit["gaps"].as_array().unwrap().iter();
    gaps.map(|gap| format!("{}/{}", text(gap, "region"), gap["instance"].as_str().unwrap_or(""))).collect()
}

/// The reasons of the gaps, as the machine reads them: `no-answer`, `access-denied`.
pub(crate) fn gap_kinds(audit: &Value) -> BTreeSet<String> {
    audit["gaps"].as_array().unwrap().iter().map(|gap| text(&gap["error"], "kind")).collect()
}

/// A count of the audit: `seen`, `compliant`, `non_compliant`, `unknown`.
pub(crate) fn total(audit: &Value, name: &str) -> usize {
    let count = audit["totals"][name].as_u64().unwrap_or_else(|| panic!("no total `{name}` in {audit}"));
    usize::try_from(count).unwrap()
}

fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap_or_else(|| panic!("no text `{member}` in {value}")).to_owned()
}
