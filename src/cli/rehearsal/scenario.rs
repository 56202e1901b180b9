//! Where the world of a rehearsal comes from: a file, or the example that is built in.

use std::fs;
use std::path::Path;

use crate::cli::error::CommandError;
use crate::cli::printer::Printer;
use crate::exit::ExitStatus;
use crate::sandbox::{Scenario, Seed, parse};
use crate::text::counted;

/// The company of `examples/fleet.toml`.
const EXAMPLE: &str = include_str!("../../../examples/fleet.toml");
/// The policy that fits its first account.
pub(super) const EXAMPLE_POLICY: &str = include_str!("../../../examples/fleet-policy.toml");

/// Reads a scenario; the built-in example where none is named.
pub(crate) fn load(
    path: Option<&Path>,
    seed: Option<u64>,
    printer: &Printer,
) -> Result<Scenario, CommandError> {
    let (name, text) = match path {
        None => ("examples/fleet.toml".to_owned(), EXAMPLE.to_owned()),
        Some(path) => {
            let name = path.display().to_string();
            let text = fs::read_to_string(path).map_err(|error| {
                CommandError::new(ExitStatus::Usage, format!("failed to read scenario `{name}`"))
                    .because(&error)
            })?;
            (name, text)
        }
    };
    let scenario = parse(&name, &text).map_err(|problems| {
        let count = counted(problems.len(), "problem", "problems");
        printer.diagnostics(&problems);
        CommandError::new(ExitStatus::Usage, format!("scenario `{name}` has {count}"))
    })?;
    Ok(match seed {
        Some(seed) => scenario.with_seed(Seed(seed)),
        None => scenario,
    })
}
