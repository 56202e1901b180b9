//! What bounds a run as a whole: the first wave, and the quota.

use std::collections::BTreeMap;

use crate::cli::rehearsal::tests::{POLICY, Rehearsed, SCENARIO, rehearse_by, rehearse_once, twice};
use crate::execute::ItemResult;
use crate::journal::RunEnd;

fn not_started(rehearsed: &Rehearsed) -> usize {
    rehearsed.count(|result| *result == ItemResult::NotStarted)
}

fn stopped_sources(rehearsed: &Rehearsed) -> usize {
    let accepted = |operation: &str| {
        let calls = rehearsed.calls.iter();
        let calls = calls.filter(|call| call.operation == operation && call.status == Some(200));
        calls.filter(|call| !call.resource.as_ref().unwrap().ends_with("-vpc")).count()
    };
    accepted("StopNotebookInstance") - accepted("StartNotebookInstance")
}

#[test]
fn with_room_for_some_those_are_done_and_no_other_source_is_touched() {
    // Five instances in each region, and room for two more.
    let scenario = SCENARIO.replace("quota = 100", "quota = 7");
    let rehearsed = rehearse_by((POLICY, &scenario), 3, Vec::new());
    assert_eq!(
        (rehearsed.done(), rehearsed.failed(), not_started(&rehearsed)),
        (4, 0, 6),
        "{:#?}",
        rehearsed.report
    );
    let RunEnd::NoRoom { message } = &rehearsed.report.end else { panic!("{:?}", rehearsed.report.end) };
    for region in ["us-east-1", "eu-west-1"] {
        assert!(message.contains(&format!("the quota of 7 notebook instances in {region}")), "{message}");
    }
    assert!(stopped_sources(&rehearsed) <= 4);
    assert_eq!(rehearsed.journal.end.as_ref(), Some(&rehearsed.report.end));
}

#[test]
fn with_room_for_one_and_sources_deleted_all_are_done_one_after_the_other() {
    let scenario = SCENARIO.replace("quota = 100", "quota = 6");
    let policy = format!("{POLICY}[defaults]\ndelete_source = \"after-verify\"\n");
    let rehearsed = rehearse_by((&policy, &scenario), 3, Vec::new());
    assert_eq!(
        (rehearsed.done(), &rehearsed.report.end),
        (10, &RunEnd::Completed),
        "{:#?}",
        rehearsed.report
    );
    let refused = rehearsed.calls.iter().filter(|call| call.code.as_deref() == Some("ResourceLimitExceeded"));
    assert_eq!(refused.count(), 0, "nothing was asked for that there was no room for");
    let most: BTreeMap<_, _> = rehearsed.world.census();
    assert!(most.values().all(|census| census.most <= 6), "{most:?}");
}

#[test]
fn a_quota_that_is_used_up_fails_the_items_that_meet_it_and_no_further_item_of_the_region_is_begun() {
    let rehearsed = rehearse_once(3, vec![twice("quota-reached")]);
    assert_eq!(rehearsed.failed(), 2, "{:#?}", rehearsed.report);
    assert!(
        rehearsed.reasons().iter().all(|why| why.contains("ResourceLimitExceeded")),
        "{:?}",
        rehearsed.reasons()
    );
    assert!(not_started(&rehearsed) > 0 && rehearsed.done() + 2 + not_started(&rehearsed) == 10);
    let RunEnd::NoRoom { message } = &rehearsed.report.end else { panic!("{:?}", rehearsed.report.end) };
    assert!(message.contains("is used up"), "{message}");
}

#[test]
fn the_first_wave_is_one_of_the_whole_run_and_not_of_each_region() {
    let rehearsed = rehearse_by((&POLICY.replace("canary = 0", "canary = 1"), SCENARIO), 3, Vec::new());
    assert_eq!((rehearsed.done(), &rehearsed.report.end), (10, &RunEnd::Completed));
    let changes = |name: &str| name.starts_with("Create") || name.starts_with("Stop");
    let calls: Vec<_> = rehearsed.calls.iter().filter(|call| changes(&call.operation)).collect();
    // Each item takes two: of the first one both come before any of another.
    let first = rehearsed.report.items[0].id.name.as_str();
    let of_first = |name: &Option<String>| name.as_ref().is_some_and(|name| name.starts_with(first));
    assert!(calls[..2].iter().all(|call| of_first(&call.resource)), "{:?}", &calls[..3]);
    assert!(!of_first(&calls[2].resource));
    let wave_ended = calls[1].at;
    let waited = std::time::Duration::try_from(calls[2].at.duration_since(wave_ended)).unwrap();
    assert!(
        waited > std::time::Duration::from_secs(40),
        "the second began {waited:?} after the first's last call"
    );
}
