//! The quota: a source is not stopped for a replacement that there is no room for.

use super::{failed_reason, is_done, refused_reason, running};
use crate::api_error::ApiErrorKind;
use crate::execute::tests::world::Trouble;
use crate::execute::tests::{TestRun, outcome};
use crate::execute::{ItemResult, Stop};
use crate::journal::RunEnd;

const DELETING: &str = "[defaults]\ndelete_source = \"after-verify\"";

fn test_run(names: &[&str], more: &str) -> TestRun {
    TestRun::with(names.iter().map(|name| running(name)).collect(), more)
}

#[tokio::test]
async fn no_more_sources_are_stopped_than_there_is_room_for_replacements() {
    let test_run = test_run(&["a", "b", "c"], "");
    test_run.world.allow(4);
    let report = test_run.apply().await;
    assert_eq!(test_run.world.mutations(), ["stop a", "create a-vpc"]);
    assert_eq!(
        (&report.items[1].result, &report.items[2].result),
        (&ItemResult::NotStarted, &ItemResult::NotStarted)
    );
    let message = "the quota of 4 notebook instances in us-east-1 (L-04CE2E67) is used up".to_owned();
    assert_eq!(report.end, RunEnd::NoRoom { message });
    // Somebody makes room.
    test_run.world.allow(6);
    let report = test_run.resume(Stop::default()).await;
    assert_eq!(report.end, RunEnd::Completed, "{report:?}");
}

#[tokio::test]
async fn a_source_that_is_deleted_makes_room_for_the_next_one() {
    let test_run = test_run(&["a", "b", "c"], DELETING);
    test_run.world.allow(4);
    let report = test_run.apply().await;
    assert_eq!(report.end, RunEnd::Completed, "{report:?}");
    let calls = test_run.world.mutations();
    let stops = ["stop a", "create a-vpc", "delete a", "stop b", "create b-vpc", "delete b", "stop c"];
    assert_eq!(calls[..7], stops);
}

#[tokio::test]
async fn what_leaves_no_replacement_gives_its_place_back() {
    let test_run = test_run(&["a", "b", "c"], "");
    test_run.world.allow(4);
    test_run.world.trouble("create", Trouble::Refused(ApiErrorKind::AccessDenied));
    let report = test_run.apply().await;
    failed_reason(&report, "a");
    assert!(is_done(outcome(&report, "b")), "{report:?}");
    assert_eq!(report.items[2].result, ItemResult::NotStarted);
}

#[tokio::test]
async fn what_needs_no_place_is_looked_at_all_the_same() {
    let test_run = test_run(&["a", "b"], "");
    test_run.world.allow(4);
    test_run.apply().await;
    let report = test_run.apply().await;
    assert!(refused_reason(&report, "b").contains("of this plan"), "{report:?}");
    assert_eq!(report.end, RunEnd::Completed);
}

#[tokio::test]
async fn who_waited_for_a_place_is_looked_at_again_before_anything_is_changed() {
    let test_run = test_run(&["a", "b"], DELETING);
    test_run.world.allow(3);
    // While `b` waits somebody gives it another machine.
    test_run
        .world
        .trouble("create", Trouble::Alters("b", |it| it.instance_type = Some("ml.m5.xlarge".to_owned())));
    let report = test_run.apply().await;
    assert!(refused_reason(&report, "b").contains("InstanceType"), "{report:?}");
    assert_eq!(test_run.world.mutations(), ["stop a", "create a-vpc", "delete a"]);
}

#[tokio::test]
async fn what_aws_refuses_for_the_quota_is_brought_back_and_no_further_item_is_begun_for_nothing() {
    let test_run = TestRun::one_at_a_time(["a", "b"].map(running).into(), 100);
    test_run.world.trouble("create", Trouble::QuotaReached);
    let report = test_run.apply().await;
    assert!(failed_reason(&report, "a").contains("quota used up"));
    assert_eq!(test_run.world.mutations(), ["stop a", "create a-vpc", "start a"]);
    assert_eq!(report.items[1].result, ItemResult::NotStarted);
    let message = "the quota in us-east-1 (L-04CE2E67) is used up".to_owned();
    assert_eq!(report.end, RunEnd::NoRoom { message });
}

#[tokio::test]
async fn a_resumed_run_keeps_room_for_what_it_had_begun() {
    let test_run = test_run(&["a", "b", "c"], "");
    test_run.world.allow(4);
    test_run.world.trouble("stop", Trouble::Sticks);
    test_run.apply().await;
    test_run.world.change("a", |it, _| it.notebook_instance_status = crate::inventory::Status::Stopped);
    let report = test_run.resume(Stop::default()).await;
    assert!(is_done(outcome(&report, "a")), "{report:?}");
    assert_eq!(test_run.world.mutations(), ["stop a", "create a-vpc"]);
    assert!(matches!(report.end, RunEnd::NoRoom { .. }), "{report:?}");
}
