//! Time as an argument: the system's clock in life, a faster one or one that jumps in rehearsals, a hand-driven
//! one in tests.

mod busy;
mod jumping;
mod scaled;

use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;
use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

pub use busy::Busy;
pub use jumping::JumpingClock;
pub use scaled::{InvalidSpeed, ScaledClock, Speed};

/// A wait that ends when its clock says so.
pub type Sleep<'a> = Pin<Box<dyn Future<Output = ()> + Send + Sync + 'a>>;

/// Where the program gets the time from, and how it waits.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
    /// Waits for that long on this clock.
    fn sleep(&self, duration: Duration) -> Sleep<'_>;

    /// Waits for as long as an answer from outside may take. Answers come at the pace of the machine that the
    /// program runs on, so a clock that runs faster than life must not cut them short.
    fn sleep_for_answer(&self, duration: Duration) -> Sleep<'_> {
        self.sleep(duration)
    }

    /// Marks work under way that no clock can foretell the end of: a request, a write to disk. A clock that
    /// jumps stands still until it is done.
    fn busy(&self) -> Busy {
        Busy::default()
    }

    /// Marks work under way as waiting for this very clock, so that it does not hold the clock up. Whoever comes to
    /// the end of the wait says so by [`Busy::over`].
    fn waiting(&self) -> Busy {
        Busy::default()
    }

    /// Waits until the other side of a call that timed out has noticed it, where that matters to the clock.
    fn let_go(&self) -> Sleep<'_> {
        Box::pin(std::future::ready(()))
    }
}

/// The day (UTC) of a moment: what is known by date, and what is granted until one, goes by it wherever the operator is.
pub fn day(moment: Timestamp) -> Date {
    moment.to_zoned(TimeZone::UTC).date()
}

/// The machine's clock.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine for the time")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that waits in real time")]
    fn sleep(&self, duration: Duration) -> Sleep<'_> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// A clock that moves only when somebody sleeps on it: every wait is over at once, and took its time.
#[derive(Debug)]
pub struct ManualClock {
    now: Mutex<Timestamp>,
}

impl ManualClock {
    /// A clock that stands at `start`.
    pub fn at(start: Timestamp) -> Self {
        Self { now: Mutex::new(start) }
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let mut now = self.now.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *now = after(*now, by);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn sleep(&self, duration: Duration) -> Sleep<'_> {
        Box::pin(async move {
            self.advance(duration);
            // Lets the other items of a run have their turn.
            tokio::task::yield_now().await;
        })
    }
}

/// `start` plus `by`; the far end of time instead of an overflow.
pub fn after(start: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| start.checked_add(by).ok()).unwrap_or(Timestamp::MAX)
}

/// How long it is from `start` to `end`; zero when the clock went backwards.
pub fn elapsed(start: Timestamp, end: Timestamp) -> Duration {
    end.duration_since(start).try_into().unwrap_or(Duration::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sleeping_on_a_manual_clock_takes_no_time_but_moves_it() {
        let clock = ManualClock::at(Timestamp::UNIX_EPOCH);
        clock.sleep(Duration::from_secs(90)).await;
        assert_eq!(elapsed(Timestamp::UNIX_EPOCH, clock.now()), Duration::from_secs(90));
    }

    #[test]
    fn adding_past_the_end_of_time_stops_there_and_going_back_takes_none() {
        assert_eq!(after(Timestamp::MAX, Duration::from_secs(1)), Timestamp::MAX);
        assert_eq!(elapsed(Timestamp::MAX, Timestamp::UNIX_EPOCH), Duration::ZERO);
    }
}
