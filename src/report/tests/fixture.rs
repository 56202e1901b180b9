//! Small worlds to be shown.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::inventory::{Gap, Instance, Inventory};
use crate::plan::{
    Hazard, HazardKind, NamingStatement, Plan, PlannedExemption, PoliciesUnread, QuotaNeed, StatementEffect,
};
use crate::policy::{Limits, Policy, Regions, Scope, built_in};
use crate::report::Style;
use crate::rules::{Mode, RuleId};

/// 80 columns and no colour.
pub(super) const NARROW: Style = Style { color: false, width: 80 };
/// 200 columns and no colour.
pub(super) const WIDE: Style = Style { color: false, width: 200 };
/// Every hostile thing that a tag or message may hold.
pub(super) const HOSTILE: &str = "\u{1b}[31m|x\r\n# `boo` <b>[l](http://e.example)\u{202e}\u{9b}2J \\| end";

/// A policy that remediates the two rules that start a replacement, and reports two others.
pub(super) fn policy() -> Policy {
    let rules = BTreeMap::from([
        (RuleId::DirectInternetAccess, Mode::Remediate),
        (RuleId::InVpc, Mode::Remediate),
        (RuleId::RootAccess, Mode::Report),
        (RuleId::Platform, Mode::Report),
    ]);
    let unsaid = built_in();
    Policy {
        digest: "cd".repeat(32).parse().unwrap(),
        scope: Scope { regions: Regions::All, accounts: None },
        rules,
        limits: Limits { canary: 0, ..unsaid.limits },
        ..unsaid
    }
}

/// A Describe answer that fails everything; `over` replaces members, with null taking one away.
pub(super) fn description(name: &str, over: &Value) -> Value {
    let mut whole = json!({
        "NotebookInstanceArn": format!("arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/{name}"),
        "NotebookInstanceName": name,
        "NotebookInstanceStatus": "InService",
        "InstanceType": "ml.t3.medium",
        "RoleArn": "arn:aws:iam::123456789012:role/service-role/AmazonSageMaker-ExecutionRole",
        "DirectInternetAccess": "Enabled",
        "VolumeSizeInGB": 5,
        "RootAccess": "Enabled",
        "PlatformIdentifier": "notebook-al2023-v1",
    });
    for (key, value) in over.as_object().unwrap() {
        whole[key] = value.clone();
    }
    whole.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    whole
}

/// What makes a description compliant.
pub(super) fn compliant() -> Value {
    json!({ "DirectInternetAccess": "Disabled", "SubnetId": "subnet-0aa", "RootAccess": "Disabled" })
}

/// An instance that was read.
pub(super) fn instance(id: &str, over: &Value) -> Instance {
    let id: crate::ids::ItemId = id.parse().unwrap();
    let description = serde_json::from_value(description(id.name.as_str(), over)).unwrap();
    Instance { id, description: Some(description), tags: None }
}

/// An instance that was listed but could not be described.
pub(super) fn unread(id: &str) -> Instance {
    Instance { id: id.parse().unwrap(), description: None, tags: None }
}

/// A gap: of an instance, or of a whole region.
pub(super) fn gap(region: &str, instance: Option<&str>) -> Gap {
    let operation = if instance.is_some() { "DescribeNotebookInstance" } else { "ListNotebookInstances" };
    let error = json!({
        "operation": operation, "region": region, "kind": "access-denied", "effect": "none",
        "code": "AccessDeniedException",
        "message": "User: arn:aws:iam::123456789012:user/auditor is not authorized",
    });
    Gap {
        region: region.parse().unwrap(),
        instance: instance.map(|name| name.parse().unwrap()),
        error: serde_json::from_value(error).unwrap(),
    }
}

/// An inventory of two regions.
pub(super) fn inventory(instances: Vec<Instance>, gaps: Vec<Gap>) -> Inventory {
    Inventory {
        account: "123456789012".parse().unwrap(),
        taken_at: "2026-10-05T09:00:00Z".parse().unwrap(),
        regions: ["us-east-1", "eu-west-1"].map(|region| region.parse().unwrap()).to_vec(),
        instances,
        gaps,
    }
}

/// An item of a plan.
pub(super) fn item(name: &str, status: &str, delete_source: bool) -> Value {
    let last = match (status, delete_source) {
        ("Stopped", _) => Some(json!({ "step": "stop-replacement", "expected_seconds": 90 })),
        (_, true) => Some(json!({ "step": "delete-source", "expected_seconds": 60 })),
        (_, false) => None,
    };
    let first = (status != "Stopped").then(|| json!({ "step": "stop-source", "expected_seconds": 120 }));
    let middle = [
        json!({ "step": "create-replacement", "expected_seconds": 240 }),
        json!({ "step": "verify-replacement", "expected_seconds": 5 }),
    ];
    let steps: Vec<Value> = first.into_iter().chain(middle).chain(last).collect();
    json!({
        "id": format!("us-east-1/{name}"),
        "findings": ["direct-internet-access", "in-vpc"],
        "source": {
            "description": description(name, &json!({ "NotebookInstanceStatus": status })),
            "tags": { "Environment": "dev" },
        },
        "target": target(),
        "request": request(&format!("{}-vpc", &name[..name.len().min(59)])),
        "changes": [
            { "attribute": "NotebookInstanceName", "before": name, "after": format!("{}-vpc", &name[..name.len().min(59)]) },
            { "attribute": "DirectInternetAccess", "before": "Enabled", "after": "Disabled" },
            { "attribute": "SubnetId", "after": "subnet-0aa" },
            { "attribute": "SecurityGroups", "after": "sg-0cc" },
        ],
        "delete_source": delete_source,
        "on_failure": "restore",
        "steps": steps,
        "warnings": [],
    })
}

fn target() -> Value {
    json!({
        "name": "research", "vpc": "vpc-0dd", "subnet": "subnet-0aa",
        "availability_zone": "us-east-1a", "free_addresses": 12, "security_groups": ["sg-0cc"],
        "checks": [
            { "name": "subnet", "verdict": "yes", "evidence": "subnet-0aa is available in vpc-0dd (us-east-1a)" },
            { "name": "security-groups", "verdict": "yes", "evidence": "sg-0cc found" },
            { "name": "same-vpc", "verdict": "yes", "evidence": "all in vpc-0dd" },
            { "name": "free-addresses", "verdict": "yes",
              "evidence": "12 free, 0 taken by items of this plan, 1 needed" },
        ],
    })
}

fn request(name: &str) -> Value {
    json!({
        "NotebookInstanceName": name, "InstanceType": "ml.t3.medium", "SubnetId": "subnet-0aa",
        "SecurityGroupIds": ["sg-0cc"], "DirectInternetAccess": "Disabled",
        "RoleArn": "arn:aws:iam::123456789012:role/service-role/AmazonSageMaker-ExecutionRole",
        "VolumeSizeInGB": 5, "Tags": [{ "Key": "Environment", "Value": "dev" }],
    })
}

/// A withheld instance.
pub(super) fn withheld(name: &str, reason: &Value) -> Value {
    json!({ "id": format!("us-east-1/{name}"), "findings": ["in-vpc"], "reason": reason })
}

/// A plan of these items and withheld instances.
pub(super) fn plan(items: &[Value], withheld: &[Value], seen: usize) -> Plan {
    let plan = json!({
        "format_version": 4,
        "tool_version": "0.1.0",
        "created": "2026-10-05T09:00:00Z",
        "expires": "2026-10-08T09:00:00Z",
        "policy_digest": "cd".repeat(32),
        "account": "123456789012",
        "regions": ["us-east-1", "eu-west-1"],
        "limits": {
            "max_instances": 50, "max_percent": 25, "canary": 1, "max_failures": 1, "concurrency": 4,
            "requests_per_second": 5, "poll_interval_ms": 15000,
        },
        "totals": {
            "seen": seen, "compliant": seen - items.len() - withheld.len(), "items": items.len(),
            "withheld": withheld.len(), "unreadable": 0,
        },
        "items": items,
        "withheld": withheld,
        "gaps": [],
        "digest": "4f2a9c1e".repeat(8),
    });
    serde_json::from_value(plan).unwrap()
}

/// A plan that has some of everything: running and stopped sources, a warning, withheld instances and a gap.
pub(super) fn rich_plan() -> Plan {
    let mut first = item("fraud-etl", "InService", false);
    first["warnings"] = json!(["its lifecycle configuration `setup` runs again on the replacement"]);
    first["request"]["LifecycleConfigName"] = json!("setup");
    let items = [first, item("vision", "Stopped", false), item("scratch", "InService", true)];
    let exempt = json!({
        "code": "exempt", "reason": "decommissioned in March", "expires": "2027-03-31", "ticket": "SEC-123"
    });
    let managed = json!({ "code": "managed", "owner": {
        "by": "CloudFormation", "name": "ml", "tag": "aws:cloudformation:stack-name=ml", "advice": "Change the template."
    } });
    let withheld = [
        withheld("king", &json!({ "code": "no-target" })),
        withheld("legacy-1", &exempt),
        withheld("stacked", &managed),
    ];
    let mut plan = plan(&items, &withheld, 9);
    plan.gaps.push(gap("eu-west-1", None));
    plan.items[0].hazards.push(Hazard {
        kind: HazardKind::ScriptNeedsInternet,
        evidence: vec!["setup".to_owned(), "OnStart line 3: `pip install pandas`".to_owned()],
    });
    plan.exemptions = exemptions("decommissioned in March");
    plan.quotas = quotas(None);
    plan
}

/// One that holds for long, one that is about to expire, one that ends today and one that has expired.
fn exemptions(reason: &str) -> Vec<PlannedExemption> {
    let exemption = |expires: &str, expired, ticket: Option<&str>| PlannedExemption {
        reason: reason.to_owned(),
        expires: expires.parse().unwrap(),
        ticket: ticket.map(str::to_owned),
        expired,
        instances: vec!["us-east-1/legacy-1".parse().unwrap()],
    };
    vec![
        exemption("2027-03-31", false, Some("SEC-123")),
        exemption("2026-10-12", false, None),
        exemption("2026-10-05", false, None),
        exemption("2026-10-04", true, None),
    ]
}

/// One that fits, one that fits with less at a time, one that never does and one that is not known.
fn quotas(unread: Option<&str>) -> Vec<QuotaNeed> {
    let need = |kind: Option<&str>, quota: Option<u32>, concurrency| QuotaNeed {
        region: "us-east-1".parse().unwrap(),
        instance_type: kind.map(str::to_owned),
        quota,
        unread: unread.map(str::to_owned),
        in_use: 6,
        needed: 4,
        concurrency,
    };
    vec![
        need(None, Some(20), Some(4)),
        need(Some("ml.t3.medium"), Some(8), Some(2)),
        need(Some("ml.p3.2xlarge"), Some(6), Some(0)),
        need(Some("ml.m5.large"), None, None),
    ]
}

/// A plan with the longest names, hostile tags, messages and values, and every list in use.
pub(super) fn hostile_plan() -> Plan {
    let long = "n".repeat(63);
    let mut item = item(&long, HOSTILE, true);
    item["id"] = json!(format!("ap-southeast-2/{long}"));
    item["warnings"] = json!([HOSTILE, "w".repeat(300)]);
    item["changes"] = json!([
        { "attribute": HOSTILE, "before": HOSTILE, "after": "v".repeat(200) },
        { "attribute": "RoleArn", "before": "", "after": " -> " },
    ]);
    item["request"]["Tags"] = json!([{ "Key": HOSTILE, "Value": HOSTILE }]);
    item["request"]["InstanceType"] = json!(HOSTILE);
    item["request"]["RoleArn"] = json!(HOSTILE);
    item["target"]["name"] = json!(HOSTILE);
    item["target"]["availability_zone"] = json!(HOSTILE);
    item["target"]["checks"][1] = json!({ "name": "same-vpc", "verdict": "no", "evidence": HOSTILE });
    let exempt = json!({ "code": "exempt", "reason": HOSTILE, "expires": "2027-03-31", "ticket": HOSTILE });
    let mut plan = plan(&[item], &[withheld(&long, &exempt)], 2);
    plan.tool_version = HOSTILE.to_owned();
    let mut gap = gap("eu-west-1", Some(&long));
    gap.error.message = HOSTILE.to_owned();
    plan.gaps.push(gap);
    plan.items[0].hazards = HazardKind::ALL
        .iter()
        .copied()
        .map(|kind| Hazard { kind, evidence: vec![HOSTILE.to_owned(), "e".repeat(200)] })
        .collect();
    plan.exemptions = exemptions(HOSTILE);
    plan.quotas = quotas(Some(HOSTILE));
    plan.items[0].named_by = vec![naming(HOSTILE, true), naming(&"p".repeat(300), false)];
    plan.items[0].more_named_by = 3;
    plan.policies_unread =
        Some(PoliciesUnread { why: Some(HOSTILE.to_owned()), policies: Vec::new(), more_policies: 0 });
    plan
}

/// A statement in which everything is that text.
pub(super) fn naming(text: &str, uncertain: bool) -> NamingStatement {
    NamingStatement {
        uncertain,
        policy: text.to_owned(),
        policy_arn: uncertain.then(|| text.to_owned()),
        attached: vec![text.to_owned()],
        attached_count: 4,
        sid: Some(text.to_owned()),
        effect: StatementEffect::Allow,
        actions: vec![text.to_owned(), text.to_owned()],
        more_actions: 2,
        not_actions: uncertain,
        conditions: true,
        leaves_out: uncertain,
        statement: Some(json!({ "Effect": text, "Condition": [text, "```"] }).to_string()),
    }
}
