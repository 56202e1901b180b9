//! `remediate apply`: carries out a plan.

use std::collections::BTreeMap;

use crate::cli::args::ApplyArgs;
use crate::cli::commands::running::{Prepared, execute_and_sum_up, load_plan};
use crate::cli::confirm::approve;
use crate::cli::connect::connect;
use crate::cli::error::CommandError;
use crate::cli::printer::Printer;
use crate::exit::ExitStatus;
use crate::ids::{Digest, ItemId, RunId};
use crate::journal::{LockError, RunEnd, RunState, StateDir, StateDirError};
use crate::plan::file::save;
use crate::plan::{Plan, exceeded_limits, usable};
use crate::text::{counted, shell_word};

/// Refuses what must not be applied, asks, and carries out the rest.
pub(crate) async fn run(args: ApplyArgs, printer: &Printer) -> Result<ExitStatus, CommandError> {
    let plan = load_plan(&args.plan)?;
    let first = plan.regions.first().cloned();
    let connected = connect(&args.connection, plan.limits.requests_per_second, first).await?;
    usable(&plan, &connected.identity.account, connected.clock.now()).map_err(|error| {
        CommandError::from_error(ExitStatus::PlanUnusable, &error)
            .hint("nothing was changed; make a new plan")
    })?;
    refuse_beyond_limits(&plan)?;
    let state = StateDir::at(&args.running.state_dir);
    let lock = state.lock(&plan.account).map_err(|error| lock_error(&error))?;
    refuse_applied(&state, &plan.digest)?;
    if plan.items.is_empty() {
        printer.note("nothing to do: the plan has no items");
        return Ok(ExitStatus::Done);
    }
    let shown = args.plan.display().to_string();
    printer.note(&format!(
        "plan {}: {} of account {} to be replaced",
        plan.digest.short(),
        counted(plan.items.len(), "instance", "instances"),
        plan.account
    ));
    let command = format!("remediate apply {}", shell_word(&shown));
    let deleted = plan.items.iter().filter(|item| item.delete_source).count();
    approve(args.running.confirm, plan.items.len(), deleted, &command)?;
    let refused = worked_on_since(&state, &plan).map_err(|error| state_error(&error))?;
    let dir = state.new_run(&plan.digest, connected.clock.now()).map_err(|error| state_error(&error))?;
    save(&plan, &dir.plan_path()).map_err(|error| CommandError::from_error(ExitStatus::Refused, &error))?;
    let journal =
        dir.create_journal(&lock).map_err(|error| CommandError::from_error(ExitStatus::Refused, &error))?;
    let prepared = Prepared { plan, dir, journal, past: None, refused };
    execute_and_sum_up(prepared, &connected, args.running.format, printer).await
}

fn refuse_beyond_limits(plan: &Plan) -> Result<(), CommandError> {
    let exceeded = exceeded_limits(plan);
    let Some((first, more)) = exceeded.split_first() else { return Ok(()) };
    let mut error = CommandError::from_error(ExitStatus::Refused, first);
    error.causes.extend(more.iter().map(ToString::to_string));
    Err(error.hint("nothing was changed; narrow the policy, or raise the limit in it, and plan again"))
}

fn refuse_applied(state: &StateDir, plan: &Digest) -> Result<(), CommandError> {
    let Some((dir, run)) = state.run_of(plan).map_err(|error| state_error(&error))? else { return Ok(()) };
    Err(already_applied(&dir.id, &run))
}

/// The items that another run is at, or has worked on since the plan was made, and why that refuses them: the
/// source may be stopped only for that run, or have a replacement that this plan does not know.
fn worked_on_since(state: &StateDir, plan: &Plan) -> Result<BTreeMap<ItemId, String>, StateDirError> {
    let mut refused = BTreeMap::new();
    for dir in state.list()? {
        let Some(run) = dir.state()? else { continue };
        if run.account != plan.account {
            continue;
        }
        for (item, past) in run.items.into_iter().filter(|(_, past)| past.prior_status.is_some()) {
            let id = &dir.id;
            if past.outcome.is_none() {
                let open = format!("run {id} of another plan has begun it and not ended it: resume that run");
                refused.insert(item, open);
            } else if run.last > plan.created {
                refused
                    .insert(item, format!("run {id} has worked on it since this plan was made: plan again"));
            }
        }
    }
    Ok(refused)
}

fn already_applied(id: &RunId, run: &RunState) -> CommandError {
    let refused = |message| CommandError::new(ExitStatus::PlanUnusable, message);
    match &run.end {
        Some(RunEnd::Completed) => {
            refused(format!("this plan was already applied by run {id}; nothing was changed"))
                .hint("to look for what is left to do, make a new plan")
        }
        Some(
            RunEnd::Interrupted
            | RunEnd::Halted { .. }
            | RunEnd::Unfinished
            | RunEnd::PlanExpired
            | RunEnd::CredentialsLost { .. }
            | RunEnd::JournalLost { .. },
        )
        | None => refused(format!("run {id} of this plan did not come to its end; nothing was changed"))
            .hint(format!("to go on with it: remediate resume {id} --confirm")),
    }
}

pub(super) fn lock_error(error: &LockError) -> CommandError {
    let hint = match error {
        LockError::Held { .. } => {
            "nothing was changed; wait for the other process, or use another --state-dir for another job"
        }
        LockError::Io { .. } => "nothing was changed; name a directory that can be written with --state-dir",
    };
    CommandError::from_error(ExitStatus::Refused, error).hint(hint)
}

pub(super) fn state_error(error: &StateDirError) -> CommandError {
    CommandError::from_error(ExitStatus::Refused, error).hint("nothing was changed")
}
