//! Pure: the kinds of faults by their names, and what each can strike.

use std::time::Duration;

use strum::{EnumMessage, IntoStaticStr, VariantArray};

use crate::diagnostic::Worded as _;
use crate::sandbox::fault::Fault;
use crate::sandbox::world::{OutsiderAct, WorkerFault};

/// A kind of fault, without its details. Its words are those of the log, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray, EnumMessage)]
#[strum(serialize_all = "kebab-case")]
pub(super) enum Kind {
    /// The service reports too many calls.
    Throttle,
    /// The service answers 500.
    InternalError,
    /// The service answers 503.
    Unavailable,
    /// The connection is cut before the call takes effect.
    CutBefore,
    /// The call takes effect, and its answer is lost.
    CutAfter,
    /// The answer takes long.
    Slow,
    /// The change of status that the call starts never finishes.
    Stuck,
    /// The create or start ends in `Failed`.
    Fails,
    /// The quota is used up.
    QuotaReached,
    /// The subnet has no free address.
    SubnetFull,
    /// The caller has no permission.
    AccessDenied,
    /// The caller's credentials have expired.
    CredentialsExpired,
    /// Somebody else writes the same object at the same time: S3 answers 409.
    Conflict,
    /// Somebody else does something with the instance, this long after the call.
    Outsider,
    /// The worker that the create or start launches to move files never says anything.
    WorkerSilent,
    /// That worker says hello, once or twice that it is at work, and then nothing.
    WorkerDies,
    /// That worker fails, and says so.
    WorkerFails,
    /// That worker succeeds, and what it has written is then overwritten: a part of an export, the manifest of an import.
    WorkerCorrupts,
}

/// Why a launch fails where nothing is said: the commonest reason of all (amazon-sagemaker-examples#207).
pub(super) const NO_CAPACITY: &str =
    "Insufficient notebook instance capacity. Retry later or with a different instance type.";

/// What somebody else can do, word by word.
pub(super) fn acts() -> impl Iterator<Item = &'static str> {
    OutsiderAct::words().into_iter().map(|(word, ..)| word)
}

/// Operations that begin a change of an instance.
const CHANGES: [&str; 5] = [
    "CreateNotebookInstance",
    "StartNotebookInstance",
    "StopNotebookInstance",
    "UpdateNotebookInstance",
    "DeleteNotebookInstance",
];

/// Operations that a quota can refuse (botocore 1.44.5: those with `ResourceLimitExceeded`), but for creating a
/// lifecycle configuration: the sandbox has no quota of those.
const LIMITED: [&str; 3] = ["CreateNotebookInstance", "StartNotebookInstance", "UpdateNotebookInstance"];

/// Operations that launch an instance: they need an address, and only what they begin can end in `Failed`.
const LAUNCHES: [&str; 2] = ["CreateNotebookInstance", "StartNotebookInstance"];

/// Operations about one instance.
const ABOUT_ONE: [&str; 10] = [
    "CreateNotebookInstance",
    "StartNotebookInstance",
    "StopNotebookInstance",
    "UpdateNotebookInstance",
    "DeleteNotebookInstance",
    "DescribeNotebookInstance",
    "CreatePresignedNotebookInstanceUrl",
    "AddTags",
    "ListTags",
    "DeleteTags",
];

/// Operations of S3 that write under conditions.
const CONDITIONAL: [&str; 2] = ["PutObject", "CompleteMultipartUpload"];

/// The kinds that cannot strike every operation, with those that they can, and the one that is nearly always meant.
const STRIKES: [(Kind, &[&str], Option<&str>); 10] = [
    (Kind::Stuck, &CHANGES, None),
    (Kind::QuotaReached, &LIMITED, Some("CreateNotebookInstance")),
    (Kind::Fails, &LAUNCHES, Some("CreateNotebookInstance")),
    (Kind::SubnetFull, &LAUNCHES, Some("CreateNotebookInstance")),
    (Kind::Conflict, &CONDITIONAL, Some("PutObject")),
    (Kind::Outsider, &ABOUT_ONE, Some("StopNotebookInstance")),
    (Kind::WorkerSilent, &LAUNCHES, Some("StartNotebookInstance")),
    (Kind::WorkerDies, &LAUNCHES, Some("StartNotebookInstance")),
    (Kind::WorkerFails, &LAUNCHES, Some("StartNotebookInstance")),
    (Kind::WorkerCorrupts, &LAUNCHES, Some("StartNotebookInstance")),
];

impl Kind {
    /// Its name.
    pub(super) fn word(self) -> &'static str {
        self.into()
    }

    /// The operations that it can strike; `None` for any.
    pub(super) fn operations(self) -> Option<&'static [&'static str]> {
        STRIKES.iter().find(|(kind, ..)| *kind == self).map(|(_, operations, _)| *operations)
    }

    /// The operation that it strikes if nothing is said: where there is one that is nearly always meant.
    pub(super) fn default_operation(self) -> Option<&'static str> {
        STRIKES.iter().find(|(kind, ..)| *kind == self).and_then(|(_, _, meant)| *meant)
    }

    /// The fault, with what is given of its details.
    pub(super) fn fault(
        self,
        reason: Option<String>,
        delay: Option<Duration>,
        act: Option<OutsiderAct>,
    ) -> Fault {
        match self {
            Kind::Throttle => Fault::Throttle,
            Kind::InternalError => Fault::InternalError,
            Kind::Unavailable => Fault::Unavailable,
            Kind::CutBefore => Fault::CutBefore,
            Kind::CutAfter => Fault::CutAfter,
            Kind::Slow => Fault::Slow(delay.unwrap_or(Duration::from_mins(1))),
            Kind::Stuck => Fault::Stuck,
            Kind::Fails => Fault::Fails(reason.unwrap_or_else(|| NO_CAPACITY.to_owned())),
            Kind::QuotaReached => Fault::QuotaReached,
            Kind::SubnetFull => Fault::SubnetFull,
            Kind::AccessDenied => Fault::AccessDenied,
            Kind::CredentialsExpired => Fault::CredentialsExpired,
            Kind::Conflict => Fault::Conflict,
            Kind::Outsider => {
                Fault::Outsider(act.unwrap_or(OutsiderAct::Start), delay.unwrap_or(Duration::ZERO))
            }
            Kind::WorkerSilent => Fault::Worker(WorkerFault::Silent),
            Kind::WorkerDies => Fault::Worker(WorkerFault::Dies),
            Kind::WorkerFails => Fault::Worker(WorkerFault::Fails),
            Kind::WorkerCorrupts => Fault::Worker(WorkerFault::Corrupts),
        }
    }
}
