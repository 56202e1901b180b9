//! Pure: what was heard last of a worker that moves files.

use jiff::Timestamp;

use crate::ids::Digest;
use crate::plan::TransferKind;

/// What was heard of a worker.
#[derive(Debug, Clone)]
pub(in crate::execute) struct Heard {
    pub(super) transfer: TransferKind,
    /// Its last word; `None` before its first.
    pub(super) word: Option<Digest>,
    /// When this process heard it, or began to listen.
    pub(super) at: Timestamp,
    /// When it listened last.
    pub(super) listened: Timestamp,
}
