//! Laws of the next step, over everything that can be observed and everything that can have been done.

pub(super) mod cases;
mod table;

use std::collections::BTreeSet;

use crate::execute::tests::step::cases::{Case, every_case};
use crate::execute::{End, Side, Step};
use crate::inventory::Status;
use crate::journal::{Call, CallState, Note, PriorStatus, Reason, SourceRest};
use crate::plan::{OnFailure, Order};

/// Every case in which the law is broken is a failure; the first few are shown.
fn law(holds: impl Fn(&Case<'_>) -> bool) {
    let broken: Vec<String> = every_case().filter(|case| !holds(case)).map(|case| case.to_string()).collect();
    let shown = broken.iter().take(3).map(String::as_str).collect::<Vec<_>>().join("\n");
    assert!(broken.is_empty(), "broken in {} cases, such as\n{shown}", broken.len());
}

/// A law on one kind of call: what must hold wherever it is the next step.
fn law_on(call: Call, holds: impl Fn(&Case<'_>) -> bool) {
    law(|case| case.step != &Step::Call(call) || holds(case));
}

fn at_rest(status: Option<&Status>) -> bool {
    matches!(status, Some(Status::InService | Status::Stopped))
}

/// A step in a word or three.
pub(super) fn kind(step: &Step) -> String {
    match step {
        Step::Begin(prior) => format!("begin {prior:?}"),
        Step::AtRest { .. } => "note rest".to_owned(),
        Step::Again { call, .. } => format!("{call:?} again"),
        Step::Call(call) => format!("{call:?}"),
        Step::Wait(side, phase) => format!("wait {side:?} {phase:?}"),
        Step::Hold { .. } => "hold".to_owned(),
        Step::Verified { not_reported } => format!("verified {}", not_reported.len()),
        Step::Fail(_) => "fail".to_owned(),
        Step::End(End::Done { source_deleted, .. }) => format!("done {source_deleted}"),
        Step::End(End::Repaired { .. }) => "repaired".to_owned(),
        Step::End(End::RolledBack { .. }) => "rolled back".to_owned(),
        Step::End(End::AlreadyDone) => "already done".to_owned(),
        Step::End(End::Refused(_)) => "refused".to_owned(),
        Step::End(End::Failed(_)) => "failed".to_owned(),
    }
}

/// Whether a call was refused for good, or sent as often as it ever is.
fn spent(state: &CallState) -> bool {
    match state {
        CallState::Rejected { error, .. } if error.kind == cases::FINAL => true,
        CallState::NotSent
        | CallState::Rejected { .. }
        | CallState::InDoubt { .. }
        | CallState::Accepted { .. } => state.attempts() >= 5,
    }
}

/// The call's instance.
fn side(call: Call) -> Side {
    match call {
        Call::StopSource | Call::StartSource | Call::DeleteSource | Call::UpdateSource => Side::Source,
        Call::CreateReplacement
        | Call::StopReplacement
        | Call::StartReplacement
        | Call::DeleteReplacement => Side::Replacement,
    }
}

#[test]
fn whatever_is_observed_there_is_a_next_step_and_each_kind_of_step_is_one() {
    let kinds: BTreeSet<String> = every_case().map(|case| kind(case.step)).collect();
    assert!(every_case().count() > 20_000);
    let expected: BTreeSet<String> = [
        "CreateReplacement",
        "DeleteReplacement",
        "DeleteSource",
        "StartReplacement",
        "StartReplacement again",
        "StartSource",
        "StartSource again",
        "StopReplacement",
        "StopSource",
        "begin InService",
        "begin Stopped",
        "done false",
        "done true",
        "fail",
        "failed",
        "note rest",
        "refused",
        "verified 0",
        "verified 1",
        "wait Replacement CreatingReplacement",
        "wait Replacement DeletingReplacement",
        "wait Replacement StartingReplacement",
        "wait Replacement StoppingReplacement",
        "wait Source Checking",
        "wait Source DeletingSource",
        "wait Source RestoringSource",
        "wait Source StoppingSource",
    ]
    .map(str::to_owned)
    .into();
    assert_eq!(kinds, expected);
}

#[test]
fn nothing_is_sent_before_the_item_has_begun_and_it_begins_once() {
    law(|case| match (case.past.prior_status, case.step) {
        (None, Step::Begin(_) | Step::Wait(Side::Source, _)) => true,
        (None, Step::End(End::Refused(_) | End::AlreadyDone)) => true,
        (None, _) => false,
        (Some(_), step) => !matches!(step, Step::Begin(_) | Step::End(End::Refused(_) | End::AlreadyDone)),
    });
}

#[test]
fn an_item_begins_with_the_status_of_a_source_that_is_as_planned_and_alone() {
    law(|case| {
        let Step::Begin(prior) = case.step else { return true };
        let status = match prior {
            PriorStatus::InService => Status::InService,
            PriorStatus::Stopped => Status::Stopped,
        };
        let started = status == Status::InService && case.planned() == &Status::Stopped;
        case.source_as_planned() && case.source() == Some(&status) && case.replacement().is_none() && !started
    });
}

#[test]
fn a_source_is_stopped_only_when_it_ran_at_first_and_runs_now_and_before_or_after_its_replacement_as_planned()
{
    law_on(Call::StopSource, |case| {
        let in_order = match case.item.order {
            Order::StopFirst => case.replacement().is_none(),
            Order::CreateFirst => {
                case.past.verified.is_some()
                    && case.replacement_as_requested()
                    && case.replacement() == Some(&Status::InService)
            }
            Order::CreateOnly => false,
        };
        case.past.prior_status == Some(PriorStatus::InService)
            && case.source() == Some(&Status::InService)
            && case.source_as_planned()
            && in_order
    });
}

#[test]
fn a_replacement_is_created_only_for_a_source_that_has_none_and_is_stopped_or_stopped_later() {
    law_on(Call::CreateReplacement, |case| {
        let runs = case.item.order != Order::StopFirst
            && case.source() == Some(&Status::InService)
            && case.past.prior_status == Some(PriorStatus::InService);
        (runs || case.source() == Some(&Status::Stopped))
            && case.source_as_planned()
            && case.replacement().is_none()
            && !matches!(case.past.call(Call::CreateReplacement), CallState::Accepted { .. })
    });
}

#[test]
fn a_source_is_deleted_only_where_the_plan_says_so_and_stopped_beside_a_verified_replacement() {
    law_on(Call::DeleteSource, |case| {
        case.item.delete_source
            && case.past.verified.as_deref() == Some(&[])
            && case.source() == Some(&Status::Stopped)
            && case.source_as_planned()
            && case.source_is_untouched()
            && case.replacement_as_requested()
            && case.replacement_has_prior_status()
    });
}

#[test]
fn a_source_is_started_only_after_a_failure_and_when_this_run_may_have_stopped_it() {
    law_on(Call::StartSource, |case| {
        case.past.failing.is_some()
            && case.past.prior_status == Some(PriorStatus::InService)
            && case.past.may_have_happened(Call::StopSource)
            && case.source() == Some(&Status::Stopped)
    });
}

#[test]
fn only_what_ran_and_was_stopped_by_this_run_is_started_again_from_failed() {
    law(|case| {
        let Step::Again { call, .. } = case.step else { return true };
        let ran = case.past.prior_status == Some(PriorStatus::InService);
        let refused =
            matches!(case.past.call(*call), CallState::Rejected { error, .. } if error.kind == cases::FINAL);
        ran && !refused
            && match call {
                Call::StartSource => {
                    case.source() == Some(&Status::Failed)
                        && case.past.failing.is_some()
                        && case.past.may_have_happened(Call::StopSource)
                }
                Call::StartReplacement => {
                    case.replacement() == Some(&Status::Failed) && case.past.verified.is_some()
                }
                Call::StopSource
                | Call::CreateReplacement
                | Call::StopReplacement
                | Call::DeleteSource
                | Call::UpdateSource
                | Call::DeleteReplacement => false,
            }
    });
}

#[test]
fn how_the_source_is_at_rest_is_noted_once_and_before_anything_is_created_unless_that_comes_first() {
    law(|case| match case.step {
        Step::AtRest { .. } => {
            case.past.rest == SourceRest::NotSeen
                && case.source() == Some(&Status::Stopped)
                && (case.replacement().is_none() || case.item.order == Order::CreateFirst)
        }
        Step::Call(Call::CreateReplacement) => {
            case.past.rest != SourceRest::NotSeen || case.item.order != Order::StopFirst
        }
        Step::Call(Call::DeleteSource) => case.past.rest != SourceRest::NotSeen,
        Step::Begin(_)
        | Step::Call(_)
        | Step::Again { .. }
        | Step::Wait(..)
        | Step::Verified { .. }
        | Step::Hold { .. }
        | Step::Fail(_)
        | Step::End(_) => true,
    });
}

#[test]
fn a_replacement_is_started_or_stopped_only_when_verified_and_towards_the_prior_status() {
    for (call, now, prior) in [
        (Call::StopReplacement, Status::InService, PriorStatus::Stopped),
        (Call::StartReplacement, Status::Stopped, PriorStatus::InService),
    ] {
        law_on(call, |case| {
            let discarded = case.past.failing.is_some() && call == Call::StopReplacement;
            discarded
                || case.replacement() == Some(&now)
                    && case.past.prior_status == Some(prior)
                    && case.past.verified.is_some()
                    && case.replacement_as_requested()
        });
    }
}

#[test]
fn nothing_is_sent_to_an_instance_that_is_busy_or_in_a_status_that_is_not_known() {
    law(|case| {
        let Step::Call(call) = case.step else { return true };
        match (call, side(*call)) {
            (Call::CreateReplacement, _) => true,
            (_, Side::Source) => at_rest(case.source()),
            (Call::DeleteReplacement, Side::Replacement) => {
                matches!(case.replacement(), Some(Status::Stopped | Status::Failed))
            }
            (_, Side::Replacement) => at_rest(case.replacement()),
        }
    });
}

#[test]
fn what_has_failed_is_only_brought_back() {
    law(|case| {
        let discards = case.item.on_failure == Some(OnFailure::Restore);
        case.past.failing.is_none()
            || match case.step {
                Step::Call(Call::StartSource)
                | Step::Again { call: Call::StartSource, .. }
                | Step::Wait(Side::Source, _)
                | Step::End(End::Failed(_)) => true,
                Step::Call(Call::StopReplacement | Call::DeleteReplacement) => discards,
                Step::Wait(Side::Replacement, _) => discards,
                Step::Begin(_)
                | Step::AtRest { .. }
                | Step::Call(_)
                | Step::Again { .. }
                | Step::Verified { .. }
                | Step::Hold { .. }
                | Step::Fail(_)
                | Step::End(_) => false,
            }
    });
}

#[test]
fn a_failed_replacement_is_only_touched_where_the_plan_says_so_when_it_is_ours_and_the_source_is_back() {
    let back = |case: &Case<'_>| match case.source() {
        Some(Status::InService) => true,
        Some(Status::Stopped) => !case.source_stopped_by_us(),
        Some(_) | None => false,
    };
    let allowed = |case: &Case<'_>| {
        case.item.on_failure == Some(OnFailure::Restore) && case.replacement_is_ours() && back(case)
    };
    law_on(Call::DeleteReplacement, |case| case.past.failing.is_some() && allowed(case));
    law_on(Call::StopReplacement, |case| {
        let in_use = case.past.verified.is_some();
        case.past.failing.is_none() || (allowed(case) && !in_use)
    });
}

fn is_or_begins_with(reason: &Reason, why: &Reason) -> bool {
    reason == why || matches!(reason, Reason::Then { first, .. } if **first == *why)
}

#[test]
fn a_failed_item_ends_with_its_reason_and_with_no_source_stopped_that_could_be_started() {
    law(|case| {
        let Step::End(End::Failed(reason)) = case.step else { return true };
        let ours = case.past.prior_status == Some(PriorStatus::InService)
            && case.past.may_have_happened(Call::StopSource);
        let given_up = spent(case.past.call(Call::StartSource));
        let startable = matches!(case.source(), Some(Status::Stopped | Status::Failed));
        case.past.failing.as_ref().is_some_and(|why| is_or_begins_with(reason, why))
            && (!ours || given_up || !startable)
    });
}

#[test]
fn an_instance_that_this_plan_did_not_make_as_asked_is_never_built_upon() {
    law(|case| {
        case.replacement().is_none()
            || case.replacement_as_requested()
            || !at_rest(case.replacement())
            || case.past.failing.is_some()
            || matches!(case.step, Step::Fail(_) | Step::End(End::Refused(_)))
    });
}

#[test]
fn an_instance_of_someone_else_that_has_the_name_is_not_even_waited_for() {
    // Except while it may be ours, only just created and not yet seen with its tags.
    let may_be_ours = |case: &Case<'_>| {
        case.past.may_have_happened(Call::CreateReplacement) && case.replacement() == Some(&Status::Pending)
    };
    law(|case| {
        !case.name_is_taken()
            || may_be_ours(case)
            || case.past.failing.is_some()
            || matches!(case.step, Step::Fail(_) | Step::End(End::Refused(_)))
    });
}

#[test]
fn an_item_is_done_only_with_a_verified_replacement_at_the_prior_status() {
    law(|case| {
        let Step::End(End::Done { source_deleted, .. }) = case.step else { return true };
        let gone = case.source().is_none();
        case.past.verified.is_some()
            && case.replacement_as_requested()
            && case.replacement_has_prior_status()
            && *source_deleted == (gone && case.item.delete_source)
    });
}

#[test]
fn what_another_run_has_made_is_neither_taken_over_nor_built_upon_and_it_is_said_whose_it_is() {
    law(|case| {
        let others = case.replacement().is_some() && !case.name_is_taken() && !case.replacement_is_ours();
        let said = |reason: &Reason| matches!(reason, Reason::MadeByRun { .. });
        match case.step {
            _ if !others || case.past.failing.is_some() => true,
            Step::Fail(reason) | Step::End(End::Refused(reason)) => said(reason),
            Step::Begin(_)
            | Step::AtRest { .. }
            | Step::Call(_)
            | Step::Again { .. }
            | Step::Wait(..)
            | Step::Verified { .. }
            | Step::Hold { .. }
            | Step::End(_) => false,
        }
    });
}

#[test]
fn where_nothing_runs_any_more_that_ran_when_the_plan_was_made_that_is_said() {
    law(|case| {
        let Step::End(End::Done { notes, .. }) = case.step else { return true };
        let stopped =
            case.planned() == &Status::InService && case.past.prior_status == Some(PriorStatus::Stopped);
        notes.contains(&Note::SourceStoppedSincePlan) == stopped
    });
}

#[test]
fn a_source_that_was_to_be_deleted_and_is_still_there_is_explained() {
    law(|case| {
        let Step::End(End::Done { source_deleted: false, notes }) = case.step else { return true };
        !case.item.delete_source || !notes.is_empty()
    });
}

#[test]
fn only_a_replacement_that_is_as_requested_is_verified_and_only_once() {
    law(|case| {
        let Step::Verified { .. } = case.step else { return true };
        case.past.verified.is_none() && case.replacement_as_requested() && at_rest(case.replacement())
    });
}

#[test]
fn a_call_that_was_refused_for_good_or_sent_five_times_is_not_sent_again() {
    law(|case| {
        let Step::Call(call) = case.step else { return true };
        !spent(case.past.call(*call))
    });
}

#[test]
fn waiting_is_only_for_what_can_change_by_itself() {
    law(|case| {
        let Step::Wait(Side::Source, _) = case.step else { return true };
        match case.source() {
            None | Some(Status::Stopped | Status::Failed) => false,
            Some(Status::InService) => {
                matches!(case.past.call(Call::StopSource), CallState::Accepted { .. })
            }
            Some(_) => true,
        }
    });
    law(|case| {
        let Step::Wait(Side::Replacement, _) = case.step else { return true };
        match case.replacement() {
            None => case.past.may_have_happened(Call::CreateReplacement),
            Some(Status::Deleting) => case.past.failing.is_some(),
            Some(Status::InService | Status::Stopped | Status::Failed) => false,
            Some(_) => true,
        }
    });
}
