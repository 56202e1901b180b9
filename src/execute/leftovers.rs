//! Pure: before an item ends, the lifecycle configurations that moved its files are deleted; and what cannot be taken away is
//! said.

use crate::api_error::ApiErrorKind;
use crate::execute::attempts::given_up;
use crate::execute::observed::{Identity, Observed, Sight};
use crate::execute::situation::Situation;
use crate::execute::step::{End, Step};
use crate::execute::transfer_config::{config_name, creation, is_attached};
use crate::journal::{Call, CallState, Note, Past, Reason};
use crate::plan::{Item, TransferKind};

/// The step, unless it ends an item that a configuration of this run is left of: then the deletion of that comes first. One that
/// an instance still has is never deleted, or that would not start again.
pub(super) fn before_end(step: Step, situation: &Situation<'_, Item>) -> Step {
    let Situation { item, identity, observed, past, applied, .. } = *situation;
    let Step::End(mut end) = step else { return step };
    if item.moved_by_run().is_none() || matches!(end, End::Refused(_) | End::AlreadyDone) {
        return Step::End(end);
    }
    for transfer in [TransferKind::Export, TransferKind::Import] {
        if let Some(stays) = stays(item, identity, observed, (transfer, past)) {
            end = failed(end, stays);
        } else if may_be_there(transfer, past, applied) {
            match given_up(deletion(transfer), past) {
                None => return Step::Call(deletion(transfer)),
                Some(cause) => {
                    let config = config_name(&identity.run, &item.id, transfer);
                    end = noted(end, Reason::ConfigLeft { config, cause: Box::new(cause) });
                }
            }
        }
    }
    Step::End(end)
}

fn deletion(transfer: TransferKind) -> Call {
    match transfer {
        TransferKind::Export => Call::DeleteExportConfig,
        TransferKind::Import => Call::DeleteImportConfig,
    }
}

fn may_be_there(transfer: TransferKind, past: &Past, applied: &Past) -> bool {
    let made = [past, applied].iter().any(|past| past.may_have_happened(creation(transfer)));
    made && !is_deleted(transfer, past) && !is_deleted(transfer, applied)
}

fn is_deleted(transfer: TransferKind, past: &Past) -> bool {
    match past.call(deletion(transfer)) {
        CallState::Accepted { .. } => true,
        CallState::Rejected { error, .. } => error.kind == ApiErrorKind::NotFound,
        CallState::NotSent | CallState::InDoubt { .. } => false,
    }
}

/// That an instance still has the configuration.
fn stays(
    item: &Item,
    identity: &Identity,
    observed: &Observed,
    (transfer, past): (TransferKind, &Past),
) -> Option<Reason> {
    let (name, sight, calls) = match transfer {
        TransferKind::Export => (&item.id.name, &observed.source, [Call::StopExport, Call::DetachExport]),
        TransferKind::Import => (
            &item.request.notebook_instance_name,
            &observed.replacement,
            [Call::StopImport, Call::DetachImport],
        ),
    };
    let Sight::Present(seen) = sight else { return None };
    is_attached(item, identity, seen, transfer).then(|| Reason::ConfigStays {
        name: name.clone(),
        config: config_name(&identity.run, &item.id, transfer),
        cause: calls.into_iter().find_map(|call| given_up(call, past)).map(Box::new),
    })
}

/// The same end, which is none to be content with.
fn failed(end: End, why: Reason) -> End {
    match end {
        End::Failed(reason) => End::Failed(reason.then(why)),
        End::Done { .. }
        | End::RolledBack { .. }
        | End::Repaired { .. }
        | End::AlreadyDone
        | End::Refused(_) => End::Failed(why),
    }
}

/// The same end, and what is to be known of it.
fn noted(end: End, why: Reason) -> End {
    match end {
        End::Failed(reason) => End::Failed(reason.then(why)),
        End::Done { source_deleted, mut notes } => {
            notes.push(Note::Because { why });
            End::Done { source_deleted, notes }
        }
        End::RolledBack { replacement_deleted, mut notes } => {
            notes.push(Note::Because { why });
            End::RolledBack { replacement_deleted, notes }
        }
        same @ (End::Repaired { .. } | End::AlreadyDone | End::Refused(_)) => same,
    }
}
