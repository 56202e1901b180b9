//! Files that the run moves by itself: they are on the replacement in the end, and everything else is as it was.

mod others;

use super::{failed_reason, running, stopped};
use crate::api_error::ApiErrorKind;
use crate::execute::tests::world::{Trouble, WorkerTrouble};
use crate::execute::tests::{TestRun, outcome};
use crate::execute::{Dependency, RunReport, Standing, Stop};
use crate::inventory::{Description, Instance};
use crate::journal::{Call, CallState, Note, Outcome, RunEnd};
use crate::plan::{OnFailure, Order, PlannedTransfer, TransferKind, TransferWay};

/// What the user has: a configuration and repositories of his own.
const OWN: &str = "idle-stop";

fn with_own(mut instance: Instance) -> Instance {
    let own = instance.description.as_mut().unwrap();
    own.notebook_instance_lifecycle_config_name = Some(OWN.to_owned());
    own.default_code_repository = Some("https://git.example.org/a".to_owned());
    own.additional_code_repositories = vec!["https://git.example.org/b".to_owned()];
    instance
}

/// A way through: what the plan says of the item.
#[derive(Debug, Clone, Copy)]
struct Way {
    runs: bool,
    order: Order,
    own_on_create: bool,
    deletes: bool,
}

/// Every way that the item can be planned.
fn ways() -> Vec<Way> {
    let mut ways = Vec::new();
    for runs in [true, false] {
        for order in [Order::StopFirst, Order::CreateFirst] {
            for (own_on_create, deletes) in [(false, false), (false, true), (true, false)] {
                if runs || order.is_stop_first() {
                    ways.push(Way { runs, order, own_on_create, deletes });
                }
            }
        }
    }
    ways
}

fn test_run(way: Way) -> TestRun {
    let source = with_own(if way.runs { running("a") } else { stopped("a") });
    let mut test_run = TestRun::with(vec![source], "");
    let item = &mut test_run.plan.items[0];
    item.transfer = Some(PlannedTransfer {
        by: TransferWay::Run,
        bucket: "moves".parse().unwrap(),
        prefix: "remediate".to_owned(),
        owner: crate::fixtures::account(),
        kms_key: None,
        strict: false,
        max_age: 0,
        quiesce: true,
        own_on_create: way.own_on_create,
    });
    item.order = way.order;
    item.delete_source = way.deletes;
    item.on_create = way.own_on_create;
    test_run.world.fill("a", "the work of years");
    test_run
}

/// What the user set of an instance.
fn own(found: &Description) -> (Option<&str>, Option<&str>, usize) {
    let config = found.notebook_instance_lifecycle_config_name.as_deref();
    (config, found.default_code_repository.as_deref(), found.additional_code_repositories.len())
}

/// Everything is done, and nothing is left over.
fn is_whole(test_run: &TestRun, way: Way, report: &RunReport) {
    let said = format!("{way:?}: {report:?} {:?}", test_run.world.mutations());
    assert!(matches!(outcome(report, "a"), Outcome::Done { .. }), "{said}");
    assert_eq!(test_run.world.volume("a-vpc").as_deref(), Some("the work of years"), "{said}");
    let status = if way.runs { "InService" } else { "Stopped" };
    let (replacement, _) = test_run.world.get("a-vpc").unwrap();
    assert_eq!(replacement.notebook_instance_status.to_string(), status, "{said}");
    assert_eq!(own(&replacement), (Some(OWN), Some("https://git.example.org/a"), 1), "{said}");
    assert!(test_run.world.configs().is_empty(), "{said}");
    if let Some((source, _)) = test_run.world.get("a") {
        assert_eq!(source.notebook_instance_status.to_string(), "Stopped", "{said}");
        assert_eq!(own(&source), (Some(OWN), Some("https://git.example.org/a"), 1), "{said}");
    }
}

/// Everything is as it was.
fn is_back(test_run: &TestRun, way: Way, said: &str) {
    let said = format!("{way:?}: {said} {:?}", test_run.world.mutations());
    let (source, _) = test_run.world.get("a").unwrap();
    let status = if way.runs { "InService" } else { "Stopped" };
    assert_eq!(source.notebook_instance_status.to_string(), status, "{said}");
    assert_eq!(own(&source), (Some(OWN), Some("https://git.example.org/a"), 1), "{said}");
    assert!(test_run.world.get("a-vpc").is_none(), "{said}");
    assert!(test_run.world.configs().is_empty(), "{said}");
}

#[tokio::test]
async fn files_are_moved_and_the_user_has_his_own_configuration_and_repositories_on_both_sides() {
    for way in ways() {
        let test_run = test_run(way);
        let report = test_run.apply().await;
        is_whole(&test_run, way, &report);
        assert_eq!(test_run.world.get("a").is_none(), way.deletes, "{way:?}: {report:?}");
    }
}

#[tokio::test]
async fn a_running_source_is_stopped_started_and_stopped_and_a_stopped_one_started_and_stopped() {
    let way = |runs, order, own_on_create| Way { runs, order, own_on_create, deletes: false };
    let export = ["attach a", "start a", "stop a", "attach a"];
    let import = ["stop a-vpc", "attach a-vpc"];
    let by_hook = ["create-config m", "stop a-vpc", "attach a-vpc", "start a-vpc"];
    let ends = ["delete-config x", "delete-config m"];
    let stop_first = Order::StopFirst;
    for (way, parts) in [
        (
            way(true, stop_first, false),
            vec![
                &["create-config x", "stop a"][..],
                &export,
                &["create-config m", "create a-vpc"],
                &import,
                &["start a-vpc"],
                &ends,
            ],
        ),
        (
            way(false, stop_first, false),
            vec![&["create-config x"][..], &export, &["create-config m", "create a-vpc"], &import, &ends],
        ),
        (
            way(true, Order::CreateFirst, false),
            vec![
                &["create a-vpc", "create-config x", "stop a"][..],
                &export,
                &by_hook,
                &import,
                &["start a-vpc"],
                &ends,
            ],
        ),
        (
            way(false, stop_first, true),
            vec![&["create-config x"][..], &export, &["create a-vpc"], &by_hook, &import, &ends],
        ),
    ] {
        let test_run = test_run(way);
        test_run.apply().await;
        assert_eq!(test_run.world.mutations(), parts.concat(), "{way:?}");
    }
}

#[tokio::test]
async fn whatever_goes_wrong_with_a_worker_the_source_is_as_it_was_and_nothing_is_left() {
    let troubles = [
        WorkerTrouble::Silent,
        WorkerTrouble::Dies,
        WorkerTrouble::Fails,
        WorkerTrouble::Unreadable,
        WorkerTrouble::Differs,
    ];
    for way in ways() {
        for kind in [TransferKind::Export, TransferKind::Import] {
            for trouble in troubles {
                if (kind, trouble) == (TransferKind::Export, WorkerTrouble::Differs) {
                    continue;
                }
                let test_run = test_run(way);
                test_run.world.trouble_workers(kind, trouble);
                let report = test_run.apply().await;
                let reason = failed_reason(&report, "a");
                assert!(
                    reason.contains(&format!("the {} of its files failed", kind.as_str())),
                    "{way:?} {trouble:?}: {reason}"
                );
                is_back(&test_run, way, &reason);
                assert_eq!(test_run.world.volume("a").as_deref(), Some("the work of years"));
            }
        }
    }
}

#[tokio::test]
async fn a_call_of_a_transfer_that_is_refused_leaves_the_source_as_it_was() {
    for way in ways().into_iter().filter(|way| !way.deletes) {
        for (operation, denied) in [
            ("create-config x", true),
            ("attach a", true),
            ("start a", true),
            ("create-config m", true),
            ("attach a-vpc", true),
            ("delete-config x", false),
            ("delete-config m", false),
        ] {
            let test_run = test_run(way);
            test_run.world.trouble(operation, Trouble::Refused(ApiErrorKind::AccessDenied));
            let report = test_run.apply().await;
            let said = format!("{way:?} {operation}: {report:?} {:?}", test_run.world.mutations());
            if denied {
                assert!(matches!(outcome(&report, "a"), Outcome::Failed { .. }), "{said}");
                is_back(&test_run, way, &said);
            } else {
                let Outcome::Done { notes, .. } = outcome(&report, "a") else { panic!("{said}") };
                assert!(notes.iter().any(Note::is_denial), "{said}");
                assert_eq!(test_run.world.configs().len(), 1, "{said}");
            }
        }
    }
}

#[tokio::test]
async fn a_lost_answer_of_any_call_of_a_transfer_changes_nothing() {
    for way in ways() {
        let whole = test_run(way);
        whole.apply().await;
        for sent in whole.world.mutations() {
            for trouble in [Trouble::ReplyLost, Trouble::RequestLost] {
                let test_run = test_run(way);
                test_run.world.trouble(Box::leak(sent.clone().into_boxed_str()), trouble);
                let report = test_run.apply().await;
                is_whole(&test_run, way, &report);
            }
        }
    }
}

/// Applies, interrupted at that call; whether it was.
async fn interrupted(test_run: &TestRun, call: u32) -> bool {
    let stop = Stop::default();
    test_run.world.stop_at(call, stop.clone());
    let report = test_run.apply_until(stop).await;
    assert_eq!(test_run.world.late(), 0, "a call was sent after the run was stopped at call {call}");
    test_run.world.stop_at(u32::MAX, Stop::default());
    report.end != RunEnd::Completed
}

#[tokio::test]
async fn a_transfer_that_is_interrupted_at_any_call_and_resumed_ends_like_one_that_was_not() {
    for (number, way) in ways().into_iter().enumerate() {
        let whole = test_run(way);
        whole.apply().await;
        // Each way is cut off at a third of its calls: all calls are, of one way or another.
        for call in (1..=whole.world.calls()).skip(number % 3).step_by(3) {
            let test_run = test_run(way);
            if interrupted(&test_run, call).await {
                let report = test_run.resume(Stop::default()).await;
                assert_eq!(report.end, RunEnd::Completed, "{way:?}, interrupted at call {call}: {report:?}");
                is_whole(&test_run, way, &report);
            }
        }
    }
}

#[tokio::test]
async fn a_transfer_that_is_interrupted_at_any_call_and_rolled_back_leaves_everything_as_it_was() {
    for (number, way) in ways().into_iter().filter(|way| !way.deletes).enumerate() {
        let whole = test_run(way);
        whole.apply().await;
        for call in (1..=whole.world.calls()).skip(number % 2).step_by(2) {
            let test_run = test_run(way);
            if interrupted(&test_run, call).await {
                let report = test_run.roll_back().await;
                let said = format!("call {call}: {report:?}");
                let begun = report.items.iter().any(|item| item.id.name.as_str() == "a");
                if begun {
                    assert!(
                        matches!(outcome(&report, "a"), Outcome::RolledBack { .. }),
                        "{way:?} {said} {:?}",
                        test_run.world.mutations()
                    );
                }
                is_back(&test_run, way, &said);
            }
        }
    }
}

#[tokio::test]
async fn an_export_that_could_change_proves_nothing_once_nobody_watched_the_source_after_it() {
    let way = Way { runs: true, order: Order::StopFirst, own_on_create: false, deletes: false };
    let (mut resumed, mut failed) = (0, 0);
    let whole = test_run(way);
    whole.apply().await;
    for call in 1..=whole.world.calls() {
        let test_run = test_run(way);
        test_run.world.trouble_workers(TransferKind::Export, WorkerTrouble::NotQuiet);
        if !interrupted(&test_run, call).await {
            continue;
        }
        resumed += 1;
        let (_, state) = test_run.state.run_of(&test_run.plan.digest).unwrap().unwrap();
        let past = state.items.values().next();
        let stale = past.is_some_and(|past| {
            let stopped = matches!(past.call(Call::StopExport), CallState::Accepted { .. });
            past.moved(TransferKind::Export).is_some() && !stopped
        });
        let report = test_run.resume(Stop::default()).await;
        let refused = matches!(outcome(&report, "a"), Outcome::Failed { .. });
        assert!(refused || !stale, "interrupted at call {call}: {report:?}");
        if let Outcome::Failed { .. } = outcome(&report, "a") {
            failed += 1;
            let reason = failed_reason(&report, "a");
            assert!(reason.contains("the source ran on after it"), "{reason}");
            is_back(&test_run, way, &reason);
        } else {
            is_whole(&test_run, way, &report);
        }
    }
    // Between the proof and the stop that is accepted.
    assert!(failed >= 1 && failed < resumed / 4, "{failed} of {resumed}");
}

#[tokio::test]
async fn a_bucket_that_cannot_be_used_refuses_its_item_before_anything_is_stopped() {
    for way in ways() {
        for told in [None, Some(Standing::Bucket(Some("there is no bucket moves".to_owned())))] {
            let test_run = test_run(way);
            let transfer = test_run.plan.items[0].transfer.clone().unwrap();
            test_run.world.tell_of(Dependency::Bucket(transfer), told);
            let report = test_run.apply().await;
            let Outcome::Refused { reason } = outcome(&report, "a") else { panic!("{report:?}") };
            assert_eq!(reason.code(), "bucket-not-usable");
            assert_eq!(test_run.world.mutations(), [""; 0], "{way:?}");
        }
    }
}

#[tokio::test]
async fn a_source_that_somebody_changes_while_it_exports_is_left_as_they_want_it_but_for_our_configuration() {
    let alter: fn(&mut Description) = |found| found.root_access = Some("Disabled".to_owned());
    for way in ways().into_iter().filter(|way| !way.deletes) {
        for operation in ["create-config x", "attach a", "start a"] {
            let test_run = test_run(way);
            test_run.world.trouble(operation, Trouble::Alters("a", alter));
            let report = test_run.apply().await;
            let reason = failed_reason(&report, "a");
            assert!(reason.contains("RootAccess"), "{way:?} {operation}: {reason}");
            let (source, _) = test_run.world.get("a").unwrap();
            assert_eq!(source.root_access.as_deref(), Some("Disabled"));
            is_back(&test_run, way, &reason);
        }
    }
}

#[tokio::test]
async fn what_a_worker_names_is_said() {
    let test_run = test_run(ways()[0]);
    test_run.world.trouble_workers(TransferKind::Export, WorkerTrouble::Fails);
    let reason = failed_reason(&test_run.apply().await, "a");
    assert!(reason.contains("model/weights.bin (changed while it was read)"), "{reason}");
}

#[tokio::test]
async fn a_replacement_that_is_left_where_its_import_failed_keeps_the_configuration_that_it_has() {
    for way in ways() {
        let mut test_run = test_run(way);
        test_run.plan.items[0].on_failure = Some(OnFailure::Leave);
        test_run.world.trouble_workers(TransferKind::Import, WorkerTrouble::Fails);
        let reason = failed_reason(&test_run.apply().await, "a");
        assert!(reason.contains("`a-vpc` still has the lifecycle configuration `remediate-m-"), "{reason}");
        let [config] = &test_run.world.configs()[..] else { panic!("{:?}", test_run.world.configs()) };
        let (replacement, _) = test_run.world.get("a-vpc").unwrap();
        assert_eq!(replacement.notebook_instance_lifecycle_config_name.as_ref(), Some(config));
        let (source, _) = test_run.world.get("a").unwrap();
        assert_eq!(own(&source), (Some(OWN), Some("https://git.example.org/a"), 1), "{way:?}");
    }
}

#[tokio::test]
async fn a_source_whose_volume_could_change_until_it_was_stopped_is_never_deleted() {
    for way in ways().into_iter().filter(|way| way.deletes) {
        let test_run = test_run(way);
        test_run.world.trouble_workers(TransferKind::Export, WorkerTrouble::NotQuiet);
        let report = test_run.apply().await;
        is_whole(&test_run, way, &report);
        assert_eq!(test_run.world.status("a").as_deref(), Some("Stopped"), "{way:?}: {report:?}");
    }
}
