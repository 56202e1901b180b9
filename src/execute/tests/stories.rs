//! One story a test.

mod asked_again;
mod canary;
mod doubt;
mod failed_creates;
mod failed_starts;
mod files;
mod moved;
mod on_create;
mod patience;
mod regions;
mod resumed;
mod room;
mod used;

use crate::api_error::ApiErrorKind;
use crate::execute::tests::world::Trouble;
use crate::execute::tests::{TestRun, outcome};
use crate::execute::{ItemResult, RunReport};
use crate::fixtures::{exposed, instance, sound, tags};
use crate::inventory::{Instance, Status};
use crate::journal::{Outcome, Reason, RunEnd};
use crate::plan::provenance;
use crate::report::wording;

fn running(name: &str) -> Instance {
    instance(exposed(name), tags(&[("Owner", "fraud@example.org")]))
}

fn stopped(name: &str) -> Instance {
    let mut description = exposed(name);
    description.notebook_instance_status = Status::Stopped;
    instance(description, tags(&[]))
}

fn failed_reason(report: &RunReport, item: &str) -> String {
    let Outcome::Failed { reason, .. } = outcome(report, item) else { panic!("{report:?}") };
    wording::reason(reason)
}

fn refused_reason(report: &RunReport, item: &str) -> String {
    let Outcome::Refused { reason } = outcome(report, item) else { panic!("{report:?}") };
    wording::reason(reason)
}

fn is_done(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Done { source_deleted: false, .. })
}

#[tokio::test]
async fn a_running_source_ends_stopped_and_its_replacement_runs_in_the_vpc() {
    let test_run = TestRun::with(vec![running("a")], "");
    let report = test_run.apply().await;
    assert!(is_done(outcome(&report, "a")), "{report:?}");
    assert_eq!(report.end, RunEnd::Completed);
    assert_eq!(test_run.world.mutations(), ["stop a", "create a-vpc"]);
    assert_eq!(test_run.world.status("a").unwrap(), "Stopped");
    let (replacement, found) = test_run.world.get("a-vpc").unwrap();
    assert_eq!(replacement.notebook_instance_status, Status::InService);
    assert_eq!(replacement.direct_internet_access.as_deref(), Some("Disabled"));
    assert_eq!(replacement.root_access.as_deref(), Some("Enabled"));
    assert_eq!(found["Owner"], "fraud@example.org");
    assert_eq!(found[provenance::PLAN], test_run.plan.digest.as_str());
    assert_eq!(found[provenance::SOURCE], exposed("a").notebook_instance_arn.as_str());
    assert_eq!(found[provenance::RUN], report.run.as_str());
}

#[tokio::test]
async fn a_stopped_source_is_not_touched_and_its_replacement_ends_stopped() {
    let test_run = TestRun::with(vec![stopped("a")], "");
    let report = test_run.apply().await;
    assert!(is_done(outcome(&report, "a")), "{report:?}");
    assert_eq!(test_run.world.mutations(), ["create a-vpc", "stop a-vpc"]);
    assert_eq!(test_run.world.status("a-vpc").unwrap(), "Stopped");
}

#[tokio::test]
async fn what_drifted_since_the_plan_is_refused_and_the_rest_is_done() {
    let names = ["type", "retagged", "gone", "started", "reborn", "fine"];
    let mut instances: Vec<_> = names.iter().map(|name| running(name)).collect();
    instances[3] = stopped("started");
    let test_run = TestRun::with(instances, "");
    test_run.world.change("type", |it, _| it.instance_type = Some("ml.m5.xlarge".to_owned()));
    test_run.world.change("retagged", |_, tags| {
        tags.insert("Owner".to_owned(), "someone".to_owned());
    });
    test_run.world.change("started", |it, _| it.notebook_instance_status = Status::InService);
    test_run.world.change("reborn", |it, _| it.creation_time = Some("2026-11-22T10:30:00Z".parse().unwrap()));
    test_run.world.change("gone", |it, _| it.notebook_instance_status = Status::Deleting);
    let report = test_run.apply().await;
    assert!(
        refused_reason(&report, "type").contains("InstanceType was `ml.t3.medium` and is `ml.m5.xlarge`")
    );
    assert!(
        refused_reason(&report, "retagged").contains("tag Owner was `fraud@example.org` and is `someone`")
    );
    assert!(refused_reason(&report, "started").contains("someone has started it"));
    assert!(refused_reason(&report, "reborn").contains("CreationTime"));
    assert!(refused_reason(&report, "gone").contains("being deleted"));
    assert!(is_done(outcome(&report, "fine")));
    assert_eq!(test_run.world.mutations(), ["stop fine", "create fine-vpc"]);
}

#[tokio::test]
async fn an_instance_that_was_stopped_since_the_plan_is_no_drift_and_ends_stopped() {
    let test_run = TestRun::with(vec![running("a")], "");
    test_run.world.change("a", |it, _| it.notebook_instance_status = Status::Stopped);
    let report = test_run.apply().await;
    assert!(is_done(outcome(&report, "a")));
    assert_eq!(test_run.world.mutations(), ["create a-vpc", "stop a-vpc"]);
}

#[tokio::test]
async fn a_name_that_someone_else_took_is_refused() {
    let test_run = TestRun::with(vec![running("a")], "");
    test_run.world.put(sound("a-vpc"), tags(&[]));
    let report = test_run.apply().await;
    assert!(refused_reason(&report, "a").contains("taken by an instance that this plan did not make"));
    assert!(test_run.world.mutations().is_empty());
}

#[tokio::test]
async fn a_lost_reply_to_create_is_settled_by_looking_and_the_replacement_is_adopted() {
    let test_run = TestRun::with(vec![running("a")], "");
    test_run.world.trouble("create", Trouble::ReplyLost);
    let report = test_run.apply().await;
    assert!(is_done(outcome(&report, "a")), "{report:?}");
    assert_eq!(test_run.world.mutations(), ["stop a", "create a-vpc"]);
}

#[tokio::test]
async fn a_create_that_was_lost_on_the_way_is_sent_again_after_looking() {
    let test_run = TestRun::with(vec![running("a")], "");
    test_run.world.trouble("create", Trouble::RequestLost);
    let report = test_run.apply().await;
    assert!(is_done(outcome(&report, "a")));
    assert_eq!(test_run.world.mutations(), ["stop a", "create a-vpc", "create a-vpc"]);
}

#[tokio::test]
async fn a_lost_reply_to_stop_leads_to_waiting_not_to_a_second_stop() {
    let test_run = TestRun::with(vec![running("a")], "");
    test_run.world.trouble("stop", Trouble::ReplyLost);
    let report = test_run.apply().await;
    assert!(is_done(outcome(&report, "a")));
    assert_eq!(test_run.world.mutations(), ["stop a", "create a-vpc"]);
}

#[tokio::test]
async fn a_throttled_call_is_sent_again() {
    let test_run = TestRun::with(vec![running("a")], "");
    test_run.world.trouble("stop", Trouble::Refused(ApiErrorKind::Throttled));
    test_run.world.trouble("create", Trouble::Refused(ApiErrorKind::Throttled));
    assert!(is_done(outcome(&test_run.apply().await, "a")));
    assert_eq!(test_run.world.mutations(), ["stop a", "stop a", "create a-vpc", "create a-vpc"]);
}

#[tokio::test]
async fn the_source_is_deleted_only_where_the_plan_says_so_and_after_the_replacement_was_verified() {
    let test_run = TestRun::with(vec![running("a")], "[defaults]\ndelete_source = \"after-verify\"");
    let report = test_run.apply().await;
    assert!(matches!(outcome(&report, "a"), Outcome::Done { source_deleted: true, .. }), "{report:?}");
    assert_eq!(test_run.world.mutations(), ["stop a", "create a-vpc", "delete a"]);
    assert_eq!(test_run.world.status("a"), None);
}

#[tokio::test]
async fn a_member_that_aws_never_reports_is_noted_and_keeps_the_source() {
    let mut description = exposed("a");
    description.platform_identifier = None;
    let test_run =
        TestRun::with(vec![instance(description, tags(&[]))], "[defaults]\ndelete_source = \"after-verify\"");
    test_run.world.hide("PlatformIdentifier");
    let report = test_run.apply().await;
    let Outcome::Done { source_deleted, notes, .. } = outcome(&report, "a") else { panic!("{report:?}") };
    assert!(!source_deleted);
    assert!(
        wording::note(&notes[0]).contains("PlatformIdentifier")
            && wording::note(&notes[0]).contains("not deleted"),
        "{notes:?}"
    );
    assert_eq!(test_run.world.status("a").unwrap(), "Stopped");
}

#[tokio::test]
async fn a_second_run_of_the_same_plan_finds_it_done_and_changes_nothing() {
    let test_run = TestRun::with(vec![running("a"), stopped("b")], "");
    test_run.apply().await;
    let before = test_run.world.mutations();
    let report = test_run.apply().await;
    for name in ["a", "b"] {
        let refused = outcome(&report, name);
        let of_run = matches!(refused, Outcome::Refused { reason: Reason::MadeByRun { .. } });
        assert!(of_run, "{report:?}");
    }
    assert_eq!(test_run.world.mutations(), before);
}

#[tokio::test]
async fn after_max_failures_no_further_item_is_started() {
    let test_run = TestRun::one_at_a_time(vec![running("a"), running("b")], 1);
    test_run.world.trouble("create", Trouble::Refused(ApiErrorKind::QuotaExceeded));
    let report = test_run.apply().await;
    failed_reason(&report, "a");
    assert_eq!(report.items[1].result, ItemResult::NotStarted);
    assert_eq!(report.end, RunEnd::Halted { failures: 1 });
    assert_eq!(test_run.world.status("b").unwrap(), "InService");
}

#[tokio::test]
async fn a_status_that_does_not_exist_yet_is_waited_out() {
    let test_run = TestRun::with(vec![running("a")], "");
    test_run.world.change("a", |it, _| it.notebook_instance_status = Status::Other("Hibernating".to_owned()));
    let report = test_run.apply().await;
    assert!(refused_reason(&report, "a").contains("`a` is still Hibernating after 20 minutes"));
    assert!(test_run.world.mutations().is_empty());
}

#[tokio::test]
async fn a_source_that_someone_starts_during_the_run_is_noted() {
    let test_run = TestRun::with(vec![running("a")], "");
    test_run.world.trouble("create", Trouble::Starts("a"));
    let report = test_run.apply().await;
    let Outcome::Done { notes, .. } = outcome(&report, "a") else { panic!("{report:?}") };
    assert!(wording::note(&notes[0]).contains("the source is InService"), "{notes:?}");
}

#[tokio::test]
async fn every_mutating_call_has_its_intent_in_the_journal() {
    let test_run = TestRun::with(vec![running("a"), stopped("b"), running("c")], "");
    test_run.world.trouble("stop", Trouble::Refused(ApiErrorKind::Throttled));
    test_run.world.trouble("create", Trouble::Fails("no capacity"));
    test_run.apply().await;
    assert_eq!(test_run.intents(), test_run.world.mutations().len());
}
