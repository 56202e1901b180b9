//! What a command says when it cannot go on: what happened, why, what to do next, and the exit code.

use std::error::Error;

use crate::api_error::{ApiError, ApiErrorKind};
use crate::aws::SettingsError;
use crate::doctor::{CHECK_THE_WAY, SIGN_IN, TRUST_CALLER};
use crate::exit::ExitStatus;
use crate::files::WriteFileError;
use crate::journal::{LockError, StateDirError};
use crate::plan::file::{LoadPlanError, SavePlanError};
use crate::sandbox::StartError;
use crate::text::chain;

/// The end of a command that could not go on.
#[derive(Debug)]
pub(super) struct CommandError {
    /// The exit code.
    pub(super) status: ExitStatus,
    /// What happened.
    pub(super) message: String,
    /// Why, from the nearest cause to the first.
    pub(super) causes: Vec<String>,
    /// What to do next.
    pub(super) hints: Vec<String>,
}

impl CommandError {
    pub(super) fn new(status: ExitStatus, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), causes: Vec::new(), hints: Vec::new() }
    }

    pub(super) fn bug(message: &str) -> Self {
        Self::new(ExitStatus::Bug, message)
    }

    /// An error as it stands, with its own causes.
    pub(super) fn from_error(status: ExitStatus, error: &(dyn Error + 'static)) -> Self {
        let mut this = Self::new(status, error.to_string());
        this.causes = chain(error).skip(1).map(ToString::to_string).collect();
        this
    }

    /// Adds an error and its causes as the reason.
    pub(super) fn because(mut self, error: &(dyn Error + 'static)) -> Self {
        self.causes.extend(chain(error).map(ToString::to_string));
        self
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// A read without which the command cannot begin.
    pub(super) fn access(error: &ApiError) -> Self {
        let hint = match error.kind {
            ApiErrorKind::Credentials | ApiErrorKind::CredentialsExpired => SIGN_IN,
            ApiErrorKind::RoleRefused => TRUST_CALLER,
            ApiErrorKind::AccessDenied => {
                "ask for the permission named above, or use another role; `remediate iam-policy --role reader` prints the \
                 least policy for audit and plan, `--role operator` the least for apply"
            }
            ApiErrorKind::NoAnswer | ApiErrorKind::Unavailable | ApiErrorKind::Throttled => CHECK_THE_WAY,
            ApiErrorKind::NotFound
            | ApiErrorKind::AlreadyExists
            | ApiErrorKind::WrongStatus
            | ApiErrorKind::QuotaExceeded
            | ApiErrorKind::TotalQuotaExceeded
            | ApiErrorKind::Invalid
            | ApiErrorKind::Unreadable => {
                "check that --endpoint-url is AWS, or something that speaks like it"
            }
        };
        Self::new(ExitStatus::Access, error.to_string()).hint(hint)
    }
}

/// A setting of the network that cannot be followed: nothing was sent yet.
impl From<SettingsError> for CommandError {
    fn from(error: SettingsError) -> Self {
        let hint = match error {
            SettingsError::Configuration(_) => {
                "mend the file, or name another one with AWS_CONFIG_FILE or AWS_SHARED_CREDENTIALS_FILE"
            }
            SettingsError::Proxy { .. } => {
                "name a proxy such as http://proxy.example.com:3128; user and password go before the host, percent-encoded"
            }
            SettingsError::Bundle { .. } => "name a file with certificates in PEM, or take the setting away",
            SettingsError::Switch { .. } => "set it to true or false",
            SettingsError::Region { .. } => "set it to a region, or take the setting away",
            SettingsError::Profile { .. } => "name one that `aws configure list-profiles` lists",
        };
        Self::from_error(ExitStatus::Usage, &error).hint(hint)
    }
}

/// The state directory is in the way: nothing was sent yet.
impl From<StateDirError> for CommandError {
    fn from(error: StateDirError) -> Self {
        Self::from_error(ExitStatus::Refused, &error).hint("nothing was changed")
    }
}

impl From<LockError> for CommandError {
    fn from(error: LockError) -> Self {
        let hint = match error {
            LockError::Held { .. } => "nothing was changed; wait for the other process",
            LockError::Io { .. } => {
                "nothing was changed; name a directory that can be written with --state-dir"
            }
        };
        Self::from_error(ExitStatus::Refused, &error).hint(hint)
    }
}

impl From<LoadPlanError> for CommandError {
    fn from(error: LoadPlanError) -> Self {
        let hint = match error {
            LoadPlanError::Read { .. } => {
                "name the file that `remediate plan` saved, under plans/ by default"
            }
            LoadPlanError::TooNew { .. } => "use the version of remediate that made the plan, or a later one",
            LoadPlanError::TooLarge { .. }
            | LoadPlanError::NotJson { .. }
            | LoadPlanError::NotAPlan { .. }
            | LoadPlanError::DigestMismatch { .. }
            | LoadPlanError::Shape { .. }
            | LoadPlanError::Inconsistent { .. } => "nothing was changed; make a new plan",
        };
        Self::from_error(ExitStatus::PlanUnusable, &error).hint(hint)
    }
}

impl From<SavePlanError> for CommandError {
    fn from(error: SavePlanError) -> Self {
        match error {
            SavePlanError::Inconsistent { .. } | SavePlanError::Json(_) => {
                Self::from_error(ExitStatus::Bug, &error)
            }
            SavePlanError::Write(error) => error.into(),
        }
    }
}

/// A document that was asked for with `--out`.
impl From<WriteFileError> for CommandError {
    fn from(error: WriteFileError) -> Self {
        Self::from_error(ExitStatus::Usage, &error)
            .hint("name a file or directory that can be written with --out")
    }
}

impl From<StartError> for CommandError {
    fn from(error: StartError) -> Self {
        let hint = match error {
            StartError::Port { .. } => "name another port with --port, or leave it out for a free one",
            StartError::Log { .. } => {
                "name a file with --log that does not exist yet: a log is never written over"
            }
            StartError::Storage(_) => "make room for it, or name another place with TMPDIR",
        };
        Self::from_error(ExitStatus::Usage, &error).hint(hint)
    }
}
