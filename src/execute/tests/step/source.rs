//! Laws of what becomes of the source.

use super::{law, law_on};
use crate::execute::Step;
use crate::execute::tests::step::cases;
use crate::inventory::Status;
use crate::journal::{Call, CallState, PriorStatus, SourceRest};
use crate::plan::Order;

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
            && if *call == Call::StartSource {
                case.source() == Some(&Status::Failed)
                    && case.past.failing.is_some()
                    && case.past.may_have_happened(Call::StopSource)
            } else {
                *call == Call::StartReplacement
                    && case.replacement() == Some(&Status::Failed)
                    && case.past.verified.is_some()
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
        | Step::Prepare(_)
        | Step::AwaitFiles(_)
        | Step::Hold { .. }
        | Step::Fail(_)
        | Step::End(_) => true,
    });
}
