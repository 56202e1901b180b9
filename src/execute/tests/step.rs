//! Laws of the next step, over everything that can be observed and everything that can have been done.

pub(super) mod cases;
mod ending;
mod replacement;
mod source;
mod table;

use std::collections::BTreeSet;

use crate::execute::tests::step::cases::{Case, every_case};
use crate::execute::{End, Side, Step};
use crate::inventory::Status;
use crate::journal::{Call, CallObject, CallState, PriorStatus};

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
        Step::Prepare(transfer) => format!("prepare {transfer:?}"),
        Step::AwaitFiles(transfer) => format!("await {transfer:?}"),
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
    match call.object() {
        CallObject::Source => Side::Source,
        CallObject::Replacement => Side::Replacement,
        CallObject::Config(_) => unreachable!("nothing is moved here"),
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
