//! Why an item was refused, has failed or cannot go on: as data with stable codes. How each is said is `report`'s.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::api_error::{ApiError, ApiErrorKind};
use crate::ids::{InstanceName, RunId};
use crate::inventory::Status;
use crate::journal::{Call, Purpose};
use crate::plan::{Drift, Outdated, TransferKind, WithheldReason};

/// Why an item was declined, has failed, or cannot go on now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::IntoStaticStr, strum::VariantNames)]
#[serde(tag = "code", rename_all = "kebab-case", deny_unknown_fields)]
#[strum(serialize_all = "kebab-case")]
#[allow(
    missing_docs,
    reason = "the fields are named for what they hold; each code is said by `report::wording`"
)]
pub enum Reason {
    /// In the words of a journal before format 5.
    Told {
        text: String,
    },

    // What became of the source before the item was begun.
    SourceGone,
    SourceDrifted {
        drift: Vec<Drift>,
    },
    SourceStarted,
    SourceFailed,
    SourceBeingDeleted,
    /// AWS has upgraded its platform since the plan was made, and nothing else has changed.
    UpgradedByAws {
        from: String,
        to: String,
    },
    /// AWS no longer does what the plan asks for.
    Outdated {
        why: Outdated,
    },
    Exempt {
        reason: WithheldReason,
    },

    // What cannot be used any more that the create or the way back needs. `found` is what was found.
    /// The key of the replacement's volume.
    KeyNotUsable {
        found: String,
    },
    /// The key of the source's own volume.
    OwnKeyNotUsable {
        found: String,
    },
    /// The target's subnet.
    SubnetNotUsable {
        found: String,
    },
    /// The execution role.
    RoleNotUsable {
        found: String,
    },
    /// The files of the source are to be moved by hand, and no export of them is proven, or none that is young enough.
    DataNotExported {
        found: String,
    },
    /// A cleanup would delete a source whose files are not proven to be on the replacement.
    DataNotImported {
        found: String,
    },
    /// The key or the role of a source that a rollback would have to start.
    SourceWouldNotStart {
        found: String,
    },

    /// The bucket that the run was to move files through.
    BucketNotUsable {
        bucket: String,
        found: String,
    },
    /// The run was to move the files, and did not come to a proof.
    FilesNotMoved {
        transfer: TransferKind,
        found: String,
    },
    /// An instance still has the lifecycle configuration of a transfer, and could not be given its own back.
    ConfigStays {
        name: InstanceName,
        config: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cause: Option<Box<Cause>>,
    },
    /// The lifecycle configuration of a transfer, which no instance has any more, could not be deleted.
    ConfigLeft {
        config: String,
        cause: Box<Cause>,
    },

    // What other runs have done.
    /// Another run has begun it and not ended it.
    BegunByRun {
        run: RunId,
        purpose: Purpose,
    },
    /// Another run has worked on it since the plan was made.
    ChangedByRun {
        run: RunId,
        purpose: Purpose,
    },
    LeftByEarlierRun {
        name: InstanceName,
        status: Status,
    },
    NameTaken {
        name: InstanceName,
    },
    /// Another run of the same plan has made it.
    MadeByRun {
        name: InstanceName,
        run: RunId,
    },

    // What became of it during the run.
    SourceDeletedByOthers,
    SourceDriftedInRun {
        drift: Vec<Drift>,
    },
    SourceStartedInRun,
    SourceBecameFailed,
    SourceBeingDeletedByOthers,
    ReplacementBeingDeletedByOthers,
    ReplacementFailed {
        cause: Cause,
    },
    NotAsRequested {
        wrong: Vec<String>,
    },

    // Why there is no way back.
    SourceDeletedByUs {
        purpose: Purpose,
    },
    NothingToGoBackTo,
    SourceCannotBeStarted {
        status: Status,
    },
    PlatformNotStarted {
        platform: String,
    },
    SourceKeyUnusable,
    /// It was repaired to that platform, and nothing else of it was.
    PlatformStays {
        platform: String,
    },
    SourceFailedToStart {
        cause: Cause,
    },
    ReplacementInUse,
    ReplacementNotProvedOurs {
        name: InstanceName,
    },

    // Why a source is not deleted.
    SourceNotDeleted {
        why: Box<Reason>,
    },
    ReplacementGone {
        name: InstanceName,
    },
    ReplacementNotOurs {
        name: InstanceName,
    },
    ReplacementNotAtRest {
        status: Status,
    },
    NoLongerAsRequested {
        wrong: Vec<String>,
    },
    NotVerified {
        members: Vec<String>,
    },
    SourceInUse {
        status: Status,
    },
    /// It was changed after the run had seen it at rest, or, in journals before format 4, after its replacement was created.
    SourceChanged {
        modified: Timestamp,
        at_rest: Option<Timestamp>,
    },
    SourceMayHaveBeenUsed,
    ChangeNotReported,

    // Calls and waits.
    CallFailed {
        cause: Cause,
    },
    /// A status that does not change; none where AWS accepted a create and never showed the instance.
    StillInStatus {
        name: InstanceName,
        status: Option<Status>,
        minutes: u64,
    },
    /// The same, and the run does not force it.
    NotOursToForce {
        name: InstanceName,
        status: Option<Status>,
        minutes: u64,
    },
    /// AWS accepted the stop of a source, which runs long after.
    StartedAfterStop {
        name: InstanceName,
        status: Option<Status>,
        minutes: u64,
    },
    NoTime {
        minutes: u64,
        cause: Cause,
    },
    Unreadable {
        cause: Cause,
    },
    UnreadableAnyMore {
        cause: Cause,
    },
    /// The region refuses the caller, or does not answer, while others are at work.
    RegionRefused {
        cause: Cause,
    },

    // What the way back met with.
    SourceNotStartedAgain {
        cause: Cause,
    },
    /// It is stopped, AWS no longer starts it on that platform, and the update to another came to nothing.
    SourceOff {
        platform: String,
        cause: Cause,
    },
    FailedReplacementNotStopped {
        cause: Cause,
    },
    FailedReplacementNotDeleted {
        cause: Cause,
    },
    ReplacementNotStartedAgain {
        cause: Cause,
    },
    /// It had failed, and then something else kept it from its way back.
    Then {
        first: Box<Reason>,
        then: Box<Reason>,
    },
}

/// Why a call did not bring about what it was sent for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Cause {
    /// AWS refused it.
    Refused {
        /// What AWS said.
        error: ApiError,
    },
    /// It was sent so often, and nothing came of it.
    NoEffect {
        /// The call.
        call: Call,
        /// How often it was sent.
        attempts: u32,
        /// What AWS said last, where it refused it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        last: Option<ApiError>,
    },
    /// The instance is `Failed`.
    InstanceFailed {
        /// Why, in AWS's words, where it gives a reason.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// Whether that is that something was denied.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        denied: bool,
    },
}

impl Reason {
    /// Every code; that of [`Reason::Then`] is the code of what came first.
    pub const CODES: &[&str] = <Reason as strum::VariantNames>::VARIANTS;

    /// Its stable name.
    pub fn code(&self) -> &'static str {
        if let Reason::Then { first, .. } = self { first.code() } else { self.into() }
    }

    /// This, and what happened on the way back.
    #[must_use]
    pub fn then(self, then: Reason) -> Reason {
        Reason::Then { first: Box::new(self), then: Box::new(then) }
    }

    /// Whether AWS denied something for want of permissions.
    pub fn is_denial(&self) -> bool {
        if let Reason::Then { first, then } = self {
            first.is_denial() || then.is_denial()
        } else if let Reason::SourceNotDeleted { why } = self {
            why.is_denial()
        } else {
            self.clone().cause().is_some_and(|cause| cause.is_denial())
        }
    }

    /// The same without the ids of requests, which are others each time.
    #[must_use]
    pub fn without_requests(mut self) -> Reason {
        if let Reason::Then { first, then } = self {
            return first.without_requests().then(then.without_requests());
        }
        if let Reason::SourceNotDeleted { why } = self {
            return Reason::SourceNotDeleted { why: Box::new(why.without_requests()) };
        }
        if let Some(error) = self.cause().and_then(Cause::error) {
            error.request_id = None;
        }
        self
    }

    /// What a call came to, where that is what it is about.
    #[expect(clippy::wildcard_enum_match_arm, reason = "those that hold a cause are all there is to say")]
    fn cause(&mut self) -> Option<&mut Cause> {
        match self {
            Reason::CallFailed { cause }
            | Reason::ReplacementFailed { cause }
            | Reason::SourceFailedToStart { cause }
            | Reason::NoTime { cause, .. }
            | Reason::Unreadable { cause }
            | Reason::UnreadableAnyMore { cause }
            | Reason::RegionRefused { cause }
            | Reason::SourceNotStartedAgain { cause }
            | Reason::SourceOff { cause, .. }
            | Reason::FailedReplacementNotStopped { cause }
            | Reason::FailedReplacementNotDeleted { cause }
            | Reason::ReplacementNotStartedAgain { cause } => Some(cause),
            Reason::ConfigLeft { cause, .. } => Some(cause),
            Reason::ConfigStays { cause, .. } => cause.as_deref_mut(),
            _ => None,
        }
    }
}

impl Cause {
    /// What AWS refused.
    fn error(&mut self) -> Option<&mut ApiError> {
        match self {
            Cause::Refused { error } => Some(error),
            Cause::NoEffect { last, .. } => last.as_mut(),
            Cause::InstanceFailed { .. } => None,
        }
    }

    /// Whether AWS denied something for want of permissions.
    fn is_denial(&self) -> bool {
        match self {
            Cause::InstanceFailed { denied, .. } => *denied,
            Cause::Refused { error } => error.kind == ApiErrorKind::AccessDenied,
            Cause::NoEffect { last, .. } => {
                last.as_ref().is_some_and(|error| error.kind == ApiErrorKind::AccessDenied)
            }
        }
    }
}

impl From<ApiError> for Cause {
    fn from(error: ApiError) -> Cause {
        Cause::Refused { error }
    }
}
