//! Scenarios: what there is at the beginning, and what goes wrong, as a TOML file.

mod build;
mod cidr;
mod detail;
mod flag;
mod kind;
mod model;
mod read;
mod roster;
mod share;
mod stream;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

use crate::diagnostic::Problems;
use crate::sandbox::chance::Seed;
use crate::sandbox::fault::FaultRule;
use crate::sandbox::latency::Latencies;
use crate::sandbox::world::World;

pub use flag::{InvalidFault, parse_fault};
use model::{AccountSpec, Group, KeySpec, LifecycleSpec, NetworkSpec, SiteSpec};

/// What a file says, checked: every world made of it is a possible one.
#[derive(Debug, Clone)]
pub struct Scenario {
    seed: Seed,
    throttled: bool,
    keeps_address: bool,
    ended_starts_fail: bool,
    keys_as_given: bool,
    latency: Latencies,
    /// The management account of the organization, where there is one.
    management: Option<usize>,
    accounts: Vec<AccountSpec>,
    sites: Vec<SiteSpec>,
    networks: Vec<NetworkSpec>,
    lifecycles: Vec<LifecycleSpec>,
    keys: Vec<KeySpec>,
    groups: Vec<Group>,
    faults: Vec<FaultRule>,
}

/// Reads a scenario, or says everything that is wrong with it.
///
/// `name` is what the problems call the file.
///
/// # Errors
/// Every problem of the file, each with its place.
pub fn parse(name: &str, text: &str) -> Result<Scenario, Problems> {
    crate::diagnostic::read(name, text, read::scenario)
}

impl Scenario {
    /// The seed: that of the file, or another one that was set.
    pub fn seed(&self) -> Seed {
        self.seed
    }

    /// The same scenario with another seed: as many instances of each kind in each place, but others.
    #[must_use]
    pub fn with_seed(self, seed: Seed) -> Scenario {
        Scenario { seed, ..self }
    }

    /// What goes wrong.
    pub fn faults(&self) -> &[FaultRule] {
        &self.faults
    }

    /// Whether every call is answered, however many there are.
    pub fn unthrottled(&self) -> bool {
        !self.throttled
    }

    /// The world at its beginning. The same scenario, seed and time make the same world.
    pub fn world(&self, now: Timestamp) -> World {
        build::world(self, now)
    }
}
