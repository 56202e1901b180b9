//! The places that the quota of a region leaves: a source and its replacement exist at the same time.
//!
//! An item takes a place before anything is changed for it. Who is done with its source deleted gives it back, and so
//! does who leaves no replacement; all others keep it.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::execute::cloud::{Cloud, Listing, TOTAL_QUOTA};
use crate::execute::event::ItemResult;
use crate::execute::stop::Stop;
use crate::ids::{ItemId, Region};
use crate::journal::{Left, Outcome, Presence};
use crate::plan::Item;

/// Whether an item has a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    /// It has.
    Taken,
    /// It has, but had to wait for it: what was observed before no longer counts.
    TakenLate,
    /// There is none, and nobody is left who could give one back.
    None,
}

/// The places of one region.
#[derive(Default)]
pub(super) struct QuotaRoom {
    state: Mutex<PlacesState>,
    /// Somebody has ended.
    ended: Notify,
}

#[derive(Default)]
struct PlacesState {
    /// The quota, where it is known.
    quota: Option<u32>,
    /// How many are left; `None` where that is not known.
    free: Option<i64>,
    /// Who has one and is under way.
    holders: BTreeSet<ItemId>,
    /// Somebody has found none.
    used_up: bool,
}

impl QuotaRoom {
    /// Asks for the quota and for what is used of it. Where either is not told there is no limit but AWS's own: the
    /// quota is not worth stopping a run for. `begun` are the items that were begun before.
    pub(super) async fn count<C: Cloud>(
        &self,
        (cloud, region): (&C, &Region),
        begun: &[&Item],
    ) -> Option<Listing> {
        let quota = cloud.quota(region).await.ok().flatten()?;
        let listing = cloud.statuses(region).await.ok()?;
        let mut state = self.state();
        state.quota = Some(quota);
        let used = i64::try_from(listing.instances()).unwrap_or(i64::MAX);
        // Who was begun and has no replacement yet will make one.
        let unmade = |item: &&&Item| listing.status(&item.request.notebook_instance_name).is_none();
        let coming = i64::try_from(begun.iter().filter(unmade).count()).unwrap_or(i64::MAX);
        state.free = Some(i64::from(quota).saturating_sub(used).saturating_sub(coming));
        state.holders.extend(begun.iter().map(|item| item.id.clone()));
        Some(listing)
    }

    /// Takes a place, and waits for one as long as somebody is under way who may give one back.
    pub(super) async fn take(&self, item: &ItemId, stop: &Stop) -> Admission {
        let mut place = Admission::Taken;
        loop {
            // Made before the look, so that no end in between is missed.
            let ended = self.ended.notified();
            {
                let mut state = self.state();
                if state.holders.contains(item) {
                    return place;
                }
                match state.free {
                    Some(1..) | None => {
                        state.free = state.free.map(|free| free - 1);
                        state.holders.insert(item.clone());
                        return place;
                    }
                    Some(_) if state.holders.is_empty() => {
                        state.used_up = true;
                        return Admission::None;
                    }
                    Some(_) => {}
                }
            }
            place = Admission::TakenLate;
            tokio::select! {
                biased;
                () = stop.asked() => return Admission::TakenLate,
                () = ended => {}
            }
        }
    }

    /// AWS has refused an instance because of the quota: whatever was thought, there is no room, and the place of this
    /// item was none.
    pub(super) fn refused(&self, item: &ItemId) {
        let mut state = self.state();
        state.free = Some(state.free.unwrap_or(0).min(0));
        state.holders.remove(item);
        drop(state);
        self.ended.notify_waiters();
    }

    /// An item is no longer under way.
    pub(super) fn ended(&self, item: &ItemId, result: &ItemResult) {
        let mut state = self.state();
        if state.holders.remove(item) && gives_back(result) {
            state.free = state.free.map(|free| free.saturating_add(1));
        }
        drop(state);
        self.ended.notify_waiters();
    }

    /// Whether nobody else needs to try.
    pub(super) fn are_used_up(&self) -> bool {
        self.state().used_up
    }

    /// Why items of the region were not begun, if that is why.
    pub(super) fn shortage(&self, region: &Region) -> Option<String> {
        let state = self.state();
        let quota = state.quota.map_or_else(String::new, |quota| format!(" of {quota} notebook instances"));
        state.used_up.then(|| format!("the quota{quota} in {region} ({TOTAL_QUOTA}) is used up"))
    }

    fn state(&self) -> MutexGuard<'_, PlacesState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn gives_back(result: &ItemResult) -> bool {
    match result {
        ItemResult::Ended { outcome } => match outcome {
            Outcome::Done { source_deleted, .. } => *source_deleted,
            Outcome::Repaired { .. }
            | Outcome::RolledBack { .. }
            | Outcome::AlreadyDone { .. }
            | Outcome::Refused { .. } => true,
            Outcome::Failed { left: Left { replacement, .. }, .. } => *replacement == Presence::Absent,
        },
        ItemResult::NotStarted => true,
        ItemResult::Unfinished { .. } => false,
    }
}
