//! Pure: from the run's own stop of a source until the source is at rest. Was it watched so closely that nobody can have
//! started it, worked on it and stopped it in between?

use std::time::Duration;

use jiff::Timestamp;

use crate::clock::elapsed;
use crate::inventory::Status;

/// The longest time between two looks in which nobody can have started, used and stopped the source: a start alone takes
/// longer (minutes, by every account of users; AWS promises nothing).
const MOST_APART: Duration = Duration::from_secs(60);

/// What was seen of a source since the run told AWS to stop it.
#[derive(Debug, Clone, Copy)]
pub(super) struct SourceStopping {
    /// When it was looked at last, or else told to stop.
    looked: Timestamp,
    /// When it was told to.
    sent: Timestamp,
    /// Whether it was seen on its way.
    stopping: bool,
    /// Whether the run has changed its settings since.
    updated: bool,
    /// Whether somebody may have used it.
    used: bool,
}

impl SourceStopping {
    /// The stop is sent now.
    pub(super) fn begun(now: Timestamp) -> Self {
        Self { looked: now, sent: now, stopping: false, updated: false, used: false }
    }

    /// The run changes its settings now, which does not start it.
    #[must_use]
    pub(super) fn updated(self) -> Self {
        Self { updated: true, ..self }
    }

    /// Takes in a look that began at the first moment and ended at the second.
    pub(super) fn look(&mut self, status: Option<&Status>, (began, ended): (Timestamp, Timestamp)) {
        let unwatched = elapsed(self.looked, ended) > MOST_APART;
        self.looked = began;
        let rises = match status {
            // A stop shows within moments.
            Some(Status::InService) => self.stopping || elapsed(self.sent, ended) > MOST_APART,
            Some(Status::Stopping) => {
                self.stopping = true;
                false
            }
            Some(Status::Stopped) => false,
            Some(Status::Updating) => !self.updated,
            // On its way up, or in the hands of somebody else.
            Some(
                Status::Pending
                | Status::Failed
                | Status::Deleting
                | Status::PendingMaintenance
                | Status::InMaintenance
                | Status::Other(_),
            )
            | None => true,
        };
        self.used |= unwatched || rises;
    }

    /// Whether somebody may have used the source in between.
    pub(super) fn may_have_been_used(&self) -> bool {
        self.used
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::after;
    use crate::fixtures::now;

    /// Whether somebody may have used a source that was seen like this, at these seconds after its stop was sent.
    fn used(looks: &[(u64, Option<Status>)]) -> bool {
        let mut stopping = SourceStopping::begun(now());
        for (seconds, status) in looks {
            let at = after(now(), Duration::from_secs(*seconds));
            stopping.look(status.as_ref(), (at, at));
        }
        stopping.may_have_been_used()
    }

    #[test]
    fn a_source_that_is_watched_down_was_used_by_nobody() {
        use Status::{InService, Stopped, Stopping};
        assert!(!used(&[(15, Some(Stopped))]));
        let slow = [5, 15, 30, 80, 140, 200].map(|at| (at, Some(if at < 30 { InService } else { Stopping })));
        assert!(!used(&slow));
        assert!(!used(&[&slow[..], &[(260, Some(Stopped))]].concat()));
    }

    #[test]
    fn one_that_is_seen_to_rise_or_not_seen_for_a_minute_may_have_been() {
        use Status::{InService, Pending, Stopped, Stopping, Updating};
        assert!(used(&[(15, Some(Stopping)), (30, Some(Pending)), (45, Some(Stopped))]));
        assert!(used(&[(15, Some(Stopping)), (30, Some(InService))]), "it was on its way down");
        assert!(used(&[(45, Some(InService)), (75, Some(InService))]), "a stop shows sooner");
        assert!(used(&[(15, Some(Updating))]) && used(&[(15, None)]));
        assert!(used(&[(61, Some(Stopped))]) && used(&[(15, Some(Stopping)), (76, Some(Stopping))]));
        assert!(!used(&[(15, Some(Stopping)), (75, Some(Stopping))]));
    }
}
