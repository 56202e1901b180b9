//! What a run tells those who watch it.

use jiff::Timestamp;
use serde::Serialize;

use crate::ids::{Digest, ItemId, RunId};
use crate::journal::{Call, Left, Outcome, Purpose, Reason, RunEnd};
use crate::plan::TransferKind;

/// The format of the events as JSON lines.
pub const FORMAT_VERSION: u32 = 3;

/// One thing that happened in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The format of this event.
    pub format_version: u32,
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: EventKind,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum EventKind {
    /// The run begins.
    RunStarted {
        /// The run.
        run: RunId,
        /// The plan.
        plan: Digest,
        /// What is done with it.
        purpose: Purpose,
        /// The items, in the plan's order.
        items: Vec<ItemId>,
    },
    /// An item is in a new phase.
    ItemPhase {
        /// The item.
        item: ItemId,
        /// The phase.
        phase: Phase,
    },
    /// A worker that moves files has said how far it is.
    TransferProgress {
        /// The item.
        item: ItemId,
        /// Which way.
        transfer: TransferKind,
        /// Bytes of files so far.
        bytes: u64,
        /// Entries so far.
        entries: u64,
    },
    /// A mutating call failed in a way that is met by looking again.
    CallFailed {
        /// The item.
        item: ItemId,
        /// The call.
        call: Call,
        /// The error in words.
        error: String,
    },
    /// An item has ended.
    ItemEnded {
        /// The item.
        item: ItemId,
        /// How.
        outcome: Outcome,
    },
    /// The run has ended.
    RunEnded {
        /// How.
        end: RunEnd,
    },
}

/// What an item is being taken through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Comparing the source with the plan.
    Checking,
    /// Stopping the source.
    StoppingSource,
    /// Creating the replacement.
    CreatingReplacement,
    /// Comparing the replacement with the request.
    Verifying,
    /// Starting the replacement.
    StartingReplacement,
    /// Giving the replacement's OnCreate script its time, before the replacement is stopped.
    AwaitingOnCreate,
    /// Stopping the replacement, because the source was stopped.
    StoppingReplacement,
    /// Deleting the source.
    DeletingSource,
    /// Bringing the source back after a failure, or in a rollback.
    RestoringSource,
    /// Deleting the replacement, after a failure or in a rollback.
    DeletingReplacement,
    /// Changing the source's settings.
    UpdatingSource,
    /// Starting the source again, as a part of its repair.
    StartingSource,
    /// Comparing the repaired source with what was asked for.
    VerifyingSource,
    /// Making a lifecycle configuration that moves files.
    PreparingTransfer,
    /// Deleting those that have.
    EndingTransfer,
    /// The files of the source are on their way to the bucket.
    Exporting,
    /// The files are on their way from the bucket to the replacement.
    Importing,
    /// Changing the replacement's settings.
    UpdatingReplacement,
}

/// Takes the events of a run, in order.
pub type Watcher<'a> = dyn Fn(&Event) + Sync + 'a;

/// How a run ended, item by item: what the summary and the exit code are made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunReport {
    /// The format of this report.
    pub format_version: u32,
    /// The run.
    pub run: RunId,
    /// What was done with its plan.
    pub purpose: Purpose,
    /// How it ended.
    pub end: RunEnd,
    /// Every item of the plan that the run was about, in the plan's order.
    pub items: Vec<ItemReport>,
}

/// The result of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemReport {
    /// The item.
    pub id: ItemId,
    /// Its result.
    pub result: ItemResult,
}

/// How far an item has come when the run ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemResult {
    /// It ended.
    Ended {
        /// How.
        outcome: Outcome,
    },
    /// It could not be taken to its end; the run is resumed for that.
    Unfinished {
        /// The phase it was in.
        phase: Phase,
        /// What is left, as last observed.
        left: Left,
        /// Why it could not go on, where that was not the end of the run.
        why: Option<Reason>,
    },
    /// The run ended before it was touched.
    NotStarted,
}
