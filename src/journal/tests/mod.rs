//! The journal: what its records make, what its file survives, and what the state directory keeps.

mod files;
mod order;
mod state_dir;
mod transfers;

use jiff::Timestamp;

use crate::api_error::{ApiError, ApiErrorKind};
use crate::fixtures::{account, id, name, now, region};
use crate::ids::Digest;
use crate::journal::{
    Call, Entry, FORMAT_VERSION, Left, Note, Outcome, Presence, PriorStatus, Purpose, Reason, Record, RunEnd,
};

/// The digest of a plan: 64 times the same digit, so that different digits differ from the first on.
fn plan(digit: char) -> Digest {
    digit.to_string().repeat(64).parse().unwrap()
}

fn run_started(plan: &Digest) -> Entry {
    Entry::RunStarted {
        format_version: FORMAT_VERSION,
        run: format!("20261122T100000Z-{}", plan.short()).parse().unwrap(),
        plan: plan.clone(),
        account: account(),
        tool_version: "0.1.0".to_owned(),
        purpose: Purpose::Apply,
        caller: None,
    }
}

fn run_resumed() -> Entry {
    Entry::RunResumed { tool_version: "0.1.0".to_owned(), caller: None }
}

fn run_ended(end: RunEnd) -> Entry {
    Entry::RunEnded { end }
}

fn started(item: &str, prior_status: PriorStatus) -> Entry {
    Entry::ItemStarted { item: id(item), prior_status }
}

fn intent(item: &str, call: Call) -> Entry {
    Entry::Intent { item: id(item), call }
}

fn accepted(item: &str, call: Call) -> Entry {
    Entry::CallEnded { item: id(item), call, error: None, request_id: None }
}

fn failed(item: &str, call: Call, kind: ApiErrorKind) -> Entry {
    Entry::CallEnded { item: id(item), call, error: Some(error(call, kind)), request_id: None }
}

fn error(call: Call, kind: ApiErrorKind) -> ApiError {
    ApiError {
        operation: call.operation().to_owned(),
        region: region(),
        kind,
        effect: kind.effect(),
        code: Some("Code".to_owned()),
        message: "\u{e4} \"quoted\"\nand on a second line".to_owned(),
        request_id: Some("f00".to_owned()),
    }
}

fn verified(item: &str, not_reported: &[&str]) -> Entry {
    let not_reported = not_reported.iter().map(|member| (*member).to_owned()).collect();
    Entry::ReplacementVerified { item: id(item), not_reported, found: None }
}

fn failing(item: &str) -> Entry {
    Entry::ItemFailing { item: id(item), reason: told("it failed") }
}

fn item_ended(item: &str, outcome: Outcome) -> Entry {
    Entry::ItemEnded { item: id(item), outcome }
}

fn done() -> Outcome {
    Outcome::Done {
        replacement: name("a-vpc"),
        source_deleted: true,
        notes: vec![Note::Told { text: "a note".to_owned() }],
    }
}

fn refused() -> Outcome {
    Outcome::Refused { reason: told("it drifted") }
}

fn left() -> Left {
    Left { source: Presence::Status("InService".to_owned()), replacement: Presence::Absent }
}

/// A run with every kind of entry: `a` is done at the second attempt, `b` is refused, the run is interrupted,
/// and resumed `c` fails and `d` is found done.
fn story() -> Vec<Entry> {
    use Call::{CreateReplacement, DeleteSource, StartSource, StopSource};
    vec![
        run_started(&plan('a')),
        item_ended("b", refused()),
        started("a", PriorStatus::InService),
        started("c", PriorStatus::InService),
        intent("a", StopSource),
        intent("c", StopSource),
        accepted("a", StopSource),
        failed("c", StopSource, ApiErrorKind::NoAnswer),
        intent("a", CreateReplacement),
        failed("a", CreateReplacement, ApiErrorKind::Throttled),
        run_ended(RunEnd::Interrupted),
        run_resumed(),
        intent("a", CreateReplacement),
        accepted("a", CreateReplacement),
        verified("a", &[]),
        intent("a", DeleteSource),
        accepted("a", DeleteSource),
        item_ended("a", done()),
        failing("c"),
        intent("c", StartSource),
        accepted("c", StartSource),
        item_ended("c", Outcome::Failed { reason: told("it failed"), left: left() }),
        item_ended("d", Outcome::AlreadyDone { replacement: name("d-vpc") }),
        run_ended(RunEnd::Completed),
    ]
}

/// The entries as a journal's records.
fn records(entries: Vec<Entry>) -> Vec<Record> {
    (0..).zip(entries).map(|(seq, entry)| Record { seq, at: at(seq), entry }).collect()
}

fn at(seq: u64) -> Timestamp {
    now() + std::time::Duration::from_secs(seq)
}

fn told(text: &str) -> Reason {
    Reason::Told { text: text.to_owned() }
}
