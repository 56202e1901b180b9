//! One story a test.

mod asked_again;
mod canary;
mod doubt;
mod failed_starts;
mod on_create;
mod patience;
mod regions;
mod room;
mod used;

use crate::api_error::ApiErrorKind;
use crate::execute::tests::world::Trouble;
use crate::execute::tests::{TestRun, outcome};
use crate::execute::{ItemResult, RunReport, Stop};
use crate::fixtures::{exposed, instance, sound, tags};
use crate::inventory::{Description, Instance, Status};
use crate::journal::{Outcome, Presence, Reason, RunEnd};
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
async fn a_create_that_ends_in_failed_gives_the_reason_and_everything_is_as_it_was() {
    let test_run = TestRun::with(vec![running("a")], "");
    test_run.world.trouble("create", Trouble::Fails("Insufficient notebook instance capacity."));
    let report = test_run.apply().await;
    let reason = failed_reason(&report, "a");
    assert_eq!(reason, "the replacement failed: Insufficient notebook instance capacity.");
    assert_eq!(test_run.world.mutations(), ["stop a", "create a-vpc", "start a", "delete a-vpc"]);
    assert_eq!(test_run.world.status("a").unwrap(), "InService");
    let Outcome::Failed { left, .. } = outcome(&report, "a") else { unreachable!() };
    assert_eq!(left.source, Presence::Status("InService".to_owned()));
    assert_eq!(left.replacement, Presence::Absent);
}

#[tokio::test]
async fn a_failed_replacement_is_left_to_be_looked_at_where_the_plan_says_so() {
    let test_run = TestRun::with(vec![running("a")], "[defaults]\non_failure = \"leave\"");
    test_run.world.trouble("create", Trouble::Fails("Insufficient notebook instance capacity."));
    let report = test_run.apply().await;
    failed_reason(&report, "a");
    assert_eq!(test_run.world.mutations(), ["stop a", "create a-vpc", "start a"]);
    let Outcome::Failed { left, .. } = outcome(&report, "a") else { unreachable!() };
    assert_eq!(left.replacement, Presence::Status("Failed".to_owned()));
}

#[tokio::test]
async fn a_failed_replacement_of_a_stopped_source_leaves_the_source_stopped() {
    let test_run = TestRun::with(vec![stopped("a")], "");
    test_run.world.trouble("create", Trouble::Fails("no capacity"));
    failed_reason(&test_run.apply().await, "a");
    assert_eq!(test_run.world.mutations(), ["create a-vpc", "delete a-vpc"]);
    assert_eq!(test_run.world.status("a").unwrap(), "Stopped");
}

#[tokio::test]
async fn a_denied_create_starts_the_source_again_and_names_the_operation() {
    let test_run = TestRun::with(vec![running("a")], "");
    test_run.world.trouble("create", Trouble::Refused(ApiErrorKind::AccessDenied));
    let reason = failed_reason(&test_run.apply().await, "a");
    assert!(reason.contains("access denied"), "{reason}");
    assert_eq!(test_run.world.mutations(), ["stop a", "create a-vpc", "start a"]);
    assert_eq!(test_run.world.status("a").unwrap(), "InService");
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
async fn lost_credentials_end_the_run_and_leave_it_resumable() {
    let test_run = TestRun::with(vec![running("a")], "");
    test_run.world.trouble("create", Trouble::Refused(ApiErrorKind::Credentials));
    let report = test_run.apply().await;
    assert!(matches!(report.end, RunEnd::CredentialsLost { .. }), "{report:?}");
    let ItemResult::Unfinished { left, .. } = &report.items[0].result else { panic!("{report:?}") };
    assert_eq!(left.source, Presence::Status("Stopped".to_owned()));
    assert_eq!(left.replacement, Presence::Unknown, "nobody looked since the create was sent");
    let report = test_run.resume(Stop::default()).await;
    assert!(is_done(outcome(&report, "a")), "{report:?}");
    assert_eq!(report.end, RunEnd::Completed);
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
async fn a_replacement_that_is_not_as_requested_fails_the_item_and_brings_the_source_back() {
    type Alteration = (&'static str, fn(&mut Description));
    let alterations: [Alteration; 4] = [
        ("DirectInternetAccess is `Enabled`, not `Disabled`", |made| {
            made.direct_internet_access = Some("Enabled".to_owned());
        }),
        ("DirectInternetAccess is absent", |made| made.direct_internet_access = None),
        ("SecurityGroups is `sg-other`, not `sg-a`", |made| {
            made.security_groups = vec!["sg-other".parse().unwrap()];
        }),
        ("KmsKeyId is `k`, but none was asked for", |made| made.kms_key_id = Some("k".to_owned())),
    ];
    for (expected, alter) in alterations {
        let test_run = TestRun::with(vec![running("a")], "[defaults]\ndelete_source = \"after-verify\"");
        test_run.world.trouble("create", Trouble::Makes(alter));
        let reason = failed_reason(&test_run.apply().await, "a");
        assert!(reason.contains(expected), "{reason}");
        let all = ["stop a", "create a-vpc", "start a", "stop a-vpc", "delete a-vpc"];
        assert_eq!(test_run.world.mutations(), all);
        assert_eq!(test_run.world.status("a").unwrap(), "InService");
    }
}

#[tokio::test]
async fn an_item_that_was_begun_is_unfinished_however_early_the_resumed_run_is_stopped() {
    let test_run = TestRun::with(vec![running("a")], "");
    test_run.world.trouble("create", Trouble::Refused(ApiErrorKind::Credentials));
    test_run.apply().await;
    let stop = Stop::default();
    stop.request(RunEnd::Interrupted);
    let report = test_run.resume(stop).await;
    assert!(matches!(report.items[0].result, ItemResult::Unfinished { .. }), "{report:?}");
}

#[tokio::test]
async fn an_item_that_cannot_be_read_any_more_is_left_resumable_and_the_rest_goes_on() {
    let test_run = TestRun::with(vec![running("a"), running("b")], "");
    test_run.world.deny(Some("a-vpc"));
    let report = test_run.apply().await;
    assert!(refused_reason(&report, "a").contains("access denied"), "nothing was begun: {report:?}");

    let test_run = TestRun::with(vec![running("a"), running("b")], "");
    test_run.world.trouble("stop", Trouble::Blinds("a"));
    let report = test_run.apply().await;
    let ItemResult::Unfinished { why, left, .. } = &report.items[0].result else { panic!("{report:?}") };
    assert!(wording::reason(why.as_ref().unwrap()).contains("access denied"), "{why:?}");
    assert_eq!(left.source, Presence::Unknown);
    assert!(is_done(outcome(&report, "b")));
    assert_eq!(report.end, RunEnd::Unfinished);
    test_run.world.deny(None);
    let report = test_run.resume(Stop::default()).await;
    assert!(is_done(outcome(&report, "a")), "{report:?}");
    assert_eq!(test_run.world.statuses().iter().filter(|(name, _)| name.starts_with("a")).count(), 2);
}

#[tokio::test]
async fn an_instance_that_someone_made_anew_under_the_source_s_name_is_not_started() {
    let test_run = TestRun::with(vec![running("a")], "");
    test_run.world.trouble("create", Trouble::Usurped("a"));
    failed_reason(&test_run.apply().await, "a");
    assert_eq!(test_run.world.mutations(), ["stop a", "create a-vpc"]);
}

#[tokio::test]
async fn a_plan_that_expired_is_not_begun_any_further_but_what_was_begun_is_ended() {
    let test_run = TestRun::with(vec![running("a"), running("b")], "");
    test_run.world.trouble("create", Trouble::Refused(ApiErrorKind::Credentials));
    test_run.apply().await;
    test_run.clock.advance(std::time::Duration::from_secs(80 * 3600));
    let report = test_run.resume(Stop::default()).await;
    for item in &report.items {
        let ended = matches!(item.result, ItemResult::Ended { .. });
        let begun = test_run.world.status(item.id.name.as_str()).unwrap() == "Stopped";
        assert_eq!(ended, begun, "{report:?}");
    }
    let report = TestRun::with(vec![running("a")], "");
    report.clock.advance(std::time::Duration::from_secs(80 * 3600));
    assert_eq!(report.apply().await.end, RunEnd::PlanExpired);
    assert!(report.world.mutations().is_empty());
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

#[tokio::test]
async fn a_run_that_is_interrupted_at_any_call_and_resumed_ends_like_one_that_was_not() {
    let instances = || vec![running("a"), stopped("b")];
    let deleting = "[defaults]\ndelete_source = \"after-verify\"";
    let whole = TestRun::with(instances(), deleting);
    whole.apply().await;
    let calls = whole.world.calls();
    assert!(calls > 20, "the story is too short to prove anything: {calls} calls");
    let mut expected = whole.world.mutations();
    expected.sort();
    let mut kept = 0;
    for call in 1..=calls {
        let test_run = TestRun::with(instances(), deleting);
        let stop = Stop::default();
        test_run.world.stop_at(call, stop.clone());
        let report = test_run.apply_until(stop).await;
        assert_eq!(test_run.world.late(), 0, "a call was sent after the run was stopped at call {call}");
        if report.end != RunEnd::Completed {
            assert_eq!(report.end, RunEnd::Interrupted);
            test_run.world.stop_at(u32::MAX, Stop::default());
            let report = test_run.resume(Stop::default()).await;
            assert_eq!(report.end, RunEnd::Completed, "interrupted at call {call}: {report:?}");
        }
        // A source that nobody saw at rest may have been used, and is kept.
        let missed = test_run.missed();
        kept += missed.len();
        let mut mutations = test_run.world.mutations();
        mutations.extend(missed.iter().map(|name| format!("delete {name}")));
        mutations.sort();
        assert_eq!(mutations, expected, "interrupted at call {call}");
        let mut statuses = test_run.world.statuses();
        statuses.retain(|(name, status)| !(missed.contains(name) && status == "Stopped"));
        assert_eq!(statuses, whole.world.statuses(), "interrupted at call {call}");
        assert_eq!(test_run.intents(), expected.len() - missed.len());
    }
    assert!((1..usize::try_from(calls).unwrap()).contains(&kept), "{kept} kept in {calls} runs");
}
