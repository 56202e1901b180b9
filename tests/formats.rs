//! What was saved by an earlier version must be readable for ever: see `plans/README.md`.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "formats/audit.rs"]
mod audit;
#[path = "formats/diff.rs"]
mod diff;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use remediate::execute::{EVENT_FORMAT_VERSION, Event, EventKind, Fared, ItemReport, Phase, RunReport};
use remediate::ids::{ItemId, RunId};
use remediate::journal::{
    Call, Journal, Left, Lock, Outcome, Presence, Purpose, ReadJournalError, RunEnd, SourceRest, fold, read,
};
use remediate::plan::check::check;
use remediate::plan::file::{LoadPlanError, load, to_bytes};
use remediate::plan::{HazardKind, Plan, WithheldReason};
use remediate::report::status::RunStatus;
use remediate::report::{json_line, to_json};
use serde_json::Value;

/// The digest of `plans/format-1.json` when it was made.
const DIGEST: &str = "a66b001dfa39af943b9aabdae20ec7d4b7bdf4c4c1697b4220f5a174e3c8ed70";
/// That of `plans/format-2.json`.
const DIGEST_2: &str = "1f4388c4bca80e49e4e012512d947bdd9b0a0e3b30edeede05622f3f196d85b7";
/// That of `plans/format-3.json`.
const DIGEST_3: &str = "41fa3f3577f72d3c033337b8f2ab85015e9e96128b09ccd52845a1569648a37d";
const DIGEST_4: &str = "35093d6345bf7ce959691eb1de9cb3a638ad8e2b438819755ba9ed1bc279ae54";

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
fn a_plan_of_any_format_loads_with_the_digest_that_it_was_given() {
    for (name, digest, format) in [("format-1.json", DIGEST, 1), ("format-2.json", DIGEST_2, 2)] {
        let plan = assert_loads(name, digest, format);
        let names: Vec<&str> = plan.items.iter().map(|item| item.id.name.as_str()).collect();
        assert_eq!(names, ["fraud-etl", "geo-maps", "ml-sandbox", "nlp-lab", "scratch-7", "vision-train"]);
        assert_eq!((plan.totals.seen, plan.withheld.len(), plan.gaps.len()), (25, 13, 4));
    }
    let plan = assert_loads("format-3.json", DIGEST_3, 3);
    assert_eq!((plan.totals.seen, plan.items.len(), plan.withheld.len(), plan.gaps.len()), (34, 8, 20, 4));
    assert_eq!((plan.exemptions.len(), plan.quotas.len()), (3, 4));
    let plan = assert_loads("format-4.json", DIGEST_4, 4);
    assert_eq!((plan.totals.seen, plan.items.len(), plan.withheld.len(), plan.gaps.len()), (39, 8, 25, 4));
}

fn assert_loads(name: &str, digest: &str, format: u32) -> Plan {
    let plan = load(&reference(name)).unwrap();
    assert_eq!(plan.digest.as_str(), digest);
    assert_eq!(plan.format_version, format);
    plan
}

#[test]
fn a_plan_of_any_format_is_written_again_byte_for_byte() {
    for name in ["format-1.json", "format-2.json", "format-3.json", "format-4.json"] {
        let path = reference(name);
        let written = String::from_utf8(to_bytes(&load(&path).unwrap()).unwrap()).unwrap();
        assert_eq!(written, fs::read_to_string(&path).unwrap(), "{name}");
    }
}

#[test]
fn what_a_format_does_not_have_is_not_done() {
    let limits = |name: &str| load(&reference(name)).unwrap().limits.canary;
    assert_eq!((limits("format-1.json"), limits("format-2.json")), (0, 1));
    let items = |name: &str| load(&reference(name)).unwrap().items;
    assert!(items("format-1.json").iter().all(|item| item.on_failure.is_none() && !item.cleanup));
    let second = items("format-2.json");
    assert!(second.iter().all(|item| item.on_failure.is_some()));
    assert!(second.iter().any(|item| item.cleanup) && second.iter().any(|item| !item.cleanup));
    assert!(second.iter().all(|item| item.hazards.is_empty()));
    let plan = load(&reference("format-2.json")).unwrap();
    assert!(plan.exemptions.is_empty() && plan.quotas.is_empty());
}

#[test]
fn the_reference_plan_of_format_4_has_what_a_plan_can_have() {
    let path = reference("format-4.json");
    let plan = load(&path).unwrap();
    assert_eq!(check(&plan), []);
    let whole: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let list = |name: &str| whole[name].as_array().unwrap();
    let codes = each(list("withheld"), "/reason/code");
    let expected: Vec<&str> = OLD_CODES.into_iter().chain(NEW_CODES).collect();
    assert_eq!(codes, expected.into_iter().map(str::to_owned).collect());

    let of_items = plan.items.iter().flat_map(|item| &item.hazards);
    let of_withheld = plan.withheld.iter().filter_map(|one| {
        if let WithheldReason::Hazards { hazards } = &one.reason { Some(hazards) } else { None }
    });
    let kinds: BTreeSet<HazardKind> =
        of_items.chain(of_withheld.flatten()).map(|hazard| hazard.kind).collect();
    assert_eq!(kinds, HazardKind::ALL.into());

    let items = list("items");
    let all = |name: &str| items.iter().flat_map(|item| item[name].as_array().unwrap()).collect::<Vec<_>>();
    assert_eq!(each(all("steps"), "/step").len(), 5);
    assert_eq!(each(all("changes"), "/attribute").len(), 10, "every attribute that can change");
    let checks: BTreeSet<(&str, &str, bool)> = items
        .iter()
        .flat_map(|item| item["target"]["checks"].as_array().unwrap())
        .map(|one| (one["name"].as_str().unwrap(), one["verdict"].as_str().unwrap(), one["required"] == true))
        .collect();
    for check in [("egress", "no", false), ("s3", "yes", true), ("sagemaker-api", "unknown", true)] {
        assert!(checks.contains(&check), "{check:?}");
    }
    assert!(checks.contains(&("tenancy", "unknown", false)));

    let expired = plan.exemptions.iter().map(|one| (one.expired, one.ticket.is_some())).collect::<Vec<_>>();
    assert_eq!(expired, [(false, true), (true, false), (false, false)]);
    let fits = plan.quotas.iter().map(|one| (one.unread.is_some(), one.concurrency)).collect::<Vec<_>>();
    assert_eq!(fits, [(true, None), (true, None), (false, Some(3)), (false, Some(0))]);
}

/// Why instances are withheld in the reference plans of formats 1 and 2.
const OLD_CODES: [&str; 12] = [
    "already-replaced",
    "exempt",
    "in-place",
    "maybe-replaced",
    "member-not-reported",
    "network",
    "no-target",
    "one-way-platform",
    "status",
    "tags-unreadable",
    "too-many-tags",
    "unknown",
];
/// Those that only plans since format 3 or 4 have.
const NEW_CODES: [&str; 8] = [
    "being-replaced",
    "exempt-by-tag",
    "exempt-tag-unclear",
    "hazards",
    "managed",
    "no-name",
    "replaced-wrongly",
    "source-key-unusable",
];

#[test]
fn the_reference_plan_has_what_a_plan_can_have() {
    let plan: Value = serde_json::from_slice(&fs::read(reference("format-1.json")).unwrap()).unwrap();
    let codes = each(plan["withheld"].as_array().unwrap(), "/reason/code");
    assert_eq!(codes.iter().map(String::as_str).collect::<Vec<_>>(), OLD_CODES);
    let items = plan["items"].as_array().unwrap();
    let steps = each(items.iter().flat_map(|item| item["steps"].as_array().unwrap()), "/step");
    assert_eq!(steps.len(), 5, "{steps:?}");
    let changes = each(items.iter().flat_map(|item| item["changes"].as_array().unwrap()), "/attribute");
    assert_eq!(changes.len(), 8, "{changes:?}");
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

#[tokio::test]
async fn a_journal_of_any_format_has_every_kind_of_record_and_is_written_again_byte_for_byte() {
    for (name, most) in [
        ("journal-format-1.jsonl", 9),
        ("journal-format-2.jsonl", 9),
        ("journal-format-3.jsonl", 9),
        ("journal-format-4.jsonl", 10),
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
    assert_promised("status-format-2.json", &to_json(&status));
}

#[test]
fn what_a_run_tells_while_it_goes_on_and_in_the_end_are_the_promised_lines() {
    let item: ItemId = "us-east-1/fraud-etl".parse().unwrap();
    let (run, purpose): (RunId, _) = ("20261122T113001Z-1f4388c4".parse().unwrap(), Purpose::Rollback);
    let at = "2026-11-22T11:30:01Z".parse().unwrap();
    let left = Left { source: Presence::Status("Stopped".to_owned()), replacement: Presence::Unknown };
    let failed = Outcome::Failed { reason: "no capacity".to_owned(), left: left.clone() };
    let why = Some("`fraud-etl` is still Stopping after 20 minutes: not ours to force".to_owned());
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
        .map(|event| json_line(&Event { format_version: EVENT_FORMAT_VERSION, at, event }))
        .collect();
    let fared = [
        Fared::Ended { outcome: failed },
        Fared::Ended { outcome: Outcome::RolledBack { replacement_deleted: true, notes: vec![] } },
        Fared::Unfinished { phase: Phase::StoppingSource, left, why },
        Fared::NotStarted,
    ];
    let items = fared.map(|fared| ItemReport { id: item.clone(), fared }).into();
    lines += &json_line(&RunReport { format_version: EVENT_FORMAT_VERSION, run, purpose, end, items });
    assert_promised("run-format-2.jsonl", &lines);
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
fn a_rehearsal_and_its_call_log_have_the_members_of_format_1() {
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
        serde_json::from_slice(&fs::read(reference("rehearsal-format-1.json")).unwrap()).unwrap();
    assert_eq!(shapes(&[made]), shapes(&[promised]));
    assert_eq!(shapes(&parsed(&log)), shapes(&parsed(&reference("calls-format-1.jsonl"))));
}

#[test]
fn files_of_a_later_format_are_refused_by_their_number() {
    let number = |to: u32| format!("\"format_version\": {to}");
    let (_plans, plan) = edited("format-1.json", &number(1), &number(5));
    assert!(matches!(load(&plan), Err(LoadPlanError::TooNew { found: 5, .. })));
    let number = |to: u32| format!("\"format_version\":{to},\"run\"");
    let (_journals, journal) = edited("journal-format-2.jsonl", &number(2), &number(5));
    assert!(matches!(read(&journal), Err(ReadJournalError::TooNew { found: 5, .. })));
}
