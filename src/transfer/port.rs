//! Pure: the port to the bucket: what workers have left there is read, and nothing else is done.

use std::future::Future;

use jiff::Timestamp;

use crate::api_error::ApiError;
use crate::ids::Digest;
use crate::transfer::Store;

/// An object, as a list has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredObject {
    /// Its whole key.
    pub key: String,
    /// Bytes.
    pub size: u64,
    /// When it was written, by S3's clock.
    pub modified: Option<Timestamp>,
}

/// Reads a bucket. Every call names the owner that it must have.
pub trait TransferStore: Sync {
    /// Every object whose key begins so (ListObjectsV2), in the order of their keys.
    fn objects(
        &self,
        store: &Store,
        prefix: &str,
    ) -> impl Future<Output = Result<Vec<StoredObject>, ApiError>> + Send;

    /// The content of an object (GetObject), `None` where there is none. One of more than `most` bytes is not readable.
    fn content(
        &self,
        store: &Store,
        key: &str,
        most: usize,
    ) -> impl Future<Output = Result<Option<Vec<u8>>, ApiError>> + Send;

    /// The SHA-256 that S3 has of an object (HeadObject), `None` where it has none or there is no such object.
    fn checksum(
        &self,
        store: &Store,
        key: &str,
    ) -> impl Future<Output = Result<Option<Digest>, ApiError>> + Send;
}
