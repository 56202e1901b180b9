//! Pure: may a source be deleted now? The one guard of every deletion, by the application itself and by a cleanup.

use jiff::Timestamp;

use crate::execute::ours::drifted;
use crate::execute::step::Seen;
use crate::inventory::Rest;
use crate::journal::{Past, SourceRest};
use crate::plan::Item;

/// What may be done with a source whose replacement is verified.
pub(super) enum Deletion {
    /// It may be deleted.
    Allowed,
    /// It is being deleted.
    UnderWay,
    /// It must be kept, for this reason.
    Forbidden(String),
}

/// Whether the source may be deleted, whose replacement was created then; `applied` is what the application did with it.
///
/// It must be the one that was planned with, stopped, and nothing may have changed it since the run's own last call to it:
/// whoever started it since may have left work on its volume.
pub(super) fn deletion(item: &Item, source: &Seen, replaced: Option<Timestamp>, applied: &Past) -> Deletion {
    if let Some(drifts) = drifted(item, source) {
        return Deletion::Forbidden(format!("the source has drifted since the plan was made: {drifts}"));
    }
    match source.description.rest() {
        Rest::Stopped => match changed_since(source, replaced, applied) {
            None => Deletion::Allowed,
            Some(why) => Deletion::Forbidden(why),
        },
        Rest::Deleting => Deletion::UnderWay,
        Rest::Running | Rest::Busy | Rest::Failed => {
            let status = &source.description.notebook_instance_status;
            Deletion::Forbidden(format!("the source is {status}: someone has started it since"))
        }
    }
}

/// Why the source counts as changed since the run's own last call to it, if it does. All times are AWS's own, so that no
/// clock of ours can be wrong.
fn changed_since(source: &Seen, replaced: Option<Timestamp>, applied: &Past) -> Option<String> {
    let Some(modified) = source.description.last_modified_time else {
        return Some(NOT_REPORTED.to_owned());
    };
    match applied.rest {
        SourceRest::Seen(Some(at_rest)) if modified == at_rest => None,
        SourceRest::Seen(Some(at_rest)) => Some(format!(
            "the source was changed at {modified}, after the run had seen it at rest (last changed at {at_rest}): someone \
             has used it since"
        )),
        SourceRest::Seen(None) => Some(NOT_REPORTED.to_owned()),
        SourceRest::NotSeen | SourceRest::Missed => Some(
            "it is not certain that nobody used the source between the run's last call to it and its rest: the run was \
             interrupted, looked away, or saw it run"
                .to_owned(),
        ),
        SourceRest::Unrecorded => changed_after(replaced, modified),
    }
}

const NOT_REPORTED: &str =
    "AWS does not report when the source was last changed: whether someone has used it is not known";

/// The comparison of journals before format 4: a source that was started and stopped again may hold new work; its stop by
/// the application came before its replacement was created.
fn changed_after(created: Option<Timestamp>, modified: Timestamp) -> Option<String> {
    let Some(created) = created else { return Some(NOT_REPORTED.to_owned()) };
    (modified > created).then(|| {
        format!(
            "the source was changed at {modified}, after its replacement was created: someone has used it since"
        )
    })
}
