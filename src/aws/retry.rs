//! The gate of one region: keeps the rate, repeats reads that failed in passing, sends mutations once.

use std::error::Error;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use backon::{BackoffBuilder, ExponentialBuilder};

use crate::api_error::{ApiError, ApiErrorKind, Effect};
use crate::aws::error::Site;
use crate::aws::misspelt_region;
use crate::aws::rate::Rate;
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
    rate: Rate,
    waits: ExponentialBuilder,
}

/// What a [`Gate`] needs to know.
pub(super) struct GateOptions {
    /// The region.
    pub(super) region: Region,
    /// The endpoint that stands in for AWS's own, if any.
    pub(super) endpoint: Option<String>,
    /// How long an attempt may take. The SDK keeps it; the gate names it in errors.
    pub(super) attempt_timeout: Duration,
    /// The most calls in a second; 0 counts as 1.
    pub(super) requests_per_second: u32,
    /// Makes the random waits the same in every rehearsal.
    pub(super) seed: Option<u64>,
}

impl Gate {
    /// A gate that nobody has passed yet.
    pub(super) fn new(options: GateOptions, clock: Arc<dyn Clock>) -> Self {
        let GateOptions { region, endpoint, attempt_timeout, requests_per_second, seed } = options;
        let rate = Rate::new(requests_per_second, clock.clone());
        let waits = seed.map_or(WAITS, |seed| WAITS.with_jitter_seed(seed));
        Self { region, endpoint, attempt_timeout, clock, rate, waits }
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
        let turn = self.rate.turn().await;
        let start = self.clock.now();
        let _busy = self.clock.busy();
        let answer = call.await;
        if matches!(answer, Err(SdkError::TimeoutError(_))) {
            self.clock.let_go().await;
        }
        let answer = answer.map_err(|error| self.site(operation).failed(&error));
        match answer.as_ref().err().map(|error| error.kind) {
            Some(ApiErrorKind::Throttled) => self.rate.throttled(turn),
            Some(_) | None => self.rate.admitted(),
        }
        self.log(operation, elapsed(start, self.clock.now()), answer.as_ref().err());
        answer
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
            && !misspelt_region::is_known(self.region.as_str());
        error.kind.is_transient() && !misspelt
    }
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::aws::loopback::{Loopback, Reply, here};
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
    async fn a_throttle_halves_the_rate_of_the_region_for_every_call() {
        let empty = Reply::json(200, r#"{"NotebookInstances":[]}"#);
        let server = Loopback::serving([throttled(), throttled(), empty]).await;
        let session = server.session();
        assert_eq!(session.list(&here()).await, Ok(vec![]));
        let period = session.regional(&here()).gate.rate.period();
        // 100 a second, halved twice; the pauses between the attempts have won some of it back.
        assert!((15..40).contains(&period.as_millis()), "{period:?}");
    }
}
