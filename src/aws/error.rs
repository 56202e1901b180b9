//! The one way from a failed SDK call to an [`ApiError`].

use std::error::Error;
use std::future::Future;
use std::time::Duration;

use aws_sdk_sagemaker::operation::RequestId;
use aws_sdk_sts::config::{ProvideCredentials, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::{ErrorMetadata, ProvideErrorMetadata};

use crate::api_error::{ApiError, ApiErrorKind, Effect};
use crate::aws::settings::ThroughProxy;
use crate::aws::wording::{Body, host, root_cause, tidy, token};
use crate::aws::{kinds, misspelt_region};
use crate::facts::regions;
use crate::ids::Region;
use crate::text::chain;

/// The call that an error belongs to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Site<'a> {
    /// The operation, in AWS's spelling.
    pub(super) operation: &'static str,
    /// The region it was sent to.
    pub(super) region: &'a Region,
    /// The endpoint that stands in for AWS's own, if any.
    pub(super) endpoint: Option<&'a str>,
    /// How long an attempt may take.
    pub(super) attempt_timeout: Duration,
}

impl Site<'_> {
    fn error(&self, kind: ApiErrorKind, message: String) -> ApiError {
        let (operation, region) = (self.operation.to_owned(), self.region.clone());
        ApiError { operation, region, kind, effect: kind.effect(), code: None, message, request_id: None }
    }

    /// The error of an answer that came and could not be understood.
    pub(super) fn unreadable(&self, message: &str, request_id: Option<&str>) -> ApiError {
        let error = self.error(ApiErrorKind::Unreadable, tidy(message));
        ApiError { request_id: request_id.and_then(token), ..error }
    }

    /// What a failed call means.
    pub(super) fn failed<E>(&self, error: &SdkError<E, HttpResponse>) -> ApiError
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let meant = match error {
            SdkError::ConstructionFailure(_) => self.not_sent(error),
            SdkError::TimeoutError(_) => {
                let limit = self.attempt_timeout.as_secs_f32();
                self.error(ApiErrorKind::NoAnswer, format!("timed out after {limit} s"))
            }
            SdkError::DispatchFailure(failure) if failure.is_user() || is_no_endpoint(error) => {
                self.not_sent(error)
            }
            SdkError::DispatchFailure(_) => self.no_answer(error),
            SdkError::ResponseError(answer) => self.answered(answer.raw(), None, error),
            SdkError::ServiceError(answer) => self.answered(answer.raw(), Some(answer.err().meta()), error),
            _ => self.error(ApiErrorKind::Unreadable, root_cause(error)),
        };
        let request_id = error.request_id().and_then(token).or_else(|| meant.request_id.clone());
        ApiError { request_id, ..meant }
    }

    /// The request was never put on the wire: no credentials, or a request that cannot be built.
    fn not_sent(&self, error: &(dyn Error + 'static)) -> ApiError {
        self.no_credentials(error).unwrap_or_else(|| self.error(ApiErrorKind::Invalid, root_cause(error)))
    }

    fn no_credentials(&self, error: &(dyn Error + 'static)) -> Option<ApiError> {
        let refusal = chain(error).find(|link| is_credentials_error(*link))?;
        let meta = chain(refusal).find_map(|link| link.downcast_ref::<ErrorMetadata>());
        let code = meta.and_then(|meta| token(meta.code()?));
        let kind = kinds::without_credentials(code.as_deref().unwrap_or_default());
        let request_id = meta.and_then(|meta| token(meta.request_id()?));
        Some(ApiError { code, request_id, ..self.error(kind, root_cause(refusal)) })
    }

    /// No answer came. Where the connection was never made, the request certainly had no effect.
    fn no_answer(&self, error: &(dyn Error + 'static)) -> ApiError {
        if let Some(error) = self.no_credentials(error) {
            return error;
        }
        let mut message = root_cause(error);
        let unconnected = Unconnected::of(error);
        if unconnected.is_some()
            && let Some(url) = self.endpoint
        {
            message = format!("{message} ({})", host(url));
        } else if unconnected == Some(Unconnected::NameLookup) {
            message.push_str(&about_region(self.region.as_str()));
        }
        if let Some(proxy) = chain(error).find(|link| link.is::<ThroughProxy>()) {
            message = format!("{message} ({proxy})");
        }
        let error = self.error(ApiErrorKind::NoAnswer, message);
        let effect = if unconnected.is_some() { Effect::None } else { error.effect };
        ApiError { effect, ..error }
    }

    /// An answer came: an error, a success that could not be parsed, or one that was cut off.
    fn answered(
        &self,
        answer: &HttpResponse,
        meta: Option<&ErrorMetadata>,
        error: &(dyn Error + 'static),
    ) -> ApiError {
        let status = answer.status().as_u16();
        // A body that was read to its end is held in memory; one that was not is still a stream.
        let Some(body) = answer.body().bytes() else {
            let message = format!("HTTP {status}, then the answer was cut off: {}", root_cause(error));
            return self.error(ApiErrorKind::NoAnswer, message);
        };
        if (200..300).contains(&status) {
            return self.error(ApiErrorKind::Unreadable, format!("HTTP {status}: {}", root_cause(error)));
        }
        let (code, message) = match meta.and_then(|meta| Some((token(meta.code()?)?, meta.message()))) {
            Some((code, message)) => (Some(code), message.map(tidy).unwrap_or_default()),
            None => said_by_body(status, body),
        };
        let kind = kinds::kind(status, code.as_deref().unwrap_or_default(), &message);
        // moto 5.2.5 answers every call to a region that it does not know with a page of HTML. AWS says that it does
        // not know the credentials, where a region is not enabled in the account.
        let doubtful = code.is_none() || kind.is_credentials();
        let mut hint = if doubtful { about_region(self.region.as_str()) } else { String::new() };
        if kind == ApiErrorKind::Credentials
            && hint.is_empty()
            && regions::is_off_at_first(self.region.as_str())
        {
            hint = format!("; AWS answers so too where {} is not enabled for the account", self.region);
        }
        ApiError { code, ..self.error(kind, message + &hint) }
    }
}

/// The code and message of an error answer in which the SDK found none.
fn said_by_body(status: u16, body: &[u8]) -> (Option<String>, String) {
    match Body::of(body) {
        Body::Xml { code, message } => (token(&code), tidy(&message)),
        other @ (Body::Empty | Body::Html | Body::Other) => {
            (None, format!("HTTP {status} with {}", other.phrase()))
        }
    }
}

/// Why there was never a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unconnected {
    /// The host's name could not be resolved.
    NameLookup,
    /// Nobody listens, no route, a time-out while connecting, or a TLS handshake that failed.
    Connecting,
}

impl Unconnected {
    /// Found by text where the types are private to hyper-util 0.1 and aws-smithy-http-client 1.5; the tests of
    /// this file fail when the texts change. A miss is safe: the effect is then unknown.
    fn of(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut found = None;
        for link in chain(error) {
            let text = link.to_string();
            if text == "dns error" {
                return Some(Self::NameLookup);
            }
            let refused = link
                .downcast_ref::<std::io::Error>()
                .is_some_and(|error| error.kind() == std::io::ErrorKind::ConnectionRefused);
            if refused || text == "client error (Connect)" || text.starts_with("HTTP connect timeout") {
                found = Some(Self::Connecting);
            }
        }
        found
    }
}

/// What there is to say about a region where something went wrong: nothing, if it is a known one.
fn about_region(region: &str) -> String {
    match misspelt_region::meant(region) {
        Some(meant) => format!("; `{region}` is not a known region, did you mean `{meant}`?"),
        None if misspelt_region::is_known(region) => String::new(),
        None => format!("; `{region}` is not a known region"),
    }
}

/// Whether the endpoint's URL is not one. By text: the SDK has no type for it.
fn is_no_endpoint(error: &(dyn Error + 'static)) -> bool {
    chain(error).any(|link| link.to_string().starts_with("failed to apply endpoint"))
}

/// Whether the error is the SDK's `CredentialsError`.
///
/// The crate that defines that type is not among our dependencies, so it is named by what a provider answers.
fn is_credentials_error(error: &(dyn Error + 'static)) -> bool {
    fn is_of<F, A, T, E>(_answer_of: F, error: &(dyn Error + 'static)) -> bool
    where
        F: Fn(&'static SharedCredentialsProvider) -> A,
        A: Future<Output = Result<T, E>>,
        E: Error + 'static,
    {
        error.is::<E>()
    }
    is_of(|provider: &'static SharedCredentialsProvider| provider.provide_credentials(), error)
}

#[cfg(test)]
mod tests {
    use aws_config::credential_process::CredentialProcessProvider;

    use super::*;
    use crate::aws::loopback::{Loopback, Reply, here, impatient_session_on, session_at, session_on};
    use crate::execute::Cloud;
    use crate::ids::InstanceName;
    use crate::network::NetworkSource;

    fn name() -> InstanceName {
        "nb".parse().unwrap()
    }

    /// The error of a mutation that is answered in that way: one attempt, and nothing hidden by a retry.
    async fn error_of(reply: Reply) -> ApiError {
        Loopback::serving([reply]).await.session().stop(&here(), &name()).await.unwrap_err()
    }

    #[tokio::test]
    async fn an_error_carries_code_message_request_id_and_place() {
        let error =
            error_of(Reply::error("ValidationException", "Status (Stopping) not in ([InService]).")).await;
        let expected = "StopNotebookInstance in eu-west-1: the status does not allow it (ValidationException): \
            Status (Stopping) not in ([InService]). [request req-1]";
        assert_eq!(error.to_string(), expected);
        assert_eq!((error.kind, error.effect), (ApiErrorKind::WrongStatus, Effect::None));
    }

    #[tokio::test]
    async fn html_is_named_and_never_quoted() {
        let html = Reply::Http(
            500,
            &[("content-type", "text/html")],
            "<!doctype html><title>500</title>".to_owned(),
        );
        let error = error_of(html).await;
        assert_eq!((error.kind, error.effect), (ApiErrorKind::Unavailable, Effect::Unknown));
        assert_eq!(error.message, "HTTP 500 with an HTML body");
        assert_eq!(error_of(Reply::json(503, "")).await.message, "HTTP 503 with an empty body");

        let server = Loopback::serving([Reply::Http(500, &[], "<html>".to_owned())]).await;
        let error = server.session().stop(&"us-esat-1".parse().unwrap(), &name()).await.unwrap_err();
        assert!(error.message.ends_with("did you mean `us-east-1`?"), "{error}");
    }

    #[tokio::test]
    async fn xml_with_403_is_read_though_the_protocol_is_json() {
        let xml = |code: &str| {
            let body = format!(
                "<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"
            );
            Reply::Http(403, &[("content-type", "text/html; charset=utf-8")], body)
        };
        let denied = error_of(xml("AccessDenied")).await;
        assert_eq!((denied.kind, denied.effect), (ApiErrorKind::AccessDenied, Effect::None));
        assert_eq!((denied.code.as_deref(), denied.message.as_str()), (Some("AccessDenied"), "no"));
        for code in ["InvalidClientTokenId", "SignatureDoesNotMatch", "ExpiredToken"] {
            assert!(error_of(xml(code)).await.kind.is_credentials(), "{code}");
        }
        assert_eq!(error_of(Reply::json(403, "{}")).await.kind, ApiErrorKind::AccessDenied);
    }

    #[tokio::test]
    async fn the_query_protocol_is_read_too() {
        let body = "<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>slow down</Message></Error>\
            </Errors><RequestID>id</RequestID></Response>";
        let server = Loopback::serving(vec![Reply::xml(503, body); 4]).await;
        let wanted = ["subnet-1".parse().unwrap()].into();
        let error = server.session().subnets(&here(), &wanted).await.unwrap_err();
        assert_eq!(
            (error.kind, error.code.as_deref()),
            (ApiErrorKind::Throttled, Some("RequestLimitExceeded"))
        );
        assert_eq!((error.message.as_str(), error.request_id.as_deref()), ("slow down", Some("req-1")));
    }

    #[tokio::test]
    async fn a_hang_and_a_cut_reply_are_no_answer_and_may_have_had_an_effect() {
        let server = Loopback::serving([Reply::Hang]).await;
        let hung = server.impatient_session().stop(&here(), &name()).await.unwrap_err();
        assert_eq!(hung.message, "timed out after 1 s");
        let closed = error_of(Reply::Close).await;
        assert_eq!(closed.message, "connection closed before message completed");
        let cut = error_of(Reply::Cut).await;
        assert!(cut.message.starts_with("HTTP 200, then the answer was cut off: "), "{}", cut.message);
        for error in [hung, closed, cut] {
            assert_eq!((error.kind, error.effect), (ApiErrorKind::NoAnswer, Effect::Unknown), "{error}");
        }
    }

    #[tokio::test]
    async fn a_success_that_cannot_be_parsed_is_unreadable() {
        let server = Loopback::serving([Reply::json(200, "{\"NotebookInstanceName\": tru")]).await;
        let error = Cloud::describe(&server.session(), &here(), &name()).await.unwrap_err();
        assert_eq!((error.kind, error.effect), (ApiErrorKind::Unreadable, Effect::Unknown));
        assert_eq!(error.message, "HTTP 200: type mismatch: expected string");
        assert_eq!(server.requests().len(), 1, "an unreadable answer stays unreadable");
    }

    #[tokio::test]
    async fn a_refused_connection_certainly_had_no_effect_and_names_the_host() {
        // Port 1 is reserved (tcpmux); nobody listens there.
        let error = session_at("http://user:secret@127.0.0.1:1").stop(&here(), &name()).await.unwrap_err();
        assert_eq!((error.kind, error.effect), (ApiErrorKind::NoAnswer, Effect::None));
        assert!(
            error.message.contains("onnection refused") && error.message.ends_with("(127.0.0.1:1)"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn a_handshake_that_never_ends_certainly_had_no_effect() {
        let server = Loopback::serving([]).await;
        let config = server
            .config()
            .to_builder()
            .endpoint_url(format!("https://{}", server.address()))
            .http_client(crate::aws::settings::usual_http_client())
            .build();
        let error = impatient_session_on(config).stop(&here(), &name()).await.unwrap_err();
        assert_eq!((error.kind, error.effect), (ApiErrorKind::NoAnswer, Effect::None), "{error}");
        assert!(error.message.starts_with("HTTP connect timeout occurred after 500ms"), "{error}");
    }

    #[tokio::test]
    async fn a_host_without_an_address_certainly_had_no_effect_and_is_named() {
        // The top-level domain `invalid` never resolves (RFC 2606).
        let error = session_at("http://nowhere.invalid:5000").stop(&here(), &name()).await.unwrap_err();
        assert_eq!((error.kind, error.effect), (ApiErrorKind::NoAnswer, Effect::None));
        assert!(
            error.message.starts_with("dns error: ") && error.message.ends_with("(nowhere.invalid:5000)"),
            "{error}"
        );
    }

    #[test]
    fn an_unknown_region_gets_a_suggestion_and_a_known_one_does_not() {
        assert_eq!(
            about_region("us-esat-1"),
            "; `us-esat-1` is not a known region, did you mean `us-east-1`?"
        );
        assert_eq!(about_region("moon-base-1"), "; `moon-base-1` is not a known region");
        assert_eq!(about_region("us-east-1"), "");
    }

    #[tokio::test]
    async fn an_endpoint_that_is_no_url_is_refused_without_a_call() {
        let error = session_at("not a url").stop(&here(), &name()).await.unwrap_err();
        assert_eq!((error.kind, error.effect), (ApiErrorKind::Invalid, Effect::None), "{error}");
        assert_eq!(error.message, "failed to apply endpoint `not a url`: endpoint is not a valid URI");
    }

    #[tokio::test]
    async fn credentials_that_cannot_be_had_are_told_from_a_lost_connection() {
        let provider = CredentialProcessProvider::new("echo locked >&2; exit 3".to_owned());
        let server = Loopback::serving([]).await;
        let config =
            server.config().to_builder().credentials_provider(SharedCredentialsProvider::new(provider));
        let error = session_on(config.build()).stop(&here(), &name()).await.unwrap_err();
        assert_eq!((error.kind, error.effect), (ApiErrorKind::Credentials, Effect::None), "{error}");
        assert!(
            error.message.contains("loading credentials") && error.message.ends_with("locked"),
            "{error}"
        );
        assert_eq!(server.requests(), []);
    }
}
