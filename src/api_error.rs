//! Pure: what a failed AWS call means: what it was, why it failed, and whether it may have had an effect.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::Region;

/// One failed AWS call, in terms that decisions can be made on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiError {
    /// The operation, in AWS's spelling: `DescribeNotebookInstance`.
    pub operation: String,
    /// Where it was sent.
    pub region: Region,
    /// What the failure means.
    pub kind: ApiErrorKind,
    /// Whether the call may have taken effect all the same.
    pub effect: Effect,
    /// AWS's error code, where it gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// AWS's message, or what went wrong on the way.
    pub message: String,
    /// AWS's request id, for a support case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// The outcome of asking for one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading<T> {
    /// It exists.
    Found(T),
    /// It does not exist, or is not visible to the caller.
    Missing,
    /// It could not be read.
    Unreadable(ApiError),
}

impl<T> From<Result<Option<T>, ApiError>> for Reading<T> {
    fn from(answer: Result<Option<T>, ApiError>) -> Self {
        match answer {
            Ok(Some(found)) => Reading::Found(found),
            Ok(None) => Reading::Missing,
            Err(error) => Reading::Unreadable(error),
        }
    }
}

/// What a failed call means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ApiErrorKind {
    /// The named thing does not exist (`RecordNotFound`).
    NotFound,
    /// The name is taken.
    AlreadyExists,
    /// The instance is in a status that does not allow the operation.
    WrongStatus,
    /// A quota is used up (`ResourceLimitExceeded`).
    QuotaExceeded,
    /// The quota that counts every notebook instance of a region is used up.
    TotalQuotaExceeded,
    /// The caller may not do this.
    AccessDenied,
    /// No credentials, or credentials that are wrong.
    Credentials,
    /// Credentials that were good once, and have expired.
    CredentialsExpired,
    /// Credentials that are good, but not for the role that is to be assumed with them.
    RoleRefused,
    /// Too many requests.
    Throttled,
    /// AWS refused the request's content.
    Invalid,
    /// The service answered with a fault of its own (5xx).
    Unavailable,
    /// No answer came: name lookup, connection, time-out, or a reply that was cut off.
    NoAnswer,
    /// An answer came that could not be understood.
    Unreadable,
}

/// Whether a failed call may have changed something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// It certainly had no effect.
    None,
    /// It may have had its effect: look again, never repeat blindly.
    Unknown,
}

/// Whether a call that failed is worth sending again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Again {
    /// It can succeed a moment later without anybody doing anything.
    Soon,
    /// It can, once it was looked what there is: a wrong status or a taken name is settled by looking, and a run that lost its
    /// credentials is resumed.
    AfterLooking,
    /// It cannot.
    Never,
}

impl ApiErrorKind {
    /// In words, whether the call may have had an effect, and whether it is worth sending again.
    fn row(self) -> (&'static str, Effect, Again) {
        match self {
            Self::NotFound => ("not found", Effect::None, Again::Never),
            Self::AlreadyExists => ("the name is taken", Effect::None, Again::AfterLooking),
            Self::WrongStatus => ("the status does not allow it", Effect::None, Again::AfterLooking),
            Self::QuotaExceeded | Self::TotalQuotaExceeded => ("quota used up", Effect::None, Again::Never),
            Self::AccessDenied => ("access denied", Effect::None, Again::Never),
            Self::Credentials | Self::CredentialsExpired => {
                ("credentials missing, wrong or expired", Effect::None, Again::AfterLooking)
            }
            Self::RoleRefused => ("the role may not be assumed", Effect::None, Again::AfterLooking),
            Self::Throttled => ("throttled", Effect::None, Again::Soon),
            Self::Invalid => ("refused", Effect::None, Again::Never),
            Self::Unavailable => ("the service failed", Effect::Unknown, Again::Soon),
            Self::NoAnswer => ("no answer", Effect::Unknown, Again::Soon),
            Self::Unreadable => ("unreadable answer", Effect::Unknown, Again::Never),
        }
    }

    /// Whether the same call can succeed a moment later without anybody doing anything.
    pub fn is_transient(self) -> bool {
        self.row().2 == Again::Soon
    }

    /// Whether looking again and sending again can help.
    pub fn is_worth_repeating(self) -> bool {
        self.row().2 != Again::Never
    }

    /// Whether the call may have had an effect when it failed in this way.
    pub fn effect(self) -> Effect {
        self.row().1
    }

    /// Whether whoever calls is not, or no longer, known to AWS.
    pub fn is_credentials(self) -> bool {
        matches!(self, Self::Credentials | Self::CredentialsExpired | Self::RoleRefused)
    }
}

impl ApiError {
    /// Whether AWS had no time for the call, or could not be reached: it was not judged, and is worth sending again
    /// for as long as there is patience.
    pub fn is_busy(&self) -> bool {
        let judged = self.kind == ApiErrorKind::NoAnswer && self.effect != Effect::None;
        self.kind.is_transient() && !judged
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}: {}", self.operation, self.region, self.kind.row().0)?;
        if let Some(code) = &self.code {
            write!(f, " ({code})")?;
        }
        if !self.message.is_empty() {
            write!(f, ": {}", self.message)?;
        }
        if let Some(id) = &self.request_id {
            write!(f, " [request {id}]")?;
        }
        Ok(())
    }
}

impl std::error::Error for ApiError {}
