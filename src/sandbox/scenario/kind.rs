//! The kinds of faults by their names, and what each can strike.

use std::time::Duration;

use crate::sandbox::fault::Fault;
use crate::sandbox::world::OutsiderAct;

/// A kind of fault, without its details.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Throttle,
    InternalError,
    Unavailable,
    CutBefore,
    CutAfter,
    Slow,
    Stuck,
    Fails,
    QuotaReached,
    SubnetFull,
    AccessDenied,
    CredentialsExpired,
    Outsider,
}

/// Why a launch fails where nothing is said: the commonest reason of all (amazon-sagemaker-examples#207).
pub(super) const NO_CAPACITY: &str =
    "Insufficient notebook instance capacity. Retry later or with a different instance type.";

/// What somebody else can do.
pub(super) const ACTS: [(&str, OutsiderAct); 4] = [
    ("start", OutsiderAct::Start),
    ("stop", OutsiderAct::Stop),
    ("retag", OutsiderAct::Retag),
    ("delete", OutsiderAct::Delete),
];

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

impl Kind {
    /// Every kind by the name that the log has for it too.
    pub(super) const WORDS: [(&str, Kind); 13] = [
        ("throttle", Kind::Throttle),
        ("internal-error", Kind::InternalError),
        ("unavailable", Kind::Unavailable),
        ("cut-before", Kind::CutBefore),
        ("cut-after", Kind::CutAfter),
        ("slow", Kind::Slow),
        ("stuck", Kind::Stuck),
        ("fails", Kind::Fails),
        ("quota-reached", Kind::QuotaReached),
        ("subnet-full", Kind::SubnetFull),
        ("access-denied", Kind::AccessDenied),
        ("credentials-expired", Kind::CredentialsExpired),
        ("outsider", Kind::Outsider),
    ];

    /// Its name.
    pub(super) fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }

    /// The operations that it can strike; `None` for any.
    pub(super) fn operations(self) -> Option<&'static [&'static str]> {
        match self {
            Kind::Stuck => Some(&CHANGES),
            Kind::QuotaReached => Some(&LIMITED),
            Kind::Fails | Kind::SubnetFull => Some(&LAUNCHES),
            Kind::Outsider => Some(&ABOUT_ONE),
            Kind::Throttle
            | Kind::InternalError
            | Kind::Unavailable
            | Kind::CutBefore
            | Kind::CutAfter
            | Kind::Slow
            | Kind::AccessDenied
            | Kind::CredentialsExpired => None,
        }
    }

    /// The operation that it strikes if nothing is said: where there is one that is nearly always meant.
    pub(super) fn default_operation(self) -> Option<&'static str> {
        match self {
            Kind::Fails | Kind::QuotaReached | Kind::SubnetFull => Some("CreateNotebookInstance"),
            Kind::Outsider => Some("StopNotebookInstance"),
            Kind::Stuck
            | Kind::Throttle
            | Kind::InternalError
            | Kind::Unavailable
            | Kind::CutBefore
            | Kind::CutAfter
            | Kind::Slow
            | Kind::AccessDenied
            | Kind::CredentialsExpired => None,
        }
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
            Kind::Outsider => {
                Fault::Outsider(act.unwrap_or(OutsiderAct::Start), delay.unwrap_or(Duration::ZERO))
            }
        }
    }
}
