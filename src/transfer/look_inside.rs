//! Fetches the manifests of attempts and compares them. Reads, by the port to the bucket, and does nothing else.

use super::found::{MOST_STATUS, STATUS};
use super::job::AttemptName;
use super::look::LookFor;
use super::manifest::{Manifest, ManifestDifference, differences};
use super::port::TransferStore;
use super::standing::TransfersSeen;
use super::status::{TransferStatus, WrittenManifest};
use super::unread::{MOST_BYTES, MOST_ENTRIES, ManifestUnread};
use super::verdict::{MANIFEST, Proof};
use crate::ids::Digest;

/// The manifest of an attempt that wrote it so, fetched, unpacked and held against its own digest.
///
/// # Errors
/// It cannot be had, or is another one.
pub async fn read_manifest<S: TransferStore>(
    store: &S,
    job: &LookFor,
    name: AttemptName,
    written: &WrittenManifest,
) -> Result<Manifest, ManifestUnread> {
    let WrittenManifest { size, sha256, digest, entries } = written;
    if *size > MOST_BYTES || *entries > MOST_ENTRIES {
        return Err(ManifestUnread::TooLarge { entries: *entries, bytes: *size });
    }
    let most = usize::try_from(*size).unwrap_or(usize::MAX);
    let key = job.key(name, MANIFEST);
    let content = store.content(&job.store, &key, most).await?.ok_or(ManifestUnread::Missing(MANIFEST))?;
    if Digest::of(&content) != *sha256 {
        return Err(ManifestUnread::OtherContent);
    }
    let manifest = Manifest::read(&content, *entries)?;
    if manifest.digest != *digest || manifest.entries.len() as u64 != *entries {
        return Err(ManifestUnread::OtherContent);
    }
    Ok(manifest)
}

/// In which files an import differs from the proven export that it has read.
///
/// # Errors
/// One of the two manifests cannot be had.
pub async fn files_differ<S: TransferStore>(
    store: &S,
    job: &LookFor,
    (export, proof): (AttemptName, &Proof),
    import: AttemptName,
) -> Result<Vec<ManifestDifference>, ManifestUnread> {
    let key = job.key(import, STATUS);
    let status =
        store.content(&job.store, &key, MOST_STATUS).await?.ok_or(ManifestUnread::Missing(STATUS))?;
    let status = TransferStatus::read(&status)?;
    if status.is_of_another(&job.attempt(import)).is_some() {
        return Err(ManifestUnread::OtherContent);
    }
    let written = status.said.manifest.ok_or(ManifestUnread::Missing(MANIFEST))?;
    let source = read_manifest(store, job, export, &proof.manifest).await?;
    let replacement = read_manifest(store, job, import, &written).await?;
    Ok(differences(&source, &replacement))
}

/// Reads the manifests that decide about an item, and where the files of an import differ from the export's, in which.
pub async fn look_inside<S: TransferStore>(store: &S, job: &LookFor, seen: &mut TransfersSeen) {
    let TransfersSeen { transfers, .. } = &*seen;
    let decisive: Vec<(AttemptName, Proof)> = [transfers.export(), transfers.import()]
        .into_iter()
        .flatten()
        .map(|(found, proof)| (found.name, proof.clone()))
        .collect();
    let differing = seen.differing();
    for (name, proof) in &decisive {
        // One after the other: both would be in memory at once.
        let read = read_manifest(store, job, *name, &proof.manifest).await;
        seen.manifests.insert(*name, read.map(|manifest| manifest.entries.len() as u64));
    }
    if let (Some((export, import)), Some((_, proof))) = (differing, decisive.first()) {
        seen.differences = Some(files_differ(store, job, (export, proof), import).await);
    }
}
