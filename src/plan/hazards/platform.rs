//! Pure: platforms that AWS no longer creates or supports, or that change.

use jiff::civil::Date;

use crate::facts::platforms;
use crate::plan::{Hazard, HazardKind};

use super::replacing::{Replacing, hazard};

pub(super) fn find(replacing: &Replacing<'_>) -> Vec<Hazard> {
    let Replacing { source, request, standards, today, .. } = *replacing;
    let mut hazards = Vec::new();
    let Some(after) = request.platform_identifier.as_deref() else { return hazards };
    if !platforms::is_created(after, today) {
        hazards.push(hazard(HazardKind::PlatformNotCreatable, [after]));
    } else if !standards.supported_platforms(today).contains(&after) {
        hazards.push(hazard(HazardKind::PlatformUnsupported, [after]));
    }
    let before = source.description.platform_identifier.as_deref();
    hazards.extend(before.and_then(|before| changes(before, after, today)));
    hazards
}

/// That the platform changes, where it does.
pub(super) fn changes(before: &str, after: &str, today: Date) -> Option<Hazard> {
    let gone = platforms::known(before).filter(|one| !one.is_created(today));
    let since = gone.and_then(|one| one.last_created).and_then(|last| last.tomorrow().ok());
    let since = since.map(|day| format!("AWS has created no {before} since {day}"));
    let change = format!("{before} -> {after}");
    (before != after).then(|| hazard(HazardKind::PlatformChanges, std::iter::once(change).chain(since)))
}
