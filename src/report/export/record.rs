//! What an audit found, as one record a rule and instance, and one a gap.

use jiff::civil::Date;

use crate::audit::{AuditReport, AuditedInstance, FindingVerdict, RuleCount};
use crate::facts::partitions;
use crate::ids::{AccountId, InstanceName, ItemId, Region};
use crate::inventory::Gap;
use crate::plan::PlannedExemption;
use crate::report::wording;
use crate::rules::Severity;

/// What is said of one instance by one rule, or that something could not be read.
pub(super) struct Record<'a> {
    pub(super) report: &'a AuditReport,
    pub(super) region: &'a Region,
    pub(super) about: About<'a>,
    pub(super) verdict: RecordStatus,
    /// What was found, or why that is not known. Empty where a rule is passed.
    pub(super) detail: String,
}

/// What a record is about.
#[derive(Clone, Copy)]
pub(super) enum About<'a> {
    /// An instance, by a rule.
    Rule { rule: &'a RuleCount, instance: &'a AuditedInstance },
    /// What could not be read.
    Gap(&'a Gap),
}

/// What a record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RecordStatus {
    Pass,
    Fail,
    Unknown,
}

impl RecordStatus {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            RecordStatus::Pass => "pass",
            RecordStatus::Fail => "fail",
            RecordStatus::Unknown => "unknown",
        }
    }
}

/// Every record of an audit: the rules by instance, then the gaps.
pub(super) fn records(report: &AuditReport) -> impl Iterator<Item = Record<'_>> {
    let judged = report
        .instances
        .iter()
        .flat_map(move |instance| report.rules.iter().filter_map(move |rule| judged(report, instance, rule)));
    let gaps = report.gaps.iter().map(move |gap| Record {
        report,
        region: &gap.region,
        about: About::Gap(gap),
        verdict: RecordStatus::Unknown,
        detail: wording::gap(gap),
    });
    judged.chain(gaps)
}

/// What an instance's part of the report says of a rule.
fn judged<'a>(
    report: &'a AuditReport,
    instance: &'a AuditedInstance,
    rule: &'a RuleCount,
) -> Option<Record<'a>> {
    let record = |verdict, detail| {
        let about = About::Rule { rule, instance };
        Some(Record { report, region: &instance.region, about, verdict, detail })
    };
    if let Some(finding) = instance.findings.iter().find(|finding| finding.rule == rule.rule) {
        let verdict = match finding.verdict {
            FindingVerdict::Fail => RecordStatus::Fail,
            FindingVerdict::Unknown => RecordStatus::Unknown,
        };
        return record(verdict, finding.detail.clone());
    }
    // What is neither a finding nor passed was not judged, and nothing is claimed of it.
    instance.passed.contains(&rule.rule).then(|| record(RecordStatus::Pass, String::new())).flatten()
}

impl<'a> Record<'a> {
    pub(super) fn account(&self) -> &'a AccountId {
        &self.report.account
    }

    /// The instance's name, where it is about one.
    pub(super) fn name(&self) -> Option<&'a InstanceName> {
        match self.about {
            About::Rule { instance, .. } => Some(&instance.name),
            About::Gap(gap) => gap.instance.as_ref(),
        }
    }

    /// The instance as it was audited; `None` for a region.
    pub(super) fn instance(&self) -> Option<&'a AuditedInstance> {
        match self.about {
            About::Rule { instance, .. } => Some(instance),
            About::Gap(gap) => {
                let mut instances = self.report.instances.iter();
                instances.find(|one| one.region == gap.region && Some(&one.name) == gap.instance.as_ref())
            }
        }
    }

    /// The last day of the exemption that holds for the instance, where it is not found compliant.
    pub(super) fn exempt_until(&self) -> Option<Date> {
        let (name, open) = (self.name()?, self.verdict != RecordStatus::Pass);
        let is_this = |id: &ItemId| id.region == *self.region && id.name == *name;
        let holds = |one: &&PlannedExemption| open && !one.expired && one.instances.iter().any(is_this);
        self.report.exemptions.iter().filter(holds).map(|one| one.expires).max()
    }

    /// The ARN of the instance: AWS's own word, or what it must be where AWS did not answer. `None` for a region.
    pub(super) fn arn(&self) -> Option<String> {
        if let Some(arn) = self.instance().and_then(|instance| instance.arn.as_ref()) {
            return Some(arn.to_string());
        }
        let (partition, region, account) = (self.partition(), self.region, self.account());
        Some(format!("arn:{partition}:sagemaker:{region}:{account}:notebook-instance/{}", self.name()?))
    }

    /// The partition: that of the ARN where AWS told it, else that which the region is of.
    pub(super) fn partition(&self) -> &'a str {
        let told = self.instance().and_then(|instance| instance.arn.as_ref());
        told.and_then(|arn| arn.as_str().split(':').nth(1))
            .unwrap_or_else(|| partitions::of_region(self.region.as_str()))
    }

    /// What is the same whenever the same thing is found again: not the ARN, as SageMaker changes the case of some.
    pub(super) fn uid(&self) -> String {
        let place = format!("{}/{}", self.account(), self.region);
        let name = self.name().map(|name| format!("/{name}")).unwrap_or_default();
        match self.about {
            About::Rule { rule, .. } => format!("remediate/{}/{place}{name}", rule.rule),
            About::Gap(gap) => format!("remediate/gap/{}/{place}{name}", gap.error.operation),
        }
    }

    /// What it is called: the rule's title, or that something could not be read.
    pub(super) fn title(&self) -> String {
        match self.about {
            About::Rule { rule, .. } => rule.title.to_owned(),
            About::Gap(Gap { instance: Some(_), .. }) => "A notebook instance could not be read".to_owned(),
            About::Gap(Gap { instance: None, .. }) => {
                "The notebook instances of a region could not be listed".to_owned()
            }
        }
    }

    /// All of it in a sentence.
    pub(super) fn sentence(&self) -> String {
        let name = self.name().map(|name| format!("{}/{name}", self.region)).unwrap_or_default();
        let words = match (self.about, self.verdict) {
            (About::Gap(_), _) => self.detail.trim_end_matches('.').to_owned(),
            (About::Rule { rule, .. }, RecordStatus::Pass) => format!("{name} passes {}", rule.rule),
            (About::Rule { rule, .. }, RecordStatus::Fail) => {
                format!("{name} fails {}: {}", rule.rule, self.detail)
            }
            (About::Rule { rule, .. }, RecordStatus::Unknown) => {
                format!("{name} could not be judged by {}: {}", rule.rule, self.detail)
            }
        };
        crate::text::for_terminal(&format!("{words}."))
    }

    /// How bad it is that it is so: what passes needs nothing, and what could not be read may be as bad as the worst
    /// that was looked for.
    pub(super) fn severity(&self) -> Severity {
        match (self.about, self.verdict) {
            (About::Rule { .. }, RecordStatus::Pass) => Severity::Informational,
            (About::Rule { rule, .. }, RecordStatus::Fail | RecordStatus::Unknown) => rule.severity,
            (About::Gap(_), _) => self.rule_severity(),
        }
    }

    /// How bad failing is.
    pub(super) fn rule_severity(&self) -> Severity {
        match self.about {
            About::Rule { rule, .. } => rule.severity,
            About::Gap(_) => {
                let severities = self.report.rules.iter().map(|rule| rule.severity);
                severities.max().unwrap_or(Severity::Informational)
            }
        }
    }

    /// What can be done about it, and where AWS writes about it.
    pub(super) fn remedy(&self) -> (String, &'static str) {
        match self.about {
            About::Rule { rule, .. } => {
                let rule = rule.rule.row();
                (rule.remedy.to_owned(), rule.reference)
            }
            About::Gap(gap) => (
                format!(
                    "Allow sagemaker:{} to whoever audits, or try again, then audit again.",
                    gap.error.operation
                ),
                "https://docs.aws.amazon.com/sagemaker/latest/dg/security-iam.html",
            ),
        }
    }

    /// What the rule is called in another product.
    pub(super) fn control(&self, product: &str) -> Option<&'static str> {
        match self.about {
            About::Rule { rule, .. } => {
                rule.controls.iter().find(|control| control.product == product).map(|control| control.id)
            }
            About::Gap(_) => None,
        }
    }

    /// The rule's name, or that it is a gap.
    pub(super) fn code(&self) -> &'static str {
        match self.about {
            About::Rule { rule, .. } => rule.rule.as_str(),
            About::Gap(_) => "gap",
        }
    }
}
