//! OCSF: an array of Compliance Finding events, as Prowler and others emit OCSF, in the version that they do.
//!
//! Schema: <https://schema.ocsf.io/1.5.0/classes/compliance_finding>, with the profiles `cloud` and `datetime`. Numbers
//! and captions are that schema's. Times are milliseconds since 1970, as it says.

use serde_json::{Value, json};

use super::record::{About, Record, RecordStatus, records};
use crate::audit::AuditReport;
use crate::report::wording;
use crate::rules::Severity;

/// The version of the schema.
const VERSION: &str = "1.5.0";
const CLASS: u32 = 2003;
/// Activity `Create`: an audit knows nothing of those before it.
const CREATE: u32 = 1;

/// An audit as OCSF events: one a rule and instance, whatever the verdict, and one a gap.
pub fn ocsf(report: &AuditReport) -> Vec<Value> {
    records(report).map(|record| event(&record)).collect()
}

fn event(record: &Record<'_>) -> Value {
    let (severity_id, severity) = severity(record.severity());
    let (time, time_dt) = (record.report.taken_at.as_millisecond(), record.report.taken_at.to_string());
    let (remedy, reference) = record.remedy();
    let exempt = record.exempt_until().is_some();
    json!({
        "activity_id": CREATE,
        "activity_name": "Create",
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": CLASS,
        "class_name": "Compliance Finding",
        "type_uid": CLASS * 100 + CREATE,
        "type_name": "Compliance Finding: Create",
        "time": time,
        "time_dt": time_dt,
        "severity_id": severity_id,
        "severity": severity,
        // Where the finding stands with whoever works on it. Whether it passed is in `compliance`.
        "status_id": if exempt { 3 } else { 1 },
        "status": if exempt { "Suppressed" } else { "New" },
        "status_code": record.verdict.as_str().to_uppercase(),
        "status_detail": record.sentence(),
        "message": record.sentence(),
        "metadata": metadata(record),
        "finding_info": {
            "uid": record.uid(),
            "title": record.title(),
            "desc": record.sentence(),
            "types": ["Software and Configuration Checks/AWS Security Best Practices"],
            "created_time": time,
            "created_time_dt": time_dt,
        },
        "compliance": compliance(record),
        "cloud": cloud(record),
        "resources": [resource(record)],
        "remediation": { "desc": remedy, "references": [reference] },
        "unmapped": unmapped(record),
    })
}

fn metadata(record: &Record<'_>) -> Value {
    json!({
        "version": VERSION,
        "profiles": ["cloud", "datetime"],
        "event_code": record.code(),
        "product": {
            "uid": "remediate",
            "name": "remediate",
            "vendor_name": "remediate",
            "version": env!("CARGO_PKG_VERSION"),
        },
    })
}

/// The rule, what others call it, and the verdict: an unknown one has the status `Unknown`.
fn compliance(record: &Record<'_>) -> Value {
    let (status_id, status) = status(record.verdict);
    let (severity_id, severity) = severity(record.rule_severity());
    let standards = [match record.control("security-hub") {
        Some(_) => "AWS Foundational Security Best Practices",
        None => "remediate",
    }];
    let requirements: Vec<&str> = match record.about {
        About::Rule { rule, .. } => rule.controls.iter().map(|control| control.id).collect(),
        About::Gap(_) => Vec::new(),
    };
    json!({
        "control": record.control("security-hub").unwrap_or(record.code()),
        "desc": record.title(),
        "standards": standards,
        "requirements": requirements,
        "status_id": status_id,
        "status": status,
        "checks": [{
            "uid": record.code(),
            "name": record.title(),
            "standards": standards,
            "severity_id": severity_id,
            "severity": severity,
            "status_id": status_id,
            "status": status,
        }],
    })
}

/// The account's name is its id: AWS tells the other only to whoever may ask for it.
fn cloud(record: &Record<'_>) -> Value {
    let account = record.account();
    json!({
        "provider": "AWS",
        "region": record.region,
        "account": { "uid": account, "name": account, "type_id": 10, "type": "AWS Account" },
    })
}

fn resource(record: &Record<'_>) -> Value {
    let (region, partition) = (record.region, record.partition());
    let mut resource = match (record.arn(), record.name()) {
        (Some(arn), Some(name)) => {
            json!({ "uid": arn, "name": name, "type": "AwsSageMakerNotebookInstance" })
        }
        (Some(_) | None, _) => {
            let account = record.account();
            json!({ "uid": format!("AWS::::Account:{account}"), "name": account, "type": "AwsAccount" })
        }
    };
    resource["region"] = json!(region);
    resource["cloud_partition"] = json!(partition);
    resource["group"] = json!({ "name": "sagemaker" });
    if let Some(description) = record.instance().and_then(|instance| instance.description.as_ref()) {
        resource["data"] = json!({ "metadata": description });
    }
    resource
}

/// What OCSF has no place for.
fn unmapped(record: &Record<'_>) -> Value {
    match record.about {
        About::Rule { rule, .. } => {
            let mut extra = json!({ "mode": wording::mode(rule.mode), "controls": rule.controls });
            if let Some(day) = record.exempt_until() {
                extra["exempt_until"] = json!(day);
            }
            extra
        }
        About::Gap(gap) => json!({ "error": gap.error }),
    }
}

/// `compliance.status_id`.
fn status(verdict: RecordStatus) -> (u32, &'static str) {
    match verdict {
        RecordStatus::Unknown => (0, "Unknown"),
        RecordStatus::Pass => (1, "Pass"),
        RecordStatus::Fail => (3, "Fail"),
    }
}

/// `severity_id`.
fn severity(severity: Severity) -> (u32, &'static str) {
    match severity {
        Severity::Informational => (1, "Informational"),
        Severity::Low => (2, "Low"),
        Severity::Medium => (3, "Medium"),
        Severity::High => (4, "High"),
        Severity::Critical => (5, "Critical"),
    }
}
