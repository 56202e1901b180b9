//! Pure: `status.json`, by which a worker says how its attempt ended.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::names::RawName;
use super::read::{InvalidObject, WorkerObject};
use crate::ids::Digest;

const WHAT: &str = "status.json";

/// The most bytes that are read: some 90 for each part of 24 MiB of a volume of 16 TiB, the largest that there is.
const MOST: usize = 80 << 20;

/// An entry of the folder, and why it is named.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "RawNamed")]
pub struct NamedEntry {
    /// Its path; `.` is the folder itself, or the attempt as a whole.
    pub path: RawName,
    /// What the worker says of it.
    pub why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawNamed {
    path: Option<String>,
    path64: Option<String>,
    why: String,
}

impl TryFrom<RawNamed> for NamedEntry {
    type Error = &'static str;
    fn try_from(raw: RawNamed) -> Result<NamedEntry, &'static str> {
        let path =
            RawName::read(raw.path, raw.path64.as_deref()).ok_or("a path is not written as it must be")?;
        Ok(NamedEntry { path, why: raw.why })
    }
}

/// A part as the worker wrote it. Its number is its place in the list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartWritten {
    /// Its bytes.
    pub size: u64,
    /// Their SHA-256.
    pub sha256: Digest,
}

/// A manifest as the worker wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenManifest {
    /// Bytes of the object.
    pub size: u64,
    /// Their SHA-256.
    pub sha256: Digest,
    /// The SHA-256 of its lines, unpacked: equal folders have equal ones.
    pub digest: Digest,
    /// How many entries it lists.
    pub entries: u64,
}

/// The export that an import has read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceRead {
    /// The SHA-256 of its status.
    pub status_sha256: Digest,
    /// The digest of its manifest.
    pub digest: Digest,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Ok,
    Failed,
}

/// What a status says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransferStatus {
    state: State,
    /// Bytes of files.
    pub bytes: u64,
    /// Bytes that they take on the disk: fewer where files have holes.
    pub disk: u64,
    /// How many entries of each kind there are.
    pub counts: BTreeMap<String, u64>,
    /// Entries that failed, as many as a status names.
    pub failures: Vec<NamedEntry>,
    /// How many failed.
    pub failed: u64,
    /// Entries that were left out, since they are no data of this volume.
    pub skipped: Vec<NamedEntry>,
    /// How many were left out.
    pub left_out: u64,
    /// Whether the volume could not change meanwhile. If not, the worker has looked for changes.
    pub quiet: bool,
    /// The parts of an export that has read everything.
    #[serde(default)]
    pub parts: Vec<PartWritten>,
    /// What it lists its entries in, if it came so far.
    pub manifest: Option<WrittenManifest>,
    /// The export that an import has read, if it came so far.
    pub source: Option<SourceRead>,
}

impl TransferStatus {
    /// Reads a `status.json`.
    ///
    /// # Errors
    /// It is none, or contradicts itself.
    pub fn read(bytes: &[u8]) -> Result<WorkerObject<TransferStatus>, InvalidObject> {
        let object = WorkerObject::<TransferStatus>::parse(WHAT, bytes, MOST)?;
        let said = &object.said;
        let contradiction = |why| Err(InvalidObject::Contradiction { what: WHAT, why });
        if said.succeeded() && said.failed != 0 {
            return contradiction("it is ok, but something failed");
        }
        if !said.succeeded() && said.failed == 0 {
            return contradiction("it failed, but nothing did");
        }
        if said.succeeded() && said.manifest.is_none() {
            return contradiction("it is ok, but there is no manifest");
        }
        if (said.failures.len() as u64) > said.failed || (said.skipped.len() as u64) > said.left_out {
            return contradiction("it names more entries than it counts");
        }
        Ok(object)
    }

    /// Whether the worker says that the attempt succeeded.
    pub fn succeeded(&self) -> bool {
        self.state == State::Ok
    }
}
