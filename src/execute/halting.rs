//! When a run begins no further item: too many have failed, or its plan has expired.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use jiff::Timestamp;

use crate::execute::conduct::Conduct;
use crate::execute::event::ItemResult;
use crate::journal::{Outcome, Reason};
use crate::plan::Plan;

/// What decides whether further items are begun. Who resumes a halted run has decided to go on: failures count anew.
pub(super) struct Halting {
    max_failures: u32,
    /// The way back, and what is left to do after an application, do not expire.
    expires: Option<Timestamp>,
    failures: AtomicU32,
    /// Whether the first wave is still to be done.
    first_wave: AtomicBool,
}

impl Halting {
    pub(super) fn of(plan: &Plan, conduct: &Conduct) -> Halting {
        Halting {
            max_failures: (conduct.max_failures)(&plan.limits),
            expires: conduct.is_application.then_some(plan.expires),
            failures: AtomicU32::new(0),
            first_wave: AtomicBool::new(false),
        }
    }

    /// The first wave begins, or is done.
    pub(super) fn set_first_wave(&self, on: bool) {
        self.first_wave.store(on, Ordering::SeqCst);
    }

    /// Counts an item that has failed.
    pub(super) fn count(&self, result: &ItemResult) {
        if is_failure(result) {
            self.failures.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// How many have failed, where that is too many: after the first one while the first wave is to find out.
    pub(super) fn too_many_failures(&self) -> Option<u32> {
        let most = if self.first_wave.load(Ordering::SeqCst) { 1 } else { self.max_failures };
        let failures = self.failures.load(Ordering::SeqCst);
        (failures >= most).then_some(failures)
    }

    /// Whether no further item may be begun.
    pub(super) fn begins_no_more(&self, now: Timestamp) -> bool {
        self.too_many_failures().is_some() || self.expires.is_some_and(|expires| now >= expires)
    }
}

/// Whether an operator would want to look before more is begun. What cannot go on of itself is one; what the end
/// of the run overtook is not, nor what a region refuses as a whole.
fn is_failure(result: &ItemResult) -> bool {
    match result {
        ItemResult::Ended { outcome } => matches!(outcome, Outcome::Failed { .. }),
        ItemResult::Unfinished { why, .. } => {
            why.as_ref().is_some_and(|why| !matches!(why, Reason::RegionRefused { .. }))
        }
        ItemResult::NotStarted => false,
    }
}
