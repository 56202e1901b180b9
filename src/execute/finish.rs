//! Pure: the last steps of an item whose replacement is verified and at the prior status.

use crate::execute::attempts::send_or;
use crate::execute::deletion::{Deletion, deletion};
use crate::execute::event::Phase;
use crate::execute::observed::{Seen, Side, Sight};
use crate::execute::step::{End, Step};
use crate::inventory::{Rest, Status};
use crate::journal::{Call, Note, Past, PriorStatus, Reason};
use crate::plan::{Item, Order, TransferKind};

/// Done; or, where the plan says so, the deletion of the source first. A source is kept, with a note, when
/// anything about it or its replacement is not certain.
pub(super) fn finish(
    item: &Item,
    (source, replacement): (&Sight, &Seen),
    not_reported: &[String],
    past: &Past,
) -> Step {
    let mut step = finished(item, (source, replacement), not_reported, past);
    if let Step::End(End::Done { notes, .. }) = &mut step {
        notes.extend(stopped_since(item, past));
        let moved = past.moved(TransferKind::Import);
        notes.extend(moved.map(|proof| Note::FilesMoved { bytes: proof.bytes, entries: proof.entries }));
    }
    step
}

/// What the operator must know of a source that somebody stopped between the plan and the run: nothing runs now.
fn stopped_since(item: &Item, past: &Past) -> Option<Note> {
    let ran = item.source.description.rest() == Rest::Running;
    (ran && past.prior_status == Some(PriorStatus::Stopped)).then_some(Note::SourceStoppedSincePlan)
}

fn finished(
    item: &Item,
    (source, replacement): (&Sight, &Seen),
    not_reported: &[String],
    past: &Past,
) -> Step {
    let not_compared = |source_kept| {
        let members = not_reported.to_vec();
        (!members.is_empty()).then_some(Note::NotCompared { members, source_kept })
    };
    if !item.delete_source {
        return done(false, not_compared(false).into_iter().chain(note_on_source(item, source)).collect());
    }
    let Sight::Present(source) = source else {
        let ours = past.may_have_happened(Call::DeleteSource);
        return done(true, (!ours).then_some(Note::SourceDeletedByOthers).into_iter().collect());
    };
    if let Some(note) = not_compared(true) {
        return done(false, vec![note]);
    }
    match deletion(item, source, replacement.description.creation_time, past) {
        Deletion::Allowed => send_or(Call::DeleteSource, past, |cause| kept(Reason::CallFailed { cause })),
        Deletion::UnderWay => Step::Wait(Side::Source, Phase::DeletingSource),
        Deletion::Forbidden(why) => kept(why),
    }
}

/// What the operator must know of a source that is kept but not stopped.
fn note_on_source(item: &Item, source: &Sight) -> Option<Note> {
    let Sight::Present(seen) = source else { return Some(Note::SourceDeletedInRun) };
    let status = seen.description.notebook_instance_status.clone();
    if item.order == Order::CreateOnly && seen.description.rest() == Rest::Running {
        return Some(Note::SourceLeftRunning);
    }
    (status != Status::Stopped).then_some(Note::SourceStartedInRun { status })
}

fn done(source_deleted: bool, notes: Vec<Note>) -> Step {
    Step::End(End::Done { source_deleted, notes })
}

fn kept(why: Reason) -> Step {
    done(false, vec![Note::SourceKept { why }])
}
