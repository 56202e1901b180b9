//! `remediate apply`: carries out a plan.

use std::collections::BTreeMap;

use crate::cli::args::ApplyArgs;
use crate::cli::commands::running::{Prepared, begin, execute_and_sum_up};
use crate::cli::confirm::{Approval, approve, require_digest};
use crate::cli::connect::connect;
use crate::cli::error::CommandError;
use crate::cli::exempted;
use crate::cli::machine_lock;
use crate::cli::printer::Printer;
use crate::exit::ExitStatus;
use crate::ids::{Digest, ItemId, RunId};
use crate::journal::{Outcome, Purpose, Reason, RunEnd, RunState, StateDir, StateDirError};
use crate::plan::file::load;
use crate::plan::{Plan, exceeded_limits, same_digest, usable};
use crate::report::commands::apply;
use crate::text::{counted, shell_word};

/// Refuses what must not be applied, asks, and carries out the rest.
pub(crate) async fn run(args: ApplyArgs, printer: &Printer) -> Result<ExitStatus, CommandError> {
    let plan = load(&args.plan)?;
    refuse_other_digest(&plan, &args)?;
    let connected = connect(&args.connection, plan.limits.requests_per_second, &plan.regions).await?;
    usable(&plan, &connected.identity.account, connected.clock.now()).map_err(|error| {
        CommandError::from_error(ExitStatus::PlanUnusable, &error)
            .hint("nothing was changed; make a new plan")
    })?;
    refuse_beyond_limits(&plan)?;
    let state = StateDir::at(&args.running.state_dir).with_unique_ids();
    let lock = state.lock(&plan.account)?;
    let _alone = machine_lock::take(&plan, &connected.session)?;
    refuse_applied(&state, &plan.digest)?;
    if plan.is_empty() {
        printer.note("nothing to do: the plan has no items");
        return Ok(ExitStatus::Done);
    }
    let exempt = exempted::since_planned(&plan, args.policy.as_deref(), connected.clock.now(), printer)?;
    printer.note(&format!(
        "plan {}: {} of account {} {}",
        plan.digest.short(),
        counted(plan.len(), "instance", "instances"),
        plan.account,
        match (plan.items.len(), plan.repairs.len()) {
            (_, 0) => "to be replaced".to_owned(),
            (0, _) => "to be repaired in place".to_owned(),
            (replaced, repaired) =>
                format!("to be worked on: {replaced} replaced, {repaired} repaired in place"),
        }
    ));
    let approval = Approval::of_applying(&plan.all_items(), command(&plan, &args));
    if plan.requires_digest() && args.digest.is_none() {
        require_digest(args.running.confirm, &approval)?;
    }
    approve(args.running.confirm, &approval, printer)?;
    let mut refused = worked_on_since(&state, &plan)?;
    refused.extend(exempt);
    let (dir, journal) = begin(&state, &lock, &plan, connected.clock.now())?;
    let (purpose, applied) = (Purpose::Apply, BTreeMap::new());
    let prepared = Prepared { plan, purpose, applied, dir, journal, past: None, refused };
    execute_and_sum_up(prepared, &connected, args.running.format, printer).await
}

/// The command that applies this very plan without asking.
fn command(plan: &Plan, args: &ApplyArgs) -> String {
    let policy = args.policy.as_ref().map(|file| file.display().to_string());
    apply(&args.plan.display().to_string(), &plan.digest, policy.as_deref())
}

fn refuse_other_digest(plan: &Plan, args: &ApplyArgs) -> Result<(), CommandError> {
    let Some(named) = &args.digest else { return Ok(()) };
    same_digest(plan, named).map_err(|error| {
        let file = shell_word(&args.plan.display().to_string());
        CommandError::from_error(ExitStatus::PlanUnusable, &error).hint(format!(
            "nothing was changed; find the file that was reviewed, or review this one: remediate show {file}"
        ))
    })
}

fn refuse_beyond_limits(plan: &Plan) -> Result<(), CommandError> {
    let exceeded = exceeded_limits(plan);
    let Some((first, more)) = exceeded.split_first() else { return Ok(()) };
    let mut error = CommandError::from_error(ExitStatus::Refused, first);
    error.causes.extend(more.iter().map(ToString::to_string));
    Err(error.hint("nothing was changed; narrow the policy, or raise the limit in it, and plan again"))
}

fn refuse_applied(state: &StateDir, plan: &Digest) -> Result<(), CommandError> {
    let Some((dir, run)) = state.run_of(plan)? else { return Ok(()) };
    let rolled_back = dir.of(Purpose::Rollback).state()?.is_some();
    if rolled_back {
        let message =
            format!("this plan was applied by run {}, and rolled back; nothing was changed", dir.id);
        let error = CommandError::new(ExitStatus::PlanUnusable, message);
        return Err(error.hint("to try again, make a new plan"));
    }
    Err(already_applied(&dir.id, &run))
}

/// The items that another run is at, or has worked on since the plan was made, and why that refuses them: the
/// source may be stopped only for that run, or have a replacement that this plan does not know.
fn worked_on_since(state: &StateDir, plan: &Plan) -> Result<BTreeMap<ItemId, Reason>, StateDirError> {
    let mut refused = BTreeMap::new();
    for dir in state.list()? {
        let Some(applied) = dir.state()?.filter(|run| run.account == plan.account) else { continue };
        let rollback = dir.of(Purpose::Rollback).state()?;
        let cleanup = dir.of(Purpose::Cleanup).state()?;
        // What was rolled back has come to an end by that.
        let undone = |item: &ItemId| {
            let past = rollback.as_ref().and_then(|run| run.items.get(item));
            past.is_some_and(|past| matches!(past.outcome, Some(Outcome::RolledBack { .. })))
        };
        for run in [Some(&applied), rollback.as_ref(), cleanup.as_ref()].into_iter().flatten() {
            for (item, past) in run.items.iter().filter(|(_, past)| past.prior_status.is_some()) {
                let open = past.outcome.is_none() && !undone(item);
                if let Some(why) = worked_on(&dir.id, run, open, plan) {
                    refused.insert(item.clone(), why);
                }
            }
        }
    }
    Ok(refused)
}

fn worked_on(id: &RunId, run: &RunState, open: bool, plan: &Plan) -> Option<Reason> {
    let (purpose, since) = (run.purpose, run.last > plan.created);
    let run = id.clone();
    if open {
        return Some(Reason::BegunByRun { run, purpose });
    }
    since.then_some(Reason::ChangedByRun { run, purpose })
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
            | RunEnd::NoRoom { .. }
            | RunEnd::PlanExpired
            | RunEnd::CredentialsLost { .. }
            | RunEnd::JournalLost { .. },
        )
        | None => refused(format!("run {id} of this plan did not come to its end; nothing was changed"))
            .hint(format!("to go on with it: remediate resume {id} --confirm")),
    }
}
