//! Pure: whether a call is sent, sent once more, or given up.

use crate::execute::event::Phase;
use crate::execute::observed::{Seen, Side};
use crate::execute::step::{GivenUp, Step};
use crate::inventory::Description;
use crate::journal::{Call, CallState, Cause, Past, Reason};

/// How often one kind of call is sent for an item before it is given up.
const MAX_ATTEMPTS: u32 = 5;

/// Sends a call, unless AWS has refused it for good or it was tried often enough.
pub(super) fn send(call: Call, past: &Past) -> Step {
    send_or(call, past, |cause| Step::Fail(Reason::CallFailed { cause }))
}

/// Sends a call; where that is not worth it, what follows from the cause.
pub(super) fn send_or(call: Call, past: &Past, otherwise: impl FnOnce(Cause) -> Step) -> Step {
    let state = past.call(call);
    if let CallState::Rejected { error, .. } = state
        && !error.kind.is_worth_repeating()
    {
        return otherwise(error.clone().into());
    }
    if state.attempts() < MAX_ATTEMPTS {
        return Step::Call(call);
    }
    otherwise(no_effect(call, past))
}

/// Why a call is not sent any more, if it is not.
pub(super) fn given_up(call: Call, past: &Past) -> Option<Cause> {
    let mut why = None;
    send_or(call, past, |cause| {
        why = Some(cause);
        Step::Call(call)
    });
    why
}

/// That a call came to nothing, however often it was sent.
pub(super) fn no_effect(call: Call, past: &Past) -> Cause {
    let state = past.call(call);
    let last = match state {
        CallState::Rejected { error, .. } => Some(error.clone()),
        CallState::NotSent | CallState::InDoubt { .. } | CallState::Accepted { .. } => None,
    };
    Cause::NoEffect { call, attempts: state.attempts(), last }
}

/// Stops the source; a stop that AWS has accepted is waited for.
pub(super) fn stop_source(past: &Past) -> Step {
    match past.call(Call::StopSource) {
        CallState::Accepted { .. } => Step::Wait(Side::Source, Phase::StoppingSource),
        CallState::NotSent | CallState::InDoubt { .. } | CallState::Rejected { .. } => {
            send(Call::StopSource, past)
        }
    }
}

/// Sends a start again for an instance that is `Failed`: AWS starts from there, and the commonest reason passes
/// ("Insufficient notebook instance capacity. Retry later", amazon-sagemaker-examples#207). Unless AWS has refused the
/// start itself for good.
pub(super) fn again(call: Call, past: &Past, failed: &Seen, given_up: impl FnOnce(Cause) -> GivenUp) -> Step {
    match past.call(call) {
        CallState::Rejected { error, .. } if !error.kind.is_worth_repeating() => {
            given_up(error.clone().into()).step()
        }
        CallState::NotSent
        | CallState::InDoubt { .. }
        | CallState::Accepted { .. }
        | CallState::Rejected { .. } => Step::Again { call, given_up: given_up(failure(failed)) },
    }
}

/// Why an instance is `Failed`.
pub(super) fn failure(failed: &Seen) -> Cause {
    let Description { failure_reason, failed_by_denial, .. } = &failed.description;
    Cause::InstanceFailed { reason: failure_reason.clone(), denied: *failed_by_denial }
}
