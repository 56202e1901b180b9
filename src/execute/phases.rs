//! Pure: what an item is being taken through, by the calls that are sent for it.

use crate::execute::event::Phase;
use crate::journal::{Call, CallObject, CallVerb, Past};

/// What an item is being taken through when this call is sent for it.
pub(super) fn of(call: Call) -> Phase {
    match call.parts() {
        (CallVerb::Delete, CallObject::Config(_)) => Phase::EndingTransfer,
        (_, CallObject::Config(_)) => Phase::PreparingTransfer,
        (CallVerb::Stop, CallObject::Source) => Phase::StoppingSource,
        (CallVerb::Start, CallObject::Source) => Phase::StartingSource,
        // No source is created.
        (CallVerb::Update | CallVerb::Create, CallObject::Source) => Phase::UpdatingSource,
        (CallVerb::Delete, CallObject::Source) => Phase::DeletingSource,
        (CallVerb::Create, CallObject::Replacement) => Phase::CreatingReplacement,
        (CallVerb::Stop, CallObject::Replacement) => Phase::StoppingReplacement,
        (CallVerb::Start, CallObject::Replacement) => Phase::StartingReplacement,
        (CallVerb::Update, CallObject::Replacement) => Phase::UpdatingReplacement,
        (CallVerb::Delete, CallObject::Replacement) => Phase::DeletingReplacement,
    }
}

/// What an item is being taken through that is busy: by the first of these calls, the latest first, that may have had an effect;
/// else by the last one.
pub(super) fn latest<const N: usize>(past: &Past, calls: [Call; N], last: Call) -> Phase {
    of(calls.into_iter().find(|call| past.may_have_happened(*call)).unwrap_or(last))
}
