//! What the journals at hand say of earlier runs, for whoever plans.

use crate::cli::printer::Printer;
use crate::ids::ItemId;
use crate::journal::{Outcome, Past, Purpose, RunDir, RunState, StateDir, StateDirError};
use crate::plan::{EarlierProgress, KnownRuns};

/// How far every run of the state directory has come. A journal that cannot be read is told, and as good as none: what its
/// run made is known by its tags.
pub(super) fn read(state: &StateDir, printer: &Printer) -> KnownRuns {
    let mut known = KnownRuns::default();
    let runs = state.list().unwrap_or_else(|error| {
        tell(&error, printer);
        Vec::new()
    });
    for dir in runs {
        if let Err(error) = note(&dir, &mut known) {
            tell(&error, printer);
        }
    }
    known
}

fn tell(error: &StateDirError, printer: &Printer) {
    printer.note(&format!("how far earlier runs have come is not known: {error}"));
}

fn note(dir: &RunDir, known: &mut KnownRuns) -> Result<(), StateDirError> {
    let Some(applied) = dir.state()? else { return Ok(()) };
    let rollback = dir.of(Purpose::Rollback).state()?;
    for (item, past) in applied.items {
        if let Some(standing) = standing(&item, &past, rollback.as_ref()) {
            known.insert(dir.id.clone(), item, standing);
        }
    }
    Ok(())
}

/// How far a run has come with an item; nothing of one that it has not touched, or that is undone.
fn standing(item: &ItemId, applied: &Past, rollback: Option<&RunState>) -> Option<EarlierProgress> {
    applied.prior_status?;
    let back = rollback.and_then(|run| run.items.get(item)).map(|past| past.outcome.as_ref());
    match (back, &applied.outcome) {
        (Some(Some(Outcome::RolledBack { .. })), _) => None,
        (Some(None | Some(Outcome::Failed { .. })), _) => Some(EarlierProgress::RollingBack),
        // A rollback that was refused has changed nothing.
        (Some(Some(_)) | None, None) => Some(EarlierProgress::Unfinished),
        (Some(Some(_)) | None, Some(Outcome::Done { .. } | Outcome::AlreadyDone { .. })) => {
            Some(EarlierProgress::Done)
        }
        (Some(Some(_)) | None, Some(Outcome::Failed { .. })) => Some(EarlierProgress::Failed),
        // What was repaired is what it was: no replacement has to be told from others.
        (
            Some(Some(_)) | None,
            Some(Outcome::Repaired { .. } | Outcome::RolledBack { .. } | Outcome::Refused { .. }),
        ) => None,
    }
}
