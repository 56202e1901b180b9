//! Laws of what is made, of what is built upon it, and of what others have made.

use super::{at_rest, law, law_on};
use crate::execute::tests::step::cases::Case;
use crate::execute::{End, Step};
use crate::inventory::Status;
use crate::journal::{Call, CallState, PriorStatus, Reason};
use crate::plan::{OnFailure, Order};

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
            | Step::Prepare(_)
            | Step::AwaitFiles(_)
            | Step::Hold { .. }
            | Step::End(_) => false,
        }
    });
}

#[test]
fn only_a_replacement_that_is_as_requested_is_verified_and_only_once() {
    law(|case| {
        let Step::Verified { .. } = case.step else { return true };
        case.past.verified.is_none() && case.replacement_as_requested() && at_rest(case.replacement())
    });
}
