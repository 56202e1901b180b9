//! Pure: what an application, a rollback and a cleanup differ in. All three are the same loop.

use crate::execute::apply::next;
use crate::execute::cleanup::cleanup;
use crate::execute::dependency::{self, Dependency, Outlook};
use crate::execute::gate;
use crate::execute::leftovers::before_end;
use crate::execute::repair::repair;
use crate::execute::repair_back::repair_back;
use crate::execute::rollback::rollback;
use crate::execute::situation::Situation;
use crate::execute::step::{End, Step};
use crate::journal::{Outcome, Past, Purpose, Reason};
use crate::plan::{AnyItem, Item, Limits, RepairItem};

/// What a run does with its items.
pub(super) struct Conduct {
    /// The next step of an item that is replaced.
    pub(super) replace: fn(&Situation<'_, Item>) -> Step,
    /// The next step of an item that is repaired in place.
    pub(super) repair: fn(&Situation<'_, RepairItem>) -> Step,
    /// What must be asked of AWS before a step.
    pub(super) dependencies: fn(&Outlook<'_>) -> Vec<Dependency>,
    /// Why a step is not taken, where that is wrong with what it depends on.
    pub(super) unmet: fn(AnyItem<'_>, &Dependency, String) -> Reason,
    /// Whether the run is about an item; the past is what the application did with it.
    pub(super) concerns: fn(AnyItem<'_>, Option<&Past>) -> bool,
    /// How many items go first. While they do, the first failure halts.
    pub(super) canary: fn(&Limits) -> u32,
    /// After so many failed items no further one is begun.
    pub(super) max_failures: fn(&Limits) -> u32,
    /// Whether nothing is begun any more once the plan has expired, and nothing that there is no room for.
    pub(super) is_application: bool,
    /// Whether an item has failed once its source runs on although its stop was accepted.
    pub(super) needs_source_stopped: bool,
}

const APPLICATION: Conduct = Conduct {
    replace: |situation| {
        let Situation { item, identity, observed, past, now, .. } = *situation;
        let today = situation.today();
        let step = gate::before_stop(next(item, identity, observed, past, today), item, today);
        before_end(gate::before_rest(step, item, observed, past, now), situation)
    },
    repair: |situation| {
        let (Situation { item, observed, past, .. }, today) = (situation, situation.today());
        gate::before_repair(repair(item, observed, past, today), item, today)
    },
    dependencies: dependency::before,
    unmet: dependency::reason,
    concerns: |_, _| true,
    canary: |limits| limits.canary,
    max_failures: |limits| limits.max_failures,
    is_application: true,
    needs_source_stopped: true,
};

/// The way back is gone for every item that can go it, and does not expire.
const ROLLBACK: Conduct = Conduct {
    replace: |situation| before_end(gate::before_way_back(rollback(situation), situation), situation),
    repair: repair_back,
    dependencies: dependency::before_way_back,
    unmet: |_, _, found| Reason::SourceWouldNotStart { found },
    concerns: |_, applied| applied.is_some_and(|past| past.prior_status.is_some()),
    canary: |_| 0,
    max_failures: |_| u32::MAX,
    is_application: false,
    // It is where it was. What stands beside it has still to go.
    needs_source_stopped: false,
};

const CLEANUP: Conduct = Conduct {
    replace: |Situation { item, identity, observed, past, applied, .. }| {
        cleanup(item, identity, observed, (past, applied))
    },
    // It leaves nothing to clean up: a cleanup is about none.
    repair: |_| Step::End(End::Repaired { notes: Vec::new() }),
    dependencies: dependency::before_deletion,
    unmet: dependency::reason,
    concerns: |item, applied| {
        let kept = |past: &Past| matches!(past.outcome, Some(Outcome::Done { source_deleted: false, .. }));
        item.replaced().is_some_and(|item| item.cleanup) && applied.is_some_and(kept)
    },
    canary: |_| 0,
    max_failures: |limits| limits.max_failures,
    is_application: false,
    needs_source_stopped: true,
};

impl Conduct {
    /// That of a run for this purpose.
    pub(super) fn of(purpose: Purpose) -> &'static Conduct {
        match purpose {
            Purpose::Apply => &APPLICATION,
            Purpose::Rollback => &ROLLBACK,
            Purpose::Cleanup => &CLEANUP,
        }
    }
}

/// Whether a run for this purpose is about the item: an application about every one, what follows it about those that it
/// has left something to do of.
pub fn concerns(purpose: Purpose, item: AnyItem<'_>, applied: Option<&Past>) -> bool {
    (Conduct::of(purpose).concerns)(item, applied)
}
