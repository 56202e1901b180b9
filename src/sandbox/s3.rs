//! S3, by s3s: the protocol is its, and objects are files in a directory that vanishes with the sandbox. Around it
//! stand the faults and the log that all services have; only the throttle does not, as S3 takes thousands of calls
//! a second.

mod operation;

use std::io;
use std::path::Path;

use http_body_util::BodyExt as _;
use hyper::body::{Bytes, Incoming};
use hyper::header::HeaderValue;
use hyper::http::request::Parts;
use hyper::{Response, StatusCode};
use s3s::auth::{S3Auth, SecretKey};
use s3s::service::{S3Service, S3ServiceBuilder};
use tempfile::TempDir;

use crate::sandbox::answer::{Answer, AwsError};
use crate::sandbox::body::{Body, whole};
use crate::sandbox::core::{Core, Met};
use crate::sandbox::credentials::SECRET_KEY;
use crate::sandbox::fault::Fault;
use crate::sandbox::log::{CALLER, FORMAT_VERSION, LoggedCall};
use crate::sandbox::request::{Request, Service};

pub(crate) use operation::OPERATIONS;
use operation::operation;

/// The objects of every account.
pub(crate) struct Storage {
    service: S3Service,
}

/// A directory for the objects, which vanishes when it is dropped.
pub(crate) fn directory() -> io::Result<TempDir> {
    tempfile::Builder::new().prefix("remediate-sandbox-").tempdir()
}

/// S3 alone checks signatures, so it must know the secret.
struct OneSecret;

#[async_trait::async_trait]
impl S3Auth for OneSecret {
    async fn get_secret_key(&self, _access_key: &str) -> s3s::S3Result<SecretKey> {
        Ok(SecretKey::from(SECRET_KEY))
    }
}

impl Storage {
    /// A storage of the objects in that directory.
    pub(crate) fn new(directory: &Path) -> io::Result<Storage> {
        let files =
            s3s_fs::FileSystem::new(directory).map_err(|error| io::Error::other(format!("{error:?}")))?;
        let mut builder = S3ServiceBuilder::new(files);
        builder.set_auth(OneSecret);
        Ok(Storage { service: builder.build() })
    }

    /// Whether a request is for S3: it says so in the scope of its signature, in its header or its query.
    pub(crate) fn is_for(parts: &Parts) -> bool {
        let header = parts.headers.get("authorization").and_then(|value| value.to_str().ok());
        let query = parts.uri.query().filter(|query| query.contains("X-Amz-Signature"));
        header.is_some_and(|header| header.contains("/s3/aws4_request"))
            || query.is_some_and(|query| query.contains("%2Fs3%2Faws4_request"))
    }

    /// Answers a request.
    async fn call(&self, request: hyper::Request<Incoming>) -> Response<Body> {
        match self.service.call(request.map(s3s::Body::from)).await {
            Ok(response) => response.map(|body| body.map_err(Into::into).boxed_unsync()),
            Err(error) => {
                let error = AwsError::new(500, "InternalError", format!("{error:?}"));
                whole(Answer::error(Service::S3, &error, String::new()).into_response(Service::S3))
            }
        }
    }
}

/// Answers a request, unless a fault says otherwise, and writes it down. `None`: the connection is to be cut.
pub(crate) async fn serve(
    core: &Core,
    storage: &Storage,
    parts: Parts,
    body: Incoming,
) -> Option<Response<Body>> {
    // Only the head is read here: an object may be larger than the memory.
    let mut request = Request::read(&parts, &Bytes::new());
    request.operation = operation(&parts).to_owned();
    let resource = parts.uri.path().trim_start_matches('/').to_owned();
    let met = core.meet_s3(&request, &resource);
    let fault = met.strike.as_ref().map(|strike| strike.fault.clone());
    let (mut response, code) = match &met.refused {
        Some(error) => {
            drain(body).await;
            let answer = Answer::error(Service::S3, error, met.request_id.clone());
            (whole(answer.into_response(Service::S3)), Some(error.code.clone()))
        }
        None => (storage.call(hyper::Request::from_parts(parts, body)).await, None),
    };
    // Whoever answers, S3's own header has the number.
    if let Ok(id) = HeaderValue::from_str(&met.request_id) {
        response.headers_mut().insert("x-amz-request-id", id);
    }
    let cut = matches!(fault, Some(Fault::CutBefore | Fault::CutAfter));
    let status = (!cut).then(|| response.status());
    log(core, &request, resource, Ended { met, status, code: code.filter(|_| !cut) });
    if let Some(Fault::Slow(wait)) = fault {
        let waiting = core.clock.waiting();
        core.clock.sleep(wait).await;
        waiting.over();
    }
    (!cut).then_some(response)
}

/// How a request ended.
struct Ended {
    met: Met,
    status: Option<StatusCode>,
    code: Option<String>,
}

fn log(core: &Core, request: &Request, resource: String, ended: Ended) {
    let Ended { met, status, code } = ended;
    core.log(|seq, at| LoggedCall {
        format_version: FORMAT_VERSION,
        seq,
        at,
        account: met.account,
        region: request.region.as_ref().map(|region| region.as_str().to_owned()),
        service: Service::S3.as_str().to_owned(),
        operation: request.operation.clone(),
        resource: Some(resource),
        by: CALLER.to_owned(),
        status: status.map(|status| status.as_u16()),
        code,
        fault: met.strike.map(|strike| strike.kind.to_owned()),
        request_id: met.request_id,
    });
}

/// Reads what the client still sends, so that it comes to read its answer.
async fn drain(mut body: Incoming) {
    while let Some(Ok(_)) = body.frame().await {}
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;
    use crate::clock::SystemClock;
    use crate::sandbox::fault::FaultRule;
    use crate::sandbox::testing::{HOME, world};
    use crate::sandbox::{Options, Sandbox};

    /// Sends a request with a signature that is not valid: what refuses it before S3 does is a fault.
    async fn send(sandbox: &Sandbox, head: &str) -> String {
        let address = sandbox.endpoint().trim_start_matches("http://");
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let scope = format!("AWS4-HMAC-SHA256 Credential=AKIA{HOME}/20260101/us-east-1/s3/aws4_request");
        let request = format!(
            "{head} HTTP/1.1\r\nhost: {address}\r\nauthorization: {scope}\r\nconnection: close\r\n\
             content-length: 5\r\n\r\nhello"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn faults_strike_s3_and_every_request_is_written_down() {
        let rule = |fault, operation: &str| FaultRule {
            operation: Some(operation.to_owned()),
            ..FaultRule::always(fault)
        };
        let faults = vec![
            rule(Fault::Throttle, "PutObject"),
            rule(Fault::CutAfter, "GetObject"),
            rule(Fault::AccessDenied, "DeleteObject"),
        ];
        let options = Options { faults, keep_calls: true, ..Options::default() };
        let sandbox = Sandbox::start(world(), Arc::new(SystemClock), options).await.unwrap();
        let throttled = send(&sandbox, "PUT /bucket/a/key").await;
        assert!(
            throttled.starts_with("HTTP/1.1 503") && throttled.contains("<Code>SlowDown</Code>"),
            "{throttled}"
        );
        assert_eq!(send(&sandbox, "GET /bucket/key").await, "", "cut");
        let denied = send(&sandbox, "DELETE /bucket/key").await;
        assert!(denied.contains("s3:DeleteObject on resource: arn:aws:s3:::bucket/key"), "{denied}");
        assert!(send(&sandbox, "HEAD /bucket/key").await.starts_with("HTTP/1.1 4"), "no valid signature");

        let calls = sandbox.calls();
        let told = calls.iter().map(|call| (call.operation.as_str(), call.status, call.fault.as_deref()));
        let told: Vec<_> = told.take(3).collect();
        assert_eq!(
            told,
            [
                ("PutObject", Some(503), Some("throttle")),
                ("GetObject", None, Some("cut-after")),
                ("DeleteObject", Some(403), Some("access-denied")),
            ]
        );
        assert_eq!(
            (calls[0].account.as_deref(), calls[0].resource.as_deref()),
            (Some(HOME), Some("bucket/a/key"))
        );
        assert_eq!(calls.len(), 4);
    }

    #[test]
    fn operations_are_told_by_method_and_path() {
        for (method, uri, expected) in [
            ("PUT", "/bucket", "CreateBucket"),
            ("PUT", "/bucket/", "CreateBucket"),
            ("PUT", "/bucket/a/b", "PutObject"),
            ("PUT", "/bucket/a/b?x-id=PutObject", "PutObject"),
            ("PUT", "/bucket/a/b?partNumber=1&uploadId=x", "PUT"),
            ("GET", "/bucket/a", "GetObject"),
            ("GET", "/bucket/a?tagging", "GET"),
            ("GET", "/bucket?list-type=2&prefix=a", "ListObjectsV2"),
            ("GET", "/bucket?location", "GET"),
            ("GET", "/", "GET"),
            ("HEAD", "/bucket/a", "HeadObject"),
            ("HEAD", "/bucket", "HEAD"),
            ("DELETE", "/bucket/a", "DeleteObject"),
            ("POST", "/bucket/a?uploads", "POST"),
        ] {
            let request = hyper::Request::builder().method(method).uri(uri).body(()).unwrap();
            assert_eq!(operation(&request.into_parts().0), expected, "{method} {uri}");
            assert!(expected == method || OPERATIONS.contains(&expected), "{expected}");
        }
    }
}
