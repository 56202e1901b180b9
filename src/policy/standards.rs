//! What the rules measure by where the policy says so: how bad each finding is, and what counts as compliant.

use std::collections::BTreeMap;

use crate::ids::SubnetId;

use super::RuleId;

/// What the policy says in place of what the rules have built in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standards {
    /// How bad findings are, where that is not Security Hub's severity.
    pub severities: BTreeMap<RuleId, Severity>,
    /// The only subnets that `in-vpc` accepts; `None` accepts any.
    pub approved_subnets: Option<Vec<SubnetId>>,
    /// The only platforms that `platform` accepts; `None` stands for the built-in list.
    pub supported_platforms: Option<Vec<String>>,
}

/// How bad a finding is: Security Hub's labels (botocore 1.44.5, `SeverityLabel`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing has to be done.
    Informational,
    /// Whoever is in charge decides whether something is done.
    Low,
    /// Something has to be done, but not at once.
    Medium,
    /// Something has to be done soon.
    High,
    /// Something has to be done at once.
    Critical,
}

impl Severity {
    /// Every severity, from the least to the worst.
    pub const ALL: [Severity; 5] =
        [Severity::Informational, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];

    /// The severity's name in policies and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Informational => "informational",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }
}
