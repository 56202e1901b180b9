//! S3, by s3s: the protocol is its, and objects are files in a directory that vanishes with the sandbox.

use std::io;

use http_body_util::BodyExt as _;
use hyper::Response;
use hyper::body::Incoming;
use hyper::http::request::Parts;
use s3s::auth::{S3Auth, SecretKey};
use s3s::service::{S3Service, S3ServiceBuilder};
use tempfile::TempDir;

use crate::sandbox::server::Body;

/// What every secret key of the sandbox is. It guards nothing: the sandbox listens on loopback.
pub(crate) const SECRET_KEY: &str = "sandbox-secret-key-that-guards-nothing00";

/// The objects of every account.
pub(crate) struct Storage {
    service: S3Service,
    /// Removed in the end.
    _directory: TempDir,
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
    /// An empty storage.
    pub(crate) fn new() -> io::Result<Storage> {
        let directory = tempfile::Builder::new().prefix("remediate-sandbox-").tempdir()?;
        let files = s3s_fs::FileSystem::new(directory.path())
            .map_err(|error| io::Error::other(format!("{error:?}")))?;
        let mut builder = S3ServiceBuilder::new(files);
        builder.set_auth(OneSecret);
        Ok(Storage { service: builder.build(), _directory: directory })
    }

    /// Whether a request is for S3: it says so in the scope of its signature, in its header or its query.
    pub(crate) fn is_for(parts: &Parts) -> bool {
        let header = parts.headers.get("authorization").and_then(|value| value.to_str().ok());
        let query = parts.uri.query().filter(|query| query.contains("X-Amz-Signature"));
        header.is_some_and(|header| header.contains("/s3/aws4_request"))
            || query.is_some_and(|query| query.contains("%2Fs3%2Faws4_request"))
    }

    /// Answers a request.
    pub(crate) async fn call(&self, request: hyper::Request<Incoming>) -> Response<Body> {
        match self.service.call(request.map(s3s::Body::from)).await {
            Ok(response) => response.map(|body| body.map_err(Into::into).boxed_unsync()),
            Err(_) => {
                Response::new(http_body_util::Empty::new().map_err(|never| match never {}).boxed_unsync())
            }
        }
    }
}
