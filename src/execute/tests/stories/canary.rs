//! The first wave: the rest begins once it is done, and not at all when it fails.

use super::{failed_reason, is_done, refused_reason, running};
use crate::api_error::ApiErrorKind;
use crate::execute::tests::world::Trouble;
use crate::execute::tests::{TestRun, outcome};
use crate::execute::{ItemResult, RunReport, Stop};
use crate::fixtures::POLICY;
use crate::journal::RunEnd;

fn test_run(canary: u32, names: &[&str]) -> TestRun {
    let policy = POLICY.replace("canary = 0", &format!("canary = {canary}"));
    TestRun::under(&policy, names.iter().map(|name| running(name)).collect())
}

fn not_started(report: &RunReport) -> Vec<&str> {
    let open = report.items.iter().filter(|item| item.result == ItemResult::NotStarted);
    open.map(|item| item.id.name.as_str()).collect()
}

#[tokio::test]
async fn the_rest_begins_only_once_the_wave_is_done() {
    let test_run = test_run(2, &["a", "b", "c", "d"]);
    let report = test_run.apply().await;
    assert_eq!(report.end, RunEnd::Completed);
    let calls = test_run.world.mutations();
    let (wave, rest) = calls.split_at(4);
    assert!(wave.iter().all(|call| call.contains(" a") || call.contains(" b")), "{calls:?}");
    assert_eq!(rest.len(), 4);
}

#[tokio::test]
async fn what_was_refused_has_shown_nothing_and_the_next_one_goes_in_its_place() {
    let test_run = test_run(1, &["a", "b", "c", "d"]);
    test_run.world.change("a", |it, _| it.instance_type = Some("ml.m5.xlarge".to_owned()));
    let report = test_run.apply().await;
    refused_reason(&report, "a");
    assert_eq!(test_run.world.mutations()[..2], ["stop b", "create b-vpc"]);
    assert_eq!(report.end, RunEnd::Completed);
}

#[tokio::test]
async fn a_wave_that_fails_is_all_there_is_however_many_failures_are_allowed() {
    let test_run = test_run(1, &["a", "b", "c"]);
    test_run.world.trouble("create", Trouble::Refused(ApiErrorKind::AccessDenied));
    let report = test_run.apply().await;
    failed_reason(&report, "a");
    assert_eq!(not_started(&report), ["b", "c"]);
    assert_eq!(report.end, RunEnd::Halted { failures: 1 });
    // Who resumes it has decided to go on: the next one is the wave.
    let report = test_run.resume(Stop::default()).await;
    assert_eq!(report.end, RunEnd::Completed);
    assert_eq!(test_run.world.mutations()[3..5], ["stop b", "create b-vpc"]);
}

#[tokio::test]
async fn a_wave_that_is_parked_is_taken_to_its_end_before_anything_else_begins() {
    let test_run = test_run(1, &["a", "b"]);
    test_run.world.trouble("stop", Trouble::Sticks);
    let report = test_run.apply().await;
    assert_eq!(not_started(&report), ["b"]);
    assert_eq!(report.end, RunEnd::Halted { failures: 1 });
    test_run.world.change("a", |it, _| it.notebook_instance_status = crate::inventory::Status::Stopped);
    let report = test_run.resume(Stop::default()).await;
    assert!(is_done(outcome(&report, "a")) && is_done(outcome(&report, "b")), "{report:?}");
    assert_eq!(test_run.world.mutations(), ["stop a", "create a-vpc", "stop b", "create b-vpc"]);
}

#[tokio::test]
async fn what_is_done_already_counts_and_so_does_what_was_done_before_an_interruption() {
    let test_run = test_run(2, &["a", "b", "c", "d"]);
    test_run.world.trouble("stop a", Trouble::Sticks);
    test_run.apply().await;
    test_run.world.change("a", |it, _| it.notebook_instance_status = crate::inventory::Status::Stopped);
    let report = test_run.resume(Stop::default()).await;
    assert_eq!(report.end, RunEnd::Completed, "{report:?}");
    let calls = test_run.world.mutations();
    assert_eq!(calls[2..4], ["create b-vpc", "create a-vpc"], "b counts, done before");
    let again = test_run.apply().await;
    refused_reason(&again, "d");
    assert_eq!((again.end, test_run.world.mutations().len()), (RunEnd::Completed, calls.len()));
}
