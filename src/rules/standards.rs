//! Pure: what the rules measure by where the policy says so: what counts as compliant, and how bad findings can be.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::facts::platforms;
use crate::ids::SubnetId;

/// What the policy says in place of what the rules have built in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standards {
    /// The only subnets that `in-vpc` accepts; `None` accepts any.
    pub approved_subnets: Option<Vec<SubnetId>>,
    /// The only platforms that `platform` accepts; `None` stands for the built-in list.
    pub supported_platforms: Option<Vec<String>>,
}

impl Standards {
    /// The platforms that the rule `platform` accepts on that day (UTC): the policy's list, or else those that SageMaker.8
    /// does.
    pub fn supported_platforms(&self, today: Date) -> Vec<&str> {
        match &self.supported_platforms {
            None => platforms::accepted(today).collect(),
            Some(listed) => listed.iter().map(String::as_str).collect(),
        }
    }
}

/// How bad a finding is: Security Hub's labels (botocore 1.44.5, `SeverityLabel`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[derive(strum::IntoStaticStr, strum::VariantArray, strum::EnumMessage)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
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
    /// The severity's name in policies and reports.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}
