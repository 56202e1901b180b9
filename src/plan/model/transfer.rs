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
    /// How old an export by hand may be when the item is begun and when its source is stopped, in seconds. 0 where the run
    /// makes it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub max_age: u64,
    /// Whether the run makes the volume read-only while it is exported, where that can be done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub quiesce: bool,
    /// Whether the replacement is created with its own lifecycle configuration before its files come, since that has an
    /// OnCreate script, or may have one: such a script runs only once. By a run alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own_on_create: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Which way the files go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TransferKind {
    /// From the source to the bucket.
    Export,
    /// From the bucket to the replacement.
    Import,
}

impl TransferKind {
    /// Its word in the formats.
    pub fn as_str(self) -> &'static str {
        match self {
            TransferKind::Export => "export",
            TransferKind::Import => "import",
        }
    }
}

/// Who starts the export and the import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TransferWay {
    /// The run, by lifecycle configurations that it attaches for a while.
    Run,
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
    /// It has to be started to export its files, AWS no longer starts its platform, and the policy upgrades no source.
    SourceNotStarted {
        /// The platform.
        platform: String,
    },
    /// It must not be stopped: it might never run again, and the policy does not accept that.
    SourceNotStopped,
    /// It has to be started to export its files, and the key of its volume cannot be used.
    SourceKeyUnusable {
        /// What is wrong with it.
        found: String,
    },
    /// The policy's bucket has no valid name for its account and region.
    BucketName {
        /// The name.
        name: String,
    },
}
