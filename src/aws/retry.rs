//! The gate of one region: keeps the rate, repeats reads that failed in passing, sends mutations once.

use std::error::Error;
use std::fmt::Debug;
use std::future::Future;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use backon::{BackoffBuilder, ExponentialBuilder};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use jiff::Timestamp;

use crate::api_error::{ApiError, ApiErrorKind, Effect};
use crate::aws::error::Site;
use crate::aws::regions;
use crate::clock::{Clock, elapsed};
use crate::ids::Region;

/// The waits between the four attempts at a read: 0.5, 1 and 2 s, each with up to as much again at random.
///
/// AWS publishes no rates for these operations. Four attempts outlast a passing throttle and still end within
/// seconds; what lasts longer is for the caller, who knows what the read is for.
const WAITS: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(500))
    .with_factor(2.0)
    .with_max_times(3)
    .with_jitter();

/// What all calls to one region pass through.
pub(super) struct Gate {
    region: Region,
    endpoint: Option<String>,
    attempt_timeout: Duration,
    clock: Arc<dyn Clock>,
    limiter: RateLimiter<NotKeyed, InMemoryState, Ticks, NoOpMiddleware<Nanos>>,
    waits: ExponentialBuilder,
    /// Calls wait for the rate one after another: first come, first served, and one sleeper at a time.
    turn: tokio::sync::Mutex<()>,
}

/// What a [`Gate`] needs to know.
pub(super) struct GateOptions {
    /// The region.
    pub(super) region: Region,
    /// The endpoint that stands in for AWS's own, if any.
    pub(super) endpoint: Option<String>,
    /// How long an attempt may take. The SDK keeps it; the gate names it in errors.
    pub(super) attempt_timeout: Duration,
    /// The most calls in a second, evenly spaced; 0 counts as 1.
    pub(super) requests_per_second: u32,
    /// Makes the random waits the same in every rehearsal.
    pub(super) seed: Option<u64>,
}

impl Gate {
    /// A gate that nobody has passed yet.
    pub(super) fn new(options: GateOptions, clock: Arc<dyn Clock>) -> Self {
        let GateOptions { region, endpoint, attempt_timeout, requests_per_second, seed } = options;
        let rate = NonZeroU32::new(requests_per_second).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_second(rate).allow_burst(NonZeroU32::MIN);
        let limiter = RateLimiter::direct_with_clock(quota, Ticks::of(clock.clone()));
        let waits = seed.map_or(WAITS, |seed| WAITS.with_jitter_seed(seed));
        let turn = tokio::sync::Mutex::new(());
        Self { region, endpoint, attempt_timeout, clock, limiter, waits, turn }
    }

    /// The place of an error of that operation.
    pub(super) fn site(&self, operation: &'static str) -> Site<'_> {
        let (region, endpoint) = (&self.region, self.endpoint.as_deref());
        Site { operation, region, endpoint, attempt_timeout: self.attempt_timeout }
    }

    /// Sends a call that changes nothing, again where that can help.
    pub(super) async fn read<T, E, F>(
        &self,
        operation: &'static str,
        call: impl Fn() -> F,
    ) -> Result<T, ApiError>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + Error + 'static,
    {
        let mut waits = self.waits.build();
        loop {
            match self.once(operation, call()).await {
                Err(error) if self.is_worth_repeating(&error) => match waits.next() {
                    Some(wait) => self.clock.sleep(wait).await,
                    None => return Err(error),
                },
                answer => return answer,
            }
        }
    }

    /// Sends a call that changes something: exactly once, whatever comes back.
    pub(super) async fn mutate<T, E, F>(
        &self,
        operation: &'static str,
        call: impl FnOnce() -> F,
    ) -> Result<T, ApiError>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + Error + 'static,
    {
        self.once(operation, call()).await
    }

    async fn once<T, E, F>(&self, operation: &'static str, call: F) -> Result<T, ApiError>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + Error + 'static,
    {
        self.wait_for_turn().await;
        let start = self.clock.now();
        let _busy = self.clock.busy();
        let answer = call.await;
        if matches!(answer, Err(SdkError::TimeoutError(_))) {
            self.clock.let_go().await;
        }
        let answer = answer.map_err(|error| self.site(operation).failed(&error));
        self.log(operation, elapsed(start, self.clock.now()), answer.as_ref().err());
        answer
    }

    async fn wait_for_turn(&self) {
        let _turn = self.turn.lock().await;
        while let Err(too_early) = self.limiter.check() {
            let now = governor::clock::Clock::now(self.limiter.clock());
            self.clock.sleep(too_early.wait_time_from(now)).await;
        }
    }

    /// One line a call for `-v`. Never the message: it may quote what the user tagged or sent.
    fn log(&self, operation: &'static str, took: Duration, error: Option<&ApiError>) {
        let elapsed_ms = took.as_millis();
        let region = self.region.as_str();
        match error {
            None => {
                tracing::debug!(target: "remediate::aws", operation, region, outcome = "ok", elapsed_ms);
            }
            Some(ApiError { kind, code, request_id, .. }) => {
                let (code, request_id) = (code.as_deref(), request_id.as_deref());
                tracing::debug!(
                    target: "remediate::aws",
                    operation, region, outcome = ?kind, code, request_id, elapsed_ms
                );
            }
        }
    }

    /// A region that nobody knows and that has no address will have none a second later either: the operator
    /// misspelt it and should read so at once.
    fn is_worth_repeating(&self, error: &ApiError) -> bool {
        let misspelt = error.kind == ApiErrorKind::NoAnswer
            && error.effect == Effect::None
            && self.endpoint.is_none()
            && !regions::is_known(self.region.as_str());
        error.kind.is_transient() && !misspelt
    }
}

/// Our clock as the limiter wants it: nanoseconds that never go back, whatever the machine's clock does.
#[derive(Clone)]
struct Ticks {
    clock: Arc<dyn Clock>,
    /// When it was last read, and how much time had passed by then.
    last: Arc<Mutex<(Timestamp, Duration)>>,
}

impl Ticks {
    fn of(clock: Arc<dyn Clock>) -> Self {
        let last = Arc::new(Mutex::new((clock.now(), Duration::ZERO)));
        Self { clock, last }
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
        let now = self.clock.now();
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = last.1.saturating_add(elapsed(last.0, now));
        *last = (now, passed);
        Nanos::from(passed)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::aws::loopback::{Loopback, Reply, here};
    use crate::clock::ManualClock;
    use crate::execute::Cloud;
    use crate::inventory::InstanceSource;

    fn throttled() -> Reply {
        Reply::error("ThrottlingException", "Rate exceeded")
    }

    #[tokio::test]
    async fn a_read_is_repeated_after_a_throttle_a_fault_and_a_lost_reply() {
        let fault = Reply::json(500, r#"{"__type":"InternalFailure"}"#);
        let empty = Reply::json(200, r#"{"NotebookInstances":[]}"#);
        let server = Loopback::serving([throttled(), fault, Reply::Close, empty]).await;
        assert_eq!(server.session().list(&here()).await, Ok(vec![]));
        assert_eq!(server.requests().len(), 4);
    }

    #[tokio::test]
    async fn a_read_gives_up_after_four_attempts_and_at_once_when_it_is_denied() {
        let server = Loopback::serving(vec![throttled(); 9]).await;
        assert_eq!(server.session().list(&here()).await.unwrap_err().kind, ApiErrorKind::Throttled);
        assert_eq!(server.requests().len(), 4);

        let server = Loopback::serving([Reply::error("AccessDeniedException", "no")]).await;
        assert_eq!(server.session().list(&here()).await.unwrap_err().kind, ApiErrorKind::AccessDenied);
        assert_eq!(server.requests().len(), 1);
    }

    #[tokio::test]
    async fn a_mutation_is_sent_once_whatever_comes_back() {
        let html = Reply::Http(500, &[], "<html>".to_owned());
        for reply in [throttled(), html, Reply::Close, Reply::Cut, Reply::Hang] {
            let hangs = matches!(reply, Reply::Hang);
            let server = Loopback::serving([reply.clone(), Reply::json(200, "{}")]).await;
            let session = if hangs { server.impatient_session() } else { server.session() };
            assert!(session.delete(&here(), &"nb".parse().unwrap()).await.is_err(), "{reply:?}");
            assert_eq!(server.requests().len(), 1, "{reply:?}");
        }
    }

    #[tokio::test]
    async fn calls_to_a_region_are_evenly_spaced_however_many_want_to_go() {
        let clock = Arc::new(ManualClock::at(Timestamp::UNIX_EPOCH));
        let options = GateOptions {
            region: here(),
            endpoint: None,
            attempt_timeout: Duration::from_secs(1),
            requests_per_second: 5,
            seed: None,
        };
        let gate = Gate::new(options, clock.clone());
        let passed = futures_util::future::join_all((0..11).map(async |_| {
            gate.wait_for_turn().await;
            elapsed(Timestamp::UNIX_EPOCH, clock.now()).as_millis()
        }))
        .await;
        assert_eq!(passed, (0..11).map(|n| n * 200).collect::<Vec<_>>());
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
