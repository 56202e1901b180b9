//! What there is in S3: an index of objects over contents as files, which s3s-fs reads and writes.
//!
//! Each contents has a name of its own there, so that it is whole and right before the index has it: a body that is not what its
//! digest says, or that comes too late, changes nothing.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::SystemTime;

use jiff::Timestamp;
use s3s::dto::{self, DeleteObjectInput};
use s3s::{S3, S3Error, S3Request, S3Result};
use s3s_fs::FileSystem;

use crate::ids::{AccountId, Region};
use crate::sandbox::core::Core;
use crate::sandbox::world::{Bucket, Encryption};

use super::admission::Held;
use super::failure::failed;
use super::index::{Conditions, Index, Name, Object, no_such_key};

/// The one bucket of s3s-fs, in which all contents are.
pub(super) const BLOBS: &str = "blobs";

/// What was found out of a request before it came here.
#[derive(Debug, Clone)]
pub(super) struct Visit {
    pub(super) account: AccountId,
    pub(super) region: Region,
    pub(super) bucket: Option<Bucket>,
    pub(super) encryption: Encryption,
    /// The code of the error that it is answered, for the log.
    pub(super) code: Arc<OnceLock<String>>,
}

/// The objects of every account.
#[derive(Clone)]
pub(super) struct Objects(Arc<Inner>);

struct Inner {
    files: FileSystem,
    /// Where the contents are.
    blobs: PathBuf,
    index: Mutex<Index>,
    core: Arc<Core>,
}

impl Objects {
    /// Objects whose contents are there.
    pub(super) fn new(files: FileSystem, directory: &Path, core: Arc<Core>) -> Objects {
        let blobs = directory.join(BLOBS);
        Objects(Arc::new(Inner { files, blobs, index: Mutex::default(), core }))
    }

    /// The file of contents, for what the sandbox itself writes and reads.
    pub(super) fn path(&self, blob: &str) -> PathBuf {
        self.0.blobs.join(blob)
    }

    pub(super) fn files(&self) -> &FileSystem {
        &self.0.files
    }

    pub(super) fn core(&self) -> &Core {
        &self.0.core
    }

    /// Which objects there are, locked.
    pub(super) fn index(&self) -> MutexGuard<'_, Index> {
        self.0.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of an object before anything is done with it.
    pub(super) fn held(&self, bucket: &str, key: &str) -> Held {
        match self.index().object((bucket, key)) {
            None => Held::default(),
            Some(object) => {
                let key = match &object.encryption {
                    Encryption::Kms(arn) => Some(arn.clone()),
                    Encryption::None | Encryption::Aes256 => None,
                };
                Held { is_there: true, key }
            }
        }
    }

    /// The object that is asked for.
    pub(super) fn object(&self, bucket: &str, key: &str) -> S3Result<Object> {
        self.index().object((bucket, key)).cloned().ok_or_else(|| failed(no_such_key()))
    }

    /// Now, on the sandbox's clock, to the second.
    pub(super) fn now(&self) -> Timestamp {
        let now = self.0.core.clock.now();
        Timestamp::from_second(now.as_second()).unwrap_or(now)
    }

    /// Makes contents an object, if its conditions hold; else they are thrown away, like those that it takes the place of.
    pub(super) async fn commit(&self, name: Name, object: Object, conditions: &Conditions) -> S3Result<()> {
        let blob = object.blob.clone();
        let put = self.index().put(name, object, conditions);
        match put {
            Ok(former) => {
                if let Some(former) = former {
                    self.discard(&former.blob).await;
                }
                Ok(())
            }
            Err(error) => {
                self.discard(&blob).await;
                Err(failed(error))
            }
        }
    }

    /// Throws contents away. Who reads them has them open.
    pub(super) async fn discard(&self, blob: &str) {
        let input =
            DeleteObjectInput { bucket: BLOBS.to_owned(), key: blob.to_owned(), ..Default::default() };
        // What could not be removed goes with the sandbox's directory.
        let _ = self.files().delete_object(request(input)).await;
    }
}

/// A request of our own.
pub(super) fn request<T>(input: T) -> S3Request<T> {
    S3Request {
        input,
        method: hyper::Method::GET,
        uri: hyper::Uri::default(),
        headers: hyper::HeaderMap::new(),
        extensions: hyper::http::Extensions::new(),
        credentials: None,
        region: None,
        service: None,
        trailing_headers: None,
    }
}

/// A time as s3s has it.
pub(super) fn told(time: Timestamp) -> dto::Timestamp {
    dto::Timestamp::from(SystemTime::from(time))
}

/// What was found out of a request.
pub(super) fn visit<T>(request: &S3Request<T>) -> S3Result<Visit> {
    request.extensions.get::<Visit>().cloned().ok_or_else(|| S3Error::from(s3s::S3ErrorCode::AccessDenied))
}

/// Notes the code of an error that a request is answered.
pub(super) fn note<T>(visit: Option<Visit>, answer: S3Result<T>) -> S3Result<T> {
    answer.inspect_err(|error| {
        visit.map(|visit| visit.code.set(error.code().as_str().to_owned()));
    })
}

/// The bucket that a request is about.
pub(super) fn bucket<T>(request: &S3Request<T>) -> S3Result<Bucket> {
    let missing = || S3Error::from(s3s::S3ErrorCode::NoSuchBucket);
    visit(request)?.bucket.ok_or_else(missing)
}
