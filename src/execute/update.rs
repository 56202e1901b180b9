//! Pure: what an update of a source asks for: its repair, the way back of that, or the platform without which it does not start.

use jiff::civil::Date;

use crate::facts::platforms;
use crate::inventory::Description;
use crate::plan::{AnyItem, RepairItem, UpdateRequest};

/// What an update is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aim {
    /// To repair.
    Forward,
    /// To give back what the repair has changed.
    Back,
    /// That the source starts again, after a failure.
    Start,
}

/// What an update of the source asks for that is described so now; nothing where there is nothing to change.
pub(super) fn request(
    item: AnyItem<'_>,
    now: &Description,
    (aim, today): (Aim, Date),
) -> Option<UpdateRequest> {
    let platform = |to: &Option<String>| UpdateRequest {
        platform_identifier: to.clone(),
        ..UpdateRequest::of(&item.id().name)
    };
    let request = match (item, aim) {
        (AnyItem::Replace(item), _) => platform(&item.upgrade_source),
        (AnyItem::Repair(item), Aim::Forward) => item.request.clone(),
        (AnyItem::Repair(item), Aim::Back) => back(item, now, today),
        (AnyItem::Repair(item), Aim::Start) => platform(&item.request.platform_identifier),
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
