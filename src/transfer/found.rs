//! Pure: what lies in the bucket for an item, attempt by attempt.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::job::{AttemptId, AttemptName};
use super::liveness::{Liveness, Periods, SeenBeat, liveness};
use super::port::StoredObject;
use super::progress::WorkerBeat;
use super::read::InvalidObject;
use super::status::TransferStatus;
use super::verdict::{MANIFEST, ObjectSeen, PART, Proof, Unproven, export_verdict, import_verdict, part};
use crate::plan::TransferKind;

/// The object by which a worker says how its attempt ended.
pub(super) const STATUS: &str = "status.json";
/// The object by which it says how far it is.
pub(super) const BEAT: &str = "beat.json";

/// The most bytes of a `status.json` that are fetched: what `TransferStatus::read` takes.
pub(super) const MOST_STATUS: usize = 64 << 20;

/// What lies in the bucket for an item.
#[derive(Debug, Default)]
pub struct ItemTransfers {
    /// The attempts, by their names.
    pub attempts: Vec<AttemptFound>,
}

/// One attempt, as it was found.
#[derive(Debug)]
pub struct AttemptFound {
    /// Its name, which is that of its folder.
    pub name: AttemptName,
    /// When its status was written, or if there is none its newest object, by S3's clock.
    pub at: Option<Timestamp>,
    /// How it stands.
    pub state: AttemptState,
}

/// How an attempt stands.
#[derive(Debug)]
pub enum AttemptState {
    /// It has no status yet: its worker is at work, or has died. What it said last, if it did.
    Running(Option<WorkerBeat>),
    /// It failed, or is not proven to have succeeded.
    Unproven(Unproven),
    /// It is proven to have succeeded.
    Proven(Proof),
}

/// How much of an attempt is in the bucket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StoredTotal {
    /// Bytes of all its objects.
    pub bytes: u64,
    /// Its parts.
    pub parts: u64,
}

impl ItemTransfers {
    /// The attempt of that kind that decides: the newest. One before it does not count: who began another had a reason.
    pub fn newest(&self, kind: TransferKind) -> Option<&AttemptFound> {
        let of_kind = self.attempts.iter().filter(|found| found.name.kind == kind);
        of_kind.max_by_key(|found| (found.at, found.name.number))
    }

    /// The newest export, if it is proven.
    pub fn export(&self) -> Option<(&AttemptFound, &Proof)> {
        let found = self.newest(TransferKind::Export)?;
        Some((found, found.proof()?))
    }

    /// The newest import, if it is proven and of that export: the files on the replacement are those that it holds.
    pub fn import(&self) -> Option<(&AttemptFound, &Proof)> {
        let (_, export) = self.export()?;
        let found = self.newest(TransferKind::Import)?;
        let proof = found.proof()?;
        (proof.manifest.digest == export.manifest.digest).then_some((found, proof))
    }
}

impl AttemptFound {
    /// Whether its worker is still at work, if it has not ended: by when it was last heard of.
    pub fn liveness(&self, now: Timestamp) -> Option<Liveness> {
        match (&self.state, self.at) {
            (AttemptState::Running(_), Some(at)) => {
                let seen = SeenBeat { in_service: at, hello: Some(at), beat: None, now };
                Some(liveness(&Periods::default(), &seen))
            }
            (AttemptState::Running(_) | AttemptState::Unproven(_) | AttemptState::Proven(_), _) => None,
        }
    }

    /// How long ago its status was written; nothing less than no time, whatever the clock of this machine.
    pub fn age(&self, now: Timestamp) -> Option<SignedDuration> {
        self.at.map(|at| now.duration_since(at).max(SignedDuration::ZERO))
    }
}

/// The objects of an attempt, by their names after the attempt's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Folder(pub(super) BTreeMap<String, StoredObject>);

impl Folder {
    /// When the status was written, or if there is none the newest object.
    pub(super) fn at(&self) -> Option<Timestamp> {
        match self.0.get(STATUS) {
            Some(status) => status.modified,
            None => self.0.values().filter_map(|object| object.modified).max(),
        }
    }

    pub(super) fn total(&self) -> StoredTotal {
        let parts = self.0.keys().filter(|name| name.starts_with(PART)).count();
        let bytes = self.0.values().fold(0, |sum: u64, object| sum.saturating_add(object.size));
        StoredTotal { bytes, parts: parts as u64 }
    }

    /// What is known of the objects before S3 is asked for checksums.
    pub(super) fn seen(&self) -> BTreeMap<String, ObjectSeen> {
        let seen = |object: &StoredObject| ObjectSeen { size: object.size, sha256: None };
        self.0.iter().map(|(name, object)| (name.clone(), seen(object))).collect()
    }
}

/// The folders of attempts among the objects below an item's prefix, which ends without a slash. Anything else that lies
/// there is nobody's, and left out.
pub(super) fn folders(prefix: &str, objects: Vec<StoredObject>) -> BTreeMap<AttemptName, Folder> {
    let mut folders: BTreeMap<AttemptName, Folder> = BTreeMap::new();
    for object in objects {
        let below = object.key.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('/'));
        let Some((folder, name)) = below.and_then(|rest| rest.split_once('/')) else { continue };
        let Some(attempt) = attempt_name(folder) else { continue };
        let name = name.to_owned();
        folders.entry(attempt).or_default().0.insert(name, object);
    }
    folders
}

/// Reads the name of an attempt, in the one way that it is written.
pub(super) fn attempt_name(text: &str) -> Option<AttemptName> {
    let (words, number) = text.rsplit_once('-')?;
    let (kind, by_hand) = match words {
        "export" => (TransferKind::Export, false),
        "import" => (TransferKind::Import, false),
        "by-hand" => (TransferKind::Export, true),
        "by-hand-import" => (TransferKind::Import, true),
        _ => return None,
    };
    let name = AttemptName { kind, by_hand, number: number.parse().ok()? };
    (name.number > 0 && name.to_string() == text).then_some(name)
}

/// The names of the objects whose checksums decide about an attempt: those that its status names and that are there.
/// None, where the status decides by itself: S3 is not asked for nothing.
pub(super) fn wanted_checksums(attempt: &AttemptId, status: &[u8], folder: &Folder) -> Vec<String> {
    let Ok(object) = TransferStatus::read(status) else { return Vec::new() };
    if object.is_of_another(attempt).is_some() || !object.said.succeeded() {
        return Vec::new();
    }
    let parts = (0..object.said.parts.len()).map(part);
    let names = parts.chain([MANIFEST.to_owned()]);
    names.filter(|name| folder.0.contains_key(name)).collect()
}

/// A status that is too large to be one.
pub(super) fn too_large(size: u64, most: usize) -> Option<Unproven> {
    let bytes = usize::try_from(size).unwrap_or(usize::MAX);
    (bytes > most).then(|| InvalidObject::TooLarge { what: STATUS, bytes, most }.into())
}

/// What S3 has of an attempt that has ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) attempt: AttemptId,
    pub(super) at: Option<Timestamp>,
    /// The status, or why it was not fetched.
    pub(super) status: Result<Vec<u8>, Unproven>,
    pub(super) seen: BTreeMap<String, ObjectSeen>,
}

/// Judges the attempts that have ended: exports first, as an import is proven only against the proven export that it names.
pub(super) fn judged(ended: Vec<Ended>) -> Vec<AttemptFound> {
    let (exports, imports): (Vec<Ended>, Vec<Ended>) =
        ended.into_iter().partition(|one| one.attempt.name.kind == TransferKind::Export);
    let mut found: Vec<AttemptFound> = exports.into_iter().map(|one| settled(one, export_verdict)).collect();
    let imports: Vec<AttemptFound> = {
        let proofs: Vec<&Proof> = found.iter().filter_map(AttemptFound::proof).collect();
        let judge = |attempt: &AttemptId, status: &[u8], seen: &BTreeMap<String, ObjectSeen>| {
            import_of_any(attempt, status, seen, &proofs)
        };
        imports.into_iter().map(|one| settled(one, judge)).collect()
    };
    found.extend(imports);
    found
}

impl AttemptFound {
    fn proof(&self) -> Option<&Proof> {
        match &self.state {
            AttemptState::Proven(proof) => Some(proof),
            AttemptState::Running(_) | AttemptState::Unproven(_) => None,
        }
    }
}

fn settled(
    ended: Ended,
    judge: impl Fn(&AttemptId, &[u8], &BTreeMap<String, ObjectSeen>) -> Result<Proof, Unproven>,
) -> AttemptFound {
    let Ended { attempt, at, status, seen } = ended;
    let state = match status.and_then(|status| judge(&attempt, &status, &seen)) {
        Ok(proof) => AttemptState::Proven(proof),
        Err(why) => AttemptState::Unproven(why),
    };
    AttemptFound { name: attempt.name, at, state }
}

/// The verdict on an import against whichever proven export its status names.
fn import_of_any(
    attempt: &AttemptId,
    status: &[u8],
    seen: &BTreeMap<String, ObjectSeen>,
    exports: &[&Proof],
) -> Result<Proof, Unproven> {
    let object = TransferStatus::read(status)?;
    let read = object.said.source.as_ref().map(|source| &source.status_sha256);
    if let Some(export) = exports.iter().find(|export| Some(&export.status) == read) {
        return import_verdict(attempt, status, seen, export);
    }
    if let Some(member) = object.is_of_another(attempt) {
        return Err(Unproven::OfAnother { member });
    }
    if object.said.succeeded() {
        return Err(Unproven::OtherSource);
    }
    Err(Unproven::Failed { failures: object.said.failures, failed: object.said.failed })
}
