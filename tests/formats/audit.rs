//! An audit of a small made-up fleet, in every format that programs read.

use std::fs;

use remediate::audit::AuditReport;
use remediate::inventory::{Gap, Instance, Inventory};
use remediate::policy::parse;
use remediate::report::{export, json_line, to_json};
use serde_json::{Value, json};

use super::reference;

const POLICY: &str = "format = 1\nscope.regions = ['us-east-1', 'eu-west-1']\n[severity]\nin-vpc = 'critical'\n\
                      [rules]\napproved_subnets = ['subnet-0a1b2c3d4e5f60718']\n\
                      [[exempt]]\nmatch.names = ['nlp-*']\nreason = 'moves in March'\nexpires = 2027-03-31\nticket = 'SEC-123'\n";

/// An instance that fails everything, one that passes everything, one in a subnet that is not approved and whose root
/// access AWS does not tell, one that could not be described, and a region that could not be listed.
fn audit() -> AuditReport {
    let exposed = json!({});
    let sound = json!({ "DirectInternetAccess": "Disabled", "SubnetId": "subnet-0a1b2c3d4e5f60718",
        "SecurityGroups": ["sg-0c1d2e3f405162738"], "RootAccess": "Disabled", "PlatformIdentifier": "notebook-al2023-v1",
        "KmsKeyId": "1234abcd-12ab-34cd-56ef-1234567890ab",
        "InstanceMetadataServiceConfiguration": { "MinimumInstanceMetadataServiceVersion": "2" } });
    let strayed = json!({ "DirectInternetAccess": "Disabled", "SubnetId": "subnet-0fffffffffffffff0",
        "SecurityGroups": ["sg-0c1d2e3f405162738"], "RootAccess": null, "NotebookInstanceStatus": "Stopped" });
    let inventory = Inventory {
        account: "123456789012".parse().unwrap(),
        taken_at: "2026-11-22T10:00:00Z".parse().unwrap(),
        regions: ["us-east-1", "eu-west-1"].map(|region| region.parse().unwrap()).to_vec(),
        instances: vec![
            instance("us-east-1/fraud-etl", Some(&exposed)),
            instance("us-east-1/geo-maps", Some(&sound)),
            instance("us-east-1/king", None),
            instance("us-east-1/nlp-lab", Some(&strayed)),
        ],
        gaps: vec![gap("eu-west-1", None), gap("us-east-1", Some("king"))],
    };
    AuditReport::new(&parse("policy.toml", POLICY, "2026-11-22".parse().unwrap()).unwrap(), &inventory)
}

fn instance(id: &str, over: Option<&Value>) -> Instance {
    let id: remediate::ids::ItemId = id.parse().unwrap();
    let description = over.map(|over| {
        let name = id.name.as_str();
        let mut whole = json!({
            "NotebookInstanceArn": format!("arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/{name}"),
            "NotebookInstanceName": name,
            "NotebookInstanceStatus": "InService",
            "Url": format!("{name}.notebook.us-east-1.sagemaker.aws"),
            "InstanceType": "ml.t3.medium",
            "RoleArn": "arn:aws:iam::123456789012:role/nb-research",
            "DirectInternetAccess": "Enabled",
            "VolumeSizeInGB": 20,
            "RootAccess": "Enabled",
            "PlatformIdentifier": "notebook-al2-v3",
            "InstanceMetadataServiceConfiguration": { "MinimumInstanceMetadataServiceVersion": "1" },
            "CreationTime": "2026-10-01T08:00:00Z",
            "LastModifiedTime": "2026-11-01T08:00:00Z",
        });
        for (member, value) in over.as_object().unwrap() {
            whole[member] = value.clone();
        }
        whole.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        serde_json::from_value(whole).unwrap()
    });
    Instance { id, description, tags: None }
}

fn gap(region: &str, instance: Option<&str>) -> Gap {
    let operation = if instance.is_some() { "DescribeNotebookInstance" } else { "ListNotebookInstances" };
    serde_json::from_value(json!({
        "region": region,
        "instance": instance,
        "error": {
            "operation": operation, "region": region, "kind": "access-denied", "effect": "none",
            "code": "AccessDeniedException",
            "message": "User: arn:aws:iam::123456789012:user/auditor is not authorized",
        },
    }))
    .unwrap()
}

/// Findings name the version of the program, which the promised ones do not follow.
fn promised(name: &str, text: &str) {
    let path = reference(name);
    let text = text.replace(&format!("\"{}\"", env!("CARGO_PKG_VERSION")), "\"0.1.0\"");
    if std::env::var_os("REMEDIATE_WRITE_REFERENCE").is_some() && !path.exists() {
        fs::write(&path, &text).unwrap();
    }
    assert_eq!(text, fs::read_to_string(&path).unwrap(), "{name}");
}

#[test]
fn an_audit_is_the_promised_document_in_every_format_that_programs_read() {
    let audit = audit();
    promised("audit-format-2.json", &to_json(&audit));
    promised("audit-format-1.csv", &export::csv(&audit));
    promised("audit-ocsf-1.5.0.json", &to_json(&export::ocsf(&audit)));
    promised("audit-asff-1.jsonl", &export::asff(&audit).iter().map(json_line).collect::<String>());
}
