//! What everything that is at work in a run shares: the plan, and where calls and records go.

use std::collections::BTreeMap;

use crate::clock::Clock;
use crate::execute::conduct::Conduct;
use crate::execute::event::{Event, EventKind, FORMAT_VERSION, Watcher};
use crate::execute::halting::Halting;
use crate::execute::observed::Identity;
use crate::execute::region_refusals::RegionRefusals;
use crate::execute::standings::Standings;
use crate::execute::stop::Stop;
use crate::ids::{ItemId, Nonce};
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
    pub(super) halting: Halting,
    pub(super) refusals: RegionRefusals,
    pub(super) standings: Standings,
    /// Draws what only an attempt to move files and its worker know.
    pub(super) nonce: &'a (dyn Fn(&ItemId) -> Nonce + Sync),
}

impl<C> Shared<'_, C> {
    pub(super) fn tell(&self, event: EventKind) {
        (self.watcher)(&Event { format_version: FORMAT_VERSION, at: self.clock.now(), event });
    }

    /// How many items go first.
    pub(super) fn canary(&self) -> usize {
        usize::try_from((self.conduct.canary)(&self.plan.limits)).unwrap_or(usize::MAX)
    }

    /// Why an item must not be begun, if the run has refused it beforehand.
    pub(super) fn refusal(&self, id: &ItemId) -> Option<&Reason> {
        self.refused.get(id)
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
