//! Pure: why a manifest was not read, and how much of one is.

use super::read::InvalidObject;
use crate::api_error::ApiError;

/// The most bytes of a manifest that are fetched. A million files take some 60 MB.
pub(super) const MOST_BYTES: u64 = 128 << 20;
/// The most entries that are held: some 500 MB of memory.
pub(super) const MOST_ENTRIES: u64 = 1_000_000;

/// Why a manifest was not read.
#[derive(Debug, thiserror::Error)]
pub enum ManifestUnread {
    /// S3 did not give it.
    #[error("it could not be fetched")]
    Api(#[from] ApiError),
    /// It is gone.
    #[error("{0} is not in the bucket")]
    Missing(&'static str),
    /// It would take more memory than it is given.
    #[error("it has {entries} entries in {bytes} bytes; up to {MOST_ENTRIES} in {MOST_BYTES} are read")]
    TooLarge {
        /// Its entries.
        entries: u64,
        /// Its bytes, packed.
        bytes: u64,
    },
    /// It is none.
    #[error("it is not to be believed")]
    Invalid(#[from] InvalidObject),
    /// It is another one than the status names.
    #[error("it is not the one that the status names")]
    OtherContent,
}
