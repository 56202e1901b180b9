//! Pure: what is to be done next to repair an instance in place, given what AWS reports now and which calls were ours.
//!
//! | observed | leads to |
//! |---|---|
//! | nothing done yet, as planned and at rest | begin, with its status as the prior status |
//! | nothing done yet, anything else | refuse: nothing was changed |
//! | `InService`, not yet as asked for | stop it, once that was accepted wait |
//! | `Stopped`, not yet as asked for | update it |
//! | as asked for, `Stopped`, and it ran | start it |
//! | as asked for, `Failed` since, and it ran | start it again, with growing pauses |
//! | as asked for, at the prior status | verified, then repaired |
//! | `Stopped`, on a platform that AWS no longer starts | update it until that is accepted: there is no other way back |
//! | anything that must not be | fail: start it again where this run stopped it |

use jiff::civil::Date;

use crate::execute::apply::first_touch_of_source;
use crate::execute::attempts::{again, send, stop_source};
use crate::execute::event::Phase;
use crate::execute::observed::{Observed, Seen, Side, Sight};
use crate::execute::ours;
use crate::execute::phases;
use crate::execute::restore::source_back;
use crate::execute::step::{End, GivenUp, Step};
use crate::execute::way_up;
use crate::inventory::Rest;
use crate::journal::{Call, Note, Past, PriorStatus, Reason};
use crate::plan::{Drift, RepairItem, drift};

/// Decides the next step of a repair on that day (UTC).
pub(super) fn repair(item: &RepairItem, observed: &Observed, past: &Past, today: Date) -> Step {
    match (&past.failing, past.prior_status) {
        (Some(reason), _) => bring_back(item, reason, observed, past, today),
        (None, None) => first_touch_of_source((&item.source, &item.ignore_tags), &observed.source),
        (None, Some(prior)) => go_on(item, &observed.source, prior, past, today),
    }
}

fn go_on(item: &RepairItem, source: &Sight, prior: PriorStatus, past: &Past, today: Date) -> Step {
    let Some(source) = ours::source(&item.source, source) else {
        return Step::Fail(Reason::SourceDeletedByOthers);
    };
    if let Some(drift) = drifted(item, source) {
        return Step::Fail(Reason::SourceDriftedInRun { drift });
    }
    let repaired = item.request.is_met_by(&source.description);
    match (source.description.rest(), prior) {
        (Rest::Busy, _) => Step::Wait(Side::Source, phase(past)),
        (Rest::Deleting, _) => Step::Fail(Reason::SourceBeingDeletedByOthers),
        (Rest::Running, PriorStatus::InService) if !repaired => stop_source(past),
        (Rest::Running, PriorStatus::Stopped) if !repaired => Step::Fail(Reason::SourceStartedInRun),
        (Rest::Stopped, _) if !repaired => update(item, source, past, today),
        (Rest::Stopped, PriorStatus::InService) => send(Call::StartSource, past),
        (Rest::Failed, PriorStatus::InService) if repaired => {
            again(Call::StartSource, past, source, |cause| {
                GivenUp::End(Reason::SourceFailedToStart { cause })
            })
        }
        (Rest::Failed, _) => Step::Fail(Reason::SourceBecameFailed),
        (Rest::Running | Rest::Stopped, _) => at_prior_status(source, prior, past),
    }
}

/// It is as asked for and at rest.
fn at_prior_status(source: &Seen, prior: PriorStatus, past: &Past) -> Step {
    if past.verified.is_none() {
        return Step::Verified { not_reported: Vec::new() };
    }
    let status = source.description.notebook_instance_status.clone();
    let started = prior == PriorStatus::Stopped && source.description.rest() == Rest::Running;
    let notes = started.then_some(Note::SourceStartedInRun { status }).into_iter().collect();
    Step::End(End::Repaired { notes })
}

/// The update. Where AWS no longer starts the instance as it is, nothing else brings it back, so that it is tried for as long
/// as a phase may last.
fn update(item: &RepairItem, source: &Seen, past: &Past, today: Date) -> Step {
    match way_up::needed(source, item.request.platform_identifier.as_deref(), today) {
        Some(platform) if past.has_stopped_source() => way_up::update(platform, past, GivenUp::End),
        Some(_) | None => send(Call::UpdateSource, past),
    }
}

fn phase(past: &Past) -> Phase {
    phases::latest(past, [Call::StartSource, Call::UpdateSource], Call::StopSource)
}

/// What is neither as it was planned nor as the repair leaves it.
fn drifted(item: &RepairItem, source: &Seen) -> Option<Vec<Drift>> {
    let before = drift(&item.source, &source.description, &source.tags, &item.ignore_tags);
    let mut repaired = item.source.clone();
    repaired.description = item.request.applied_to(&repaired.description);
    let after = drift(&repaired, &source.description, &source.tags, &item.ignore_tags);
    let members: Vec<&String> = after.iter().map(|one| &one.member).collect();
    let neither: Vec<Drift> = before.into_iter().filter(|one| members.contains(&&one.member)).collect();
    (!neither.is_empty()).then_some(neither)
}

/// After a failure: what this run stopped is started again, as it is then.
fn bring_back(item: &RepairItem, reason: &Reason, observed: &Observed, past: &Past, today: Date) -> Step {
    let failed = || Step::End(End::Failed(reason.clone()));
    let Some(source) = ours::source(&item.source, &observed.source) else { return failed() };
    let upgrade = item.request.platform_identifier.as_deref();
    source_back((source, upgrade), reason, past, today).unwrap_or_else(failed)
}
