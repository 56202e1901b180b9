//! Pure: what an update of a source asks for: its repair, the way back of that, or the platform without which it does not start.

use jiff::civil::Date;

use crate::facts::platforms;
use crate::inventory::Description;
use crate::plan::{AnyItem, RepairItem, UpdateRequest};

/// What an update of the source asks for that is described so now; nothing where there is nothing to change.
pub(super) fn request(
    item: AnyItem<'_>,
    now: &Description,
    (forward, today): (bool, Date),
) -> Option<UpdateRequest> {
    let request = match item {
        AnyItem::Replace(item) => UpdateRequest {
            platform_identifier: item.upgrade_source.clone(),
            ..UpdateRequest::of(&item.id.name)
        },
        AnyItem::Repair(item) if forward => item.request.clone(),
        AnyItem::Repair(item) => back(item, now, today),
    };
    (!request.is_empty()).then_some(request)
}

/// What gives a repaired instance back what it had. One that would not start on its platform is upgraded, as the repair would
/// have done.
pub(super) fn back(item: &RepairItem, now: &Description, today: Date) -> UpdateRequest {
    let ended = now.platform_identifier.as_deref().is_some_and(|it| !platforms::is_started(it, today));
    UpdateRequest {
        platform_identifier: item.request.platform_identifier.clone().filter(|_| ended),
        ..item.request.undone(&item.source.description, now)
    }
}
