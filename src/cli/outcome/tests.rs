//! The exit code of everything that an audit, a plan or a run can come to.

use crate::api_error::{ApiError, ApiErrorKind};
use crate::cli::outcome::{of_reading, of_run};
use crate::execute::{ItemReport, ItemResult, Phase, RunReport};
use crate::exit::ExitStatus;
use crate::fixtures::{POLICY, exposed, id, instance, name, plan_by, region, tags};
use crate::inventory::Gap;
use crate::journal::Reason;
use crate::journal::{Left, Outcome, Presence, Purpose, RunEnd};

fn gap(kind: ApiErrorKind) -> Gap {
    let error = ApiError {
        operation: "ListNotebookInstances".to_owned(),
        region: region(),
        kind,
        effect: kind.effect(),
        code: None,
        message: String::new(),
        request_id: None,
    };
    Gap { region: region(), instance: None, error }
}

#[test]
fn a_reading_ends_by_its_gaps_first_and_by_its_findings_only_where_that_was_asked_for() {
    let (none, one) = (Vec::new(), vec![gap(ApiErrorKind::AccessDenied)]);
    let not_enabled = vec![gap(ApiErrorKind::NoAnswer), gap(ApiErrorKind::Credentials)];
    let mut lost = not_enabled.clone();
    lost[1].error.kind = ApiErrorKind::CredentialsExpired;
    for (gaps, findings, detailed, expected) in [
        (&none, false, false, ExitStatus::Done),
        (&none, false, true, ExitStatus::Done),
        (&none, true, false, ExitStatus::Done),
        (&none, true, true, ExitStatus::Findings),
        (&one, false, false, ExitStatus::Partial),
        (&one, false, true, ExitStatus::Partial),
        (&one, true, false, ExitStatus::Partial),
        (&one, true, true, ExitStatus::Partial),
        (&not_enabled, false, false, ExitStatus::Partial),
        (&lost, false, false, ExitStatus::Access),
        (&lost, true, true, ExitStatus::Access),
    ] {
        let found = of_reading(gaps, findings, detailed);
        assert_eq!(found, expected, "{} gaps, findings {findings}, detailed {detailed}", gaps.len());
    }
}

fn report(end: RunEnd, items: Vec<ItemResult>) -> RunReport {
    let items = items.into_iter().map(|result| ItemReport { id: id("a"), result }).collect();
    let run = "20261122T100000Z-00000000".parse().unwrap();
    RunReport { format_version: 2, run, purpose: Purpose::Apply, end, items }
}

fn left() -> Left {
    Left { source: Presence::Unknown, replacement: Presence::Absent }
}

fn done() -> ItemResult {
    let outcome = Outcome::Done { replacement: name("a-vpc"), source_deleted: false, notes: Vec::new() };
    ItemResult::Ended { outcome }
}

/// Every way in which an item can fare that is not success.
fn not_done() -> [ItemResult; 4] {
    [
        ItemResult::Ended { outcome: Outcome::Refused { reason: Reason::SourceGone } },
        ItemResult::Ended { outcome: Outcome::Failed { reason: Reason::SourceGone, left: left() } },
        ItemResult::Unfinished { phase: Phase::Checking, left: left(), why: None },
        ItemResult::NotStarted,
    ]
}

#[test]
fn a_completed_run_is_done_only_when_every_item_is() {
    let plan = plan_by(POLICY, vec![instance(exposed("a"), tags(&[]))]);
    let status = |items| of_run(&report(RunEnd::Completed, items), &plan);
    assert_eq!(status(vec![]), ExitStatus::Done);
    let already = ItemResult::Ended { outcome: Outcome::AlreadyDone { replacement: name("a-vpc") } };
    assert_eq!(status(vec![done(), already]), ExitStatus::Done);
    for result in not_done() {
        assert_eq!(status(vec![done(), result.clone(), done()]), ExitStatus::Partial, "{result:?}");
    }
}

#[test]
fn an_application_that_keeps_a_source_which_its_plan_deletes_is_not_done() {
    let deletes = POLICY.replace("[limits]", "[defaults]\ndelete_source = \"after-verify\"\n[limits]");
    let plan = plan_by(&deletes, vec![instance(exposed("a"), tags(&[]))]);
    let deleted = Outcome::Done { replacement: name("a-vpc"), source_deleted: true, notes: Vec::new() };
    let status = |result| of_run(&report(RunEnd::Completed, vec![result]), &plan);
    assert_eq!(status(ItemResult::Ended { outcome: deleted }), ExitStatus::Done);
    assert_eq!(status(done()), ExitStatus::Partial);
}

#[test]
fn how_a_run_ended_counts_before_how_its_items_did() {
    let message = String::new;
    let plan = plan_by(POLICY, vec![instance(exposed("a"), tags(&[]))]);
    for (end, expected) in [
        (RunEnd::Interrupted, ExitStatus::Interrupted),
        (RunEnd::JournalLost { message: message() }, ExitStatus::Interrupted),
        (RunEnd::Halted { failures: 1 }, ExitStatus::Halted),
        (RunEnd::NoRoom { message: message() }, ExitStatus::Halted),
        (RunEnd::PlanExpired, ExitStatus::PlanUnusable),
        (RunEnd::Unfinished, ExitStatus::Partial),
        (RunEnd::CredentialsLost { message: message() }, ExitStatus::Access),
    ] {
        for result in not_done().into_iter().chain([done()]) {
            assert_eq!(
                of_run(&report(end.clone(), vec![result.clone()]), &plan),
                expected,
                "{end:?} {result:?}"
            );
        }
    }
}
