//! Pure: what the worker says: `hello.json`, `beat.json` and `status.json`.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::folder::ListedFiles;
use super::job::{Job, Task};

/// Something that failed, or was left out: its path, and why.
pub(crate) type Failure = (String, String);

/// An object that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) size: usize,
    pub(crate) sha256: String,
}

/// How an attempt has ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Ending {
    /// None: it succeeded.
    pub(crate) failures: Vec<Failure>,
    pub(crate) skipped: Vec<Failure>,
    pub(crate) listed: ListedFiles,
    pub(crate) parts: Vec<Written>,
    /// The manifest, if it was written.
    pub(crate) manifest: Option<Written>,
}

/// What a worker says of its job, at that time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words<'a> {
    pub(crate) job: &'a Job,
    pub(crate) at: Timestamp,
}

impl Words<'_> {
    /// `hello.json`, on a volume of that size.
    pub(crate) fn hello(self, size_in_gb: u32) -> Vec<u8> {
        let size = u64::from(size_in_gb) << 30;
        self.said(json!({ "python": "3.12.0", "kernel": "6.1.0-sandbox", "uid": 0, "size": size, "free": size / 2 }))
    }

    /// The `nth` `beat.json`.
    pub(crate) fn beat(self, nth: u32) -> Vec<u8> {
        self.said(json!({ "phase": self.job.task.word(), "bytes": u64::from(nth) << 20, "entries": nth }))
    }

    /// `status.json`.
    pub(crate) fn status(self, ending: &Ending) -> Vec<u8> {
        let Ending { failures, skipped, listed, parts, manifest } = ending;
        let named = |all: &[Failure]| {
            all.iter().map(|(path, why)| json!({ "path": path, "why": why })).collect::<Vec<_>>()
        };
        let written = |one: &Written| json!({ "size": one.size, "sha256": one.sha256 });
        let quiet = match self.job.task {
            Task::Export { quiesce } => quiesce,
            Task::Import { .. } => false,
        };
        let mut status = json!({
            "state": if failures.is_empty() { "ok" } else { "failed" },
            "bytes": listed.bytes,
            "disk": listed.disk,
            "counts": listed.counts,
            "failures": named(failures),
            "failed": failures.len(),
            "skipped": named(skipped),
            "left_out": skipped.len(),
            "quiet": quiet,
        });
        let Some(manifest) = manifest else { return self.said(status) };
        let mut said = written(manifest);
        said["digest"] = json!(listed.digest);
        said["entries"] = json!(listed.entries);
        status["manifest"] = said;
        match &self.job.task {
            Task::Export { .. } => status["parts"] = parts.iter().map(written).collect(),
            Task::Import { source_sha256, .. } => {
                status["source"] = json!({ "status_sha256": source_sha256, "digest": listed.digest });
            }
        }
        self.said(status)
    }

    /// With what every object begins with.
    fn said(self, more: Value) -> Vec<u8> {
        let Job { run, item, attempt, nonce, task, .. } = self.job;
        let at = self.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let identity = json!({
            "format": 1, "kind": task.word(), "run": run, "item": item, "attempt": attempt, "nonce": nonce, "at": at,
        });
        let mut members = Map::new();
        for value in [identity, more] {
            if let Value::Object(more) = value {
                members.extend(more);
            }
        }
        format!("{}\n", Value::Object(members)).into_bytes()
    }
}
