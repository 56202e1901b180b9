//! What is under way on a clock that jumps, and who sleeps on it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use jiff::Timestamp;

/// What all who hold the same clock share of it.
#[derive(Debug, Clone)]
pub(super) struct Shared(Arc<Mutex<State>>);

#[derive(Debug)]
pub(super) struct State {
    pub(super) now: Timestamp,
    /// Work under way, less work under way that waits for this clock.
    pub(super) busy: i64,
    /// Waits that were dropped before their end, less calls that timed out: each such call leaves one.
    pub(super) abandoned: i64,
    pub(super) next: u64,
    /// Who wants to be woken, by when and in the order in which they went to sleep.
    pub(super) sleepers: BTreeMap<(Timestamp, u64), Waker>,
}

impl Shared {
    /// A clock that stands at `start`, with nothing under way.
    pub(super) fn at(start: Timestamp) -> Self {
        let state = State { now: start, busy: 0, abandoned: 0, next: 0, sleepers: BTreeMap::new() };
        Self(Arc::new(Mutex::new(state)))
    }

    pub(super) fn get(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts work for as long as what is returned holds; that which waits for the clock is less than none.
    pub(super) fn busy(&self, by: i64) -> Busy {
        self.get().busy += by;
        Busy(Some((self.clone(), by)))
    }
}

/// Holds as long as the work that it marks.
#[derive(Default)]
#[must_use = "the work counts as done when this is dropped"]
pub struct Busy(Option<(Shared, i64)>);

impl fmt::Debug for Busy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Busy").field(&self.0.is_some()).finish()
    }
}

impl Busy {
    /// Ends a wait that has come to its end.
    pub fn over(mut self) {
        if let Some((clock, by)) = self.0.take() {
            clock.get().busy -= by;
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        if let Some((clock, by)) = self.0.take() {
            let mut state = clock.get();
            state.busy -= by;
            if by < 0 {
                state.abandoned += 1;
            }
        }
    }
}
