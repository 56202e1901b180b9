//! A region that lets nobody in is left, and the others go on.

use super::{is_done, running};
use crate::api_error::ApiErrorKind;
use crate::execute::tests::{TestRun, outcome};
use crate::execute::{ItemResult, RunReport, Stop};
use crate::ids::ItemId;
use crate::journal::{Reason, RunEnd};

const ELSEWHERE: &str = "eu-west-1";

/// `a` and `c` in another region than `b` and `d`, of which one goes first and one failure halts.
fn of_two_regions() -> TestRun {
    let limits = "canary = 1\nmax_failures = 1";
    let policy = crate::fixtures::POLICY.replace("canary = 0\nmax_failures = 100", limits);
    let mut test_run = TestRun::under(&policy, ["a", "b", "c", "d"].map(running).to_vec());
    for item in [0, 2] {
        test_run.plan.items[item].id.region = ELSEWHERE.parse().unwrap();
    }
    test_run
}

fn result<'a>(report: &'a RunReport, item: &str) -> &'a ItemResult {
    let has_name = |id: &ItemId| id.name.as_str() == item;
    &report.items.iter().find(|one| has_name(&one.id)).unwrap().result
}

fn is_left(report: &RunReport, item: &str) -> bool {
    let result = result(report, item);
    matches!(result, ItemResult::Unfinished { why: Some(Reason::RegionRefused { .. }), .. })
}

#[tokio::test]
async fn a_region_that_lets_nobody_in_is_left_and_the_others_are_done() {
    for kind in [ApiErrorKind::Credentials, ApiErrorKind::AccessDenied, ApiErrorKind::NoAnswer] {
        let test_run = of_two_regions();
        test_run.world.refuse(Some((ELSEWHERE, kind)));
        let report = test_run.apply().await;
        assert!(is_done(outcome(&report, "b")) && is_done(outcome(&report, "d")), "{kind:?} {report:?}");
        assert!(is_left(&report, "a") && is_left(&report, "c"), "{kind:?} {report:?}");
        assert_eq!(report.end, RunEnd::Unfinished);
        test_run.world.refuse(None);
        let report = test_run.resume(Stop::default()).await;
        assert_eq!(report.end, RunEnd::Completed, "{report:?}");
        assert!(["a", "c"].iter().all(|item| {
            let ItemResult::Ended { outcome } = result(&report, item) else { return false };
            is_done(outcome)
        }));
    }
}

#[tokio::test]
async fn a_region_that_no_longer_knows_the_caller_leaves_what_was_begun_there() {
    let test_run = of_two_regions();
    // `a` goes first, and has its source stopped.
    test_run.world.trouble("stop a", crate::execute::tests::world::Trouble::Refuses(ELSEWHERE));
    let report = test_run.apply().await;
    assert!(is_left(&report, "a") && is_left(&report, "c"), "{report:?}");
    assert!(is_done(outcome(&report, "b")) && is_done(outcome(&report, "d")), "{report:?}");
    test_run.world.refuse(None);
    assert_eq!(test_run.resume(Stop::default()).await.end, RunEnd::Completed);
    assert_eq!(test_run.world.mutations().iter().filter(|call| *call == "stop a").count(), 1);
}

#[tokio::test]
async fn credentials_that_no_region_knows_end_the_run() {
    let mut test_run = of_two_regions();
    test_run.plan.items.retain(|item| item.id.region.as_str() == ELSEWHERE);
    test_run.world.refuse(Some((ELSEWHERE, ApiErrorKind::Credentials)));
    let report = test_run.apply().await;
    assert!(matches!(report.end, RunEnd::CredentialsLost { .. }), "{report:?}");
}
