//! Pure: lifecycle scripts that need what the replacement does not have, or that could not be read.

use crate::api_error::Reading;
use crate::facts::platforms;
use crate::inventory::Description;
use crate::plan::{CreateRequest, Hazard, HazardKind};

use super::replacing::{Replacing, hazard};
use super::script_lines;

pub(super) fn find(replacing: &Replacing<'_>) -> Vec<Hazard> {
    let Replacing { region, source, request, companions, .. } = *replacing;
    let Some(name) = &request.lifecycle_config_name else { return Vec::new() };
    let found = match companions.scripts.get(&(region.clone(), name.clone())) {
        Some(Reading::Found(scripts)) => script_lines::read(scripts),
        Some(Reading::Missing) => return vec![hazard(HazardKind::ScriptMissing, [name])],
        Some(Reading::Unreadable(error)) => {
            return vec![hazard(HazardKind::ScriptUnknown, [format!("{name}: {error}")])];
        }
        None => return vec![hazard(HazardKind::ScriptUnknown, [format!("{name} was not read")])],
    };
    let of = |kind, lines: Vec<String>| {
        (!lines.is_empty()).then(|| hazard(kind, std::iter::once(name.clone()).chain(lines)))
    };
    let yum = if loses_yum(&source.description, request) { found.yum } else { Vec::new() };
    let kinds = [
        of(HazardKind::ScriptNeedsInternet, found.internet),
        of(HazardKind::ScriptUsesYum, yum),
        of(HazardKind::ScriptStopsInstance, found.stops),
    ];
    kinds.into_iter().flatten().collect()
}

/// Whether the source has `yum`, and its replacement's platform something else in its place.
fn loses_yum(source: &Description, request: &CreateRequest) -> bool {
    let manager = |name: &Option<String>| {
        name.as_deref().and_then(platforms::known).map(|platform| platform.package_manager)
    };
    let (before, after) = (manager(&source.platform_identifier), manager(&request.platform_identifier));
    before == Some("yum") && after.is_some_and(|after| after != "yum")
}
