//! Our own poller. The SDK's waiters back off to half an hour, give up on the first throttled answer and take
//! any ValidationException for success.

use std::time::Duration;

use jiff::Timestamp;

use crate::api_error::ApiError;
use crate::clock::{Clock, elapsed};
use crate::execute::event::Phase;
use crate::execute::jitter::about;
use crate::execute::stop::Stop;
use crate::inventory::{Description, Status};

/// Reads that may fail in a row, with a poll interval between them, before a wait is given up. Each has
/// been retried by the port already.
pub(super) const MAX_FAILED_READS: u32 = 20;

/// How a wait ended.
#[derive(Debug)]
pub(super) enum Waited {
    /// The status is another one now.
    Changed,
    /// The run is to stop.
    Stopped,
    /// It took longer than the phase's ceiling.
    TooLong(Duration),
    /// The instance cannot be read.
    Unreadable(ApiError),
}

/// The longest wait of a phase. Terraform's provider waits 60 minutes for a start and had to raise 10 minutes
/// for a stop (terraform-provider-aws#17538); stops of many hours are regional incidents.
pub(super) fn ceiling(phase: Phase) -> Duration {
    let minutes = match phase {
        Phase::CreatingReplacement | Phase::StartingReplacement | Phase::RestoringSource => 60,
        Phase::Checking
        | Phase::StoppingSource
        | Phase::Verifying
        | Phase::StoppingReplacement
        | Phase::DeletingReplacement
        | Phase::DeletingSource => 20,
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

/// How a phase is waited through.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// The phase.
    pub(super) phase: Phase,
    /// When it began: a status that flips does not give it more time.
    pub(super) since: Timestamp,
    /// How often to look.
    pub(super) interval: Duration,
}

/// Reads an instance at the pace's interval until its status differs from `seen` (`None`: it does not exist).
pub(super) async fn until_changed<F>(
    clock: &dyn Clock,
    stop: &Stop,
    pace: Pace,
    seen: Option<&Status>,
    describe: impl Fn() -> F,
) -> Waited
where
    F: Future<Output = Result<Option<Description>, ApiError>>,
{
    let Pace { phase, since, interval } = pace;
    let ceiling = if seen.is_some() { ceiling(phase) } else { TO_APPEAR };
    let mut failed_reads = 0;
    loop {
        if !pause(clock, stop, interval).await {
            return Waited::Stopped;
        }
        match describe().await {
            Ok(found) => {
                failed_reads = 0;
                if found.as_ref().map(|found| &found.notebook_instance_status) != seen {
                    return Waited::Changed;
                }
            }
            Err(error) if error.kind.is_transient() && failed_reads < MAX_FAILED_READS => failed_reads += 1,
            Err(error) => return Waited::Unreadable(error),
        }
        if elapsed(since, clock.now()) >= ceiling {
            return Waited::TooLong(ceiling);
        }
    }
}

/// Sleeps; `false` when the run is to stop.
pub(super) async fn pause(clock: &dyn Clock, stop: &Stop, duration: Duration) -> bool {
    tokio::select! {
        biased;
        () = stop.asked() => false,
        () = clock.sleep(duration) => true,
    }
}
