//! Pure: what an application, a rollback and a cleanup differ in. All three are the same loop.

use jiff::civil::Date;

use crate::execute::apply::next;
use crate::execute::cleanup::cleanup;
use crate::execute::gate;
use crate::execute::observed::{Identity, Observed};
use crate::execute::rollback::rollback;
use crate::execute::step::Step;
use crate::journal::{Outcome, Past, Purpose, Reason};
use crate::plan::{Item, Limits};

/// What a run does with its items.
pub(super) struct Conduct {
    /// The next step of an item.
    pub(super) decide: fn(&Situation<'_>) -> Step,
    /// Whether the run is about an item; the past is what the application did with it.
    pub(super) concerns: fn(&Item, Option<&Past>) -> bool,
    /// How many items go first. While they do, the first failure halts.
    pub(super) canary: fn(&Limits) -> u32,
    /// After so many failed items no further one is begun.
    pub(super) max_failures: fn(&Limits) -> u32,
    /// Whether nothing is begun any more once the plan has expired, and nothing that there is no room for.
    pub(super) is_application: bool,
    /// Whether an item has failed once its source runs on although its stop was accepted.
    pub(super) needs_source_stopped: bool,
}

/// What a step is decided on.
pub(super) struct Situation<'a> {
    pub(super) item: &'a Item,
    pub(super) identity: &'a Identity,
    pub(super) observed: &'a Observed,
    /// What this run has done.
    pub(super) past: &'a Past,
    /// What the application did, where this run follows one.
    pub(super) applied: &'a Past,
    /// Why nobody waits any longer for the source to stop, once that is so.
    pub(super) runs_on: Option<&'a Reason>,
    /// The day (UTC).
    pub(super) today: Date,
}

const APPLICATION: Conduct = Conduct {
    decide: |Situation { item, identity, observed, past, today, .. }| {
        gate::before_stop(next(item, identity, observed, past), item, *today)
    },
    concerns: |_, _| true,
    canary: |limits| limits.canary,
    max_failures: |limits| limits.max_failures,
    is_application: true,
    needs_source_stopped: true,
};

/// The way back is gone for every item that can go it, and does not expire.
const ROLLBACK: Conduct = Conduct {
    decide: |situation| {
        let Situation { item, observed, applied, today, .. } = *situation;
        gate::before_way_back(rollback(situation), item, observed, applied, today)
    },
    concerns: |_, applied| applied.is_some_and(|past| past.prior_status.is_some()),
    canary: |_| 0,
    max_failures: |_| u32::MAX,
    is_application: false,
    // It is where it was. What stands beside it has still to go.
    needs_source_stopped: false,
};

const CLEANUP: Conduct = Conduct {
    decide: |Situation { item, identity, observed, past, applied, .. }| {
        cleanup(item, identity, observed, (past, applied))
    },
    concerns: |item, applied| {
        let kept = |past: &Past| matches!(past.outcome, Some(Outcome::Done { source_deleted: false, .. }));
        item.cleanup && applied.is_some_and(kept)
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
pub fn concerns(purpose: Purpose, item: &Item, applied: Option<&Past>) -> bool {
    (Conduct::of(purpose).concerns)(item, applied)
}
