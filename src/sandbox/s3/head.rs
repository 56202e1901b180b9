//! What the head of a request says: which bucket, key and parameters.

use std::borrow::Cow;

use hyper::http::request::Parts;

use super::operation::operation;

/// The head of a request, as far as admission needs it.
#[derive(Debug, Clone)]
pub(super) struct Head<'a> {
    pub(super) operation: &'static str,
    pub(super) bucket: String,
    pub(super) key: String,
    query: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    parts: &'a Parts,
}

/// Who signed a presigned URL, and for which region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Presigned {
    pub(super) access_key: String,
    pub(super) region: String,
}

impl<'a> Head<'a> {
    /// Reads a head. Buckets stand in paths: the sandbox has no names of hosts.
    pub(super) fn read(parts: &'a Parts) -> Head<'a> {
        let path = parts.uri.path().trim_start_matches('/');
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        let query = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).collect();
        Head { operation: operation(parts), bucket: decoded(bucket), key: decoded(key), query, parts }
    }

    /// A header, if it is a text.
    pub(super) fn header(&self, name: &str) -> Option<&'a str> {
        self.parts.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// A parameter of the query.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(one, _)| one == name).map(|(_, value)| &**value)
    }

    /// The bucket and the key, as the log and the faults name them.
    pub(super) fn resource(&self) -> String {
        if self.key.is_empty() { self.bucket.clone() } else { format!("{}/{}", self.bucket, self.key) }
    }

    /// The object that a copy is made of.
    pub(super) fn copy_source(&self) -> Option<(String, String)> {
        let source = decoded(self.header("x-amz-copy-source")?.trim_start_matches('/'));
        let source = source.split_once("?versionId=").map_or(source.as_str(), |(source, _)| source);
        source.split_once('/').map(|(bucket, key)| (bucket.to_owned(), key.to_owned()))
    }

    /// Who signed, where the signature is in the URL.
    pub(super) fn presigned(&self) -> Option<Presigned> {
        let scope = self.parameter("X-Amz-Credential")?;
        let mut words = scope.split('/');
        let (access_key, _date, region) = (words.next()?, words.next()?, words.next()?);
        Some(Presigned { access_key: access_key.to_owned(), region: region.to_owned() })
    }
}

/// A part of a path without its escapes. What is no escape stands for itself.
fn decoded(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let digits = path.get(at + 1..at + 3).filter(|_| *byte == b'%');
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(escaped) => {
                plain.push(escaped);
                at += 3;
            }
            None => {
                plain.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_names_its_bucket_key_and_parameters_without_escapes() {
        let request = hyper::Request::put(
            "/bucket/a%20b/%C3%A4%2?prefix=x%2Fy&X-Amz-Credential=AKIA1%2F20260101%2Feu-west-1%2Fs3",
        )
        .header("x-amz-copy-source", "/other/c%2Bd?versionId=1")
        .body(())
        .unwrap();
        let parts = request.into_parts().0;
        let head = Head::read(&parts);
        assert_eq!((head.bucket.as_str(), head.key.as_str()), ("bucket", "a b/ä%2"));
        assert_eq!(head.parameter("prefix"), Some("x/y"));
        assert_eq!(head.copy_source(), Some(("other".to_owned(), "c+d".to_owned())));
        let signer = Presigned { access_key: "AKIA1".to_owned(), region: "eu-west-1".to_owned() };
        assert_eq!(head.presigned(), Some(signer));
    }
}
