//! Which items are driven when: those that were begun, then a first wave, and the rest once that is done; a bounded
//! number at a time in each region.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use futures_util::{StreamExt, stream};

use crate::execute::cloud::Cloud;
use crate::execute::driver::Driver;
use crate::execute::event::ItemResult;
use crate::execute::region::RegionContext;
use crate::execute::shared::Shared;
use crate::ids::{ItemId, Region};
use crate::journal::{Outcome, Past};
use crate::plan::{AnyItem, Item};

/// The order of a run's items.
pub(super) struct Schedule<'a, C> {
    pub(super) shared: &'a Shared<'a, C>,
    pub(super) regions: &'a BTreeMap<&'a Region, RegionContext<'a, C>>,
    /// What an interrupted run had done already.
    pub(super) past: &'a BTreeMap<ItemId, Past>,
}

impl<C: Cloud> Schedule<'_, C> {
    /// Takes every item as far as it gets.
    pub(super) async fn run(&self, items: &[AnyItem<'_>]) -> BTreeMap<ItemId, ItemResult> {
        // What an interrupted run had begun comes first, and is always taken to its end.
        let (begun, open): (Vec<AnyItem<'_>>, Vec<AnyItem<'_>>) =
            items.iter().copied().partition(|item| self.past.contains_key(item.id()));
        if !open.is_empty() {
            self.count_quota_room(&begun).await;
        }
        let canary = self.shared.canary();
        if canary == 0 || open.is_empty() {
            return self.drive(&[begun, open].concat()).await;
        }
        self.shared.halting.set_first_wave(true);
        let mut result = self.drive(&begun).await;
        let mut open = open.into_iter();
        // Who was refused, or has failed in an earlier process, has shown nothing: the next one goes in its place.
        while let missing @ 1.. = canary.saturating_sub(done(&result)) {
            let wave: Vec<AnyItem<'_>> = open.by_ref().take(missing).collect();
            if wave.is_empty() {
                return result;
            }
            result.extend(self.drive(&wave).await);
        }
        self.shared.halting.set_first_wave(false);
        result.extend(self.drive(&open.collect::<Vec<_>>()).await);
        result
    }

    /// Looks how much room there is in each region. Nothing but an application needs any.
    async fn count_quota_room(&self, begun: &[AnyItem<'_>]) {
        if !self.shared.conduct.is_application {
            return;
        }
        let regions = self.regions.iter().map(async |(region, context)| {
            let under_way = |item: &&Item| item.id.region == **region && self.is_under_way(item);
            let begun: Vec<&Item> =
                begun.iter().filter_map(|item| item.replaced()).filter(under_way).collect();
            if let Some(listing) = context.quota_room.count((self.shared.cloud, region), &begun).await {
                context.poller.learn_pages(listing.pages());
            }
        });
        join_all(regions).await;
    }

    fn is_under_way(&self, item: &Item) -> bool {
        self.past.get(&item.id).is_some_and(|past| past.prior_status.is_some() && past.outcome.is_none())
    }

    /// Drives these items, as many at a time in each region as the plan allows.
    async fn drive(&self, items: &[AnyItem<'_>]) -> BTreeMap<ItemId, ItemResult> {
        let in_flight = usize::try_from(self.shared.plan.limits.concurrency).unwrap_or(usize::MAX);
        let regions = self.regions.iter().map(|(region, context)| {
            let here = items.iter().filter(|item| item.id().region == **region);
            let drives: Vec<_> = here.map(|item| self.drive_one(context, *item)).collect();
            stream::iter(drives).buffer_unordered(in_flight).collect::<Vec<_>>()
        });
        join_all(regions).await.into_iter().flatten().collect()
    }

    async fn drive_one(&self, context: &RegionContext<'_, C>, item: AnyItem<'_>) -> (ItemId, ItemResult) {
        let (shared, id) = (self.shared, item.id().clone());
        let past = self.past.get(&id).cloned();
        let past = past.unwrap_or_else(|| Past::in_format(shared.journal.format()));
        if let Some(outcome) = past.outcome {
            return (id, ItemResult::Ended { outcome });
        }
        // An item that an interrupted run had begun is always taken to its end; where the run is to stop before it comes
        // to that, it is unfinished all the same.
        let begun = past.prior_status.is_some();
        let no_more =
            || shared.halting.begins_no_more(shared.clock.now()) || context.quota_room.are_used_up();
        if !begun && (shared.stop.requested().is_some() || no_more()) {
            return (id, ItemResult::NotStarted);
        }
        let driver = Driver::new((shared, context), item, past);
        let result = match shared.refusal(&id) {
            Some(reason) if !begun => driver.refuse(reason.clone()).await,
            Some(_) | None => driver.drive().await,
        };
        context.quota_room.ended(&id, &result);
        shared.halting.count(&result);
        (id, result)
    }
}

fn done(result: &BTreeMap<ItemId, ItemResult>) -> usize {
    let done = |result: &&ItemResult| {
        matches!(
            result,
            ItemResult::Ended {
                outcome: Outcome::Done { .. } | Outcome::Repaired { .. } | Outcome::AlreadyDone { .. }
            }
        )
    };
    result.values().filter(done).count()
}
