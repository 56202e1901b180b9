//! Pure: a source that may never start again once it is stopped, for its platform or for its own key.

use jiff::civil::Date;

use crate::facts::platforms;
use crate::ids::Region;
use crate::inventory::{Companions, Description, Status};
use crate::plan::kms_keys::{self, Known};
use crate::plan::{Hazard, HazardKind, WithheldReason};
use crate::policy;

use super::replacing::{Replacing, hazard};

/// Refuses an instance that may not start again once it is stopped, unless the policy accepts that.
///
/// # Errors
/// When it would have to be stopped.
pub(in crate::plan) fn refuse(
    (region, source): (&Region, &Description),
    settings: &policy::Settings,
    companions: &Companions,
    today: Date,
) -> Result<(), WithheldReason> {
    if settings.allow_one_way {
        return Ok(());
    }
    if let Some(platform) = platform(source, today) {
        return Err(WithheldReason::OneWayPlatform { platform: platform.to_owned() });
    }
    // Without a key of the policy's the replacement has the source's own, and could not be made with it either.
    match own_key(region, source, companions) {
        Some(Known::Unusable(found)) if settings.kms_key.is_some() => {
            Err(WithheldReason::SourceKeyUnusable { found })
        }
        Some(Known::Usable | Known::Unusable(_) | Known::Unread(_)) | None => Ok(()),
    }
}

/// The platform of a running instance that may not start again once it is stopped.
fn platform(source: &Description, today: Date) -> Option<&str> {
    let platform = source.platform_identifier.as_deref()?;
    (is_running(source) && !platforms::is_started(platform, today)).then_some(platform)
}

/// What is known of the own key of a running instance, which it needs to start again.
fn own_key(region: &Region, source: &Description, companions: &Companions) -> Option<Known> {
    let own = source.kms_key_id.as_ref().filter(|_| is_running(source))?;
    Some(kms_keys::known(companions, region, own))
}

fn is_running(source: &Description) -> bool {
    source.notebook_instance_status == Status::InService
}

/// What the policy accepts of that.
pub(super) fn find(replacing: &Replacing<'_>) -> Vec<Hazard> {
    let Replacing { region, source, request, companions, today, .. } = *replacing;
    let source = &source.description;
    let platform = platform(source, today).map(|platform| hazard(HazardKind::OneWayPlatform, [platform]));
    // Where the replacement has the same key, the hazards of that key say it.
    let other_key = source.kms_key_id != request.kms_key_id;
    let key =
        other_key.then(|| own_key(region, source, companions)).flatten().and_then(|known| match known {
            Known::Usable => None,
            Known::Unusable(found) => Some(hazard(HazardKind::SourceKeyUnusable, [found])),
            Known::Unread(why) => Some(hazard(HazardKind::KeyUnknown, [format!("the source's own: {why}")])),
        });
    platform.into_iter().chain(key).collect()
}
