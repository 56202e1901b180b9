//! How long is waited for what, and what a wait is for.

use std::time::Duration;

use jiff::Timestamp;

use crate::clock::{Clock, after};
use crate::execute::event::Phase;
use crate::execute::jitter::about;
use crate::execute::source_stopping::SourceStopping;
use crate::execute::stop::Stop;
use crate::ids::InstanceName;
use crate::inventory::Status;

/// Reads that may fail in a row, with a poll interval between them, before a wait is given up. Each has
/// been retried by the port already.
pub(super) const MAX_FAILED_READS: u32 = 20;

/// The longest wait of a phase. Terraform's provider waits 60 minutes for a start and had to raise 10 minutes
/// for a stop (terraform-provider-aws#17538); stops of many hours are regional incidents.
pub(super) fn ceiling(phase: Phase) -> Duration {
    let minutes = match phase {
        Phase::CreatingReplacement
        | Phase::StartingReplacement
        | Phase::StartingSource
        | Phase::RestoringSource => 60,
        // While its worker gives signs of life, a transfer may take as long as it does.
        Phase::Exporting | Phase::Importing => 60,
        Phase::Checking
        | Phase::StoppingSource
        | Phase::Verifying
        | Phase::VerifyingSource
        | Phase::AwaitingOnCreate
        | Phase::StoppingReplacement
        | Phase::DeletingReplacement
        | Phase::DeletingSource
        | Phase::UpdatingSource
        | Phase::UpdatingReplacement
        | Phase::PreparingTransfer
        | Phase::EndingTransfer => 20,
    };
    Duration::from_secs(minutes * 60)
}

/// The pause before a call is sent again that AWS was too busy for, and how long the pauses get. At first it is
/// one call of many that met a limit; later it is AWS that has an hour of its own.
const FIRST_PATIENCE: Duration = Duration::from_secs(2);
const MOST_PATIENCE: Duration = Duration::from_secs(120);

/// The pause after AWS was too busy for a call so many times in a row: twice as long each time.
pub(super) fn patience(times: u32, interval: Duration, who: &str) -> Duration {
    let first = FIRST_PATIENCE.min(interval);
    let doubled = first.saturating_mul(2_u32.saturating_pow(times.saturating_sub(1)));
    about(doubled.min(MOST_PATIENCE), (0.75, 1.25), (who, times.into()))
}

/// How long an instance may stay invisible after AWS accepted its creation.
const TO_APPEAR: Duration = Duration::from_secs(5 * 60);

/// What an item waits for: that an instance has another status than the ones of before.
#[derive(Debug, Clone)]
pub(super) struct Watch {
    /// The instance.
    pub(super) name: InstanceName,
    /// The status that it was seen in; `None`: it did not exist.
    pub(super) seen: Option<Status>,
    /// The status that the change under way leads through: nothing to wake up for.
    pub(super) through: Option<Status>,
    /// From when on even the status of before is news: a call that was accepted had no effect that shows.
    pub(super) doubt: Option<Timestamp>,
    /// Until when it is waited.
    pub(super) until: Timestamp,
    /// The way down of a source that the run has stopped: each reading is a look at it.
    pub(super) stopping: Option<SourceStopping>,
}

impl Watch {
    /// Waits through a phase that began then. A status that flips does not give it more time.
    pub(super) fn phase(
        name: &InstanceName,
        seen: Option<Status>,
        (phase, since): (Phase, Timestamp),
    ) -> Self {
        let until = after(since, limit(phase, seen.as_ref()));
        Self { name: name.clone(), seen, through: None, doubt: None, until, stopping: None }
    }

    /// Whether a status that was read at that moment is worth looking closer.
    pub(super) fn is_news(&self, found: Option<&Status>, at: Timestamp) -> bool {
        if found.is_some() && found == self.through.as_ref() {
            return false;
        }
        found != self.seen.as_ref() || self.doubt.is_some_and(|doubt| at >= doubt)
    }
}

/// How long a phase is waited through for an instance in that status.
pub(super) fn limit(phase: Phase, seen: Option<&Status>) -> Duration {
    if seen.is_some() { ceiling(phase) } else { TO_APPEAR }
}

/// Sleeps; `false` when the run is to stop.
pub(super) async fn pause(clock: &dyn Clock, stop: &Stop, duration: Duration) -> bool {
    tokio::select! {
        biased;
        () = stop.asked() => false,
        () = clock.sleep(duration) => true,
    }
}
