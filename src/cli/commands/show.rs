//! `remediate show`: shows a saved plan, whatever its age, or how it differs from an older one.

use std::path::Path;

use crate::cli::args::{DocumentFormat, ShowArgs};
use crate::cli::commands::plan;
use crate::cli::error::CommandError;
use crate::cli::outcome;
use crate::cli::printer::Printer;
use crate::clock::{Clock, SystemClock};
use crate::exit::ExitStatus;
use crate::ids::{Digest, Nonce, RunId};
use crate::plan::diff::diff;
use crate::plan::file::load;
use crate::plan::{Plan, exceeded_limits};
use crate::report::{markdown, terminal, to_json, view};
use crate::transfer::{TransferJob, readable};

/// Loads the plan, which checks it, and prints it, or its difference.
pub(crate) fn run(args: &ShowArgs, printer: &Printer) -> Result<ExitStatus, CommandError> {
    let plan = load(&args.plan)?;
    if args.scripts {
        return show_scripts(&plan, printer);
    }
    let file = args.plan.display().to_string();
    let found = match &args.diff {
        Some(older) => show_difference(&plan, older, args.format, printer)?,
        None => {
            plan::show(&plan, &file, args.format, printer);
            !plan.is_empty()
        }
    };
    if SystemClock.now() >= plan.expires {
        printer.note(&format!("this plan expired at {} and can no longer be applied", plan.expires));
    } else if args.diff.is_none() && !plan.items.is_empty() && exceeded_limits(&plan).is_empty() {
        plan::tell_how_to_apply(&plan, &file, None, printer);
    }
    Ok(outcome::of_reading(&[], found, args.detailed_exitcode))
}

/// Prints what runs on instances whose files the run moves.
fn show_scripts(plan: &Plan, printer: &Printer) -> Result<ExitStatus, CommandError> {
    let unknown = || "RUN".parse::<RunId>().expect("letters are a run id");
    let nothing = || "0".repeat(32).parse::<Nonce>().expect("digits are a nonce");
    let status = || "0".repeat(64).parse::<Digest>().expect("digits are a digest");
    let mut jobs = Vec::new();
    for item in &plan.items {
        let Some(planned) = item.moved_by_run() else { continue };
        for (what, source) in [("export", None), ("import", Some(status()))] {
            let job =
                TransferJob::of_run(planned, &plan.account, (&unknown(), &item.id), (nothing(), source));
            jobs.push((format!("{}, {what}:", item.id), job));
        }
    }
    if jobs.is_empty() {
        printer.note("`apply` runs no script on an instance: it moves no files by this plan");
        return Ok(ExitStatus::Done);
    }
    let text = readable(&jobs).map_err(|error| {
        CommandError::new(ExitStatus::PlanUnusable, "a worker cannot be told what the plan says")
            .because(&error)
    })?;
    printer.data(&text);
    Ok(ExitStatus::Done)
}

/// Prints how the plan differs from the older one; whether it does.
fn show_difference(
    plan: &Plan,
    older: &Path,
    format: DocumentFormat,
    printer: &Printer,
) -> Result<bool, CommandError> {
    let older = load(older)?;
    let difference = diff(&older, plan);
    printer.data(&match format {
        DocumentFormat::Text => terminal(&view::plan_diff(&difference), printer.out_style()),
        DocumentFormat::Json => to_json(&difference),
        DocumentFormat::Markdown => markdown(&view::plan_diff(&difference)),
    });
    if older.created > plan.created {
        printer.note(
            "the plan after --diff was made after the other one: `new` and `gone` are the wrong way round",
        );
    }
    if difference.is_of_two_accounts() {
        printer.note("the plans are for different accounts");
    }
    Ok(!difference.is_empty())
}
