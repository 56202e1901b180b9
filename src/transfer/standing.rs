//! Pure: what the attempts of an item prove together, and what was found out about them.

use std::collections::BTreeMap;

use super::found::{AttemptFound, AttemptState, ItemTransfers, StoredTotal};
use super::job::AttemptName;
use super::manifest::ManifestDifference;
use super::unread::ManifestUnread;
use super::verdict::Unproven;
use crate::plan::TransferKind;

/// What the attempts of an item prove together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferStanding {
    /// There is no export.
    Nothing,
    /// No export is proven; the newest is this.
    NotExported(AttemptName),
    /// An export is proven, and no import of it was tried.
    Exported(AttemptName),
    /// An export is proven, and no import of it is; the newest is this.
    NotImported(AttemptName, AttemptName),
    /// An export and an import of it are proven.
    Imported(AttemptName, AttemptName),
}

impl TransferStanding {
    /// Its word in the formats.
    pub fn as_str(self) -> &'static str {
        match self {
            TransferStanding::Nothing => "nothing",
            TransferStanding::NotExported(_) => "not-exported",
            TransferStanding::Exported(_) => "exported",
            TransferStanding::NotImported(..) => "not-imported",
            TransferStanding::Imported(..) => "imported",
        }
    }

    /// Whether whatever was tried is proven, and something was.
    pub fn is_proven(self) -> bool {
        match self {
            TransferStanding::Nothing
            | TransferStanding::NotExported(_)
            | TransferStanding::NotImported(..) => false,
            TransferStanding::Exported(_) | TransferStanding::Imported(..) => true,
        }
    }
}

impl ItemTransfers {
    /// What the attempts prove together.
    pub fn standing(&self) -> TransferStanding {
        let newest = |kind| self.newest(kind).map(|found| found.name);
        let Some((export, _)) = self.export() else {
            return newest(TransferKind::Export)
                .map_or(TransferStanding::Nothing, TransferStanding::NotExported);
        };
        match (self.import(), newest(TransferKind::Import)) {
            (Some((import, _)), _) => TransferStanding::Imported(export.name, import.name),
            (None, Some(import)) => TransferStanding::NotImported(export.name, import),
            (None, None) => TransferStanding::Exported(export.name),
        }
    }

    /// An attempt by its name.
    pub fn attempt(&self, name: AttemptName) -> Option<&AttemptFound> {
        self.attempts.iter().find(|found| found.name == name)
    }
}

/// What was found of an item's transfers.
#[derive(Debug, Default)]
pub struct TransfersSeen {
    /// The attempts.
    pub transfers: ItemTransfers,
    /// How much of each is in the bucket.
    pub totals: BTreeMap<AttemptName, StoredTotal>,
    /// The manifests that decide, read from the bucket, if that was asked for: how many entries each has.
    pub manifests: BTreeMap<AttemptName, Result<u64, ManifestUnread>>,
    /// In which files the newest import differs from the export that it has read, if they do.
    pub differences: Option<Result<Vec<ManifestDifference>, ManifestUnread>>,
}

impl TransfersSeen {
    /// Whether whatever was tried is proven, also by the manifests that were read. One that is too large to be read is left to
    /// its checksum, which S3 holds and the status names.
    pub fn is_proven(&self) -> bool {
        let stands =
            |read: &Result<u64, ManifestUnread>| matches!(read, Ok(_) | Err(ManifestUnread::TooLarge { .. }));
        self.transfers.standing().is_proven() && self.manifests.values().all(stands)
    }

    /// The attempt whose files differ from those of the export, if there is one: it has a manifest to compare.
    pub(super) fn differing(&self) -> Option<(AttemptName, AttemptName)> {
        let TransferStanding::NotImported(export, import) = self.transfers.standing() else { return None };
        match self.transfers.attempt(import).map(|found| &found.state) {
            Some(AttemptState::Unproven(Unproven::ManifestsDiffer { .. })) => Some((export, import)),
            Some(AttemptState::Unproven(_) | AttemptState::Running(_) | AttemptState::Proven(_)) | None => {
                None
            }
        }
    }
}
