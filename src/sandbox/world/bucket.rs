//! Buckets of S3: whose they are, where, and what they are set to. Their objects are the storage's (`s3/`).

use jiff::Timestamp;
use strum::{EnumMessage, IntoStaticStr, VariantArray};

use crate::ids::{AccountId, Region};
use crate::sandbox::iam::ResourcePolicy;

/// A bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bucket {
    pub(crate) name: String,
    pub(crate) owner: AccountId,
    pub(crate) region: Region,
    pub(crate) created: Timestamp,
    /// What is switched on of the four parts of its public access block; none at all where it has no such block.
    pub(crate) access_block: Vec<AccessBlock>,
    pub(crate) versioning: Versioning,
    /// What new objects are encrypted with that do not say.
    pub(crate) encryption: Encryption,
    pub(crate) policy: Option<ResourcePolicy>,
}

/// One part of a public access block, by its name on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray, EnumMessage)]
pub(crate) enum AccessBlock {
    /// ACLs that make something public are refused.
    BlockPublicAcls,
    /// Such ACLs have no effect.
    IgnorePublicAcls,
    /// Bucket policies that make something public are refused.
    BlockPublicPolicy,
    /// With such a policy, other accounts have no access.
    RestrictPublicBuckets,
}

/// Whether a bucket keeps former versions of its objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray, EnumMessage)]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum Versioning {
    /// It was never switched on.
    Off,
    /// It is on.
    Enabled,
    /// It was switched off again.
    Suspended,
}

/// What objects are encrypted with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Encryption {
    /// Nothing is said of it: as buckets were before January 2023.
    None,
    /// Keys of S3 itself.
    Aes256,
    /// A KMS key, by its ARN.
    Kms(String),
}

impl Bucket {
    /// A bucket as CreateBucket makes it (S3 user guide: all blocked since April 2023, encrypted since January 2023).
    pub(crate) fn new(name: &str, (owner, region): (AccountId, Region), created: Timestamp) -> Bucket {
        Bucket {
            name: name.to_owned(),
            owner,
            region,
            created,
            access_block: AccessBlock::VARIANTS.to_vec(),
            versioning: Versioning::Off,
            encryption: Encryption::Aes256,
            policy: None,
        }
    }
}
