//! The operations of S3 by name, as far as the head of a request tells them.

use hyper::Method;
use hyper::http::request::Parts;

/// The operations that [`operation`] knows by name.
pub(crate) const OPERATIONS: [&str; 24] = [
    "ListBuckets",
    "CreateBucket",
    "DeleteBucket",
    "HeadBucket",
    "GetBucketLocation",
    "GetPublicAccessBlock",
    "GetBucketVersioning",
    "GetBucketEncryption",
    "GetBucketPolicy",
    "GetBucketPolicyStatus",
    "ListObjects",
    "ListObjectsV2",
    "PutObject",
    "CopyObject",
    "GetObject",
    "HeadObject",
    "DeleteObject",
    "DeleteObjects",
    "CreateMultipartUpload",
    "UploadPart",
    "UploadPartCopy",
    "ListParts",
    "CompleteMultipartUpload",
    "AbortMultipartUpload",
];

/// Parameters that do not make a request one of another operation.
const PLAIN: [&str; 14] = [
    "x-id",
    "list-type",
    "prefix",
    "delimiter",
    "max-keys",
    "marker",
    "encoding-type",
    "continuation-token",
    "start-after",
    "fetch-owner",
    "versionId",
    "partNumber",
    "uploadId",
    "",
];

/// What a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Account,
    Bucket,
    Key,
}

/// The operation that a request means, as far as its head tells; else its method.
pub(super) fn operation(parts: &Parts) -> &'static str {
    let mut path = parts.uri.path().trim_start_matches('/').splitn(2, '/');
    let has_bucket = path.next().is_some_and(|bucket| !bucket.is_empty());
    let level = match path.next().is_some_and(|key| !key.is_empty()) {
        true => Level::Key,
        false if has_bucket => Level::Bucket,
        false => Level::Account,
    };
    let query = parts.uri.query().unwrap_or_default();
    let names = || query.split('&').map(|one| one.split_once('=').map_or(one, |(name, _)| name));
    let is_plain =
        |name: &str| PLAIN.contains(&name) || name.starts_with("X-Amz-") || name.starts_with("response-");
    let sub = names().find(|name| !is_plain(name)).unwrap_or_default();
    let in_upload = names().any(|name| name == "uploadId");
    let copies = parts.headers.contains_key("x-amz-copy-source");
    let named = match (level, sub) {
        (Level::Account, "") if parts.method == Method::GET => Some("ListBuckets"),
        (Level::Account, _) => None,
        (Level::Bucket, sub) => on_bucket(&parts.method, sub, query.contains("list-type=2")),
        (Level::Key, "uploads") if parts.method == Method::POST => Some("CreateMultipartUpload"),
        (Level::Key, "") if in_upload => in_multipart_upload(&parts.method, copies),
        (Level::Key, "") => on_key(&parts.method, copies),
        (Level::Key, _) => None,
    };
    named.unwrap_or_else(|| method(&parts.method))
}

fn on_bucket(method: &Method, sub: &str, second: bool) -> Option<&'static str> {
    Some(match (method, sub) {
        (&Method::GET, "") if second => "ListObjectsV2",
        (&Method::GET, "") => "ListObjects",
        (&Method::GET, "location") => "GetBucketLocation",
        (&Method::GET, "publicAccessBlock") => "GetPublicAccessBlock",
        (&Method::GET, "versioning") => "GetBucketVersioning",
        (&Method::GET, "encryption") => "GetBucketEncryption",
        (&Method::GET, "policy") => "GetBucketPolicy",
        (&Method::GET, "policyStatus") => "GetBucketPolicyStatus",
        (&Method::HEAD, "") => "HeadBucket",
        (&Method::PUT, "") => "CreateBucket",
        (&Method::DELETE, "") => "DeleteBucket",
        (&Method::POST, "delete") => "DeleteObjects",
        _ => return None,
    })
}

fn in_multipart_upload(method: &Method, copies: bool) -> Option<&'static str> {
    Some(match *method {
        Method::PUT if copies => "UploadPartCopy",
        Method::PUT => "UploadPart",
        Method::GET => "ListParts",
        Method::POST => "CompleteMultipartUpload",
        Method::DELETE => "AbortMultipartUpload",
        _ => return None,
    })
}

fn on_key(method: &Method, copies: bool) -> Option<&'static str> {
    Some(match *method {
        Method::PUT if copies => "CopyObject",
        Method::PUT => "PutObject",
        Method::GET => "GetObject",
        Method::HEAD => "HeadObject",
        Method::DELETE => "DeleteObject",
        _ => return None,
    })
}

fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::PUT => "PUT",
        Method::POST => "POST",
        Method::DELETE => "DELETE",
        _ => "OTHER",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_told_by_method_and_path() {
        for (method, uri, expected) in [
            ("PUT", "/bucket", "CreateBucket"),
            ("PUT", "/bucket/", "CreateBucket"),
            ("PUT", "/bucket/a/b", "PutObject"),
            ("PUT", "/bucket/a/b?x-id=PutObject", "PutObject"),
            ("PUT", "/bucket/a/b?partNumber=1&uploadId=x", "UploadPart"),
            ("PUT", "/bucket?policy", "PUT"),
            ("GET", "/bucket/a", "GetObject"),
            ("GET", "/bucket/a?X-Amz-Signature=0&response-content-type=a", "GetObject"),
            ("GET", "/bucket/a?uploadId=x", "ListParts"),
            ("GET", "/bucket/a?tagging", "GET"),
            ("GET", "/bucket?list-type=2&prefix=a", "ListObjectsV2"),
            ("GET", "/bucket?prefix=a", "ListObjects"),
            ("GET", "/bucket?location", "GetBucketLocation"),
            ("GET", "/bucket?policyStatus=", "GetBucketPolicyStatus"),
            ("GET", "/", "ListBuckets"),
            ("HEAD", "/bucket/a", "HeadObject"),
            ("HEAD", "/bucket", "HeadBucket"),
            ("DELETE", "/bucket/a", "DeleteObject"),
            ("DELETE", "/bucket/a?uploadId=x", "AbortMultipartUpload"),
            ("DELETE", "/bucket", "DeleteBucket"),
            ("POST", "/bucket/a?uploads", "CreateMultipartUpload"),
            ("POST", "/bucket?delete", "DeleteObjects"),
            ("PATCH", "/bucket", "OTHER"),
        ] {
            let request = hyper::Request::builder().method(method).uri(uri).body(()).unwrap();
            assert_eq!(operation(&request.into_parts().0), expected, "{method} {uri}");
        }
        let copied = hyper::Request::put("/bucket/a").header("x-amz-copy-source", "b/c").body(()).unwrap();
        assert_eq!(operation(&copied.into_parts().0), "CopyObject");
        let part = hyper::Request::put("/b/a?uploadId=1&partNumber=1").header("x-amz-copy-source", "b/c");
        assert_eq!(operation(&part.body(()).unwrap().into_parts().0), "UploadPartCopy");
    }
}
