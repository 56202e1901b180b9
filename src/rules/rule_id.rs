//! Pure: the rules by name, in the order they are shown in. `rules/mod.rs` has the table of what each is.

use serde::{Deserialize, Serialize};

/// The rules on a notebook instance.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum RuleId {
    /// `DirectInternetAccess` must be `Disabled`.
    DirectInternetAccess,
    /// The instance must be in a VPC.
    InVpc,
    /// `RootAccess` must be `Disabled`.
    RootAccess,
    /// The platform must be a supported one.
    Platform,
    /// The volume must be encrypted with a named KMS key.
    KmsKey,
    /// The instance metadata service must be version 2.
    ImdsV2,
}

impl RuleId {
    /// Every rule.
    pub const ALL: &[RuleId] = <RuleId as strum::VariantArray>::VARIANTS;

    /// The rule's name in policies, plans and reports.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl std::fmt::Display for RuleId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}
