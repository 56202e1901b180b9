//! A source that the plan deletes, and that somebody may have used: it is kept, with the reason.

use std::time::Duration;

use jiff::Timestamp;

use super::running;
use crate::api_error::ApiErrorKind;
use crate::clock::Clock as _;
use crate::execute::tests::world::Trouble;
use crate::execute::tests::{TestRun, outcome};
use crate::execute::{RunReport, Stop};
use crate::inventory::Status;
use crate::journal::{Outcome, RunEnd};
use crate::report::wording;

const DELETING: &str = "[defaults]\ndelete_source = \"after-verify\"";

/// Why the source was kept.
fn kept(report: &RunReport) -> String {
    let Outcome::Done { source_deleted: false, notes, .. } = outcome(report, "a") else {
        panic!("{report:?}")
    };
    notes.iter().map(wording::note).collect::<Vec<_>>().join("; ")
}

/// Somebody starts the source, works, and stops it.
fn use_it(test_run: &TestRun) {
    let later: Timestamp = "2026-11-23T17:00:00Z".parse().unwrap();
    test_run.world.change("a", |it, _| it.last_modified_time = Some(later));
}

/// The run is asked to stop as soon as it has made so many mutating calls and a few reads.
async fn interrupted_after(test_run: &TestRun, mutation: &str) {
    for call in 1..100 {
        let again = TestRun::with(vec![running("a")], DELETING);
        let stop = Stop::default();
        again.world.stop_at(call, stop.clone());
        again.apply_until(stop).await;
        if again.world.mutations().last().is_some_and(|last| last == mutation) {
            let stop = Stop::default();
            test_run.world.stop_at(call, stop.clone());
            test_run.apply_until(stop).await;
            test_run.world.stop_at(u32::MAX, Stop::default());
            return assert_eq!(test_run.world.mutations().last().unwrap(), mutation);
        }
    }
    panic!("no run ends with {mutation}");
}

#[tokio::test]
async fn a_source_that_was_used_after_the_create_was_cut_off_is_kept() {
    let test_run = TestRun::with(vec![running("a")], DELETING);
    interrupted_after(&test_run, "create a-vpc").await;
    use_it(&test_run);
    let report = test_run.resume(Stop::default()).await;
    let why = kept(&report);
    assert!(why.contains("changed at 2026-11-23T17:00:00Z") && why.contains("someone has used it"), "{why}");
    assert_eq!(report.end, RunEnd::Completed);
    assert_eq!(test_run.world.status("a").unwrap(), "Stopped");
}

#[tokio::test]
async fn a_source_is_kept_where_not_even_our_own_stop_moves_the_time_of_its_last_change() {
    let test_run = TestRun::with(vec![running("a")], DELETING);
    test_run.world.still_time();
    let report = test_run.apply().await;
    assert!(kept(&report).contains("whether someone has used it"), "{report:?}");
    assert_eq!(test_run.world.status("a").unwrap(), "Stopped");
}

#[tokio::test]
async fn a_source_that_nobody_touched_after_the_create_was_cut_off_is_deleted() {
    let test_run = TestRun::with(vec![running("a")], DELETING);
    interrupted_after(&test_run, "create a-vpc").await;
    let report = test_run.resume(Stop::default()).await;
    assert!(matches!(outcome(&report, "a"), Outcome::Done { source_deleted: true, .. }), "{report:?}");
}

#[tokio::test]
async fn a_source_that_the_run_left_before_it_saw_it_at_rest_is_kept_whether_it_was_used_or_not() {
    for used in [true, false] {
        let test_run = TestRun::with(vec![running("a")], DELETING);
        interrupted_after(&test_run, "stop a").await;
        if used {
            use_it(&test_run);
        }
        let why = kept(&test_run.resume(Stop::default()).await);
        assert!(why.contains("it is not certain that nobody used the source"), "{why}");
        assert_eq!(test_run.world.mutations(), ["stop a", "create a-vpc"]);
        assert_eq!(test_run.world.status("a").unwrap(), "Stopped");
    }
}

#[tokio::test]
async fn a_source_that_was_used_while_the_run_waited_for_its_replacement_is_kept() {
    let test_run = TestRun::with(vec![running("a")], DELETING);
    test_run.world.trouble(
        "create",
        Trouble::Alters("a", |it| it.last_modified_time = Some("2026-11-22T10:20:00Z".parse().unwrap())),
    );
    let why = kept(&test_run.apply().await);
    assert!(why.contains("changed at 2026-11-22T10:20:00Z"), "{why}");
}

#[tokio::test]
async fn a_source_of_which_aws_does_not_tell_when_it_was_changed_is_kept() {
    let test_run = TestRun::with(vec![running("a")], DELETING);
    test_run.world.change("a", |it, _| it.last_modified_time = None);
    let why = kept(&test_run.apply().await);
    assert!(why.contains("AWS does not report when the source was last changed"), "{why}");
}

#[tokio::test]
async fn a_process_that_slept_through_the_stop_does_not_take_what_it_wakes_to_for_its_own() {
    let test_run = TestRun::with(vec![running("a")], DELETING);
    // The laptop is closed while the stop is on its way, and opened the next day.
    let laptop = async {
        while test_run.world.mutations().is_empty() {
            tokio::task::yield_now().await;
        }
        test_run.clock.advance(Duration::from_hours(24));
        test_run.world.change("a", |it, _| it.notebook_instance_status = Status::Stopped);
    };
    let (report, ()) = tokio::join!(test_run.apply(), laptop);
    let why = kept(&report);
    assert!(why.contains("it is not certain that nobody used the source"), "{why}");
}

#[tokio::test]
async fn a_source_that_somebody_started_before_it_was_seen_at_rest_is_kept_though_it_is_stopped_again() {
    let test_run = TestRun::with(vec![running("a")], DELETING);
    test_run.world.trouble("stop", Trouble::Sticks);
    let user = async {
        while test_run.world.mutations().is_empty() {
            tokio::task::yield_now().await;
        }
        let rests =
            [(20, Status::Pending), (120, Status::InService), (480, Status::Stopping), (60, Status::Stopped)];
        for (seconds, status) in rests {
            test_run.clock.sleep(Duration::from_secs(seconds)).await;
            test_run.world.change("a", |it, _| it.notebook_instance_status = status.clone());
        }
        use_it(&test_run);
    };
    let (report, ()) = tokio::join!(test_run.apply(), user);
    let why = kept(&report);
    assert!(why.contains("it is not certain that nobody used the source"), "{why}");
    assert_eq!(test_run.world.status("a").unwrap(), "Stopped");
}

#[tokio::test]
async fn a_call_that_was_refused_for_the_moment_does_not_count_as_the_last_call() {
    let test_run = TestRun::with(vec![running("a")], DELETING);
    test_run.world.trouble("stop", Trouble::Refused(ApiErrorKind::Throttled));
    let report = test_run.apply().await;
    assert!(matches!(outcome(&report, "a"), Outcome::Done { source_deleted: true, .. }), "{report:?}");
}
