//! How two plans differ, as `show --diff --format json` says it.

use std::fs;

use remediate::plan::Plan;
use remediate::plan::diff::{PlanDiff, diff};
use remediate::plan::file::load;
use remediate::report::to_json;
use serde_json::Value;

use super::reference;

/// The plan of format 2, and what it may have become a week later: an entry in every part of a difference.
fn differing() -> PlanDiff {
    let before = load(&reference("format-2.json")).unwrap();
    let mut after: Plan = before.clone();
    after.created = "2026-11-29T10:00:00Z".parse().unwrap();
    after.expires = "2026-12-02T10:00:00Z".parse().unwrap();
    after.policy_digest = "ab".repeat(32).parse().unwrap();
    after.limits.canary = 2;
    after.totals.items = 5;
    let gone = after.items.remove(0);
    after.items[0].source.description.instance_type = Some("ml.g5.xlarge".to_owned());
    after.items[0].warnings.clear();
    let subnet = after.items[1].target.subnet.clone();
    let same = after.items.iter_mut().filter(|item| item.target.subnet == subnet);
    same.for_each(|item| item.target.free_addresses += 1);
    let mut new = gone.clone();
    new.id.name = "brand-new".parse().unwrap();
    after.items.insert(0, new);
    let freed = after.withheld.remove(0);
    let mut now_withheld = freed.clone();
    now_withheld.id = gone.id;
    after.withheld.push(now_withheld);
    let mut other = freed.clone();
    other.id.name = "withheld-now".parse().unwrap();
    other.reason = serde_json::from_str("{\"code\": \"no-name\"}").unwrap();
    after.withheld[0].reason = other.reason.clone();
    after.withheld.push(other);
    after.gaps[0].error.message = "another message".to_owned();
    after.exemptions = serde_json::from_str(
        "[{\"reason\": \"decommissioned\", \"expires\": \"2027-03-31\", \"ticket\": \"SEC-123\", \"expired\": false, \
         \"instances\": [\"us-east-1/legacy-1\"]}]",
    )
    .unwrap();
    after.quotas = serde_json::from_str(
        "[{\"region\": \"us-east-1\", \"instance_type\": \"ml.t3.medium\", \"quota\": 8, \"in_use\": 7, \"needed\": 1, \
         \"concurrency\": 1}]",
    )
    .unwrap();
    after.repairs = serde_json::from_str(
        "[{\"id\": \"us-east-1/king\", \"findings\": [\"root-access\"], \"source\": {\"description\": \
         {\"NotebookInstanceArn\": \"arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/king\", \
         \"NotebookInstanceName\": \"king\", \"NotebookInstanceStatus\": \"Stopped\"}, \"tags\": {}}, \
         \"request\": {\"NotebookInstanceName\": \"king\", \"RootAccess\": \"Disabled\"}, \"changes\": [], \
         \"steps\": [], \"warnings\": []}]",
    )
    .unwrap();
    diff(&before, &after)
}

#[test]
fn a_difference_is_the_promised_document_and_has_something_in_every_part() {
    let text = to_json(&differing());
    let path = reference("diff-format-2.json");
    if std::env::var_os("REMEDIATE_WRITE_REFERENCE").is_some() && !path.exists() {
        fs::write(&path, &text).unwrap();
    }
    assert_eq!(text, fs::read_to_string(&path).unwrap());
    let document: Value = serde_json::from_str(&text).unwrap();
    for part in [
        "/header",
        "/new",
        "/gone",
        "/changed",
        "/unchanged",
        "/withheld/new",
        "/withheld/gone",
        "/withheld/changed",
        "/gaps/new",
        "/gaps/gone",
        "/free_addresses",
        "/repairs",
        "/limits",
        "/totals",
        "/exemptions",
        "/quotas",
    ] {
        assert!(!document.pointer(part).unwrap().as_array().unwrap().is_empty(), "{part}");
    }
}
