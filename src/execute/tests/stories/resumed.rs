//! A run that came to no end, and what is made of it later.

use super::{is_done, refused_reason, running, stopped};
use crate::api_error::ApiErrorKind;
use crate::execute::tests::world::Trouble;
use crate::execute::tests::{TestRun, outcome};
use crate::execute::{ItemResult, Stop};
use crate::journal::{Presence, RunEnd};
use crate::report::wording;

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
