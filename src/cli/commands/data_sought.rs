//! Whose transfers `remediate data list` and `data verify` look at, and where those lie: what the plan says, and of what a run
//! moves also the journal.

use std::path::Path;

use crate::cli::args::DataScope;
use crate::cli::commands::resume::{read_state, refuse_other_plan};
use crate::cli::error::CommandError;
use crate::cli::printer::Printer;
use crate::exit::ExitStatus;
use crate::ids::{ItemId, RunId};
use crate::journal::{RunDir, RunState, StateDir};
use crate::plan::file::load;
use crate::plan::{Item, Plan, TransferKind};
use crate::text::{counted, shell_word};
use crate::transfer::{LookFor, Store, TransferOwner};

/// What is looked at.
#[derive(Debug)]
pub(super) struct Sought {
    pub(super) plan: Plan,
    /// The run that moves files of it, if there is one.
    pub(super) run: Option<RunId>,
    pub(super) places: Vec<Place>,
}

/// Where the files of an item go.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) item: ItemId,
    pub(super) bucket: String,
    /// What the keys begin with, without a slash at the end.
    pub(super) prefix: String,
    /// What is looked for there. `None`: the run has begun no export of the item, so nothing there is its.
    pub(super) job: Option<LookFor>,
}

/// A run that moves files, with its journal.
type Run = (RunDir, RunState);

/// Finds the plan, its run where that moves files, and the places.
pub(super) fn sought(scope: &DataScope, printer: &Printer) -> Result<Sought, CommandError> {
    let (plan, run) = plan_and_run(scope)?;
    let items = wanted(scope, &plan)?;
    let places: Vec<Place> =
        items.iter().filter_map(|item| place(scope, (&plan, run.as_ref()), item)).collect();
    if run.is_none() {
        let waiting = items.iter().filter(|item| item.moved_by_run().is_some()).count();
        tell_waiting(scope, (waiting, places.len()), printer)?;
    }
    if places.is_empty() {
        return Err(CommandError::new(ExitStatus::Usage, "the plan moves no data")
            .hint("name the bucket with --bucket where its data was moved without it"));
    }
    let not_begun = places.iter().filter(|place| place.job.is_none()).count();
    if not_begun > 0 {
        let items = counted(not_begun, "item", "items");
        printer.note(&format!("the run has not begun to export the files of {items}"));
    }
    Ok(Sought { plan, run: run.map(|(dir, _)| dir.id), places })
}

/// The plan that is meant, and its run where one was named, or moves files.
fn plan_and_run(scope: &DataScope) -> Result<(Plan, Option<Run>), CommandError> {
    let state = StateDir::at(&scope.state_dir);
    if let Some(dir) = run_named(&state, &scope.of)? {
        let plan = load(&dir.plan_path())?;
        let past = read_state(&dir)?;
        refuse_other_plan(&dir, &past, &plan)?;
        let run = Some((dir, past)).filter(|_| moves_files(&plan));
        return Ok((plan, run));
    }
    let plan = load(&scope.of).map_err(|error| match scope.of.exists() {
        true => CommandError::from(error),
        false => CommandError::from(error).hint("a run is looked for in the directory of --state-dir"),
    })?;
    let run = if moves_files(&plan) { state.run_of(&plan.digest)? } else { None };
    Ok((plan, run))
}

fn moves_files(plan: &Plan) -> bool {
    plan.items.iter().any(|item| item.moved_by_run().is_some())
}

fn run_named(state: &StateDir, named: &Path) -> Result<Option<RunDir>, CommandError> {
    let Some(id) = named.to_str().and_then(|name| name.parse::<RunId>().ok()) else { return Ok(None) };
    Ok(state.list()?.into_iter().find(|run| run.id == id))
}

/// The items that are asked about.
fn wanted<'a>(scope: &DataScope, plan: &'a Plan) -> Result<Vec<&'a Item>, CommandError> {
    let wanted = |item: &&Item| scope.item.as_ref().is_none_or(|id| *id == item.id);
    let items: Vec<&Item> = plan.items.iter().filter(wanted).collect();
    if let (true, Some(item)) = (items.is_empty(), &scope.item) {
        let message = format!("the plan replaces no {item}");
        return Err(CommandError::new(ExitStatus::Usage, message)
            .hint(format!("its items: remediate show {}", shell_word(&scope.of.to_string_lossy()))));
    }
    Ok(items)
}

/// Where the files of an item go: to the bucket that is named, or else to the plan's, if it moves them.
fn place(scope: &DataScope, (plan, run): (&Plan, Option<&Run>), item: &Item) -> Option<Place> {
    let store = store(scope, plan, item)?;
    let (bucket, account) = (store.bucket.clone(), plan.account.clone());
    let job = match (item.moved_by_run(), run) {
        (None, _) => Some(LookFor::by_hand(store.clone(), account, &plan.digest, &item.id)),
        (Some(_), None) => return None,
        (Some(_), Some((dir, past))) => {
            let export = past.items.get(&item.id).and_then(|past| past.transfer(TransferKind::Export));
            let nonce = export.map(|export| export.nonce.clone());
            nonce.map(|nonce| LookFor::by_run(store.clone(), account, (&dir.id, &item.id), nonce))
        }
    };
    let prefix = match (&job, run) {
        (Some(job), _) => job.prefix(),
        (None, run) => {
            let owner = TransferOwner::Run(run?.0.id.clone());
            store.prefix_of(&plan.account, &owner, &item.id)
        }
    };
    Some(Place { item: item.id.clone(), bucket, prefix, job })
}

fn store(scope: &DataScope, plan: &Plan, item: &Item) -> Option<Store> {
    let Some(bucket) = &scope.bucket else {
        return item.transfer.as_ref().map(|transfer| Store::of(transfer, &item.id.region));
    };
    Some(Store {
        bucket: bucket.replace("{region}", item.id.region.as_str()),
        prefix: scope.prefix.clone(),
        region: item.id.region.clone(),
        owner: scope.bucket_owner.clone().unwrap_or_else(|| plan.account.clone()),
        // What only a worker is told, as is the key.
        suffix: String::new(),
        kms_key: None,
    })
}

/// Says that there is no run yet that could have moved the files of some items; refuses if they are all that is asked about.
fn tell_waiting(
    scope: &DataScope,
    (waiting, places): (usize, usize),
    printer: &Printer,
) -> Result<(), CommandError> {
    if waiting == 0 {
        return Ok(());
    }
    let items = counted(waiting, "item", "items");
    let message = format!(
        "the run moves the files of {items}, and `{}` has no run of this plan",
        scope.state_dir.display()
    );
    if places == 0 {
        return Err(CommandError::new(ExitStatus::Usage, message)
            .hint("apply the plan first, or name the directory of its run with --state-dir"));
    }
    printer.note(&format!("{message}: not looked at"));
    Ok(())
}
