//! Workers that move files: who they are, and what they do.

use jiff::Timestamp;

use crate::ids::{AccountId, Region};
use crate::sandbox::worker::Job;

use super::notebook::{Notebook, Volume};
use super::place::Place;

/// What is wrong with a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkerFault {
    /// It never says anything.
    Silent,
    /// It says hello and that it is at work, once or twice, and then nothing.
    Dies,
    /// It fails, and says so.
    Fails,
    /// It succeeds, and then something that it has written is overwritten.
    Corrupts,
}

/// What a worker does at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WorkerWord {
    Hello,
    /// That it is still at work, counted from 1.
    Beat(u32),
    /// All the work, and its status.
    End,
}

/// A worker: the instance that it is on, and which launch of that has started it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct WorkerId {
    pub(crate) account: AccountId,
    pub(crate) region: Region,
    pub(crate) notebook: String,
    pub(super) launch: LaunchId,
}

/// A launch of an instance: another one of the same name has another volume.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LaunchId {
    volume: String,
    change: u32,
}

impl LaunchId {
    /// The last change of an instance.
    pub(super) fn of(notebook: &Notebook) -> LaunchId {
        LaunchId { volume: notebook.volume.id.clone(), change: notebook.changes }
    }
}

/// Something that a worker does, for whoever has the buckets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WorkerAct {
    pub(crate) worker: WorkerId,
    pub(crate) at: Timestamp,
    pub(crate) word: WorkerWord,
    pub(crate) job: Job,
    pub(crate) fault: Option<WorkerFault>,
    /// The instance's execution role, by its ARN.
    pub(crate) role: String,
    /// Where its requests come from.
    pub(crate) place: Place,
    /// The volume as it is then.
    pub(crate) volume: Volume,
}

/// A worker at work on an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AtWork {
    pub(super) launch: LaunchId,
    pub(super) job: Job,
    pub(super) fault: Option<WorkerFault>,
    pub(super) ends: Timestamp,
    /// How often it says that it is at work, if it dies.
    pub(super) beats: u32,
}
