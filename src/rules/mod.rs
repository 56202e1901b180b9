//! Pure: the compliance predicates on one DescribeNotebookInstance answer: a table of rules, each with a file of its
//! own that has everything else about it.
//!
//! Each predicate is a pure function: pass, fail, or unknown. A member that AWS always reports but that is absent
//! from the answer gives *unknown*; no rule ever takes absence for compliance.

mod direct_internet_access;
mod imds_v2;
mod in_vpc;
mod kms_key;
mod platform;
mod root_access;
mod rule;
mod rule_id;
mod standards;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::inventory::Description;

pub use rule::{Control, Mode, Repair, Rule, Verdict};
pub use rule_id::RuleId;
pub use standards::{Severity, Standards};

impl RuleId {
    /// Everything about it.
    pub fn row(self) -> &'static Rule {
        match self {
            RuleId::DirectInternetAccess => &direct_internet_access::RULE,
            RuleId::InVpc => &in_vpc::RULE,
            RuleId::RootAccess => &root_access::RULE,
            RuleId::Platform => &platform::RULE,
            RuleId::KmsKey => &kms_key::RULE,
            RuleId::ImdsV2 => &imds_v2::RULE,
        }
    }

    /// Whether a finding of this rule can only be repaired by a new instance that goes into a VPC.
    ///
    /// The other rules ride along: what they want is set because a new instance is being created
    /// anyway, but they never start a re-creation.
    pub fn starts_replacement(self) -> bool {
        self.row().repair == Repair::NewInstance
    }
}

impl Standards {
    /// How bad the findings of a rule are: what the policy says, or else what the field says.
    pub fn severity(&self, rule: RuleId) -> Severity {
        self.severities.get(&rule).copied().unwrap_or(rule.row().severity)
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
pub fn judge(
    modes: &BTreeMap<RuleId, Mode>,
    standards: &Standards,
    description: Option<&Description>,
    today: Date,
) -> Vec<Judgement> {
    let unread = || Verdict::Unknown { why: "the instance could not be described".to_owned() };
    let verdict =
        |rule: RuleId| description.map_or_else(unread, |found| (rule.row().judge)(found, standards, today));
    let modes = RuleId::ALL.iter().filter_map(|rule| Some((*rule, *modes.get(rule)?)));
    let judged = modes.filter(|(_, mode)| *mode != Mode::Off);
    judged.map(|(rule, mode)| Judgement { rule, mode, verdict: verdict(rule) }).collect()
}
