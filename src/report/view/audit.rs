//! Pure: an audit: who fails what and how bad that is, what could not be judged, and what could not be read.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::audit::{
    AuditReport, AuditTotals, AuditedInstance, Compliance, Finding, FindingVerdict, RuleCount,
};
use crate::clock::day;
use crate::report::document::{Block, Document, Text, Tone, field, or_none, paragraph, section_of};
use crate::report::wording;
use crate::rules::{Mode, RuleId};
use crate::text::{commas, counted, moment, noun};

/// An audit.
pub fn audit(report: &AuditReport) -> Document {
    let AuditReport {
        format_version: _,
        account,
        taken_at,
        regions,
        rules,
        instances,
        gaps,
        exemptions,
        totals: _,
    } = report;
    let (compliant, others): (Vec<_>, Vec<_>) =
        instances.iter().partition(|one| one.compliance == Compliance::Compliant);
    let rules =
        section_of("Rules", rules, |rules| vec![rules_table(rules), Block::Detail(vec![known_as(rules)])]);
    let rules = rules.map(|rules| if others.is_empty() { Block::Detail(vec![rules]) } else { rules });
    let all_judged = "None: every rule could be judged on every instance that was listed.";
    let compliant = section_of(format!("Compliant ({})", compliant.len()), &compliant, |list| {
        vec![Block::Bullets(list.iter().map(|one| Text::from(id(one))).collect())]
    });
    let blocks = [
        Some(or_none(found(&others), "Not compliant", "None.")),
        rules,
        Some(or_none(unknowns(&others), "Unknown", all_judged)),
        Some(Block::Detail(vec![or_none(compliant, "Compliant", "None.")])),
        super::exemptions(exemptions, day(*taken_at)),
        Some(super::unread(gaps)),
    ];
    let regions: Vec<_> = regions.iter().map(ToString::to_string).collect();
    Document {
        title: Some(format!("Audit of SageMaker notebook instances in account {account}").into()),
        facts: vec![field("read", moment(*taken_at)), field("regions", commas(&regions))],
        answer: answer(report),
        blocks: blocks.into_iter().flatten().collect(),
    }
}

fn id(instance: &AuditedInstance) -> String {
    format!("{}/{}", instance.region, instance.name)
}

/// A row an instance; on a page also a row a finding, the worst first, among equals in the order of the report.
fn found(instances: &[&AuditedInstance]) -> Option<Block> {
    let row = |one: &&AuditedInstance| {
        let status = one.status.as_ref().map_or("(unknown)", |status| status.as_str());
        [id(one), status.to_owned(), findings(&one.findings)].map(Text::from).into()
    };
    let mut each: Vec<(&AuditedInstance, &Finding)> =
        instances.iter().flat_map(|one| one.findings.iter().map(|finding| (*one, finding))).collect();
    each.sort_by_key(|(_, finding)| (finding.verdict == FindingVerdict::Unknown, Reverse(finding.severity)));
    let detail = each.into_iter().map(|(one, finding)| {
        let verdict = if finding.verdict == FindingVerdict::Unknown { "unknown" } else { "fails" };
        let mode = wording::mode(finding.mode);
        vec![
            finding.rule.as_str().into(),
            id(one).into(),
            severity(finding.severity),
            verdict.into(),
            mode.into(),
            finding.detail.as_str().into(),
        ]
    });
    let detail =
        Block::Table(&["Rule", "Instance", "Severity", "Verdict", "Policy", "Why"], detail.collect());
    section_of(format!("Not compliant ({})", instances.len()), instances, |list| {
        let table = Block::Table(&["Instance", "Status", "Findings"], list.iter().map(row).collect());
        vec![table, Block::Detail(vec![detail])]
    })
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
fn unknowns(instances: &[&AuditedInstance]) -> Option<Block> {
    let mut counts: BTreeMap<(RuleId, &str), usize> = BTreeMap::new();
    for finding in instances.iter().flat_map(|one| &one.findings) {
        if finding.verdict == FindingVerdict::Unknown {
            *counts.entry((finding.rule, &finding.detail)).or_default() += 1;
        }
    }
    let line = |((rule, why), count): ((RuleId, &str), usize)| {
        format!("{rule}: {why} ({})", counted(count, "instance", "instances")).into()
    };
    let lines: Vec<Text> = counts.into_iter().map(line).collect();
    section_of("Unknown is not compliant", &lines, |lines| vec![Block::Bullets(lines.to_vec())])
}

/// How many instances fail which rule.
pub(super) fn rules_table(rules: &[RuleCount]) -> Block {
    let row = |count: &RuleCount| {
        let RuleCount { rule, title: _, severity, mode, failed, unknown, controls } = count;
        let hub = controls.iter().find(|control| control.product == "security-hub");
        vec![
            rule.as_str().into(),
            self::severity(*severity),
            wording::mode(*mode).into(),
            failed.to_string().into(),
            unknown.to_string().into(),
            hub.map_or("-", |control| control.id).into(),
        ]
    };
    let head = &["Rule", "Severity", "Policy", "Fail", "Unknown", "Security Hub"];
    Block::Table(head, rules.iter().map(row).collect())
}

fn severity(severity: crate::rules::Severity) -> Text {
    Text::from(wording::severity(severity)).toned(severity.into())
}

/// What each rule wants, and its names elsewhere.
fn known_as(rules: &[RuleCount]) -> Block {
    let row = |RuleCount { rule, title, controls, .. }: &RuleCount| {
        let names: Vec<_> = controls.iter().map(|one| format!("{} {}", one.product, one.id)).collect();
        [rule.to_string(), (*title).to_owned(), commas(&names)].map(Text::from).into()
    };
    Block::Table(&["Rule", "What it wants", "Also known as"], rules.iter().map(row).collect())
}

/// The answer. What was not read is never called compliant.
pub(super) fn answer(report: &AuditReport) -> Vec<Block> {
    let AuditTotals { seen, compliant, non_compliant, unknown, to_remediate } = report.totals;
    let listed: Vec<_> = report.listed_regions().iter().map(ToString::to_string).collect();
    let unlisted = report.regions.len() - listed.len();
    let instances = counted(seen, "instance", "instances");
    let mut told = Vec::new();
    let mut tell = |words: String, tone| told.push(paragraph(Text::from(words).toned(tone)));
    if seen == 0 && listed.is_empty() {
        tell("No region could be read: nothing can be said of this account.".to_owned(), Tone::Bad);
    } else if seen == 0 {
        tell(format!("No notebook instances in {}.", commas(&listed)), Tone::Plain);
    } else if report.rules.is_empty() {
        tell(format!("{instances} seen, none judged: the policy turns every rule off."), Tone::Warning);
    } else if compliant == seen {
        tell(format!("Every instance seen is compliant ({compliant} of {seen})."), Tone::Good);
    } else {
        let counts = format!("{compliant} compliant, {non_compliant} non-compliant, {unknown} unknown");
        tell(format!("{instances} seen: {counts}."), Tone::Strong);
        let failing = match to_remediate {
            0 => "None fails".to_owned(),
            count => format!("{count} {}", noun(count, "fails", "fail")),
        };
        tell(format!("{failing} a rule that the policy wants remediated."), Tone::Plain);
    }
    if unlisted > 0 && !listed.is_empty() {
        let regions = counted(unlisted, "region", "regions");
        tell(format!("Not complete: {regions} could not be listed."), Tone::Warning);
    }
    told
}
