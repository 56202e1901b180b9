//! Pure: what the next step of an item is decided on.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::clock::day;
use crate::execute::observed::{Identity, Observed};
use crate::journal::{Past, Reason};

/// What a step is decided on.
pub(super) struct Situation<'a, I> {
    pub(super) item: &'a I,
    pub(super) identity: &'a Identity,
    pub(super) observed: &'a Observed,
    /// What this run has done.
    pub(super) past: &'a Past,
    /// What the application did, where this run follows one.
    pub(super) applied: &'a Past,
    /// Why nobody waits any longer for the source to stop, once that is so.
    pub(super) runs_on: Option<&'a Reason>,
    /// The time.
    pub(super) now: Timestamp,
}

impl<I> Situation<'_, I> {
    /// The day (UTC).
    pub(super) fn today(&self) -> Date {
        day(self.now)
    }
}
