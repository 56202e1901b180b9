//! Pure: what is to be done next to delete the source that an application kept, given what AWS reports now.
//!
//! | observed | leads to |
//! |---|---|
//! | the source is gone | already done |
//! | source or replacement busy | wait |
//! | anything about either that is not certain | refuse: nothing was changed |
//! | the replacement verifies again, the source is as planned, stopped, and untouched since | delete the source |

use crate::execute::attempts::send_or;
use crate::execute::deletion::{Deletion, deletion};
use crate::execute::event::Phase;
use crate::execute::observed::{Identity, Observed, Seen, Side, Sight};
use crate::execute::ours::{self, Replacement};
use crate::execute::step::{End, Step, refuse};
use crate::execute::verify::verify;
use crate::inventory::Rest;
use crate::journal::{Call, Note, Past, PriorStatus, Reason};
use crate::plan::Item;

/// Decides the next step for `item`; `past` is this cleanup's own, `applied` that of the application.
pub(super) fn cleanup(
    item: &Item,
    identity: &Identity,
    observed: &Observed,
    (past, applied): (&Past, &Past),
) -> Step {
    let begun = past.prior_status.is_some();
    let Sight::Present(source) = &observed.source else {
        return if begun { deleted(past) } else { Step::End(End::AlreadyDone) };
    };
    let checked = check_replacement(item, identity, observed)
        .and_then(|()| check_source(item, source, observed, applied));
    match checked {
        Ok(()) if !begun => Step::Begin(applied.prior_status.unwrap_or(PriorStatus::Stopped)),
        Ok(()) if past.verified.is_none() => Step::Verified { not_reported: Vec::new() },
        Ok(()) => send_or(Call::DeleteSource, past, |cause| not_deleted(Reason::CallFailed { cause })),
        Err(Doubt::Busy(side, phase)) => Step::Wait(side, phase),
        Err(Doubt::Not(why)) if begun => not_deleted(why),
        Err(Doubt::Not(why)) => refuse(why),
    }
}

fn not_deleted(why: Reason) -> Step {
    Step::End(End::Failed(Reason::SourceNotDeleted { why: Box::new(why) }))
}

fn deleted(past: &Past) -> Step {
    let ours = past.may_have_happened(Call::DeleteSource);
    let note = (!ours).then_some(Note::SourceDeletedByOthers);
    Step::End(End::Done { source_deleted: true, notes: note.into_iter().collect() })
}

/// Why a source must not be deleted now.
enum Doubt {
    /// An instance is on its way to another status.
    Busy(Side, Phase),
    /// It must not be deleted at all.
    Not(Reason),
}

fn not<T>(why: Reason) -> Result<T, Doubt> {
    Err(Doubt::Not(why))
}

/// The replacement must be ours, at rest, and in every member and tag what was requested.
fn check_replacement(item: &Item, identity: &Identity, observed: &Observed) -> Result<(), Doubt> {
    let name = item.request.notebook_instance_name.clone();
    let found = match ours::replacement(item, identity, &observed.replacement) {
        Replacement::Ours(found) => found,
        Replacement::Absent => return not(Reason::ReplacementGone { name }),
        Replacement::OfRun(run) => return not(Reason::MadeByRun { name, run }),
        Replacement::Untagged | Replacement::Strangers => return not(Reason::ReplacementNotOurs { name }),
    };
    match found.description.rest() {
        Rest::Running | Rest::Stopped => {}
        Rest::Failed | Rest::Deleting => {
            let status = found.description.notebook_instance_status.clone();
            return not(Reason::ReplacementNotAtRest { status });
        }
        Rest::Busy => return Err(Doubt::Busy(Side::Replacement, Phase::Verifying)),
    }
    let verification = verify(&item.request, &[], &found.description, &found.tags);
    if !verification.wrong.is_empty() {
        return not(Reason::NoLongerAsRequested { wrong: verification.wrong });
    }
    if !verification.not_reported.is_empty() {
        return not(Reason::NotVerified { members: verification.not_reported });
    }
    Ok(())
}

/// The source must be the planned one, stopped, and untouched since the application had done with it.
fn check_source(item: &Item, source: &Seen, observed: &Observed, applied: &Past) -> Result<(), Doubt> {
    let replaced = match &observed.replacement {
        Sight::Present(found) => found.description.creation_time,
        Sight::Absent => None,
    };
    match deletion(item, source, replaced, applied) {
        Deletion::Allowed => Ok(()),
        Deletion::UnderWay => Err(Doubt::Busy(Side::Source, Phase::DeletingSource)),
        Deletion::Forbidden(why) => not(why),
    }
}
