//! Pure: a record as a journal of an older format holds it, so that the program that began it can read it after a newer one
//! has gone on with its run.

use crate::api_error::{ApiError, ApiErrorKind};
use crate::journal::{Entry, Note, Outcome, Reason};

/// The first format that has reasons as data, the ids of requests, who carries a run out, and what was verified.
const FIRST_WITH_REASONS: u32 = 5;

/// Says reasons and notes: before format 5 a journal has them in words.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// Says a reason.
    pub reason: fn(&Reason) -> String,
    /// Says a note.
    pub note: fn(&Note) -> String,
}

impl Entry {
    /// The same for a journal of that format.
    #[must_use]
    pub fn in_format(self, format: u32, words: Words) -> Entry {
        if format >= FIRST_WITH_REASONS {
            return self;
        }
        match self {
            Entry::RunStarted { format_version, run, plan, account, tool_version, purpose, caller: _ } => {
                Entry::RunStarted { format_version, run, plan, account, tool_version, purpose, caller: None }
            }
            Entry::RunResumed { tool_version, caller: _ } => Entry::RunResumed { tool_version, caller: None },
            Entry::CallEnded { item, call, error, request_id: _ } => {
                Entry::CallEnded { item, call, error: error.map(known_before), request_id: None }
            }
            Entry::ReplacementVerified { item, not_reported, found: _ } => {
                Entry::ReplacementVerified { item, not_reported, found: None }
            }
            Entry::ItemFailing { item, reason } => Entry::ItemFailing { item, reason: words.told(&reason) },
            Entry::ItemEnded { item, outcome } => Entry::ItemEnded { item, outcome: words.ended(outcome) },
            same @ (Entry::ItemStarted { .. }
            | Entry::SourceAtRest { .. }
            | Entry::RepairVerified { .. }
            // Nothing that moves files has such a journal.
            | Entry::TransferPrepared { .. }
            | Entry::FilesMoved { .. }
            | Entry::Intent { .. }
            | Entry::RunEnded { .. }) => same,
        }
    }
}

impl Words {
    fn told(self, reason: &Reason) -> Reason {
        Reason::Told { text: (self.reason)(reason) }
    }

    fn notes(self, notes: &[Note]) -> Vec<Note> {
        notes.iter().map(|note| Note::Told { text: (self.note)(note) }).collect()
    }

    fn ended(self, outcome: Outcome) -> Outcome {
        match outcome {
            Outcome::Done { replacement, source_deleted, notes } => {
                Outcome::Done { replacement, source_deleted, notes: self.notes(&notes) }
            }
            Outcome::RolledBack { replacement_deleted, notes } => {
                Outcome::RolledBack { replacement_deleted, notes: self.notes(&notes) }
            }
            Outcome::Repaired { notes } => Outcome::Repaired { notes: self.notes(&notes) },
            Outcome::Refused { reason } => Outcome::Refused { reason: self.told(&reason) },
            Outcome::Failed { reason, left } => Outcome::Failed { reason: self.told(&reason), left },
            same @ Outcome::AlreadyDone { .. } => same,
        }
    }
}

/// The kinds of errors of before: two were told apart later.
fn known_before(error: ApiError) -> ApiError {
    let kind = if error.kind.is_credentials() {
        ApiErrorKind::Credentials
    } else if error.kind == ApiErrorKind::TotalQuotaExceeded {
        ApiErrorKind::QuotaExceeded
    } else {
        error.kind
    };
    ApiError { kind, ..error }
}
