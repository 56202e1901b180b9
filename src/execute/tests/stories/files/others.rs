//! Files that the run moves, while somebody else uses the source: what is not certainly in the export is never given up.

use super::{Way, interrupted, is_back, is_whole, test_run, ways};
use crate::execute::Stop;
use crate::execute::tests::stories::failed_reason;
use crate::execute::tests::world::{Trouble, WorkerTrouble};
use crate::execute::tests::{TestRun, outcome};
use crate::inventory::{Description, Status};
use crate::journal::Outcome;
use crate::plan::{Order, TransferKind};

const DELETES: Way = Way { runs: true, order: Order::StopFirst, own_on_create: false, deletes: true };
const NEW: &str = "the work of a day";

fn no_change(_: &mut Description) {}

/// Somebody starts it.
fn started(found: &mut Description) {
    found.notebook_instance_status = Status::InService;
    found.last_modified_time = Some("2026-11-23T09:00:00Z".parse().unwrap());
}

/// Whether the source runs, to export.
fn is_exporting(test_run: &TestRun) -> bool {
    let Some((source, _)) = test_run.world.get("a") else { return false };
    let config = source.notebook_instance_lifecycle_config_name.as_deref();
    source.notebook_instance_status == Status::InService
        && config.is_some_and(|config| config.starts_with("remediate-x-"))
}

#[tokio::test]
async fn the_work_of_who_has_restarted_the_source_while_nobody_watched_is_never_lost() {
    let whole = test_run(DELETES);
    whole.apply().await;
    let mut used = 0;
    for call in 1..=whole.world.calls() {
        let test_run = test_run(DELETES);
        if !interrupted(&test_run, call).await || !is_exporting(&test_run) {
            continue;
        }
        used += 1;
        test_run.world.change("a", |found, _| started(found));
        test_run.world.fill("a", NEW);
        let report = test_run.resume(Stop::default()).await;
        let said = format!("call {call}: {report:?} {:?}", test_run.world.mutations());
        let kept = ["a", "a-vpc"].iter().any(|name| {
            test_run.world.volume(name).as_deref() == Some(NEW) && test_run.world.get(name).is_some()
        });
        assert!(kept, "{said}");
        if matches!(outcome(&report, "a"), Outcome::Done { .. }) {
            assert_eq!(test_run.world.volume("a-vpc").as_deref(), Some(NEW), "{said}");
        }
    }
    assert!(used > 3, "{used}");
}

/// An application that is cut off while its worker exports; the worker ends after that.
async fn cut_off(trouble: Option<WorkerTrouble>) -> TestRun {
    for call in 1.. {
        let test_run = test_run(DELETES);
        if let Some(trouble) = trouble {
            test_run.world.trouble_workers(TransferKind::Export, trouble);
        }
        assert!(interrupted(&test_run, call).await, "it never exports");
        if is_exporting(&test_run) {
            test_run.world.end_export("a");
            return test_run;
        }
    }
    unreachable!("calls end")
}

#[tokio::test]
async fn an_export_that_ended_while_nobody_listened_counts_if_nothing_can_have_changed_since() {
    let test_run = cut_off(None).await;
    let report = test_run.resume(Stop::default()).await;
    is_whole(&test_run, DELETES, &report);
}

#[tokio::test]
async fn an_export_that_ended_while_nobody_listened_proves_nothing_once_the_source_could_be_used() {
    let not_quiet = Some(WorkerTrouble::NotQuiet);
    for (trouble, restarted) in [(None, true), (not_quiet, true), (not_quiet, false)] {
        let test_run = cut_off(trouble).await;
        if restarted {
            test_run.world.change("a", |found, _| started(found));
        }
        test_run.world.fill("a", NEW);
        let report = test_run.resume(Stop::default()).await;
        let reason = failed_reason(&report, "a");
        assert!(reason.contains("the source ran on after it"), "{reason}");
        is_back(&test_run, DELETES, &reason);
        assert_eq!(test_run.world.volume("a").as_deref(), Some(NEW));
    }
}

#[tokio::test]
async fn an_export_proves_nothing_once_somebody_has_started_the_source_after_it() {
    for way in ways() {
        let test_run = test_run(way);
        test_run.world.trouble("attach a", Trouble::Alters("a", no_change));
        test_run.world.trouble("attach a", Trouble::Alters("a", started));
        let report = test_run.apply().await;
        let said = format!("{way:?}: {report:?} {:?}", test_run.world.mutations());
        assert!(matches!(outcome(&report, "a"), Outcome::Failed { .. }), "{said}");
        is_back(&test_run, way, &said);
    }
}

#[tokio::test]
async fn no_configuration_is_left_where_a_wait_has_no_end() {
    for deletes in [true, false] {
        let way = Way { deletes, ..DELETES };
        let test_run = test_run(way);
        test_run.world.trouble("attach a", Trouble::Alters("a", started));
        let report = test_run.apply().await;
        is_back(&test_run, way, &failed_reason(&report, "a"));
    }
}

#[tokio::test]
async fn no_configuration_is_left_where_the_source_does_not_start_again() {
    let test_run = test_run(DELETES);
    test_run.world.trouble_workers(TransferKind::Export, WorkerTrouble::Fails);
    test_run.world.trouble("start a", Trouble::Alters("a", no_change));
    for _ in 0..200 {
        test_run.world.trouble("start a", Trouble::Fails("no capacity"));
    }
    let report = test_run.apply().await;
    let reason = failed_reason(&report, "a");
    assert!(reason.contains("no capacity"), "{reason}");
    assert!(test_run.world.configs().is_empty(), "{reason} {:?}", test_run.world.configs());
}

#[tokio::test]
async fn a_configuration_that_stays_on_a_source_that_does_not_start_is_said() {
    let test_run = test_run(DELETES);
    for _ in 0..400 {
        test_run.world.trouble("start a", Trouble::Fails("no capacity"));
    }
    let report = test_run.apply().await;
    let reason = failed_reason(&report, "a");
    assert_eq!(test_run.world.status("a").unwrap(), "Failed");
    assert!(reason.contains("remediate-x-"), "{reason}");
}

#[tokio::test]
async fn a_worker_is_not_given_up_where_nobody_could_listen_to_it() {
    for kind in [TransferKind::Export, TransferKind::Import] {
        let mut test_run = test_run(DELETES);
        test_run.plan.limits.poll_interval_ms = 20_000;
        test_run.world.trouble_workers(kind, WorkerTrouble::Outage);
        let report = test_run.apply().await;
        is_whole(&test_run, DELETES, &report);
    }
}
