//! A run: from its first record to its report.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use futures_util::future::{join, join_all};

use crate::clock::Clock;
use crate::execute::cloud::Cloud;
use crate::execute::course::{Course, Lane};
use crate::execute::event::{Event, EventKind, FORMAT_VERSION, Fared, ItemReport, RunReport, Watcher};
use crate::execute::step::Identity;
use crate::execute::stop::Stop;
use crate::ids::{ItemId, Region, RunId};
use crate::journal::{
    Entry, FORMAT_VERSION as JOURNAL_FORMAT, Journal, Outcome, Past, Purpose, Reason, RunEnd, Words,
    WriteJournalError,
};
use crate::plan::{Item, Plan};
use crate::text::with_causes;

/// The first format of journals in which a run can end for want of room.
const FIRST_WITH_NO_ROOM: u32 = 3;

/// What a run needs.
pub struct Setting<'a, C> {
    /// The plan to carry out.
    pub plan: &'a Plan,
    /// The run's id: of the application, also where it is undone or cleaned up after.
    pub run: RunId,
    /// What is done with the plan.
    pub purpose: Purpose,
    /// Who does it: the ARN that STS tells.
    pub caller: Option<String>,
    /// What the application did, where this run follows one; empty for an application.
    pub applied: BTreeMap<ItemId, Past>,
    /// Where calls go.
    pub cloud: &'a C,
    /// Where records go. Empty for a new run.
    pub journal: &'a Journal,
    /// Says reasons, for journals of formats that have them in words.
    pub words: Words,
    /// What an interrupted run had done already; `None` for a new run.
    pub past: Option<BTreeMap<ItemId, Past>>,
    /// Items that must not be begun, and why: another run has worked on them since the plan was made.
    pub refused: BTreeMap<ItemId, Reason>,
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
    words: Words,
    pub(super) clock: &'a dyn Clock,
    pub(super) stop: Stop,
    refused: BTreeMap<ItemId, Reason>,
    watcher: &'a Watcher<'a>,
    failures: AtomicU32,
    /// Whether the first wave is still to be done.
    wave: AtomicBool,
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

    /// After so many failed items no further one is begun: after the first one while that is what the run is to find
    /// out. The way back is gone for every item that can go it.
    fn max_failures(&self) -> u32 {
        match self.purpose {
            Purpose::Apply if self.wave.load(Ordering::SeqCst) => 1,
            Purpose::Apply | Purpose::Cleanup => self.plan.limits.max_failures,
            Purpose::Rollback => u32::MAX,
        }
    }

    /// How many items go first.
    pub(super) fn canary(&self) -> usize {
        match self.purpose {
            Purpose::Apply => usize::try_from(self.plan.limits.canary).unwrap_or(usize::MAX),
            Purpose::Rollback | Purpose::Cleanup => 0,
        }
    }

    /// The first wave begins, or is done.
    pub(super) fn set_wave(&self, on: bool) {
        self.wave.store(on, Ordering::SeqCst);
    }

    /// Why an item must not be begun, if the run has refused it beforehand.
    pub(super) fn refusal(&self, id: &ItemId) -> Option<&Reason> {
        self.refused.get(id)
    }

    /// Whether no further item may be begun.
    pub(super) fn begins_no_more(&self) -> bool {
        self.failures.load(Ordering::SeqCst) >= self.max_failures() || self.expired()
    }

    /// An item has failed.
    pub(super) fn count_failure(&self) {
        self.failures.fetch_add(1, Ordering::SeqCst);
    }

    /// Writes a record, in the format that the journal was begun in.
    pub(super) async fn append(&self, entry: Entry) -> Result<(), WriteJournalError> {
        let entry = entry.in_format(self.journal.format(), self.words);
        self.journal.append(self.clock.now(), entry).await
    }

    async fn record(&self, entry: Entry) {
        let _busy = self.clock.busy();
        if let Err(error) = self.append(entry).await {
            self.stop.request(RunEnd::JournalLost { message: with_causes(&error) });
        }
    }
}

/// Carries out the plan. It always comes to a report: what went wrong is in it.
pub async fn run<C: Cloud>(setting: Setting<'_, C>) -> RunReport {
    let Setting {
        plan,
        run,
        purpose,
        caller,
        applied,
        cloud,
        journal,
        words,
        past,
        refused,
        clock,
        watcher,
        stop,
    } = setting;
    let begin = begin(plan, &run, (purpose, caller), past.is_some());
    let mut past = past.unwrap_or_default();
    // As whoever reads the record of it will take it.
    past.values_mut().for_each(Past::was_left);
    // Who resumes a halted run has decided to go on: failures count anew.
    let failures = AtomicU32::new(0);
    let identity = Identity { run: run.clone(), plan: plan.digest.clone() };
    let shared = Shared {
        plan,
        identity,
        purpose,
        applied,
        cloud,
        journal,
        words,
        clock,
        stop,
        refused,
        watcher,
        failures,
        wave: AtomicBool::new(false),
    };
    shared.record(begin).await;
    let items: Vec<&Item> =
        plan.items.iter().filter(|item| concerns(purpose, item, shared.applied.get(&item.id))).collect();
    let ids = items.iter().map(|item| item.id.clone()).collect();
    shared.tell(EventKind::RunStarted { run: run.clone(), plan: plan.digest.clone(), purpose, items: ids });

    let (mut fared, shortage) = drive(&shared, &items, &past).await;
    let items: Vec<ItemReport> = items
        .into_iter()
        .map(|item| ItemReport {
            id: item.id.clone(),
            fared: fared.remove(&item.id).unwrap_or(Fared::NotStarted),
        })
        .collect();

    let end = end_of(&shared, &items, shortage);
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

/// Drives the items, and the pollers of their regions for as long as they need them. What of them there was no room for
/// is told too.
async fn drive<C: Cloud>(
    shared: &Shared<'_, C>,
    items: &[&Item],
    past: &BTreeMap<ItemId, Past>,
) -> (BTreeMap<ItemId, Fared>, Option<String>) {
    let lanes: BTreeMap<&Region, Lane<'_, C>> =
        items.iter().map(|item| (&item.id.region, Lane::of(shared, &item.id.region))).collect();
    let all = async {
        let fared = Course { shared, lanes: &lanes, past }.run(items).await;
        lanes.values().for_each(|lane| lane.poller.close());
        fared
    };
    let fared = join(all, join_all(lanes.values().map(|lane| lane.poller.run()))).await.0;
    let short = lanes.iter().filter_map(|(region, lane)| lane.places.shortage(region));
    let short: Vec<String> = short.collect();
    (fared, (!short.is_empty()).then(|| short.join("; ")))
}

fn begin(plan: &Plan, run: &RunId, (purpose, caller): (Purpose, Option<String>), resumed: bool) -> Entry {
    let tool_version = env!("CARGO_PKG_VERSION").to_owned();
    if resumed {
        return Entry::RunResumed { tool_version, caller };
    }
    Entry::RunStarted {
        format_version: JOURNAL_FORMAT,
        run: run.clone(),
        plan: plan.digest.clone(),
        account: plan.account.clone(),
        tool_version,
        purpose,
        caller,
    }
}

fn end_of<C>(shared: &Shared<'_, C>, items: &[ItemReport], shortage: Option<String>) -> RunEnd {
    let ended = items.iter().all(|item| matches!(item.fared, Fared::Ended { .. }));
    let waiting = items.iter().any(|item| item.fared == Fared::NotStarted);
    let failures = shared.failures.load(Ordering::SeqCst);
    match shared.stop.requested() {
        // Asked too late to make a difference.
        Some(RunEnd::Interrupted) | None if ended => RunEnd::Completed,
        Some(reason) => reason,
        None if waiting && failures >= shared.max_failures() => RunEnd::Halted { failures },
        None if waiting => match shortage {
            // Who began the journal could not read such an end.
            Some(_) if shared.journal.format() < FIRST_WITH_NO_ROOM => RunEnd::Unfinished,
            Some(message) => RunEnd::NoRoom { message },
            None => RunEnd::PlanExpired,
        },
        None => RunEnd::Unfinished,
    }
}
