//! What was saved by an earlier version must be readable for ever: see `plans/README.md`.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "formats/audit.rs"]
mod audit;
#[path = "formats/data.rs"]
mod data;
#[path = "formats/diff.rs"]
mod diff;
#[path = "formats/plans.rs"]
mod plans;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use remediate::execute::{EVENT_FORMAT_VERSION, Event, EventKind, ItemReport, ItemResult, Phase, RunReport};
use remediate::ids::{ItemId, RunId};
use remediate::inventory::Status;
use remediate::journal::{
    Call, Cause, Entry, Journal, Left, Lock, Note, Outcome, Presence, Purpose, ReadJournalError, Reason,
    RunEnd, SourceRest, fold, read,
};
use remediate::plan::file::{LoadPlanError, load};
use remediate::plan::{TransferKind, TransferWay};
use remediate::report::{event_line, report_line, status_json, wording};
use remediate::status::RunStatus;
use serde_json::Value;

/// The digest of `plans/format-1.json` when it was made.
const DIGEST: &str = "a66b001dfa39af943b9aabdae20ec7d4b7bdf4c4c1697b4220f5a174e3c8ed70";
/// That of `plans/format-2.json`.
const DIGEST_2: &str = "1f4388c4bca80e49e4e012512d947bdd9b0a0e3b30edeede05622f3f196d85b7";
/// That of `plans/format-3.json`.
const DIGEST_3: &str = "41fa3f3577f72d3c033337b8f2ab85015e9e96128b09ccd52845a1569648a37d";
/// That of `plans/format-4.json`.
const DIGEST_4: &str = "35093d6345bf7ce959691eb1de9cb3a638ad8e2b438819755ba9ed1bc279ae54";
/// That of `plans/format-5.json`.
const DIGEST_5: &str = "9eeba17435fc4fac0d187195a62a9f411131529d2cfed2c8ecb1d1c6f29378db";

fn reference(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("plans").join(name)
}

/// The file's text with one part replaced, in a file of its own.
fn edited(name: &str, from: &str, to: &str) -> (tempfile::TempDir, PathBuf) {
    let text = fs::read_to_string(reference(name)).unwrap();
    assert!(text.contains(from), "{name} has no {from}");
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(name);
    fs::write(&path, text.replacen(from, to, 1)).unwrap();
    (directory, path)
}

/// The value of `key` in each of these documents.
fn each<'a>(documents: impl IntoIterator<Item = &'a Value>, pointer: &str) -> BTreeSet<String> {
    let text = |document: &Value| document.pointer(pointer).unwrap().as_str().unwrap().to_owned();
    documents.into_iter().map(text).collect()
}

#[test]
fn a_journal_of_any_format_tells_what_became_of_each_item() {
    let expected = [
        ("fraud-etl", "done"),
        ("geo-maps", "refused"),
        ("ml-sandbox", "already done"),
        ("nlp-lab", "failed"),
        ("scratch-7", "done and deleted"),
        ("vision-train", "done"),
    ];
    for (journal, digest) in [
        ("journal-format-1.jsonl", DIGEST),
        ("journal-format-2.jsonl", DIGEST),
        ("journal-format-3.jsonl", DIGEST_2),
        ("journal-format-4.jsonl", DIGEST_2),
    ] {
        assert_tells_what_became_of_each_item((journal, digest), Purpose::Apply, &expected);
    }
}

#[test]
fn a_rollback_has_a_journal_of_its_own_and_looks_again_at_what_it_failed_at() {
    let expected = [
        ("fraud-etl", "rolled back"),
        ("nlp-lab", "rolled back"),
        ("scratch-7", "refused"),
        ("vision-train", "rolled back"),
    ];
    assert_tells_what_became_of_each_item(
        ("rollback-format-3.jsonl", DIGEST_2),
        Purpose::Rollback,
        &expected,
    );
}

fn assert_tells_what_became_of_each_item(
    (journal, digest): (&str, &str),
    purpose: Purpose,
    expected: &[(&str, &str)],
) {
    let state = fold(&read(&reference(journal)).unwrap().records).unwrap();
    assert_eq!((state.plan.as_str(), state.purpose), (digest, purpose));
    assert_eq!(state.run.as_str(), format!("20261122T113001Z-{}", &digest[..8]));
    assert_eq!(state.end, Some(RunEnd::Completed));
    let how = |outcome: &Outcome| match outcome {
        Outcome::Done { source_deleted: false, .. } => "done",
        Outcome::Done { source_deleted: true, .. } => "done and deleted",
        Outcome::Repaired { .. } => "repaired",
        Outcome::RolledBack { .. } => "rolled back",
        Outcome::AlreadyDone { .. } => "already done",
        Outcome::Refused { .. } => "refused",
        Outcome::Failed { .. } => "failed",
    };
    let outcomes: BTreeMap<String, &str> = state
        .items
        .iter()
        .map(|(item, past)| (item.name.to_string(), how(past.outcome.as_ref().unwrap())))
        .collect();
    assert_eq!(outcomes, expected.iter().map(|(name, how)| ((*name).to_owned(), *how)).collect());
}

#[test]
fn a_plan_with_repairs_in_place_and_the_journal_of_its_run_load_and_agree() {
    let plan = remediate::plan::file::load(&reference("format-5-repairs.json")).unwrap();
    let state = fold(&read(&reference("journal-format-5-repairs.jsonl")).unwrap().records).unwrap();
    assert_eq!((state.plan, state.end), (plan.digest.clone(), Some(RunEnd::Completed)));
    let upgraded = plan.repairs.iter().filter(|item| item.request.platform_identifier.is_some()).count();
    assert_eq!((plan.items.len(), plan.repairs.len(), upgraded), (1, 3, 1));
    assert!(plan.items.iter().all(|item| item.request.root_access.as_deref() == Some("Disabled")));
    for item in plan.all_items() {
        let outcome = state.items[item.id()].outcome.as_ref().unwrap();
        let repaired = matches!(outcome, Outcome::Repaired { .. });
        assert_eq!(repaired, item.replaced().is_none(), "{}", item.id());
    }
}

#[test]
fn a_plan_whose_files_a_run_moves_and_the_journal_of_that_run_load_and_agree() {
    let plan = load(&reference("format-5-moved.json")).unwrap();
    let by: BTreeMap<&str, TransferWay> =
        plan.items.iter().map(|item| (item.id.name.as_str(), item.transfer.as_ref().unwrap().by)).collect();
    let (run, hand) = (TransferWay::Run, TransferWay::Hand);
    assert_eq!(by, [("churn", run), ("hand-live", hand), ("ledger", run), ("scores", run)].into());
    let own: Vec<bool> =
        plan.items.iter().filter_map(|item| Some(item.moved_by_run()?.own_on_create)).collect();
    assert_eq!(own, [true, false, false]);
    let whys: BTreeSet<String> = plan
        .withheld
        .iter()
        .map(|one| serde_json::to_value(&one.reason).unwrap()["why"]["kind"].as_str().unwrap().to_owned())
        .collect();
    let expected = ["source-key-unusable", "source-not-started", "source-stopped"].map(str::to_owned);
    assert_eq!(whys, expected.into());

    let state = fold(&read(&reference("journal-format-6.jsonl")).unwrap().records).unwrap();
    assert_eq!((state.format, state.plan, state.end), (6, plan.digest, Some(RunEnd::Completed)));
    let ended = state.items.iter().map(|(item, past)| {
        let (export, import) = (past.moved(TransferKind::Export), past.moved(TransferKind::Import));
        let same = export.zip(import).is_some_and(|(one, other)| one.manifest == other.manifest);
        let code = match past.outcome.as_ref().unwrap() {
            Outcome::Done { notes, .. } => notes.last().map_or("done", Note::code),
            Outcome::Refused { reason } | Outcome::Failed { reason, .. } => reason.code(),
            Outcome::Repaired { .. } | Outcome::RolledBack { .. } | Outcome::AlreadyDone { .. } => "other",
        };
        (item.name.as_str(), (same, code))
    });
    let expected = [
        ("churn", (true, "files-moved")),
        ("hand-live", (false, "data-not-exported")),
        ("ledger", (true, "because")),
        ("scores", (false, "files-not-moved")),
    ];
    assert_eq!(ended.collect::<BTreeMap<_, _>>(), expected.into());
}

#[tokio::test]
async fn a_journal_of_any_format_has_every_kind_of_record_and_is_written_again_byte_for_byte() {
    for (name, most) in [
        ("journal-format-1.jsonl", 9),
        ("journal-format-2.jsonl", 9),
        ("journal-format-3.jsonl", 9),
        ("journal-format-4.jsonl", 10),
        ("journal-format-5.jsonl", 10),
        ("journal-format-6.jsonl", 12),
        // Nothing is verified in a rollback.
        ("rollback-format-3.jsonl", 8),
    ] {
        let text = fs::read_to_string(reference(name)).unwrap();
        let records = read(&reference(name)).unwrap().records;
        let directory = tempfile::tempdir().unwrap();
        let lock = Lock::take(&directory.path().join("lock")).unwrap();
        let path = directory.path().join(name);
        // The first record, and the rest by whoever goes on with the run.
        fs::write(&path, text.split_inclusive('\n').next().unwrap()).unwrap();
        let journal = Journal::reopen(&path, read(&path).unwrap().tail, &lock).unwrap();
        for record in &records[1..] {
            journal.append(record.at, record.entry.clone()).await.unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), text, "{name}");
        let documents: Vec<Value> =
            records.iter().map(|record| serde_json::to_value(record).unwrap()).collect();
        let kinds = each(&documents, "/entry/kind");
        assert_eq!(kinds.len(), most, "{kinds:?}");
    }
}

#[test]
fn a_journal_of_any_format_could_be_resumed_from_wherever_it_was_cut_off() {
    for name in [
        "journal-format-1.jsonl",
        "journal-format-3.jsonl",
        "journal-format-4.jsonl",
        "journal-format-5.jsonl",
        "journal-format-6.jsonl",
        "rollback-format-3.jsonl",
    ] {
        let records = read(&reference(name)).unwrap().records;
        for length in 1..=records.len() {
            fold(&records[..length]).unwrap();
        }
    }
}

#[test]
fn a_journal_of_format_4_tells_how_each_source_was_at_rest_and_an_older_one_that_it_does_not_tell() {
    let rests = |name: &str| -> BTreeSet<String> {
        let state = fold(&read(&reference(name)).unwrap().records).unwrap();
        let begun = state.items.into_iter().filter(|(_, past)| past.prior_status.is_some());
        begun.map(|(item, past)| format!("{} {:?}", item.name, past.rest)).collect()
    };
    let seen = |name: &str, at: &str| format!("{name} {:?}", SourceRest::Seen(Some(at.parse().unwrap())));
    let expected = [
        seen("fraud-etl", "2026-11-22T11:30:58.417Z"),
        // It was started again, and nobody looked at it while the run was cut off.
        "nlp-lab Missed".to_owned(),
        seen("scratch-7", "2026-11-22T11:34:09.5Z"),
        seen("vision-train", "2026-03-02T16:20:05Z"),
    ];
    assert_eq!(rests("journal-format-4.jsonl"), expected.into());
    let untold =
        ["fraud-etl", "nlp-lab", "scratch-7", "vision-train"].map(|name| format!("{name} Unrecorded"));
    assert_eq!(rests("journal-format-3.jsonl"), untold.into());
}

fn assert_promised(name: &str, text: &str) {
    assert_eq!(text, fs::read_to_string(reference(name)).unwrap(), "{name}");
}

#[test]
fn the_status_of_a_run_and_of_its_rollback_is_the_promised_document() {
    let plan = load(&reference("format-2.json")).unwrap();
    let state = |name: &str| fold(&read(&reference(name)).unwrap().records).unwrap();
    let (applied, rollback) = (state("journal-format-3.jsonl"), state("rollback-format-3.jsonl"));
    let status = RunStatus::new(&plan, &applied, &[rollback], None);
    assert_promised("status-format-3.json", &status_json(&status));
}

#[test]
fn what_a_run_tells_while_it_goes_on_and_in_the_end_are_the_promised_lines() {
    let item: ItemId = "us-east-1/fraud-etl".parse().unwrap();
    let (run, purpose): (RunId, _) = ("20261122T113001Z-1f4388c4".parse().unwrap(), Purpose::Rollback);
    let at = "2026-11-22T11:30:01Z".parse().unwrap();
    let left = Left { source: Presence::Status("Stopped".to_owned()), replacement: Presence::Unknown };
    let cause = Cause::InstanceFailed { reason: Some("no capacity".to_owned()), denied: false };
    let no_capacity = Reason::ReplacementFailed { cause };
    let failed = Outcome::Failed { reason: no_capacity, left: left.clone() };
    let (name, status) = (item.name.clone(), Some(Status::Stopping));
    let why = Some(Reason::NotOursToForce { name, status, minutes: 20 });
    let end = RunEnd::NoRoom { message: "the quota of 8 notebook instances is used up".to_owned() };
    let kinds = [
        EventKind::RunStarted {
            run: run.clone(),
            plan: DIGEST_2.parse().unwrap(),
            purpose,
            items: vec![item.clone()],
        },
        EventKind::ItemPhase { item: item.clone(), phase: Phase::DeletingReplacement },
        EventKind::CallFailed { item: item.clone(), call: Call::StartSource, error: "throttled".to_owned() },
        EventKind::ItemEnded { item: item.clone(), outcome: failed.clone() },
        EventKind::RunEnded { end: end.clone() },
    ];
    let mut lines: String = kinds
        .into_iter()
        .map(|event| event_line(&Event { format_version: EVENT_FORMAT_VERSION, at, event }))
        .collect();
    let result = [
        ItemResult::Ended { outcome: failed },
        ItemResult::Ended {
            outcome: Outcome::RolledBack { replacement_deleted: true, notes: vec![Note::SourceStarted] },
        },
        ItemResult::Unfinished { phase: Phase::StoppingSource, left, why },
        ItemResult::NotStarted,
    ];
    let items = result.map(|result| ItemReport { id: item.clone(), result }).into();
    lines += &report_line(&RunReport { format_version: EVENT_FORMAT_VERSION, run, purpose, end, items });
    assert_promised("run-format-3.jsonl", &lines);
}

/// The paths of all members, with what is counted or named by data left out.
fn shape(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) if ["/calls", "/rooms", "/ended_early"].contains(&path) => {
            for member in members.values() {
                shape(member, &format!("{path}/*"), found);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                shape(member, &format!("{path}/{name}"), found);
            }
        }
        Value::Array(elements) => {
            for element in elements {
                shape(element, &format!("{path}/*"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            found.insert(path.to_owned());
        }
    }
}

#[test]
fn a_rehearsal_and_its_call_log_have_the_members_of_format_2() {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("calls.jsonl");
    let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_remediate"))
        .arg("rehearse")
        .arg(reference("format-1.json"))
        .args([
            "--format",
            "json",
            "--runs",
            "2",
            "--spare",
            "6",
            "--fault",
            "access-denied:StopNotebookInstance@10%",
        ])
        .args(["--fault", "slow@1%=2s", "--log"])
        .arg(&log)
        .output()
        .unwrap();
    let shapes = |documents: &[Value]| {
        let mut found = BTreeSet::new();
        documents.iter().for_each(|document| shape(document, "", &mut found));
        found
    };
    let parsed = |path: &Path| -> Vec<Value> {
        fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let made: Value = serde_json::from_slice(&output.stdout).unwrap();
    let promised: Value =
        serde_json::from_slice(&fs::read(reference("rehearsal-format-2.json")).unwrap()).unwrap();
    assert_eq!(shapes(&[made]), shapes(&[promised]));
    assert_eq!(shapes(&parsed(&log)), shapes(&parsed(&reference("calls-format-1.jsonl"))));
}

#[test]
fn files_of_a_later_format_are_refused_by_their_number() {
    let number = |to: u32| format!("\"format_version\": {to}");
    let (_plans, plan) = edited("format-1.json", &number(1), &number(6));
    assert!(matches!(load(&plan), Err(LoadPlanError::TooNew { found: 6, .. })));
    let number = |to: u32| format!("\"format_version\":{to},\"run\"");
    let (_journals, journal) = edited("journal-format-2.jsonl", &number(2), &number(7));
    assert!(matches!(read(&journal), Err(ReadJournalError::TooNew { found: 7, .. })));
}

#[test]
fn a_journal_of_format_5_has_reasons_as_codes_and_an_older_one_has_them_in_words() {
    let said = |name: &str| -> Vec<(&'static str, String)> {
        let state = fold(&read(&reference(name)).unwrap().records).unwrap();
        let reasons = state.items.into_values().filter_map(|past| match past.outcome? {
            Outcome::Refused { reason } | Outcome::Failed { reason, .. } => Some(reason),
            Outcome::Done { .. }
            | Outcome::Repaired { .. }
            | Outcome::RolledBack { .. }
            | Outcome::AlreadyDone { .. } => None,
        });
        reasons.map(|reason| (reason.code(), wording::reason(&reason))).collect()
    };
    let drifted = "the source has drifted since the plan was made: tag Team was `geo` and is `maps`";
    let failed = "the replacement failed: No available capacity for the requested instance type";
    let with = |codes: [&'static str; 2]| vec![(codes[0], drifted.to_owned()), (codes[1], failed.to_owned())];
    assert_eq!(said("journal-format-5.jsonl"), with(["source-drifted", "replacement-failed"]));
    assert_eq!(said("journal-format-4.jsonl"), with(["told", "told"]));
}

#[test]
fn what_goes_on_in_a_journal_of_format_4_is_written_as_format_4_has_it() {
    let (old, new) = ("journal-format-4.jsonl", "journal-format-5.jsonl");
    let records = |name: &str| read(&reference(name)).unwrap().records;
    for (older, newer) in records(old).into_iter().zip(records(new)) {
        // The first says its format; to those that are done the newer file has a note.
        let differ = matches!(
            older.entry,
            Entry::RunStarted { .. } | Entry::ItemEnded { outcome: Outcome::Done { .. }, .. }
        );
        if !differ {
            assert_eq!(newer.entry.in_format(4, wording::WORDS), older.entry);
        }
    }
}
