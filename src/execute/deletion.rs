//! Pure: may a source be deleted now? The one guard of every deletion, by the application itself and by a cleanup.

use jiff::Timestamp;

use crate::execute::observed::Seen;
use crate::execute::ours::strayed;
use crate::inventory::Rest;
use crate::journal::{Past, Reason, SourceRest};
use crate::plan::{Item, TransferKind};

/// What may be done with a source whose replacement is verified.
pub(super) enum Deletion {
    /// It may be deleted.
    Allowed,
    /// It is being deleted.
    UnderWay,
    /// It must be kept, for this reason.
    Forbidden(Reason),
}

/// Whether the source may be deleted, whose replacement was created then; `applied` is what the application did with it.
///
/// It must be the one that was planned with, stopped, and nothing may have changed it since the run's own last call to it:
/// whoever started it since may have left work on its volume.
pub(super) fn deletion(item: &Item, source: &Seen, replaced: Option<Timestamp>, applied: &Past) -> Deletion {
    if item.moved_by_run().is_some() && applied.moved(TransferKind::Import).is_none() {
        return Deletion::Forbidden(Reason::DataNotImported { found: "no import was proven".to_owned() });
    }
    // Until it was stopped, its users may have written what is in no export.
    if applied.moved(TransferKind::Export).is_some_and(|proof| !proof.quiet) {
        return Deletion::Forbidden(Reason::SourceMayHaveBeenUsed);
    }
    if let Some(drift) = strayed(item, source, applied) {
        return Deletion::Forbidden(Reason::SourceDrifted { drift });
    }
    match source.description.rest() {
        Rest::Stopped => match changed_since(item, source, replaced, applied) {
            None => Deletion::Allowed,
            Some(why) => Deletion::Forbidden(why),
        },
        Rest::Deleting => Deletion::UnderWay,
        Rest::Running | Rest::Busy | Rest::Failed => {
            let status = source.description.notebook_instance_status.clone();
            Deletion::Forbidden(Reason::SourceInUse { status })
        }
    }
}

/// Why the source counts as changed since the run's own last call to it, if it does. All times are AWS's own, so that no
/// clock of ours can be wrong.
fn changed_since(item: &Item, source: &Seen, replaced: Option<Timestamp>, applied: &Past) -> Option<Reason> {
    let Some(modified) = source.description.last_modified_time else {
        return Some(Reason::ChangeNotReported);
    };
    // That the time moves when an instance is started or stopped is written nowhere: the run's own stop must have moved it.
    let planned = item.source.description.last_modified_time.filter(|_| applied.has_stopped_source());
    match applied.rest {
        SourceRest::Seen(Some(at_rest)) if planned.is_some_and(|planned| planned >= at_rest) => {
            Some(Reason::ChangeNotReported)
        }
        SourceRest::Seen(Some(at_rest)) if modified == at_rest => None,
        SourceRest::Seen(Some(at_rest)) => Some(Reason::SourceChanged { modified, at_rest: Some(at_rest) }),
        SourceRest::Seen(None) => Some(Reason::ChangeNotReported),
        SourceRest::NotSeen | SourceRest::Missed => Some(Reason::SourceMayHaveBeenUsed),
        SourceRest::Unrecorded => changed_after(replaced, modified),
    }
}

/// The comparison of journals before format 4: a source that was started and stopped again may hold new work; its stop by
/// the application came before its replacement was created.
fn changed_after(created: Option<Timestamp>, modified: Timestamp) -> Option<Reason> {
    let Some(created) = created else { return Some(Reason::ChangeNotReported) };
    (modified > created).then_some(Reason::SourceChanged { modified, at_rest: None })
}
