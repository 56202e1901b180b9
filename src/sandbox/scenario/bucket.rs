//! Pure: `[[bucket]]`: the buckets of S3.

use crate::diagnostic::{Complaint, Form, Literal, Spelling, choice, keys, parsed_by, quoted};
use crate::sandbox::iam::{self, ResourcePolicy};
use crate::sandbox::world::{AccessBlock, Versioning};

use super::forms::{Name, any, one, reference};

keys! {
    /// A bucket of S3, empty at the start.
    pub(super) struct Bucket {
        /// Its name.
        pub(super) name: Name = bucket_name().placed().required_with("name = \"acme-sagemaker-moves\"")
            .example("acme-sagemaker-moves");
        /// The account that owns it, by name or id: the first where it is not given.
        pub(super) account: Option<Name> = one("an account", "research");
        /// The region that it is in: the first of that account where it is not given.
        pub(super) region: Option<Name> = one("a region", "us-east-1");
        /// What its public access block switches on. With none of them it has no such block.
        pub(super) public_access_block: Vec<AccessBlock> = any(choice()).or(Literal::toml(
            "[\"BlockPublicAcls\", \"IgnorePublicAcls\", \"BlockPublicPolicy\", \"RestrictPublicBuckets\"]",
        ));
        /// Whether it keeps former versions: only what GetBucketVersioning answers, as none is kept.
        pub(super) versioning: Versioning = choice().or("off");
        /// What encrypts new objects: `"AES256"`, `"aws:kms"` for the key that AWS manages, a key of the scenario by alias
        /// or id, the ARN of another account's key, or `"none"` for a bucket that does not say.
        pub(super) encryption: Name = reference("what encrypts new objects").or("AES256");
        /// Its bucket policy in JSON. What the sandbox does not know of IAM is refused.
        pub(super) policy: Option<ResourcePolicy> = parsed_by(Spelling::like("a bucket policy", "\\S"), |text| {
            iam::parse_resource(text)
                .map_err(|error| Complaint::new(format!("the policy is not valid: {error}")))
        })
        .optional()
        .example(Literal::toml(
            r#"'{ "Version": "2012-10-17", "Statement": { "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "*", "Condition": { "StringNotEquals": { "aws:SourceVpce": "vpce-0a1b2c3d" } } } }'"#,
        ));
    }
}

/// A name that a bucket can have (S3 user guide, "General purpose bucket naming rules").
fn bucket_name() -> Form<String> {
    let spelling = Spelling::like("the name of a bucket", "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$");
    parsed_by(spelling, |text| {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let inner = |byte: u8| allowed(byte) || byte == b'-' || byte == b'.';
        let ends = text.bytes().next().is_some_and(allowed) && text.bytes().last().is_some_and(allowed);
        if (3..=63).contains(&text.len()) && text.bytes().all(inner) && ends && !text.contains("..") {
            return Ok(text.to_owned());
        }
        let help = "3 to 63 lower-case letters, digits, dots or hyphens; letters or digits at both ends";
        let message = format!("{} is not the name of a bucket", quoted(text));
        Err(Complaint::new(message).help(Some(help.to_owned())))
    })
}
