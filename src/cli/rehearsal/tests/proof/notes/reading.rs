//! What a witness makes of the journal's new lines.

use crate::cli::rehearsal::tests::proof::item_journal::ItemJournal;
use crate::cli::rehearsal::tests::proof::law::{Broken, Law, hold};
use crate::cli::rehearsal::tests::proof::notes::Notes;
use crate::cli::rehearsal::tests::proof::writing::may_write;
use crate::ids::ItemId;
use crate::journal::{Call, Entry, Outcome, Purpose};
use crate::sandbox::World;

impl Notes {
    /// Reads the new lines of the journal, and holds them against the world.
    pub(super) fn read(&mut self, world: &World) {
        let entries = match self.journal_lines.news() {
            Ok(entries) => entries,
            Err(why) => return self.breach(None, vec![(Law::JournalHolds, why)]),
        };
        for entry in entries {
            self.tally.line();
            if let Entry::RunResumed { .. } = entry {
                self.look_anew();
            }
            let Some(id) = entry.item().cloned() else { continue };
            let Some(track) = self.tracks.get_mut(&id) else {
                self.breach(Some(&id), vec![(Law::OnlyThePlan, format!("{entry:?}"))]);
                continue;
            };
            let mut broken = track.item_journal.read(&entry);
            if let Entry::Intent { call, .. } = &entry {
                track.announced.push(*call);
            }
            if let Entry::FilesMoved { transfer, .. } = &entry {
                self.tally.add("files", transfer.as_str());
            }
            broken.extend(self.scene(&id, world, |scene| may_write(scene, &entry)));
            broken.extend(self.judge_end(&id, &entry));
            self.breach(Some(&id), broken);
        }
    }

    /// What follows an application tries again what it has refused or failed at, once it is gone on with.
    fn look_anew(&mut self) {
        let again = |outcome: &Outcome| matches!(outcome, Outcome::Refused { .. } | Outcome::Failed { .. });
        for track in self.tracks.values_mut().filter(|_| self.purpose != Purpose::Apply) {
            if track.item_journal.outcome.as_ref().is_some_and(again) {
                track.item_journal = ItemJournal::default();
            }
        }
    }

    /// An item that failed or was refused had a cause.
    fn judge_end(&mut self, id: &ItemId, entry: &Entry) -> Broken {
        let mut broken = Broken::new();
        let Entry::ItemEnded { outcome, .. } = entry else { return broken };
        self.tally.outcome(outcome);
        let track = &self.tracks[id];
        let cause = match (outcome, self.purpose) {
            // What was deleted as planned cannot be gone back to.
            (Outcome::Failed { .. } | Outcome::Refused { .. }, Purpose::Rollback) => {
                track.announced.contains(&Call::DeleteSource) || track.item.has_new_platform()
            }
            // What nobody saw at rest may have been used.
            (Outcome::Failed { .. } | Outcome::Refused { .. }, Purpose::Cleanup) => {
                track.applied.at_rest.is_none()
            }
            (Outcome::Failed { .. } | Outcome::Refused { .. }, Purpose::Apply) => false,
            (Outcome::Done { source_deleted: false, .. }, Purpose::Apply)
                if track.item.is(|item| item.delete_source) =>
            {
                track.item_journal.at_rest.is_none()
            }
            (
                Outcome::Done { .. }
                | Outcome::Repaired { .. }
                | Outcome::AlreadyDone { .. }
                | Outcome::RolledBack { .. },
                _,
            ) => true,
        };
        hold(&mut broken, Law::NotWithoutCause, track.trouble || cause, || format!("{outcome:?}"));
        broken
    }
}
