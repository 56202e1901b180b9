//! Pure: what was heard last of a worker that moves files.

use std::time::Duration;

use jiff::Timestamp;

use crate::api_error::ApiError;
use crate::clock::{after, elapsed};
use crate::ids::Digest;
use crate::plan::TransferKind;
use crate::transfer::Periods;

/// What was heard of a worker.
#[derive(Debug, Clone)]
pub(in crate::execute) struct Heard {
    pub(super) transfer: TransferKind,
    /// Its last word; `None` before its first.
    word: Option<Digest>,
    /// When this process heard it, or began to listen.
    at: Timestamp,
    /// When it listened last.
    listened: Timestamp,
}

impl Heard {
    /// Nothing yet: this process begins to listen now.
    pub(super) fn begun(transfer: TransferKind, now: Timestamp) -> Heard {
        Heard { transfer, word: None, at: now, listened: now }
    }

    /// It listens now. Where this machine slept, or AWS could not be read, that nothing was heard meanwhile says nothing of the
    /// worker: of the time since it listened last, no more than that counts as silence. Some does, so that silence has an end.
    pub(super) fn listens(&mut self, now: Timestamp, counts: Duration) {
        self.at = after(self.at, elapsed(self.listened, now).saturating_sub(counts));
        self.listened = now;
    }

    /// Takes a word in; whether it is a new one.
    pub(super) fn hears(&mut self, word: &Digest, now: Timestamp) -> bool {
        let is_new = self.word.as_ref() != Some(word);
        if is_new {
            (self.word, self.at) = (Some(word.clone()), now);
        }
        is_new
    }

    /// Why the worker is given up, if it was silent for as long as it may be. `unread`: why the bucket could not be read now.
    pub(super) fn given_up(&self, now: Timestamp, unread: Option<&ApiError>) -> Option<String> {
        let Periods { hello, beat } = Periods::default();
        let most = if self.word.is_some() { beat } else { hello };
        let minutes = most.as_mins();
        (now.duration_since(self.at) > most).then(|| match (&self.word, unread) {
            (_, Some(error)) => format!("the bucket could not be read: {error}"),
            (None, None) => format!(
                "its worker has not said anything within {minutes} minutes: it cannot reach the bucket, may not write to it, or \
                 was not started"
            ),
            (Some(_), None) => format!("its worker has said nothing for {minutes} minutes"),
        })
    }
}
