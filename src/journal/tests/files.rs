//! The journal's file: what is read of it after whatever has happened to it.

use std::error::Error;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;
use crate::journal::{FoldError, Journal, Lock, ReadJournalError, Reading, WriteJournalError, fold, read};

/// A directory with a lock, and the path of a journal in it.
struct Desk {
    lock: Lock,
    path: PathBuf,
    _directory: TempDir,
}

impl Desk {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let lock = Lock::take(&directory.path().join("lock")).unwrap();
        Self { lock, path: directory.path().join("journal.jsonl"), _directory: directory }
    }

    /// Writes a new journal with these entries.
    async fn write(&self, entries: Vec<Entry>) {
        let journal = Journal::create(&self.path, &self.lock).unwrap();
        append(&journal, records(entries)).await;
    }

    fn reopen(&self) -> Journal {
        Journal::reopen(&self.path, read(&self.path).unwrap().tail, &self.lock).unwrap()
    }
}

async fn append(journal: &Journal, records: Vec<Record>) {
    for Record { at, entry, .. } in records {
        journal.append(at, entry).await.unwrap();
    }
}

fn read_text(path: &Path, text: impl AsRef<[u8]>) -> Result<Reading, ReadJournalError> {
    fs::write(path, text).unwrap();
    read(path)
}

#[tokio::test]
async fn what_was_appended_is_read_back_record_by_record_one_line_each() {
    let desk = Desk::new();
    desk.write(story()).await;
    let reading = read(&desk.path).unwrap();
    assert_eq!(reading.records, records(story()));
    let text = fs::read_to_string(&desk.path).unwrap();
    assert_eq!(text.lines().count(), story().len());
    assert_eq!(usize::try_from(reading.tail.whole_bytes), Ok(text.len()));
    assert!(text.starts_with(
        "{\"seq\":0,\"at\":\"2026-11-22T10:00:00Z\",\"entry\":{\"kind\":\"run-started\",\"format_version\":6,"
    ));
}

#[tokio::test]
async fn a_journal_is_for_its_owner_alone_and_is_never_made_over_another() {
    let desk = Desk::new();
    desk.write(vec![run_started(&plan('a'))]).await;
    assert_eq!(fs::metadata(&desk.path).unwrap().permissions().mode() & 0o777, 0o600);
    let second = Journal::create(&desk.path, &desk.lock);
    assert!(matches!(second, Err(WriteJournalError::Write { .. })), "{second:?}");
    assert_eq!(read(&desk.path).unwrap().records.len(), 1);
}

#[tokio::test]
async fn a_reopened_journal_goes_on_with_the_next_number() {
    let desk = Desk::new();
    let (mut first, all) = (story(), records(story()));
    first.truncate(11);
    desk.write(first).await;
    append(&desk.reopen(), all[11..].to_vec()).await;
    assert_eq!(read(&desk.path).unwrap().records, all);
}

#[tokio::test]
async fn a_last_line_that_was_cut_off_anywhere_is_left_out_and_the_next_record_takes_its_place() {
    let desk = Desk::new();
    let entries = vec![run_started(&plan('a')), started("a", PriorStatus::InService), failing("a")];
    let all = records(entries.clone());
    desk.write(entries).await;
    let whole = fs::read(&desk.path).unwrap();
    let last = 1 + whole[..whole.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap();
    assert!(whole.len() - last > 100);
    for length in last..whole.len() {
        let reading = read_text(&desk.path, &whole[..length]).unwrap();
        assert_eq!(reading.records, all[..2], "{length}");
        assert_eq!(usize::try_from(reading.tail.whole_bytes), Ok(last), "{length}");
        append(&desk.reopen(), all[2..].to_vec()).await;
        assert_eq!(fs::read(&desk.path).unwrap(), whole, "{length}");
    }
}

#[tokio::test]
async fn damage_in_a_whole_line_is_refused_with_the_number_of_the_line() {
    let desk = Desk::new();
    desk.write(story()).await;
    let text = fs::read_to_string(&desk.path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let last = lines.len() - 1;
    let seq = |line: &str| line.replacen("{\"seq\":", "{\"seq\":-", 1);
    for at in [0, 1, 7, last] {
        let damages = [
            String::new(),
            "\0\0\0\0".to_owned(),
            lines[at][..lines[at].len() - 1].to_owned(),
            format!("{}{}", lines[at], lines[at]),
            lines[at].replace("\"kind\":\"", "\"kind\":\"un"),
            lines[at].replacen("{\"seq\"", "{\"more\":1,\"seq\"", 1),
            seq(lines[at]),
        ];
        for damage in damages {
            let mut damaged = lines.clone();
            damaged[at] = &damage;
            let error = read_text(&desk.path, damaged.join("\n") + "\n").unwrap_err();
            let line = at + 1;
            assert!(error.to_string().ends_with(&format!("is damaged at line {line}")), "{damage}: {error}");
            assert!(error.source().is_some());
        }
    }
}

#[test]
fn a_journal_that_is_not_text_or_not_there_is_an_error_and_no_panic() {
    let desk = Desk::new();
    assert!(matches!(read(&desk.path), Err(ReadJournalError::Read { .. })));
    let error = read_text(&desk.path, b"\xff\xfe\n").unwrap_err();
    assert!(matches!(error, ReadJournalError::Damaged { line: 1, .. }), "{error}");
}

#[test]
fn a_journal_without_a_whole_line_has_no_records() {
    let desk = Desk::new();
    for text in ["", "{", "{\"seq\":0", "\0\0\0"] {
        let reading = read_text(&desk.path, text).unwrap();
        assert_eq!((reading.records.len(), reading.tail.whole_bytes), (0, 0), "{text}");
        assert_eq!(fold(&reading.records), Err(FoldError::NoStart));
    }
}

#[tokio::test]
async fn a_journal_of_a_later_version_is_told_from_a_damaged_one_whatever_its_lines_hold() {
    let desk = Desk::new();
    desk.write(vec![run_started(&plan('a')), started("a", PriorStatus::InService)]).await;
    let text = fs::read_to_string(&desk.path).unwrap();
    let later = text.replace("\"format_version\":6", "\"format_version\":7");
    let unheard = "{\"seq\":2,\"at\":\"2026-11-22T10:00:00Z\",\"entry\":{\"kind\":\"moved\"}}\n";
    let with_more = later.replacen("\"seq\":0", "\"seq\":0,\"of\":9", 1);
    for text in [later.clone(), format!("{later}{unheard}"), with_more] {
        let error = read_text(&desk.path, &text).unwrap_err();
        assert!(error.to_string().ends_with("has format 7; this version reads up to 6"), "{error}: {text}");
    }
    assert!(matches!(
        read_text(&desk.path, format!("{text}{unheard}")),
        Err(ReadJournalError::Damaged { line: 3, .. })
    ));
}

#[tokio::test]
async fn a_line_that_was_changed_removed_or_inserted_breaks_the_chain_at_the_next() {
    let desk = Desk::new();
    desk.write(story()).await;
    let text = fs::read_to_string(&desk.path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let at = 7;
    let edited = lines[at].replace("2026-11-22T10", "2026-11-22T11");
    assert_ne!(edited, lines[at]);
    let with = |line: &str| [&lines[..at], &[line], &lines[at + 1..]].concat().join("\n") + "\n";
    let without = [&lines[..at], &lines[at + 1..]].concat().join("\n") + "\n";
    let inserted = [&lines[..at], &[lines[at]], &lines[at..]].concat().join("\n") + "\n";
    for (text, line) in [(with(&edited), at + 2), (without, at + 1), (inserted, at + 2)] {
        let error = read_text(&desk.path, text).unwrap_err();
        assert!(matches!(error, ReadJournalError::Changed { line: found, .. } if found == line), "{error}");
    }
}

#[tokio::test]
async fn a_journal_of_format_1_goes_on_as_one() {
    let desk = Desk::new();
    let (first, rest) = (records(story())[..3].to_vec(), records(story())[3..].to_vec());
    let old: String = first.iter().map(|record| serde_json::to_string(record).unwrap() + "\n").collect();
    fs::write(&desk.path, old.replace("\"format_version\":6", "\"format_version\":1")).unwrap();
    append(&desk.reopen(), rest).await;
    let text = fs::read_to_string(&desk.path).unwrap();
    assert!(!text.contains("previous"), "{text}");
    assert_eq!(read(&desk.path).unwrap().records.len(), story().len());
}
