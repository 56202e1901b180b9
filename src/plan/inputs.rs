//! Pure: what the planner decides on.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::clock::day;
use crate::inventory::{Companions, Inventory};
use crate::network::NetworkFacts;
use crate::plan::KnownRuns;
use crate::policy::Policy;

/// What the planner decides on.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// What is wanted.
    pub policy: &'a Policy,
    /// What exists, with all tags.
    pub inventory: &'a Inventory,
    /// What is known of the networks.
    pub facts: &'a NetworkFacts,
    /// What is known of lifecycle configurations, keys, roles, quotas and IAM policies.
    pub companions: &'a Companions,
    /// What is known of earlier runs.
    pub runs: &'a KnownRuns,
    /// The present moment.
    pub now: Timestamp,
}

impl Inputs<'_> {
    /// The day (UTC) on which a plan is made.
    pub(super) fn today(self) -> Date {
        day(self.now)
    }
}
