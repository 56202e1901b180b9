//! What `apply` and `resume` share: loading the plan, and the run with its progress, signals and summary.

use std::collections::BTreeMap;
use std::path::Path;

use crate::cli::args::DataFormat;
use crate::cli::connect::Connected;
use crate::cli::error::CommandError;
use crate::cli::printer::Printer;
use crate::cli::signals::Signals;
use crate::cli::{denied, outcome};
use crate::execute::{Event, RunReport, Setting, Stop, run};
use crate::exit::ExitStatus;
use crate::ids::ItemId;
use crate::journal::{Journal, Past, Purpose, RunDir};
use crate::plan::Plan;
use crate::plan::file::{LoadPlanError, load};
use crate::report::progress::{Progress, ProgressMode};
use crate::report::{commands, json_line, terminal};

/// Loads a plan, or says why it cannot be used.
pub(crate) fn load_plan(path: &Path) -> Result<Plan, CommandError> {
    load(path).map_err(|error| {
        let hint = match &error {
            LoadPlanError::Read { .. } => {
                "name the file that `remediate plan` saved, under plans/ by default"
            }
            LoadPlanError::TooNew { .. } => "use the version of remediate that made the plan, or a later one",
            LoadPlanError::TooLarge { .. }
            | LoadPlanError::NotJson { .. }
            | LoadPlanError::NotAPlan { .. }
            | LoadPlanError::DigestMismatch { .. }
            | LoadPlanError::Shape { .. }
            | LoadPlanError::Inconsistent { .. } => "nothing was changed; make a new plan",
        };
        CommandError::from_error(ExitStatus::PlanUnusable, &error).hint(hint)
    })
}

/// A run that is ready to go.
pub(crate) struct Prepared {
    pub(crate) plan: Plan,
    pub(crate) purpose: Purpose,
    /// What the application did, where this run follows one.
    pub(crate) applied: BTreeMap<ItemId, Past>,
    pub(crate) dir: RunDir,
    pub(crate) journal: Journal,
    pub(crate) past: Option<BTreeMap<ItemId, Past>>,
    pub(crate) refused: BTreeMap<ItemId, String>,
}

/// Carries the run out, shows it, and sums it up.
pub(super) async fn execute_and_sum_up(
    prepared: Prepared,
    connected: &Connected,
    format: DataFormat,
    printer: &Printer,
) -> Result<ExitStatus, CommandError> {
    let (plan, dir) = (prepared.plan.clone(), prepared.dir.clone());
    let report = execute(prepared, connected, format, printer).await?;
    match format {
        DataFormat::Text => printer.data(&terminal::run_summary(&report, &plan, printer.out_style())),
        DataFormat::Json => printer.data(&json_line(&report)),
    }
    denied::after_run(&report, printer);
    printer.note(&format!("journal: {}", dir.journal_path().display()));
    Ok(outcome::of_run(&report, &plan))
}

/// Carries the run out and shows it while it goes on.
pub(crate) async fn execute(
    prepared: Prepared,
    connected: &Connected,
    format: DataFormat,
    printer: &Printer,
) -> Result<RunReport, CommandError> {
    let Prepared { plan, purpose, applied, dir, journal, past, refused } = prepared;
    let signals = Signals::listen()
        .map_err(|error| CommandError::bug("failed to listen for Ctrl-C").because(&error))?;
    let progress = Progress::new(mode(format, printer), printer.err_style(), connected.clock.clone());
    let stop = Stop::default();
    let watcher = |event: &Event| progress.on(event);
    let setting = Setting {
        plan: &plan,
        run: dir.id.clone(),
        purpose,
        applied,
        cloud: &connected.session,
        journal: &journal,
        past,
        refused,
        clock: &*connected.clock,
        watcher: &watcher,
        stop: stop.clone(),
    };
    let say = || progress.say("interrupted: no new calls are sent; press Ctrl-C again to leave at once");
    let report = tokio::select! {
        report = run(setting) => report,
        () = signals.stop_then_leave(&stop, say) => {
            progress.finish();
            let error = CommandError::new(ExitStatus::Interrupted, format!("left run {} at once", dir.id));
            return Err(error.hint(format!("to go on with it: {}", commands::go_on(purpose, &dir.id))));
        }
    };
    progress.finish();
    Ok(report)
}

fn mode(format: DataFormat, printer: &Printer) -> ProgressMode {
    match format {
        DataFormat::Json => ProgressMode::Json,
        DataFormat::Text if printer.is_quiet() => ProgressMode::Quiet,
        DataFormat::Text if printer.draws() => ProgressMode::Bars,
        DataFormat::Text => ProgressMode::Lines,
    }
}
