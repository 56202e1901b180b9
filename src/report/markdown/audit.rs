//! An audit as Markdown, to go into a ticket.

use super::escape::{block, bullets, escape, table};
use crate::audit::{
    AuditReport, AuditTotals, AuditedInstance, Compliance, Finding, FindingVerdict, RuleCount,
};
use crate::clock::day;
use crate::report::wording;
use crate::text::{commas, counted, moment};

/// An audit as Markdown: who fails what and how bad that is, what could not be judged, and what could not be read.
pub fn audit(report: &AuditReport) -> String {
    let AuditReport {
        format_version: _,
        account,
        taken_at,
        regions: _,
        rules,
        instances,
        gaps,
        exemptions,
        totals,
    } = report;
    let mut text = String::new();
    block(&mut text, &format!("# Audit of SageMaker notebook instances in account {account}"));
    block(&mut text, &verdict(report, *totals));
    summary(&mut text, report);
    self::rules(&mut text, rules);
    findings(&mut text, instances, FindingVerdict::Fail);
    findings(&mut text, instances, FindingVerdict::Unknown);
    compliant(&mut text, instances);
    super::fitness::exemptions(&mut text, exemptions, day(*taken_at));
    super::sections::gaps(&mut text, gaps);
    text
}

/// The answer in a sentence. What was not read is never called compliant.
fn verdict(report: &AuditReport, totals: AuditTotals) -> String {
    let AuditTotals { seen, compliant, non_compliant, unknown, to_remediate } = totals;
    let listed = report.listed_regions().len();
    let unlisted = report.regions.len() - listed;
    let words = if listed == 0 {
        "**No region could be read: nothing can be said of this account.**".to_owned()
    } else if seen == 0 {
        "No notebook instances were found.".to_owned()
    } else if report.rules.is_empty() {
        "None was judged: the policy turns every rule off.".to_owned()
    } else if compliant == seen {
        "Every instance seen is compliant.".to_owned()
    } else {
        format!(
            "{} non-compliant, {unknown} could not be judged in full, {compliant} compliant, of {seen} seen. \
             The policy wants {to_remediate} remediated.",
            counted(non_compliant, "instance is", "instances are")
        )
    };
    if unlisted == 0 || listed == 0 {
        return words;
    }
    let regions = counted(unlisted, "region", "regions");
    format!("{words} **Not complete: {regions} could not be listed.**")
}

fn summary(text: &mut String, report: &AuditReport) {
    let AuditTotals { seen, compliant, non_compliant, unknown, to_remediate } = report.totals;
    let row = |name: &str, value: String| vec![name.to_owned(), value];
    let regions: Vec<_> = report.regions.iter().map(ToString::to_string).collect();
    let rows = [
        row("Account", report.account.to_string()),
        row("Regions", commas(&regions)),
        row("Read", moment(report.taken_at)),
        row("Instances seen", seen.to_string()),
        row("Non-compliant", non_compliant.to_string()),
        row("of which to be remediated", to_remediate.to_string()),
        row("Unknown", unknown.to_string()),
        row("Compliant", compliant.to_string()),
        row("Gaps", report.gaps.len().to_string()),
    ];
    table(text, &["", ""], rows);
}

fn rules(text: &mut String, rules: &[RuleCount]) {
    block(text, "## Rules");
    if rules.is_empty() {
        block(text, "None: the policy turns every rule off.");
        return;
    }
    let rows = rules.iter().map(|count| {
        let RuleCount { rule, title, severity, mode, failed, unknown, controls } = count;
        let also = controls.iter().map(|control| escape(&format!("{} {}", control.product, control.id)));
        vec![
            rule.to_string(),
            escape(title),
            wording::severity(*severity).to_owned(),
            wording::mode(*mode).to_owned(),
            failed.to_string(),
            unknown.to_string(),
            also.collect::<Vec<_>>().join(", "),
        ]
    });
    table(text, &["Rule", "What it wants", "Severity", "Policy", "Fail", "Unknown", "Also known as"], rows);
}

/// A row a finding, the worst first; among equals in the order of the report.
fn findings(text: &mut String, instances: &[AuditedInstance], verdict: FindingVerdict) {
    let (heading, none, about) = match verdict {
        FindingVerdict::Fail => ("## Non-compliant", "None.", ""),
        FindingVerdict::Unknown => (
            "## Unknown",
            "None: every rule could be judged on every instance that was listed.",
            "What could not be judged is not compliant until it has been.",
        ),
    };
    block(text, heading);
    let mut found: Vec<(&AuditedInstance, &Finding)> = instances
        .iter()
        .flat_map(|one| one.findings.iter().map(move |finding| (one, finding)))
        .filter(|(_, finding)| finding.verdict == verdict)
        .collect();
    if found.is_empty() {
        block(text, none);
        return;
    }
    if !about.is_empty() {
        block(text, about);
    }
    found.sort_by_key(|(_, finding)| std::cmp::Reverse(finding.severity));
    let rows = found.into_iter().map(|(one, finding)| {
        vec![
            wording::severity(finding.severity).to_owned(),
            one.region.to_string(),
            one.name.to_string(),
            one.status.as_ref().map_or_else(|| "(unknown)".to_owned(), |status| escape(status.as_str())),
            finding.rule.to_string(),
            escape(&finding.detail),
            wording::mode(finding.mode).to_owned(),
        ]
    });
    table(text, &["Severity", "Region", "Instance", "Status", "Rule", "Why", "Policy"], rows);
}

fn compliant(text: &mut String, instances: &[AuditedInstance]) {
    block(text, "## Compliant");
    let names: Vec<String> = instances
        .iter()
        .filter(|one| one.compliance == Compliance::Compliant)
        .map(|one| format!("{}/{}", one.region, one.name))
        .collect();
    if names.is_empty() {
        block(text, "None.");
    } else {
        bullets(text, &names);
    }
}
