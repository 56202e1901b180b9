//! An audit for a terminal: who fails what, the rules, the gaps and the counts.

use std::collections::BTreeMap;

use super::page::{Page, plain};
use super::table::table;
use crate::audit::{
    AuditReport, AuditTotals, AuditedInstance, Compliance, Finding, FindingVerdict, RuleCount,
};
use crate::clock::day;
use crate::report::{Style, wording};
use crate::rules::{Mode, RuleId};
use crate::text::{commas, counted, for_terminal, moment, noun};

/// The least width of the column of findings; with less, every instance takes two lines.
const LEAST_FOR_FINDINGS: usize = 30;

/// An audit.
pub fn audit(report: &AuditReport, style: Style) -> String {
    let AuditReport {
        format_version: _,
        account,
        taken_at,
        regions,
        rules,
        instances,
        gaps,
        exemptions,
        totals,
    } = report;
    let mut page = Page::new(style);
    page.paragraph(
        0,
        &format!("Account {account}, read {} in {}", moment(*taken_at), commas(&texts(regions))),
        Style::bold,
    );
    let shown: Vec<_> = instances.iter().filter(|one| one.compliance != Compliance::Compliant).collect();
    if !shown.is_empty() {
        page.blank();
        instances_table(&mut page, &shown);
        page.blank();
        rules_table(&mut page, rules);
        unknowns(&mut page, &shown);
    }
    if !gaps.is_empty() {
        page.heading(&format!("Could not be read ({})", counted(gaps.len(), "gap", "gaps")));
        for gap in gaps {
            page.paragraph(2, &wording::gap(gap), Style::yellow);
        }
    }
    super::plan::exemptions_section(&mut page, exemptions, day(*taken_at));
    page.blank();
    closing(&mut page, report, *totals);
    page.finish()
}

fn texts<T: ToString>(values: &[T]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

fn instances_table(page: &mut Page, instances: &[&AuditedInstance]) {
    let rows: Vec<Vec<String>> = instances
        .iter()
        .map(|one| vec![one.region.to_string(), one.name.to_string(), status(one), findings(&one.findings)])
        .collect();
    let head = ["REGION", "INSTANCE", "STATUS", "FINDINGS"];
    if let Some(text) = table(&head, &rows, LEAST_FOR_FINDINGS, page.style()) {
        page.lines(&text);
        return;
    }
    for one in instances {
        page.paragraph(0, &format!("{}/{}", one.region, one.name), Style::bold);
        page.paragraph(2, &format!("{}: {}", status(one), findings(&one.findings)), plain);
    }
}

fn status(instance: &AuditedInstance) -> String {
    instance.status.as_ref().map_or_else(|| "(unknown)".to_owned(), |status| for_terminal(status.as_str()))
}

/// The rules that an instance does not pass: failed, failed but only reported, and not judged.
fn findings(findings: &[Finding]) -> String {
    let rules = |wanted: &dyn Fn(&Finding) -> bool| -> Vec<&str> {
        findings.iter().filter(|finding| wanted(finding)).map(|finding| finding.rule.as_str()).collect()
    };
    let failed = |mode| rules(&|f: &Finding| f.verdict == FindingVerdict::Fail && f.mode == mode);
    let parts = [
        ("", failed(Mode::Remediate)),
        ("only reported: ", failed(Mode::Report)),
        ("unknown: ", rules(&|f: &Finding| f.verdict == FindingVerdict::Unknown)),
    ];
    let parts = parts.iter().filter(|(_, rules)| !rules.is_empty());
    parts.map(|(label, rules)| format!("{label}{}", commas(rules))).collect::<Vec<_>>().join("; ")
}

/// Why rules could not be judged: a line a rule and reason, whatever the number of instances.
fn unknowns(page: &mut Page, instances: &[&AuditedInstance]) {
    let mut counts: BTreeMap<(RuleId, &str), usize> = BTreeMap::new();
    for finding in instances.iter().flat_map(|one| &one.findings) {
        if finding.verdict == FindingVerdict::Unknown {
            *counts.entry((finding.rule, &finding.detail)).or_default() += 1;
        }
    }
    if counts.is_empty() {
        return;
    }
    page.heading("Unknown is not compliant");
    for ((rule, why), count) in counts {
        let instances = counted(count, "instance", "instances");
        page.paragraph(2, &format!("{rule}: {} ({instances})", for_terminal(why)), plain);
    }
}

pub(super) fn rules_table(page: &mut Page, rules: &[RuleCount]) {
    let rows: Vec<Vec<String>> = rules.iter().map(rule_row).collect();
    let head = ["RULE", "SEVERITY", "POLICY", "FAIL", "UNKNOWN", "SECURITY HUB"];
    let Some(text) = table(&head, &rows, "SECURITY HUB".len(), page.style()) else { return };
    // The head, and a line a rule: no cell of it is long enough to be broken.
    for (line, count) in text.lines().zip(std::iter::once(None).chain(rules.iter().map(Some))) {
        page.lines(&count.map_or_else(|| line.to_owned(), |count| painted(line, count, page.style())));
        page.lines("\n");
    }
}

/// The line with its severity in colour. It stands behind the rule's name, which holds no severity's.
fn painted(line: &str, count: &RuleCount, style: Style) -> String {
    let word = format!(" {} ", wording::severity(count.severity));
    let paint = format!(" {} ", style.severity(count.severity, word.trim()));
    line.replacen(&word, &paint, 1)
}

fn rule_row(count: &RuleCount) -> Vec<String> {
    let RuleCount { rule, title: _, severity, mode, failed, unknown, controls } = count;
    let hub = controls.iter().find(|control| control.product == "security-hub");
    vec![
        rule.to_string(),
        wording::severity(*severity).to_owned(),
        wording::mode(*mode).to_owned(),
        failed.to_string(),
        unknown.to_string(),
        hub.map_or("-", |control| control.id).to_owned(),
    ]
}

pub(super) fn closing(page: &mut Page, report: &AuditReport, totals: AuditTotals) {
    let AuditTotals { seen, compliant, non_compliant, unknown, to_remediate } = totals;
    let listed = report.listed_regions();
    let unlisted = report.regions.len() - listed.len();
    if seen == 0 && listed.is_empty() {
        page.paragraph(0, "No region could be read: nothing can be said of this account.", Style::red);
    } else if seen == 0 {
        let names = listed.iter().map(ToString::to_string).collect::<Vec<_>>();
        page.paragraph(0, &format!("No notebook instances in {}.", commas(&names)), plain);
    } else if report.rules.is_empty() {
        let seen = counted(seen, "instance", "instances");
        page.paragraph(
            0,
            &format!("{seen} seen, none judged: the policy turns every rule off."),
            Style::yellow,
        );
    } else if compliant == seen {
        let all = format!("Every instance seen is compliant ({compliant} of {seen}).");
        page.paragraph(0, &all, Style::green);
    } else {
        let seen = counted(seen, "instance", "instances");
        let counts =
            format!("{seen} seen: {compliant} compliant, {non_compliant} non-compliant, {unknown} unknown.");
        page.paragraph(0, &counts, Style::bold);
        let to_remediate = match to_remediate {
            0 => "None fails".to_owned(),
            count => format!("{count} {}", noun(count, "fails", "fail")),
        };
        let text = format!("{to_remediate} a rule that the policy wants remediated.");
        page.paragraph(0, &text, plain);
    }
    if unlisted > 0 && !listed.is_empty() {
        let regions = counted(unlisted, "region", "regions");
        page.paragraph(0, &format!("Not complete: {regions} could not be listed."), Style::yellow);
    }
}
