//! Asks what items depend on: each thing once for all of them in a while, however many are at work.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::{Clock, elapsed};
use crate::execute::cloud::Cloud;
use crate::execute::dependency::{Dependency, Standing};
use crate::ids::Region;

/// How long an answer holds: about as long as an item takes, so that each wave asks for itself.
pub(super) const HOLDS: Duration = Duration::from_secs(600);

/// Roles are the same in every region.
type Spot = (Option<Region>, Dependency);

/// What was answered, when it was asked, and for how many items since. An answer that did not come is kept, too: what is
/// denied now is denied a minute later.
struct Kept {
    asked: Timestamp,
    told: Option<Standing>,
    used: u32,
}

impl Kept {
    /// Places that others have been given since are not there any more.
    fn holds(&self, now: Timestamp) -> bool {
        let places = self.told.as_ref().and_then(Standing::places);
        elapsed(self.asked, now) < HOLDS && places.is_none_or(|places| self.used < places)
    }
}

/// The answers of a run.
#[derive(Default)]
pub(super) struct Standings {
    kept: Mutex<BTreeMap<Spot, Arc<tokio::sync::Mutex<Option<Kept>>>>>,
}

/// What is kept, if it holds, or else what AWS tells now.
async fn fresh<C: Cloud>(
    (cloud, clock): (&C, &dyn Clock),
    region: &Region,
    dependency: &Dependency,
    slot: &mut Option<Kept>,
) -> Option<Standing> {
    let now = clock.now();
    let mut kept = match slot.take() {
        Some(kept) if kept.holds(now) => kept,
        Some(_) | None => Kept { asked: now, told: cloud.standing(region, dependency).await.ok(), used: 0 },
    };
    kept.used = kept.used.saturating_add(1);
    slot.insert(kept).told.clone()
}

impl Standings {
    /// What AWS tells of it; `None` where it does not tell. Who comes while another one asks waits for its answer.
    pub(super) async fn ask<C: Cloud>(
        &self,
        (cloud, clock): (&C, &dyn Clock),
        region: &Region,
        dependency: &Dependency,
    ) -> Option<Standing> {
        let spot = match dependency {
            Dependency::Role(_) => (None, dependency.clone()),
            Dependency::Key(_) | Dependency::Subnet(_) => (Some(region.clone()), dependency.clone()),
        };
        let slot = {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.entry(spot).or_default().clone()
        };
        if let Ok(mut slot) = slot.try_lock() {
            return fresh((cloud, clock), region, dependency, &mut slot).await;
        }
        let told = fresh((cloud, clock), region, dependency, &mut *slot.lock().await).await;
        // All who have waited would go on at one moment: on a clock that jumps, one after the other.
        clock.sleep(Duration::ZERO).await;
        told
    }
}
