//! Moving the files of a notebook through S3: the worker that does it, what it is told, and what is believed of what it writes.
//!
//! Pure. Only `look.rs` acts, and that through the port to the bucket alone. Nothing here calls AWS or reads a file: the
//! worker runs on the notebook instances, and who implements the port hands the bytes of its objects in. They are read as
//! what anyone might have written: strictly, with bounds, and never believed without the nonce of the attempt and the
//! checksums that S3 itself gives.

mod by_hand;
mod data_report;
mod found;
mod job;
mod liveness;
mod look;
mod look_inside;
mod manifest;
mod names;
mod port;
mod progress;
mod read;
mod script;
mod standing;
mod status;
mod strip;
#[cfg(test)]
mod tests;
mod unread;
mod verdict;
mod watch;

pub use crate::ids::Nonce;
pub use crate::plan::TransferKind;
pub use data_report::{DataReport, ItemData};
pub use found::{AttemptFound, AttemptState, ItemTransfers, StoredTotal};
pub use job::{AttemptId, AttemptName, InvalidJob, Store, TransferJob, TransferOwner, TransferSource, Work};
pub use liveness::{Liveness, Periods, SeenBeat, liveness};
pub use look::{LookFor, look, look_closely};
pub use look_inside::{files_differ, look_inside, read_manifest};
pub use manifest::{FileKind, Manifest, ManifestDifference, ManifestEntry, differences};
pub use names::RawName;
pub use port::{StoredObject, TransferStore};
pub use progress::{WorkerBeat, WorkerHello};
pub use read::{InvalidObject, WorkerObject};
pub use script::{LIMIT, TransferScript, by_hand, on_start, readable, worker_digest};
pub use standing::{TransferStanding, TransfersSeen};
pub use status::{NamedEntry, PartWritten, SourceRead, TransferStatus, WrittenManifest};
pub use unread::ManifestUnread;
pub use verdict::{ObjectSeen, Proof, Unproven, export_verdict, import_verdict};
pub use watch::{AttemptSeen, watch};
