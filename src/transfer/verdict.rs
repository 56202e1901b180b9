//! Pure: whether an attempt is proven to have succeeded.

use std::collections::BTreeMap;

use super::job::AttemptId;
use super::read::{InvalidObject, WorkerObject};
use super::status::{NamedEntry, TransferStatus, WrittenManifest};
use crate::ids::Digest;
use crate::plan::TransferKind;

/// The object that lists every entry of the folder.
pub(super) const MANIFEST: &str = "manifest.jsonl.gz";
/// What the names of parts begin with.
pub(super) const PART: &str = "part-";

/// The name of a part, which is counted from 0.
pub(super) fn part(number: usize) -> String {
    format!("{PART}{number:06}")
}

/// What S3 itself says of an object: its size, from a list, and its SHA-256, from `HeadObject` with checksums.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectSeen {
    /// Bytes.
    pub size: u64,
    /// The checksum that S3 stored; without one nothing is known of the content.
    pub sha256: Option<Digest>,
}

/// An attempt that succeeded, with all that shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The SHA-256 of the status, which says that of everything else.
    pub status: Digest,
    /// The manifest.
    pub manifest: WrittenManifest,
    /// Bytes of files.
    pub bytes: u64,
    /// Bytes that they take on a disk.
    pub disk: u64,
    /// How many parts there are.
    pub parts: usize,
    /// Entries that were left out, since they are no data of the volume.
    pub skipped: Vec<NamedEntry>,
    /// How many were left out.
    pub left_out: u64,
    /// Whether the volume could not change meanwhile.
    pub quiet: bool,
}

/// Why an attempt is not proven to have succeeded.
#[derive(Debug, thiserror::Error)]
pub enum Unproven {
    /// Its status cannot be read.
    #[error("its status is not to be believed")]
    Unreadable(#[from] InvalidObject),
    /// Its status is not its own.
    #[error("its status is of another attempt: the {member} differs")]
    OfAnother {
        /// What differs.
        member: &'static str,
    },
    /// The worker says that it failed.
    #[error("the worker failed with {failed} entries")]
    Failed {
        /// Those that it names.
        failures: Vec<NamedEntry>,
        /// How many there are.
        failed: u64,
    },
    /// An object that the status names is not in the bucket.
    #[error("{object} is not in the bucket")]
    Missing {
        /// Its name.
        object: String,
    },
    /// An object is of another size.
    #[error("{object} has {found} bytes in the bucket; the worker wrote {written}")]
    OtherSize {
        /// Its name.
        object: String,
        /// What the worker wrote.
        written: u64,
        /// What is there.
        found: u64,
    },
    /// S3 gives no SHA-256 of an object.
    #[error("S3 has no SHA-256 of {object}")]
    NoChecksum {
        /// Its name.
        object: String,
    },
    /// An object holds something else.
    #[error("{object} is not what the worker wrote")]
    OtherContent {
        /// Its name.
        object: String,
    },
    /// There is a part that the status does not name.
    #[error("{object} is in the bucket, but not in the status")]
    Unlisted {
        /// Its name.
        object: String,
    },
    /// An export without any part: even an empty folder makes one.
    #[error("the export has no parts")]
    NoParts,
    /// An import has read another export.
    #[error("the import has read another export")]
    OtherSource,
    /// The two manifests differ.
    #[error("the files on the replacement are not those of the source: manifest {import}, not {export}")]
    ManifestsDiffer {
        /// The digest of the export's.
        export: Digest,
        /// The digest of the import's.
        import: Digest,
    },
}

/// Whether an export is proven. `seen` has the objects of its attempt, by their names after the attempt's.
///
/// # Errors
/// Why it is not.
pub fn export_verdict(
    attempt: &AttemptId,
    status: &[u8],
    seen: &BTreeMap<String, ObjectSeen>,
) -> Result<Proof, Unproven> {
    let (said, manifest) = believed(attempt, TransferKind::Export, status)?;
    if said.parts.is_empty() {
        return Err(Unproven::NoParts);
    }
    let named: BTreeMap<String, _> =
        said.parts.iter().enumerate().map(|(number, part)| (self::part(number), part)).collect();
    for (object, part) in &named {
        stored(object, part.size, &part.sha256, seen)?;
    }
    if let Some(object) = seen.keys().find(|name| name.starts_with(PART) && !named.contains_key(*name)) {
        return Err(Unproven::Unlisted { object: object.clone() });
    }
    proof(status, said, manifest, seen)
}

/// Whether an import of a proven export is proven.
///
/// # Errors
/// Why it is not.
pub fn import_verdict(
    attempt: &AttemptId,
    status: &[u8],
    seen: &BTreeMap<String, ObjectSeen>,
    export: &Proof,
) -> Result<Proof, Unproven> {
    let (said, manifest) = believed(attempt, TransferKind::Import, status)?;
    if said.source.as_ref().is_none_or(|source| source.status_sha256 != export.status) {
        return Err(Unproven::OtherSource);
    }
    if manifest.digest != export.manifest.digest {
        let (export, import) = (export.manifest.digest.clone(), manifest.digest);
        return Err(Unproven::ManifestsDiffer { export, import });
    }
    proof(status, said, manifest, seen)
}

/// A status that is of the attempt and says that it succeeded.
fn believed(
    attempt: &AttemptId,
    kind: TransferKind,
    status: &[u8],
) -> Result<(TransferStatus, WrittenManifest), Unproven> {
    let object: WorkerObject<TransferStatus> = TransferStatus::read(status)?;
    if let Some(member) = object.is_of_another(attempt) {
        return Err(Unproven::OfAnother { member });
    }
    if attempt.name.kind != kind {
        return Err(Unproven::OfAnother { member: "kind" });
    }
    let said = object.said;
    match said.manifest.clone().filter(|_| said.succeeded()) {
        Some(manifest) => Ok((said, manifest)),
        None => Err(Unproven::Failed { failures: said.failures, failed: said.failed }),
    }
}

fn proof(
    status: &[u8],
    said: TransferStatus,
    manifest: WrittenManifest,
    seen: &BTreeMap<String, ObjectSeen>,
) -> Result<Proof, Unproven> {
    stored(MANIFEST, manifest.size, &manifest.sha256, seen)?;
    Ok(Proof {
        status: Digest::of(status),
        manifest,
        bytes: said.bytes,
        disk: said.disk,
        parts: said.parts.len(),
        skipped: said.skipped,
        left_out: said.left_out,
        quiet: said.quiet,
    })
}

/// Whether S3 holds an object as it was written.
fn stored(
    object: &str,
    written: u64,
    sha256: &Digest,
    seen: &BTreeMap<String, ObjectSeen>,
) -> Result<(), Unproven> {
    let object = object.to_owned();
    let Some(found) = seen.get(&object) else { return Err(Unproven::Missing { object }) };
    if found.size != written {
        return Err(Unproven::OtherSize { object, written, found: found.size });
    }
    match &found.sha256 {
        None => Err(Unproven::NoChecksum { object }),
        Some(there) if there != sha256 => Err(Unproven::OtherContent { object }),
        Some(_) => Ok(()),
    }
}
