//! Files that are moved by hand: what is not certain is a no, and nothing is touched.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::{failed_reason, is_done, refused_reason, running};
use crate::clock::Clock as _;
use crate::execute::tests::{TestRun, outcome};
use crate::execute::{Dependency, Event, MoveStanding, MovedFiles, RunReport, Setting, Standing, Stop, run};
use crate::fixtures::{account, id, now};
use crate::journal::{Outcome, Purpose};
use crate::report::wording;

fn by_hand(order: &str) -> TestRun {
    let more = format!(
        "[defaults]\ndata = \"s3\"\ndelete_source = \"cleanup\"\norder = \"{order}\"\n[transfer]\nby = \"hand\"\nbucket = \"moves\""
    );
    TestRun::with(vec![running("a")], &more)
}

fn files(test_run: &TestRun) -> MovedFiles {
    let item = &test_run.plan.items[0];
    let (plan, transfer) = (test_run.plan.digest.clone(), item.transfer.clone().unwrap());
    MovedFiles { item: id("a"), account: account(), plan, transfer }
}

fn export(test_run: &TestRun) -> Dependency {
    Dependency::Export(files(test_run))
}

fn proven(at: Option<Timestamp>) -> Option<Standing> {
    Some(Standing::Moved(MoveStanding::Proven { at }))
}

fn not(found: &str) -> Option<Standing> {
    Some(Standing::Moved(MoveStanding::NotProven { found: found.to_owned() }))
}

fn before(seconds: u64) -> Option<Timestamp> {
    Some(now() - Duration::from_secs(seconds))
}

#[tokio::test]
async fn an_export_that_is_not_certain_refuses_its_item_and_nothing_is_touched() {
    let far = 24 * 3_600 + 60;
    let other = crate::fixtures::usable(&Dependency::Key("k".to_owned()));
    for (told, says) in [
        (None, "the bucket could not be read"),
        (not("there is none"), "there is none"),
        (proven(None), "S3 does not say when it was made"),
        (proven(before(far)), "which is more than 1 d ago"),
        (Some(other), "the bucket could not be read"),
    ] {
        for order in ["stop-first", "create-first"] {
            let test_run = by_hand(order);
            test_run.world.tell_of(export(&test_run), told.clone());
            let report = test_run.apply().await;
            let Outcome::Refused { reason } = outcome(&report, "a") else { panic!("{report:?}") };
            assert_eq!(reason.code(), "data-not-exported", "{says}");
            assert!(refused_reason(&report, "a").contains(says), "{}", refused_reason(&report, "a"));
            assert_eq!(test_run.world.mutations(), [""; 0], "{says}");
            assert_eq!(test_run.world.status("a").unwrap(), "InService");
        }
    }
}

#[tokio::test]
async fn a_fresh_export_is_asked_for_before_the_item_is_begun_and_again_before_its_source_is_stopped() {
    for (order, sent) in
        [("stop-first", ["stop a", "create a-vpc"]), ("create-first", ["create a-vpc", "stop a"])]
    {
        let test_run = by_hand(order);
        test_run.world.tell_of(export(&test_run), proven(before(3_600)));
        let report = test_run.apply().await;
        assert!(is_done(outcome(&report, "a")), "{report:?}");
        assert_eq!(test_run.world.mutations(), sent);
        let asked = test_run.world.asked().into_iter().filter(|one| *one == export(&test_run)).count();
        assert_eq!(asked, 2, "{order}: once for each step");
    }
}

/// Applies, and interrupts the run once it is begun and has not stopped the source; `change` happens then.
async fn lost_between(order: &str, sent: &[&str], change: fn(&TestRun)) -> Option<(TestRun, RunReport)> {
    for call in 1..60 {
        let (test_run, stop) = (by_hand(order), Stop::default());
        test_run.world.tell_of(export(&test_run), proven(before(3_600)));
        test_run.world.stop_at(call, stop.clone());
        test_run.apply_until(stop).await;
        let (_, state) = test_run.state.run_of(&test_run.plan.digest).unwrap().unwrap();
        let begun = state.items.values().any(|past| past.prior_status.is_some() && past.outcome.is_none());
        if begun && test_run.world.mutations() == sent {
            change(&test_run);
            let report = test_run.resume(Stop::default()).await;
            return Some((test_run, report));
        }
    }
    None
}

#[tokio::test]
async fn an_export_that_is_lost_after_the_item_was_begun_keeps_its_source_from_being_stopped() {
    let lose: fn(&TestRun) =
        |test_run| test_run.world.tell_of(export(test_run), not("part-000001 is not in the bucket"));
    let (test_run, report) = lost_between("stop-first", &[], lose).await.unwrap();
    assert!(failed_reason(&report, "a").contains("part-000001 is not"), "{}", failed_reason(&report, "a"));
    assert_eq!(test_run.world.mutations(), [""; 0]);
    let (test_run, report) = lost_between("create-first", &["create a-vpc"], lose).await.unwrap();
    assert!(failed_reason(&report, "a").contains("part-000001 is not"), "{}", failed_reason(&report, "a"));
    // It stands verified: somebody may have worked on it.
    assert_eq!(test_run.world.mutations(), ["create a-vpc"]);
    assert_eq!(test_run.world.status("a").unwrap(), "InService");
    assert_eq!(test_run.world.status("a-vpc").unwrap(), "InService");
}

#[tokio::test]
async fn an_export_that_grows_too_old_after_the_item_was_begun_is_none_any_more() {
    let late: fn(&TestRun) = |test_run| test_run.clock.advance(Duration::from_hours(24));
    let (test_run, report) = lost_between("stop-first", &[], late).await.unwrap();
    assert!(failed_reason(&report, "a").contains("more than 1 d ago"), "{}", failed_reason(&report, "a"));
    assert_eq!(test_run.world.mutations(), [""; 0]);
    assert!(test_run.clock.now() > now());
}

fn import(test_run: &TestRun) -> Dependency {
    Dependency::Import(files(test_run))
}

/// A run that has replaced its source.
async fn replaced() -> TestRun {
    let test_run = by_hand("stop-first");
    assert!(is_done(outcome(&test_run.apply().await, "a")));
    test_run
}

async fn clean_up(test_run: &TestRun, stop: Stop) -> RunReport {
    let lock = test_run.state.lock(&test_run.account).unwrap();
    let (applied_dir, applied) = test_run.state.run_of(&test_run.plan.digest).unwrap().unwrap();
    let dir = applied_dir.of(Purpose::Cleanup);
    let past = dir.state().unwrap().map(|state| state.resumed().items);
    let journal = dir.begin_or_reopen_journal(&lock).unwrap();
    run(Setting {
        plan: &test_run.plan,
        run: applied_dir.id.clone(),
        purpose: Purpose::Cleanup,
        caller: None,
        words: wording::WORDS,
        applied: applied.items,
        cloud: &test_run.world,
        journal: &journal,
        past,
        refused: BTreeMap::new(),
        clock: &test_run.clock,
        watcher: &|_: &Event| {},
        stop,
        nonce: &crate::fixtures::nonce,
    })
    .await
}

#[tokio::test]
async fn a_cleanup_deletes_a_source_only_once_the_import_of_its_files_is_proven() {
    let test_run = replaced().await;
    let sent = test_run.world.mutations().len();
    for told in [None, not("there is none")] {
        test_run.world.tell_of(import(&test_run), told);
        let report = clean_up(&test_run, Stop::default()).await;
        let Outcome::Refused { reason } = outcome(&report, "a") else { panic!("{report:?}") };
        assert_eq!(reason.code(), "data-not-imported");
        assert_eq!(test_run.world.mutations().len(), sent);
        assert_eq!(test_run.world.status("a").unwrap(), "Stopped");
    }
    // One from before the replacement was created was made elsewhere, or on another one.
    let made = test_run.world.get("a-vpc").unwrap().0.creation_time.unwrap();
    for (at, says) in [(None, "S3 does not say"), (Some(made), "was only created at")] {
        test_run.world.tell_of(import(&test_run), proven(at));
        let report = clean_up(&test_run, Stop::default()).await;
        let Outcome::Refused { reason } = outcome(&report, "a") else { panic!("{report:?}") };
        assert!(crate::report::wording::reason(reason).contains(says), "{reason:?}");
    }
    // How old the import is does not matter, nor what became of the export's age.
    let later = crate::clock::after(made, Duration::from_secs(1));
    test_run.world.tell_of(import(&test_run), proven(Some(later)));
    test_run.clock.advance(Duration::from_hours(48));
    let report = clean_up(&test_run, Stop::default()).await;
    assert!(matches!(outcome(&report, "a"), Outcome::Done { source_deleted: true, .. }), "{report:?}");
    assert_eq!(test_run.world.status("a"), None);
}

#[tokio::test]
async fn an_import_that_is_lost_before_the_source_is_deleted_keeps_it() {
    for call in 1..60 {
        let (test_run, stop) = (replaced().await, Stop::default());
        let sent = test_run.world.mutations().len();
        test_run.world.tell_of(import(&test_run), proven(Some("2026-11-22T12:00:00Z".parse().unwrap())));
        test_run.world.stop_at(call, stop.clone());
        clean_up(&test_run, stop).await;
        let (dir, _) = test_run.state.run_of(&test_run.plan.digest).unwrap().unwrap();
        let items = dir.of(Purpose::Cleanup).state().unwrap().unwrap().items;
        let begun = items.values().any(|past| past.prior_status.is_some() && past.outcome.is_none());
        if !begun || test_run.world.mutations().len() > sent {
            continue;
        }
        test_run.world.tell_of(import(&test_run), not("by-hand-import-01 is gone"));
        let report = clean_up(&test_run, Stop::default()).await;
        let Outcome::Failed { reason, .. } = outcome(&report, "a") else { panic!("{report:?}") };
        assert_eq!(reason.code(), "source-not-deleted");
        assert!(failed_reason(&report, "a").contains("by-hand-import-01 is gone"));
        assert_eq!(test_run.world.status("a").unwrap(), "Stopped");
        return;
    }
    panic!("it was never begun");
}

#[tokio::test]
async fn a_cleanup_of_what_was_not_to_be_moved_asks_for_no_import() {
    let test_run = TestRun::with(vec![running("a")], "[defaults]\ndelete_source = \"cleanup\"");
    assert!(is_done(outcome(&test_run.apply().await, "a")));
    let report = clean_up(&test_run, Stop::default()).await;
    assert!(matches!(outcome(&report, "a"), Outcome::Done { source_deleted: true, .. }), "{report:?}");
    assert!(test_run.world.asked().iter().all(|one| !matches!(one, Dependency::Import(_))));
}
