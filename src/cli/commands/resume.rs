//! `remediate resume`: goes on with a run that was interrupted, halted or cut off.

use std::collections::BTreeMap;
use std::path::Path;

use crate::cli::args::ResumeArgs;
use crate::cli::commands::running::{Prepared, execute_and_sum_up};
use crate::cli::confirm::{Approval, approve};
use crate::cli::connect::{Connected, connect};
use crate::cli::error::CommandError;
use crate::cli::exempted;
use crate::cli::machine_lock;
use crate::cli::printer::Printer;
use crate::exit::ExitStatus;
use crate::ids::RunId;
use crate::journal::{Purpose, RunDir, RunEnd, RunState, StateDir};
use crate::plan::file::load;
use crate::plan::{AnyItem, Plan, Unusable, usable};
use crate::report::commands;
use crate::text::{counted, for_terminal};

/// The same loop started again: what was begun is taken to its end, what was not begun is begun, unless the
/// plan has expired since.
pub(crate) async fn run(args: ResumeArgs, printer: &Printer) -> Result<ExitStatus, CommandError> {
    let state = StateDir::at(&args.running.state_dir);
    let dir = find(&state, args.run.as_deref())?;
    let plan = load(&dir.plan_path())?;
    let lock = state.lock(&plan.account)?;
    let past = read_state(&dir)?;
    refuse_other_plan(&dir, &past, &plan)?;
    refuse_finished(&dir, &past)?;
    refuse_rolled_back(&dir, "it cannot be resumed")?;
    let connected = connect(&args.connection, plan.limits.requests_per_second, &plan.regions).await?;
    let _alone = machine_lock::take(&plan, &connected.session)?;
    let expired = is_expired(&plan, &connected, printer)?;
    let is_open = |item: &AnyItem<'_>| match past.items.get(item.id()) {
        Some(past) => past.outcome.is_none() && (past.prior_status.is_some() || !expired),
        None => !expired,
    };
    let open: Vec<AnyItem<'_>> = plan.all_items().into_iter().filter(is_open).collect();
    printer.note(&format!("run {}: {} to go on with", dir.id, counted(open.len(), "instance", "instances")));
    let command = commands::go_on(Purpose::Apply, &dir.id);
    approve(args.running.confirm, &Approval::of_applying(&open, command), printer)?;
    // What was begun is taken to its end, whatever has been exempted since.
    let mut refused = exempted::since_planned(&plan, args.policy.as_deref(), connected.clock.now(), printer)?;
    refused.retain(|item, _| past.items.get(item).is_none_or(|past| past.prior_status.is_none()));
    let journal = dir.reopen_journal(&lock)?;
    let (purpose, applied) = (Purpose::Apply, BTreeMap::new());
    let past = Some(past.items);
    let prepared = Prepared { plan, purpose, applied, dir, journal, past, refused };
    execute_and_sum_up(prepared, &connected, args.running.format, printer).await
}

/// The run that is meant: by its id, or by the plan that it carries out.
pub(super) fn find(state: &StateDir, wanted: Option<&str>) -> Result<RunDir, CommandError> {
    let found = match wanted {
        Some(wanted) => named(state, wanted)?,
        None => latest_open(state.list()?)?,
    };
    found.ok_or_else(|| {
        let what =
            wanted.map_or_else(|| "no run".to_owned(), |name| format!("no run of `{}`", for_terminal(name)));
        CommandError::new(ExitStatus::Usage, format!("there is {what} in the state directory"))
            .hint("name the directory with --state-dir; `remediate status` shows the latest run")
    })
}

/// The same; the latest run of all where none is named.
pub(super) fn find_any(state: &StateDir, wanted: Option<&str>) -> Result<RunDir, CommandError> {
    let latest = state.list()?.into_iter().next_back();
    match (wanted, latest) {
        (None, Some(latest)) => Ok(latest),
        (None | Some(_), _) => find(state, wanted),
    }
}

fn named(state: &StateDir, wanted: &str) -> Result<Option<RunDir>, CommandError> {
    if let Ok(id) = wanted.parse::<RunId>() {
        let runs = state.list()?;
        if let Some(run) = runs.into_iter().find(|run| run.id == id) {
            return Ok(Some(run));
        }
    }
    let path = Path::new(wanted);
    if !path.is_file() {
        return Ok(None);
    }
    let plan = load(path)?;
    let run = state.run_of(&plan.digest)?;
    Ok(run.map(|(dir, _)| dir))
}

/// The latest run that did not come to its end; the latest of all when every one did.
fn latest_open(runs: Vec<RunDir>) -> Result<Option<RunDir>, CommandError> {
    for run in runs.iter().rev() {
        let last = |purpose| run.of(purpose).state().map_err(CommandError::from);
        // What is on its way back is not gone on with, but comes to its end there.
        let state = match last(Purpose::Rollback)? {
            Some(rollback) => Some(rollback),
            None => last(Purpose::Apply)?,
        };
        if state.is_some_and(|state| state.end != Some(RunEnd::Completed)) {
            return Ok(Some(run.clone()));
        }
    }
    Ok(runs.into_iter().next_back())
}

pub(super) fn read_state(dir: &RunDir) -> Result<RunState, CommandError> {
    let state = dir.state()?;
    state.ok_or_else(|| {
        CommandError::new(ExitStatus::Refused, format!("run {} never began: apply its plan again", dir.id))
    })
}

/// Refuses a run whose journal is not of the plan beside it.
pub(super) fn refuse_other_plan(dir: &RunDir, past: &RunState, plan: &Plan) -> Result<(), CommandError> {
    let id = &dir.id;
    if past.plan != plan.digest {
        let message = format!("the journal of run {id} is of another plan than the one beside it");
        return Err(CommandError::new(ExitStatus::PlanUnusable, message));
    }
    Ok(())
}

fn refuse_finished(dir: &RunDir, past: &RunState) -> Result<(), CommandError> {
    let id = &dir.id;
    if past.end == Some(RunEnd::Completed) {
        let message =
            format!("run {id} came to its end; there is nothing to resume, and nothing was changed");
        return Err(CommandError::new(ExitStatus::PlanUnusable, message));
    }
    Ok(())
}

/// Refuses what must not be done to a run that is on its way back, or is back.
pub(super) fn refuse_rolled_back(dir: &RunDir, consequence: &str) -> Result<(), CommandError> {
    let rollback = dir.of(Purpose::Rollback).state()?;
    if rollback.is_none() {
        return Ok(());
    }
    let message =
        format!("run {} is rolled back, in whole or in part: {consequence}; nothing was changed", dir.id);
    let hint = format!("to go on with the rollback: {}", commands::go_on(Purpose::Rollback, &dir.id));
    Err(CommandError::new(ExitStatus::PlanUnusable, message).hint(hint))
}

/// What was begun must be ended even after the plan's expiry, but nothing new is begun then.
fn is_expired(plan: &Plan, connected: &Connected, printer: &Printer) -> Result<bool, CommandError> {
    match usable(plan, &connected.identity.account, connected.clock.now()) {
        Ok(()) => Ok(false),
        Err(Unusable::Expired { expires, .. }) => {
            printer.note(&format!("the plan expired at {expires}: only what was begun is taken to its end"));
            Ok(true)
        }
        Err(error @ (Unusable::FromTheFuture { .. } | Unusable::OtherAccount { .. })) => {
            Err(CommandError::from_error(ExitStatus::PlanUnusable, &error).hint("nothing was changed"))
        }
    }
}
