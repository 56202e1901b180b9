//! What AWS takes too long for: the item is parked, the run goes on, and a resumed run takes it to its end.

use super::{failed_reason, is_done, running};
use crate::api_error::ApiErrorKind;
use crate::execute::tests::world::Trouble;
use crate::execute::tests::{TestRun, outcome};
use crate::execute::{ItemResult, RunReport, Stop};
use crate::inventory::Status;
use crate::journal::{Presence, RunEnd};
use crate::report::wording;

fn parked_because(report: &RunReport, item: usize) -> (String, &Presence) {
    let ItemResult::Unfinished { why: Some(why), left, .. } = &report.items[item].result else {
        panic!("{report:?}")
    };
    (wording::reason(why), &left.source)
}

#[tokio::test]
async fn an_instance_that_never_stops_is_parked_after_20_minutes_and_not_forced() {
    let test_run = TestRun::one_at_a_time(vec![running("a"), running("b")], 100);
    test_run.world.trouble("stop", Trouble::Sticks);
    let report = test_run.apply().await;
    let (why, source) = parked_because(&report, 0);
    assert_eq!(why, "`a` is still Stopping after 20 minutes: not ours to force");
    assert_eq!(source, &Presence::Status("Stopping".to_owned()));
    assert!(is_done(outcome(&report, "b")), "the run goes on");
    assert_eq!(report.end, RunEnd::Unfinished);
    assert_eq!(test_run.world.mutations(), ["stop a", "stop b", "create b-vpc"]);
    test_run.world.change("a", |it, _| it.notebook_instance_status = Status::Stopped);
    let report = test_run.resume(Stop::default()).await;
    assert!(is_done(outcome(&report, "a")), "{report:?}");
    assert_eq!(report.end, RunEnd::Completed);
}

#[tokio::test]
async fn a_source_that_someone_starts_as_soon_as_it_has_stopped_fails_the_item_and_is_left_running() {
    let test_run = TestRun::with(vec![running("a")], "");
    test_run.world.trouble("stop", Trouble::Sticks);
    parked_because(&test_run.apply().await, 0);
    // It stopped, and before anybody looked it was started: that shows in nothing but that it runs and runs.
    test_run.world.change("a", |it, _| it.notebook_instance_status = Status::InService);
    let report = test_run.resume(Stop::default()).await;
    let reason = failed_reason(&report, "a");
    assert!(reason.contains("someone has started it"), "{reason}");
    assert_eq!(report.end, RunEnd::Completed);
    assert_eq!(test_run.world.mutations(), ["stop a"]);
}

#[tokio::test]
async fn a_parked_item_counts_as_a_failure() {
    let test_run = TestRun::one_at_a_time(vec![running("a"), running("b")], 1);
    test_run.world.trouble("stop", Trouble::Sticks);
    let report = test_run.apply().await;
    parked_because(&report, 0);
    assert_eq!(report.items[1].result, ItemResult::NotStarted);
    assert_eq!(report.end, RunEnd::Halted { failures: 1 });
}

#[tokio::test]
async fn a_source_that_does_not_start_again_is_parked_with_the_reason_of_the_failure() {
    let test_run = TestRun::with(vec![running("a")], "");
    test_run.world.trouble("create", Trouble::Fails("no capacity"));
    test_run.world.trouble("start", Trouble::Sticks);
    let report = test_run.apply().await;
    let (why, source) = parked_because(&report, 0);
    assert_eq!(
        why,
        "the replacement failed: no capacity; and then `a` is still Pending after 60 minutes: not ours to force"
    );
    assert_eq!(source, &Presence::Status("Pending".to_owned()));
}

#[tokio::test]
async fn a_replacement_that_never_shows_fails_the_item_and_the_source_is_started_again() {
    let test_run = TestRun::with(vec![running("a")], "");
    test_run.world.trouble("create", Trouble::Vanishes);
    let reason = failed_reason(&test_run.apply().await, "a");
    assert_eq!(reason, "`a-vpc` is still not visible after 5 minutes");
    assert_eq!(test_run.world.mutations(), ["stop a", "create a-vpc", "start a"]);
}

#[tokio::test]
async fn a_throttled_call_is_sent_again_for_longer_than_any_other_and_with_growing_pauses() {
    let test_run = TestRun::with(vec![running("a")], "");
    for _ in 0..9 {
        test_run.world.trouble("stop", Trouble::Refused(ApiErrorKind::Throttled));
    }
    let report = test_run.apply().await;
    assert!(is_done(outcome(&report, "a")), "{report:?}");
    assert_eq!(test_run.world.mutations().iter().filter(|call| *call == "stop a").count(), 10);
    // Under 20 minutes with pauses of 2, 4, 8 ... 120 s; at one pace it would be hundreds of calls.
}

#[tokio::test]
async fn a_service_that_has_no_time_until_the_ceiling_parks_the_item() {
    let test_run = TestRun::one_at_a_time(vec![running("a"), running("b")], 100);
    for _ in 0..40 {
        test_run.world.trouble("create", Trouble::Refused(ApiErrorKind::Throttled));
    }
    let report = test_run.apply().await;
    let (why, source) = parked_because(&report, 0);
    let expected = "AWS had no time for it in 60 minutes: create in us-east-1: throttled: injected";
    assert_eq!(why, expected);
    assert_eq!(source, &Presence::Status("Stopped".to_owned()));
    let sent = test_run.world.mutations().iter().filter(|call| *call == "create a-vpc").count();
    assert!((25..40).contains(&sent), "sent {sent} times in an hour");
    let report = test_run.resume(Stop::default()).await;
    assert!(is_done(outcome(&report, "a")), "{report:?}");
}
