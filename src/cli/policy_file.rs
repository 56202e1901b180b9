//! Reads the policy file for the commands that need one.

use std::fs;
use std::io;
use std::path::Path;

use crate::cli::args::Scope;
use crate::cli::error::CommandError;
use crate::cli::printer::Printer;
use crate::clock::{Clock as _, SystemClock, day};
use crate::exit::ExitStatus;
use crate::policy::{Policy, built_in, parse};

/// The policy file that is used when none is named.
pub(super) const DEFAULT: &str = "policy.toml";

/// The policy that the command line names.
pub(super) fn required(scope: &Scope, printer: &Printer) -> Result<Policy, CommandError> {
    let path = scope.policy.as_deref().unwrap_or(Path::new(DEFAULT));
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && scope.policy.is_none() => {
            Err(CommandError::new(ExitStatus::PolicyInvalid, format!("there is no `{DEFAULT}` here")).hint(
                "a plan needs a policy: `remediate policy init` writes one that fits the account; or pass --policy",
            ))
        }
        Ok(_) | Err(_) => read(path, printer),
    }
}

/// The policy that the command line names; the built-in rules where there is none.
pub(super) fn or_built_in(scope: &Scope, printer: &Printer) -> Result<Policy, CommandError> {
    if scope.policy.is_none() && is_missing(Path::new(DEFAULT)) {
        printer.note(&format!("no `{DEFAULT}` here: judging by the built-in rules, without exemptions"));
        return Ok(built_in());
    }
    required(scope, printer)
}

/// The policy that is named, which must be there, or the one that stands where policies stand, if it does.
pub(super) fn if_there(named: Option<&Path>, printer: &Printer) -> Result<Option<Policy>, CommandError> {
    match named {
        Some(path) => read(path, printer).map(Some),
        None if is_missing(Path::new(DEFAULT)) => Ok(None),
        None => read(Path::new(DEFAULT), printer).map(Some),
    }
}

fn is_missing(path: &Path) -> bool {
    fs::metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
}

/// Reads and checks one policy file.
pub(super) fn read(path: &Path, printer: &Printer) -> Result<Policy, CommandError> {
    let shown = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| {
        CommandError::new(ExitStatus::PolicyInvalid, format!("failed to read policy `{shown}`"))
            .because(&error)
    })?;
    parse(&shown, &text, day(SystemClock.now())).map_err(|problems| {
        let count = problems.len();
        printer.diagnostics(&problems);
        let noun = if count == 1 { "problem" } else { "problems" };
        CommandError::new(ExitStatus::PolicyInvalid, format!("policy `{shown}` has {count} {noun}"))
    })
}
