//! Pure: how a run brings the files from the bucket to a replacement, and makes the replacement what was asked for.
//!
//! | imported | replacement has our configuration | replacement | leads to |
//! |---|---|---|---|
//! | no | no | `InService` | export first, where that is still to be done; make the configuration; stop the replacement |
//! | no | no | `Stopped` | the same, and then give it to the replacement |
//! | no | yes | `Stopped` | start the replacement |
//! | no | yes | `InService` | listen to its worker |
//! | yes | yes | `InService` | stop the replacement |
//! | yes | yes | `Stopped` | make it what was asked for |
//! | yes | no | either | go on with the item: verify it in full |
//!
//! Before all that it must be what was asked for at that moment, in every member and tag.

use crate::execute::attempts::send;
use crate::execute::exporting::export;
use crate::execute::observed::{Identity, Seen, Sight};
use crate::execute::step::Step;
use crate::execute::transfer_config::{create_request, importing_request, is_attached, make};
use crate::execute::verify::verify;
use crate::inventory::Rest;
use crate::journal::{Call, Past, PriorStatus, Reason, SourceRest};
use crate::plan::{CreateRequest, Item, TransferKind};

const IMPORT: TransferKind = TransferKind::Import;

/// The next step of a replacement at rest, until it has the files and what was asked for; `None` once that is so, or where no
/// files are moved by the run.
pub(super) fn import(
    item: &Item,
    identity: &Identity,
    (source, replacement): (&Sight, &Seen),
    (past, prior): (&Past, PriorStatus),
) -> Option<Step> {
    item.moved_by_run()?;
    let running = replacement.description.rest() == Rest::Running;
    let (imported, attached) =
        (past.moved(IMPORT).is_some(), is_attached(item, identity, replacement, IMPORT));
    if imported && !attached {
        return None;
    }
    let request = if attached {
        importing_request(item, identity)
    } else {
        // With what it was created with, its files were not there yet.
        create_request(item, identity, false)
    };
    if let Some(wrong) = wrong(item, identity, &request, replacement) {
        return Some(Step::Fail(Reason::NotAsRequested { wrong }));
    }
    Some(match (imported, attached, running) {
        (false, false, _) => return Some(before_import(item, identity, (source, running), (past, prior))),
        (false, true, false) => send(Call::StartImport, past),
        (false, true, true) => Step::AwaitFiles(IMPORT),
        (true, _, true) => send(Call::StopImport, past),
        (true, _, false) => send(Call::DetachImport, past),
    })
}

/// The replacement stands, and its files are not on their way yet.
fn before_import(
    item: &Item,
    identity: &Identity,
    (source, running): (&Sight, bool),
    (past, prior): (&Past, PriorStatus),
) -> Step {
    if let Some(step) = export_first(item, identity, source, (past, prior)) {
        return step;
    }
    make(IMPORT, past)
        .unwrap_or_else(|| send(if running { Call::StopForImport } else { Call::AttachImport }, past))
}

/// The export of a source that is stopped after its replacement was created; `None` once it was, and the source was seen at rest
/// after it. What becomes of the source then shows at the end.
fn export_first(
    item: &Item,
    identity: &Identity,
    source: &Sight,
    (past, prior): (&Past, PriorStatus),
) -> Option<Step> {
    let exported = past.moved(TransferKind::Export).is_some();
    let Sight::Present(source) = source else {
        let gone = !exported || past.rest == SourceRest::NotSeen;
        return gone.then_some(Step::Fail(Reason::SourceDeletedByOthers));
    };
    if (!exported || is_attached(item, identity, source, TransferKind::Export))
        && let Some(step) = export(item, identity, source, (past, prior))
    {
        return Some(step);
    }
    let at_rest = source.description.rest() == Rest::Stopped && past.rest == SourceRest::NotSeen;
    at_rest.then_some(Step::AtRest { last_modified: source.description.last_modified_time })
}

/// What of a replacement is not as was asked for, if anything is.
fn wrong(item: &Item, identity: &Identity, request: &CreateRequest, found: &Seen) -> Option<Vec<String>> {
    let wrong = verify(request, &identity.tags(item), &found.description, &found.tags).wrong;
    (!wrong.is_empty()).then_some(wrong)
}
