//! Pure: what a journal line can say, and what an outcome is.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::api_error::ApiError;
use crate::ids::{AccountId, Digest, InstanceName, ItemId, Nonce, RunId};
use crate::inventory::Description;
use crate::journal::written;
use crate::journal::{Call, Note, Purpose, Reason};
use crate::plan::TransferKind;

/// The newest journal format that this version reads, and the one it writes.
pub const FORMAT_VERSION: u32 = 6;

/// One record of a journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Its place: 0, 1, 2 ... without a gap.
    pub seq: u64,
    /// When it was written.
    pub at: Timestamp,
    /// What it says.
    pub entry: Entry,
}

/// What a record says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Entry {
    /// The first record of a journal.
    RunStarted {
        /// The format of the journal.
        format_version: u32,
        /// The run.
        run: RunId,
        /// The plan's digest.
        plan: Digest,
        /// The account.
        account: AccountId,
        /// The version of the program.
        tool_version: String,
        /// What is done with the plan. Absent: it is applied.
        #[serde(default, skip_serializing_if = "Purpose::is_apply")]
        purpose: Purpose,
        /// Who carries it out, as STS says. Since format 5.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        caller: Option<String>,
    },
    /// The run goes on after it was interrupted.
    RunResumed {
        /// The version of the program.
        tool_version: String,
        /// Who resumes it, as STS says. Since format 5.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        caller: Option<String>,
    },
    /// The source was found as planned; work on the item begins.
    ItemStarted {
        /// The item.
        item: ItemId,
        /// The source's status now: what its replacement is given in the end.
        prior_status: PriorStatus,
    },
    /// The source was first seen at rest after the run's own last call to it, or since it was begun where there was none.
    /// Since format 4.
    SourceAtRest {
        /// The item.
        item: ItemId,
        /// When AWS says that the source was last changed; absent where it says nothing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        last_modified: Option<Timestamp>,
        /// Whether nobody looked at it for so long that somebody may have used it in between.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        unwatched: bool,
    },
    /// A mutating call is about to be sent.
    Intent {
        /// The item.
        item: ItemId,
        /// The call.
        call: Call,
    },
    /// The call of the item's last intent was answered, or was given up.
    CallEnded {
        /// The item.
        item: ItemId,
        /// The call.
        call: Call,
        /// Why it failed; absent when it succeeded.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<ApiError>,
        /// AWS's id of the request, where it was accepted and AWS gave one. Since format 5.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request_id: Option<String>,
    },
    /// Every member and tag of the replacement was compared with the request.
    ReplacementVerified {
        /// The item.
        item: ItemId,
        /// Members that AWS did not report, so that they could not be compared.
        not_reported: Vec<String>,
        /// What AWS reported of it then. Since format 5.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        found: Option<Box<Description>>,
    },
    /// The source was repaired in place, and every member of it was compared with what was asked for. Since format 5.
    RepairVerified {
        /// The item.
        item: ItemId,
        /// What AWS reported of it then.
        found: Box<Description>,
    },
    /// Files are about to be moved: what the worker is known by. Since format 6.
    TransferPrepared {
        /// The item.
        item: ItemId,
        /// Which way.
        transfer: TransferKind,
        /// What only this attempt and its worker know.
        nonce: Nonce,
        /// Of an import: the SHA-256 of the status of the export that it reads.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<Digest>,
    },
    /// Files were moved, as the bucket proves. Since format 6.
    FilesMoved {
        /// The item.
        item: ItemId,
        /// Which way.
        transfer: TransferKind,
        /// What proves it.
        proof: FilesProof,
    },
    /// The item has failed; the source is brought back to its prior status before it ends.
    ItemFailing {
        /// The item.
        item: ItemId,
        /// Why.
        #[serde(with = "written::reason")]
        reason: Reason,
    },
    /// The item has ended.
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

/// What proves that files were moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilesProof {
    /// The SHA-256 of the worker's status, which says that of everything else.
    pub status: Digest,
    /// The digest of its manifest: equal of equal folders.
    pub manifest: Digest,
    /// Bytes of files.
    pub bytes: u64,
    /// Entries.
    pub entries: u64,
    /// Whether the volume could not change meanwhile, nor after that until the instance is stopped.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub quiet: bool,
    /// Of an export: when AWS says that the source was last changed as it was proven. Whoever starts or stops it later moves that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_modified: Option<Timestamp>,
}

/// The status that a source had when the run first touched it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PriorStatus {
    /// It was running.
    InService,
    /// It was stopped.
    Stopped,
}

/// How an item ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Outcome {
    /// The replacement is verified and has the source's prior status.
    Done {
        /// The replacement.
        replacement: InstanceName,
        /// Whether the source was deleted.
        source_deleted: bool,
        /// What the operator should know all the same.
        #[serde(with = "written::notes")]
        notes: Vec<Note>,
    },
    /// The source has been repaired in place and has its prior status again. Since format 5.
    Repaired {
        /// What the operator should know all the same.
        #[serde(with = "written::notes")]
        notes: Vec<Note>,
    },
    /// The item is undone: there is no replacement of this run any more, and the source has its prior status.
    RolledBack {
        /// Whether there was a replacement, which this run deleted.
        replacement_deleted: bool,
        /// What the operator should know, and what could not be undone.
        #[serde(with = "written::notes")]
        notes: Vec<Note>,
    },
    /// An earlier run of this plan had done it already; nothing was changed.
    AlreadyDone {
        /// The replacement.
        replacement: InstanceName,
    },
    /// Declined before anything was changed.
    Refused {
        /// Why.
        #[serde(with = "written::reason")]
        reason: Reason,
    },
    /// Something went wrong after work on the item had begun.
    Failed {
        /// What.
        #[serde(with = "written::reason")]
        reason: Reason,
        /// What was left behind.
        left: Left,
    },
}

/// What is left of an item, as last observed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Left {
    /// The source.
    pub source: Presence,
    /// The replacement.
    pub replacement: Presence,
}

/// Whether an instance exists, as last observed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Presence {
    /// It does not exist.
    Absent,
    /// It exists, in this status.
    Status(String),
    /// It was not, or could not be, looked at.
    Unknown,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum RunEnd {
    /// Every item has an outcome.
    Completed,
    /// The operator interrupted it.
    Interrupted,
    /// `max_failures` was reached: no further item was started.
    Halted {
        /// How many items had failed.
        failures: u32,
    },
    /// Some items were begun, but could not be taken to their end: they can be resumed.
    Unfinished,
    /// A quota left no room for the replacements of the items that were not begun. Since format 3.
    NoRoom {
        /// Which, and where.
        message: String,
    },
    /// The plan expired before every item was begun.
    PlanExpired,
    /// The credentials stopped working.
    CredentialsLost {
        /// What AWS said.
        message: String,
    },
    /// The journal could not be written any more, so that nothing more was sent. Never on disk itself.
    JournalLost {
        /// Why.
        message: String,
    },
}
