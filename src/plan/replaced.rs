//! Pure: was a source replaced by an earlier run already? By default it still exists then.

use crate::ids::{InstanceName, Region};
use crate::inventory::{Description, Instance, Inventory, Status};
use crate::plan::{WithheldReason, provenance};
use crate::policy::NameTemplate;

/// A source that was replaced by an earlier run still exists, unless the operator deleted it. Its
/// replacement is known by its provenance tag, and counts while it is itself sound and not older. One
/// that could not be read may be the replacement: then it is not known whether one is needed.
pub(super) fn refuse(
    inventory: &Inventory,
    region: &Region,
    source: &Description,
) -> Result<(), WithheldReason> {
    let others = inventory.instances.iter().filter(|one| &one.id.region == region);
    for other in others {
        if let (Some(found), Some(tags)) = (&other.description, &other.tags)
            && provenance::replaces(tags, &source.notebook_instance_arn)
            && is_sound(found)
            && !is_older(found, source)
        {
            let source = source.notebook_instance_status.clone();
            return Err(WithheldReason::AlreadyReplaced { by: other.id.name.clone(), source });
        }
        if may_replace(other, source) {
            return Err(WithheldReason::MaybeReplaced { by: other.id.name.clone() });
        }
    }
    Ok(())
}

/// Whether this instance, of which not everything could be read, may be a replacement of `source`.
///
/// The name of every replacement holds its source's name, of which a template of up to
/// [`NameTemplate::MOST_ADDED`] characters and a number can cut off the end.
fn may_replace(other: &Instance, source: &Description) -> bool {
    let readable = match &other.description {
        None => false,
        Some(found) => other.tags.is_some() || !is_sound(found),
    };
    let name = source.notebook_instance_name.as_str();
    let kept = InstanceName::MAX_LENGTH - NameTemplate::MOST_ADDED - "-1000".len();
    let stem = name.get(..kept).unwrap_or(name).trim_end_matches('-');
    !readable && other.id.name != source.notebook_instance_name && other.id.name.as_str().contains(stem)
}

/// Whether it was certainly made before `source`: then it replaced an earlier instance of that name.
fn is_older(found: &Description, source: &Description) -> bool {
    found.creation_time.zip(source.creation_time).is_some_and(|(found, source)| found < source)
}

fn is_sound(found: &Description) -> bool {
    let alive = match found.notebook_instance_status {
        Status::Failed | Status::Deleting => false,
        Status::Pending
        | Status::InService
        | Status::Stopping
        | Status::Stopped
        | Status::Updating
        | Status::PendingMaintenance
        | Status::InMaintenance
        | Status::Other(_) => true,
    };
    alive && found.subnet_id.is_some() && found.direct_internet_access.as_deref() == Some("Disabled")
}
