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
mod standards;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::inventory::Description;

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

    /// Whether a finding of this rule can only be repaired by a new instance that goes into a VPC.
    ///
    /// The other rules ride along: what they want is set because a new instance is being created
    /// anyway, but they never start a re-creation.
    pub fn starts_replacement(self) -> bool {
        self.row().repair == Repair::NewInstance
    }
}

impl std::fmt::Display for RuleId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a rule's findings lead to.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr, strum::VariantArray,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Mode {
    /// Repair it.
    Remediate,
    /// Only report it.
    Report,
    /// Do not evaluate the rule.
    Off,
}

/// What repairs a finding on the replacement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repair {
    /// That it is a new instance in a target's subnet: only that repairs it, and so it starts a replacement.
    NewInstance,
    /// A setting of the policy: without it the replacement has the finding again.
    Setting {
        /// The key in `[defaults]` and targets.
        key: &'static str,
        /// The value that it needs, in words.
        wanted: &'static str,
    },
}

/// One compliance predicate and what the field calls it.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// What its findings lead to where the policy says nothing.
    pub default_mode: Mode,
    /// What repairs them.
    pub repair: Repair,
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
    pub judge: fn(&Description, &Standards, Date) -> Verdict,
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
