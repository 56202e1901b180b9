//! What the journal on disk says of one item, and the laws of what it may say next.

use jiff::Timestamp;

use crate::api_error::ApiError;
use crate::cli::rehearsal::tests::proof::law::{Broken, Law, hold};
use crate::journal::{Call, Entry, Outcome, PriorStatus};
use crate::plan::TransferKind;

/// How far the last intent of this process has got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Progress {
    /// It is on disk.
    Written,
    /// Its call was sent.
    Sent,
    /// Its call was answered.
    Answered(Option<ApiError>),
}

/// One item as its journal has it.
#[derive(Debug, Clone, Default)]
pub(super) struct ItemJournal {
    pub(super) prior: Option<PriorStatus>,
    /// The intent that has no result yet. One of a process that is gone counts no more.
    pub(super) intent: Option<(Call, Progress)>,
    pub(super) verified: bool,
    pub(super) failing: bool,
    pub(super) outcome: Option<Outcome>,
    /// Which way files were moved, and proven to be.
    pub(super) moved: Vec<TransferKind>,
    /// Every call that was ever announced.
    pub(super) announced: Vec<Call>,
    /// Whether the process that is at work now made the last call to the source, or has begun the item.
    pub(super) is_at_it: bool,
    /// When the source was last changed in the world as the run saw it at rest.
    pub(super) at_rest: Option<Timestamp>,
}

impl ItemJournal {
    /// Takes in one more line.
    pub(super) fn read(&mut self, entry: &Entry) -> Broken {
        let mut broken = Broken::new();
        let ended = self.outcome.is_some();
        hold(&mut broken, Law::JournalHolds, !ended, || format!("{entry:?} after the item had ended"));
        match entry {
            Entry::ItemStarted { prior_status, .. } => {
                self.prior = Some(*prior_status);
                self.is_at_it = true;
            }
            Entry::Intent { call, .. } => {
                let open = self.intent.replace((*call, Progress::Written));
                let what = || format!("{call:?} is announced while {open:?} has no result");
                hold(&mut broken, Law::ResultKept, open.is_none(), what);
                let moving = [Call::StopSource, Call::StartSource, Call::StartExport, Call::StopExport];
                if moving.contains(call) {
                    (self.is_at_it, self.at_rest) = (true, None);
                }
                self.announced.push(*call);
            }
            Entry::CallEnded { call, error, .. } => self.ended(*call, error.as_ref(), &mut broken),
            Entry::ReplacementVerified { .. } | Entry::RepairVerified { .. } => self.verified = true,
            Entry::ItemFailing { .. } => self.failing = true,
            Entry::ItemEnded { outcome, .. } => self.outcome = Some(outcome.clone()),
            // Held against the world by whoever sees it.
            Entry::SourceAtRest { last_modified, unwatched, .. } => {
                self.at_rest = last_modified.filter(|_| !unwatched);
            }
            Entry::TransferPrepared { .. } => {}
            Entry::FilesMoved { transfer, .. } => self.moved.push(*transfer),
            Entry::RunStarted { .. } | Entry::RunResumed { .. } | Entry::RunEnded { .. } => {}
        }
        broken
    }

    fn ended(&mut self, call: Call, error: Option<&ApiError>, broken: &mut Broken) {
        let told = match self.intent.take() {
            Some((of, Progress::Answered(answer))) => of == call && answer.as_ref() == error,
            // The run was stopped before it could be sent.
            Some((of, Progress::Written)) => of == call && error.is_some(),
            Some((_, Progress::Sent)) | None => false,
        };
        hold(broken, Law::ResultKept, told, || {
            format!("{call:?} ended with {error:?}, which AWS did not say")
        });
    }

    /// Another process goes on: what the one before had announced is not its own.
    pub(super) fn pass_on(&mut self) {
        self.intent = None;
        self.is_at_it = false;
    }
}
