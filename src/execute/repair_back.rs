//! Pure: what is to be done next to undo a repair in place, given what AWS reports now and what the application did.
//!
//! | observed | leads to |
//! |---|---|
//! | the source is gone, is another one, or cannot be started | refuse: nothing was changed |
//! | only its platform was changed, or somebody has started it since | refuse: nothing was changed |
//! | source busy | wait |
//! | settings as the repair left them, `InService` | stop it |
//! | settings as the repair left them, `Stopped` | give it back what it had |
//! | settings as before, `Stopped`, and this run or the application stopped it | start it |
//! | settings as before, at the prior status | rolled back |
//! | anything that must not be | fail: start it again where it was stopped |

use crate::execute::attempts::{again, send, stop_source};
use crate::execute::event::Phase;
use crate::execute::observed::{Seen, Side};
use crate::execute::ours;
use crate::execute::restore::source_back;
use crate::execute::rollback::not_at_rest;
use crate::execute::situation::Situation;
use crate::execute::step::{End, GivenUp, Step, refuse};
use crate::execute::{update, way_up};
use crate::facts::platforms;
use crate::inventory::Rest;
use crate::journal::{Call, Note, Past, PriorStatus, Reason};
use crate::plan::RepairItem;

/// Decides the next step back; the past is this rollback's own.
pub(super) fn repair_back(situation: &Situation<'_, RepairItem>) -> Step {
    let Situation { item, observed, past, .. } = *situation;
    let source = ours::source(&item.source, &observed.source);
    match (source, &past.failing, past.prior_status) {
        (None, None, None) => refuse(Reason::NothingToGoBackTo),
        (None, Some(reason), _) => Step::End(End::Failed(reason.clone())),
        (None, None, Some(_)) => Step::Fail(Reason::NothingToGoBackTo),
        (Some(source), Some(reason), _) => bring_back(situation, source, reason),
        (Some(source), None, None) => first_look(situation, source),
        (Some(source), None, Some(prior)) => go_back(situation, source, prior),
    }
}

fn first_look(situation: &Situation<'_, RepairItem>, source: &Seen) -> Step {
    let Situation { item, applied, .. } = *situation;
    let today = situation.today();
    if let Some(step) = not_at_rest(source, applied) {
        return step;
    }
    let prior = applied.prior_status.unwrap_or(PriorStatus::Stopped);
    if let Some(platform) = stays(item, source) {
        let nothing_else = update::back(item, &source.description, today).is_empty();
        if nothing_else && applied.outcome.is_some() {
            return refuse(Reason::PlatformStays { platform });
        }
    }
    let to_stop = source.description.rest() == Rest::Running && is_to_change(item, source);
    if to_stop && prior == PriorStatus::Stopped {
        let status = source.description.notebook_instance_status.clone();
        return refuse(Reason::SourceInUse { status });
    }
    let platform = source.description.platform_identifier.as_deref();
    match platform.filter(|it| to_stop && !platforms::is_started(it, today)) {
        Some(platform) if item.request.platform_identifier.is_none() => {
            refuse(Reason::PlatformNotStarted { platform: platform.to_owned() })
        }
        Some(_) | None => Step::Begin(prior),
    }
}

/// Whether the settings are not yet what they were.
fn is_to_change(item: &RepairItem, source: &Seen) -> bool {
    !item.request.undone(&item.source.description, &source.description).is_empty()
}

/// The platform that the source was repaired to: AWS takes the one before not back.
fn stays(item: &RepairItem, source: &Seen) -> Option<String> {
    let (was, now) = (&item.source.description.platform_identifier, &source.description.platform_identifier);
    now.clone().filter(|_| item.request.platform_identifier == *now && was != now)
}

/// The settings as they were, and then the source at its prior status.
fn go_back(situation: &Situation<'_, RepairItem>, source: &Seen, prior: PriorStatus) -> Step {
    let Situation { item, past, applied, runs_on, .. } = *situation;
    let to_change = is_to_change(item, source);
    let stopped_by_us = applied.has_stopped_source() || past.has_stopped_source();
    let wait = |phase| Step::Wait(Side::Source, phase);
    match (source.description.rest(), prior) {
        (Rest::Busy, _) => wait(phase(past)),
        (Rest::Deleting, _) => Step::Fail(Reason::SourceBeingDeletedByOthers),
        (Rest::Running, PriorStatus::InService)
            if applied.is_stopping_source() && is_untouched(past) && runs_on.is_none() =>
        {
            wait(Phase::StoppingSource)
        }
        // It was started again before anybody saw it stopped: whoever did that is at work on it.
        (Rest::Running, PriorStatus::InService) if to_change => {
            runs_on.map_or_else(|| stop_source(past), |why| Step::Fail(why.clone()))
        }
        (Rest::Running, PriorStatus::Stopped) if to_change => Step::Fail(Reason::SourceStartedInRun),
        (Rest::Stopped, _) if to_change => send(Call::UpdateSource, past),
        (Rest::Stopped, PriorStatus::InService) if stopped_by_us => {
            let upgrade = item.request.platform_identifier.as_deref();
            way_up::begin((source, upgrade), past, situation.today(), GivenUp::End)
        }
        (Rest::Failed, PriorStatus::InService) if stopped_by_us => {
            again(Call::StartSource, past, source, |cause| {
                GivenUp::End(Reason::SourceFailedToStart { cause })
            })
        }
        (Rest::Failed, _) => Step::Fail(Reason::SourceBecameFailed),
        (Rest::Running | Rest::Stopped, _) => rolled_back(situation, source, prior),
    }
}

fn rolled_back(situation: &Situation<'_, RepairItem>, source: &Seen, prior: PriorStatus) -> Step {
    let others = match (source.description.rest(), prior) {
        (Rest::Running, PriorStatus::Stopped) => Some(Note::SourceStarted),
        (Rest::Stopped, PriorStatus::InService) => Some(Note::SourceStoppedByOthers),
        (Rest::Running | Rest::Stopped | Rest::Failed | Rest::Deleting | Rest::Busy, _) => None,
    };
    let runs_on = situation.runs_on.map(|why| Note::Because { why: why.clone() });
    let platform = stays(situation.item, source).map(|platform| Note::PlatformStays { platform });
    let notes = others.into_iter().chain(runs_on).chain(platform).collect();
    Step::End(End::RolledBack { replacement_deleted: false, notes })
}

/// Whether this rollback has sent nothing yet.
fn is_untouched(past: &Past) -> bool {
    let calls = [Call::StopSource, Call::UpdateSource, Call::StartSource];
    !calls.into_iter().any(|call| past.may_have_happened(call))
}

fn phase(past: &Past) -> Phase {
    if past.may_have_happened(Call::UpdateSource) { Phase::RestoringSource } else { Phase::StoppingSource }
}

/// After a failure: what was stopped on the way is started again, as it is then.
fn bring_back(situation: &Situation<'_, RepairItem>, source: &Seen, reason: &Reason) -> Step {
    let Situation { item, past, .. } = *situation;
    let today = situation.today();
    let upgrade = item.request.platform_identifier.as_deref();
    source_back((source, upgrade), reason, past, today)
        .unwrap_or_else(|| Step::End(End::Failed(reason.clone())))
}
