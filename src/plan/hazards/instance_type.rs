//! Pure: instance types that the platform or AWS no longer has, or that take no key; accelerators.

use jiff::civil::Date;

use crate::facts::instance_types::{FamilyKind, special};
use crate::facts::platforms::{self, Platform};
use crate::network;
use crate::plan::{CreateRequest, Hazard, HazardKind};

use super::replacing::{Replacing, hazard};

pub(super) fn find(replacing: &Replacing<'_>) -> Vec<Hazard> {
    let Replacing { source, request, today, .. } = *replacing;
    let kind = request.instance_type.as_str();
    let after = platform_after(request, today).filter(|platform| !platform.runs_on(kind));
    let not_there = after.map(|platform| {
        hazard(HazardKind::TypeNotOnPlatform, [format!("{} does not run on {kind}", platform.name)])
    });
    let special = special(kind);
    let elsewhere = not_in_zone(replacing).map(|found| hazard(HazardKind::TypeNotInZone, [found]));
    let with_key = request.kms_key_id.is_some() && special == FamilyKind::LocalStorage;
    let retired = (special == FamilyKind::Retired).then(|| hazard(HazardKind::TypeRetired, [kind]));
    let with_key =
        with_key.then(|| hazard(HazardKind::LocalStorageWithKey, [format!("a KMS key and the type {kind}")]));
    let accelerators = &source.description.accelerator_types;
    let dropped =
        (!accelerators.is_empty()).then(|| hazard(HazardKind::AcceleratorsDropped, accelerators.clone()));
    [not_there, retired, elsewhere, with_key, dropped].into_iter().flatten().collect()
}

/// Where EC2 lists the type in other zones than that of the subnet. A type that it lists nowhere goes by another name there.
fn not_in_zone(replacing: &Replacing<'_>) -> Option<String> {
    let Replacing { region, request, facts, place, .. } = *replacing;
    let kind = network::ec2_type(&request.instance_type)?;
    let zones = facts.offerings.get(region)?.as_ref().ok()?.get(kind)?;
    let zone = &facts.subnet(region, place.subnet)?.availability_zone;
    let listed: Vec<&str> = zones.iter().map(String::as_str).collect();
    (!zones.contains(zone)).then(|| format!("EC2 has {kind} in {}, not in {zone}", listed.join(", ")))
}

/// The platform that a replacement has in the end: AWS's own choice where none is asked for.
fn platform_after(request: &CreateRequest, today: Date) -> Option<&'static Platform> {
    platforms::known(request.platform_identifier.as_deref().or_else(|| platforms::default_on(today))?)
}
