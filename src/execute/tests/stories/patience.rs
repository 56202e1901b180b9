//! What AWS takes too long for: the item is parked, the run goes on, and a resumed run takes it to its end.

use super::{failed_reason, is_done, running};
use crate::api_error::ApiErrorKind;
use crate::execute::tests::world::Trouble;
use crate::execute::tests::{Stage, outcome};
use crate::execute::{Fared, RunReport, Stop};
use crate::inventory::Status;
use crate::journal::{Presence, RunEnd};
use crate::report::wording;

fn parked_because(report: &RunReport, item: usize) -> (String, &Presence) {
    let Fared::Unfinished { why: Some(why), left, .. } = &report.items[item].fared else {
        panic!("{report:?}")
    };
    (wording::reason(why), &left.source)
}

#[tokio::test]
async fn an_instance_that_never_stops_is_parked_after_20_minutes_and_not_forced() {
    let stage = Stage::one_at_a_time(vec![running("a"), running("b")], 100);
    stage.world.trouble("stop", Trouble::Sticks);
    let report = stage.apply().await;
    let (why, source) = parked_because(&report, 0);
    assert_eq!(why, "`a` is still Stopping after 20 minutes: not ours to force");
    assert_eq!(source, &Presence::Status("Stopping".to_owned()));
    assert!(is_done(outcome(&report, "b")), "the run goes on");
    assert_eq!(report.end, RunEnd::Unfinished);
    assert_eq!(stage.world.mutations(), ["stop a", "stop b", "create b-vpc"]);
    stage.world.change("a", |it, _| it.notebook_instance_status = Status::Stopped);
    let report = stage.resume(Stop::default()).await;
    assert!(is_done(outcome(&report, "a")), "{report:?}");
    assert_eq!(report.end, RunEnd::Completed);
}

#[tokio::test]
async fn a_source_that_someone_starts_as_soon_as_it_has_stopped_fails_the_item_and_is_left_running() {
    let stage = Stage::with(vec![running("a")], "");
    stage.world.trouble("stop", Trouble::Sticks);
    parked_because(&stage.apply().await, 0);
    // It stopped, and before anybody looked it was started: that shows in nothing but that it runs and runs.
    stage.world.change("a", |it, _| it.notebook_instance_status = Status::InService);
    let report = stage.resume(Stop::default()).await;
    let reason = failed_reason(&report, "a");
    assert!(reason.contains("someone has started it"), "{reason}");
    assert_eq!(report.end, RunEnd::Completed);
    assert_eq!(stage.world.mutations(), ["stop a"]);
}

#[tokio::test]
async fn a_parked_item_counts_as_a_failure() {
    let stage = Stage::one_at_a_time(vec![running("a"), running("b")], 1);
    stage.world.trouble("stop", Trouble::Sticks);
    let report = stage.apply().await;
    parked_because(&report, 0);
    assert_eq!(report.items[1].fared, Fared::NotStarted);
    assert_eq!(report.end, RunEnd::Halted { failures: 1 });
}

#[tokio::test]
async fn a_source_that_does_not_start_again_is_parked_with_the_reason_of_the_failure() {
    let stage = Stage::with(vec![running("a")], "");
    stage.world.trouble("create", Trouble::Fails("no capacity"));
    stage.world.trouble("start", Trouble::Sticks);
    let report = stage.apply().await;
    let (why, source) = parked_because(&report, 0);
    assert_eq!(
        why,
        "the replacement failed: no capacity; and then `a` is still Pending after 60 minutes: not ours to force"
    );
    assert_eq!(source, &Presence::Status("Pending".to_owned()));
}

#[tokio::test]
async fn a_replacement_that_never_shows_fails_the_item_and_the_source_is_started_again() {
    let stage = Stage::with(vec![running("a")], "");
    stage.world.trouble("create", Trouble::Vanishes);
    let reason = failed_reason(&stage.apply().await, "a");
    assert_eq!(reason, "`a-vpc` is still not visible after 5 minutes");
    assert_eq!(stage.world.mutations(), ["stop a", "create a-vpc", "start a"]);
}

#[tokio::test]
async fn a_throttled_call_is_sent_again_for_longer_than_any_other_and_with_growing_pauses() {
    let stage = Stage::with(vec![running("a")], "");
    for _ in 0..9 {
        stage.world.trouble("stop", Trouble::Refused(ApiErrorKind::Throttled));
    }
    let report = stage.apply().await;
    assert!(is_done(outcome(&report, "a")), "{report:?}");
    assert_eq!(stage.world.mutations().iter().filter(|call| *call == "stop a").count(), 10);
    // Under 20 minutes with pauses of 2, 4, 8 ... 120 s; at one pace it would be hundreds of calls.
}

#[tokio::test]
async fn a_service_that_has_no_time_until_the_ceiling_parks_the_item() {
    let stage = Stage::one_at_a_time(vec![running("a"), running("b")], 100);
    for _ in 0..40 {
        stage.world.trouble("create", Trouble::Refused(ApiErrorKind::Throttled));
    }
    let report = stage.apply().await;
    let (why, source) = parked_because(&report, 0);
    let expected = "AWS had no time for it in 60 minutes: create in us-east-1: throttled: injected";
    assert_eq!(why, expected);
    assert_eq!(source, &Presence::Status("Stopped".to_owned()));
    let sent = stage.world.mutations().iter().filter(|call| *call == "create a-vpc").count();
    assert!((25..40).contains(&sent), "sent {sent} times in an hour");
    let report = stage.resume(Stop::default()).await;
    assert!(is_done(outcome(&report, "a")), "{report:?}");
}
