//! What a plan says of an item beside its attributes: hazards, exemptions, quotas and who owns it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::{ItemId, Region};
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

/// An exemption of the policy, and whom it holds for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedExemption {
    /// Why.
    pub reason: String,
    /// The last day (UTC) on which it holds.
    pub expires: Date,
    /// Its ticket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// Whether its day was over when the plan was made.
    pub expired: bool,
    /// The instances that it selects among those that break a rule.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instances: Vec<ItemId>,
}

impl PlannedExemption {
    /// Within so many days of its end an exemption is about to expire.
    const SOON: i32 = 30;

    /// Whether it no longer holds, or will not for long, seen from that day.
    pub fn ends_soon(&self, day: Date) -> bool {
        self.expired || day.until(self.expires).is_ok_and(|left| left.get_days() <= Self::SOON)
    }
}

impl QuotaNeed {
    /// Whether the plan is known to fit at this concurrency.
    pub fn fits(&self, concurrency: u32) -> bool {
        self.concurrency.is_some_and(|fits| fits >= concurrency)
    }
}

/// What the items need of one quota in one region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuotaNeed {
    /// The region.
    pub region: Region,
    /// The instance type; absent for the quota on all notebook instances.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance_type: Option<String>,
    /// The quota; absent where it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quota: Option<u32>,
    /// Why it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread: Option<String>,
    /// How many instances count against it now.
    pub in_use: u32,
    /// How many more there are while the plan's concurrency is in flight, over those that have been replaced and kept.
    pub needed: u32,
    /// The highest concurrency that fits; 0 where not even one does. Absent where the quota is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<u32>,
}
