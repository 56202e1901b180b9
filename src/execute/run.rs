//! Drives every item of a plan, a bounded number at a time per region.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::future::{join, join_all};
use futures_util::{StreamExt, stream};

use crate::clock::Clock;
use crate::execute::cloud::Cloud;
use crate::execute::driver::{Driver, error_chain};
use crate::execute::event::{Event, EventKind, FORMAT_VERSION, Fared, ItemReport, RunReport, Watcher};
use crate::execute::poller::Poller;
use crate::execute::step::Identity;
use crate::execute::stop::Stop;
use crate::ids::{ItemId, Region, RunId};
use crate::journal::{Entry, FORMAT_VERSION as JOURNAL_FORMAT, Journal, Outcome, Past, Purpose, RunEnd};
use crate::plan::{Item, Plan};

/// What a run needs.
pub struct Setting<'a, C> {
    /// The plan to carry out.
    pub plan: &'a Plan,
    /// The run's id: of the application, also where it is undone or cleaned up after.
    pub run: RunId,
    /// What is done with the plan.
    pub purpose: Purpose,
    /// What the application did, where this run follows one; empty for an application.
    pub applied: BTreeMap<ItemId, Past>,
    /// Where calls go.
    pub cloud: &'a C,
    /// Where records go. Empty for a new run.
    pub journal: &'a Journal,
    /// What an interrupted run had done already; `None` for a new run.
    pub past: Option<BTreeMap<ItemId, Past>>,
    /// Items that must not be begun, and why: another run has worked on them since the plan was made.
    pub refused: BTreeMap<ItemId, String>,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Who watches.
    pub watcher: &'a Watcher<'a>,
    /// How the run is asked to stop.
    pub stop: Stop,
}

/// What the drivers of a run share.
pub(super) struct Shared<'a, C> {
    pub(super) plan: &'a Plan,
    pub(super) identity: Identity,
    pub(super) purpose: Purpose,
    pub(super) applied: BTreeMap<ItemId, Past>,
    pub(super) cloud: &'a C,
    pub(super) journal: &'a Journal,
    pub(super) clock: &'a dyn Clock,
    pub(super) stop: Stop,
    refused: BTreeMap<ItemId, String>,
    watcher: &'a Watcher<'a>,
    failures: AtomicU32,
}

impl<C> Shared<'_, C> {
    pub(super) fn tell(&self, event: EventKind) {
        (self.watcher)(&Event { format_version: FORMAT_VERSION, at: self.clock.now(), event });
    }

    /// A plan that expires during its run is not begun any further. The way back, and what is left to do after an
    /// application, do not expire.
    fn expired(&self) -> bool {
        self.purpose == Purpose::Apply && self.clock.now() >= self.plan.expires
    }

    /// After so many failed items no further one is begun. The way back is gone for every item that can go it.
    fn max_failures(&self) -> u32 {
        match self.purpose {
            Purpose::Apply | Purpose::Cleanup => self.plan.limits.max_failures,
            Purpose::Rollback => u32::MAX,
        }
    }

    async fn record(&self, entry: Entry) {
        let _busy = self.clock.busy();
        if let Err(error) = self.journal.append(self.clock.now(), entry).await {
            self.stop.request(RunEnd::JournalLost { message: error_chain(&error) });
        }
    }
}

/// Carries out the plan. It always comes to a report: what went wrong is in it.
pub async fn run<C: Cloud>(setting: Setting<'_, C>) -> RunReport {
    let Setting { plan, run, purpose, applied, cloud, journal, past, refused, clock, watcher, stop } =
        setting;
    let begin = begin(plan, &run, purpose, past.is_some());
    let past = past.unwrap_or_default();
    // Who resumes a halted run has decided to go on: failures count anew.
    let failures = AtomicU32::new(0);
    let identity = Identity { run: run.clone(), plan: plan.digest.clone() };
    let shared =
        Shared { plan, identity, purpose, applied, cloud, journal, refused, clock, stop, watcher, failures };
    shared.record(begin).await;
    let items: Vec<&Item> =
        plan.items.iter().filter(|item| concerns(purpose, item, shared.applied.get(&item.id))).collect();
    let ids = items.iter().map(|item| item.id.clone()).collect();
    shared.tell(EventKind::RunStarted { run: run.clone(), plan: plan.digest.clone(), purpose, items: ids });

    let regions = by_region(&items);
    let fared =
        join_all(regions.iter().map(|(region, items)| drive_region(&shared, (region, items), &past))).await;
    let mut fared: BTreeMap<ItemId, Fared> = fared.into_iter().flatten().collect();
    let items: Vec<ItemReport> = items
        .into_iter()
        .map(|item| ItemReport {
            id: item.id.clone(),
            fared: fared.remove(&item.id).unwrap_or(Fared::NotStarted),
        })
        .collect();

    let end = end_of(&shared, &items);
    shared.record(Entry::RunEnded { end: end.clone() }).await;
    shared.tell(EventKind::RunEnded { end: end.clone() });
    RunReport { format_version: FORMAT_VERSION, run, purpose, end, items }
}

/// Whether a run for this purpose is about the item: an application about every one, what follows it about those that it
/// has left something to do of.
pub fn concerns(purpose: Purpose, item: &Item, applied: Option<&Past>) -> bool {
    match purpose {
        Purpose::Apply => true,
        Purpose::Rollback => applied.is_some_and(|past| past.prior_status.is_some()),
        Purpose::Cleanup => {
            let kept =
                |past: &Past| matches!(past.outcome, Some(Outcome::Done { source_deleted: false, .. }));
            item.cleanup && applied.is_some_and(kept)
        }
    }
}

fn begin(plan: &Plan, run: &RunId, purpose: Purpose, resumed: bool) -> Entry {
    let tool_version = env!("CARGO_PKG_VERSION").to_owned();
    if resumed {
        return Entry::RunResumed { tool_version };
    }
    Entry::RunStarted {
        format_version: JOURNAL_FORMAT,
        run: run.clone(),
        plan: plan.digest.clone(),
        account: plan.account.clone(),
        tool_version,
        purpose,
    }
}

fn by_region<'a>(items: &[&'a Item]) -> BTreeMap<&'a Region, Vec<&'a Item>> {
    let mut regions: BTreeMap<&Region, Vec<&Item>> = BTreeMap::new();
    for item in items.iter().copied() {
        regions.entry(&item.id.region).or_default().push(item);
    }
    regions
}

/// Drives the items of a region, and its poller as long as they need it.
async fn drive_region<C: Cloud>(
    shared: &Shared<'_, C>,
    (region, items): (&Region, &[&Item]),
    past: &BTreeMap<ItemId, Past>,
) -> Vec<(ItemId, Fared)> {
    let in_flight = usize::try_from(shared.plan.limits.concurrency).unwrap_or(usize::MAX);
    let (ports, run) = ((shared.cloud, shared.clock), shared.identity.run.as_str());
    let poller = Poller::new(ports, (run, region), shared.plan.limits.poll_interval());
    let past = |item: &Item| past.get(&item.id).cloned().unwrap_or_default();
    let drives = items.iter().map(|item| drive((shared, &poller), item, past(item)));
    let drives = async {
        let fared = stream::iter(drives).buffer_unordered(in_flight).collect().await;
        poller.close();
        fared
    };
    join(drives, poller.run()).await.0
}

async fn drive<C: Cloud>(
    (shared, poller): (&Shared<'_, C>, &Poller<'_, C>),
    item: &Item,
    past: Past,
) -> (ItemId, Fared) {
    let id = item.id.clone();
    if let Some(outcome) = past.outcome {
        return (id, Fared::Ended { outcome });
    }
    // An item that an interrupted run had begun is always taken to its end; where the run is to stop before it comes to
    // that, it is unfinished all the same.
    let begun = past.prior_status.is_some();
    let full = shared.failures.load(Ordering::SeqCst) >= shared.max_failures();
    if !begun && (shared.stop.requested().is_some() || full || shared.expired()) {
        return (id, Fared::NotStarted);
    }
    let driver = Driver::new((shared, poller), item, past);
    let fared = match shared.refused.get(&id) {
        Some(reason) if !begun => driver.refuse(reason).await,
        Some(_) | None => driver.drive().await,
    };
    if is_failure(&fared) {
        shared.failures.fetch_add(1, Ordering::SeqCst);
    }
    (id, fared)
}

/// Whether an operator would want to look before more is begun. What cannot go on of itself is one; what the end
/// of the run overtook is not.
fn is_failure(fared: &Fared) -> bool {
    match fared {
        Fared::Ended { outcome: Outcome::Failed { .. } } | Fared::Unfinished { why: Some(_), .. } => true,
        Fared::Ended { .. } | Fared::Unfinished { why: None, .. } | Fared::NotStarted => false,
    }
}

fn end_of<C>(shared: &Shared<'_, C>, items: &[ItemReport]) -> RunEnd {
    let ended = items.iter().all(|item| matches!(item.fared, Fared::Ended { .. }));
    let waiting = items.iter().any(|item| item.fared == Fared::NotStarted);
    let failures = shared.failures.load(Ordering::SeqCst);
    match shared.stop.requested() {
        // Asked too late to make a difference.
        Some(RunEnd::Interrupted) | None if ended => RunEnd::Completed,
        Some(reason) => reason,
        None if waiting && failures >= shared.max_failures() => RunEnd::Halted { failures },
        None if waiting => RunEnd::PlanExpired,
        None => RunEnd::Unfinished,
    }
}
