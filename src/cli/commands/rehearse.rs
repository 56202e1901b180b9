//! `remediate rehearse`: tries the whole job, or a plan, in the sandbox. Touches no AWS.

use crate::cli::args::RehearseArgs;
use crate::cli::error::CommandError;
use crate::cli::printer::Printer;
use crate::cli::rehearsal::{job, trial};
use crate::exit::ExitStatus;

/// Rehearses. It brings its own runtimes: how time passes decides which.
pub(crate) fn run(args: RehearseArgs, printer: &Printer) -> Result<ExitStatus, CommandError> {
    if args.plan.is_some() {
        return trial::run(args, printer);
    }
    let given = [
        ("--runs", args.runs.is_some()),
        ("--spare", args.spare.is_some()),
        ("--format", args.format.is_some()),
    ];
    match given.iter().find(|(_, given)| *given) {
        Some((flag, _)) => {
            let message = format!("{flag} is for rehearsing a plan");
            Err(CommandError::new(ExitStatus::Usage, message).hint("name the plan: remediate rehearse PLAN"))
        }
        None => job::run(args, printer),
    }
}
