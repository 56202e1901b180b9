//! What follows a write that failed: nothing.

use std::fs;

use super::*;
use crate::fixtures::now;

fn entry() -> Entry {
    Entry::RunResumed { tool_version: "0.1.0".to_owned(), caller: None }
}

/// A journal over a file that refuses to be written, and the file's path.
fn refusing() -> (tempfile::TempDir, Journal) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal.jsonl");
    fs::write(&path, "").unwrap();
    let journal = Journal::over(&path, File::open(&path).unwrap(), Tail::of_new(FORMAT_VERSION));
    (directory, journal)
}

#[tokio::test]
async fn after_a_write_that_failed_nothing_more_is_written_even_if_it_could_be() {
    let (_directory, journal) = refusing();
    let first = journal.append(now(), entry()).await;
    assert!(matches!(first, Err(WriteJournalError::Write { .. })), "{first:?}");
    // The trouble is over; what the failed write left behind is still not known.
    journal.open.lock().unwrap().file = OpenOptions::new().append(true).open(&journal.path).unwrap();
    for _ in 0..2 {
        let later = journal.append(now(), entry()).await;
        assert!(matches!(later, Err(WriteJournalError::Closed { .. })), "{later:?}");
    }
    assert_eq!(fs::read(&journal.path).unwrap(), b"");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_closes_the_journal() {
    let path = Path::new("/dev/full");
    let journal = Journal::over(
        path,
        OpenOptions::new().append(true).open(path).unwrap(),
        Tail::of_new(FORMAT_VERSION),
    );
    let Err(WriteJournalError::Write { source, .. }) = journal.append(now(), entry()).await else {
        panic!("a full disk took a record");
    };
    assert_eq!(source.kind(), io::ErrorKind::StorageFull);
    let later = journal.append(now(), entry()).await;
    assert!(matches!(later, Err(WriteJournalError::Closed { .. })), "{later:?}");
}

#[tokio::test]
async fn records_that_are_appended_at_the_same_time_have_numbers_of_their_own_and_whole_lines() {
    let directory = tempfile::tempdir().unwrap();
    let lock = Lock::take(&directory.path().join("lock")).unwrap();
    let path = directory.path().join("journal.jsonl");
    let journal = Journal::create(&path, &lock).unwrap();
    let appends = (0..40).map(|_| journal.append(now(), entry()));
    for appended in futures_util::future::join_all(appends).await {
        appended.unwrap();
    }
    let records = crate::journal::read(&path).unwrap().records;
    let numbers: Vec<u64> = records.iter().map(|record| record.seq).collect();
    assert_eq!(numbers, (0..40).collect::<Vec<u64>>());
}
