//! `remediate rehearse`: tries the whole job, or a plan, in the sandbox. Touches no AWS.

use crate::cli::args::RehearseArgs;
use crate::cli::error::CommandError;
use crate::cli::printer::Printer;
use crate::cli::rehearsal::{job, trial};
use crate::exit::ExitStatus;

/// Rehearses. It brings its own runtimes: how time passes decides which.
pub(crate) fn run(args: RehearseArgs, printer: &Printer) -> Result<ExitStatus, CommandError> {
    if args.plan.is_some() { trial::run(args, printer) } else { job::run(args, printer) }
}
