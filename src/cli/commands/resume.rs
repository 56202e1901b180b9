//! `remediate resume`: goes on with a run that was interrupted, halted or cut off.

use std::collections::BTreeMap;

use crate::cli::args::ResumeArgs;
use crate::cli::commands::apply::{lock_error, state_error};
use crate::cli::commands::running::{Prepared, execute_and_sum_up, load_plan};
use crate::cli::confirm::approve;
use crate::cli::connect::{Connected, connect};
use crate::cli::error::CommandError;
use crate::cli::printer::Printer;
use crate::exit::ExitStatus;
use crate::ids::RunId;
use crate::journal::{RunDir, RunEnd, RunState, StateDir};
use crate::plan::{Item, Plan, Unusable, usable};
use crate::text::counted;

/// The same loop started again: what was begun is taken to its end, what was not begun is begun, unless the
/// plan has expired since.
pub(crate) async fn run(args: ResumeArgs, printer: &Printer) -> Result<ExitStatus, CommandError> {
    let state = StateDir::at(&args.running.state_dir);
    let dir = find(&state, args.run.as_ref())?;
    let plan = load_plan(&dir.plan_path())?;
    let lock = state.lock(&plan.account).map_err(|error| lock_error(&error))?;
    let past = read_state(&dir)?;
    refuse_finished(&dir, &past, &plan)?;
    let first = plan.regions.first().cloned();
    let connected = connect(&args.connection, plan.limits.requests_per_second, first).await?;
    let expired = is_expired(&plan, &connected, printer)?;
    let is_open = |item: &&Item| match past.items.get(&item.id) {
        Some(past) => past.outcome.is_none() && (past.prior_status.is_some() || !expired),
        None => !expired,
    };
    let open = plan.items.iter().filter(is_open).count();
    let deleted = plan.items.iter().filter(is_open).filter(|item| item.delete_source).count();
    printer.note(&format!("run {}: {} to go on with", dir.id, counted(open, "instance", "instances")));
    approve(args.running.confirm, open, deleted, &format!("remediate resume {}", dir.id))?;
    let journal = dir.reopen_journal(&lock).map_err(|error| state_error(&error))?;
    let prepared = Prepared { plan, dir, journal, past: Some(past.items), refused: BTreeMap::new() };
    execute_and_sum_up(prepared, &connected, args.running.format, printer).await
}

pub(super) fn find(state: &StateDir, wanted: Option<&RunId>) -> Result<RunDir, CommandError> {
    let runs = state.list().map_err(|error| state_error(&error))?;
    let found = match wanted {
        Some(id) => runs.into_iter().find(|run| &run.id == id),
        None => latest_open(runs)?,
    };
    found.ok_or_else(|| {
        let what = wanted.map_or_else(|| "no run".to_owned(), |id| format!("no run {id}"));
        CommandError::new(ExitStatus::Usage, format!("there is {what} in the state directory"))
            .hint("name the directory with --state-dir")
    })
}

/// The latest run that did not come to its end; the latest of all when every one did.
fn latest_open(runs: Vec<RunDir>) -> Result<Option<RunDir>, CommandError> {
    for run in runs.iter().rev() {
        let state = run.state().map_err(|error| state_error(&error))?;
        if state.is_some_and(|state| state.end != Some(RunEnd::Completed)) {
            return Ok(Some(run.clone()));
        }
    }
    Ok(runs.into_iter().next_back())
}

pub(super) fn read_state(dir: &RunDir) -> Result<RunState, CommandError> {
    let state = dir.state().map_err(|error| state_error(&error))?;
    state.ok_or_else(|| {
        CommandError::new(ExitStatus::Refused, format!("run {} never began: apply its plan again", dir.id))
    })
}

fn refuse_finished(dir: &RunDir, past: &RunState, plan: &Plan) -> Result<(), CommandError> {
    let id = &dir.id;
    if past.plan != plan.digest {
        let message = format!("the journal of run {id} is of another plan than the one beside it");
        return Err(CommandError::new(ExitStatus::PlanUnusable, message));
    }
    if past.end == Some(RunEnd::Completed) {
        let message =
            format!("run {id} came to its end; there is nothing to resume, and nothing was changed");
        return Err(CommandError::new(ExitStatus::PlanUnusable, message));
    }
    Ok(())
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
