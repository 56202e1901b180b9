//! Asks what items depend on: each thing once for all of them in a while, however many are at work.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::{Clock, elapsed};
use crate::execute::cloud::Cloud;
use crate::execute::dependency::{Dependency, Standing};
use crate::ids::{ItemId, Region};

/// How long an answer holds: about as long as an item takes, so that each wave asks for itself.
pub(super) const HOLDS: Duration = Duration::from_secs(600);

/// Roles are the same in every region.
type Spot = (Option<Region>, Dependency);

/// What was answered, when it was asked, and how many of its places are given away that it does not know of. An answer that
/// did not come is kept, too: what is denied now is denied a minute later.
struct Kept {
    asked: Timestamp,
    told: Option<Standing>,
    given: u32,
}

impl Kept {
    fn holds(&self, now: Timestamp) -> bool {
        let places = self.told.as_ref().and_then(Standing::places);
        elapsed(self.asked, now) < HOLDS && places.is_none_or(|places| self.given < places)
    }
}

/// The answer about one thing, and who has asked for it and will only then be seen there.
#[derive(Default)]
struct Asked {
    kept: Option<Kept>,
    awaited: BTreeSet<ItemId>,
}

impl Asked {
    /// What is kept, if it holds, or else what AWS tells now, less what is given away already.
    async fn answer<C: Cloud>(
        &mut self,
        (cloud, clock): (&C, &dyn Clock),
        item: &ItemId,
        dependency: &Dependency,
    ) -> Option<Standing> {
        let now = clock.now();
        self.awaited.remove(item);
        let mut kept = match self.kept.take() {
            Some(kept) if kept.holds(now) => kept,
            Some(_) | None => {
                let told = cloud.standing(&item.region, dependency).await.ok();
                Kept { asked: now, told, given: u32::try_from(self.awaited.len()).unwrap_or(u32::MAX) }
            }
        };
        let told = kept.told.clone().map(|told| told.without_places(kept.given));
        kept.given = kept.given.saturating_add(1);
        self.kept = Some(kept);
        self.awaited.insert(item.clone());
        told
    }
}

/// The answers of a run.
#[derive(Default)]
pub(super) struct Standings {
    asked: Mutex<BTreeMap<Spot, Arc<tokio::sync::Mutex<Asked>>>>,
}

impl Standings {
    /// What AWS tells of what the item depends on; `None` where it does not tell. Who comes while another one asks waits for
    /// its answer.
    pub(super) async fn ask<C: Cloud>(
        &self,
        (cloud, clock): (&C, &dyn Clock),
        item: &ItemId,
        dependency: &Dependency,
    ) -> Option<Standing> {
        let spot = match dependency {
            // Of one item alone, and as it is at this moment.
            Dependency::Export(_) | Dependency::Import(_) => {
                return cloud.standing(&item.region, dependency).await.ok();
            }
            Dependency::Role(_) => (None, dependency.clone()),
            Dependency::Key(_) | Dependency::Subnet(_) | Dependency::Bucket(_) => {
                (Some(item.region.clone()), dependency.clone())
            }
        };
        let asked = self.all().entry(spot).or_default().clone();
        if let Ok(mut asked) = asked.try_lock() {
            return asked.answer((cloud, clock), item, dependency).await;
        }
        let told = asked.lock().await.answer((cloud, clock), item, dependency).await;
        // All who have waited would go on at one moment: on a clock that jumps, one after the other.
        clock.sleep(Duration::ZERO).await;
        told
    }

    /// The create of the item was sent, or there will be none: from now on AWS itself tells what it takes.
    pub(super) async fn seen_to(&self, item: &ItemId) {
        let all: Vec<_> = self.all().values().cloned().collect();
        for asked in all {
            asked.lock().await.awaited.remove(item);
        }
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<Spot, Arc<tokio::sync::Mutex<Asked>>>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
