//! The state directory: its modes, its lock, and which run is a plan's.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::journal::{Lock, LockError, RunDir, StateDir, StateDirError};

fn state() -> (TempDir, StateDir) {
    let directory = tempfile::tempdir().unwrap();
    let state = StateDir::at(&directory.path().join("state"));
    (directory, state)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// A run of this plan that began so many seconds after ten, with these entries in its journal.
async fn run(state: &StateDir, lock: &Lock, plan: &Digest, second: u64, entries: Vec<Entry>) -> RunDir {
    let dir = state.new_run(plan, at(second)).unwrap();
    let journal = dir.create_journal(lock).unwrap();
    for Record { at, entry, .. } in records(entries) {
        journal.append(at, entry).await.unwrap();
    }
    dir
}

/// The id of the plan's run, if it has one.
fn run_of(state: &StateDir, plan: &Digest) -> Option<String> {
    state.run_of(plan).unwrap().map(|(dir, run)| {
        assert_eq!(&run.plan, plan);
        dir.id.to_string()
    })
}

#[test]
fn who_comes_second_is_told_who_was_first_and_has_its_turn_after() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lock");
    let first = Lock::take(&path).unwrap();
    assert_eq!(mode(&path), 0o600);
    let error = Lock::take(&path).unwrap_err();
    let LockError::Held { holder, .. } = &error else { panic!("{error}") };
    let host = holder.strip_prefix(&format!("pid {} on ", std::process::id())).unwrap();
    assert!(!host.is_empty() && !host.contains('\n'), "{holder:?}");
    assert!(error.to_string().contains(holder), "{error}");
    drop(first);
    Lock::take(&path).unwrap();
}

#[test]
fn what_an_earlier_holder_wrote_is_written_over_whole() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lock");
    fs::write(&path, format!("pid 1 on {}\n", "a-long-name.".repeat(20))).unwrap();
    let _lock = Lock::take(&path).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert!(
        text.starts_with(&format!("pid {} on ", std::process::id())) && text.lines().count() == 1,
        "{text}"
    );
    assert!(!text.contains("a-long-name"), "{text}");
}

#[test]
fn a_lock_is_for_one_account_and_a_path_that_cannot_be_used_is_an_error() {
    let (directory, state) = state();
    let _one = state.lock(&account()).unwrap();
    assert!(matches!(state.lock(&account()), Err(LockError::Held { .. })));
    let _other = state.lock(&"999999999999".parse().unwrap()).unwrap();
    let nowhere = Lock::take(&directory.path().join("none/lock"));
    assert!(matches!(nowhere, Err(LockError::Io { .. })), "{nowhere:?}");
}

#[tokio::test]
async fn the_state_directory_and_all_in_it_is_for_its_owner_alone() {
    let (directory, state) = state();
    let lock = state.lock(&account()).unwrap();
    let dir = run(&state, &lock, &plan('a'), 0, vec![run_started(&plan('a'))]).await;
    let journal = dir.journal_path();
    let root = directory.path().join("state");
    for directory in [&root, &root.join("runs"), journal.parent().unwrap()] {
        assert_eq!(mode(directory), 0o700, "{}", directory.display());
    }
    assert_eq!(mode(&journal), 0o600);
    assert_eq!(mode(&root.join("123456789012.lock")), 0o600);
}

#[tokio::test]
async fn the_run_of_a_plan_is_found_by_the_whole_digest_and_not_by_what_file_names_carry() {
    let (_directory, state) = state();
    assert_eq!(run_of(&state, &plan('a')), None);
    let lock = state.lock(&account()).unwrap();
    let like: Digest = format!("{}{}", "a".repeat(8), "b".repeat(56)).parse().unwrap();
    run(&state, &lock, &plan('a'), 0, vec![run_started(&plan('a'))]).await;
    run(&state, &lock, &like, 1, vec![run_started(&like)]).await;
    run(&state, &lock, &plan('c'), 2, vec![run_started(&plan('c'))]).await;
    assert_eq!(run_of(&state, &plan('a')).as_deref(), Some("20261122T100000Z-aaaaaaaa"));
    assert_eq!(run_of(&state, &like).as_deref(), Some("20261122T100001Z-aaaaaaaa"));
    let unheard: Digest = format!("{}{}", "a".repeat(8), "d".repeat(56)).parse().unwrap();
    assert_eq!(run_of(&state, &unheard), None);
}

#[tokio::test]
async fn of_several_runs_of_a_plan_the_latest_counts_and_runs_are_listed_oldest_first() {
    let (_directory, state) = state();
    let lock = state.lock(&account()).unwrap();
    for second in [5, 1, 3] {
        run(&state, &lock, &plan('a'), second, vec![run_started(&plan('a'))]).await;
    }
    assert_eq!(run_of(&state, &plan('a')).as_deref(), Some("20261122T100005Z-aaaaaaaa"));
    let ids: Vec<String> = state.list().unwrap().iter().map(|run| run.id.to_string()).collect();
    assert_eq!(ids, [1, 3, 5].map(|second| format!("20261122T10000{second}Z-aaaaaaaa")));
    assert!(matches!(state.new_run(&plan('a'), at(3)), Err(StateDirError::Io { .. })));
}

#[tokio::test]
async fn a_run_that_wrote_nothing_never_began_and_hides_no_earlier_one() {
    let (directory, state) = state();
    let lock = state.lock(&account()).unwrap();
    let empty = run(&state, &lock, &plan('a'), 5, Vec::new()).await;
    assert_eq!(empty.state().unwrap(), None);
    assert_eq!(run_of(&state, &plan('a')), None);
    run(&state, &lock, &plan('a'), 1, vec![run_started(&plan('a'))]).await;
    assert_eq!(run_of(&state, &plan('a')).as_deref(), Some("20261122T100001Z-aaaaaaaa"));
    // One that was cut off in its first record, and one without a journal.
    fs::write(empty.journal_path(), "{\"seq\":0,").unwrap();
    state.new_run(&plan('a'), at(7)).unwrap();
    fs::write(directory.path().join("state/runs/README"), "not a run").unwrap();
    assert_eq!(run_of(&state, &plan('a')).as_deref(), Some("20261122T100001Z-aaaaaaaa"));
    assert_eq!(state.list().unwrap().len(), 2);
}

#[tokio::test]
async fn a_journal_that_contradicts_itself_is_an_error_for_its_plan_alone() {
    let (_directory, state) = state();
    let lock = state.lock(&account()).unwrap();
    let twice = vec![run_started(&plan('a')), run_started(&plan('a'))];
    let bad = run(&state, &lock, &plan('a'), 0, twice).await;
    run(&state, &lock, &plan('b'), 1, vec![run_started(&plan('b'))]).await;
    assert!(matches!(bad.state(), Err(StateDirError::Inconsistent { .. })));
    assert!(matches!(state.run_of(&plan('a')), Err(StateDirError::Inconsistent { .. })));
    assert!(run_of(&state, &plan('b')).is_some());
    fs::write(bad.journal_path(), "{}\n").unwrap();
    assert!(matches!(state.run_of(&plan('a')), Err(StateDirError::Read(_))));
}

#[tokio::test]
async fn a_reopened_run_cuts_off_the_torn_line_and_goes_on() {
    let (_directory, state) = state();
    let lock = state.lock(&account()).unwrap();
    let dir = run(&state, &lock, &plan('a'), 0, vec![run_started(&plan('a'))]).await;
    let mut text = fs::read_to_string(dir.journal_path()).unwrap();
    text.push_str("{\"seq\":1,\"at\":");
    fs::write(dir.journal_path(), text).unwrap();
    dir.reopen_journal(&lock).unwrap().append(at(1), run_ended(RunEnd::Completed)).await.unwrap();
    assert_eq!(dir.state().unwrap().unwrap().end, Some(RunEnd::Completed));
}

#[test]
fn runs_of_two_directories_that_begin_in_the_same_second_are_told_apart() {
    let directories = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let ids = directories.each_ref().map(|directory| {
        let state = StateDir::at(directory.path()).with_unique_ids();
        drop(state.lock(&account()).unwrap());
        state.new_run(&plan('a'), at(3)).unwrap().id
    });
    assert_ne!(ids[0], ids[1]);
    assert!(ids[0].as_str().starts_with(&ids[1].as_str()[..25]), "{ids:?}");
}
