//! The durable log of a run: what was about to be sent, and what came of it.
//!
//! The journal proves which calls are ours. It never says what status an instance has: only AWS does.
//! One line a record, in order, each on disk before the program goes on.

mod fold;
mod line;
mod lock;
mod reader;
mod record;
mod run_dir;
#[cfg(test)]
mod tests;
mod writer;

pub use fold::{CallState, FoldError, Past, RunState, SourceRest, fold};
pub use line::Tail;
pub use lock::{Lock, LockError};
pub use reader::{ReadJournalError, Reading, read};
pub use record::{
    Call, Entry, FORMAT_VERSION, Left, Outcome, Presence, PriorStatus, Purpose, Record, RunEnd,
};
pub use run_dir::{RunDir, StateDir, StateDirError};
pub use writer::{Journal, WriteJournalError};
