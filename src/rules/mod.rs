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
mod standards;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::inventory::Description;

pub use rule::{Control, Mode, Repair, Rule, Verdict};
pub use standards::{Severity, Standards};

macro_rules! rules {
    ($($(#[$meaning:meta])+ $rule:ident = $file:ident;)+) => {
        /// The rules on a notebook instance, in the order they are shown in.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[derive(strum::IntoStaticStr)]
        #[serde(rename_all = "kebab-case")]
        #[strum(serialize_all = "kebab-case")]
        pub enum RuleId {
            $($(#[$meaning])+ $rule,)+
        }

        impl RuleId {
            /// Every rule.
            pub const ALL: &[RuleId] = &[$(RuleId::$rule),+];

            /// Everything about it.
            pub fn row(self) -> &'static Rule {
                match self {
                    $(RuleId::$rule => &$file::RULE,)+
                }
            }
        }
    };
}

rules! {
    /// `DirectInternetAccess` must be `Disabled`.
    DirectInternetAccess = direct_internet_access;
    /// The instance must be in a VPC.
    InVpc = in_vpc;
    /// `RootAccess` must be `Disabled`.
    RootAccess = root_access;
    /// The platform must be a supported one.
    Platform = platform;
    /// The volume must be encrypted with a named KMS key.
    KmsKey = kms_key;
    /// The instance metadata service must be version 2.
    ImdsV2 = imds_v2;
}

impl RuleId {
    /// The rule's name in policies, plans and reports.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whether a finding of this rule can only be repaired by a new instance.
    ///
    /// What the other rules find is repaired in place, or on the new instance where one is being created anyway.
    pub fn starts_replacement(self) -> bool {
        !self.row().in_place
    }
}

impl std::fmt::Display for RuleId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
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
