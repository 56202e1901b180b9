//! Pure: names and identifiers that are parsed once, at the edge, and trusted everywhere after.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Text that is not a valid identifier of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not {wanted}", shown(.found))]
pub struct InvalidId {
    /// What was wanted, with an article: "a region name".
    pub wanted: &'static str,
    /// What was found instead.
    pub found: String,
}

/// Cuts hostile lengths and drops control characters, so that an error can quote its input.
fn shown(text: &str) -> String {
    text.chars().take(80).map(|c| if c.is_control() { '?' } else { c }).collect()
}

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $wanted:literal, $valid:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let valid: fn(&str) -> bool = $valid;
                if valid(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(InvalidId { wanted: $wanted, found: text.to_owned() })
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

identifier!(
    /// An AWS account: twelve digits.
    AccountId,
    "an account id (12 digits)",
    |text| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
);
identifier!(
    /// The name of an S3 bucket (S3 user guide, "General purpose bucket naming rules").
    BucketName,
    "the name of a bucket (3 to 63 lower-case letters, digits, dots and hyphens)",
    |text| {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let outer = [text.bytes().next(), text.bytes().next_back()];
        let numbers = text.split('.').collect::<Vec<_>>();
        let is_address = numbers.len() == 4 && numbers.iter().all(|part| part.parse::<u8>().is_ok());
        (3..=63).contains(&text.len())
            && text.bytes().all(|b| fits(b) || b == b'.' || b == b'-')
            && outer.into_iter().all(|b| b.is_some_and(fits))
            && !text.contains("..")
            && !is_address
            && !["xn--", "sthree-", "amzn-s3-demo-"].iter().any(|start| text.starts_with(start))
            && !["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"].iter().any(|end| text.ends_with(end))
    }
);
identifier!(
    /// A region, such as `eu-west-1`. Well formed; whether it exists only AWS can tell.
    Region,
    "a region name (such as us-east-1)",
    is_region
);
identifier!(
    /// The name of a notebook instance: 1 to 63 of `[a-zA-Z0-9-]`, no `-` at either end
    /// (botocore 1.44.5, `NotebookInstanceName`). Unique per account and region.
    InstanceName,
    "a notebook instance name (1 to 63 letters, digits or inner hyphens)",
    |text| {
        (1..=InstanceName::MAX_LENGTH).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-')
    }
);
identifier!(
    /// The ARN of a notebook instance. SageMaker lower-cases some of the ARNs that it answers
    /// (amazon-sagemaker-examples#1798), so compare with [`Arn::same`].
    Arn,
    "an ARN",
    |text| text.starts_with("arn:") && text.len() <= 256 && text.bytes().all(|b| b.is_ascii_graphic())
);
identifier!(
    /// A subnet, such as `subnet-0123456789abcdef0`.
    SubnetId,
    "a subnet id (subnet-...)",
    |text| has_prefix_and_word(text, "subnet-")
);
identifier!(
    /// A security group, such as `sg-0123456789abcdef0`.
    SecurityGroupId,
    "a security group id (sg-...)",
    |text| has_prefix_and_word(text, "sg-")
);
identifier!(
    /// A VPC, such as `vpc-0123456789abcdef0`.
    VpcId,
    "a VPC id (vpc-...)",
    |text| has_prefix_and_word(text, "vpc-")
);
identifier!(
    /// One run of a plan: `<UTC start time>-<first 8 digits of the plan's digest>`, and 8 digits of its own.
    RunId,
    "a run id",
    |text| {
        (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    }
);
identifier!(
    /// A SHA-256 in lower-case hexadecimal.
    Digest,
    "a SHA-256 digest (64 hexadecimal digits)",
    |text| text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
);
identifier!(
    /// What only an attempt to move files and its worker know: 32 hexadecimal digits, drawn anew for each attempt.
    Nonce,
    "a nonce (32 hexadecimal digits)",
    |text| text.len() == 32 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
);
identifier!(
    /// How a person names a digest: so many of its first digits that no other plan has them by chance.
    DigestPrefix,
    "a SHA-256 digest, or its first 12 or more hexadecimal digits",
    |text| (Digest::PREFIX..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit())
);

fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let Some((number, words)) = parts.split_last() else { return false };
    (2..=5).contains(&words.len())
        && words.iter().all(|w| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase()))
        && (1..=2).contains(&number.len())
        && number.bytes().all(|b| b.is_ascii_digit())
}

/// SageMaker takes 0 to 32 of `[-0-9a-zA-Z]` for both kinds of id (botocore 1.44.5).
fn has_prefix_and_word(text: &str, prefix: &str) -> bool {
    text.len() <= 32
        && text
            .strip_prefix(prefix)
            .is_some_and(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric()))
}

impl InstanceName {
    /// The longest name that SageMaker accepts.
    pub const MAX_LENGTH: usize = 63;
}

impl Arn {
    /// Whether both name the same resource, whatever the case SageMaker answered in.
    pub fn same(&self, other: &Arn) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Digest {
    /// The fewest digits that name one. Eight are read off file names; another file with the same eight is made in minutes.
    const PREFIX: usize = 12;

    /// SHA-256 of some bytes.
    pub fn of(bytes: impl AsRef<[u8]>) -> Digest {
        let hex = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        Digest(hex)
    }

    /// The first eight digits: what people read and what file names carry.
    pub fn short(&self) -> &str {
        &self.0[..8]
    }

    /// As few digits as [`DigestPrefix`] takes: what commands are given.
    pub fn prefix(&self) -> &str {
        &self.0[..Self::PREFIX]
    }
}

impl DigestPrefix {
    /// Whether this names the digest.
    pub fn names(&self, digest: &Digest) -> bool {
        digest.0.starts_with(&self.0.to_ascii_lowercase())
    }
}

/// The ARN of a role, in its parts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoleArn {
    arn: String,
    partition: String,
    account: AccountId,
    name: String,
}

impl RoleArn {
    /// Reads one: `arn:PARTITION:iam::ACCOUNT:role/PATH/NAME`.
    pub fn read(arn: &str) -> Option<RoleArn> {
        let (partition, rest) = arn.strip_prefix("arn:")?.split_once(":iam::")?;
        let (account, path) = rest.split_once(":role/")?;
        let name = path.rsplit('/').next().filter(|name| !name.is_empty())?;
        let account = account.parse().ok()?;
        Some(RoleArn { arn: arn.to_owned(), partition: partition.to_owned(), account, name: name.to_owned() })
    }

    /// The whole.
    pub fn as_str(&self) -> &str {
        &self.arn
    }

    /// `aws`, `aws-cn` and so on.
    pub fn partition(&self) -> &str {
        &self.partition
    }

    /// The account that it is of. IAM tells of the roles of one's own account alone.
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// Its name, without its path: no two roles of an account have the same.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// One instance within an account: what an item is named by, in plans, journals and messages.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId {
    /// The region.
    pub region: Region,
    /// The source's name.
    pub name: InstanceName,
}

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.region, self.name)
    }
}

impl FromStr for ItemId {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let invalid = || InvalidId { wanted: "an item (region/name)", found: text.to_owned() };
        let (region, name) = text.split_once('/').ok_or_else(invalid)?;
        Ok(Self { region: region.parse()?, name: name.parse()? })
    }
}

impl Serialize for ItemId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ItemId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_a_trailing_hyphen_or_64_characters_are_refused() {
        assert!("a-b".parse::<InstanceName>().is_ok());
        assert!("a".repeat(63).parse::<InstanceName>().is_ok());
        for bad in ["", "-a", "a-", "a_b", "ä", &"a".repeat(64)] {
            assert!(bad.parse::<InstanceName>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn regions_of_every_partition_are_well_formed_and_typos_in_shape_are_not() {
        for good in ["us-east-1", "us-gov-west-1", "cn-north-1", "us-isob-east-1", "eusc-de-east-1"] {
            assert!(good.parse::<Region>().is_ok(), "{good}");
        }
        for bad in ["", "us-east", "useast1", "us-east-", "US-EAST-1", "us--1", "us-east-1a", "us-east-1 "] {
            assert!(bad.parse::<Region>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_digest_is_named_by_twelve_or_more_of_its_first_digits() {
        let digest = Digest::of("a plan");
        let all = digest.as_str();
        for good in [digest.prefix(), &all[..13], all, &all.to_ascii_uppercase()] {
            assert!(good.parse::<DigestPrefix>().unwrap().names(&digest), "{good}");
        }
        assert!(!"000000000000".parse::<DigestPrefix>().unwrap().names(&digest));
        assert!(!all[1..].parse::<DigestPrefix>().unwrap().names(&digest));
        for bad in ["", digest.short(), &all[..11], &format!("{all}0"), "sha256:000000", "00000000000g"] {
            assert!(bad.parse::<DigestPrefix>().is_err(), "{bad}");
        }
    }

    #[test]
    fn arns_that_differ_only_in_case_are_the_same() {
        let a: Arn = "arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/King".parse().unwrap();
        let b: Arn = "arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/king".parse().unwrap();
        assert!(a.same(&b));
    }

    #[test]
    fn an_arn_is_read_in_its_parts_and_what_is_none_is_not() {
        let role = RoleArn::read("arn:aws-cn:iam::123456789012:role/service-role/Nb").unwrap();
        assert_eq!(
            (role.partition(), role.account().as_str(), role.name()),
            ("aws-cn", "123456789012", "Nb")
        );
        let none = ["", "Nb", "arn:aws:iam::12:role/Nb", "arn:aws:iam::123456789012:role/", "arn:aws:sts::x"];
        for arn in none {
            assert_eq!(RoleArn::read(arn), None, "{arn}");
        }
    }

    #[test]
    fn an_error_quotes_hostile_input_without_its_control_characters() {
        let error = "sg-\u{1b}[31m".parse::<SecurityGroupId>().unwrap_err();
        assert_eq!(error.to_string(), "`sg-?[31m` is not a security group id (sg-...)");
    }

    #[test]
    fn an_item_survives_the_round_trip_through_json() {
        let item: ItemId = "eu-west-1/fraud-etl".parse().unwrap();
        let json = serde_json::to_string(&item).unwrap();
        assert_eq!(json, "\"eu-west-1/fraud-etl\"");
        assert_eq!(serde_json::from_str::<ItemId>(&json).unwrap(), item);
    }
}
