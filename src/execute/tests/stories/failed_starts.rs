//! What ran and does not start again: AWS starts from `Failed`, so that it is tried for as long as it may take.

use super::{failed_reason, running};
use crate::api_error::ApiErrorKind;
use crate::clock::Clock as _;
use crate::execute::Stop;
use crate::execute::tests::world::Trouble;
use crate::execute::tests::{TestRun, outcome};
use crate::fixtures::now;
use crate::journal::Outcome;

const NO_CAPACITY: &str = "Insufficient notebook instance capacity. Retry later.";

fn starts(test_run: &TestRun, name: &str) -> usize {
    let start = format!("start {name}");
    test_run.world.mutations().iter().filter(|call| **call == start).count()
}

#[tokio::test]
async fn a_source_that_fails_to_start_is_started_again_until_it_runs() {
    let test_run = TestRun::with(vec![running("a")], "");
    test_run.world.trouble("create", Trouble::Refused(ApiErrorKind::AccessDenied));
    for _ in 0..7 {
        test_run.world.trouble("start", Trouble::Fails(NO_CAPACITY));
    }
    let reason = failed_reason(&test_run.apply().await, "a");
    assert!(reason.contains("access denied") && !reason.contains("capacity"), "{reason}");
    assert_eq!(starts(&test_run, "a"), 8);
    assert_eq!(test_run.world.status("a").unwrap(), "InService");
}

#[tokio::test]
async fn a_source_that_never_starts_is_given_up_after_an_hour_of_growing_pauses() {
    let test_run = TestRun::with(vec![running("a")], "");
    test_run.world.trouble("create", Trouble::Refused(ApiErrorKind::AccessDenied));
    for _ in 0..200 {
        test_run.world.trouble("start", Trouble::Fails(NO_CAPACITY));
    }
    let reason = failed_reason(&test_run.apply().await, "a");
    assert!(reason.ends_with(&format!("the source could not be started again: {NO_CAPACITY}")), "{reason}");
    assert_eq!(test_run.world.status("a").unwrap(), "Failed");
    let took = test_run.clock.now().duration_since(now()).as_secs() / 60;
    assert!((60..70).contains(&took), "{took} minutes");
    assert!((20..50).contains(&starts(&test_run, "a")), "{} starts", starts(&test_run, "a"));
}

#[tokio::test]
async fn a_start_that_aws_refuses_for_good_is_not_repeated() {
    let test_run = TestRun::with(vec![running("a")], "");
    test_run.world.trouble("create", Trouble::Refused(ApiErrorKind::AccessDenied));
    test_run.world.trouble("start", Trouble::Fails(NO_CAPACITY));
    test_run.world.trouble("start", Trouble::Refused(ApiErrorKind::Invalid));
    failed_reason(&test_run.apply().await, "a");
    assert_eq!(starts(&test_run, "a"), 2);
}

#[tokio::test]
async fn a_run_that_is_stopped_between_two_starts_goes_on_starting_when_it_is_resumed() {
    let test_run = TestRun::with(vec![running("a")], "");
    test_run.world.trouble("create", Trouble::Refused(ApiErrorKind::AccessDenied));
    for _ in 0..3 {
        test_run.world.trouble("start", Trouble::Fails(NO_CAPACITY));
    }
    let stop = Stop::default();
    test_run.world.stop_at(24, stop.clone());
    test_run.apply_until(stop).await;
    assert!((1..4).contains(&starts(&test_run, "a")), "{:?}", test_run.world.mutations());
    test_run.world.stop_at(u32::MAX, Stop::default());
    failed_reason(&test_run.resume(Stop::default()).await, "a");
    assert_eq!(test_run.world.status("a").unwrap(), "InService");
}

#[tokio::test]
async fn a_replacement_that_was_verified_and_fails_to_start_again_is_started_again() {
    let test_run = TestRun::with(vec![running("a")], "");
    // Somebody has stopped it, so that it is verified at rest and has to be started.
    test_run.world.trouble("create", Trouble::ComesToRest);
    test_run.world.trouble("start", Trouble::Fails(NO_CAPACITY));
    test_run.world.trouble("start", Trouble::Fails(NO_CAPACITY));
    let report = test_run.apply().await;
    assert!(matches!(outcome(&report, "a"), Outcome::Done { .. }), "{report:?}");
    assert_eq!(starts(&test_run, "a-vpc"), 3);
    assert_eq!(test_run.world.status("a-vpc").unwrap(), "InService");
}

#[tokio::test]
async fn a_replacement_that_fails_at_once_is_not_started_again_for_it_never_ran() {
    let test_run = TestRun::with(vec![running("a")], "");
    test_run.world.trouble("create", Trouble::Fails(NO_CAPACITY));
    failed_reason(&test_run.apply().await, "a");
    assert_eq!(starts(&test_run, "a-vpc"), 0);
    assert_eq!(test_run.world.status("a").unwrap(), "InService");
}

#[tokio::test]
async fn a_replacement_that_was_verified_is_kept_when_it_does_not_start_and_its_source_runs_again() {
    let test_run = TestRun::with(vec![running("a")], "");
    test_run.world.trouble("create", Trouble::ComesToRest);
    for _ in 0..200 {
        test_run.world.trouble("start a-vpc", Trouble::Fails(NO_CAPACITY));
    }
    failed_reason(&test_run.apply().await, "a");
    assert!(starts(&test_run, "a-vpc") > 20, "{:?}", test_run.world.mutations());
    assert_eq!(test_run.world.status("a").unwrap(), "InService");
    assert_eq!(test_run.world.status("a-vpc").unwrap(), "Failed", "somebody may have worked on it");
}
