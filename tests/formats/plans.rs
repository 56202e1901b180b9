//! Plans of every format.

use std::collections::BTreeSet;
use std::fs;

use remediate::plan::check::check;
use remediate::plan::file::{load, to_bytes};
use remediate::plan::{HazardKind, Plan, WithheldReason};
use serde_json::Value;

use super::{DIGEST, DIGEST_2, DIGEST_3, DIGEST_4, DIGEST_5, each, reference};

#[test]
fn a_plan_of_any_format_loads_with_the_digest_that_it_was_given() {
    for (name, digest, format) in [("format-1.json", DIGEST, 1), ("format-2.json", DIGEST_2, 2)] {
        let plan = assert_loads(name, digest, format);
        let names: Vec<&str> = plan.items.iter().map(|item| item.id.name.as_str()).collect();
        assert_eq!(names, ["fraud-etl", "geo-maps", "ml-sandbox", "nlp-lab", "scratch-7", "vision-train"]);
        assert_eq!((plan.totals.seen, plan.withheld.len(), plan.gaps.len()), (25, 13, 4));
    }
    let plan = assert_loads("format-3.json", DIGEST_3, 3);
    assert_eq!((plan.totals.seen, plan.items.len(), plan.withheld.len(), plan.gaps.len()), (34, 8, 20, 4));
    assert_eq!((plan.exemptions.len(), plan.quotas.len()), (3, 4));
    for (name, digest, format) in [("format-4.json", DIGEST_4, 4), ("format-5.json", DIGEST_5, 5)] {
        let plan = assert_loads(name, digest, format);
        let counts = (plan.totals.seen, plan.items.len(), plan.withheld.len(), plan.gaps.len());
        assert_eq!(counts, (39, 8, 25, 4), "{name}");
    }
}

fn assert_loads(name: &str, digest: &str, format: u32) -> Plan {
    let plan = load(&reference(name)).unwrap();
    assert_eq!(plan.digest.as_str(), digest);
    assert_eq!(plan.format_version, format);
    plan
}

#[test]
fn a_plan_of_any_format_is_written_again_byte_for_byte() {
    for name in [
        "format-1.json",
        "format-2.json",
        "format-3.json",
        "format-4.json",
        "format-5.json",
        "format-5-moved.json",
    ] {
        let path = reference(name);
        let written = String::from_utf8(to_bytes(&load(&path).unwrap()).unwrap()).unwrap();
        assert_eq!(written, fs::read_to_string(&path).unwrap(), "{name}");
    }
}

#[test]
fn what_a_format_does_not_have_is_not_done() {
    let limits = |name: &str| load(&reference(name)).unwrap().limits.canary;
    assert_eq!((limits("format-1.json"), limits("format-2.json")), (0, 1));
    let items = |name: &str| load(&reference(name)).unwrap().items;
    assert!(items("format-1.json").iter().all(|item| item.on_failure.is_none() && !item.cleanup));
    let second = items("format-2.json");
    assert!(second.iter().all(|item| item.on_failure.is_some()));
    assert!(second.iter().any(|item| item.cleanup) && second.iter().any(|item| !item.cleanup));
    assert!(second.iter().all(|item| item.hazards.is_empty()));
    let plan = load(&reference("format-2.json")).unwrap();
    assert!(plan.exemptions.is_empty() && plan.quotas.is_empty());
}

#[test]
fn the_reference_plan_of_format_5_has_what_a_plan_can_have() {
    let path = reference("format-5.json");
    let plan = load(&path).unwrap();
    assert_eq!(check(&plan), []);
    let whole: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let list = |name: &str| whole[name].as_array().unwrap();
    let codes = each(list("withheld"), "/reason/code");
    let expected: Vec<&str> = OLD_CODES.into_iter().chain(NEW_CODES).collect();
    assert_eq!(codes, expected.into_iter().map(str::to_owned).collect());

    let of_items = plan.items.iter().flat_map(|item| &item.hazards);
    let of_withheld = plan.withheld.iter().filter_map(|one| {
        if let WithheldReason::Hazards { hazards } = &one.reason { Some(hazards) } else { None }
    });
    let kinds: BTreeSet<HazardKind> =
        of_items.chain(of_withheld.flatten()).map(|hazard| hazard.kind).collect();
    assert_eq!(kinds, HazardKind::ALL.iter().copied().collect());

    let items = list("items");
    let all = |name: &str| items.iter().flat_map(|item| item[name].as_array().unwrap()).collect::<Vec<_>>();
    assert_eq!(each(all("steps"), "/step").len(), 5);
    assert_eq!(each(all("changes"), "/attribute").len(), 10, "every attribute that can change");
    let checks: BTreeSet<(&str, &str, bool)> = items
        .iter()
        .flat_map(|item| item["target"]["checks"].as_array().unwrap())
        .map(|one| (one["name"].as_str().unwrap(), one["verdict"].as_str().unwrap(), one["required"] == true))
        .collect();
    for check in [("egress", "no", false), ("s3", "yes", true), ("sagemaker-api", "unknown", true)] {
        assert!(checks.contains(&check), "{check:?}");
    }
    assert!(checks.contains(&("tenancy", "unknown", false)));

    let expired = plan.exemptions.iter().map(|one| (one.expired, one.ticket.is_some())).collect::<Vec<_>>();
    assert_eq!(expired, [(false, true), (true, false), (false, false)]);
    let fits = plan.quotas.iter().map(|one| (one.unread.is_some(), one.concurrency)).collect::<Vec<_>>();
    assert_eq!(fits, [(true, None), (true, None), (false, Some(3)), (false, Some(0))]);
}

/// Why instances are withheld in the reference plans of formats 1 and 2.
const OLD_CODES: [&str; 12] = [
    "already-replaced",
    "exempt",
    "in-place",
    "maybe-replaced",
    "member-not-reported",
    "network",
    "no-target",
    "one-way-platform",
    "status",
    "tags-unreadable",
    "too-many-tags",
    "unknown",
];
/// Those that only plans since format 3 or 4 have.
const NEW_CODES: [&str; 8] = [
    "being-replaced",
    "exempt-by-tag",
    "exempt-tag-unclear",
    "hazards",
    "managed",
    "no-name",
    "replaced-wrongly",
    "source-key-unusable",
];

#[test]
fn the_reference_plan_has_what_a_plan_can_have() {
    let plan: Value = serde_json::from_slice(&fs::read(reference("format-1.json")).unwrap()).unwrap();
    let codes = each(plan["withheld"].as_array().unwrap(), "/reason/code");
    assert_eq!(codes.iter().map(String::as_str).collect::<Vec<_>>(), OLD_CODES);
    let items = plan["items"].as_array().unwrap();
    let steps = each(items.iter().flat_map(|item| item["steps"].as_array().unwrap()), "/step");
    assert_eq!(steps.len(), 5, "{steps:?}");
    let changes = each(items.iter().flat_map(|item| item["changes"].as_array().unwrap()), "/attribute");
    assert_eq!(changes.len(), 8, "{changes:?}");
}
