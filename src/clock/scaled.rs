//! A clock that runs faster than the machine's, by a constant factor.

use std::str::FromStr;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::{Clock, Sleep, SystemClock, after, elapsed};

/// How long an answer from this machine is always waited for, in real time: a busy machine with unoptimized
/// code takes a tenth of it.
const SHORTEST_PATIENCE: Duration = Duration::from_secs(5);

/// How many times faster than life a clock runs: from 1 to 100,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Speed(u32);

/// Text that is not a [`Speed`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a speed from 1 to {}", Speed::FASTEST)]
pub struct InvalidSpeed;

impl Speed {
    /// As in life.
    pub const LIFE: Speed = Speed(1);
    /// A minute takes less than a millisecond; the timers of an operating system are no finer.
    pub const FASTEST: u32 = 100_000;

    /// This many times faster than life.
    ///
    /// # Errors
    /// When it is not from 1 to 100,000.
    pub fn new(times: u32) -> Result<Speed, InvalidSpeed> {
        if (1..=Self::FASTEST).contains(&times) { Ok(Speed(times)) } else { Err(InvalidSpeed) }
    }

    /// The factor.
    pub fn times(self) -> u32 {
        self.0
    }
}

impl FromStr for Speed {
    type Err = InvalidSpeed;

    fn from_str(text: &str) -> Result<Self, InvalidSpeed> {
        Speed::new(text.parse().map_err(|_| InvalidSpeed)?)
    }
}

/// The machine's clock, some times faster since it was started.
#[derive(Debug, Clone, Copy)]
pub struct ScaledClock {
    started: Instant,
    origin: Timestamp,
    speed: Speed,
}

impl ScaledClock {
    /// A clock that shows `origin` now.
    #[expect(clippy::disallowed_methods, reason = "a clock of its own, measured against the machine's")]
    pub fn starting_at(origin: Timestamp, speed: Speed) -> Self {
        Self { started: Instant::now(), origin, speed }
    }
}

impl ScaledClock {
    /// A clock that showed `since` when the machine's did: two processes that are told the same agree on the time.
    pub fn since(since: Timestamp, speed: Speed) -> Self {
        let passed = elapsed(since, SystemClock.now()).saturating_mul(speed.times());
        Self::starting_at(after(since, passed), speed)
    }
}

impl Clock for ScaledClock {
    fn now(&self) -> Timestamp {
        let passed = self.started.elapsed().saturating_mul(self.speed.times());
        after(self.origin, passed)
    }

    #[expect(clippy::disallowed_methods, reason = "waits in real time, but shorter")]
    fn sleep(&self, duration: Duration) -> Sleep<'_> {
        Box::pin(tokio::time::sleep(duration / self.speed.times()))
    }

    #[expect(clippy::disallowed_methods, reason = "waits in real time")]
    fn sleep_for_answer(&self, duration: Duration) -> Sleep<'_> {
        let scaled = duration / self.speed.times();
        Box::pin(tokio::time::sleep(scaled.max(SHORTEST_PATIENCE.min(duration))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn time_passes_faster_by_the_factor_at_least_for_who_sleeps() {
        let clock = ScaledClock::starting_at(Timestamp::UNIX_EPOCH, Speed::new(10_000).unwrap());
        clock.sleep(Duration::from_secs(60)).await;
        assert!(elapsed(Timestamp::UNIX_EPOCH, clock.now()) >= Duration::from_secs(60));
    }

    #[test]
    fn two_clocks_of_one_beginning_show_the_same_time_however_late_the_second_is_made() {
        let begun = SystemClock.now() - Duration::from_secs(2);
        let speed = Speed::new(1000).unwrap();
        let first = ScaledClock::since(begun, speed);
        let before = first.now();
        let second = ScaledClock::since(begun, speed).now();
        assert!(elapsed(begun, before) >= Duration::from_secs(2000));
        assert!(before <= second && second <= first.now() + Duration::from_secs(1));
    }

    #[test]
    fn only_whole_factors_from_1_to_100000_are_speeds() {
        for text in ["0", "-1", "1.5", "100001", "fast", ""] {
            assert_eq!(text.parse::<Speed>(), Err(InvalidSpeed), "{text}");
        }
        assert_eq!("600".parse::<Speed>().unwrap().times(), 600);
    }
}
