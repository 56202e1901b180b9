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
use crate::sandbox::world::World;

pub use flag::{InvalidFault, parse_fault};
pub use model::Scenario;

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
    /// The world at its beginning. The same scenario, seed and time make the same world.
    pub fn world(&self, now: Timestamp) -> World {
        build::world(self, now)
    }
}
