//! ASFF: findings for Security Hub's BatchImportFindings.
//!
//! Members, enumerations and patterns are botocore 1.44.5's `AwsSecurityFinding`; the longest texts are those of the Security
//! Hub user guide ("ASFF"). `Compliance.SecurityControlId` is left to Security Hub: what it calls the rule is in
//! `ProductFields`.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::record::{About, Record, RecordStatus, records};
use crate::audit::AuditReport;
use crate::facts::limits::FINDINGS_A_CALL;
use crate::ids::Region;
use crate::report::wording;
use crate::rules::Severity;

const LONGEST_TITLE: usize = 256;
const LONGEST_DESCRIPTION: usize = 1024;
const LONGEST_REMEDY: usize = 512;
const LONGEST_REQUIREMENT: usize = 64;
const LONGEST_PRODUCT_FIELD: usize = 1024;

/// The members of a Describe answer that a finding can have (`AwsSageMakerNotebookInstanceDetails`).
const DETAILS: [&str; 20] = [
    "AcceleratorTypes",
    "AdditionalCodeRepositories",
    "DefaultCodeRepository",
    "DirectInternetAccess",
    "FailureReason",
    "InstanceMetadataServiceConfiguration",
    "InstanceType",
    "KmsKeyId",
    "NetworkInterfaceId",
    "NotebookInstanceArn",
    "NotebookInstanceLifecycleConfigName",
    "NotebookInstanceName",
    "NotebookInstanceStatus",
    "PlatformIdentifier",
    "RoleArn",
    "RootAccess",
    "SecurityGroups",
    "SubnetId",
    "Url",
    "VolumeSizeInGB",
];

/// An audit as inputs of BatchImportFindings, each for one call: findings of one region, as a call goes to the region
/// that its findings are of, and no more than a call takes.
pub fn asff(report: &AuditReport) -> Vec<Value> {
    let mut regions: BTreeMap<&Region, Vec<Value>> = BTreeMap::new();
    for record in records(report) {
        regions.entry(record.region).or_default().push(finding(&record));
    }
    let calls = regions.values().flat_map(|findings| findings.chunks(FINDINGS_A_CALL));
    calls.map(|findings| json!({ "Findings": findings })).collect()
}

fn finding(record: &Record<'_>) -> Value {
    let (account, region, partition) = (record.account(), record.region, record.partition());
    let at = record.report.taken_at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
    let severity = json!({
        "Label": label(record.severity()),
        "Original": wording::severity(record.rule_severity()),
    });
    let types = ["Software and Configuration Checks/AWS Security Best Practices"];
    let (remedy, reference) = record.remedy();
    json!({
        "SchemaVersion": "2018-10-08",
        "Id": record.uid(),
        "ProductArn": format!("arn:{partition}:securityhub:{region}:{account}:product/{account}/default"),
        "ProductName": "remediate",
        "CompanyName": "remediate",
        "GeneratorId": format!("remediate/{}", record.code()),
        "AwsAccountId": account,
        "Region": region,
        "Types": types,
        "CreatedAt": at,
        "UpdatedAt": at,
        "Severity": severity,
        // Where later imports may change it: `Severity` and `Types` above are the customer's once they are there.
        "FindingProviderFields": { "Severity": severity, "Types": types },
        "Title": cut(&record.title(), LONGEST_TITLE),
        "Description": cut(&record.sentence(), LONGEST_DESCRIPTION),
        "Remediation": { "Recommendation": { "Text": cut(&remedy, LONGEST_REMEDY), "Url": reference } },
        "ProductFields": product_fields(record),
        "Resources": [resource(record)],
        "Compliance": compliance(record),
        "Workflow": { "Status": workflow(record) },
        "RecordState": "ACTIVE",
    })
}

/// A finding on what is exempt asks nobody to do anything.
fn workflow(record: &Record<'_>) -> &'static str {
    match (record.verdict, record.exempt_until()) {
        (RecordStatus::Pass, _) => "RESOLVED",
        (RecordStatus::Fail | RecordStatus::Unknown, Some(_)) => "SUPPRESSED",
        (RecordStatus::Fail | RecordStatus::Unknown, None) => "NEW",
    }
}

/// What the rule is called elsewhere, and what the policy makes of its findings.
fn product_fields(record: &Record<'_>) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::from([
        ("remediate/version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        ("remediate/verdict".to_owned(), record.verdict.as_str().to_owned()),
    ]);
    fields.extend(record.exempt_until().map(|day| ("remediate/exempt-until".to_owned(), day.to_string())));
    match record.about {
        About::Rule { rule, .. } => {
            fields.insert("remediate/mode".to_owned(), wording::mode(rule.mode).to_owned());
            let ids = rule
                .controls
                .iter()
                .map(|control| (format!("remediate/controls/{}", control.product), control.id.to_owned()));
            fields.extend(ids);
        }
        About::Gap(gap) => {
            fields.insert("remediate/operation".to_owned(), gap.error.operation.clone());
            fields.extend(gap.error.code.clone().map(|code| ("remediate/error".to_owned(), code)));
        }
    }
    // An empty value is none to Security Hub.
    fields.retain(|_, value| !value.trim().is_empty());
    fields.into_iter().map(|(key, value)| (key, cut(&one_line(&value), LONGEST_PRODUCT_FIELD))).collect()
}

fn compliance(record: &Record<'_>) -> Value {
    let status = match record.verdict {
        RecordStatus::Pass => "PASSED",
        RecordStatus::Fail => "FAILED",
        RecordStatus::Unknown => "NOT_AVAILABLE",
    };
    let mut compliance = json!({ "Status": status });
    if let About::Rule { rule, .. } = record.about {
        let ids = rule.controls.iter().map(|control| format!("{} {}", control.product, control.id));
        let fitting: Vec<String> = ids.filter(|id| id.chars().count() <= LONGEST_REQUIREMENT).collect();
        compliance["RelatedRequirements"] = json!(fitting);
    }
    compliance
}

fn resource(record: &Record<'_>) -> Value {
    let mut resource = match record.arn() {
        Some(arn) => json!({ "Type": "AwsSageMakerNotebookInstance", "Id": arn }),
        None => json!({ "Type": "AwsAccount", "Id": format!("AWS::::Account:{}", record.account()) }),
    };
    resource["Region"] = json!(record.region);
    if let Some(partition) = known_partition(record.partition()) {
        resource["Partition"] = json!(partition);
    }
    if let Some(description) = record.instance().and_then(|instance| instance.description.as_ref()) {
        let members = serde_json::to_value(description).unwrap_or_default();
        resource["Details"] = json!({ "AwsSageMakerNotebookInstance": details(members) });
    }
    resource
}

/// The members that AWS reported, as far as a finding can have them. Security Hub takes no empty text.
fn details(members: Value) -> Map<String, Value> {
    let Value::Object(members) = members else { return Map::new() };
    let kept = members.into_iter().filter(|(name, _)| DETAILS.contains(&name.as_str()));
    kept.filter_map(|(name, value)| Some((name, without_blanks(value)?))).collect()
}

fn without_blanks(value: Value) -> Option<Value> {
    match value {
        Value::String(text) if text.trim().is_empty() => None,
        Value::String(text) => Some(Value::String(cut(&one_line(&text), LONGEST_DESCRIPTION))),
        Value::Array(items) => {
            let kept: Vec<Value> = items.into_iter().filter_map(without_blanks).collect();
            (!kept.is_empty()).then_some(Value::Array(kept))
        }
        Value::Object(members) => {
            let kept = members.into_iter().filter_map(|(name, value)| Some((name, without_blanks(value)?)));
            let kept: Map<String, Value> = kept.collect();
            (!kept.is_empty()).then_some(Value::Object(kept))
        }
        Value::Null => None,
        Value::Bool(_) | Value::Number(_) => Some(value),
    }
}

/// Security Hub's name of a partition (botocore 1.44.5, `Partition`); it has none for the latest ones.
fn known_partition(partition: &str) -> Option<&str> {
    match partition {
        "aws" | "aws-cn" | "aws-us-gov" => Some(partition),
        "aws-iso" => Some("aws-us-iso"),
        "aws-iso-b" => Some("aws-us-iso-b"),
        _ => None,
    }
}

fn label(severity: Severity) -> &'static str {
    match severity {
        Severity::Informational => "INFORMATIONAL",
        Severity::Low => "LOW",
        Severity::Medium => "MEDIUM",
        Severity::High => "HIGH",
        Severity::Critical => "CRITICAL",
    }
}

/// Security Hub's pattern for texts, `.*\S.*`, is for one line.
fn one_line(text: &str) -> String {
    crate::text::for_terminal(text)
}

/// The text, cut to so many characters; a cut shows.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}
