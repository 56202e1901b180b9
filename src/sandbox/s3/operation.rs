//! The operations of S3 by name, as far as the head of a request tells them.

use hyper::Method;
use hyper::http::request::Parts;

/// The operations that [`operation`] knows by name.
pub(crate) const OPERATIONS: [&str; 6] =
    ["ListObjectsV2", "CreateBucket", "PutObject", "GetObject", "HeadObject", "DeleteObject"];

/// The operation that a request means, as far as its method and its path tell; else its method.
pub(super) fn operation(parts: &Parts) -> &str {
    let mut path = parts.uri.path().trim_start_matches('/').splitn(2, '/');
    let has_bucket = path.next().is_some_and(|bucket| !bucket.is_empty());
    let has_key = path.next().is_some_and(|key| !key.is_empty());
    let query = parts.uri.query().unwrap_or_default();
    let lists = query.split('&').any(|one| one == "list-type=2");
    // Parts of uploads, tags and the like are about an object too, and say so in the query.
    let plain =
        query.split('&').all(|one| one.is_empty() || one.starts_with("x-id=") || one.starts_with("X-Amz-"));
    match &parts.method {
        &Method::GET if has_bucket && !has_key && lists => "ListObjectsV2",
        &Method::PUT if has_bucket && !has_key && plain => "CreateBucket",
        &Method::PUT if has_key && plain => "PutObject",
        &Method::GET if has_key && plain => "GetObject",
        &Method::HEAD if has_key && plain => "HeadObject",
        &Method::DELETE if has_key && plain => "DeleteObject",
        other => other.as_str(),
    }
}
