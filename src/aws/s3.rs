//! S3: reads what workers have left in the bucket of a transfer. Writes nothing and deletes nothing.

use aws_sdk_s3::operation::RequestId as _;
use aws_sdk_s3::operation::get_object::{GetObjectError, GetObjectOutput};
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::types::{ChecksumMode, Object};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};

use crate::api_error::{ApiError, ApiErrorKind};
use crate::aws::answer::{Answer, Unreadable, parsed, required, timestamp};
use crate::aws::pages::{Page, all_pages};
use crate::aws::session::{Regional, Session};
use crate::ids::Digest;
use crate::transfer::{Store, StoredObject, TransferStore};

/// The most objects below one prefix: twice the parts of a volume of 16 TiB. More are not a worker's.
const MOST_OBJECTS: usize = 1 << 20;

impl TransferStore for Session {
    async fn objects(&self, store: &Store, prefix: &str) -> Result<Vec<StoredObject>, ApiError> {
        let here = self.regional(&store.region);
        let read = std::sync::atomic::AtomicUsize::new(0);
        all_pages(|token| page(&here, (store, prefix), token, &read))
            .await
            .map_err(|error| told(error, store))
    }

    async fn content(&self, store: &Store, key: &str, most: usize) -> Result<Option<Vec<u8>>, ApiError> {
        const OPERATION: &str = "GetObject";
        let here = self.regional(&store.region);
        let request = here.s3.get_object().bucket(&store.bucket).key(key);
        let request = request.expected_bucket_owner(store.owner.as_str());
        let call = || {
            let request = request.clone();
            async move { received(request.send().await?, most).await }
        };
        match here.s3_gate.read(OPERATION, call).await {
            Ok(Received::Whole(bytes)) => Ok(Some(bytes)),
            Ok(Received::TooLarge(request_id)) => {
                let site = here.s3_gate.site(OPERATION);
                Err(site.unreadable(&format!("{key} has more than {most} bytes"), request_id.as_deref()))
            }
            Err(error) if is_no_object(&error) => Ok(None),
            Err(error) => Err(told(error, store)),
        }
    }

    async fn checksum(&self, store: &Store, key: &str) -> Result<Option<Digest>, ApiError> {
        const OPERATION: &str = "HeadObject";
        let here = self.regional(&store.region);
        let request =
            here.s3.head_object().bucket(&store.bucket).key(key).checksum_mode(ChecksumMode::Enabled);
        let request = request.expected_bucket_owner(store.owner.as_str());
        match here.s3_gate.read(OPERATION, || request.clone().send()).await {
            Ok(output) => Ok(output.checksum_sha256().and_then(sha256)),
            Err(error) if is_no_object(&error) => Ok(None),
            Err(error) => Err(told(error, store)),
        }
    }
}

async fn page<'a>(
    here: &'a Regional,
    (store, prefix): (&Store, &str),
    token: Option<String>,
    read: &std::sync::atomic::AtomicUsize,
) -> Result<Page<'a, StoredObject>, ApiError> {
    const OPERATION: &str = "ListObjectsV2";
    let request =
        here.s3.list_objects_v2().bucket(&store.bucket).prefix(prefix).set_continuation_token(token);
    let request = request.expected_bucket_owner(store.owner.as_str());
    let output = here.s3_gate.read(OPERATION, || request.clone().send()).await?;
    let answer = Answer::new(here.s3_gate.site(OPERATION), output.request_id());
    let entries = entries(&output, prefix).map_err(|why| answer.unreadable(why))?;
    let before = read.fetch_add(entries.len(), std::sync::atomic::Ordering::Relaxed);
    if before + entries.len() > MOST_OBJECTS {
        let why = format!("more than {MOST_OBJECTS} objects begin with {prefix}");
        return Err(answer.unreadable(Unreadable(why)));
    }
    Ok(Page { entries, next: next(&output).map_err(|why| answer.unreadable(why))?, answer })
}

/// S3 says whether there are more, and then from where on.
fn next(output: &ListObjectsV2Output) -> Result<Option<String>, Unreadable> {
    match (output.is_truncated(), output.next_continuation_token()) {
        (Some(true), token) => required("NextContinuationToken", token).map(|token| Some(token.to_owned())),
        (Some(false) | None, _) => Ok(None),
    }
}

fn entries(output: &ListObjectsV2Output, prefix: &str) -> Result<Vec<StoredObject>, Unreadable> {
    output.contents().iter().map(|object| entry(object, prefix)).collect()
}

fn entry(object: &Object, prefix: &str) -> Result<StoredObject, Unreadable> {
    let key = required("Key", object.key())?;
    if !key.starts_with(prefix) {
        return Err(Unreadable("Key: not one that was asked for".to_owned()));
    }
    let size = required("Size", object.size())?;
    let size = u64::try_from(size).map_err(|_| Unreadable(format!("Size: {size}")))?;
    Ok(StoredObject {
        key: key.to_owned(),
        size,
        modified: timestamp("LastModified", object.last_modified())?,
    })
}

enum Received {
    Whole(Vec<u8>),
    /// It was left where it is. The request's id.
    TooLarge(Option<String>),
}

/// The content of an answer, if it is not too large, whatever length the answer says.
async fn received(
    mut output: GetObjectOutput,
    most: usize,
) -> Result<Received, SdkError<GetObjectError, HttpResponse>> {
    let mut bytes = Vec::new();
    let too_large = |output: &GetObjectOutput| Received::TooLarge(output.request_id().map(str::to_owned));
    if output.content_length().is_some_and(|length| usize::try_from(length).is_ok_and(|length| length > most))
    {
        return Ok(too_large(&output));
    }
    while let Some(chunk) = output.body.next().await {
        // Cut off, stalled, or not what its checksum says: as if no answer had come.
        let chunk = chunk.map_err(|error| SdkError::dispatch_failure(ConnectorError::io(error.into())))?;
        if bytes.len() + chunk.len() > most {
            return Ok(too_large(&output));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Received::Whole(bytes))
}

/// The checksum of a whole object. Of one that was written in parts S3 has that of the parts' checksums, with their number
/// behind it: that says nothing of the content, and is none.
fn sha256(text: &str) -> Option<Digest> {
    let bytes = base64_simd::STANDARD.decode_to_vec(text).ok().filter(|bytes| bytes.len() == 32)?;
    parsed("ChecksumSHA256", &bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()).ok()
}

/// `HeadObject` answers without a body, of which the SDK makes `NotFound`: the bucket may be what is missing. It was listed
/// before.
fn is_no_object(error: &ApiError) -> bool {
    matches!(error.code.as_deref(), Some("NoSuchKey" | "NotFound"))
}

/// The same error, with what it means for a bucket that has to be in the region and of the owner that the plan says.
fn told(error: ApiError, store: &Store) -> ApiError {
    let Store { bucket, region, owner, .. } = store;
    let elsewhere =
        ["PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"];
    let code = error.code.as_deref().unwrap_or_default();
    // `HeadObject` has no body to say it in.
    let moved = elsewhere.contains(&code) || error.message.starts_with("HTTP 301 ");
    let (kind, meaning) = if code == "NoSuchBucket" {
        (ApiErrorKind::NotFound, format!("there is no bucket {bucket}"))
    } else if moved {
        let meaning = format!("the bucket {bucket} is in another region: a transfer needs one in {region}");
        (ApiErrorKind::Invalid, meaning)
    } else if error.kind == ApiErrorKind::AccessDenied {
        let meaning = format!(
            "the bucket {bucket} must be one of account {owner}, and the caller needs s3:ListBucket on it, s3:GetObject on \
             its objects, and kms:Decrypt where they are encrypted with a key of KMS"
        );
        (error.kind, meaning)
    } else {
        return error;
    };
    let message = if error.message.is_empty() { meaning } else { format!("{}; {meaning}", error.message) };
    ApiError { kind, effect: kind.effect(), message, ..error }
}

#[cfg(test)]
mod tests;
