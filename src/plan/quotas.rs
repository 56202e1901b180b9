//! Pure: what a plan needs of the quotas on notebook instances, and the concurrency that fits.
//!
//! A source and its replacement exist at the same time. Against the quota on all instances both count, whether they run
//! or not; against that on a type, those that run.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::Region;
use crate::inventory::{Companions, Instance, Inventory, Quotas, Rest, Status};
use crate::plan::{Item, Order, QuotaNeed};

/// What a region's items need.
struct PlacesNeeded {
    /// Those that stay for good.
    kept: u32,
    /// Those that come and go: so many of them at once as are in flight.
    passing: u32,
}

impl PlacesNeeded {
    fn at(&self, concurrency: u32) -> u32 {
        self.kept.saturating_add(self.passing.min(concurrency))
    }

    /// The highest concurrency up to `planned` that leaves no more than `room`.
    fn fits(&self, room: u32, planned: u32) -> u32 {
        match room.checked_sub(self.kept) {
            None => 0,
            Some(left) if self.passing <= left => planned,
            Some(left) => left.min(planned),
        }
    }
}

/// What the items need of each quota, by region: of all instances first, then of the types that they need more of.
pub(super) fn needs(
    items: &[Item],
    inventory: &Inventory,
    companions: &Companions,
    concurrency: u32,
) -> Vec<QuotaNeed> {
    let regions: BTreeSet<&Region> = items.iter().map(|item| &item.id.region).collect();
    let of_region = |region: &Region| {
        let here: Vec<&Item> = items.iter().filter(|item| item.id.region == *region).collect();
        let instances: Vec<&Instance> =
            inventory.instances.iter().filter(|one| one.id.region == *region).collect();
        let read = companions.quotas.get(region);
        let undescribed = instances.iter().filter(|one| one.description.is_none()).count();
        let mut needs = vec![row(region, None, (count(instances.len()), &in_all(&here)), read, concurrency)];
        needs.extend(by_type(&here).into_iter().map(|(kind, need)| {
            let running = instances.iter().filter(|one| runs_as(one, kind)).count();
            let row = row(region, Some(kind), (count(running), &need), read, concurrency);
            if undescribed == 0 {
                row
            } else {
                QuotaNeed { unread: Some(hidden(undescribed)), concurrency: None, ..row }
            }
        }));
        needs
    };
    regions.into_iter().flat_map(of_region).collect()
}

fn hidden(undescribed: usize) -> String {
    format!("{undescribed} could not be described, and may be of that type")
}

type Read<'a> = Option<&'a Result<Quotas, crate::api_error::ApiError>>;

fn row(
    region: &Region,
    kind: Option<&str>,
    (in_use, need): (u32, &PlacesNeeded),
    read: Read<'_>,
    concurrency: u32,
) -> QuotaNeed {
    let (quota, unread) = match read {
        Some(Ok(quotas)) => (kind.map_or(quotas.total, |kind| quotas.by_type.get(kind).copied()), None),
        Some(Err(error)) => (None, Some(error.to_string())),
        None => (None, None),
    };
    QuotaNeed {
        region: region.clone(),
        instance_type: kind.map(str::to_owned),
        quota,
        unread,
        in_use,
        needed: need.at(concurrency),
        concurrency: quota.map(|quota| need.fits(quota.saturating_sub(in_use), concurrency)),
    }
}

/// Every replacement is one more; a source that is deleted at the end of its item gives its place back.
fn in_all(items: &[&Item]) -> PlacesNeeded {
    let passing = count(items.iter().filter(|item| item.delete_source).count());
    PlacesNeeded { kept: count(items.len()).saturating_sub(passing), passing }
}

/// A source that runs is stopped before its replacement is made, or runs beside it: for a while, or for good. The
/// replacement of one that is stopped runs until it has been verified.
fn by_type<'a>(items: &[&'a Item]) -> BTreeMap<&'a str, PlacesNeeded> {
    let mut needs: BTreeMap<&str, PlacesNeeded> = BTreeMap::new();
    for item in items {
        let stopped = item.source.description.notebook_instance_status == Status::Stopped;
        let (kept, passing) = match item.order {
            Order::StopFirst => (0, u32::from(stopped)),
            Order::CreateFirst => (0, 1),
            Order::CreateOnly => (1, 0),
        };
        if kept + passing > 0 {
            let none = PlacesNeeded { kept: 0, passing: 0 };
            let need = needs.entry(&item.request.instance_type).or_insert(none);
            need.kept = need.kept.saturating_add(kept);
            need.passing = need.passing.saturating_add(passing);
        }
    }
    needs
}

/// Whether it runs, or will in a moment.
fn runs_as(instance: &Instance, kind: &str) -> bool {
    instance.description.as_ref().is_some_and(|found| {
        let running = match found.rest() {
            Rest::Running => true,
            // Only what is stopped can be changed.
            Rest::Busy => found.notebook_instance_status != Status::Updating,
            Rest::Stopped | Rest::Failed | Rest::Deleting => false,
        };
        running && found.instance_type.as_deref() == Some(kind)
    })
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_proposed_fits_and_nothing_higher_does(
            kept in 0_u32..20, passing in 0_u32..20, room in 0_u32..40, planned in 1_u32..16,
        ) {
            let need = PlacesNeeded { kept, passing };
            let slow = (1..=planned).rev().find(|concurrency| need.at(*concurrency) <= room).unwrap_or(0);
            prop_assert_eq!(need.fits(room, planned), slow);
        }
    }
}
