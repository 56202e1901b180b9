//! When a process is cut off, and how.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

use crate::execute::Stop;
use crate::journal::RunEnd;

/// How a process is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CutKind {
    /// It is gone, as after `kill -9` or a power cut.
    Death,
    /// It is asked to stop, as by Ctrl-C.
    Interrupt,
}

/// What will happen to one process. Points are counted from 1, in the order in which it comes to them: one before and
/// after each call and each line of its journal.
pub(super) struct Cutoff {
    at: usize,
    blow: CutKind,
    passed: AtomicUsize,
    dead: Notify,
    /// What an interrupt is said to.
    pub(super) stop: Stop,
}

impl Cutoff {
    pub(super) fn new(blow: CutKind, at: usize) -> Arc<Cutoff> {
        let (passed, dead) = (AtomicUsize::new(0), Notify::new());
        Arc::new(Cutoff { at, blow, passed, dead, stop: Stop::default() })
    }

    /// Nothing happens to it.
    pub(super) fn spared() -> Arc<Cutoff> {
        Cutoff::new(CutKind::Death, usize::MAX)
    }

    /// One more point at which the process could be cut off.
    pub(super) async fn point(&self) {
        if self.passed.fetch_add(1, Ordering::SeqCst) + 1 != self.at {
            return;
        }
        match self.blow {
            CutKind::Interrupt => self.stop.request(RunEnd::Interrupted),
            CutKind::Death => {
                self.dead.notify_one();
                pending::<()>().await;
            }
        }
    }

    /// How many points it came to.
    pub(super) fn passed(&self) -> usize {
        self.passed.load(Ordering::SeqCst)
    }

    /// Returns once the process is dead.
    pub(super) async fn sealed(&self) {
        self.dead.notified().await;
    }
}
