//! Pure: a source that may never start again once it is stopped, or not be started to export its files: for its platform or
//! for its own key.

use jiff::civil::Date;

use crate::facts::platforms;
use crate::ids::Region;
use crate::inventory::{Companions, Description, Status};
use crate::plan::kms_keys::{self, Known};
use crate::plan::{Hazard, HazardKind, Order, Unmovable, WithheldReason};
use crate::policy;

use super::replacing::{Replacing, hazard};

/// What comes first of an instance: its stop, or its replacement.
///
/// # Errors
/// When it would have to be stopped first, may not start again, and the policy does not accept that.
pub(in crate::plan) fn order(
    (region, source): (&Region, &Description),
    settings: &policy::Settings,
    companions: &Companions,
    today: Date,
) -> Result<Order, WithheldReason> {
    if !is_running(source) {
        return Ok(Order::StopFirst);
    }
    let one_way = one_way((region, source), settings, companions, today);
    match (settings.order, one_way) {
        (policy::Order::StopFirst, Some(why)) if !settings.allow_one_way => Err(why),
        (policy::Order::StopFirst, _) | (policy::Order::Auto, None) => Ok(Order::StopFirst),
        (_, Some(_)) if !settings.allow_one_way => Ok(Order::CreateOnly),
        (policy::Order::CreateFirst, _) | (policy::Order::Auto, Some(_)) => Ok(Order::CreateFirst),
    }
}

/// The order once more, by the hazards that were found: where the policy leaves the choice, a create that there is reason to
/// doubt comes before the stop. If it fails, the source was never touched.
pub(in crate::plan) fn order_by_doubt(
    order: Order,
    (source, settings): (&Description, &policy::Settings),
    hazards: &[Hazard],
) -> Order {
    let doubted = [HazardKind::TypeNotInZone, HazardKind::TypeRetired];
    let doubt = hazards.iter().any(|hazard| doubted.contains(&hazard.kind));
    let is_open = settings.order == policy::Order::Auto && order == Order::StopFirst && is_running(source);
    if doubt && is_open { Order::CreateFirst } else { order }
}

/// Why a running instance may not start again once it is stopped.
fn one_way(
    (region, source): (&Region, &Description),
    settings: &policy::Settings,
    companions: &Companions,
    today: Date,
) -> Option<WithheldReason> {
    if let Some(platform) = platform(source, today).filter(|it| upgrade(it, settings).is_none()) {
        return Some(WithheldReason::OneWayPlatform { platform: platform.to_owned() });
    }
    // Without a key of the policy's the replacement has the source's own, and could not be made with it either.
    match own_key(region, source, companions) {
        Some(Known::Unusable(found)) if settings.kms_key.is_some() => {
            Some(WithheldReason::SourceKeyUnusable { found })
        }
        Some(Known::Usable | Known::Unusable(_) | Known::Unread(_)) | None => None,
    }
}

/// Why a source could not be started to export its files, also one that is stopped, as far as that is certain.
pub(in crate::plan) fn unstartable(
    (region, source): (&Region, &Description),
    settings: &policy::Settings,
    companions: &Companions,
    today: Date,
) -> Option<Unmovable> {
    let ended = source.platform_identifier.as_deref().filter(|it| !platforms::is_started(it, today));
    if let Some(platform) = ended.filter(|it| upgrade(it, settings).is_none()) {
        return Some(Unmovable::SourceNotStarted { platform: platform.to_owned() });
    }
    match own_key(region, source, companions)? {
        Known::Unusable(found) => Some(Unmovable::SourceKeyUnusable { found }),
        Known::Usable | Known::Unread(_) => None,
    }
}

/// The platform that an instance on this one is upgraded to when it must be started, where AWS has such a way and the policy
/// consents.
fn upgrade(platform: &str, settings: &policy::Settings) -> Option<String> {
    platforms::known(platform).and_then(|one| one.upgraded_to)?;
    settings.upgrade_source.clone()
}

/// The platform that a source is upgraded to when it must be started; `None` where it is never started, too.
pub(in crate::plan) fn upgrade_of(
    source: &Description,
    settings: &policy::Settings,
    moved_by_run: bool,
) -> Option<String> {
    let starts_again = moved_by_run || is_running(source);
    let platform = source.platform_identifier.as_deref().filter(|_| starts_again)?;
    upgrade(platform, settings)
}

/// The platform of a running instance that may not start again once it is stopped.
fn platform(source: &Description, today: Date) -> Option<&str> {
    let platform = source.platform_identifier.as_deref()?;
    (is_running(source) && !platforms::is_started(platform, today)).then_some(platform)
}

/// What is known of the own key of an instance, which it needs to start again.
fn own_key(region: &Region, source: &Description, companions: &Companions) -> Option<Known> {
    source.kms_key_id.as_ref().map(|own| kms_keys::known(companions, region, own))
}

fn is_running(source: &Description) -> bool {
    source.notebook_instance_status == Status::InService
}

/// What the policy accepts of that.
pub(super) fn find(replacing: &Replacing<'_>) -> Vec<Hazard> {
    let Replacing { region, source, request, companions, today, moved_by_run, .. } = *replacing;
    let source = &source.description;
    let starts_again = moved_by_run || is_running(source);
    let upgraded = replacing.upgrade.is_some();
    let platform = platform(source, today)
        .filter(|_| !upgraded)
        .map(|platform| hazard(HazardKind::OneWayPlatform, [platform]));
    // Where the replacement has the same key, the hazards of that key say it.
    let matters = starts_again && source.kms_key_id != request.kms_key_id;
    let key = matters.then(|| own_key(region, source, companions)).flatten().and_then(|known| match known {
        Known::Usable => None,
        Known::Unusable(found) => Some(hazard(HazardKind::SourceKeyUnusable, [found])),
        Known::Unread(why) => Some(hazard(HazardKind::KeyUnknown, [format!("the source's own: {why}")])),
    });
    platform.into_iter().chain(key).collect()
}
