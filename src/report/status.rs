//! Where a run stands, read off its journal: what happened, what is in flight, and what is next.

use jiff::Timestamp;
use serde::Serialize;

use crate::ids::{AccountId, Digest, ItemId, RunId};
use crate::journal::{Call, Outcome, Past, RunEnd, RunState};
use crate::plan::Plan;

/// The format of a status as JSON.
const FORMAT_VERSION: u32 = 1;

/// Where a run stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunStatus {
    /// The format of this document.
    pub format_version: u32,
    /// The run.
    pub run: RunId,
    /// Its plan.
    pub plan: Digest,
    /// Its account.
    pub account: AccountId,
    /// When its journal was last written to.
    pub last: Timestamp,
    /// Whether it goes on, or how it ended.
    pub state: Progressing,
    /// Every item of the plan, in its order.
    pub items: Vec<ItemStatus>,
}

/// Whether a run goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Progressing {
    /// A process is at work on its account: on this run, or on another.
    AtWork {
        /// Which, as far as its lock says.
        holder: String,
    },
    /// It ended.
    Ended {
        /// How.
        end: RunEnd,
    },
    /// Its process is gone, and it had not come to an end.
    CutOff,
}

/// Where an item stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemStatus {
    /// The item.
    pub id: ItemId,
    /// How far it has come, as far as the journal tells. What status its instances have, only AWS can tell.
    pub reached: Reached,
    /// A call that was about to be sent, and of which it is not known whether it took effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_doubt: Option<Call>,
}

/// How far an item has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Reached {
    /// Nothing was done.
    NotStarted,
    /// It was found as planned; nothing was changed.
    Started,
    /// Its source was stopped, or is being stopped.
    SourceStopped,
    /// Its replacement was created, or is being created.
    ReplacementCreated,
    /// Its replacement was verified.
    ReplacementVerified,
    /// It has failed, and its source is brought back.
    BringingBack {
        /// Why it failed.
        reason: String,
    },
    /// It has ended.
    Ended {
        /// How.
        outcome: Outcome,
    },
}

impl RunStatus {
    /// Where the run stands. `holder` is who has the account's lock, if anybody.
    pub fn new(plan: &Plan, state: &RunState, holder: Option<String>) -> RunStatus {
        let progressing = match (&state.end, holder) {
            (Some(end), _) => Progressing::Ended { end: end.clone() },
            (None, Some(holder)) => Progressing::AtWork { holder },
            (None, None) => Progressing::CutOff,
        };
        let items = plan.items.iter().map(|item| item_status(&item.id, state.items.get(&item.id)));
        RunStatus {
            format_version: FORMAT_VERSION,
            run: state.run.clone(),
            plan: state.plan.clone(),
            account: state.account.clone(),
            last: state.last,
            state: progressing,
            items: items.collect(),
        }
    }

    /// Whether there is something to resume.
    pub fn is_open(&self) -> bool {
        let completed = matches!(self.state, Progressing::Ended { end: RunEnd::Completed });
        !completed && !matches!(self.state, Progressing::AtWork { .. })
    }
}

fn item_status(id: &ItemId, past: Option<&Past>) -> ItemStatus {
    let Some(past) = past else {
        return ItemStatus { id: id.clone(), reached: Reached::NotStarted, in_doubt: None };
    };
    let in_doubt = if past.outcome.is_some() { None } else { past.in_doubt() };
    ItemStatus { id: id.clone(), reached: reached(past), in_doubt }
}

fn reached(past: &Past) -> Reached {
    let may_have = |call| past.call(call).may_have_happened();
    match (&past.outcome, &past.failing) {
        (Some(outcome), _) => Reached::Ended { outcome: outcome.clone() },
        (None, Some(reason)) => Reached::BringingBack { reason: reason.clone() },
        (None, None) if past.verified.is_some() => Reached::ReplacementVerified,
        (None, None) if may_have(Call::CreateReplacement) => Reached::ReplacementCreated,
        (None, None) if may_have(Call::StopSource) => Reached::SourceStopped,
        (None, None) if past.prior_status.is_some() => Reached::Started,
        (None, None) => Reached::NotStarted,
    }
}
