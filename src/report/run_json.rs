//! What happens in a run as JSON: events, the report at its end, and outcomes wherever they stand. Reasons and notes come as
//! words, with their stable codes beside them.

use jiff::Timestamp;
use serde::Serialize;

use crate::execute::{Event, EventKind, ItemReport, ItemResult, Phase, RunReport};
use crate::ids::{InstanceName, ItemId, RunId};
use crate::journal::{Left, Note, Outcome, Purpose, Reason, RunEnd};
use crate::report::{json_line, wording};

/// An event as one line of JSON.
pub fn event_line(event: &Event) -> String {
    let Event { format_version, at, event } = event;
    let event = match event {
        EventKind::ItemEnded { item, outcome } => SaidEvent::ItemEnded { item, outcome: outcome.into() },
        other @ (EventKind::RunStarted { .. }
        | EventKind::ItemPhase { .. }
        | EventKind::TransferProgress { .. }
        | EventKind::CallFailed { .. }
        | EventKind::RunEnded { .. }) => SaidEvent::Other(other),
    };
    json_line(&EventDocument { format_version: *format_version, at: *at, event })
}

/// The report at the end of a run as one line of JSON.
pub fn report_line(report: &RunReport) -> String {
    let RunReport { format_version, run, purpose, end, items } = report;
    let items =
        items.iter().map(|ItemReport { id, result }| SaidItem { id, result: result.into() }).collect();
    json_line(&ReportDocument { format_version: *format_version, run, purpose: *purpose, end, items })
}

/// A reason as two members of whatever document it is in.
#[derive(Serialize)]
pub(super) struct SaidReason {
    code: &'static str,
    reason: String,
}

#[derive(Serialize)]
struct EventDocument<'a> {
    format_version: u32,
    at: Timestamp,
    event: SaidEvent<'a>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum SaidEvent<'a> {
    ItemEnded {
        item: &'a ItemId,
        outcome: SaidOutcome<'a>,
    },
    #[serde(untagged)]
    Other(&'a EventKind),
}

#[derive(Serialize)]
struct ReportDocument<'a> {
    format_version: u32,
    run: &'a RunId,
    purpose: Purpose,
    end: &'a RunEnd,
    items: Vec<SaidItem<'a>>,
}

#[derive(Serialize)]
struct SaidItem<'a> {
    id: &'a ItemId,
    #[serde(rename = "fared")]
    result: SaidResult<'a>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum SaidResult<'a> {
    Ended {
        outcome: SaidOutcome<'a>,
    },
    Unfinished {
        phase: Phase,
        left: &'a Left,
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<&'static str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    },
    NotStarted,
}

/// An outcome, for documents that have one in them.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(super) enum SaidOutcome<'a> {
    Done {
        replacement: &'a InstanceName,
        source_deleted: bool,
        notes: Vec<String>,
        note_codes: Vec<&'static str>,
    },
    Repaired {
        notes: Vec<String>,
        note_codes: Vec<&'static str>,
    },
    RolledBack {
        replacement_deleted: bool,
        notes: Vec<String>,
        note_codes: Vec<&'static str>,
    },
    AlreadyDone {
        replacement: &'a InstanceName,
    },
    Refused {
        code: &'static str,
        reason: String,
    },
    Failed {
        code: &'static str,
        reason: String,
        left: &'a Left,
    },
}

impl From<&Reason> for SaidReason {
    fn from(reason: &Reason) -> Self {
        SaidReason { code: reason.code(), reason: wording::reason(reason) }
    }
}

impl<'a> From<&'a ItemResult> for SaidResult<'a> {
    fn from(result: &'a ItemResult) -> Self {
        match result {
            ItemResult::Ended { outcome } => SaidResult::Ended { outcome: outcome.into() },
            ItemResult::Unfinished { phase, left, why } => SaidResult::Unfinished {
                phase: *phase,
                left,
                code: why.as_ref().map(Reason::code),
                why: why.as_ref().map(wording::reason),
            },
            ItemResult::NotStarted => SaidResult::NotStarted,
        }
    }
}

impl<'a> From<&'a Outcome> for SaidOutcome<'a> {
    fn from(outcome: &'a Outcome) -> Self {
        let said = |notes: &[Note]| -> (Vec<String>, Vec<&'static str>) {
            notes.iter().map(|note| (wording::note(note), note.code())).unzip()
        };
        match outcome {
            Outcome::Done { replacement, source_deleted, notes } => {
                let (notes, note_codes) = said(notes);
                SaidOutcome::Done { replacement, source_deleted: *source_deleted, notes, note_codes }
            }
            Outcome::Repaired { notes } => {
                let (notes, note_codes) = said(notes);
                SaidOutcome::Repaired { notes, note_codes }
            }
            Outcome::RolledBack { replacement_deleted, notes } => {
                let (notes, note_codes) = said(notes);
                SaidOutcome::RolledBack { replacement_deleted: *replacement_deleted, notes, note_codes }
            }
            Outcome::AlreadyDone { replacement } => SaidOutcome::AlreadyDone { replacement },
            Outcome::Refused { reason } => {
                SaidOutcome::Refused { code: reason.code(), reason: wording::reason(reason) }
            }
            Outcome::Failed { reason, left } => {
                SaidOutcome::Failed { code: reason.code(), reason: wording::reason(reason), left }
            }
        }
    }
}
