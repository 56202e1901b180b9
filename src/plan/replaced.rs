//! Pure: was a source replaced by an earlier run already? By default it still exists then.

use std::collections::BTreeMap;

use crate::ids::{InstanceName, Region};
use crate::inventory::{Description, Instance, Inventory, Status};
use crate::plan::{WithheldReason, provenance};
use crate::policy::NameTemplate;

/// The instances that may be replacements, found once for all sources.
pub(super) struct Replacements<'a> {
    /// Those whose tag names a source, by region and its ARN in lower case: SageMaker answers some ARNs so.
    by_source: BTreeMap<(&'a Region, String), Vec<&'a Instance>>,
    /// Those of which not everything could be read.
    unread: Vec<&'a Instance>,
}

impl<'a> Replacements<'a> {
    pub(super) fn among(inventory: &'a Inventory) -> Self {
        let mut found = Self { by_source: BTreeMap::new(), unread: Vec::new() };
        for one in &inventory.instances {
            let source = one.tags.as_ref().and_then(|tags| tags.get(provenance::SOURCE));
            if let Some(source) = source {
                let key = (&one.id.region, source.to_ascii_lowercase());
                found.by_source.entry(key).or_default().push(one);
            }
            if !is_readable(one) {
                found.unread.push(one);
            }
        }
        found
    }

    /// A source that was replaced by an earlier run still exists, unless the operator deleted it. Its
    /// replacement is known by its provenance tag, and counts while it is itself sound and not older. One
    /// that could not be read may be the replacement: then it is not known whether one is needed.
    ///
    /// # Errors
    /// Why it is not replaced once more.
    pub(super) fn refuse(&self, region: &'a Region, source: &Description) -> Result<(), WithheldReason> {
        let key = (region, source.notebook_instance_arn.as_str().to_ascii_lowercase());
        for other in self.by_source.get(&key).into_iter().flatten() {
            if let (Some(found), Some(tags)) = (&other.description, &other.tags)
                && provenance::replaces(tags, &source.notebook_instance_arn)
                && is_sound(found)
                && !is_older(found, source)
            {
                let source = source.notebook_instance_status.clone();
                return Err(WithheldReason::AlreadyReplaced { by: other.id.name.clone(), source });
            }
        }
        let mut unread = self.unread.iter().filter(|other| other.id.region == *region);
        match unread.find(|other| may_replace(other, source)) {
            Some(other) => Err(WithheldReason::MaybeReplaced { by: other.id.name.clone() }),
            None => Ok(()),
        }
    }
}

/// Whether enough of an instance could be read to tell whether it replaces another.
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
    other.id.name != source.notebook_instance_name && other.id.name.as_str().contains(stem)
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
