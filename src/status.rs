//! Pure: where a run stands, read off its journal: what happened, what is in flight, and what is next. `report` shows it.

use jiff::Timestamp;
use serde::Serialize;

use crate::execute::concerns;
use crate::ids::{AccountId, Digest, ItemId, RunId};
use crate::journal::{Call, Outcome, Past, Purpose, Reason, RunEnd, RunState};
use crate::plan::{AnyItem, Plan, TransferKind};

/// Where a run stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunStatus {
    /// The run.
    pub run: RunId,
    /// Its plan.
    pub plan: Digest,
    /// Its account.
    pub account: AccountId,
    /// The application, and what has followed it: its rollback, its cleanup.
    pub stages: Vec<Stage>,
}

/// Where one thing that is done with a plan stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// What is done.
    pub purpose: Purpose,
    /// When its journal was last written to.
    pub last: Timestamp,
    /// Whether it goes on, or how it ended.
    pub state: Progressing,
    /// Every item of the plan that it is about, in the plan's order.
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemStatus {
    /// The item.
    pub id: ItemId,
    /// How far it has come, as far as the journal tells. What status its instances have, only AWS can tell.
    pub reached: Reached,
    /// A call that was about to be sent, and of which it is not known whether it took effect.
    pub in_doubt: Option<Call>,
}

/// How far an item has come.
#[derive(Debug, Clone, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Reached {
    /// Nothing was done.
    NotStarted,
    /// It was found as planned; nothing was changed.
    Started,
    /// Its source was stopped, or is being stopped.
    SourceStopped,
    /// Its files are being exported, by the run.
    FilesOnTheirWay,
    /// Its files are in the bucket.
    FilesExported,
    /// Its files are on the replacement.
    FilesImported,
    /// Its replacement was created, or is being created.
    ReplacementCreated,
    /// Its replacement was verified.
    ReplacementVerified,
    /// Its replacement was stopped, or is being stopped, in a rollback.
    ReplacementStopped,
    /// Its source was started again, or is being started, in a rollback.
    SourceStarted,
    /// Its replacement was deleted, or is being deleted, in a rollback.
    ReplacementDeleted,
    /// Its source was updated, or is being updated, in place.
    SourceUpdated,
    /// Its source was deleted, or is being deleted.
    SourceDeleted,
    /// It has failed, and what ran before is brought back.
    BringingBack {
        /// Why it failed.
        reason: Reason,
    },
    /// It has ended.
    Ended {
        /// How.
        outcome: Outcome,
    },
}

impl RunStatus {
    /// Where the run stands: `applied` by its own journal, `followed` by those of what followed. `holder` is who has
    /// the account's lock, if anybody.
    pub fn new(plan: &Plan, applied: &RunState, followed: &[RunState], holder: Option<&str>) -> RunStatus {
        let about =
            |state: &RunState, item: AnyItem<'_>| concerns(state.purpose, item, applied.items.get(item.id()));
        // Only the latest can be what is at work.
        let last = followed.len();
        let stages = std::iter::once(applied).chain(followed).enumerate().map(|(number, state)| {
            let items = plan.all_items().into_iter().filter(|item| about(state, *item));
            let items = items.map(|item| item_status(item.id(), state.items.get(item.id()))).collect();
            let holder = holder.filter(|_| number == last);
            Stage { purpose: state.purpose, last: state.last, state: progressing(state, holder), items }
        });
        RunStatus {
            run: applied.run.clone(),
            plan: applied.plan.clone(),
            account: applied.account.clone(),
            stages: stages.collect(),
        }
    }

    /// What of the run has not come to its end and can be gone on with. A run that is on its way back is not resumed.
    pub fn open(&self) -> Option<Purpose> {
        let last = self.stages.last()?;
        let completed = matches!(last.state, Progressing::Ended { end: RunEnd::Completed });
        let at_work = matches!(last.state, Progressing::AtWork { .. });
        (!completed && !at_work).then_some(last.purpose)
    }
}

impl Reached {
    /// Its name, which stays the same.
    pub fn code(&self) -> &'static str {
        self.into()
    }
}

fn progressing(state: &RunState, holder: Option<&str>) -> Progressing {
    match (&state.end, holder) {
        (Some(end), _) => Progressing::Ended { end: end.clone() },
        (None, Some(holder)) => Progressing::AtWork { holder: holder.to_owned() },
        (None, None) => Progressing::CutOff,
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
    let may_have = |call| past.may_have_happened(call);
    match (&past.outcome, &past.failing) {
        (Some(outcome), _) => Reached::Ended { outcome: outcome.clone() },
        (None, Some(reason)) => Reached::BringingBack { reason: reason.clone() },
        (None, None) if may_have(Call::DeleteReplacement) => Reached::ReplacementDeleted,
        (None, None) if may_have(Call::DeleteSource) => Reached::SourceDeleted,
        (None, None) if may_have(Call::StartSource) => Reached::SourceStarted,
        (None, None) if may_have(Call::UpdateSource) => Reached::SourceUpdated,
        (None, None) if past.verified.is_some() => Reached::ReplacementVerified,
        (None, None) if past.moved(TransferKind::Import).is_some() => Reached::FilesImported,
        (None, None) if may_have(Call::CreateReplacement) => Reached::ReplacementCreated,
        (None, None) if past.moved(TransferKind::Export).is_some() => Reached::FilesExported,
        (None, None) if may_have(Call::StartExport) => Reached::FilesOnTheirWay,
        (None, None) if may_have(Call::StopSource) => Reached::SourceStopped,
        (None, None) if may_have(Call::StopReplacement) => Reached::ReplacementStopped,
        (None, None) if past.prior_status.is_some() => Reached::Started,
        (None, None) => Reached::NotStarted,
    }
}
