//! `remediate rollback` and `remediate cleanup`: what follows an application, with a journal of its own beside it.

use std::collections::BTreeMap;

use crate::cli::args::FollowUpArgs;
use crate::cli::commands::resume::{find_any, read_state, refuse_other_plan, refuse_rolled_back};
use crate::cli::commands::running::{Prepared, execute_and_sum_up};
use crate::cli::confirm::{Approval, approve};
use crate::cli::connect::connect;
use crate::cli::error::CommandError;
use crate::cli::exempted;
use crate::cli::machine_lock;
use crate::cli::printer::Printer;
use crate::execute::concerns;
use crate::exit::ExitStatus;
use crate::ids::{ItemId, RunId};
use crate::journal::{Outcome, Past, Purpose, Reason, RunDir, RunState, StateDir};
use crate::plan::file::load;
use crate::plan::{AnyItem, Item, Order, Plan, same_account};
use crate::report::commands::go_on;
use crate::report::wording;
use crate::text::counted;

/// Says what it will do, asks, and does it. What was refused or failed before is tried again.
pub(crate) async fn run(
    args: FollowUpArgs,
    purpose: Purpose,
    printer: &Printer,
) -> Result<ExitStatus, CommandError> {
    let state = StateDir::at(&args.running.state_dir);
    let applied_dir = find_any(&state, args.run.as_deref())?;
    let plan = load(&applied_dir.plan_path())?;
    let lock = state.lock(&plan.account)?;
    let applied = read_state(&applied_dir)?;
    refuse_other_plan(&applied_dir, &applied, &plan)?;
    if purpose == Purpose::Cleanup {
        refuse_rolled_back(&applied_dir, "its sources must not be deleted")?;
    }
    let dir = applied_dir.of(purpose);
    let past = dir.state()?.map(RunState::resumed);
    let mut lost = lost(&applied_dir, purpose, &applied.items)?;
    let (gone, open): (Vec<AnyItem<'_>>, Vec<AnyItem<'_>>) =
        open_items(&plan, purpose, &applied.items, past.as_ref())
            .into_iter()
            .partition(|item| lost.contains_key(item.id()));
    announce_lost(&gone, &lost, printer);
    if purpose == Purpose::Cleanup {
        announce_left_running(&plan, &applied.items, printer);
    }
    if open.is_empty() {
        printer.note(&nothing_to_do(purpose, &plan, &applied.items));
        return Ok(if gone.is_empty() { ExitStatus::Done } else { ExitStatus::Partial });
    }
    let connected = connect(&args.connection, plan.limits.requests_per_second, &plan.regions).await?;
    let _alone = machine_lock::take(&plan, &connected.session)?;
    same_account(&plan, &connected.identity.account).map_err(|error| {
        CommandError::from_error(ExitStatus::PlanUnusable, &error).hint("nothing was changed")
    })?;
    if purpose == Purpose::Cleanup {
        lost.extend(exempted::since_planned(&plan, args.policy.as_deref(), connected.clock.now(), printer)?);
    }
    announce(&open, purpose, &applied, printer);
    approve(args.running.confirm, &approval(purpose, &open, &dir.id), printer)?;
    let journal = dir.begin_or_reopen_journal(&lock)?;
    let past = past.map(|state| state.items);
    let prepared = Prepared { plan, purpose, applied: applied.items, dir, journal, past, refused: lost };
    execute_and_sum_up(prepared, &connected, args.running.format, printer).await
}

/// The items that cannot be undone, and why: their sources were deleted, as far as the journals tell.
fn lost(
    dir: &RunDir,
    purpose: Purpose,
    applied: &BTreeMap<ItemId, Past>,
) -> Result<BTreeMap<ItemId, Reason>, CommandError> {
    if purpose != Purpose::Rollback {
        return Ok(BTreeMap::new());
    }
    let cleanup = dir.of(Purpose::Cleanup).state()?;
    let cleaned = cleanup.map(|state| state.items).unwrap_or_default();
    let deleted = |past: &&Past| matches!(past.outcome, Some(Outcome::Done { source_deleted: true, .. }));
    let by = |items: &BTreeMap<ItemId, Past>, purpose| -> Vec<(ItemId, Reason)> {
        let gone = items.iter().filter(|(_, past)| deleted(past));
        gone.map(|(id, _)| (id.clone(), Reason::SourceDeletedByUs { purpose })).collect()
    };
    Ok(by(applied, Purpose::Apply).into_iter().chain(by(&cleaned, Purpose::Cleanup)).collect())
}

fn announce_lost(gone: &[AnyItem<'_>], lost: &BTreeMap<ItemId, Reason>, printer: &Printer) {
    for item in gone {
        let why = lost.get(item.id()).map(wording::reason).unwrap_or_default();
        printer.note(&format!("{}: {why}", item.id()));
    }
}

/// The sources that the run has left running, as their plan says: no cleanup deletes what runs.
fn announce_left_running(plan: &Plan, applied: &BTreeMap<ItemId, Past>, printer: &Printer) {
    let done = |item: &&Item| {
        let outcome = applied.get(&item.id).and_then(|past| past.outcome.as_ref());
        matches!(outcome, Some(Outcome::Done { source_deleted: false, .. }))
    };
    let running = plan.items.iter().filter(|item| item.order == Order::CreateOnly);
    for item in running.filter(done) {
        printer.note(&format!(
            "{}: left running beside its replacement, and not deleted: stopped, it may never run again. Save its data, then \
             stop and delete it by hand",
            item.id
        ));
    }
}

/// The items that there is something left to do of.
fn open_items<'a>(
    plan: &'a Plan,
    purpose: Purpose,
    applied: &BTreeMap<ItemId, Past>,
    past: Option<&RunState>,
) -> Vec<AnyItem<'a>> {
    let is_open = |item: &AnyItem<'_>| {
        let ended =
            past.and_then(|state| state.items.get(item.id())).is_some_and(|past| past.outcome.is_some());
        concerns(purpose, *item, applied.get(item.id())) && !ended
    };
    plan.all_items().into_iter().filter(is_open).collect()
}

fn nothing_to_do(purpose: Purpose, plan: &Plan, applied: &BTreeMap<ItemId, Past>) -> String {
    let all = plan.all_items();
    let concerned = all.iter().any(|item| concerns(purpose, *item, applied.get(item.id())));
    let kept = |item: &&Item| {
        let past = applied.get(&item.id);
        !item.cleanup
            && past
                .is_some_and(|past| matches!(past.outcome, Some(Outcome::Done { source_deleted: false, .. })))
    };
    let kept = plan.items.iter().filter(kept).count();
    match purpose {
        Purpose::Apply | Purpose::Rollback if concerned => {
            "nothing to do: everything that the run did was undone already".to_owned()
        }
        Purpose::Apply | Purpose::Rollback => "nothing to do: the run has changed nothing".to_owned(),
        Purpose::Cleanup if concerned => "nothing to do: every source was deleted already".to_owned(),
        Purpose::Cleanup if kept > 0 => format!(
            "nothing to do: {} kept, and the plan says delete_source = \"never\": only sources of a plan made with \
             delete_source = \"cleanup\" are deleted",
            counted(kept, "source is", "sources are")
        ),
        Purpose::Cleanup => "nothing to do: the run has kept no source".to_owned(),
    }
}

fn announce(open: &[AnyItem<'_>], purpose: Purpose, applied: &RunState, printer: &Printer) {
    let items = counted(open.len(), "instance", "instances");
    let will = match purpose {
        Purpose::Apply => return,
        Purpose::Rollback => "to be brought back",
        Purpose::Cleanup => "to be deleted, each once its replacement has verified again",
    };
    printer.note(&format!("run {} of account {}: {items} {will}", applied.run, applied.account));
    for item in open {
        let past = applied.items.get(item.id());
        printer.note(&format!(
            "  {}",
            wording::follow_up(purpose, *item, past.and_then(|past| past.prior_status))
        ));
    }
}

fn approval(purpose: Purpose, open: &[AnyItem<'_>], run: &RunId) -> Approval {
    let command = go_on(purpose, run);
    match purpose {
        Purpose::Apply | Purpose::Rollback => Approval::of_rollback(open, command),
        Purpose::Cleanup => Approval::of_cleanup(open.len(), command),
    }
}
