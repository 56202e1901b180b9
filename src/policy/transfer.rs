//! Pure: `[transfer]`, and the same table in `[[target]]`: how files are moved, where `data = "s3"`.

use std::str::FromStr;
use std::time::Duration;

use strum::{EnumMessage, IntoStaticStr, VariantArray};

use crate::diagnostic::{Complaint, Form, Spelling, choice, flag, keys, length, parsed, parsed_by, quoted};
use crate::ids::{AccountId, BucketName, InvalidId, Region};

/// What a prefix is where none is given.
const PREFIX: &str = "remediate";

/// How long before its item is begun an export may have been made, where nothing is said.
const MAX_AGE: Duration = Duration::from_hours(24);

keys! {
    /// How files are moved, where `data = "s3"`. A target's own table overrides these, key by key.
    #[derive(Default, PartialEq, Eq)]
    pub struct TransferKeys {
        /// Who starts the export and the import; `run` if it is not said.
        pub by: Option<TransferBy> = choice().maybe();
        /// The bucket of the files. `{region}` and `{account}` stand for those of the instance: its region must be that of the
        /// bucket. `data = "s3"` needs one.
        pub bucket: Option<BucketTemplate> = bucket().maybe().example("acme-sagemaker-moves-{region}");
        /// What the keys of all objects begin with; `remediate` if it is not said, and empty for none.
        pub prefix: Option<String> = prefix().maybe().example("remediate");
        /// The KMS key that objects are encrypted with; the bucket's own if it is not said.
        pub kms_key: Option<String> = transfer_key().maybe().example("alias/moves");
        /// Whether sockets and devices, which are never moved, make the export fail; `false` if it is not said.
        pub strict: Option<bool> = flag().maybe().example(true);
        /// Whether the volume is made read-only while it is exported, where that can be done; `true` if it is not said. Only
        /// by `run`. Where it stays writable, what changes during the export makes it fail, and what is written between
        /// its end and the stop is not moved.
        pub quiesce: Option<bool> = flag().maybe().example(true);
        /// How old a proven export may be when its item is begun, and when its source is stopped; `24h` if it is not said. What
        /// was written since the export is not moved. Only by `hand`.
        pub by_hand_max_age: Option<Duration> =
            length(Duration::from_mins(5)..=Duration::from_hours(30 * 24)).maybe().example("24h");
    }
}

/// Who starts the export and the import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray, EnumMessage)]
#[strum(serialize_all = "kebab-case")]
pub enum TransferBy {
    /// The run, by lifecycle configurations that it gives to the source and to the replacement for a while.
    Run,
    /// The owner of the notebook, who pastes a script that `remediate data script` prints into a terminal there.
    Hand,
}

/// How files are moved: the keys, with what stands for those that are not said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// Who starts the work.
    pub by: TransferBy,
    /// The bucket.
    pub bucket: BucketTemplate,
    /// What the keys of all objects begin with.
    pub prefix: String,
    /// The key of the objects, if not the bucket's own.
    pub kms_key: Option<String>,
    /// Whether what is no data makes the export fail.
    pub strict: bool,
    /// Whether the volume is made read-only while it is exported. By a run.
    pub quiesce: bool,
    /// How old an export may be. By hand.
    pub max_age: Duration,
}

impl TransferKeys {
    /// These, and what others say where these say nothing.
    #[must_use]
    pub fn over(&self, below: &TransferKeys) -> TransferKeys {
        TransferKeys {
            by: self.by.or(below.by),
            bucket: self.bucket.clone().or_else(|| below.bucket.clone()),
            prefix: self.prefix.clone().or_else(|| below.prefix.clone()),
            kms_key: self.kms_key.clone().or_else(|| below.kms_key.clone()),
            strict: self.strict.or(below.strict),
            quiesce: self.quiesce.or(below.quiesce),
            by_hand_max_age: self.by_hand_max_age.or(below.by_hand_max_age),
        }
    }

    /// The way, if these name a bucket.
    pub fn transfer(&self) -> Option<Transfer> {
        Some(Transfer {
            by: self.by.unwrap_or(TransferBy::Run),
            bucket: self.bucket.clone()?,
            prefix: self.prefix.clone().unwrap_or_else(|| PREFIX.to_owned()),
            kms_key: self.kms_key.clone(),
            strict: self.strict.unwrap_or(false),
            quiesce: self.quiesce.unwrap_or(true),
            max_age: self.by_hand_max_age.unwrap_or(MAX_AGE),
        })
    }
}

/// The name of a bucket, with places for the region and the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketTemplate(String);

/// Why a text names no bucket.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBucket {
    /// There are braces around something else.
    #[error("only {{region}} and {{account}} can stand in braces in a bucket's name")]
    Placeholder,
    /// It is no name.
    #[error(transparent)]
    Name(InvalidId),
}

impl BucketTemplate {
    /// The name for an account and a region.
    ///
    /// # Errors
    /// With these it is the name of no bucket.
    pub fn name(&self, account: &AccountId, region: &Region) -> Result<BucketName, InvalidId> {
        filled(&self.0, account.as_str(), region.as_str()).parse()
    }
}

fn filled(text: &str, account: &str, region: &str) -> String {
    text.replace("{region}", region).replace("{account}", account)
}

impl FromStr for BucketTemplate {
    type Err = InvalidBucket;
    fn from_str(text: &str) -> Result<Self, InvalidBucket> {
        if filled(text, "", "").contains(['{', '}']) {
            return Err(InvalidBucket::Placeholder);
        }
        filled(text, "123456789012", "us-east-1").parse::<BucketName>().map_err(InvalidBucket::Name)?;
        Ok(BucketTemplate(text.to_owned()))
    }
}

fn bucket() -> Form<BucketTemplate> {
    let pattern = r"^([a-z0-9.-]|\{region\}|\{account\}){1,126}$";
    parsed(Spelling::like("the name of a bucket", pattern))
}

/// What workers can be told: `transfer/job.rs`.
fn prefix() -> Form<String> {
    let spelling = Spelling::like("what keys begin with", "^([A-Za-z0-9_.=-]+(/[A-Za-z0-9_.=-]+)*)?$");
    parsed_by(spelling.characters(0, 64), |text| {
        let fits = |part: &str| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "_.=-".contains(c))
        };
        if text.is_empty() || text.len() <= 64 && text.split('/').all(fits) {
            return Ok(text.to_owned());
        }
        Err(Complaint::new(format!("{} is no prefix of keys", quoted(text)))
            .help(Some("at most 64 letters, digits and _ . = -, with single slashes inside".to_owned())))
    })
}

fn transfer_key() -> Form<String> {
    parsed_by(Spelling::like("a KMS key", "^[A-Za-z0-9:/_-]+$").characters(1, 128), |text| {
        let fits = |c: char| c.is_ascii_alphanumeric() || ":/_-".contains(c);
        if (1..=128).contains(&text.len()) && text.chars().all(fits) {
            return Ok(text.to_owned());
        }
        Err(Complaint::new(format!("{} is not a KMS key", quoted(text)))
            .help(Some("a key id, its ARN, or an alias such as alias/moves".to_owned())))
    })
}
