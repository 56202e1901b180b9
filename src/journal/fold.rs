//! Pure: records make the state of a run. The same function serves a live run and the reading of an old one,
//! so that a bad journal and a bad program fail alike.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::ids::{AccountId, Digest, ItemId, Nonce, RunId};
use crate::journal::{
    Call, CallObject, CallState, CallVerb, Entry, FORMAT_VERSION, FilesProof, Outcome, PriorStatus, Purpose,
    Reason, Record, RunEnd,
};
use crate::plan::TransferKind;

/// The first format that tells how the source was at rest.
const FIRST_WITH_REST: u32 = 4;

/// A record that cannot follow the ones before it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FoldError {
    /// The first record is not the start of a run.
    #[error("it does not begin with the start of a run")]
    NoStart,
    /// The journal was written by a later version of the program.
    #[error("it has format {found}; this version reads up to {FORMAT_VERSION}")]
    TooNew {
        /// Its format.
        found: u32,
    },
    /// A record is not at its place.
    #[error("record {found} stands where record {expected} should")]
    OutOfOrder {
        /// The number that should be there.
        expected: u64,
        /// The number that is.
        found: u64,
    },
    /// A record cannot follow the ones before it.
    #[error("record {seq} cannot follow the ones before it: {why}")]
    Illegal {
        /// The record's number.
        seq: u64,
        /// Why it cannot.
        why: String,
    },
}

/// What a journal says of its run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunState {
    /// The journal's format.
    pub format: u32,
    /// The run.
    pub run: RunId,
    /// The plan's digest.
    pub plan: Digest,
    /// The account.
    pub account: AccountId,
    /// What was done with the plan.
    pub purpose: Purpose,
    /// What was done for each item that was touched.
    pub items: BTreeMap<ItemId, Past>,
    /// When its last record was written.
    pub last: Timestamp,
    /// How the run ended; `None` while it goes on, or when it was cut off.
    pub end: Option<RunEnd>,
}

/// What was done for one item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Past {
    /// The source's status when it was first touched.
    pub prior_status: Option<PriorStatus>,
    calls: BTreeMap<Call, CallState>,
    /// The calls that were sent before their last attempt, and may have taken effect then. What AWS says of a later attempt
    /// does not undo that.
    before: BTreeSet<Call>,
    /// Whether the source was stopped once its replacement had been asked for, not before.
    stopped_last: bool,
    /// How the source was when the run had done with it.
    pub rest: SourceRest,
    transfers: BTreeMap<TransferKind, PastTransfer>,
    /// Whether the source ran on after its export, with a volume that could change, and nobody was there to stop it.
    pub ran_on_after_export: bool,
    /// Once the replacement, or the repair, was verified: the members that AWS did not report.
    pub verified: Option<Vec<String>>,
    /// Once the item has failed: why.
    pub failing: Option<Reason>,
    /// Once it has ended: how.
    pub outcome: Option<Outcome>,
}

/// What a run has done of a transfer of files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastTransfer {
    /// What its worker is known by.
    pub nonce: Nonce,
    /// Of an import: the SHA-256 of the status of the export that it reads.
    pub source: Option<Digest>,
    /// Once the files were moved: what proves it.
    pub proof: Option<FilesProof>,
}

/// How a source was when it was first seen at rest after the run's own last call to it: what a later change shows against.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SourceRest {
    /// It was not seen at rest yet.
    #[default]
    NotSeen,
    /// It was, and AWS said that it was last changed then, where it said so.
    Seen(Option<Timestamp>),
    /// Nobody looked in between: somebody may have used it.
    Missed,
    /// The journal is of a format that does not tell.
    Unrecorded,
}

impl RunState {
    /// The same as the first record of whoever goes on with the run makes it.
    #[must_use]
    pub fn resumed(mut self) -> RunState {
        self.end = None;
        let purpose = self.purpose;
        for past in self.items.values_mut().filter(|past| is_looked_at_anew(purpose, past)) {
            *past = past.looked_at_anew();
        }
        self.items.retain(|_, past| *past != Past::default());
        self.items.values_mut().for_each(Past::was_left);
        self
    }
}

impl Past {
    /// Nothing was done yet, as a journal of that format tells it.
    pub fn in_format(format: u32) -> Past {
        let rest = if format < FIRST_WITH_REST { SourceRest::Unrecorded } else { SourceRest::default() };
        Past { rest, ..Past::default() }
    }

    /// Nobody has looked at the item for a while. What the run had done to the source, and had not yet seen the end of,
    /// somebody else may have used.
    pub fn was_left(&mut self) {
        let done_with = self.prior_status == Some(PriorStatus::Stopped) || self.has_stopped_source();
        if done_with && self.rest == SourceRest::NotSeen {
            self.rest = SourceRest::Missed;
        }
        let may_change = self.moved(TransferKind::Export).is_some_and(|proof| !proof.quiet);
        if may_change && !matches!(self.call(Call::StopExport), CallState::Accepted { .. }) {
            self.ran_on_after_export = true;
        }
    }

    /// Whether the source ran when the run first touched it, and the run may have stopped it.
    pub fn has_stopped_source(&self) -> bool {
        self.prior_status == Some(PriorStatus::InService) && self.may_have_happened(Call::StopSource)
    }

    /// What was done of the transfer that way, once it was prepared.
    pub fn transfer(&self, transfer: TransferKind) -> Option<&PastTransfer> {
        self.transfers.get(&transfer)
    }

    /// What proves that files were moved that way, once they were.
    pub fn moved(&self, transfer: TransferKind) -> Option<&FilesProof> {
        self.transfer(transfer)?.proof.as_ref()
    }

    /// Whether a call may have taken effect, at any attempt.
    pub fn may_have_happened(&self, call: Call) -> bool {
        self.before.contains(&call) || self.call(call).may_have_happened()
    }

    /// The past of an item that a way back looks at anew: nothing but that its replacement was stopped on that way, so that it
    /// is started again should the source not come back this time either.
    fn looked_at_anew(&self) -> Past {
        let before = Some(Call::StopReplacement).filter(|call| self.may_have_happened(*call));
        Past { before: before.into_iter().collect(), ..Past::default() }
    }

    /// What is known of one kind of call.
    pub fn call(&self, call: Call) -> &CallState {
        self.calls.get(&call).unwrap_or(&CallState::NotSent)
    }

    /// Whether the stop of the source was accepted, and nothing was done since that shows it as stopped: a source that
    /// runs all the same is about to stop.
    pub fn is_stopping_source(&self) -> bool {
        let sent = |call| *self.call(call) != CallState::NotSent;
        let shown = match self.stopped_last {
            true => matches!(self.rest, SourceRest::Seen(_)),
            false => sent(Call::CreateReplacement),
        };
        matches!(self.call(Call::StopSource), CallState::Accepted { .. })
            && !(shown
                || [Call::StartSource, Call::DeleteSource, Call::UpdateSource, Call::AttachExport]
                    .into_iter()
                    .any(sent))
    }

    /// The call of which it is not known whether it took effect, if there is one: its answer was lost, also where AWS has
    /// refused a later attempt. A replacement that was verified was created.
    pub fn in_doubt(&self) -> Option<Call> {
        let doubtful = |(call, state): &(&Call, &CallState)| match state {
            CallState::InDoubt { .. } => true,
            CallState::Rejected { .. } => self.before.contains(call),
            CallState::NotSent | CallState::Accepted { .. } => false,
        };
        let settled = |call: Call| call == Call::CreateReplacement && self.verified.is_some();
        self.calls.iter().filter(doubtful).map(|(call, _)| *call).find(|call| !settled(*call))
    }

    /// Takes in one more entry about this item.
    ///
    /// # Errors
    /// Why it cannot follow what is known.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), String> {
        if self.outcome.is_some() {
            return Err("the item has ended".to_owned());
        }
        let started = self.prior_status.is_some();
        match entry {
            Entry::ItemStarted { prior_status, .. } => {
                if started {
                    return Err("the item was started before".to_owned());
                }
                self.prior_status = Some(*prior_status);
            }
            Entry::Intent { call, .. } => {
                if !started {
                    return Err("the item was not started".to_owned());
                }
                let attempts = self.call(*call).attempts().saturating_add(1);
                if self.may_have_happened(*call) {
                    self.before.insert(*call);
                }
                if moves_source(*call) && self.rest != SourceRest::Unrecorded {
                    self.rest = SourceRest::NotSeen;
                }
                if *call == Call::StopSource {
                    self.stopped_last = *self.call(Call::CreateReplacement) != CallState::NotSent;
                }
                self.calls.insert(*call, CallState::InDoubt { attempts });
            }
            Entry::CallEnded { call, error, .. } => {
                let CallState::InDoubt { attempts } = *self.call(*call) else {
                    return Err("the call was not about to be sent".to_owned());
                };
                self.calls.insert(*call, CallState::ended(attempts, error.as_ref()));
            }
            Entry::ReplacementVerified { .. }
            | Entry::RepairVerified { .. }
            | Entry::ItemFailing { .. }
            | Entry::SourceAtRest { .. }
            | Entry::TransferPrepared { .. }
            | Entry::FilesMoved { .. }
                if !started =>
            {
                return Err("the item was not started".to_owned());
            }
            Entry::SourceAtRest { .. } if self.rest != SourceRest::NotSeen => {
                return Err("the source was seen at rest before, or its format does not tell".to_owned());
            }
            Entry::SourceAtRest { last_modified, unwatched, .. } => {
                self.rest = if *unwatched { SourceRest::Missed } else { SourceRest::Seen(*last_modified) };
            }
            Entry::ReplacementVerified { not_reported, .. } => self.verified = Some(not_reported.clone()),
            Entry::RepairVerified { .. } => self.verified = Some(Vec::new()),
            Entry::TransferPrepared { transfer, nonce, source, .. } => {
                let prepared = PastTransfer { nonce: nonce.clone(), source: source.clone(), proof: None };
                if self.transfers.insert(*transfer, prepared).is_some() {
                    return Err(format!("the {} was prepared before", transfer.as_str()));
                }
            }
            Entry::FilesMoved { transfer, proof, .. } => match self.transfers.get_mut(transfer) {
                Some(prepared) if prepared.proof.is_none() => prepared.proof = Some(proof.clone()),
                Some(_) => return Err(format!("the {} was proven before", transfer.as_str())),
                None => return Err(format!("the {} was not prepared", transfer.as_str())),
            },
            Entry::ItemFailing { reason, .. } => self.failing = Some(reason.clone()),
            Entry::ItemEnded { outcome, .. } => self.outcome = Some(outcome.clone()),
            Entry::RunStarted { .. } | Entry::RunResumed { .. } | Entry::RunEnded { .. } => {
                return Err("it is not about an item".to_owned());
            }
        }
        Ok(())
    }
}

impl Entry {
    /// The item that the entry is about, if it is about one.
    pub fn item(&self) -> Option<&ItemId> {
        match self {
            Entry::ItemStarted { item, .. }
            | Entry::SourceAtRest { item, .. }
            | Entry::Intent { item, .. }
            | Entry::CallEnded { item, .. }
            | Entry::ReplacementVerified { item, .. }
            | Entry::RepairVerified { item, .. }
            | Entry::TransferPrepared { item, .. }
            | Entry::FilesMoved { item, .. }
            | Entry::ItemFailing { item, .. }
            | Entry::ItemEnded { item, .. } => Some(item),
            Entry::RunStarted { .. } | Entry::RunResumed { .. } | Entry::RunEnded { .. } => None,
        }
    }
}

/// Whether a call starts or stops the source: what was seen of it at rest before does not hold any more.
fn moves_source(call: Call) -> bool {
    call.object() == CallObject::Source && matches!(call.verb(), CallVerb::Start | CallVerb::Stop)
}

/// The state that the records of a journal make.
///
/// # Errors
/// When they are not the journal of a run, or one of them cannot follow the ones before it.
pub fn fold(records: &[Record]) -> Result<RunState, FoldError> {
    let (first, rest) = records.split_first().ok_or(FoldError::NoStart)?;
    let mut state = start(first)?;
    for (expected, record) in (1..).zip(rest) {
        if record.seq != expected {
            return Err(FoldError::OutOfOrder { expected, found: record.seq });
        }
        state.last = record.at;
        advance(&mut state, &record.entry).map_err(|why| FoldError::Illegal { seq: record.seq, why })?;
    }
    Ok(state)
}

fn start(first: &Record) -> Result<RunState, FoldError> {
    let Record {
        seq: 0, entry: Entry::RunStarted { format_version, run, plan, account, purpose, .. }, ..
    } = first
    else {
        return Err(FoldError::NoStart);
    };
    if *format_version > FORMAT_VERSION {
        return Err(FoldError::TooNew { found: *format_version });
    }
    Ok(RunState {
        format: *format_version,
        run: run.clone(),
        plan: plan.clone(),
        account: account.clone(),
        purpose: *purpose,
        items: BTreeMap::new(),
        last: first.at,
        end: None,
    })
}

fn advance(state: &mut RunState, entry: &Entry) -> Result<(), String> {
    match entry {
        Entry::RunStarted { .. } => return Err("the run was started before".to_owned()),
        Entry::RunResumed { .. } => *state = state.clone().resumed(),
        Entry::RunEnded { end } => {
            refuse_after_end(state)?;
            state.end = Some(end.clone());
        }
        Entry::ItemStarted { item, .. }
        | Entry::SourceAtRest { item, .. }
        | Entry::Intent { item, .. }
        | Entry::CallEnded { item, .. }
        | Entry::ReplacementVerified { item, .. }
        | Entry::RepairVerified { item, .. }
        | Entry::TransferPrepared { item, .. }
        | Entry::FilesMoved { item, .. }
        | Entry::ItemFailing { item, .. }
        | Entry::ItemEnded { item, .. } => {
            refuse_after_end(state)?;
            let format = state.format;
            state.items.entry(item.clone()).or_insert_with(|| Past::in_format(format)).apply(entry)?;
        }
    }
    Ok(())
}

/// Whether a resumed run begins an item again that has ended. An application never does: its plan was for what there
/// was. A rollback or a cleanup decides by what there is now, so that what it refused or failed at can be tried again.
fn is_looked_at_anew(purpose: Purpose, past: &Past) -> bool {
    let undone = matches!(past.outcome, Some(Outcome::Refused { .. } | Outcome::Failed { .. }));
    match purpose {
        Purpose::Apply => false,
        Purpose::Rollback | Purpose::Cleanup => undone,
    }
}

fn refuse_after_end(state: &RunState) -> Result<(), String> {
    if state.end.is_some() { Err("the run has ended".to_owned()) } else { Ok(()) }
}
