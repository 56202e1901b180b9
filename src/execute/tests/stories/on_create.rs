//! A replacement that is stopped again is left alone until its OnCreate script has had its time.

use std::time::Duration;

use jiff::Timestamp;

use super::{is_done, stopped};
use crate::clock::{Clock, after};
use crate::execute::Stop;
use crate::execute::tests::world::Trouble;
use crate::execute::tests::{TestRun, outcome};
use crate::fixtures::now;
use crate::journal::{Call, Entry, read};

/// A stopped source, whose replacement AWS says that it changed last at this time after the run began.
fn test_run(on_create: bool, changed: Duration) -> TestRun {
    let mut test_run = TestRun::with(vec![stopped("a")], "");
    test_run.plan.items[0].on_create = on_create;
    test_run.world.created_at(now(), after(now(), changed));
    test_run
}

/// When the replacement was told to stop.
fn stop_sent(test_run: &TestRun) -> Option<Timestamp> {
    let records = read(&test_run.journals()[0]).unwrap().records;
    let stop = |entry: &Entry| matches!(entry, Entry::Intent { call: Call::StopReplacement, .. });
    records.iter().find(|record| stop(&record.entry)).map(|record| record.at)
}

#[tokio::test]
async fn it_has_five_minutes_from_the_last_change_that_aws_reports() {
    for minutes in [0, 2] {
        let changed = Duration::from_mins(minutes);
        let test_run = test_run(true, changed);
        assert!(is_done(outcome(&test_run.apply().await, "a")));
        let (sent, ended) = (stop_sent(&test_run).unwrap(), after(now(), changed + Duration::from_mins(5)));
        assert!(sent >= ended && sent < after(ended, Duration::from_secs(30)), "{sent}");
    }
}

#[tokio::test]
async fn without_such_a_script_it_is_stopped_at_once() {
    let test_run = test_run(false, Duration::ZERO);
    assert!(is_done(outcome(&test_run.apply().await, "a")));
    assert!(stop_sent(&test_run).unwrap() < after(now(), Duration::from_mins(2)));
}

#[tokio::test]
async fn a_run_that_is_stopped_meanwhile_goes_on_with_what_is_left_of_the_time() {
    let test_run = test_run(true, Duration::ZERO);
    let stop = Stop::default();
    // Begin, create, and look a few times.
    test_run.world.stop_at(14, stop.clone());
    test_run.apply_until(stop).await;
    assert_eq!((test_run.world.status("a-vpc").as_deref(), stop_sent(&test_run)), (Some("InService"), None));
    assert!(test_run.clock.now() < after(now(), Duration::from_mins(5)), "it was stopped while it waited");
    test_run.clock.advance(Duration::from_mins(4));
    let resumed = test_run.clock.now();
    assert!(is_done(outcome(&test_run.resume(Stop::default()).await, "a")));
    let sent = stop_sent(&test_run).unwrap();
    assert!(sent >= after(now(), Duration::from_mins(5)), "{sent}");
    assert!(sent < after(resumed, Duration::from_mins(3)), "{sent}");
}

#[tokio::test]
async fn one_that_failed_is_not_waited_for() {
    let test_run = test_run(true, Duration::ZERO);
    test_run.world.trouble("create", Trouble::Makes(|it| it.direct_internet_access = None));
    test_run.apply().await;
    assert!(stop_sent(&test_run).unwrap() < after(now(), Duration::from_mins(2)));
}
