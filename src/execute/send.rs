//! Pure: whether a call is sent, sent once more, or given up.

use crate::api_error::ApiErrorKind;
use crate::execute::step::{End, GivenUp, Seen, Step};
use crate::journal::{Call, CallState, Past};

/// How often one kind of call is sent for an item before it is given up.
const MAX_ATTEMPTS: u32 = 5;

/// Sends a call, unless AWS has refused it for good or it was tried often enough.
pub(super) fn send(call: Call, past: &Past) -> Step {
    let state = past.call(call);
    if let CallState::Rejected { error, .. } = state
        && !worth_repeating(error.kind)
    {
        return Step::Fail(error.to_string());
    }
    if state.attempts() < MAX_ATTEMPTS {
        return Step::Call(call);
    }
    let last = match state {
        CallState::Rejected { error, .. } => format!("; the last answer was: {error}"),
        CallState::NotSent | CallState::InDoubt { .. } | CallState::Accepted { .. } => String::new(),
    };
    Step::Fail(format!("{} had no effect in {MAX_ATTEMPTS} attempts{last}", call.operation()))
}

/// Sends a start again for an instance that is `Failed`: AWS starts from there, and the commonest reason passes
/// ("Insufficient notebook instance capacity. Retry later", amazon-sagemaker-examples#207). Unless AWS has refused the
/// start itself for good.
pub(super) fn again(
    call: Call,
    past: &Past,
    failed: &Seen,
    given_up: impl FnOnce(String) -> GivenUp,
) -> Step {
    match past.call(call) {
        CallState::Rejected { error, .. } if !worth_repeating(error.kind) => {
            match given_up(error.to_string()) {
                GivenUp::Fail(reason) => Step::Fail(reason),
                GivenUp::End(reason) => Step::End(End::Failed(reason)),
            }
        }
        CallState::NotSent
        | CallState::InDoubt { .. }
        | CallState::Accepted { .. }
        | CallState::Rejected { .. } => Step::Again { call, given_up: given_up(failure(failed).to_owned()) },
    }
}

/// Why an instance is `Failed`, in AWS's words.
pub(super) fn failure(failed: &Seen) -> &str {
    failed.description.failure_reason.as_deref().unwrap_or("AWS gives no reason")
}

/// Sends a call; where that is not worth it, what follows from the reason.
pub(super) fn send_or(call: Call, past: &Past, otherwise: impl FnOnce(String) -> Step) -> Step {
    match send(call, past) {
        Step::Fail(why) => otherwise(why),
        step @ (Step::Begin(_)
        | Step::AtRest { .. }
        | Step::Call(_)
        | Step::Again { .. }
        | Step::Wait(..)
        | Step::Verified { .. }
        | Step::End(_)) => step,
    }
}

/// Whether looking again and sending again can help. A wrong status or a taken name is settled by looking.
fn worth_repeating(kind: ApiErrorKind) -> bool {
    match kind {
        ApiErrorKind::Throttled
        | ApiErrorKind::Unavailable
        | ApiErrorKind::NoAnswer
        | ApiErrorKind::WrongStatus
        | ApiErrorKind::AlreadyExists
        // Credentials that were lost end the run; a resumed one sends the call again.
        | ApiErrorKind::Credentials => true,
        ApiErrorKind::NotFound
        | ApiErrorKind::QuotaExceeded
        | ApiErrorKind::AccessDenied
        | ApiErrorKind::Invalid
        | ApiErrorKind::Unreadable => false,
    }
}
