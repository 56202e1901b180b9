//! Pure: was a source replaced by an earlier run already? By default it still exists then.

use std::collections::BTreeMap;

use crate::ids::{InstanceName, Region};
use crate::inventory::{Description, Instance, Inventory, Status};
use crate::plan::{WithheldReason, provenance};
use crate::policy::NameTemplate;

/// What may be replacements of earlier runs, found once for all sources.
pub(super) struct Replacements<'a> {
    /// Those that say so, with their place in the inventory, by the ARN that they name in lower case.
    by_source: BTreeMap<String, Vec<(usize, &'a Instance)>>,
    /// Those of which not everything could be read, with their place.
    unreadable: Vec<(usize, &'a Instance)>,
}

impl<'a> Replacements<'a> {
    pub(super) fn of(inventory: &'a Inventory) -> Self {
        let mut found = Replacements { by_source: BTreeMap::new(), unreadable: Vec::new() };
        for (at, one) in inventory.instances.iter().enumerate() {
            if let Some(arn) = one.tags.as_ref().and_then(|tags| tags.get(provenance::SOURCE)) {
                found.by_source.entry(arn.to_ascii_lowercase()).or_default().push((at, one));
            }
            if !is_readable(one) {
                found.unreadable.push((at, one));
            }
        }
        found
    }

    /// A source that was replaced by an earlier run still exists, unless the operator deleted it. Its
    /// replacement is known by its provenance tag, and counts while it is itself sound and not older. One
    /// that could not be read may be the replacement: then it is not known whether one is needed.
    pub(super) fn refuse(&self, region: &Region, source: &Description) -> Result<(), WithheldReason> {
        let arn = source.notebook_instance_arn.as_str().to_ascii_lowercase();
        let named = self.by_source.get(&arn).into_iter().flatten();
        let mut others: Vec<_> =
            named.chain(&self.unreadable).filter(|(_, one)| one.id.region == *region).collect();
        others.sort_by_key(|(at, _)| *at);
        others.into_iter().try_for_each(|(_, other)| refuse(other, source))
    }
}

fn refuse(other: &Instance, source: &Description) -> Result<(), WithheldReason> {
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
    Ok(())
}

/// Whether it is known of this instance what it replaces, if anything.
fn is_readable(one: &Instance) -> bool {
    match &one.description {
        None => false,
        Some(found) => one.tags.is_some() || !is_sound(found),
    }
}

/// Whether this instance, of which not everything could be read, may be a replacement of `source`.
///
/// The name of every replacement holds its source's name, of which a template of up to
/// [`NameTemplate::MOST_ADDED`] characters and a number can cut off the end.
fn may_replace(other: &Instance, source: &Description) -> bool {
    let name = source.notebook_instance_name.as_str();
    let kept = InstanceName::MAX_LENGTH - NameTemplate::MOST_ADDED - "-1000".len();
    let stem = name.get(..kept).unwrap_or(name).trim_end_matches('-');
    !is_readable(other)
        && other.id.name != source.notebook_instance_name
        && other.id.name.as_str().contains(stem)
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
