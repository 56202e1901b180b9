//! The body of an upload on its way to the storage: what it was, and what went wrong with it.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use futures_util::Stream;
use hyper::HeaderMap;
use hyper::body::Bytes;
use s3s::checksum::ChecksumHasher;
use s3s::dto::{Checksum, StreamingBlob};
use s3s::stream::{ByteStream, RemainingLength};
use s3s::{S3Error, StdError};

use crate::sandbox::answer::AwsError;

use super::failure::failed;

/// The algorithms that S3 takes checksums by, with the bytes that each has (S3 user guide, "Checking object integrity").
const ALGORITHMS: [(&str, usize); 5] =
    [("crc32", 4), ("crc32c", 4), ("crc64nvme", 8), ("sha1", 20), ("sha256", 32)];

/// What became of a body.
#[derive(Default)]
struct Seen {
    size: i64,
    hasher: ChecksumHasher,
    trouble: Option<String>,
}

/// A body that is watched while somebody else reads it.
pub(super) struct Watched(Arc<Mutex<Seen>>);

struct Watching {
    inner: StreamingBlob,
    seen: Arc<Mutex<Seen>>,
}

impl Watched {
    /// Watches a body, and takes a checksum of it by that algorithm.
    pub(super) fn over(body: &mut Option<StreamingBlob>, algorithm: &str) -> Watched {
        let mut hasher = ChecksumHasher::default();
        match algorithm {
            "crc32" => hasher.crc32 = Some(Default::default()),
            "crc32c" => hasher.crc32c = Some(Default::default()),
            "sha1" => hasher.sha1 = Some(Default::default()),
            "sha256" => hasher.sha256 = Some(Default::default()),
            _ => hasher.crc64nvme = Some(Default::default()),
        }
        let seen = Arc::new(Mutex::new(Seen { hasher, ..Seen::default() }));
        *body = body.take().map(|inner| StreamingBlob::new(Watching { inner, seen: seen.clone() }));
        Watched(seen)
    }

    fn seen<T>(&self, look: impl FnOnce(&mut Seen) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn size(&self) -> i64 {
        self.seen(|seen| seen.size)
    }

    /// The checksum of what was read so far.
    pub(super) fn checksum(&self) -> Checksum {
        self.seen(|seen| std::mem::take(&mut seen.hasher)).finalize()
    }

    /// What S3 says of an upload that failed: a body that was not what its head says is its sender's mistake.
    pub(super) fn blame(&self, error: S3Error) -> S3Error {
        match self.seen(|seen| seen.trouble.take()) {
            Some(trouble) if trouble.contains("Sha256Mismatch") => {
                let message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
                failed(AwsError::new(400, "XAmzContentSHA256Mismatch", message))
            }
            Some(trouble) if trouble.contains("SignatureMismatch") => {
                let message =
                    "The request signature we calculated does not match the signature you provided.";
                failed(AwsError::new(403, "SignatureDoesNotMatch", message))
            }
            Some(_) => {
                let message =
                    "You did not provide the number of bytes specified by the Content-Length HTTP header";
                failed(AwsError::new(400, "IncompleteBody", message))
            }
            None if error.code().as_str() == "BadDigest" => {
                failed(bad_digest(error.message().unwrap_or_default()))
            }
            None => error,
        }
    }
}

/// A body that is not what its digest says. `which` has the name of the digest somewhere.
fn bad_digest(which: &str) -> AwsError {
    let algorithm = ALGORITHMS.iter().rev().find(|(name, _)| which.contains(name));
    let message = match algorithm {
        Some((name, _)) => {
            let name = name.to_ascii_uppercase();
            format!("The {name} you specified did not match the calculated checksum.")
        }
        None => "The Content-MD5 you specified did not match what we received.".to_owned(),
    };
    AwsError::new(400, "BadDigest", message)
}

impl Stream for Watching {
    type Item = Result<Bytes, StdError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = Pin::new(&mut self.inner).poll_next(context);
        if let Poll::Ready(Some(piece)) = &polled {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            match piece {
                Ok(bytes) => {
                    seen.size = seen.size.saturating_add_unsigned(bytes.len() as u64);
                    seen.hasher.update(bytes);
                }
                Err(error) => seen.trouble = Some(error.to_string()),
            }
        }
        polled
    }
}

impl ByteStream for Watching {
    fn remaining_length(&self) -> RemainingLength {
        self.inner.remaining_length()
    }
}

/// The one checksum that a head promises for its body, by its algorithm; none is promised by most.
pub(super) fn promised(headers: &HeaderMap) -> Result<Option<&'static str>, AwsError> {
    let invalid = |message: String| AwsError::new(400, "InvalidRequest", message);
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let decoded = |value: &str| base64_simd::STANDARD.decode_to_vec(value).ok();
    if let Some(md5) = text("content-md5")
        && decoded(md5).is_none_or(|digest| digest.len() != 16)
    {
        return Err(AwsError::new(400, "InvalidDigest", "The Content-MD5 you specified was invalid."));
    }
    let trailer = text("x-amz-trailer").unwrap_or_default().to_ascii_lowercase();
    let mut named = None;
    for (algorithm, bytes) in ALGORITHMS {
        let header = format!("x-amz-checksum-{algorithm}");
        let value = text(&header);
        if value.is_none() && trailer.trim() != header {
            continue;
        }
        if named.replace(algorithm).is_some() {
            let message =
                "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.";
            return Err(invalid(message.to_owned()));
        }
        if value.is_some_and(|value| decoded(value).is_none_or(|digest| digest.len() != bytes)) {
            return Err(invalid(format!("Value for {header} header is invalid.")));
        }
    }
    match (text("x-amz-sdk-checksum-algorithm"), named) {
        (Some(_), None) => Err(invalid(
            "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers \
             were found."
                .to_owned(),
        )),
        (Some(algorithm), Some(named)) if !algorithm.eq_ignore_ascii_case(named) => {
            Err(invalid("Value for x-amz-sdk-checksum-algorithm header is invalid.".to_owned()))
        }
        (_, named) => Ok(named),
    }
}

/// Whether a checksum is the one that was sent, in the head or behind the body.
pub(super) fn verified(algorithm: &str, sent: Option<&str>, found: &Checksum) -> Result<(), AwsError> {
    let found = match algorithm {
        "crc32" => &found.checksum_crc32,
        "crc32c" => &found.checksum_crc32c,
        "sha1" => &found.checksum_sha1,
        "sha256" => &found.checksum_sha256,
        _ => &found.checksum_crc64nvme,
    };
    if sent == found.as_deref() { Ok(()) } else { Err(bad_digest(algorithm)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(headers: &[(&str, &str)]) -> Result<Option<&'static str>, String> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(hyper::header::HeaderName::try_from(*name).unwrap(), value.parse().unwrap());
        }
        promised(&map).map_err(|error| error.code)
    }

    #[test]
    fn a_head_promises_one_checksum_that_can_be_one() {
        let sha = base64_simd::STANDARD.encode_to_string([7; 32]);
        let invalid = Err("InvalidRequest".to_owned());
        assert_eq!(said(&[]), Ok(None));
        assert_eq!(said(&[("x-amz-checksum-sha256", &sha)]), Ok(Some("sha256")));
        assert_eq!(said(&[("x-amz-trailer", "x-amz-checksum-crc32")]), Ok(Some("crc32")));
        assert_eq!(said(&[("x-amz-checksum-sha256", "c2hvcnQ=")]), invalid);
        assert_eq!(said(&[("x-amz-checksum-sha256", "%%%")]), invalid);
        assert_eq!(said(&[("x-amz-checksum-sha256", &sha), ("x-amz-checksum-crc32", "AAAAAA==")]), invalid);
        assert_eq!(said(&[("x-amz-sdk-checksum-algorithm", "SHA256")]), invalid);
        assert_eq!(
            said(&[("x-amz-sdk-checksum-algorithm", "CRC32"), ("x-amz-checksum-sha256", &sha)]),
            invalid
        );
        assert_eq!(said(&[("content-md5", "c2hvcnQ=")]), Err("InvalidDigest".to_owned()));
    }
}
