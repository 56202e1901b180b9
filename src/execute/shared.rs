//! What everything that is at work in a run shares: the plan, where calls and records go, and how many have failed.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use crate::clock::Clock;
use crate::execute::conduct::Conduct;
use crate::execute::event::{Event, EventKind, FORMAT_VERSION, Watcher};
use crate::execute::observed::Identity;
use crate::execute::stop::Stop;
use crate::ids::ItemId;
use crate::journal::{Entry, Journal, Past, Reason, RunEnd, Words, WriteJournalError};
use crate::plan::Plan;
use crate::text::with_causes;

/// What the drivers of a run share.
pub(super) struct Shared<'a, C> {
    pub(super) plan: &'a Plan,
    pub(super) identity: Identity,
    pub(super) conduct: &'static Conduct,
    pub(super) applied: BTreeMap<ItemId, Past>,
    pub(super) cloud: &'a C,
    pub(super) journal: &'a Journal,
    pub(super) words: Words,
    pub(super) clock: &'a dyn Clock,
    pub(super) stop: Stop,
    pub(super) refused: BTreeMap<ItemId, Reason>,
    pub(super) watcher: &'a Watcher<'a>,
    pub(super) failures: AtomicU32,
    /// Whether the first wave is still to be done.
    pub(super) wave: AtomicBool,
}

impl<C> Shared<'_, C> {
    pub(super) fn tell(&self, event: EventKind) {
        (self.watcher)(&Event { format_version: FORMAT_VERSION, at: self.clock.now(), event });
    }

    /// A plan that expires during its run is not begun any further. The way back, and what is left to do after an
    /// application, do not expire.
    fn expired(&self) -> bool {
        self.conduct.is_application && self.clock.now() >= self.plan.expires
    }

    /// After so many failed items no further one is begun: after the first one while that is what the run is to find
    /// out.
    pub(super) fn max_failures(&self) -> u32 {
        if self.wave.load(Ordering::SeqCst) { 1 } else { (self.conduct.max_failures)(&self.plan.limits) }
    }

    /// How many items go first.
    pub(super) fn canary(&self) -> usize {
        usize::try_from((self.conduct.canary)(&self.plan.limits)).unwrap_or(usize::MAX)
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

    pub(super) async fn record(&self, entry: Entry) {
        let _busy = self.clock.busy();
        if let Err(error) = self.append(entry).await {
            self.stop.request(RunEnd::JournalLost { message: with_causes(&error) });
        }
    }
}
