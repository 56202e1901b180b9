//! The worker that the sandbox simulates, started by the program's own scripts, judged by what the program believes of workers.

mod denied;
mod moves;

use crate::cli::rehearsal::mirror;
use crate::execute::Cloud as _;
use crate::fixtures::{POLICY, exposed, instance, plan_by, tags};
use crate::ids::Digest;
use crate::plan::TransferKind::{Export, Import};
use crate::plan::{PlannedTransfer, TransferWay};
use crate::sandbox::{OutsiderAct, Seed};
use crate::transfer::{TransferStore as _, Work, files_differ, look};

use moves::{BUCKET, MOVES, Moves, REPLACEMENT, SOURCE, Silent, name, play};

/// Every object of the item, with its size and its time.
async fn objects(moves: &Moves) -> Vec<(String, u64, String)> {
    let job = moves.looked_for();
    let all = moves.session.connected.session.objects(&job.store, &job.prefix()).await.unwrap();
    let last = |key: &str| key.rsplit_once("-01/").unwrap().1.to_owned();
    all.iter().map(|one| (last(&one.key), one.size, one.modified.unwrap().to_string())).collect()
}

#[test]
fn files_that_are_exported_and_imported_are_proven_and_those_of_the_source() {
    play(MOVES, &[], async |moves| {
        let exported = moves.export().await;
        assert!(exported.quiet, "as the job says");
        moves.stop(SOURCE).await;
        moves.import_config(exported.status.clone(), false).await;
        moves.create(Some("m")).await;
        moves.until_at_work(Import).await;
        assert_eq!(moves.files(REPLACEMENT), Default::default(), "they come when it has ended");
        let imported = moves.ended(Import).await.unwrap();
        assert_eq!(
            (imported.manifest.digest, imported.bytes),
            (exported.manifest.digest.clone(), exported.bytes)
        );
        assert_eq!(moves.files(REPLACEMENT), moves.files(SOURCE));
        assert!(
            moves.files(SOURCE).contains_key("fraud/README.md"),
            "the repository was cloned by the start"
        );

        let (job, session) = (moves.looked_for(), &moves.session.connected.session);
        let all = look(session, &job).await.unwrap();
        let (export, proof) = all.export().unwrap();
        let (import, _) = all.import().unwrap();
        assert!(export.at < import.at, "by the world's clock");
        let differ = files_differ(session, &job, (name(Export), proof), name(Import)).await.unwrap();
        assert_eq!(differ, []);
    });
}

#[test]
fn the_same_story_is_the_same_to_the_second() {
    let once = || {
        let mut told = Vec::new();
        play(MOVES, &[], async |moves| {
            moves.export().await;
            told = objects(moves).await;
        });
        told
    };
    let told = once();
    let names: Vec<&str> = told.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(names, ["beat.json", "hello.json", "manifest.jsonl.gz", "part-000000", "status.json"]);
    assert_eq!(told, once());
}

#[test]
fn an_attempt_is_made_once_however_often_its_instance_starts() {
    play(MOVES, &[], async |moves| {
        moves.export().await;
        let before = objects(moves).await;
        moves.stop(SOURCE).await;
        moves.start(SOURCE).await;
        moves.pause(3600).await;
        assert_eq!(objects(moves).await, before);
    });
}

#[test]
fn a_worker_whose_instance_stops_is_killed() {
    play(MOVES, &[], async |moves| {
        moves.begin_export().await;
        moves.until_at_work(Export).await;
        moves.stop(SOURCE).await;
        assert_eq!(moves.silent(Export).await, Silent::AtWork);
        let names: Vec<String> = objects(moves).await.into_iter().map(|(name, ..)| name).collect();
        assert!(!names.contains(&"status.json".to_owned()), "{names:?}");
    });
}

#[test]
fn a_worker_starts_whoever_starts_its_instance() {
    play(MOVES, &[], async |moves| {
        moves.config("x", Work::Export { strict: false, quiesce: false }).await;
        moves.attach(SOURCE, Some("x")).await;
        let now = moves.session.connected.clock.now();
        moves.session.sandbox.meddle(|world| {
            let account = world.accounts.get_mut(&"111122223333".parse().unwrap()).unwrap();
            account.sites.get_mut(&moves.region).unwrap().expect_outsider(now, OutsiderAct::Start, SOURCE);
        });
        assert!(!moves.ended(Export).await.unwrap().quiet, "as the job says");
    });
}

#[test]
fn each_fault_of_a_worker_is_what_it_is_called() {
    for (fault, expected) in [("worker-silent", Silent::AtOnce), ("worker-dies", Silent::AtWork)] {
        play(MOVES, &[fault], async |moves| {
            moves.begin_export().await;
            assert_eq!(moves.silent(Export).await, expected, "{fault}");
        });
    }
    for (fault, expected) in [
        ("worker-fails", "the worker failed with 1 entries"),
        ("worker-corrupts", "part-000000 has 7 bytes in the bucket"),
    ] {
        play(MOVES, &[fault], async |moves| {
            moves.begin_export().await;
            let why = moves.ended(Export).await.unwrap_err();
            assert!(why.contains(expected), "{fault}: {why}");
        });
    }
}

#[test]
fn an_import_has_the_faults_of_the_create_that_launches_it() {
    for (fault, expected) in [
        ("worker-fails", "the worker failed with 1 entries"),
        ("worker-corrupts", "manifest.jsonl.gz has 7 bytes in the bucket"),
    ] {
        play(MOVES, &[&format!("{fault}:CreateNotebookInstance")], async |moves| {
            let exported = moves.export().await;
            moves.import_config(exported.status, false).await;
            moves.create(Some("m")).await;
            let why = moves.ended(Import).await.unwrap_err();
            assert!(why.contains(expected), "{fault}: {why}");
        });
    }
}

#[test]
fn an_import_takes_only_what_its_job_names_and_as_it_was_written() {
    play(MOVES, &["worker-corrupts"], async |moves| {
        moves.begin_export().await;
        moves.ended(Export).await.unwrap_err();
        let (job, session) = (moves.looked_for(), &moves.session.connected.session);
        let key = format!("{}/export-01/status.json", job.prefix());
        let status = session.content(&job.store, &key, 1 << 20).await.unwrap().unwrap();
        moves.import_config(Digest::of(&status), false).await;
        moves.create(Some("m")).await;
        let why = moves.ended(Import).await.unwrap_err();
        assert!(why.contains("failed"), "{why}");
        assert_eq!(moves.files(REPLACEMENT), Default::default());
    });
    play(MOVES, &[], async |moves| {
        moves.export().await;
        moves.import_config(Digest::of("another status"), false).await;
        moves.create(Some("m")).await;
        moves.ended(Import).await.unwrap_err();
        assert_eq!(moves.files(REPLACEMENT), Default::default());
    });
}

#[test]
fn an_import_into_a_folder_that_is_not_empty_fails_unless_it_may_move_that_aside() {
    for aside in [false, true] {
        play(MOVES, &[], async |moves| {
            let exported = moves.export().await;
            moves.create(Some("own")).await;
            let before = moves.files(REPLACEMENT);
            assert_eq!(before.len(), 1, "its OnCreate script has left something there");
            moves.stop(REPLACEMENT).await;
            moves.import_config(exported.status, aside).await;
            moves.attach(REPLACEMENT, Some("m")).await;
            moves.start(REPLACEMENT).await;
            let ended = moves.ended(Import).await;
            if !aside {
                assert!(ended.unwrap_err().contains("the worker failed with 2 entries"));
                assert_eq!(moves.files(REPLACEMENT), before);
                return;
            }
            assert_eq!(ended.unwrap().left_out, 1);
            let mut files = moves.files(SOURCE);
            files.insert(
                ".remediate-aside-run-1-import-01/on-create.log".to_owned(),
                before["on-create.log"].clone(),
            );
            assert_eq!(moves.files(REPLACEMENT), files);
        });
    }
}

#[test]
fn what_a_transfer_has_attached_can_be_taken_away_and_deleted_and_then_does_not_start() {
    play(MOVES, &[], async |moves| {
        let (session, region) = (&moves.session.connected.session, &moves.region);
        moves.export().await;
        moves.stop(SOURCE).await;
        session.delete_config(region, "x").await.unwrap();
        let refused = session.start(region, &SOURCE.parse().unwrap()).await.unwrap_err();
        assert!(refused.message.contains("Notebook Instance Lifecycle Config does not exist"), "{refused}");
        moves.attach(SOURCE, None).await;
        moves.start(SOURCE).await;
        assert!(session.delete_config(region, "x").await.is_err(), "it is gone");
    });
}

#[test]
fn the_world_of_a_rehearsal_has_the_buckets_and_keys_that_its_plan_moves_files_by() {
    const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555";
    let mut plan = plan_by(POLICY, vec![instance(exposed(SOURCE), tags(&[]))]);
    let place = plan.items[0].id.region.clone();
    plan.items[0].transfer = Some(PlannedTransfer {
        by: TransferWay::Run,
        bucket: BUCKET.parse().unwrap(),
        prefix: String::new(),
        owner: plan.account.clone(),
        kms_key: Some(KEY.to_owned()),
        strict: false,
        max_age: 0,
        quiesce: false,
        own_on_create: false,
    });
    let scenario = mirror::scenario(&plan).unwrap();
    let world = mirror::world(&plan, &scenario, None, Seed(1)).unwrap();
    let bucket = &world.buckets[BUCKET];
    assert_eq!((&bucket.owner, &bucket.region), (&plan.account, &place));
    let keys = &world.accounts[&plan.account].sites[&place].kms_keys;
    assert!(keys.contains_key("11111111-2222-3333-4444-555555555555"), "{:?}", keys.keys());
}
