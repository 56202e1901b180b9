//! A clock that jumps: when all who share it wait for it, it is at once as late as the first of them wants.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use jiff::Timestamp;

use super::busy::{Busy, Shared};
use super::{Clock, Sleep, after};

/// How many turns of the runtime a closed connection may take to be noticed; one or two do.
const MOST_YIELDS: u32 = 10_000;

/// A clock for a rehearsal in one process: hours pass in the time that the work itself takes, and in the same
/// order each time.
///
/// It knows who sleeps on it, and by [`Clock::busy`] what is under way besides. Whoever runs the tasks calls
/// [`JumpingClock::jump`] each time that no task can go on.
#[derive(Debug, Clone)]
pub struct JumpingClock {
    state: Shared,
}

impl JumpingClock {
    /// A clock that stands at `start`.
    pub fn at(start: Timestamp) -> Self {
        Self { state: Shared::at(start) }
    }

    /// Goes on to the moment that the first sleeper waits for, and wakes it; does nothing while work is under
    /// way. Sleepers of the same moment are woken one a jump, in the order in which they went to sleep.
    pub fn jump(&self) {
        let waker = {
            let mut state = self.state.get();
            if state.busy > 0 {
                return;
            }
            let Some(((due, _), waker)) = state.sleepers.pop_first() else { return };
            state.now = state.now.max(due);
            waker
        };
        waker.wake();
    }

    async fn until_let_go(&self) {
        self.state.get().abandoned -= 1;
        for _ in 0..MOST_YIELDS {
            if self.state.get().abandoned >= 0 {
                return;
            }
            tokio::task::yield_now().await;
        }
    }
}

impl Clock for JumpingClock {
    fn now(&self) -> Timestamp {
        self.state.get().now
    }

    fn sleep(&self, duration: Duration) -> Sleep<'_> {
        let due = after(self.now(), duration);
        Box::pin(Sleeper { clock: self.clone(), due, key: None })
    }

    fn busy(&self) -> Busy {
        self.state.busy(1)
    }

    fn waiting(&self) -> Busy {
        self.state.busy(-1)
    }

    /// The server's task goes on waiting until it sees that the connection is closed. If the clock went on before
    /// that, it would take the wait for one of a call that is still under way.
    fn let_go(&self) -> Sleep<'_> {
        Box::pin(self.until_let_go())
    }
}

/// One who sleeps. It stands in the clock's list from the first poll until it is woken or dropped.
struct Sleeper {
    clock: JumpingClock,
    due: Timestamp,
    key: Option<u64>,
}

impl Future for Sleeper {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.clock.state.get();
        let (due, waker) = (self.due, context.waker().clone());
        match self.key {
            // A sleep of no time still lets the others go first.
            None => {
                let key = state.next;
                state.next += 1;
                state.sleepers.insert((due, key), waker);
                drop(state);
                self.key = Some(key);
                Poll::Pending
            }
            Some(key) => match state.sleepers.get_mut(&(due, key)) {
                Some(entry) => {
                    *entry = waker;
                    Poll::Pending
                }
                None => Poll::Ready(()),
            },
        }
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            self.clock.state.get().sleepers.remove(&(self.due, key));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::task::Waker;

    use super::*;

    /// Runs on one thread, and jumps when no task can go on.
    fn run<F: Future>(clock: &JumpingClock, work: F) -> F::Output {
        let hook = clock.clone();
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.on_thread_park(move || hook.jump()).build().unwrap().block_on(work)
    }

    fn counts(clock: &JumpingClock) -> (i64, i64) {
        let state = clock.state.get();
        (state.busy, state.abandoned)
    }

    fn seconds(count: i64) -> Timestamp {
        Timestamp::from_second(count).unwrap()
    }

    #[test]
    fn hours_pass_at_once_and_everyone_wakes_in_the_order_of_time() {
        let clock = JumpingClock::at(seconds(0));
        let woken = Mutex::new(Vec::new());
        let sleeper = |wait: u64| {
            let (clock, woken) = (&clock, &woken);
            async move {
                clock.sleep(Duration::from_secs(wait)).await;
                woken.lock().unwrap().push((wait, clock.now()));
            }
        };
        run(&clock, futures_util::future::join3(sleeper(7200), sleeper(60), sleeper(3600)));
        let expected = [(60, seconds(60)), (3600, seconds(3600)), (7200, seconds(7200))];
        assert_eq!(woken.into_inner().unwrap(), expected);
    }

    #[test]
    fn a_clock_stands_still_while_work_is_under_way_but_not_for_work_that_waits_for_it() {
        let clock = JumpingClock::at(seconds(0));
        let busy = clock.busy();
        let mut context = Context::from_waker(Waker::noop());
        let mut sleep = clock.sleep(Duration::from_secs(5));
        assert!(sleep.as_mut().poll(&mut context).is_pending());
        clock.jump();
        assert_eq!(clock.now(), seconds(0));
        let waiting = clock.waiting();
        clock.jump();
        assert_eq!(clock.now(), seconds(5));
        assert!(sleep.as_mut().poll(&mut context).is_ready());
        waiting.over();
        drop(busy);
        assert_eq!(counts(&clock), (0, 0));
    }

    #[tokio::test]
    async fn a_call_that_timed_out_is_over_once_its_wait_has_been_abandoned() {
        let clock = JumpingClock::at(seconds(0));
        let waiting = clock.waiting();
        let task = tokio::spawn(async move {
            for _ in 0..5 {
                tokio::task::yield_now().await;
            }
            drop(waiting);
        });
        clock.let_go().await;
        assert!(task.is_finished());
        assert_eq!(counts(&clock), (0, 0));
    }

    #[test]
    fn who_no_longer_waits_is_not_waited_for() {
        let clock = JumpingClock::at(seconds(0));
        let mut context = Context::from_waker(Waker::noop());
        let mut sleep = clock.sleep(Duration::from_secs(5));
        assert!(sleep.as_mut().poll(&mut context).is_pending());
        drop(sleep);
        clock.jump();
        assert_eq!(clock.now(), seconds(0));
    }
}
