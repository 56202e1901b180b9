//! Pure: a place in S3, as the command line names it.

/// Where notebooks keep their work: a bucket, and what the keys there begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Storage {
    /// The bucket.
    pub bucket: String,
    /// Without a slash at either end; empty for the whole bucket.
    pub prefix: String,
}

impl std::str::FromStr for Storage {
    type Err = String;

    /// Reads `s3://bucket/prefix`.
    fn from_str(text: &str) -> Result<Storage, String> {
        let rest = text.strip_prefix("s3://").ok_or("it begins with s3://")?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        // S3 user guide, "General purpose bucket naming rules".
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b);
        if !(3..=63).contains(&bucket.len()) || !bucket.bytes().all(allowed) {
            return Err(format!("`{}` is no bucket's name", bucket.escape_debug()));
        }
        let prefix = prefix.trim_matches('/');
        if prefix.chars().any(|c| c.is_control() || "*?$".contains(c)) {
            return Err("a prefix has no *, ? or $: they mean something else in a policy".to_owned());
        }
        Ok(Storage { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
    }
}
