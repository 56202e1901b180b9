//! What `apply` and `resume` share: loading the plan, and the run with its progress, signals and summary.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::cli::args::DataFormat;
use crate::cli::connect::Connected;
use crate::cli::error::CommandError;
use crate::cli::printer::Printer;
use crate::cli::signals::Signals;
use crate::cli::{denied, nonces, outcome};
use crate::execute::{Event, RunReport, Setting, Stop, run};
use crate::exit::ExitStatus;
use crate::ids::ItemId;
use crate::journal::{Journal, Lock, Past, Purpose, Reason, RunDir, StateDir};
use crate::plan::Plan;
use crate::plan::file::save;
use crate::report::progress::{Progress, ProgressMode};
use crate::report::{commands, report_line, terminal, view, wording};

/// A run that is ready to go.
pub(crate) struct Prepared {
    pub(crate) plan: Plan,
    pub(crate) purpose: Purpose,
    /// What the application did, where this run follows one.
    pub(crate) applied: BTreeMap<ItemId, Past>,
    pub(crate) dir: RunDir,
    pub(crate) journal: Journal,
    pub(crate) past: Option<BTreeMap<ItemId, Past>>,
    pub(crate) refused: BTreeMap<ItemId, Reason>,
}

/// Makes the directory of a new run, with a copy of its plan and an empty journal.
pub(crate) fn begin(
    state: &StateDir,
    lock: &Lock,
    plan: &Plan,
    now: Timestamp,
) -> Result<(RunDir, Journal), CommandError> {
    let failed = |error: &(dyn std::error::Error + 'static)| {
        CommandError::from_error(ExitStatus::Refused, error).hint("nothing was changed")
    };
    let dir = state.new_run(&plan.digest, now)?;
    save(plan, &dir.plan_path()).map_err(|error| failed(&error))?;
    let journal = dir.create_journal(lock).map_err(|error| failed(&error))?;
    Ok((dir, journal))
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
        DataFormat::Text => printer.data(&terminal(&view::run_summary(&report, &plan), printer.out_style())),
        DataFormat::Json => printer.data(&report_line(&report)),
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
    let signals = Signals::listen()?;
    let progress = Progress::new(mode(format, printer), printer.err_style(), connected.clock.clone());
    let stop = Stop::default();
    let watcher = |event: &Event| progress.on(event);
    let setting = Setting {
        plan: &plan,
        run: dir.id.clone(),
        purpose,
        caller: Some(connected.identity.arn.clone()),
        applied,
        cloud: &connected.session,
        journal: &journal,
        words: wording::WORDS,
        past,
        refused,
        clock: &*connected.clock,
        watcher: &watcher,
        stop: stop.clone(),
        nonce: &nonces::drawn,
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
