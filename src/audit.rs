//! Pure: what an audit finds: the inventory seen through the rules, judged and counted. `report` shows it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::clock::day;
use crate::ids::{AccountId, Arn, InstanceName, Region};
use crate::inventory::{Description, Gap, Instance, Inventory, Status};
use crate::plan::{PlannedExemption, exempt};
use crate::policy::Policy;
use crate::rules::{Control, Judgement, Rule, Verdict};
use crate::rules::{Mode, RuleId, Severity};
use crate::text::without_credentials;

/// The format of the report as JSON.
pub const FORMAT_VERSION: u32 = 2;

/// What an audit found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditReport {
    /// The format of this document.
    pub format_version: u32,
    /// The account.
    pub account: AccountId,
    /// When the instances were read.
    pub taken_at: Timestamp,
    /// The regions that were asked for, also those that could not be read.
    pub regions: Vec<Region>,
    /// The rules that were judged by, and how many instances fail each.
    pub rules: Vec<RuleCount>,
    /// Every instance that was listed, by region and name.
    pub instances: Vec<AuditedInstance>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
    /// The exemptions of the policy, also those whose day is over, and whom they are for. Not in format 1.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exemptions: Vec<PlannedExemption>,
    /// The counts.
    pub totals: AuditTotals,
}

/// One rule over all instances.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleCount {
    /// The rule.
    pub rule: RuleId,
    /// What it wants.
    pub title: &'static str,
    /// How bad its findings are.
    pub severity: Severity,
    /// What its findings lead to.
    pub mode: Mode,
    /// How many instances fail it.
    pub failed: usize,
    /// How many instances it could not judge.
    pub unknown: usize,
    /// The same control in other products.
    pub controls: &'static [Control],
}

/// One instance and what the rules say of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditedInstance {
    /// The region.
    pub region: Region,
    /// The name.
    pub name: InstanceName,
    /// The ARN; absent when the instance could not be described.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<Arn>,
    /// The status; absent when the instance could not be described.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// What AWS said of it: for formats that carry it along; not part of this one.
    #[serde(skip)]
    pub description: Option<Description>,
    /// The verdict over all rules.
    pub compliance: Compliance,
    /// The rules that it does not pass: those that it fails and those that could not be judged.
    pub findings: Vec<Finding>,
    /// The rules that it passes.
    pub passed: Vec<RuleId>,
}

/// The verdict over all rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Compliance {
    /// It passes every rule.
    Compliant,
    /// It fails at least one rule.
    NonCompliant,
    /// It fails none, but not every rule could be judged.
    Unknown,
}

/// One rule that an instance does not pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule.
    pub rule: RuleId,
    /// What its findings lead to.
    pub mode: Mode,
    /// Whether it failed or could not be judged.
    pub verdict: FindingVerdict,
    /// What was found, or why it could not be judged.
    pub detail: String,
    /// How bad it is.
    pub severity: Severity,
    /// The same control in other products.
    pub controls: &'static [Control],
}

/// Why a rule is not passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingVerdict {
    /// It failed.
    Fail,
    /// It could not be judged.
    Unknown,
}

/// The counts of an audit. Every instance seen is compliant, non-compliant or unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct AuditTotals {
    /// Instances listed.
    pub seen: usize,
    /// Those that pass every rule.
    pub compliant: usize,
    /// Those that fail at least one rule, also a rule that is only reported.
    pub non_compliant: usize,
    /// Those that fail no rule, but that not every rule could judge.
    pub unknown: usize,
    /// Of the non-compliant: those that fail a rule in mode `remediate`.
    pub to_remediate: usize,
}

impl AuditReport {
    /// Sees an inventory through the rules of a policy.
    pub fn new(policy: &Policy, inventory: &Inventory) -> Self {
        let Inventory { account, taken_at, regions, instances, gaps } = inventory;
        let today = day(*taken_at);
        let instances: Vec<_> = instances.iter().map(|one| audited(policy, one, today)).collect();
        Self {
            format_version: FORMAT_VERSION,
            account: account.clone(),
            taken_at: *taken_at,
            regions: regions.clone(),
            rules: rule_counts(policy, &instances),
            exemptions: exempt::of_inventory(policy, inventory, today),
            totals: totals(&instances),
            instances,
            gaps: gaps.clone(),
        }
    }

    /// The regions that could be listed, in the order they were asked for.
    pub fn listed_regions(&self) -> Vec<&Region> {
        let unread: BTreeSet<&Region> =
            self.gaps.iter().filter(|gap| gap.instance.is_none()).map(|gap| &gap.region).collect();
        self.regions.iter().filter(|region| !unread.contains(region)).collect()
    }
}

impl AuditedInstance {
    /// Whether it fails a rule in mode `remediate`.
    pub fn to_remediate(&self) -> bool {
        self.findings.iter().any(|f| f.verdict == FindingVerdict::Fail && f.mode == Mode::Remediate)
    }
}

fn audited(policy: &Policy, instance: &Instance, today: Date) -> AuditedInstance {
    let Instance { id, description, tags: _ } = instance;
    let judgements = policy.judge(description.as_ref(), today);
    let passed = judgements.iter().filter(|one| one.verdict == Verdict::Pass).map(|one| one.rule).collect();
    let findings: Vec<Finding> = judgements.into_iter().filter_map(|one| finding(policy, one)).collect();
    AuditedInstance {
        region: id.region.clone(),
        name: id.name.clone(),
        arn: description.as_ref().map(|d| d.notebook_instance_arn.clone()),
        status: description.as_ref().map(|d| d.notebook_instance_status.clone()),
        description: description.clone().map(without_secrets),
        compliance: compliance(&findings, description.is_some()),
        findings,
        passed,
    }
}

/// What AWS reports, but for what may be secrets in the URLs of code repositories: reports go far.
fn without_secrets(mut found: Description) -> Description {
    let all = found.default_code_repository.iter_mut().chain(&mut found.additional_code_repositories);
    all.for_each(|url| *url = without_credentials(url));
    found
}

fn finding(policy: &Policy, judgement: Judgement) -> Option<Finding> {
    let Judgement { rule, mode, verdict } = judgement;
    let (verdict, detail) = match verdict {
        Verdict::Pass => return None,
        Verdict::Fail { found } => (FindingVerdict::Fail, found),
        Verdict::Unknown { why } => (FindingVerdict::Unknown, why),
    };
    let severity = policy.severity(rule);
    Some(Finding { rule, mode, verdict, detail, severity, controls: rule.row().controls })
}

fn compliance(findings: &[Finding], described: bool) -> Compliance {
    if findings.iter().any(|finding| finding.verdict == FindingVerdict::Fail) {
        Compliance::NonCompliant
    } else if findings.is_empty() && described {
        Compliance::Compliant
    } else {
        Compliance::Unknown
    }
}

fn rule_counts(policy: &Policy, instances: &[AuditedInstance]) -> Vec<RuleCount> {
    let count = |rule, verdict| {
        let found = instances.iter().flat_map(|one| &one.findings);
        found.filter(|finding| finding.rule == rule && finding.verdict == verdict).count()
    };
    let judged = RuleId::ALL.iter().copied().filter(|rule| policy.mode(*rule) != Mode::Off);
    judged
        .map(|rule| {
            let Rule { title, controls, .. } = *rule.row();
            RuleCount {
                rule,
                title,
                severity: policy.severity(rule),
                mode: policy.mode(rule),
                failed: count(rule, FindingVerdict::Fail),
                unknown: count(rule, FindingVerdict::Unknown),
                controls,
            }
        })
        .collect()
}

fn totals(instances: &[AuditedInstance]) -> AuditTotals {
    let mut totals = AuditTotals { seen: instances.len(), ..AuditTotals::default() };
    for one in instances {
        match one.compliance {
            Compliance::Compliant => totals.compliant += 1,
            Compliance::NonCompliant => totals.non_compliant += 1,
            Compliance::Unknown => totals.unknown += 1,
        }
        totals.to_remediate += usize::from(one.to_remediate());
    }
    totals
}
