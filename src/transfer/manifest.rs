//! Pure: `manifest.jsonl.gz`, which lists every entry of a folder, and how two of them differ.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read as _};

use flate2::read::MultiGzDecoder;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::job::FORMAT;
use super::names::RawName;
use super::read::InvalidObject;
use crate::ids::Digest;

const WHAT: &str = "manifest.jsonl.gz";

/// The most bytes of a manifest that are unpacked: what is cut off there is no manifest.
const UNPACKED: u64 = 1 << 30;
/// The longest line that is read. A path, a link and the attributes that a file system of Linux has room for take less.
const LONGEST: u64 = 1 << 20;

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    /// A file.
    File,
    /// A folder.
    Directory,
    /// A symbolic link.
    Symlink,
    /// A named pipe.
    Fifo,
    /// A further name of an entry that came before.
    Hardlink,
}

/// A line of a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestEntry {
    /// The path; `.` is the folder itself.
    pub path: RawName,
    /// What it is.
    pub kind: FileKind,
    /// Everything else that is compared, by the words of the format: mode, owner, time, size, SHA-256, link, attributes.
    pub members: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEntry {
    path: Option<String>,
    path64: Option<String>,
    #[serde(rename = "type")]
    kind: FileKind,
    mode: Option<String>,
    uid: Option<u32>,
    gid: Option<u32>,
    mtime: Option<String>,
    size: Option<u64>,
    sha256: Option<Digest>,
    link: Option<String>,
    link64: Option<String>,
    #[serde(default)]
    xattrs: BTreeMap<String, Digest>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHead {
    format: u32,
}

/// A manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// In the order of a walk, each path once.
    pub entries: Vec<ManifestEntry>,
    /// The SHA-256 of its lines.
    pub digest: Digest,
}

impl Manifest {
    /// Reads one, of at most so many entries: as many as its status says.
    ///
    /// # Errors
    /// It is none.
    pub fn read(bytes: &[u8], most: u64) -> Result<Manifest, InvalidObject> {
        let mut lines = BufReader::new(MultiGzDecoder::new(bytes).take(UNPACKED));
        let mut sha = Sha256::new();
        let mut entries: Vec<ManifestEntry> = Vec::new();
        for line in 1.. {
            let mut text = Vec::new();
            lines
                .by_ref()
                .take(LONGEST)
                .read_until(b'\n', &mut text)
                .map_err(|source| InvalidObject::Packed { what: WHAT, source })?;
            if text.is_empty() {
                break;
            }
            sha.update(&text);
            let refused = |why| InvalidObject::Line { line, why };
            if text.last() != Some(&b'\n') {
                return Err(refused("does not end"));
            }
            if line == 1 {
                head(&text)?;
                continue;
            }
            if line - 1 > most {
                return Err(refused("is one more than its status says"));
            }
            let entry = entry(&text).map_err(refused)?;
            if entries.last().is_some_and(|last| order(&last.path, &entry.path) != Ordering::Less) {
                return Err(refused("is not in order"));
            }
            entries.push(entry);
        }
        let hex: String = sha.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        let digest =
            hex.parse().map_err(|_| InvalidObject::Contradiction { what: WHAT, why: "no digest" })?;
        Ok(Manifest { entries, digest })
    }
}

fn head(text: &[u8]) -> Result<(), InvalidObject> {
    let head: RawHead =
        serde_json::from_slice(text).map_err(|source| InvalidObject::Malformed { what: WHAT, source })?;
    if head.format == FORMAT {
        return Ok(());
    }
    Err(InvalidObject::Format { what: WHAT, found: head.format.to_string() })
}

fn entry(text: &[u8]) -> Result<ManifestEntry, &'static str> {
    let raw: RawEntry = serde_json::from_slice(text).map_err(|_| "is not what a worker writes")?;
    let path = RawName::read(raw.path, raw.path64.as_deref()).ok_or("has no path that can be read")?;
    let link = match (&raw.link, &raw.link64) {
        (None, None) => None,
        (Some(_) | None, Some(_) | None) => Some(
            RawName::read(raw.link.clone(), raw.link64.as_deref()).ok_or("has no link that can be read")?,
        ),
    };
    let is_link = matches!(raw.kind, FileKind::Symlink | FileKind::Hardlink);
    let is_file = raw.kind == FileKind::File;
    if link.is_some() != is_link || raw.size.is_some() != is_file || raw.sha256.is_some() != is_file {
        return Err("has members of another kind of entry");
    }
    let members = [
        ("mode", raw.mode),
        ("uid", raw.uid.map(|uid| uid.to_string())),
        ("gid", raw.gid.map(|gid| gid.to_string())),
        ("mtime", raw.mtime),
        ("size", raw.size.map(|size| size.to_string())),
        ("sha256", raw.sha256.map(String::from)),
        ("link", raw.link),
        ("link64", raw.link64),
    ];
    let attributes = raw.xattrs.into_iter().map(|(name, digest)| (format!("xattr {name}"), digest.into()));
    let members = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Ok(ManifestEntry { path, kind: raw.kind, members: members.chain(attributes).collect() })
}

fn order(left: &RawName, right: &RawName) -> Ordering {
    left.steps().cmp(right.steps())
}

/// How an entry of the source differs on the replacement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ManifestDifference {
    /// It is only on the source.
    Lost(RawName),
    /// It is only on the replacement.
    Added(RawName),
    /// It is on both, with differences.
    Changed {
        /// Where.
        path: RawName,
        /// The members that differ; `type` is one.
        members: Vec<String>,
    },
}

/// Every entry in which two manifests differ, in order.
pub fn differences(source: &Manifest, replacement: &Manifest) -> Vec<ManifestDifference> {
    let (mut left, mut right) = (source.entries.iter().peekable(), replacement.entries.iter().peekable());
    let mut found = Vec::new();
    loop {
        let next = match (left.peek(), right.peek()) {
            (None, None) => return found,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(ours), Some(theirs)) => order(&ours.path, &theirs.path),
        };
        let ours = left.next_if(|_| next != Ordering::Greater);
        let theirs = right.next_if(|_| next != Ordering::Less);
        match (ours, theirs) {
            (Some(ours), Some(theirs)) => found.extend(changed(ours, theirs)),
            (Some(ours), None) => found.push(ManifestDifference::Lost(ours.path.clone())),
            (None, Some(theirs)) => found.push(ManifestDifference::Added(theirs.path.clone())),
            (None, None) => return found,
        }
    }
}

fn changed(ours: &ManifestEntry, theirs: &ManifestEntry) -> Option<ManifestDifference> {
    let mut names: Vec<&String> = ours.members.keys().chain(theirs.members.keys()).collect();
    names.sort();
    names.dedup();
    let mut members: Vec<String> = Vec::new();
    members.extend((ours.kind != theirs.kind).then(|| "type".to_owned()));
    let differ = |name: &&String| ours.members.get(*name) != theirs.members.get(*name);
    members.extend(names.into_iter().filter(differ).cloned());
    (!members.is_empty()).then(|| ManifestDifference::Changed { path: ours.path.clone(), members })
}
