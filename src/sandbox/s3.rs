//! S3, by s3s: the protocol is its, and contents are files in a directory that vanishes with the sandbox. Before it stand the
//! faults and the log that all services have, and what S3 itself judges by the head of a request (`s3/admission.rs`); only the
//! throttle does not, as S3 takes thousands of calls a second.

mod admission;
mod buckets;
mod contents;
mod failure;
mod head;
mod index;
mod key;
mod lent;
mod lists;
mod operation;
mod page;
mod protocol;
mod settings;
mod signed_at;
mod store;
#[cfg(test)]
mod tests;
mod uploads;
mod watched;
mod worker;

use std::io;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use http_body_util::BodyExt as _;
use hyper::Response;
use hyper::body::{Bytes, Incoming};
use hyper::header::{DATE, HeaderValue};
use hyper::http::request::Parts;
use jiff::Timestamp;
use s3s::auth::{S3Auth, SecretKey};
use s3s::config::{S3Config, StaticConfigProvider};
use s3s::service::{S3Service, S3ServiceBuilder};
use tempfile::TempDir;

use crate::clock::{Clock as _, SystemClock};
use crate::sandbox::answer::{Answer, AwsError};
use crate::sandbox::body::{Body, whole};
use crate::sandbox::core::{Core, Met};
use crate::sandbox::credentials::SECRET_KEY;
use crate::sandbox::fault::Fault;
use crate::sandbox::log::{CALLER, FORMAT_VERSION, LoggedCall};
use crate::sandbox::request::{Request, Service};

pub(crate) use key::managed_arn;
pub(crate) use operation::OPERATIONS;

use admission::{Admitted, Refused};
use head::Head;
use lent::{Lent, drain};
use store::{BLOBS, Objects, Visit};

/// The objects of every account.
pub(crate) struct Storage {
    service: S3Service,
    objects: Objects,
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
    pub(crate) fn new(directory: &Path, core: Arc<Core>) -> io::Result<Storage> {
        std::fs::create_dir_all(directory.join(BLOBS))?;
        let files =
            s3s_fs::FileSystem::new(directory).map_err(|error| io::Error::other(format!("{error:?}")))?;
        let objects = Objects::new(files, directory, core);
        let mut builder = S3ServiceBuilder::new(objects.clone());
        builder.set_auth(OneSecret);
        let mut config = S3Config::default();
        // When a request was signed is judged here.
        config.presigned_url_max_skew_time_secs = u32::MAX;
        builder.set_config(Arc::new(StaticConfigProvider::new(Arc::new(config))));
        Ok(Storage { service: builder.build(), objects })
    }

    /// Whether a request is for S3: it says so in the scope of its signature, in its header or its query.
    pub(crate) fn is_for(parts: &Parts) -> bool {
        let header = parts.headers.get("authorization").and_then(|value| value.to_str().ok());
        let query = parts.uri.query().filter(|query| query.contains("X-Amz-Signature"));
        header.is_some_and(|header| header.contains("/s3/aws4_request"))
            || query.is_some_and(|query| query.contains("%2Fs3%2Faws4_request"))
    }

    /// Lets workers do what they have done until now. Whoever asks anything finds it done.
    pub(crate) fn let_workers(&self) {
        let core = self.objects.core();
        let now = core.clock.now();
        let mut state = core.state();
        for act in state.world.take_acts(now) {
            worker::perform(&mut state.world, &self.objects, &act);
        }
    }

    /// How many objects there are.
    #[cfg(test)]
    pub(crate) fn count(&self) -> usize {
        self.objects.index().len()
    }

    /// Finds out who makes a request, what goes wrong with it, and whether it may go on.
    fn meet(&self, core: &Core, request: &mut Request, head: &Head<'_>) -> Met<Admitted, Refused> {
        request.service = Service::S3;
        head.operation.clone_into(&mut request.operation);
        // The signature of a presigned URL is not in its head; S3 itself judges it like any other.
        if let Some(signer) = head.presigned().filter(|_| request.access_key.is_none()) {
            request.access_key = Some(signer.access_key);
            request.region = signer.region.parse().ok();
        }
        let held = self.objects.held(&head.bucket, &head.key);
        let source = head.copy_source().map(|(bucket, key)| self.objects.held(&bucket, &key));
        let source = source.unwrap_or_default();
        let (now, machine) = (core.clock.now(), SystemClock.now());
        core.meet_s3(request, &head.resource(), |asker| {
            signed_at::in_time(head.header("x-amz-date"), now, machine)?;
            admission::admit(asker, head, (&held, &source))
        })
    }

    /// Answers a request.
    async fn call(&self, request: hyper::Request<Incoming>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let (body, returned) = Lent::new(body);
        let request = hyper::Request::from_parts(parts, s3s::Body::http_body(body));
        let answered = self.service.call(request).await;
        returned.drain().await;
        match answered {
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
    mut parts: Parts,
    body: Incoming,
) -> Option<Response<Body>> {
    // Only the head is read here: an object may be larger than the memory.
    let mut request = Request::read(&parts, &Bytes::new());
    let head = Head::read(&parts);
    let resource = head.resource();
    let Met { account, region, strike, admitted, request_id } = storage.meet(core, &mut request, &head);
    let fault = strike.as_ref().map(|strike| strike.fault.clone());
    let (mut response, code) = match (admitted, &account) {
        (Ok(Admitted { bucket, encryption }), Some(account)) => {
            let (account, code) = (account.clone(), Arc::new(OnceLock::new()));
            parts.extensions.insert(Visit { account, region, bucket, encryption, code: code.clone() });
            let response = storage.call(hyper::Request::from_parts(parts, body)).await;
            (response, code.get().cloned())
        }
        (Ok(_), None) => {
            refuse(AwsError::new(403, "AccessDenied", "Access Denied").into(), &request_id, body).await
        }
        (Err(refused), _) => refuse(refused, &request_id, body).await,
    };
    stamp(&mut response, &request_id, core.clock.now());
    let cut = matches!(fault, Some(Fault::CutBefore | Fault::CutAfter));
    let ended = Ended {
        account: account.map(|account| account.as_str().to_owned()),
        fault: strike.map(|strike| strike.kind.to_owned()),
        status: (!cut).then(|| response.status().as_u16()),
        code: code.filter(|_| !cut),
        request_id,
    };
    log(core, &request, resource, ended);
    if let Some(Fault::Slow(wait)) = fault {
        let waiting = core.clock.waiting();
        core.clock.sleep(wait).await;
        waiting.over();
    }
    (!cut).then_some(response)
}

/// How a request ended.
struct Ended {
    account: Option<String>,
    fault: Option<String>,
    status: Option<u16>,
    code: Option<String>,
    request_id: String,
}

fn log(core: &Core, request: &Request, resource: String, ended: Ended) {
    let Ended { account, fault, status, code, request_id } = ended;
    core.log(|seq, at| LoggedCall {
        format_version: FORMAT_VERSION,
        seq,
        at,
        account,
        region: request.region.as_ref().map(|region| region.as_str().to_owned()),
        service: Service::S3.as_str().to_owned(),
        operation: request.operation.clone(),
        resource: Some(resource),
        by: CALLER.to_owned(),
        status,
        code,
        fault,
        request_id,
    });
}

/// Whoever answers, S3's own header has the number, and the time is the sandbox's: clients tell by it how old an object is.
fn stamp(response: &mut Response<Body>, request_id: &str, now: Timestamp) {
    let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    for (name, value) in [("x-amz-request-id", request_id), (DATE.as_str(), &date)] {
        if let (Ok(value), Ok(name)) =
            (HeaderValue::from_str(value), hyper::header::HeaderName::try_from(name))
        {
            response.headers_mut().insert(name, value);
        }
    }
}

/// The answer to a request that may not go on.
async fn refuse(refused: Refused, request_id: &str, body: Incoming) -> (Response<Body>, Option<String>) {
    drain(body).await;
    let Refused { error, region } = refused;
    let answer = Answer::error(Service::S3, &error, request_id.to_owned());
    let mut response = whole(answer.into_response(Service::S3));
    if let Some(Ok(region)) = region.map(|region| HeaderValue::from_str(region.as_str())) {
        response.headers_mut().insert("x-amz-bucket-region", region);
    }
    (response, Some(error.code))
}
