//! `remediate show`: shows a saved plan, whatever its age.

use crate::cli::args::ShowArgs;
use crate::cli::commands::plan;
use crate::cli::commands::running::load_plan;
use crate::cli::error::CommandError;
use crate::cli::outcome;
use crate::cli::printer::Printer;
use crate::clock::{Clock, SystemClock};
use crate::exit::ExitStatus;

/// Loads the plan, which checks it, and prints it.
pub(crate) fn run(args: &ShowArgs, printer: &Printer) -> Result<ExitStatus, CommandError> {
    let plan = load_plan(&args.plan)?;
    plan::show(&plan, &args.plan.display().to_string(), args.format, printer);
    if SystemClock.now() >= plan.expires {
        printer.note(&format!("this plan expired at {} and can no longer be applied", plan.expires));
    }
    Ok(outcome::of_reading(&[], !plan.items.is_empty(), args.detailed_exitcode))
}
