//! Fans out over the regions; what cannot be read becomes a gap, never a failure and never a pass.

#[cfg(test)]
mod tests;

use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream;

use crate::api_error::ApiError;
use crate::ids::{InstanceName, ItemId, Region};
use crate::inventory::{Description, Gap, Instance, InstanceSource};

/// Describe and ListTags calls in flight per region. The rate limit is what protects the account;
/// this only bounds memory and open connections.
const IN_FLIGHT: usize = 16;

/// What was collected: the body of an [`crate::inventory::Inventory`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Collection {
    /// The instances, by region and name.
    pub instances: Vec<Instance>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
}

/// Reads every instance of the regions: the list to its end, one Describe each, and the tags of those that
/// `wants_tags` asks for.
///
/// An instance that is gone by the time it is described is left out: it no longer exists.
pub async fn collect(
    source: &impl InstanceSource,
    regions: &[Region],
    wants_tags: &(impl Fn(&Description) -> bool + Sync),
) -> Collection {
    let per_region = join_all(regions.iter().map(|region| collect_region(source, region, wants_tags))).await;
    let mut all = Collection::default();
    for region in per_region {
        all.instances.extend(region.instances);
        all.gaps.extend(region.gaps);
    }
    all.instances.sort_by(|a, b| a.id.cmp(&b.id));
    all.gaps.sort_by(|a, b| (&a.region, &a.instance).cmp(&(&b.region, &b.instance)));
    all
}

async fn collect_region(
    source: &impl InstanceSource,
    region: &Region,
    wants_tags: &(impl Fn(&Description) -> bool + Sync),
) -> Collection {
    let mut collected = Collection::default();
    let names = match source.list(region).await {
        Ok(summaries) => summaries.into_iter().map(|summary| summary.name),
        Err(error) => {
            collected.gaps.push(gap(region, None, error));
            return collected;
        }
    };
    let readings = names.map(|name| read(source, region, name, wants_tags));
    let mut readings = stream::iter(readings).buffer_unordered(IN_FLIGHT);
    while let Some((instance, gap)) = readings.next().await {
        collected.instances.extend(instance);
        collected.gaps.extend(gap);
    }
    collected
}

async fn read(
    source: &impl InstanceSource,
    region: &Region,
    name: InstanceName,
    wants_tags: &(impl Fn(&Description) -> bool + Sync),
) -> (Option<Instance>, Option<Gap>) {
    let id = ItemId { region: region.clone(), name: name.clone() };
    let description = match source.describe(region, &name).await {
        Ok(Some(description)) => description,
        Ok(None) => return (None, None),
        Err(error) => {
            let instance = Instance { id, description: None, tags: None };
            return (Some(instance), Some(gap(region, Some(name), error)));
        }
    };
    if !wants_tags(&description) {
        return (Some(Instance { id, description: Some(description), tags: None }), None);
    }
    let (tags, gap) = match source.tags(region, &description.notebook_instance_arn).await {
        Ok(tags) => (Some(tags), None),
        Err(error) => (None, Some(gap(region, Some(name), error))),
    };
    (Some(Instance { id, description: Some(description), tags }), gap)
}

fn gap(region: &Region, instance: Option<InstanceName>, error: ApiError) -> Gap {
    Gap { region: region.clone(), instance, error }
}
