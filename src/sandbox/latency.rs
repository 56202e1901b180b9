//! How long AWS takes to change the status of an instance.
//!
//! AWS publishes no figures. These are from reports of users and from the ceilings that other tools had to
//! choose (terraform-provider-aws waits 10 minutes and more for each): an order of magnitude, not a promise.

use std::time::Duration;

use crate::ids::{AccountId, Region};
use crate::sandbox::chance::Seed;

/// The shortest and the longest time of each kind of change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Latencies {
    pub(crate) create: (Duration, Duration),
    pub(crate) start: (Duration, Duration),
    pub(crate) stop: (Duration, Duration),
    pub(crate) update: (Duration, Duration),
    pub(crate) delete: (Duration, Duration),
}

/// What decides how long a change takes in one region.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace<'a> {
    pub(crate) seed: Seed,
    pub(crate) latency: &'a Latencies,
    pub(crate) account: &'a AccountId,
    pub(crate) region: &'a Region,
    pub(crate) keeps_address: bool,
}

/// A kind of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Create,
    Start,
    Stop,
    Update,
    Delete,
}

const fn seconds(least: u64, most: u64) -> (Duration, Duration) {
    (Duration::from_secs(least), Duration::from_secs(most))
}

impl Default for Latencies {
    fn default() -> Self {
        Self {
            create: seconds(150, 420),
            start: seconds(120, 330),
            stop: seconds(40, 150),
            update: seconds(8, 40),
            delete: seconds(20, 90),
        }
    }
}

impl Latencies {
    /// How long the `nth` change of an instance takes.
    pub(crate) fn of(&self, kind: Kind, name: &str, nth: u32, pace: &Pace<'_>) -> Duration {
        let (word, (least, most)) = match kind {
            Kind::Create => ("create", self.create),
            Kind::Start => ("start", self.start),
            Kind::Stop => ("stop", self.stop),
            Kind::Update => ("update", self.update),
            Kind::Delete => ("delete", self.delete),
        };
        let (account, region) = (pace.account.as_str(), pace.region.as_str());
        pace.seed.draw(&["latency", account, region, name, word, &nth.to_string()]).between(least, most)
    }
}
