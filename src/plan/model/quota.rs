//! Pure: what a plan says of quotas.

use serde::{Deserialize, Serialize};

use crate::ids::Region;

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

impl QuotaNeed {
    /// Whether the plan is known to fit at this concurrency.
    pub fn fits(&self, concurrency: u32) -> bool {
        self.concurrency.is_some_and(|fits| fits >= concurrency)
    }
}
