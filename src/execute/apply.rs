//! Pure: what is to be done next for an item, given what AWS reports now and which calls were ours.
//!
//! The order of an item's life, and what each answer leads to:
//!
//! | observed | leads to |
//! |---|---|
//! | nothing done yet, source as planned and at rest | begin, with its status as the prior status |
//! | nothing done yet, anything else | refuse: nothing was changed |
//! | source `InService`, no replacement | stop the source, once it was accepted wait; create first where the plan says so |
//! | source `Stopped`, no replacement | note how it is at rest, then create the replacement |
//! | replacement busy (`Pending`, `Updating`, maintenance, a status not known) | wait |
//! | replacement `InService` or `Stopped`, not verified | verify it |
//! | replacement verified, status not the prior status | stop or start it |
//! | replacement verified and running, source running that is stopped last | stop the source, note how it is at rest |
//! | replacement verified, at the prior status | done, or delete the source where the plan says so |
//! | replacement verified, `Failed` since it ran | start it again, with growing pauses |
//! | anything that must not be | fail: bring the source back, then delete the failed replacement where the plan says so |
//!
//! What that comes to, status by status; a test holds it against the code:
//!
#![doc = include_str!("apply.md")]

use jiff::civil::Date;

use crate::api_error::ApiErrorKind;
use crate::execute::attempts::{again, failure, send, stop_source};
use crate::execute::event::Phase;
use crate::execute::exporting::export;
use crate::execute::finish::finish;
use crate::execute::importing::import;
use crate::execute::observed::{Identity, Observed, Seen, Side, Sight};
use crate::execute::ours::{self, Replacement, drifted, strayed};
use crate::execute::phases;
use crate::execute::restore::restore;
use crate::execute::step::{GivenUp, Step, refuse};
use crate::execute::transfer_config::make;
use crate::execute::verify::verify;
use crate::facts::platforms;
use crate::inventory::Rest;
use crate::journal::{Call, CallState, Past, PriorStatus, Reason, SourceRest};
use crate::plan::{Drift, Item, Order, Source, TransferKind};

/// Decides the next step for `item`.
///
/// The journal tells which calls are ours, never what status an instance has.
pub fn next(item: &Item, identity: &Identity, observed: &Observed, past: &Past, today: Date) -> Step {
    match (&past.failing, past.prior_status) {
        (Some(reason), _) => restore(item, (identity, today), reason, observed, past),
        (None, None) => first_touch(item, identity, observed),
        (None, Some(prior)) => match ours::replacement(item, identity, &observed.replacement) {
            Replacement::Absent => before_create(item, identity, observed, (past, prior)),
            Replacement::Ours(replacement) => {
                after_create(item, identity, &observed.source, replacement, (past, prior))
            }
            // The tags of an instance that was only just created may not be there to be read yet.
            Replacement::Untagged if past.may_have_happened(Call::CreateReplacement) => {
                Step::Wait(Side::Replacement, Phase::CreatingReplacement)
            }
            taken @ (Replacement::Untagged | Replacement::OfRun(_) | Replacement::Strangers) => {
                Step::Fail(name_is_taken(item, &taken))
            }
        },
    }
}

fn first_touch(item: &Item, identity: &Identity, observed: &Observed) -> Step {
    let found = ours::replacement(item, identity, &observed.replacement);
    // What is there before the run has done anything, it has not made: it is never taken over.
    if found != Replacement::Absent {
        return refuse(name_is_taken(item, &found));
    }
    first_touch_of_source((&item.source, &item.ignore_tags), &observed.source)
}

/// Begins with a source that is as planned and at rest; refuses any other.
pub(super) fn first_touch_of_source((planned, ignore_tags): (&Source, &[String]), source: &Sight) -> Step {
    let Sight::Present(source) = source else {
        return refuse(Reason::SourceGone);
    };
    if let Some(drift) = drifted(planned, source, ignore_tags) {
        return refuse(upgraded(planned, source, &drift).unwrap_or(Reason::SourceDrifted { drift }));
    }
    match source.description.rest() {
        Rest::Running if planned.description.rest() == Rest::Stopped => refuse(Reason::SourceStarted),
        Rest::Running => Step::Begin(PriorStatus::InService),
        Rest::Stopped => Step::Begin(PriorStatus::Stopped),
        Rest::Failed => refuse(Reason::SourceFailed),
        Rest::Deleting => refuse(Reason::SourceBeingDeleted),
        Rest::Busy => Step::Wait(Side::Source, Phase::Checking),
    }
}

/// That AWS has upgraded the source since the plan was made, where that is all that has changed of it.
fn upgraded(planned: &Source, source: &Seen, drift: &[Drift]) -> Option<Reason> {
    let [Drift { member, .. }] = drift else { return None };
    let (from, to) = (&planned.description.platform_identifier, &source.description.platform_identifier);
    let (from, to) = from.clone().zip(to.clone()).filter(|_| member == "PlatformIdentifier")?;
    let by_aws = platforms::known(&from).and_then(|one| one.upgraded_to) == Some(&*to);
    by_aws.then_some(Reason::UpgradedByAws { from, to })
}

/// Who has the replacement's name.
fn name_is_taken(item: &Item, by: &Replacement<'_>) -> Reason {
    let name = item.request.notebook_instance_name.clone();
    match by {
        Replacement::OfRun(run) => Reason::MadeByRun { name, run: run.clone() },
        Replacement::Ours(found) => {
            Reason::LeftByEarlierRun { name, status: found.description.notebook_instance_status.clone() }
        }
        Replacement::Absent | Replacement::Untagged | Replacement::Strangers => Reason::NameTaken { name },
    }
}

fn before_create(
    item: &Item,
    identity: &Identity,
    observed: &Observed,
    (past, prior): (&Past, PriorStatus),
) -> Step {
    if may_be_about_to_show(past) {
        // The wait has an end.
        return Step::Wait(Side::Replacement, Phase::CreatingReplacement);
    }
    let Sight::Present(source) = &observed.source else {
        return Step::Fail(Reason::SourceDeletedByOthers);
    };
    let moved = item.moved_by_run();
    if moved.is_some()
        && item.order.is_stop_first()
        && let Some(step) = export(item, identity, source, (past, prior))
    {
        return step;
    }
    if let Some(drift) = strayed(item, source, past) {
        return Step::Fail(Reason::SourceDriftedInRun { drift });
    }
    match source.description.rest() {
        Rest::Running if prior == PriorStatus::Stopped => Step::Fail(Reason::SourceStartedInRun),
        Rest::Running if item.order.is_stop_first() => stop_source(past),
        Rest::Running => send(Call::CreateReplacement, past),
        Rest::Stopped if past.rest == SourceRest::NotSeen => {
            Step::AtRest { last_modified: source.description.last_modified_time }
        }
        Rest::Stopped if moved.is_some_and(|transfer| !transfer.own_on_create) && exported(past) => {
            make(TransferKind::Import, past).unwrap_or_else(|| send(Call::CreateReplacement, past))
        }
        Rest::Stopped => send(Call::CreateReplacement, past),
        Rest::Failed => Step::Fail(Reason::SourceBecameFailed),
        Rest::Deleting => Step::Fail(Reason::SourceBeingDeletedByOthers),
        Rest::Busy => Step::Wait(Side::Source, Phase::StoppingSource),
    }
}

fn exported(past: &Past) -> bool {
    past.moved(TransferKind::Export).is_some()
}

/// Whether the replacement may stand, although AWS does not show it yet: a new instance can take a moment to be visible. AWS
/// has accepted the create; or the answer to one was lost, and a later one is refused, as it is where the first has taken
/// the name or the last place under the quota.
fn may_be_about_to_show(past: &Past) -> bool {
    match past.call(Call::CreateReplacement) {
        CallState::Accepted { .. } => true,
        CallState::Rejected { error, .. } => {
            let settles = error.kind == ApiErrorKind::AlreadyExists || !error.kind.is_worth_repeating();
            settles && past.may_have_happened(Call::CreateReplacement)
        }
        CallState::NotSent | CallState::InDoubt { .. } => false,
    }
}

/// What is still to be done of a source that ran while its replacement was created: nothing, once it has been seen at rest
/// or is not ours to stop. The replacement is verified and runs.
fn stop_behind(item: &Item, source: &Sight, past: &Past) -> Option<Step> {
    let Sight::Present(source) = source else { return None };
    if item.order != Order::CreateFirst || matches!(past.rest, SourceRest::Seen(_)) {
        return None;
    }
    match source.description.rest() {
        Rest::Running => Some(match strayed(item, source, past) {
            Some(drift) => Step::Fail(Reason::SourceDriftedInRun { drift }),
            None => stop_source(past),
        }),
        Rest::Stopped if past.rest == SourceRest::NotSeen => {
            Some(Step::AtRest { last_modified: source.description.last_modified_time })
        }
        Rest::Busy => Some(Step::Wait(Side::Source, Phase::StoppingSource)),
        Rest::Stopped | Rest::Failed | Rest::Deleting => None,
    }
}

fn after_create(
    item: &Item,
    identity: &Identity,
    source: &Sight,
    replacement: &Seen,
    (past, prior): (&Past, PriorStatus),
) -> Step {
    let status = &replacement.description.notebook_instance_status;
    match status.rest() {
        // It ran once, so that what it is made of is sound: AWS starts it from there.
        Rest::Failed if past.verified.is_some() && prior == PriorStatus::InService => {
            again(Call::StartReplacement, past, replacement, |cause| {
                GivenUp::Fail(Reason::ReplacementFailed { cause })
            })
        }
        // So it did where it is started to import.
        Rest::Failed if past.may_have_happened(Call::StartImport) => {
            again(Call::StartImport, past, replacement, |cause| {
                GivenUp::Fail(Reason::ReplacementFailed { cause })
            })
        }
        Rest::Failed => Step::Fail(Reason::ReplacementFailed { cause: failure(replacement) }),
        Rest::Deleting => Step::Fail(Reason::ReplacementBeingDeletedByOthers),
        Rest::Busy => Step::Wait(Side::Replacement, waiting_phase(past)),
        Rest::Running | Rest::Stopped => import(item, identity, (source, replacement), (past, prior))
            .unwrap_or_else(|| at_rest(item, identity, source, replacement, (past, prior))),
    }
}

/// The replacement of this run is at rest: it is verified, then brought to the prior status.
fn at_rest(
    item: &Item,
    identity: &Identity,
    source: &Sight,
    replacement: &Seen,
    (past, prior): (&Past, PriorStatus),
) -> Step {
    let found = verify(&item.request, &identity.tags(item), &replacement.description, &replacement.tags);
    if !found.wrong.is_empty() {
        return Step::Fail(Reason::NotAsRequested { wrong: found.wrong });
    }
    let Some(not_reported) = &past.verified else {
        return Step::Verified { not_reported: found.not_reported };
    };
    let running = replacement.description.rest() == Rest::Running;
    // A start sometimes does not take (Terraform's provider found), so that an accepted call is sent again
    // while the status says that it had no effect.
    match (prior, running) {
        (PriorStatus::Stopped, true) => send(Call::StopReplacement, past),
        (PriorStatus::InService, false) => send(Call::StartReplacement, past),
        (PriorStatus::Stopped, false) => finish(item, (source, replacement), not_reported, past),
        (PriorStatus::InService, true) => stop_behind(item, source, past)
            .unwrap_or_else(|| finish(item, (source, replacement), not_reported, past)),
    }
}

fn waiting_phase(past: &Past) -> Phase {
    phases::latest(
        past,
        [
            Call::StopReplacement,
            Call::StartReplacement,
            Call::DetachImport,
            Call::StopImport,
            Call::StartImport,
            Call::AttachImport,
            Call::StopForImport,
        ],
        Call::CreateReplacement,
    )
}
