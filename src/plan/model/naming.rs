//! Pure: what a plan says of the IAM policies that name a source, and not its replacement.

use serde::{Deserialize, Serialize};

/// A statement of an IAM policy that treats a replacement otherwise than its source, since it goes by the ARN.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamingStatement {
    /// Whether it depends on who calls (policy variables): whether it names the source is not known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub uncertain: bool,
    /// The policy's name.
    pub policy: String,
    /// The ARN of a managed policy. One that is part of who has it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_arn: Option<String>,
    /// Who has the policy, as `role/PATH/NAME`: the first few.
    pub attached: Vec<String>,
    /// How many have it.
    pub attached_count: u32,
    /// The statement's id, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// What it does.
    pub effect: StatementEffect,
    /// What it is about: the first actions.
    pub actions: Vec<String>,
    /// How many more actions there are.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more_actions: u32,
    /// Whether it is about all actions but these (`NotAction`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not_actions: bool,
    /// Whether it holds under conditions only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub conditions: bool,
    /// Whether it leaves the source out (`NotResource`), and so holds for the replacement alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub leaves_out: bool,
    /// The statement to add to the policy, as JSON; of one that leaves the source out, what is put in its place. Absent where
    /// it is too long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum StatementEffect {
    /// It allows.
    Allow,
    /// It denies.
    Deny,
}

/// What of the account's IAM policies is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoliciesUnread {
    /// Why none could be read; absent where they were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Those whose documents could not be understood: the first few.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<String>,
    /// How many more of them there are.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more_policies: u32,
}
