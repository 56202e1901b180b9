//! Pure: what trying a plan out has shown: how long it takes, what it needs, what it calls, and what fails. `report` says it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::Serialize;

use crate::execute::{ItemReport, ItemResult, Phase, RunReport};
use crate::ids::{Digest, ItemId, Region};
use crate::journal::{Outcome, Reason, RunEnd};
use crate::plan::Plan;

/// One time that a plan was carried out in the sandbox.
#[derive(Debug, Clone)]
pub struct Trial {
    /// How long it took on the sandbox's clock.
    pub took: Duration,
    /// How many calls of each operation it made.
    pub calls: BTreeMap<String, u32>,
    /// What it needed of each region.
    pub rooms: BTreeMap<Region, Room>,
    /// How it ended.
    pub report: RunReport,
}

/// Instances of one region, as far as the plan knows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Room {
    /// How many there were before.
    pub before: u32,
    /// The most that there were at one time.
    pub most: u32,
    /// How many more than before the plan needs: one for each source that is kept, and for each that is deleted one
    /// while it is being replaced.
    pub needed: u32,
}

/// What all trials of a plan together have shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rehearsal {
    /// The plan.
    pub plan: Digest,
    /// How often it was tried.
    pub trials: u32,
    /// How many of the trials came to the last item.
    pub completed: u32,
    /// The seed of the first trial; each further one has the next number.
    pub first_seed: u64,
    /// The trouble that was made, as the operator asked for it.
    pub faults: Vec<String>,
    /// How many items it has.
    pub items: u32,
    /// How long the trials took that came to the last item; absent where none did.
    pub duration: Option<Spread>,
    /// How many calls a trial made in all: the median.
    pub all_calls: u32,
    /// The same of each operation.
    pub calls: BTreeMap<String, u32>,
    /// How many more instances each region has room for, where the operator said so.
    pub spare: Option<u32>,
    /// The most instances seen in each region.
    pub rooms: BTreeMap<Region, Room>,
    /// The items that did not come out well in every trial.
    pub failing: Vec<Failing>,
    /// How trials ended that did not come to the last item, each.
    pub ended_early: Vec<RunEnd>,
}

/// Seconds over several trials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Spread {
    /// Half of the trials took no longer.
    pub median_seconds: u64,
    /// Nine of ten trials took no longer.
    pub p90_seconds: u64,
    /// The longest.
    pub longest_seconds: u64,
}

/// An item that did not come out well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failing {
    /// The item.
    pub item: ItemId,
    /// In how many trials.
    pub trials: u32,
    /// Why, each once.
    pub troubles: Vec<Trouble>,
}

/// Why an item did not come out well. Without the ids of requests, which are others in each trial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// It was declined.
    Refused(Reason),
    /// It was begun and has failed.
    Failed(Reason),
    /// The run ended before it did.
    Unfinished {
        /// What it was being taken through.
        phase: Phase,
        /// Why the run could not go on with it, if it was that.
        why: Option<Reason>,
    },
}

/// What the operator asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conditions {
    /// The seed of the first trial.
    pub first_seed: u64,
    /// The trouble to be made, in words.
    pub faults: Vec<String>,
    /// How many more instances each region has room for.
    pub spare: Option<u32>,
}

impl Trouble {
    /// Its stable name: that of its reason.
    pub fn code(&self) -> &'static str {
        match self {
            Trouble::Refused(reason) | Trouble::Failed(reason) => reason.code(),
            Trouble::Unfinished { phase: _, why } => why.as_ref().map_or("run-ended", Reason::code),
        }
    }
}

impl Rehearsal {
    /// Sums up the trials of a plan.
    pub fn new(plan: &Plan, conditions: Conditions, trials: &[Trial]) -> Rehearsal {
        let Conditions { first_seed, faults, spare } = conditions;
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let completed: Vec<&Trial> =
            trials.iter().filter(|trial| trial.report.end == RunEnd::Completed).collect();
        Rehearsal {
            plan: plan.digest.clone(),
            trials: count(trials.len()),
            completed: count(completed.len()),
            first_seed,
            faults,
            items: count(plan.len()),
            duration: spread(&completed),
            all_calls: median(trials.iter().map(|trial| trial.calls.values().sum()).collect()),
            calls: calls(trials),
            spare,
            rooms: rooms(trials),
            failing: plan.all_items().iter().filter_map(|item| failing(item.id(), trials)).collect(),
            ended_early: ended_early(trials),
        }
    }

    /// Whether every item came out well every time.
    pub fn is_clean(&self) -> bool {
        self.failing.is_empty() && self.ended_early.is_empty()
    }
}

fn spread(trials: &[&Trial]) -> Option<Spread> {
    let mut seconds: Vec<u64> = trials.iter().map(|trial| trial.took.as_secs()).collect();
    seconds.sort_unstable();
    (!seconds.is_empty()).then(|| Spread {
        median_seconds: quantile(&seconds, 50),
        p90_seconds: quantile(&seconds, 90),
        longest_seconds: quantile(&seconds, 100),
    })
}

fn median(mut values: Vec<u32>) -> u32 {
    values.sort_unstable();
    quantile(&values, 50)
}

/// The least of the values that so many percent of them do not exceed (nearest rank); 0 for no values.
fn quantile<T: Copy + Default>(sorted: &[T], percent: usize) -> T {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or_default()
}

fn calls(trials: &[Trial]) -> BTreeMap<String, u32> {
    let operations: BTreeSet<&String> = trials.iter().flat_map(|trial| trial.calls.keys()).collect();
    let of = |operation: &String| {
        median(trials.iter().map(|trial| trial.calls.get(operation).copied().unwrap_or(0)).collect())
    };
    operations.into_iter().map(|operation| (operation.clone(), of(operation))).collect()
}

fn rooms(trials: &[Trial]) -> BTreeMap<Region, Room> {
    let mut rooms: BTreeMap<Region, Room> = BTreeMap::new();
    for (region, room) in trials.iter().flat_map(|trial| &trial.rooms) {
        let known = rooms.entry(region.clone()).or_insert(*room);
        known.most = known.most.max(room.most);
    }
    rooms
}

/// How many more instances than now a plan needs in a region, at most.
pub fn needed(plan: &Plan, region: &Region) -> u32 {
    let items = || plan.items.iter().filter(|item| item.id.region == *region);
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let deleted = count(items().filter(|item| item.delete_source).count());
    let kept = count(items().count()).saturating_sub(deleted);
    kept.saturating_add(deleted.min(plan.limits.concurrency))
}

fn failing(id: &ItemId, trials: &[Trial]) -> Option<Failing> {
    let of_item = |trial: &Trial| trial.report.items.iter().find(|one| one.id == *id).and_then(trouble);
    let all: Vec<Trouble> = trials.iter().filter_map(of_item).collect();
    let trials = u32::try_from(all.len()).unwrap_or(u32::MAX);
    let mut troubles = Vec::new();
    for trouble in all {
        if !troubles.contains(&trouble) {
            troubles.push(trouble);
        }
    }
    (trials > 0).then(|| Failing { item: id.clone(), trials, troubles })
}

/// Why an item did not come out well. One that was never begun is the run's trouble, not its own.
fn trouble(item: &ItemReport) -> Option<Trouble> {
    let comparable = |reason: &Reason| reason.clone().without_requests();
    match &item.result {
        ItemResult::Ended {
            outcome:
                Outcome::Done { .. }
                | Outcome::Repaired { .. }
                | Outcome::RolledBack { .. }
                | Outcome::AlreadyDone { .. },
        }
        | ItemResult::NotStarted => None,
        ItemResult::Ended { outcome: Outcome::Refused { reason } } => {
            Some(Trouble::Refused(comparable(reason)))
        }
        ItemResult::Ended { outcome: Outcome::Failed { reason, left: _ } } => {
            Some(Trouble::Failed(comparable(reason)))
        }
        ItemResult::Unfinished { phase, left: _, why } => {
            Some(Trouble::Unfinished { phase: *phase, why: why.as_ref().map(comparable) })
        }
    }
}

fn ended_early(trials: &[Trial]) -> Vec<RunEnd> {
    let ends = trials.iter().map(|trial| &trial.report.end);
    ends.filter(|end| **end != RunEnd::Completed).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_values_that_occurred() {
        let seconds: Vec<u64> = (1..=20).collect();
        assert_eq!((quantile(&seconds, 50), quantile(&seconds, 90), quantile(&seconds, 100)), (10, 18, 20));
        assert_eq!((quantile(&[7_u64], 50), quantile(&[7_u64], 90)), (7, 7));
        assert_eq!(quantile::<u64>(&[], 50), 0);
    }
}
