//! A run: from its first record to its report.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{join, join_all};

use crate::clock::Clock;
use crate::execute::cloud::Cloud;
use crate::execute::conduct::{Conduct, concerns};
use crate::execute::event::{EventKind, FORMAT_VERSION, ItemReport, ItemResult, RunReport, Watcher};
use crate::execute::halting::Halting;
use crate::execute::observed::Identity;
use crate::execute::region::RegionContext;
use crate::execute::region_refusals::RegionRefusals;
use crate::execute::schedule::Schedule;
use crate::execute::shared::Shared;
use crate::execute::standings::Standings;
use crate::execute::stop::Stop;
use crate::ids::{ItemId, Nonce, Region, RunId};
use crate::journal::{
    Entry, FORMAT_VERSION as JOURNAL_FORMAT, Journal, Past, Purpose, Reason, RunEnd, Words,
};
use crate::plan::{AnyItem, Plan};

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
    /// Draws what only an attempt to move files and its worker know.
    pub nonce: &'a (dyn Fn(&ItemId) -> Nonce + Sync),
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
        nonce,
    } = setting;
    let begin = begin(plan, &run, (purpose, caller), past.is_some());
    let mut past = past.unwrap_or_default();
    // As whoever reads the record of it will take it.
    past.values_mut().for_each(Past::was_left);
    let conduct = Conduct::of(purpose);
    let identity = Identity { run: run.clone(), plan: plan.digest.clone() };
    let mut items = plan.all_items();
    items.retain(|item| concerns(purpose, *item, applied.get(item.id())));
    let regions: BTreeSet<&Region> = items.iter().map(|item| &item.id().region).collect();
    let shared = Shared {
        plan,
        identity,
        conduct,
        applied,
        cloud,
        journal,
        words,
        clock,
        stop,
        refused,
        watcher,
        halting: Halting::of(plan, conduct),
        refusals: RegionRefusals::among(regions.len()),
        standings: Standings::default(),
        nonce,
    };
    shared.record(begin).await;
    let ids = items.iter().map(|item| item.id().clone()).collect();
    shared.tell(EventKind::RunStarted { run: run.clone(), plan: plan.digest.clone(), purpose, items: ids });

    let (mut result, shortage) = drive(&shared, &items, &past).await;
    let items: Vec<ItemReport> = items
        .into_iter()
        .map(|item| ItemReport {
            id: item.id().clone(),
            result: result.remove(item.id()).unwrap_or(ItemResult::NotStarted),
        })
        .collect();

    let end = end_of(&shared, &items, shortage);
    shared.record(Entry::RunEnded { end: end.clone() }).await;
    shared.tell(EventKind::RunEnded { end: end.clone() });
    RunReport { format_version: FORMAT_VERSION, run, purpose, end, items }
}

/// Drives the items, and the pollers of their regions for as long as they need them. What of them there was no room for
/// is told too.
async fn drive<C: Cloud>(
    shared: &Shared<'_, C>,
    items: &[AnyItem<'_>],
    past: &BTreeMap<ItemId, Past>,
) -> (BTreeMap<ItemId, ItemResult>, Option<String>) {
    let regions: BTreeMap<&Region, RegionContext<'_, C>> =
        items.iter().map(|item| (&item.id().region, RegionContext::of(shared, &item.id().region))).collect();
    let all = async {
        let result = Schedule { shared, regions: &regions, past }.run(items).await;
        regions.values().for_each(|region_context| region_context.poller.close());
        result
    };
    let result =
        join(all, join_all(regions.values().map(|region_context| region_context.poller.run()))).await.0;
    let short =
        regions.iter().filter_map(|(region, region_context)| region_context.quota_room.shortage(region));
    let short: Vec<String> = short.collect();
    (result, (!short.is_empty()).then(|| short.join("; ")))
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
    let ended = items.iter().all(|item| matches!(item.result, ItemResult::Ended { .. }));
    let waiting = items.iter().any(|item| item.result == ItemResult::NotStarted);
    match shared.stop.requested() {
        // Asked too late to make a difference.
        Some(RunEnd::Interrupted) | None if ended => RunEnd::Completed,
        Some(reason) => reason,
        None if waiting => match (shared.halting.too_many_failures(), shortage) {
            (Some(failures), _) => RunEnd::Halted { failures },
            // Who began the journal could not read such an end.
            (None, Some(_)) if shared.journal.format() < FIRST_WITH_NO_ROOM => RunEnd::Unfinished,
            (None, Some(message)) => RunEnd::NoRoom { message },
            (None, None) => RunEnd::PlanExpired,
        },
        None => RunEnd::Unfinished,
    }
}
