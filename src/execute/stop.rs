//! The request to stop a run: from then on no new call is sent, and every wait ends.

use tokio::sync::watch;

use crate::journal::RunEnd;

/// Asks a run to stop, and tells whether that was asked. Clones speak of the same run.
#[derive(Debug, Clone)]
pub struct Stop {
    reason: watch::Sender<Option<RunEnd>>,
}

impl Default for Stop {
    fn default() -> Self {
        Self { reason: watch::Sender::new(None) }
    }
}

impl Stop {
    /// Asks the run to stop. The first reason counts.
    pub fn request(&self, reason: RunEnd) {
        self.reason.send_if_modified(|current| {
            let first = current.is_none();
            if first {
                *current = Some(reason);
            }
            first
        });
    }

    /// Why the run is to stop, if it is.
    pub fn requested(&self) -> Option<RunEnd> {
        self.reason.borrow().clone()
    }

    /// Returns once the run is to stop.
    pub async fn asked(&self) {
        // The sender lives in `self`, so that this cannot fail.
        self.reason.subscribe().wait_for(Option::is_some).await.ok();
    }
}
