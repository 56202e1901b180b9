//! Pure: after a failure, the way back of the source to its prior status, and then the end of the failed replacement.

use jiff::civil::Date;

use crate::execute::attempts::{again, send_or};
use crate::execute::event::Phase;
use crate::execute::exporting::put_back;
use crate::execute::observed::{Identity, Observed, Seen, Side};
use crate::execute::ours::{self, Replacement};
use crate::execute::step::{End, GivenUp, Step};
use crate::execute::way_up;
use crate::inventory::Rest;
use crate::journal::{Call, Past, PriorStatus, Reason};
use crate::plan::{Item, OnFailure};

/// Starts the source again if it ran and this run stopped it; deletes the failed replacement where the plan says so
/// and the source is there and at rest; then the item ends as failed.
pub(super) fn restore(
    item: &Item,
    (identity, today): (&Identity, Date),
    reason: &Reason,
    observed: &Observed,
    past: &Past,
) -> Step {
    // An instance that someone made anew under the source's name is not ours to start.
    let Some(source) = ours::source(&item.source, &observed.source) else {
        return Step::End(End::Failed(reason.clone()));
    };
    let back = (past, past.prior_status.unwrap_or(PriorStatus::Stopped));
    let out = |then| GivenUp::End(reason.clone().then(then));
    if let Some(step) = put_back(item, identity, source, back, out) {
        return step;
    }
    source_back((source, item.upgrade_source.as_deref()), reason, past, today)
        .unwrap_or_else(|| discard(item, identity, reason, observed, past))
}

/// What brings the source back; nothing once it is, or where it is not ours to bring.
pub(super) fn source_back(
    (source, upgrade): (&Seen, Option<&str>),
    reason: &Reason,
    past: &Past,
    today: Date,
) -> Option<Step> {
    let failed = || Some(Step::End(End::Failed(reason.clone())));
    let wait = || Some(Step::Wait(Side::Source, Phase::RestoringSource));
    let stopped_by_us = past.has_stopped_source();
    match source.description.rest() {
        Rest::Stopped if stopped_by_us => {
            Some(way_up::start((source, upgrade), past, today, |then| reason.clone().then(then)))
        }
        // The stop that AWS accepted has not shown yet.
        Rest::Running if past.is_stopping_source() => wait(),
        Rest::Stopped | Rest::Running => None,
        Rest::Failed if stopped_by_us => Some(again(Call::StartSource, past, source, |cause| {
            GivenUp::End(reason.clone().then(Reason::SourceNotStartedAgain { cause }))
        })),
        Rest::Failed | Rest::Deleting => failed(),
        Rest::Busy if stopped_by_us => wait(),
        Rest::Busy => failed(),
    }
}

/// Deletes the replacement that failed. One that was once verified is left, whatever became of it: somebody may have worked
/// on it.
fn discard(item: &Item, identity: &Identity, reason: &Reason, observed: &Observed, past: &Past) -> Step {
    let failed = || Step::End(End::Failed(reason.clone()));
    if item.on_failure != Some(OnFailure::Restore) || past.verified.is_some() {
        return failed();
    }
    let replacement = match ours::replacement(item, identity, &observed.replacement) {
        Replacement::Ours(replacement) => replacement,
        Replacement::Untagged => return Step::Wait(Side::Replacement, Phase::DeletingReplacement),
        Replacement::Absent | Replacement::OfRun(_) | Replacement::Strangers => return failed(),
    };
    match replacement.description.rest() {
        Rest::Running => send_or(Call::StopReplacement, past, |cause| {
            also(reason, Reason::FailedReplacementNotStopped { cause })
        }),
        Rest::Stopped | Rest::Failed => send_or(Call::DeleteReplacement, past, |cause| {
            also(reason, Reason::FailedReplacementNotDeleted { cause })
        }),
        Rest::Busy | Rest::Deleting => Step::Wait(Side::Replacement, Phase::DeletingReplacement),
    }
}

/// The end of an item that failed, and whose way back met with something too.
fn also(reason: &Reason, then: Reason) -> Step {
    Step::End(End::Failed(reason.clone().then(then)))
}
