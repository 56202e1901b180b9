//! What a command says when it cannot go on: what happened, why, what to do next, and the exit code.

use std::error::Error;

use crate::api_error::{ApiError, ApiErrorKind};
use crate::exit::ExitStatus;

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
    pub(super) fn from_error(status: ExitStatus, error: &dyn Error) -> Self {
        let mut this = Self::new(status, error.to_string());
        this.causes = chain(error.source());
        this
    }

    /// Adds an error and its causes as the reason.
    pub(super) fn because(mut self, error: &dyn Error) -> Self {
        self.causes.extend(chain(Some(error)));
        self
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// A read without which the command cannot begin.
    pub(super) fn access(error: &ApiError) -> Self {
        let hint = match error.kind {
            ApiErrorKind::Credentials => {
                "set AWS_PROFILE or pass --profile, sign in again (aws sso login), or export fresh keys"
            }
            ApiErrorKind::AccessDenied => {
                "ask for the permission named above, or use another role; `remediate iam-policy --role reader` prints the \
                 least policy for audit and plan, `--role operator` the least for apply"
            }
            ApiErrorKind::NoAnswer | ApiErrorKind::Unavailable | ApiErrorKind::Throttled => {
                "check the region's name, the network and --endpoint-url, then try again"
            }
            ApiErrorKind::NotFound
            | ApiErrorKind::AlreadyExists
            | ApiErrorKind::WrongStatus
            | ApiErrorKind::QuotaExceeded
            | ApiErrorKind::Invalid
            | ApiErrorKind::Unreadable => {
                "check that --endpoint-url is AWS, or something that speaks like it"
            }
        };
        Self::new(ExitStatus::Access, error.to_string()).hint(hint)
    }
}

fn chain(mut error: Option<&dyn Error>) -> Vec<String> {
    let mut causes = Vec::new();
    while let Some(cause) = error {
        causes.push(cause.to_string());
        error = cause.source();
    }
    causes
}
