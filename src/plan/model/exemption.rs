//! Pure: what a plan says of the policy's exemptions.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::ItemId;

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
