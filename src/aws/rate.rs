//! The rate of one region: evenly spaced calls, half as many after a throttle, and more again as AWS lets them pass.

use std::fmt::Debug;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use jiff::Timestamp;

use crate::clock::{Clock, elapsed};

/// The fewest calls in a second that throttling leads to: one in ten seconds still notices when AWS has time again.
const LEAST: f64 = 0.1;

/// How long it takes from nothing to the full rate when no call is throttled. AWS publishes neither its rates nor how it
/// refills them. With this, of five calls a second one is left where every third is throttled by chance, and where AWS has a
/// limit of half of them it is overrun by one call in ten.
const RECOVERY: Duration = Duration::from_secs(25);

type Limiter = RateLimiter<NotKeyed, InMemoryState, Ticks, NoOpMiddleware<Nanos>>;

/// The rate that all calls to a region share.
pub(super) struct Rate {
    clock: Arc<dyn Clock>,
    ticks: Ticks,
    /// Calls in a second when nothing is throttled.
    full: f64,
    state: Mutex<State>,
    /// Calls wait for the rate one after another: first come, first served, and one sleeper at a time.
    turn: tokio::sync::Mutex<()>,
}

struct State {
    /// A limiter's quota cannot be changed: for another rate there is another limiter.
    limiter: Limiter,
    per_second: f64,
    /// When the last call passed.
    passed: Option<Nanos>,
    halvings: u64,
    /// The last answer: from then on the rate recovers.
    answered: Nanos,
}

/// A call's leave to go, and how often the rate had been halved by then.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn(u64);

impl Rate {
    /// So many calls in a second; 0 counts as 1.
    pub(super) fn new(per_second: u32, clock: Arc<dyn Clock>) -> Self {
        let ticks = Ticks::of(clock.clone());
        let full = f64::from(per_second.max(1));
        let (limiter, answered) = (limiter(full, &ticks), ticks.now());
        let state = State { limiter, per_second: full, passed: None, halvings: 0, answered };
        Self { clock, ticks, full, state: Mutex::new(state), turn: tokio::sync::Mutex::new(()) }
    }

    /// Waits until a call may go.
    pub(super) async fn turn(&self) -> Turn {
        let _turn = self.turn.lock().await;
        loop {
            let wait = match self.pass() {
                Ok(turn) => return turn,
                Err(wait) => wait,
            };
            // The rate may be another one by then, so that it is asked again.
            self.clock.sleep(wait).await;
        }
    }

    fn pass(&self) -> Result<Turn, Duration> {
        let mut state = self.state();
        let now = self.ticks.now();
        match state.limiter.check() {
            Ok(()) => {
                state.passed = Some(now);
                Ok(Turn(state.halvings))
            }
            Err(too_early) => Err(too_early.wait_time_from(now)),
        }
    }

    /// AWS has throttled the call of that turn. Calls that had gone before the rate was last halved say nothing about
    /// the rate that there is now: a burst of throttles counts once.
    pub(super) fn throttled(&self, Turn(halvings): Turn) {
        let mut state = self.state();
        state.answered = self.ticks.now();
        if halvings == state.halvings {
            state.halvings += 1;
            let halved = (state.per_second / 2.0).max(LEAST.min(self.full));
            self.change(&mut state, halved);
        }
    }

    /// AWS has not throttled a call: the time since the last answer counts towards the full rate. While it throttles
    /// every call there is nothing to count.
    pub(super) fn admitted(&self) {
        let mut state = self.state();
        let now = self.ticks.now();
        let since = Duration::from(now).saturating_sub(state.answered.into());
        state.answered = now;
        if state.per_second < self.full {
            let more = self.full * since.as_secs_f64() / RECOVERY.as_secs_f64();
            let more = (state.per_second + more).min(self.full);
            self.change(&mut state, more);
        }
    }

    /// The next call has to wait for as long after the last one as the new rate says.
    fn change(&self, state: &mut State, per_second: f64) {
        state.per_second = per_second;
        self.ticks.hold(state.passed);
        state.limiter = limiter(per_second, &self.ticks);
        if state.passed.is_some() {
            // The call that passed then takes the new limiter's first place, which it has: it is new.
            state.limiter.check().ok();
        }
        self.ticks.hold(None);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time from one call to the next.
    #[cfg(test)]
    pub(super) fn period(&self) -> Duration {
        Duration::from_secs_f64(self.state().per_second.recip())
    }
}

fn limiter(per_second: f64, ticks: &Ticks) -> Limiter {
    let period = Duration::from_secs_f64(per_second.recip()).max(Duration::from_nanos(1));
    // Not zero, so there is a quota.
    let quota = Quota::with_period(period).unwrap_or_else(|| Quota::per_second(NonZeroU32::MIN));
    RateLimiter::direct_with_clock(quota.allow_burst(NonZeroU32::MIN), ticks.clone())
}

/// Our clock as the limiter wants it: nanoseconds that never go back, whatever the machine's clock does.
#[derive(Clone)]
struct Ticks {
    clock: Arc<dyn Clock>,
    /// When it was last read, and how much time had passed by then.
    last: Arc<Mutex<(Timestamp, Duration)>>,
    /// A moment in the past that a new limiter is to see in place of the present.
    held: Arc<Mutex<Option<Nanos>>>,
}

impl Ticks {
    fn of(clock: Arc<dyn Clock>) -> Self {
        let last = Arc::new(Mutex::new((clock.now(), Duration::ZERO)));
        Self { clock, last, held: Arc::default() }
    }

    fn hold(&self, at: Option<Nanos>) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }
}

impl Debug for Ticks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ticks").field("last", &self.last).finish_non_exhaustive()
    }
}

impl governor::clock::Clock for Ticks {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        if let Some(held) = *self.held.lock().unwrap_or_else(PoisonError::into_inner) {
            return held;
        }
        let now = self.clock.now();
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = last.1.saturating_add(elapsed(last.0, now));
        *last = (now, passed);
        Nanos::from(passed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    fn rate(per_second: u32) -> (Arc<ManualClock>, Rate) {
        let clock = Arc::new(ManualClock::at(Timestamp::UNIX_EPOCH));
        (clock.clone(), Rate::new(per_second, clock))
    }

    fn millis(clock: &ManualClock) -> u128 {
        elapsed(Timestamp::UNIX_EPOCH, clock.now()).as_millis()
    }

    #[tokio::test]
    async fn calls_to_a_region_are_evenly_spaced_however_many_want_to_go() {
        let (clock, rate) = rate(5);
        let passed = futures_util::future::join_all((0..11).map(async |_| {
            rate.turn().await;
            millis(&clock)
        }))
        .await;
        assert_eq!(passed, (0..11).map(|n| n * 200).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn a_throttle_halves_the_rate_and_the_next_call_waits_as_long_as_the_new_one_says() {
        let (clock, rate) = rate(5);
        let turn = rate.turn().await;
        clock.advance(Duration::from_millis(150));
        rate.throttled(turn);
        rate.turn().await;
        assert_eq!(millis(&clock), 400, "400 ms after the last call, not after the answer, and not at once");
        rate.turn().await;
        assert_eq!(millis(&clock), 800);
    }

    #[tokio::test]
    async fn the_throttles_of_one_burst_count_once() {
        let (_, rate) = rate(8);
        let burst = [rate.turn().await, rate.turn().await, rate.turn().await];
        burst.into_iter().for_each(|turn| rate.throttled(turn));
        assert_eq!(rate.period(), Duration::from_millis(250));
        rate.throttled(rate.turn().await);
        assert_eq!(rate.period(), Duration::from_millis(500), "a call that was sent at the new rate does");
    }

    #[tokio::test]
    async fn the_rate_recovers_while_nothing_is_throttled_and_never_beyond_the_full_one() {
        let (clock, rate) = rate(5);
        rate.throttled(rate.turn().await);
        rate.throttled(rate.turn().await);
        assert_eq!(rate.period(), Duration::from_millis(800));
        clock.advance(Duration::from_secs(10));
        // 1.25 a second, and two fifths of 5 more.
        rate.admitted();
        assert_eq!(rate.period().as_millis(), 307);
        clock.advance(Duration::from_secs(3600));
        rate.admitted();
        assert_eq!(rate.period(), Duration::from_millis(200));
        clock.advance(Duration::from_secs(10));
        let start = millis(&clock);
        for n in 0..4 {
            rate.turn().await;
            assert_eq!(millis(&clock) - start, n * 200, "a rest saves no calls up");
        }
    }

    #[tokio::test]
    async fn when_every_call_is_throttled_one_in_ten_seconds_is_left() {
        let (clock, rate) = rate(5);
        for _ in 0..20 {
            rate.throttled(rate.turn().await);
        }
        assert_eq!(rate.period(), Duration::from_secs(10));
        let before = millis(&clock);
        rate.turn().await;
        assert_eq!(millis(&clock) - before, 10_000);
        rate.admitted();
        assert_eq!(rate.period().as_millis(), 476, "the first that passes counts for the ten seconds");
    }

    #[test]
    fn the_limiter_sees_no_time_pass_when_the_clock_goes_back() {
        /// A clock that an operator sets back by an hour.
        struct SetBack(Mutex<Vec<i64>>);
        impl Clock for SetBack {
            fn now(&self) -> Timestamp {
                Timestamp::from_second(self.0.lock().unwrap().remove(0)).unwrap()
            }
            fn sleep(&self, _: Duration) -> crate::clock::Sleep<'_> {
                Box::pin(std::future::ready(()))
            }
        }
        let ticks = Ticks::of(Arc::new(SetBack(Mutex::new(vec![7200, 7201, 3600, 3602]))));
        let seconds = [(); 3].map(|()| Duration::from(governor::clock::Clock::now(&ticks)).as_secs());
        assert_eq!(seconds, [1, 1, 3]);
    }
}
