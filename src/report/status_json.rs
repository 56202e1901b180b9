//! Where a run stands as JSON. Reasons come as words, with their stable codes beside them.

use jiff::Timestamp;
use serde::Serialize;

use crate::ids::{AccountId, Digest, ItemId, RunId};
use crate::journal::{Call, Purpose};
use crate::status::{ItemStatus, Progressing, Reached, RunStatus, Stage};

use super::json::to_json;
use super::run_json::{SaidOutcome, SaidReason};

/// The format of the document.
const FORMAT_VERSION: u32 = 3;

/// A status as a document.
pub fn status_json(status: &RunStatus) -> String {
    let RunStatus { run, plan, account, stages } = status;
    let stages = stages.iter().map(SaidStage::from).collect();
    to_json(&StatusDocument { format_version: FORMAT_VERSION, run, plan, account, stages })
}

#[derive(Serialize)]
struct StatusDocument<'a> {
    format_version: u32,
    run: &'a RunId,
    plan: &'a Digest,
    account: &'a AccountId,
    stages: Vec<SaidStage<'a>>,
}

#[derive(Serialize)]
struct SaidStage<'a> {
    purpose: Purpose,
    last: Timestamp,
    state: &'a Progressing,
    items: Vec<SaidItemStatus<'a>>,
}

#[derive(Serialize)]
struct SaidItemStatus<'a> {
    id: &'a ItemId,
    reached: SaidReached<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_doubt: Option<Call>,
}

#[derive(Serialize)]
struct SaidReached<'a> {
    kind: &'static str,
    #[serde(flatten)]
    reason: Option<SaidReason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<SaidOutcome<'a>>,
}

impl<'a> From<&'a Stage> for SaidStage<'a> {
    fn from(stage: &'a Stage) -> Self {
        let Stage { purpose, last, state, items } = stage;
        let said = |item: &'a ItemStatus| {
            let ItemStatus { id, reached, in_doubt } = item;
            SaidItemStatus { id, reached: reached.into(), in_doubt: *in_doubt }
        };
        SaidStage { purpose: *purpose, last: *last, state, items: items.iter().map(said).collect() }
    }
}

impl<'a> From<&'a Reached> for SaidReached<'a> {
    fn from(reached: &'a Reached) -> Self {
        let reason = if let Reached::BringingBack { reason } = reached { Some(reason.into()) } else { None };
        let outcome = if let Reached::Ended { outcome } = reached { Some(outcome.into()) } else { None };
        SaidReached { kind: reached.code(), reason, outcome }
    }
}
