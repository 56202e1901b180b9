//! Laws of how an item ends, and of what is still done once it has failed.

use super::{law, spent};
use crate::execute::{End, Side, Step};
use crate::inventory::Status;
use crate::journal::{Call, Note, PriorStatus, Reason};
use crate::plan::OnFailure;

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
                | Step::Prepare(_)
                | Step::AwaitFiles(_)
                | Step::Hold { .. }
                | Step::Fail(_)
                | Step::End(_) => false,
            }
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
