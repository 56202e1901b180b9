//! Pure: which objects there are: by bucket and key, with all that is told of them. Their contents are elsewhere.
//!
//! Writing is putting an entry here: of two who write at once, the second finds what the first has put.

use std::collections::BTreeMap;

use jiff::Timestamp;
use s3s::dto::{Checksum, ETagCondition};

use crate::sandbox::answer::AwsError;
use crate::sandbox::world::Encryption;

/// A bucket and a key.
pub(super) type Name = (String, String);

/// An object.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Object {
    /// What its contents are stored as.
    pub(super) blob: String,
    pub(super) size: i64,
    pub(super) e_tag: String,
    /// To the second, as S3 tells it.
    pub(super) modified: Timestamp,
    pub(super) encryption: Encryption,
    pub(super) checksum: Checksum,
}

/// An upload in parts that has not been completed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Upload {
    pub(super) name: Name,
    pub(super) blob: String,
    pub(super) encryption: Encryption,
}

/// What must be true of what is there for something to be written in its place.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Conditions {
    pub(super) if_match: Option<ETagCondition>,
    pub(super) if_none_match: Option<ETagCondition>,
}

/// The objects of every bucket, and the uploads to them.
#[derive(Debug, Default)]
pub(super) struct Index {
    buckets: BTreeMap<String, BTreeMap<String, Object>>,
    pub(super) uploads: BTreeMap<String, Upload>,
    blobs: u64,
}

impl Index {
    /// A name for contents that none has had.
    pub(super) fn blob(&mut self) -> String {
        self.blobs += 1;
        format!("blob-{}", self.blobs)
    }

    pub(super) fn object(&self, (bucket, key): (&str, &str)) -> Option<&Object> {
        self.buckets.get(bucket)?.get(key)
    }

    /// The objects of a bucket, by key.
    pub(super) fn of(&self, bucket: &str) -> impl Iterator<Item = (&String, &Object)> {
        self.buckets.get(bucket).into_iter().flatten()
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.buckets.values().map(BTreeMap::len).sum()
    }

    /// Puts an object where its conditions allow it, and answers the one that was there.
    pub(super) fn put(
        &mut self,
        (bucket, key): Name,
        object: Object,
        conditions: &Conditions,
    ) -> Result<Option<Object>, AwsError> {
        let there = self.object((&bucket, &key));
        conditions.hold(there.map(|there| there.e_tag.as_str()))?;
        Ok(self.buckets.entry(bucket).or_default().insert(key, object))
    }

    pub(super) fn remove(&mut self, (bucket, key): (&str, &str)) -> Option<Object> {
        self.buckets.get_mut(bucket)?.remove(key)
    }
}

impl Conditions {
    /// Whether S3 has such conditions at all: what must not be there can only be anything (S3 API reference, PutObject).
    pub(super) fn known(&self) -> Result<(), AwsError> {
        match &self.if_none_match {
            Some(ETagCondition::ETag(_)) => {
                let message = "A header you provided implies functionality that is not implemented";
                Err(AwsError::new(501, "NotImplemented", message))
            }
            Some(ETagCondition::Any) | None => Ok(()),
        }
    }

    /// Whether they hold for what is there, of which this is the ETag.
    fn hold(&self, there: Option<&str>) -> Result<(), AwsError> {
        let failed = || {
            let message = "At least one of the pre-conditions you specified did not hold";
            AwsError::new(412, "PreconditionFailed", message)
        };
        if self.if_none_match.is_some() && there.is_some() {
            return Err(failed());
        }
        match (&self.if_match, there) {
            (None, _) | (Some(ETagCondition::Any), Some(_)) => Ok(()),
            (Some(ETagCondition::ETag(wanted)), Some(there)) if wanted.value() == there => Ok(()),
            (Some(_), Some(_)) => Err(failed()),
            (Some(_), None) => Err(no_such_key()),
        }
    }
}

/// There is no such object.
pub(super) fn no_such_key() -> AwsError {
    AwsError::new(404, "NoSuchKey", "The specified key does not exist.")
}

/// The ETag of an object that is encrypted with a KMS key: it is no digest of the contents (S3 API reference, "Object").
pub(super) fn opaque_e_tag(blob: &str, plain: &str) -> String {
    use sha2::{Digest as _, Sha256};
    let digest = Sha256::new().chain_update(blob).chain_update("/").chain_update(plain).finalize();
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use s3s::dto::ETag;

    use super::*;

    fn object(e_tag: &str) -> Object {
        Object {
            blob: format!("blob of {e_tag}"),
            size: 1,
            e_tag: e_tag.to_owned(),
            modified: Timestamp::UNIX_EPOCH,
            encryption: Encryption::Aes256,
            checksum: Checksum::default(),
        }
    }

    fn put(index: &mut Index, e_tag: &str, conditions: &Conditions) -> Result<Option<String>, String> {
        let name = ("b".to_owned(), "k".to_owned());
        let before = index.put(name, object(e_tag), conditions);
        before.map(|before| before.map(|one| one.e_tag)).map_err(|error| error.code)
    }

    #[test]
    fn conditions_are_judged_by_what_is_there_when_it_is_put() {
        let mut index = Index::default();
        let absent = Conditions { if_none_match: Some(ETagCondition::Any), ..Conditions::default() };
        let like = |e_tag: &str| Conditions {
            if_match: Some(ETagCondition::ETag(ETag::Strong(e_tag.to_owned()))),
            ..Conditions::default()
        };
        assert_eq!(put(&mut index, "one", &like("one")), Err("NoSuchKey".to_owned()));
        assert_eq!(put(&mut index, "one", &absent), Ok(None));
        assert_eq!(put(&mut index, "two", &absent), Err("PreconditionFailed".to_owned()));
        assert_eq!(put(&mut index, "two", &like("other")), Err("PreconditionFailed".to_owned()));
        assert_eq!(put(&mut index, "two", &like("one")), Ok(Some("one".to_owned())));
        assert_eq!(put(&mut index, "three", &Conditions::default()), Ok(Some("two".to_owned())));
        assert!(Conditions { if_none_match: like("x").if_match, ..Conditions::default() }.known().is_err());
    }
}
