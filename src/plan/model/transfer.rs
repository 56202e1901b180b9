//! Pure: how the files of a source are moved to its replacement.

use serde::{Deserialize, Serialize};

use crate::ids::{AccountId, BucketName};

/// How the files of a source are moved. Since format 5.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedTransfer {
    /// Who starts the export and the import.
    pub by: TransferWay,
    /// The bucket that they go through.
    pub bucket: BucketName,
    /// What the keys of all objects begin with; may be empty.
    pub prefix: String,
    /// The account that owns the bucket: that of the plan.
    pub owner: AccountId,
    /// The KMS key of the objects, if not the bucket's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key: Option<String>,
    /// Whether what is no data, such as a socket, makes the export fail.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub strict: bool,
    /// How old the export may be when the item is begun and when its source is stopped, in seconds.
    pub max_age: u64,
}

/// Who starts the export and the import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TransferWay {
    /// The owner of the notebook.
    Hand,
}

impl PlannedTransfer {
    /// Where the objects go, for people: `s3://bucket/prefix`.
    pub fn place(&self) -> String {
        let separator = if self.prefix.is_empty() { "" } else { "/" };
        format!("s3://{}{separator}{}", self.bucket, self.prefix)
    }
}

/// Why the files of an instance cannot be moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Unmovable {
    /// It is stopped: its owner cannot start an export on it.
    SourceStopped,
    /// The policy's bucket has no valid name for its account and region.
    BucketName {
        /// The name.
        name: String,
    },
}
