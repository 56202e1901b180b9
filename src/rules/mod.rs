//! The six compliance predicates on one DescribeNotebookInstance answer.
//!
//! Each rule is a pure function: pass, fail, or unknown. A member that AWS always reports but that is absent
//! from the answer gives *unknown*; no rule ever takes absence for compliance.

mod direct_internet_access;
mod imds_v2;
mod in_vpc;
mod kms_key;
mod platform;
mod root_access;
#[cfg(test)]
mod tests;

use jiff::civil::Date;
use serde::Serialize;

use crate::facts::platforms;
use crate::inventory::Description;
use crate::policy::{Mode, Policy, RuleId, Severity, Standards};

/// What rules measure by: what the policy says, and what AWS has come to on the day.
#[derive(Debug, Clone, Copy)]
pub struct Measure<'a> {
    /// What the policy says in place of what is built in.
    pub standards: &'a Standards,
    /// The day (UTC) that is judged for.
    pub today: Date,
}

impl<'a> Measure<'a> {
    /// The platforms that the rule `platform` accepts: the policy's list, or else those that SageMaker.8 does.
    pub fn supported_platforms(self) -> Vec<&'a str> {
        match &self.standards.supported_platforms {
            None => platforms::accepted(self.today).collect(),
            Some(listed) => listed.iter().map(String::as_str).collect(),
        }
    }
}

/// One compliance predicate and what the field calls it.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its name in policies and reports.
    pub id: RuleId,
    /// What it wants, as a sentence.
    pub title: &'static str,
    /// Security Hub's severity of the same control; Checkov's where Security Hub has none.
    pub severity: Severity,
    /// The same control in other products.
    pub controls: &'static [Control],
    /// What repairs it, in sentences for people. What can be changed in place is UpdateNotebookInstance's input
    /// (botocore 1.44.5).
    pub remedy: &'static str,
    /// Where AWS writes about it.
    pub reference: &'static str,
    /// Judges one instance.
    pub judge: fn(&Description, Measure<'_>) -> Verdict,
}

/// The same control in another product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Control {
    /// The product.
    pub product: &'static str,
    /// What it calls the control.
    pub id: &'static str,
}

/// What a rule says of one instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "lowercase")]
pub enum Verdict {
    /// It is compliant.
    Pass,
    /// It is not.
    Fail {
        /// What was found.
        found: String,
    },
    /// It could not be judged.
    Unknown {
        /// Why.
        why: String,
    },
}

impl Rule {
    /// How bad its findings are: what the policy says, or else what the field says.
    pub fn severity(&self, policy: &Policy) -> Severity {
        policy.standards.severities.get(&self.id).copied().unwrap_or(self.severity)
    }

    /// The rule of that name.
    pub fn of(id: RuleId) -> &'static Rule {
        match id {
            RuleId::DirectInternetAccess => &direct_internet_access::RULE,
            RuleId::InVpc => &in_vpc::RULE,
            RuleId::RootAccess => &root_access::RULE,
            RuleId::Platform => &platform::RULE,
            RuleId::KmsKey => &kms_key::RULE,
            RuleId::ImdsV2 => &imds_v2::RULE,
        }
    }
}

/// The verdict of one rule on one instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judgement {
    /// The rule.
    pub rule: RuleId,
    /// What its findings lead to.
    pub mode: Mode,
    /// The verdict.
    pub verdict: Verdict,
}

/// Judges one instance by every rule that is not off on that day (UTC), in [`RuleId::ALL`]'s order.
///
/// An instance that could not be described is unknown to every rule.
pub fn judge(policy: &Policy, description: Option<&Description>, today: Date) -> Vec<Judgement> {
    let measure = Measure { standards: &policy.standards, today };
    RuleId::ALL
        .into_iter()
        .filter_map(|rule| {
            let mode = policy.mode(rule);
            (mode != Mode::Off).then(|| Judgement {
                rule,
                mode,
                verdict: verdict(rule, description, measure),
            })
        })
        .collect()
}

fn verdict(rule: RuleId, description: Option<&Description>, measure: Measure<'_>) -> Verdict {
    description.map_or_else(
        || Verdict::Unknown { why: "the instance could not be described".to_owned() },
        |description| (Rule::of(rule).judge)(description, measure),
    )
}

impl Verdict {
    /// Whether it is a failure.
    pub fn is_fail(&self) -> bool {
        matches!(self, Verdict::Fail { .. })
    }
}

/// The verdict on a member that must have one wanted value, and that AWS always reports.
fn must_be(member: &'static str, found: Option<&str>, wanted: &[&str]) -> Verdict {
    match found {
        Some(value) if wanted.contains(&value) => Verdict::Pass,
        Some(value) => Verdict::Fail { found: format!("{member} is `{value}`") },
        None => Verdict::Unknown { why: format!("AWS did not report {member}") },
    }
}

/// The verdict on a member that must be there; AWS leaves it out when it is not set.
fn must_be_set(member: &'static str, found: Option<&str>) -> Verdict {
    match found {
        Some(value) if !value.is_empty() => Verdict::Pass,
        Some(_) | None => Verdict::Fail { found: format!("no {member}") },
    }
}
