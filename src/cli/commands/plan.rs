//! `remediate plan`: writes the plan that replaces what breaks the rules. Changes nothing in AWS.

use std::path::{Path, PathBuf};

use crate::cli::args::{DocumentFormat, PlanArgs};
use crate::cli::connect::{connect, first_region, refuse_other_accounts, regions};
use crate::cli::error::CommandError;
use crate::cli::printer::Printer;
use crate::cli::{denied, known_runs, outcome, policy_file, reading};
use crate::exit::ExitStatus;
use crate::files::write_private;
use crate::journal::StateDir;
use crate::plan::file::{file_name, save};
use crate::plan::{Plan, exceeded_limits};
use crate::policy::Policy;
use crate::report::commands::apply;
use crate::report::{markdown, terminal, to_json, view};
use crate::text::shell_word;

/// Reads, plans, checks, saves and shows.
pub(crate) async fn run(args: PlanArgs, printer: &Printer) -> Result<ExitStatus, CommandError> {
    let policy = policy_file::required(&args.scope, printer)?;
    let made = plan(&args, &policy, printer).await?;
    let plan = &made;
    let path = place(&args.out, plan);
    let report = (args.format == DocumentFormat::Markdown).then(|| path.with_extension("md"));
    refuse_to_overwrite(&path, report.as_deref())?;
    save(plan, &path)?;
    let shown = path.display().to_string();
    show(plan, &shown, args.format, printer);
    printer.note(&format!("plan saved to {shown}"));
    if let Some(report) = report {
        let text = markdown(&view::change_request(plan, &shown, None));
        write_private(&report, text.as_bytes())?;
        printer.note(&format!("report saved to {}", report.display()));
    }
    if plan.is_empty() {
        printer.note("nothing to apply: the plan has no items");
    } else if !exceeded_limits(plan).is_empty() {
        printer
            .note("apply will refuse this plan: narrow the policy, or raise the limit in it, and plan again");
    } else {
        printer.note(&format!("to try it out: remediate rehearse {}", shell_word(&shown)));
        let policy = args.scope.policy.as_ref().map(|file| file.display().to_string());
        tell_how_to_apply(plan, &shown, policy.as_deref(), printer);
    }
    denied::after_reading(&made.gaps, printer);
    Ok(outcome::of_plan(&made, args.detailed_exitcode))
}

/// Tells the command that applies this very plan.
pub(super) fn tell_how_to_apply(plan: &Plan, file: &str, policy: Option<&str>, printer: &Printer) {
    printer.note(&format!("once it is approved: {}", apply(file, &plan.digest, policy)));
}

/// An existing plan may be the one that was approved.
fn refuse_to_overwrite(plan: &Path, report: Option<&Path>) -> Result<(), CommandError> {
    let usage = |message: String| CommandError::new(ExitStatus::Usage, message);
    if report == Some(plan) {
        let message = format!("`{}` would hold both the plan and its report", plan.display());
        return Err(usage(message).hint("name the plan with --out NAME.json; the report is saved as NAME.md"));
    }
    match [Some(plan), report].into_iter().flatten().find(|path| path.exists()) {
        None => Ok(()),
        Some(path) => Err(usage(format!("`{}` exists, and a plan is never overwritten", path.display()))
            .hint("name another file with --out, or delete that one")),
    }
}

async fn plan(args: &PlanArgs, policy: &Policy, printer: &Printer) -> Result<Plan, CommandError> {
    let first = first_region(&args.scope, policy);
    let connected = connect(&args.connection, policy.limits.requests_per_second, first.as_slice()).await?;
    refuse_other_accounts(policy, &connected.identity.account)?;
    let regions = regions(&connected, &args.scope, policy).await?;
    let runs = known_runs::read(&StateDir::at(&args.state_dir), printer);
    reading::plan(&connected, (policy, &runs), regions, printer).await
}

/// Prints a plan in the format asked for.
pub(super) fn show(plan: &Plan, file: &str, format: DocumentFormat, printer: &Printer) {
    let text = match format {
        DocumentFormat::Text => terminal(&view::plan(plan), printer.out_style()),
        DocumentFormat::Json => to_json(plan),
        DocumentFormat::Markdown => markdown(&view::change_request(plan, file, None)),
    };
    printer.data(&text);
}

/// A path that is a directory, or ends like one, gets a file named after the plan.
fn place(out: &Path, plan: &Plan) -> PathBuf {
    let like_a_directory = out.as_os_str().to_string_lossy().ends_with('/');
    if like_a_directory || out.is_dir() { out.join(file_name(plan)) } else { out.to_owned() }
}
