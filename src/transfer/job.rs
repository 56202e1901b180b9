//! Pure: what a worker is told, and what names an attempt.

use std::fmt;

use serde_json::{Value, json};

use crate::facts::partitions;
use crate::ids::{AccountId, Digest, ItemId, Nonce, Region, RunId};
use crate::plan::{PlannedTransfer, TransferKind};

/// The version of the worker's job and of all that it writes.
pub(super) const FORMAT: u32 = 1;

/// Something that no worker can be told: it would not be safe in a script, or not fit in one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the {what} `{found}` is longer than {longest} characters, or has others than {allowed}")]
pub struct InvalidJob {
    /// Which of the parameters.
    pub what: &'static str,
    /// What it is.
    pub found: String,
    /// The most characters that it may have.
    pub longest: usize,
    /// The characters that it may have, besides letters and digits.
    pub allowed: &'static str,
}

/// The name of an attempt, which is also the folder of its objects: `export-01`, `by-hand-01`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttemptName {
    /// Which way.
    pub kind: TransferKind,
    /// Whether the owner of the notebook starts the worker.
    pub by_hand: bool,
    /// Counted from 1.
    pub number: u8,
}

impl AttemptName {
    /// The one attempt that a run makes.
    pub fn of_run(kind: TransferKind) -> AttemptName {
        AttemptName { kind, by_hand: false, number: 1 }
    }
}

impl fmt::Display for AttemptName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match (self.by_hand, self.kind) {
            (false, kind) => kind.as_str(),
            (true, TransferKind::Export) => "by-hand",
            (true, TransferKind::Import) => "by-hand-import",
        };
        write!(f, "{name}-{:02}", self.number)
    }
}

/// What an attempt belongs to: the first folder of its objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransferOwner {
    /// A run.
    Run(RunId),
    /// A plan: by hand, before any run of it. The first 12 digits of its digest.
    Plan(Digest),
}

impl fmt::Display for TransferOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TransferOwner::Run(run) => f.write_str(run.as_str()),
            TransferOwner::Plan(digest) => f.write_str(digest.as_str().get(..12).unwrap_or_default()),
        }
    }
}

/// What an attempt is told apart from all others by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptId {
    /// The run, or the plan, that it is of.
    pub of: TransferOwner,
    /// The item of the plan.
    pub item: ItemId,
    /// Its kind and number.
    pub name: AttemptName,
    /// Its secret.
    pub nonce: Nonce,
}

/// Where objects go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    /// The bucket.
    pub bucket: String,
    /// What comes before the run in every key; may be empty.
    pub prefix: String,
    /// The bucket's region, which is that of the instance.
    pub region: Region,
    /// The account that owns the bucket: every call names it.
    pub owner: AccountId,
    /// What the hosts of the partition end with: `amazonaws.com`.
    pub suffix: String,
    /// The key that objects are encrypted with, if not the bucket's own.
    pub kms_key: Option<String>,
}

impl Store {
    /// The bucket of a planned transfer, for instances of that region.
    pub fn of(transfer: &PlannedTransfer, region: &Region) -> Store {
        Store {
            bucket: transfer.bucket.to_string(),
            prefix: transfer.prefix.clone(),
            region: region.clone(),
            owner: transfer.owner.clone(),
            suffix: partitions::dns_suffix(region.as_str()).to_owned(),
            kms_key: transfer.kms_key.clone(),
        }
    }

    /// What comes before the name of an attempt in the keys of an item.
    pub fn prefix_of(&self, account: &AccountId, owner: &TransferOwner, item: &ItemId) -> String {
        let separator = if self.prefix.is_empty() || self.prefix.ends_with('/') { "" } else { "/" };
        format!("{}{separator}{owner}/{account}/{}/{}", self.prefix, item.region, item.name)
    }
}

/// An export that an import reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferSource {
    /// Its attempt, of the same run and item.
    pub attempt: AttemptName,
    /// The SHA-256 of its `status.json`, which says that of everything else.
    pub status: Digest,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// Write the folder to the bucket.
    Export {
        /// Whether what is no data, such as a socket, is a failure.
        strict: bool,
        /// Whether the volume is made read-only first, where that can be done.
        quiesce: bool,
    },
    /// Fill the folder from the bucket.
    Import {
        /// What is read.
        source: TransferSource,
        /// Whether what is in the folder already may be moved aside; else it is a failure.
        aside: bool,
    },
}

/// What a worker is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferJob {
    /// Which attempt it is.
    pub attempt: AttemptId,
    /// The account of the notebook.
    pub account: AccountId,
    /// Where the objects are.
    pub store: Store,
    /// What is done.
    pub work: Work,
}

impl TransferJob {
    /// What a run tells the worker that moves the files of an item: to export them, or to import the export whose status has
    /// that SHA-256.
    pub fn of_run(
        planned: &PlannedTransfer,
        account: &AccountId,
        (run, item): (&RunId, &ItemId),
        (nonce, source): (Nonce, Option<Digest>),
    ) -> TransferJob {
        let kind = if source.is_some() { TransferKind::Import } else { TransferKind::Export };
        let work = match source {
            None => Work::Export { strict: planned.strict, quiesce: planned.quiesce },
            Some(status) => {
                let source = TransferSource { attempt: AttemptName::of_run(TransferKind::Export), status };
                Work::Import { source, aside: planned.own_on_create }
            }
        };
        let of = TransferOwner::Run(run.clone());
        let attempt = AttemptId { of, item: item.clone(), name: AttemptName::of_run(kind), nonce };
        TransferJob { attempt, account: account.clone(), store: Store::of(planned, &item.region), work }
    }

    /// What its keys begin with, up to the name of the attempt.
    pub fn prefix(&self) -> String {
        self.store.prefix_of(&self.account, &self.attempt.of, &self.attempt.item)
    }

    /// The job as the worker reads it: one line, of characters that no shell gives a meaning to between quotes, or beyond them.
    ///
    /// # Errors
    /// A parameter that is too long, or has other characters.
    pub(super) fn line(&self) -> Result<String, InvalidJob> {
        let store = &self.store;
        plain("bucket", &store.bucket, 63, ".-")?;
        plain("prefix", &store.prefix, 64, "/_.=-")?;
        plain("host suffix", &store.suffix, 32, ".-")?;
        plain("KMS key", store.kms_key.as_deref().unwrap_or_default(), 128, ":/_-")?;
        let mut job = json!({
            "run": self.attempt.of.to_string(),
            "item": self.attempt.item.to_string(),
            "attempt": self.attempt.name.to_string(),
            "nonce": self.attempt.nonce.as_str(),
            "kind": self.attempt.name.kind.as_str(),
            "bucket": store.bucket,
            "prefix": self.prefix(),
            "region": store.region.as_str(),
            "owner": store.owner.as_str(),
            "suffix": store.suffix,
            "kms_key": store.kms_key,
        });
        let more = match &self.work {
            Work::Export { strict, quiesce } => json!({ "strict": strict, "quiesce": quiesce }),
            Work::Import { source, aside } => json!({
                "source": source.attempt.to_string(),
                "source_sha256": source.status.as_str(),
                "aside": aside,
            }),
        };
        if let (Value::Object(job), Value::Object(more)) = (&mut job, more) {
            job.extend(more);
        }
        Ok(job.to_string())
    }
}

fn plain(what: &'static str, text: &str, longest: usize, allowed: &'static str) -> Result<(), InvalidJob> {
    let good = |c: char| c.is_ascii_alphanumeric() || allowed.contains(c);
    if text.len() <= longest && text.chars().all(good) {
        return Ok(());
    }
    Err(InvalidJob { what, found: text.chars().take(longest).collect(), longest, allowed })
}
