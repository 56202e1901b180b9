//! Pure: what is to be done next to undo an item, given what AWS reports now and what the application did.
//!
//! The source comes first: as long as it has not its prior status again, its replacement is not deleted.
//!
//! | observed | leads to |
//! |---|---|
//! | the source is gone, is another one, or cannot be gone back to | refuse: nothing was changed |
//! | a replacement without this run's tags, or that somebody has started since | refuse: nothing was changed |
//! | source or replacement busy | wait |
//! | our replacement `InService` | stop it |
//! | the source `Stopped`, and the application stopped it | start it |
//! | the source `Failed`, and the application stopped it | start it again, with growing pauses |
//! | the source at its prior status, our replacement `Stopped` or `Failed` | delete the replacement |
//! | the source at its prior status, no replacement | rolled back |
//! | anything that must not be | fail: start the replacement again if it ran, delete nothing |

use crate::execute::attempts::{again, failure, send, send_or};
use crate::execute::event::Phase;
use crate::execute::exporting::put_back;
use crate::execute::observed::{Identity, Seen, Side};
use crate::execute::ours::{self, Replacement};
use crate::execute::situation::Situation;
use crate::execute::step::{End, GivenUp, Step, refuse};
use crate::execute::transfer_config::is_attached;
use crate::execute::way_up;
use crate::ids::RunId;
use crate::inventory::Rest;
use crate::journal::{Call, Note, Outcome, Past, PriorStatus, Reason};
use crate::plan::{Item, TransferKind};

/// Decides the next step back; the past is this rollback's own.
pub(super) fn rollback(situation: &Situation<'_, Item>) -> Step {
    let Situation { item, identity, observed, past, applied, .. } = *situation;
    let replacement = ours::replacement(item, identity, &observed.replacement);
    let Some(source) = ours::source(&item.source, &observed.source) else {
        return stopped_short(past, replacement, Reason::NothingToGoBackTo);
    };
    if let Some(reason) = &past.failing {
        return bring_back_replacement(replacement, reason, past);
    }
    match past.prior_status {
        None => first_look((item, identity), source, replacement, applied),
        Some(prior) => go_back(situation, source, &replacement, prior),
    }
}

/// The name is that of another run's replacement, which is not ours to stop or to delete.
fn made_by_run(item: &Item, run: RunId) -> Reason {
    Reason::MadeByRun { name: item.request.notebook_instance_name.clone(), run }
}

/// Refuses what was not begun; fails what was.
fn stopped_short(past: &Past, replacement: Replacement<'_>, why: Reason) -> Step {
    match (&past.failing, past.prior_status) {
        (Some(reason), _) => bring_back_replacement(replacement, reason, past),
        (None, Some(_)) => Step::Fail(why),
        (None, None) => refuse(why),
    }
}

/// Why a source cannot be gone back to as it is, or not yet.
pub(super) fn not_at_rest(source: &Seen, applied: &Past) -> Option<Step> {
    match source.description.rest() {
        Rest::Running | Rest::Stopped => None,
        // The application stopped it, and it failed to start: AWS starts it from there.
        Rest::Failed if applied.has_stopped_source() => None,
        Rest::Failed | Rest::Deleting => {
            let status = source.description.notebook_instance_status.clone();
            Some(refuse(Reason::SourceCannotBeStarted { status }))
        }
        Rest::Busy => Some(Step::Wait(Side::Source, Phase::Checking)),
    }
}

fn first_look(
    (item, identity): (&Item, &Identity),
    source: &Seen,
    replacement: Replacement<'_>,
    applied: &Past,
) -> Step {
    let exporting = is_attached(item, identity, source, TransferKind::Export);
    if let Some(step) =
        not_at_rest(source, applied).filter(|_| !exporting || source.description.rest() != Rest::Failed)
    {
        return step;
    }
    // An application that found the source has said which status it had.
    let prior = applied.prior_status.unwrap_or(PriorStatus::Stopped);
    match replacement {
        Replacement::Absent => Step::Begin(prior),
        Replacement::Untagged => Step::Wait(Side::Replacement, Phase::Checking),
        Replacement::Strangers if applied.may_have_happened(Call::CreateReplacement) => {
            refuse(Reason::ReplacementNotProvedOurs { name: item.request.notebook_instance_name.clone() })
        }
        Replacement::OfRun(run) => refuse(made_by_run(item, run)),
        // The name was taken before the application could make anything.
        Replacement::Strangers => Step::Begin(prior),
        Replacement::Ours(found) if is_in_use(found, prior, applied) => refuse(Reason::ReplacementInUse),
        Replacement::Ours(_) => Step::Begin(prior),
    }
}

/// Whether somebody has started a replacement that the application left stopped.
fn is_in_use(replacement: &Seen, prior: PriorStatus, applied: &Past) -> bool {
    let done = matches!(applied.outcome, Some(Outcome::Done { .. }));
    let running = replacement.description.rest() != Rest::Stopped;
    done && prior == PriorStatus::Stopped && running
}

/// The replacement out of the way, the source at its prior status, and then the replacement gone.
fn go_back(
    situation: &Situation<'_, Item>,
    source: &Seen,
    replacement: &Replacement<'_>,
    prior: PriorStatus,
) -> Step {
    if let Replacement::OfRun(run) = replacement {
        return Step::Fail(made_by_run(situation.item, run.clone()));
    }
    if let Some(step) = stop_replacement(replacement, situation.past) {
        return step;
    }
    let Situation { item, identity, past, .. } = *situation;
    if let Some(step) = put_back(item, identity, source, (past, prior), GivenUp::Fail) {
        return step;
    }
    match bring_back_source(situation, source, prior) {
        Ok(notes) => delete_replacement(replacement, notes, situation.past),
        Err(step) => step,
    }
}

/// What has to be done before the replacement is at rest; nothing once it is.
fn stop_replacement(replacement: &Replacement<'_>, past: &Past) -> Option<Step> {
    match replacement {
        Replacement::Ours(found) => match found.description.rest() {
            Rest::Running => Some(send(Call::StopReplacement, past)),
            Rest::Stopped | Rest::Failed | Rest::Deleting => None,
            Rest::Busy => Some(Step::Wait(Side::Replacement, Phase::StoppingReplacement)),
        },
        Replacement::Untagged => Some(Step::Wait(Side::Replacement, Phase::StoppingReplacement)),
        Replacement::Absent | Replacement::OfRun(_) | Replacement::Strangers => None,
    }
}

/// What is to be known of the source once it is where it was; until then, the step that takes it there.
fn bring_back_source(
    situation: &Situation<'_, Item>,
    source: &Seen,
    prior: PriorStatus,
) -> Result<Vec<Note>, Step> {
    let Situation { item, past, applied, runs_on, .. } = *situation;
    let stopped_by_us = applied.has_stopped_source();
    match (source.description.rest(), prior) {
        (Rest::Stopped, PriorStatus::InService) if stopped_by_us => {
            let upgrade = item.upgrade_source.as_deref();
            Err(way_up::begin((source, upgrade), past, situation.today(), GivenUp::Fail))
        }
        (Rest::Stopped, PriorStatus::InService) => Ok(vec![Note::SourceStoppedByOthers]),
        (Rest::Running, PriorStatus::Stopped) => Ok(vec![Note::SourceStarted]),
        (Rest::Stopped, PriorStatus::Stopped) => Ok(Vec::new()),
        // The stop that AWS accepted has not shown yet; once it has, the source is started.
        (Rest::Running, PriorStatus::InService)
            if applied.is_stopping_source() && !is_started(past) && runs_on.is_none() =>
        {
            Err(Step::Wait(Side::Source, Phase::RestoringSource))
        }
        (Rest::Running, PriorStatus::InService) => {
            Ok(runs_on.map(|why| Note::Because { why: why.clone() }).into_iter().collect())
        }
        (Rest::Failed, PriorStatus::InService) if stopped_by_us => {
            Err(again(Call::StartSource, past, source, |cause| {
                GivenUp::Fail(Reason::SourceFailedToStart { cause })
            }))
        }
        (Rest::Failed, _) => Err(Step::Fail(Reason::SourceFailedToStart { cause: failure(source) })),
        (Rest::Deleting, _) => Err(Step::Fail(Reason::SourceBeingDeletedByOthers)),
        (Rest::Busy, _) => Err(Step::Wait(Side::Source, Phase::RestoringSource)),
    }
}

fn is_started(past: &Past) -> bool {
    past.may_have_happened(Call::StartSource)
}

fn delete_replacement(replacement: &Replacement<'_>, notes: Vec<Note>, past: &Past) -> Step {
    let replacement_deleted = past.may_have_happened(Call::DeleteReplacement);
    match replacement {
        Replacement::Absent | Replacement::OfRun(_) | Replacement::Strangers => {
            Step::End(End::RolledBack { replacement_deleted, notes })
        }
        Replacement::Untagged => Step::Wait(Side::Replacement, Phase::DeletingReplacement),
        Replacement::Ours(found) => match found.description.rest() {
            Rest::Stopped | Rest::Failed => send(Call::DeleteReplacement, past),
            Rest::Running | Rest::Deleting | Rest::Busy => {
                Step::Wait(Side::Replacement, Phase::DeletingReplacement)
            }
        },
    }
}

/// After a failure: a replacement that ran when the rollback began runs again, and nothing is deleted.
fn bring_back_replacement(replacement: Replacement<'_>, reason: &Reason, past: &Past) -> Step {
    let failed = || Step::End(End::Failed(reason.clone()));
    let Replacement::Ours(found) = replacement else { return failed() };
    if !past.may_have_happened(Call::StopReplacement) {
        return failed();
    }
    match found.description.rest() {
        Rest::Stopped => send_or(Call::StartReplacement, past, |cause| {
            Step::End(End::Failed(reason.clone().then(Reason::ReplacementNotStartedAgain { cause })))
        }),
        // It ran, or this rollback would not have stopped it.
        Rest::Failed => again(Call::StartReplacement, past, found, |cause| {
            GivenUp::End(reason.clone().then(Reason::ReplacementNotStartedAgain { cause }))
        }),
        Rest::Running | Rest::Deleting => failed(),
        Rest::Busy => Step::Wait(Side::Replacement, Phase::StartingReplacement),
    }
}
