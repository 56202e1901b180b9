//! Pure: how a run brings the files of a source into the bucket, and gives the source its own configuration back.
//!
//! | exported | source has our configuration | source | leads to |
//! |---|---|---|---|
//! | no | no | `InService` | make the configuration, then stop the source |
//! | no | no | `Stopped` | make the configuration, then give it to the source |
//! | no | yes | `Stopped` | start the source |
//! | no | yes | `InService` | listen to its worker |
//! | yes | yes | `InService` | stop the source; fail where somebody else has started or stopped it since |
//! | yes | yes | `Stopped` | give it its own configuration back |
//! | yes | no | `Stopped` | go on with the item |
//! | either | either | busy | wait |
//! | either | either | anything else | fail: the source gets back what it had |

use crate::execute::attempts::{again, given_up, send, stop_source};
use crate::execute::event::Phase;
use crate::execute::observed::{Identity, Seen, Side};
use crate::execute::ours::strayed;
use crate::execute::phases;
use crate::execute::step::{GivenUp, Step};
use crate::execute::transfer_config::{is_attached, make};
use crate::inventory::Rest;
use crate::journal::{Call, Past, PriorStatus, Reason};
use crate::plan::{Drift, Item, TransferKind};

const EXPORT: TransferKind = TransferKind::Export;

/// The next step until the files are in the bucket and the source is as it was, stopped; `None` once that is so.
pub(super) fn export(
    item: &Item,
    identity: &Identity,
    source: &Seen,
    (past, prior): (&Past, PriorStatus),
) -> Option<Step> {
    let (exported, attached) = (past.moved(EXPORT).is_some(), is_attached(item, identity, source, EXPORT));
    let rest = source.description.rest();
    if let Some(drift) = changed_by_others(item, source, past, attached) {
        return Some(Step::Fail(Reason::SourceDriftedInRun { drift }));
    }
    Some(match (exported, attached, rest) {
        (_, _, Rest::Busy) => Step::Wait(Side::Source, phase(past)),
        (_, _, Rest::Deleting) => Step::Fail(Reason::SourceBeingDeletedByOthers),
        (_, false, Rest::Failed) => Step::Fail(Reason::SourceBecameFailed),
        (false, false, Rest::Running) if prior == PriorStatus::Stopped => {
            Step::Fail(Reason::SourceStartedInRun)
        }
        (false, false, Rest::Running) => make(EXPORT, past).unwrap_or_else(|| stop_source(past)),
        (false, false, Rest::Stopped) => make(EXPORT, past).unwrap_or_else(|| send(Call::AttachExport, past)),
        (false, true, Rest::Stopped) => send(Call::StartExport, past),
        (false, true, Rest::Running) => Step::AwaitFiles(EXPORT),
        (_, true, Rest::Failed) => again(Call::StartExport, past, source, |cause| {
            GivenUp::Fail(Reason::SourceFailedToStart { cause })
        }),
        (true, true, Rest::Running | Rest::Stopped) if past.ran_on_after_export => {
            let found = "the source ran on after it, and nobody was there to stop it".to_owned();
            Step::Fail(Reason::FilesNotMoved { transfer: EXPORT, found })
        }
        (true, true, Rest::Running | Rest::Stopped) if restarted_since(source, past) => {
            let found = "the source was stopped or started after it, and not by this run".to_owned();
            Step::Fail(Reason::FilesNotMoved { transfer: EXPORT, found })
        }
        (true, true, Rest::Running) => send(Call::StopExport, past),
        (true, true, Rest::Stopped) => send(Call::DetachExport, past),
        (true, false, Rest::Running) => Step::Fail(Reason::SourceStartedInRun),
        (true, false, Rest::Stopped) => return None,
    })
}

/// Whether somebody else may have had the source between the proof of its export and the run's own stop: a start makes even a
/// volume writable again that was read-only.
fn restarted_since(source: &Seen, past: &Past) -> bool {
    let Some(proof) = past.moved(EXPORT) else { return false };
    let ours = source.description.rest() == Rest::Stopped && past.may_have_happened(Call::StopExport);
    !ours && source.description.last_modified_time != proof.source_modified
}

/// How the source differs from what was planned with, but for what this run has given it.
fn changed_by_others(item: &Item, source: &Seen, past: &Past, attached: bool) -> Option<Vec<Drift>> {
    let mut drifts = strayed(item, source, past)?;
    drifts.retain(|one| !(attached && one.member == "NotebookInstanceLifecycleConfigName"));
    (!drifts.is_empty()).then_some(drifts)
}

fn phase(past: &Past) -> Phase {
    let calls = [Call::DetachExport, Call::StopExport, Call::StartExport, Call::AttachExport];
    phases::latest(past, calls, Call::StopSource)
}

/// What gives the source back its own configuration; `None` where it has it, or where that cannot be done.
///
/// `out` is what follows where a source does not start that has to be stopped for it.
pub(super) fn put_back(
    item: &Item,
    identity: &Identity,
    source: &Seen,
    (past, prior): (&Past, PriorStatus),
    out: impl FnOnce(Reason) -> GivenUp,
) -> Option<Step> {
    let impossible = given_up(Call::DetachExport, past).or(given_up(Call::StopExport, past)).is_some();
    if item.moved_by_run().is_none() || impossible || !is_attached(item, identity, source, EXPORT) {
        return None;
    }
    match source.description.rest() {
        Rest::Busy => Some(Step::Wait(Side::Source, Phase::RestoringSource)),
        Rest::Running => Some(send(Call::StopExport, past)),
        Rest::Stopped => Some(send(Call::DetachExport, past)),
        // Whether AWS updates one that has failed is not known. Who brings it back starts it; what was stopped, this does.
        Rest::Failed if prior == PriorStatus::Stopped => {
            Some(again(Call::StartExport, past, source, |cause| out(Reason::SourceFailedToStart { cause })))
        }
        Rest::Failed | Rest::Deleting => None,
    }
}
