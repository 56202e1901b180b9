//! Pure: what a rule is: its predicate, what its findings lead to, what repairs them, and what the field calls it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::inventory::Description;
use crate::rules::{Severity, Standards};

/// What a rule's findings lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[derive(strum::IntoStaticStr, strum::VariantArray, strum::EnumMessage)]
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
    /// Whether AWS can change it on the instance itself; if not, a new instance is all that repairs it.
    pub in_place: bool,
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

impl Verdict {
    /// Whether it is a failure.
    pub fn is_fail(&self) -> bool {
        matches!(self, Verdict::Fail { .. })
    }
}

/// The verdict on a member that must have one wanted value, and that AWS always reports.
pub(super) fn must_be(member: &'static str, found: Option<&str>, wanted: &[&str]) -> Verdict {
    match found {
        Some(value) if wanted.contains(&value) => Verdict::Pass,
        Some(value) => Verdict::Fail { found: format!("{member} is `{value}`") },
        None => Verdict::Unknown { why: format!("AWS did not report {member}") },
    }
}

/// The verdict on a member that must be there; AWS leaves it out when it is not set.
pub(super) fn must_be_set(member: &'static str, found: Option<&str>) -> Verdict {
    match found {
        Some(value) if !value.is_empty() => Verdict::Pass,
        Some(_) | None => Verdict::Fail { found: format!("no {member}") },
    }
}
