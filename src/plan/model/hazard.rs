//! Pure: what a plan says of hazards, and of who manages an instance.

use serde::{Deserialize, Serialize};

use crate::policy::HazardKind;

/// Something that may make a replacement fail, or differ from its source in ways that no attribute shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hazard {
    /// What it is.
    pub kind: HazardKind,
    /// What it was found by: a platform, a key, the lines of a script. How it is worded is `report`'s.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
}

/// Who manages an instance, as its tags tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Owner {
    /// What it is: `CloudFormation`, `Service Catalog`, or the name that the policy gives it.
    pub by: String,
    /// The stack, product or project, where a tag names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The tag that tells, as `key=value`.
    pub tag: String,
    /// What the policy says to change there instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}
