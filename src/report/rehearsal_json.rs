//! What a rehearsal has shown as JSON. Reasons come as words, with their stable codes beside them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::ids::{Digest, ItemId, Region};
use crate::rehearse::{Failing, Rehearsal, Room, Spread, Trouble};

use super::json::to_json;
use super::wording;

/// The format of the document.
const FORMAT_VERSION: u32 = 2;

/// A rehearsal as a document.
pub fn rehearsal_json(rehearsal: &Rehearsal) -> String {
    let failing = rehearsal.failing.iter().map(SaidFailing::from).collect();
    to_json(&RehearsalDocument {
        format_version: FORMAT_VERSION,
        plan: &rehearsal.plan,
        trials: rehearsal.trials,
        completed: rehearsal.completed,
        first_seed: rehearsal.first_seed,
        faults: &rehearsal.faults,
        items: rehearsal.items,
        duration: rehearsal.duration,
        all_calls: rehearsal.all_calls,
        calls: &rehearsal.calls,
        spare: rehearsal.spare,
        rooms: &rehearsal.rooms,
        failing,
        ended_early: wording::ended_early(rehearsal),
        assumptions: wording::ASSUMPTIONS,
    })
}

#[derive(Serialize)]
struct RehearsalDocument<'a> {
    format_version: u32,
    plan: &'a Digest,
    trials: u32,
    completed: u32,
    first_seed: u64,
    faults: &'a [String],
    items: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<Spread>,
    all_calls: u32,
    calls: &'a BTreeMap<String, u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spare: Option<u32>,
    rooms: &'a BTreeMap<Region, Room>,
    failing: Vec<SaidFailing<'a>>,
    ended_early: BTreeMap<String, u32>,
    assumptions: &'static str,
}

#[derive(Serialize)]
struct SaidFailing<'a> {
    item: &'a ItemId,
    trials: u32,
    reasons: BTreeSet<String>,
    codes: BTreeSet<&'static str>,
}

impl<'a> From<&'a Failing> for SaidFailing<'a> {
    fn from(failing: &'a Failing) -> Self {
        let Failing { item, trials, troubles } = failing;
        let codes = troubles.iter().map(Trouble::code).collect();
        SaidFailing { item, trials: *trials, reasons: wording::troubles(failing), codes }
    }
}
