//! Scenarios: what there is at the beginning, and what goes wrong, as a TOML file.

mod account;
mod bucket;
mod build;
mod check;
mod cidr;
mod egress;
mod fault;
mod file;
mod flag;
mod forms;
mod kind;
mod model;
mod naming;
mod network;
mod notebook;
mod refer;
mod roster;
mod rules;
mod share;
mod stream;
mod subnet;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

use crate::diagnostic::{self, Keyed as _, Problems};
use crate::sandbox::world::World;

use file::File;

pub use flag::{InvalidFault, parse_fault};
pub use model::Scenario;

/// Reads a scenario, or says everything that is wrong with it.
///
/// `name` is what the problems call the file.
///
/// # Errors
/// Every problem of the file, each with its place.
pub fn parse(name: &str, text: &str) -> Result<Scenario, Problems> {
    diagnostic::read(name, text, |root| {
        if root.is_empty() {
            root.report(file::empty());
            return None;
        }
        check::scenario(root, File::read(root)?)
    })
}

/// The JSON Schema of scenarios, for editors: `remediate sandbox --schema`.
pub fn schema() -> String {
    format!("{:#}\n", diagnostic::schema::<File>("Scenario of remediate's sandbox"))
}

/// Every key of a scenario, as Markdown: `remediate sandbox --keys`.
pub fn reference() -> String {
    let head = "# Keys of scenarios\n\nMade by `remediate sandbox --keys`. A scenario is a TOML file, with `format = 1` on its \
                first line. Lengths of time have their unit and are in quotes: `\"90s\"`, `\"10m\"`.\n\n";
    format!("{head}{}", diagnostic::reference::<File>())
}

impl Scenario {
    /// The world at its beginning. The same scenario, seed and time make the same world.
    pub fn world(&self, now: Timestamp) -> World {
        build::world(self, now)
    }
}
