//! The durable log of a run: what was about to be sent, and what came of it.
//!
//! The journal proves which calls are ours. It never says what status an instance has: only AWS does.
//! One line a record, in order, each on disk before the program goes on.

mod call;
mod call_state;
mod fold;
mod line;
mod lock;
mod note;
mod older;
mod purpose;
mod reader;
mod reason;
mod record;
mod run_dir;
#[cfg(test)]
mod tests;
mod writer;
mod written;

pub use call::{Call, CallObject, CallVerb};
pub use call_state::CallState;
pub use fold::{FoldError, Past, PastTransfer, RunState, SourceRest, fold};
pub use line::Tail;
pub use lock::{Lock, LockError};
pub use note::Note;
pub use older::Words;
pub use purpose::Purpose;
pub use reader::{ReadJournalError, Reading, read};
pub use reason::{Cause, Reason};
pub use record::{Entry, FORMAT_VERSION, FilesProof, Left, Outcome, Presence, PriorStatus, Record, RunEnd};
pub use run_dir::{RunDir, StateDir, StateDirError};
pub use writer::{Journal, WriteJournalError};
