//! What transfers have left in their bucket as JSON. Reasons come as words, with their stable codes beside them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::json::to_json;
use super::wording;
use crate::api_error::ApiError;
use crate::ids::{AccountId, Digest, ItemId, RunId};
use crate::transfer::{
    AttemptFound, AttemptState, DataReport, ItemData, ManifestDifference, ManifestUnread, NamedEntry, Proof,
    TransfersSeen, Unproven,
};

/// The format of the document.
const FORMAT_VERSION: u32 = 2;

/// A report as a document.
pub fn data_json(report: &DataReport) -> String {
    let DataReport { plan, run, account, now, inside: _, expire_after, items } = report;
    to_json(&DataDocument {
        format_version: FORMAT_VERSION,
        plan,
        run: run.as_ref(),
        account,
        now: *now,
        proven: report.is_proven(),
        items: items.iter().map(|item| said(item, *now)).collect(),
        lifecycle_rules: expire_after.map(|days| report.lifecycle_rules(days)),
    })
}

#[derive(Serialize)]
struct DataDocument<'a> {
    format_version: u32,
    plan: &'a Digest,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<&'a RunId>,
    account: &'a AccountId,
    now: Timestamp,
    proven: bool,
    items: Vec<SaidItem<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lifecycle_rules: Option<BTreeMap<&'a str, Vec<Value>>>,
}

#[derive(Serialize)]
struct SaidItem<'a> {
    id: &'a ItemId,
    bucket: &'a str,
    prefix: &'a str,
    proven: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    standing: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a ApiError>,
    attempts: Vec<SaidAttempt>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    manifests: Vec<SaidManifest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    differences: Option<Vec<SaidDifference>>,
}

#[derive(Serialize)]
struct SaidAttempt {
    name: String,
    kind: &'static str,
    by_hand: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<Timestamp>,
    state: &'static str,
    found: String,
    stored_bytes: u64,
    stored_parts: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    proof: Option<SaidProof>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failures: Vec<SaidEntry>,
}

#[derive(Serialize)]
struct SaidProof {
    status_sha256: Digest,
    manifest_digest: Digest,
    entries: u64,
    bytes: u64,
    parts: usize,
    left_out: u64,
}

#[derive(Serialize)]
struct SaidEntry {
    path: String,
    why: String,
}

#[derive(Serialize)]
struct SaidManifest {
    attempt: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    entries: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unread: Option<String>,
}

#[derive(Serialize)]
struct SaidDifference {
    path: String,
    kind: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    members: Vec<String>,
}

fn said(item: &ItemData, now: Timestamp) -> SaidItem<'_> {
    let ItemData { item: id, bucket, prefix, seen } = item;
    let base = SaidItem {
        id,
        bucket,
        prefix,
        proven: item.is_proven(),
        standing: None,
        error: seen.as_ref().err(),
        attempts: Vec::new(),
        manifests: Vec::new(),
        differences: None,
    };
    let Ok(TransfersSeen { transfers, totals, manifests, differences }) = seen else { return base };
    let attempt = |found: &AttemptFound| {
        let total = totals.get(&found.name).copied().unwrap_or_default();
        let (state, words) = wording::attempt_state(found, now);
        SaidAttempt {
            name: found.name.to_string(),
            kind: found.name.kind.as_str(),
            by_hand: found.name.by_hand,
            at: found.at,
            state,
            found: words,
            stored_bytes: total.bytes,
            stored_parts: total.parts,
            proof: proof(&found.state),
            failures: failures(&found.state),
        }
    };
    let manifest =
        |(name, read): (&crate::transfer::AttemptName, &Result<u64, ManifestUnread>)| SaidManifest {
            attempt: name.to_string(),
            entries: read.as_ref().ok().copied(),
            unread: read.as_ref().err().map(wording::manifest_unread),
        };
    SaidItem {
        standing: Some(transfers.standing().as_str()),
        attempts: transfers.attempts.iter().map(attempt).collect(),
        manifests: manifests.iter().map(manifest).collect(),
        differences: differences
            .as_ref()
            .and_then(|read| read.as_ref().ok())
            .map(|list| list.iter().map(difference).collect()),
        ..base
    }
}

fn proof(state: &AttemptState) -> Option<SaidProof> {
    let AttemptState::Proven(Proof {
        status,
        manifest,
        bytes,
        disk: _,
        parts,
        skipped: _,
        left_out,
        quiet: _,
    }) = state
    else {
        return None;
    };
    Some(SaidProof {
        status_sha256: status.clone(),
        manifest_digest: manifest.digest.clone(),
        entries: manifest.entries,
        bytes: *bytes,
        parts: *parts,
        left_out: *left_out,
    })
}

fn failures(state: &AttemptState) -> Vec<SaidEntry> {
    let AttemptState::Unproven(Unproven::Failed { failures, failed: _ }) = state else { return Vec::new() };
    let entry =
        |NamedEntry { path, why }: &NamedEntry| SaidEntry { path: path.to_string(), why: why.clone() };
    failures.iter().map(entry).collect()
}

fn difference(difference: &ManifestDifference) -> SaidDifference {
    let (path, kind, members) = match difference {
        ManifestDifference::Lost(path) => (path, "lost", Vec::new()),
        ManifestDifference::Added(path) => (path, "added", Vec::new()),
        ManifestDifference::Changed { path, members } => (path, "changed", members.clone()),
    };
    SaidDifference { path: path.to_string(), kind, members }
}
