//! The durable log of a run: what was about to be sent, and what came of it.

mod record;

pub use record::{Call, Entry, FORMAT_VERSION, Left, Outcome, Presence, PriorStatus, Record, RunEnd};
