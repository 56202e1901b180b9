//! Pure: the last steps of an item whose replacement is verified and at the prior status.

use crate::execute::deletion::{Deletion, deletion};
use crate::execute::event::Phase;
use crate::execute::send::send_or;
use crate::execute::step::{End, Party, Seen, Sight, Step};
use crate::inventory::Status;
use crate::journal::{Call, Past};
use crate::plan::Item;

/// Done; or, where the plan says so, the deletion of the source first. A source is kept, with a note, when
/// anything about it or its replacement is not certain.
pub(super) fn finish(
    item: &Item,
    (source, replacement): (&Sight, &Seen),
    not_reported: &[String],
    past: &Past,
) -> Step {
    if !item.delete_source {
        let notes = note_on(not_reported, "").into_iter().chain(note_on_source(source)).collect();
        return done(false, notes);
    }
    let Sight::Present(source) = source else {
        let ours = past.may_have_happened(Call::DeleteSource);
        let note = (!ours).then(|| "the source was deleted by someone else".to_owned());
        return done(true, note.into_iter().collect());
    };
    if !not_reported.is_empty() {
        return done(false, note_on(not_reported, ", so the source was not deleted"));
    }
    match deletion(item, source, replacement.description.creation_time, past) {
        Deletion::Allowed => send_or(Call::DeleteSource, past, |reason| kept(&reason)),
        Deletion::UnderWay => Step::Wait(Party::Source, Phase::DeletingSource),
        Deletion::Forbidden(why) => kept(&why),
    }
}

/// What the operator must know of a source that is kept but not stopped.
fn note_on_source(source: &Sight) -> Option<String> {
    match source {
        Sight::Absent => Some("the source was deleted by someone else during the run".to_owned()),
        Sight::Present(seen) => {
            let status = &seen.description.notebook_instance_status;
            let stopped = *status == Status::Stopped;
            (!stopped).then(|| format!("the source is {status}: someone has started it during the run"))
        }
    }
}

fn done(source_deleted: bool, notes: Vec<String>) -> Step {
    Step::End(End::Done { source_deleted, notes })
}

fn kept(why: &str) -> Step {
    done(false, vec![format!("the source was not deleted: {why}")])
}

fn note_on(not_reported: &[String], consequence: &str) -> Vec<String> {
    if not_reported.is_empty() {
        return Vec::new();
    }
    vec![format!(
        "could not be compared, because AWS does not report it of both instances: {}{consequence}",
        not_reported.join(", ")
    )]
}
