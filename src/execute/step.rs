//! Pure: the steps that an item can take next, and its ends.

use jiff::Timestamp;

use crate::execute::event::Phase;
use crate::execute::observed::Side;
use crate::journal::{Call, Note, PriorStatus, Reason};
use crate::plan::TransferKind;

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Work on the item begins; this is the status its replacement is given in the end.
    Begin(PriorStatus),
    /// The source is at rest after this run's last call to it: when AWS says that it was last changed.
    AtRest {
        /// Absent where AWS says nothing.
        last_modified: Option<Timestamp>,
    },
    /// Send a mutating call.
    Call(Call),
    /// Send a start again for an instance that has failed to start, with growing pauses, as long as the phase may last.
    Again {
        /// The start.
        call: Call,
        /// What follows when that was long enough.
        given_up: GivenUp,
    },
    /// Look at one of the two again until its status is another one.
    Wait(Side, Phase),
    /// Leave the replacement alone until then.
    Hold {
        /// When it can be stopped.
        until: Timestamp,
    },
    /// Draw what the worker of a transfer is known by, and write it down.
    Prepare(TransferKind),
    /// Look at what a worker says, until the files are moved or that cannot be hoped for any more.
    AwaitFiles(TransferKind),
    /// The replacement is as requested.
    Verified {
        /// Members that AWS does not report.
        not_reported: Vec<String>,
    },
    /// The item has failed; bring the source back.
    Fail(Reason),
    /// The item has ended.
    End(End),
}

/// What follows when an instance has failed to start for as long as it may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GivenUp {
    /// The item has failed; bring back what can be.
    Fail(Reason),
    /// The item has failed before, and ends.
    End(Reason),
}

impl GivenUp {
    /// The step that follows at once.
    pub(super) fn step(self) -> Step {
        match self {
            GivenUp::Fail(reason) => Step::Fail(reason),
            GivenUp::End(reason) => Step::End(End::Failed(reason)),
        }
    }
}

/// How an item ends. What is left behind is added by who observed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// Done.
    Done {
        /// Whether the source was deleted.
        source_deleted: bool,
        /// What the operator should know.
        notes: Vec<Note>,
    },
    /// The item is undone.
    RolledBack {
        /// Whether this run deleted a replacement.
        replacement_deleted: bool,
        /// What the operator should know.
        notes: Vec<Note>,
    },
    /// Repaired in place.
    Repaired {
        /// What the operator should know.
        notes: Vec<Note>,
    },
    /// An earlier run of the plan had done it.
    AlreadyDone,
    /// Declined before anything was changed.
    Refused(Reason),
    /// Failed, with the source brought back as far as that could be done.
    Failed(Reason),
}

/// The end of an item that nothing was done of.
pub(super) fn refuse(reason: Reason) -> Step {
    Step::End(End::Refused(reason))
}

/// What becomes of a step that must not be taken: an item that would be begun is refused, one that was begun fails.
pub(super) fn decline(step: &Step, reason: Reason) -> Step {
    if matches!(step, Step::Begin(_)) { refuse(reason) } else { Step::Fail(reason) }
}
