//! The words for what the other modules decide: one phrase for one thing, wherever it is shown.
//!
//! Every phrase is one line without control characters, whatever the values in it hold.

mod check;
mod data;
mod diff;
mod hazard;
mod naming;
mod reason;
mod rehearsal;
mod withheld;

use crate::api_error::ApiError;
use crate::execute::Phase;
use crate::inventory::Gap;
use crate::journal::{Call, Left, Note, Outcome, Presence, PriorStatus, Purpose, RunEnd};
use crate::plan::{AnyItem, Item, Limits, OnFailure, Order, StepKind, Totals, TransferKind};
use crate::rules::{Mode, RuleId, Severity};
use crate::text::{counted, duration, for_terminal, noun};

pub use check::{check, check_result, check_verdict, not_checked};
pub use data::{attempt_state, bytes, difference, manifest_unread, standing};
pub use diff::{Other, absence, diff_totals, two_accounts};
pub use hazard::{exemption, hazard, quota};
pub use naming::{amendment, more_naming, naming, policies_unread};
pub use reason::{WORDS, note, purpose, reason};
pub use rehearsal::{ASSUMPTIONS, ended_early, rehearsal, troubles};
pub use withheld::withheld;

/// What could not be read, and why.
pub fn gap(gap: &Gap) -> String {
    let Gap { region, instance, error } = gap;
    let why = api_error(error);
    match instance {
        None => format!("{region} could not be listed: {why}"),
        Some(name) => format!("{region}/{name} could not be read in full: {why}"),
    }
}

/// A failed AWS call.
pub fn api_error(error: &ApiError) -> String {
    for_terminal(&error.to_string())
}

/// What a step does.
pub fn step(step: StepKind) -> &'static str {
    match step {
        StepKind::StopSource => "stop the source, wait until it is Stopped",
        StepKind::CreateReplacement => "create the replacement, wait until it is InService",
        StepKind::VerifyReplacement => "verify every attribute and tag of the replacement",
        StepKind::StopReplacement => "stop the replacement, as the source was stopped",
        StepKind::StartExport => {
            "start the source with a lifecycle configuration that exports its files, wait until it is InService"
        }
        StepKind::ExportFiles => {
            "export the files to the bucket (estimate: a half-full volume at 60 MB a second)"
        }
        StepKind::StopExport => "stop the source, give it its own lifecycle configuration back",
        StepKind::StartImport => {
            "stop the replacement, start it again with a lifecycle configuration that imports the files"
        }
        StepKind::ImportFiles => "import the files from the bucket (estimate: as for the export)",
        StepKind::StopImport => {
            "stop the replacement, give it its own lifecycle configuration and code repositories"
        }
        StepKind::StartReplacement => "start the replacement, wait until it is InService",
        StepKind::DeleteSource => "delete the source and its volume",
        StepKind::UpdateSource => "update it, wait until it is Stopped again",
        StepKind::StartSource => "start it, wait until it is InService",
        StepKind::VerifySource => "verify every attribute and tag of it",
    }
}

/// What an item is being taken through.
pub fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Checking => "comparing the source with the plan",
        Phase::StoppingSource => "stopping the source",
        Phase::CreatingReplacement => "creating the replacement",
        Phase::Verifying => "verifying the replacement",
        Phase::StartingReplacement => "starting the replacement",
        Phase::AwaitingOnCreate => "waiting for the replacement's OnCreate script",
        Phase::StoppingReplacement => "stopping the replacement",
        Phase::DeletingSource => "deleting the source",
        Phase::RestoringSource => "bringing the source back",
        Phase::DeletingReplacement => "deleting the replacement",
        Phase::UpdatingSource => "updating the source",
        Phase::StartingSource => "starting the source",
        Phase::VerifyingSource => "verifying the source",
        Phase::PreparingTransfer => "preparing the transfer of the files",
        Phase::EndingTransfer => "deleting the configurations that moved the files",
        Phase::Exporting => "exporting the files",
        Phase::Importing => "importing the files",
        Phase::UpdatingReplacement => "updating the replacement",
    }
}

/// How far a worker is.
pub fn transferred(transfer: TransferKind, moved: u64, entries: u64) -> String {
    let doing = match transfer {
        TransferKind::Export => "exporting",
        TransferKind::Import => "importing",
    };
    format!("{doing}: {} in {entries} entries", bytes(moved))
}

/// A mutating call.
pub fn call(call: Call) -> &'static str {
    match call {
        Call::StopSource => "stopping the source",
        Call::CreateReplacement => "creating the replacement",
        Call::StopReplacement => "stopping the replacement",
        Call::StartReplacement => "starting the replacement",
        Call::StartSource => "starting the source again",
        Call::DeleteSource => "deleting the source",
        Call::DeleteReplacement => "deleting the replacement",
        Call::UpdateSource => "updating the source",
        Call::CreateExportConfig => "creating the lifecycle configuration of the export",
        Call::AttachExport => "giving the source the configuration of the export",
        Call::StartExport => "starting the source to export its files",
        Call::StopExport => "stopping the source after its export",
        Call::DetachExport => "giving the source its own configuration back",
        Call::DeleteExportConfig => "deleting the lifecycle configuration of the export",
        Call::CreateImportConfig => "creating the lifecycle configuration of the import",
        Call::StopForImport => "stopping the replacement before its import",
        Call::AttachImport => "giving the replacement the configuration of the import",
        Call::StartImport => "starting the replacement to import the files",
        Call::StopImport => "stopping the replacement after its import",
        Call::DetachImport => "giving the replacement its own configuration",
        Call::DeleteImportConfig => "deleting the lifecycle configuration of the import",
    }
}

/// How an item ended, in one line.
pub fn outcome(outcome: &Outcome) -> String {
    let words = match outcome {
        Outcome::Done { replacement, source_deleted, notes } => {
            let source = if *source_deleted { "deleted" } else { "kept" };
            format!("done: replaced by {replacement}{}; source {source}{}", with_files(notes), noted(notes))
        }
        Outcome::RolledBack { replacement_deleted, notes } => {
            let replacement = if *replacement_deleted { "replacement deleted" } else { "no replacement" };
            format!("rolled back: {replacement}, source as it was{}", noted(notes))
        }
        Outcome::Repaired { notes } => format!("done: repaired in place{}", noted(notes)),
        Outcome::AlreadyDone { replacement } => {
            format!("already done: {replacement} replaces it; nothing was changed")
        }
        Outcome::Refused { reason } => format!("refused, nothing was changed: {}", self::reason(reason)),
        Outcome::Failed { reason, left } => {
            format!("failed: {} ({})", self::reason(reason), self::left(left))
        }
    };
    for_terminal(&words)
}

/// That the files of the source are on its replacement, where they are.
fn with_files(notes: &[Note]) -> String {
    let moved = notes.iter().find_map(|note| {
        let Note::FilesMoved { bytes, .. } = note else { return None };
        Some(*bytes)
    });
    moved.map(|moved| format!(", with its files ({})", bytes(moved))).unwrap_or_default()
}

fn noted(notes: &[Note]) -> String {
    match notes.iter().filter(|note| !matches!(note, Note::FilesMoved { .. })).count() {
        0 => String::new(),
        count => format!("; {}", counted(count, "note", "notes")),
    }
}

/// What a rollback or a cleanup will do to an item.
pub fn follow_up(purpose: Purpose, item: AnyItem<'_>, prior: Option<PriorStatus>) -> String {
    let AnyItem::Replace(item) = item else {
        return format!("{}: given back the settings that it had", item.id());
    };
    let (id, replacement) = (&item.id, &item.request.notebook_instance_name);
    let gib = item.source.description.volume_size_in_gb;
    let volume = gib.map_or_else(|| "volume".to_owned(), |gib| format!("{gib} GiB volume"));
    let ran = prior == Some(PriorStatus::InService);
    match purpose {
        Purpose::Apply => format!("{id}: replaced by {replacement}"),
        Purpose::Rollback if ran => {
            format!("{id}: started again; {replacement} is stopped, and deleted with its {volume}")
        }
        Purpose::Rollback => format!("{id}: {replacement} is deleted with its {volume}"),
        Purpose::Cleanup if item.transfer.is_some() => format!(
            "{id}: deleted with its {volume} if the import of its files to {replacement} is proven, and kept if not"
        ),
        Purpose::Cleanup => format!("{id}: deleted with its {volume}; {replacement} stays"),
    }
}

/// What is left of an item.
pub fn left(left: &Left) -> String {
    let Left { source, replacement } = left;
    format!("source {}, replacement {}", presence(source), presence(replacement))
}

/// Whether an instance exists.
pub fn presence(presence: &Presence) -> String {
    match presence {
        Presence::Absent => "does not exist".to_owned(),
        Presence::Status(status) => format!("is {}", for_terminal(status)),
        Presence::Unknown => "was not looked at any more".to_owned(),
    }
}

/// How a run ended.
pub fn run_end(end: &RunEnd) -> String {
    match end {
        RunEnd::Completed => "completed".to_owned(),
        RunEnd::Interrupted => "interrupted".to_owned(),
        RunEnd::Unfinished => "left unfinished: some items could not be taken to their end".to_owned(),
        RunEnd::NoRoom { message } => format!("ended early: {}", for_terminal(message)),
        RunEnd::PlanExpired => "ended early: its plan expired before every item was begun".to_owned(),
        RunEnd::Halted { failures } => {
            let failures = counted(*failures as usize, "item had failed", "items had failed");
            format!("halted after {failures}; no further item was started")
        }
        RunEnd::CredentialsLost { message } => {
            format!("stopped because the credentials no longer work: {}", for_terminal(message))
        }
        RunEnd::JournalLost { message } => {
            format!("stopped because its journal cannot be written any more: {}", for_terminal(message))
        }
    }
}

/// What a rule's findings lead to.
pub fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Remediate => "remediate",
        Mode::Report => "report",
        Mode::Off => "off",
    }
}

/// How bad a finding is.
pub fn severity(severity: Severity) -> &'static str {
    severity.as_str()
}

/// Rules by name.
pub fn rules(rules: &[RuleId]) -> String {
    if rules.is_empty() {
        return "none".to_owned();
    }
    rules.iter().map(|rule| rule.as_str()).collect::<Vec<_>>().join(", ")
}

/// The counts of a plan.
pub fn totals(totals: &Totals) -> String {
    let Totals { seen, compliant, items, repairs, withheld, unreadable } = totals;
    let in_place = if *repairs > 0 { format!("{repairs} to be repaired in place, ") } else { String::new() };
    format!(
        "{} seen: {compliant} {} no replacement, {items} to be replaced, {in_place}{withheld} withheld, {unreadable} \
         unreadable",
        counted(*seen as usize, "instance", "instances"),
        noun(*compliant as usize, "needs", "need")
    )
}

/// How a plan is carried out.
pub fn limits(limits: &Limits) -> Vec<String> {
    let Limits {
        max_instances,
        max_percent,
        canary,
        max_failures,
        concurrency,
        requests_per_second,
        poll_interval_ms,
    } = limits;
    let failures = counted(*max_failures as usize, "failed item", "failed items");
    let items = counted(*concurrency as usize, "item", "items");
    let requests = counted(*requests_per_second as usize, "request", "requests");
    let first = counted(*canary as usize, "item goes", "items go");
    let waits = noun(*canary as usize, "it is", "they are");
    let wave = format!("{first} first; the others start when {waits} done");
    let most = format!(
        "at most {} and {max_percent}% of those seen",
        counted(*max_instances as usize, "item", "items")
    );
    [most]
        .into_iter()
        .chain((*canary > 0).then_some(wave))
        .chain([
            format!("halts after {failures}, when what is in flight has ended"),
            format!("{items} at a time and {requests} a second in each region"),
            format!("statuses read every {}", interval(*poll_interval_ms)),
        ])
        .collect()
}

/// What becomes of a source in the end.
pub fn source_afterwards(item: &Item) -> &'static str {
    match (item.delete_source, item.cleanup) {
        (true, _) if item.moved_by_run().is_some() => {
            "deleted with its volume, once its files are imported and the replacement is verified"
        }
        (true, _) => "deleted with its volume, once the replacement is verified",
        (false, true) if item.transfer.is_some() && item.moved_by_run().is_none() => {
            "kept, stopped, until its files are imported and `remediate cleanup` deletes it"
        }
        (false, true) => "kept, stopped, until `remediate cleanup` deletes it",
        (false, false) if item.order == Order::CreateOnly => "kept, left running",
        (false, false) => "kept, stopped",
    }
}

/// What becomes of a replacement that fails; plans of format 1 leave it.
pub fn on_failure(item: &Item) -> &'static str {
    match item.on_failure {
        Some(OnFailure::Restore) if !item.order.is_stop_first() => {
            "the source runs all the while, and the failed replacement is deleted"
        }
        Some(OnFailure::Leave) if !item.order.is_stop_first() => {
            "the source runs all the while, and the failed replacement is left"
        }
        Some(OnFailure::Restore) => "the source is brought back and the failed replacement deleted",
        Some(OnFailure::Leave) | None => "the source is brought back and the failed replacement left",
    }
}

fn interval(milliseconds: u64) -> String {
    if milliseconds.is_multiple_of(1000) {
        duration(std::time::Duration::from_millis(milliseconds))
    } else {
        format!("{milliseconds} ms")
    }
}

/// What it means that these items' sources are kept.
pub fn sources_kept(count: usize) -> String {
    format!(
        "{} kept. {} still {}, {} still billed for {} and still found by audit until deleted. \
         The data on a source's volume is lost when it is deleted.",
        counted(count, "source is", "sources are"),
        noun(count, "It", "They"),
        noun(count, "exists", "exist"),
        noun(count, "is", "are"),
        noun(count, "its volume", "their volumes"),
    )
}

/// A value of a change: what is absent or would be invisible is said in words.
pub fn value(value: Option<&str>) -> String {
    match value {
        None => "(none)".to_owned(),
        Some("") => "(empty)".to_owned(),
        Some(text) => {
            let shown = for_terminal(text);
            let ambiguous = shown != shown.trim() || shown.contains("->") || shown.starts_with(['(', '"']);
            if ambiguous { format!("\"{shown}\"") } else { shown }
        }
    }
}
