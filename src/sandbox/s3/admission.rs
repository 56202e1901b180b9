//! Pure: whether a request may go on to the storage: the bucket's owner and region, the policies, the keys of KMS.

use crate::ids::Region;
use crate::sandbox::answer::AwsError;
use crate::sandbox::iam::{self, Asker, Demanded};
use crate::sandbox::names::s3_arn;
use crate::sandbox::world::{Bucket, Encryption};

use super::head::Head;
use super::key;

/// What the storage has of the object that a request is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) is_there: bool,
    /// The ARN of the KMS key that it is encrypted with.
    pub(super) key: Option<String>,
}

/// What was found out of a request that may go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Admitted {
    /// The bucket as it is now; none for what is about no bucket, and for one that is to be made.
    pub(super) bucket: Option<Bucket>,
    /// What the object that is written is encrypted with.
    pub(super) encryption: Encryption,
}

/// Why a request may not go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) error: AwsError,
    /// The bucket's region, where the answer tells it.
    pub(super) region: Option<Region>,
}

impl From<AwsError> for Refused {
    fn from(error: AwsError) -> Refused {
        Refused { error, region: None }
    }
}

/// Operations that write an object.
const WRITES: [&str; 3] = ["PutObject", "CopyObject", "CreateMultipartUpload"];

/// Lets a request go on, or says why not. `held` is of the object that it is about, `source` of the one that is copied.
pub(super) fn admit(
    asker: &Asker<'_>,
    head: &Head<'_>,
    (held, source): (&Held, &Held),
) -> Result<Admitted, Refused> {
    if head.bucket.is_empty() || head.operation == "CreateBucket" {
        let demanded = demanded(head, asker.region);
        return match iam::on_s3(asker, None, &demanded) {
            Some(error) => Err(error.into()),
            None => Ok(Admitted { bucket: None, encryption: Encryption::None }),
        };
    }
    let bucket = bucket(asker, &head.bucket)?;
    in_place(asker, head, bucket)?;
    owner_is(bucket, head.header("x-amz-expected-bucket-owner"))?;
    let tells = (head.operation == "HeadBucket").then(|| bucket.region.clone());
    if let Some(error) = iam::on_s3(asker, Some(bucket), &demanded(head, asker.region)) {
        return Err(Refused { error, region: tells });
    }
    reads(asker, head, (bucket, held))?;
    if matches!(head.operation, "CopyObject" | "UploadPartCopy") {
        may_copy(asker, head, source)?;
    }
    let encryption = match WRITES.contains(&head.operation) {
        true => written(asker, head, bucket)?,
        false => Encryption::None,
    };
    Ok(Admitted { bucket: Some(bucket.clone()), encryption })
}

fn bucket<'w>(asker: &Asker<'w>, name: &str) -> Result<&'w Bucket, AwsError> {
    let missing = || AwsError::new(404, "NoSuchBucket", "The specified bucket does not exist");
    asker.world.buckets.get(name).ok_or_else(missing)
}

/// A bucket is asked in its own region; only where it is may be asked anywhere. The answer has the region in a header, by
/// which SDKs ask again.
fn in_place(asker: &Asker<'_>, head: &Head<'_>, bucket: &Bucket) -> Result<(), Refused> {
    if bucket.region.as_str() == asker.region || head.operation == "GetBucketLocation" {
        return Ok(());
    }
    let message = "The bucket you are attempting to access must be addressed using the specified endpoint. Please send \
                   all future requests to this endpoint.";
    let error = AwsError::new(301, "PermanentRedirect", message);
    Err(Refused { error, region: Some(bucket.region.clone()) })
}

/// Whether a bucket is whose the caller takes it to be.
fn owner_is(bucket: &Bucket, expected: Option<&str>) -> Result<(), AwsError> {
    match expected {
        Some(id) if id.len() != 12 || !id.bytes().all(|byte| byte.is_ascii_digit()) => {
            let message = "The value of the expected bucket owner parameter must be an AWS account ID";
            Err(AwsError::new(400, "InvalidBucketOwnerAWSAccountID", message))
        }
        Some(id) if id != bucket.owner.as_str() => Err(AwsError::new(403, "AccessDenied", "Access Denied")),
        Some(_) | None => Ok(()),
    }
}

/// The action of an operation, or of a method where the operation has no name here (S3 user guide, "Required permissions
/// for Amazon S3 API operations").
fn action(head: &Head<'_>) -> &'static str {
    let has_key = !head.key.is_empty();
    match head.operation {
        "ListBuckets" => "s3:ListAllMyBuckets",
        "CreateBucket" => "s3:CreateBucket",
        "DeleteBucket" => "s3:DeleteBucket",
        "HeadBucket" | "ListObjects" | "ListObjectsV2" => "s3:ListBucket",
        "GetBucketLocation" => "s3:GetBucketLocation",
        "GetPublicAccessBlock" => "s3:GetBucketPublicAccessBlock",
        "GetBucketVersioning" => "s3:GetBucketVersioning",
        "GetBucketEncryption" => "s3:GetEncryptionConfiguration",
        "GetBucketPolicy" => "s3:GetBucketPolicy",
        "GetBucketPolicyStatus" => "s3:GetBucketPolicyStatus",
        "GetObject" | "HeadObject" => "s3:GetObject",
        "DeleteObject" | "DeleteObjects" => "s3:DeleteObject",
        "ListParts" => "s3:ListMultipartUploadParts",
        "AbortMultipartUpload" => "s3:AbortMultipartUpload",
        "GET" | "HEAD" if has_key => "s3:GetObject",
        "GET" | "HEAD" => "s3:ListBucket",
        "DELETE" if has_key => "s3:DeleteObject",
        "DELETE" => "s3:DeleteBucket",
        // Parts of uploads need what the whole does.
        _ => "s3:PutObject",
    }
}

/// What a request needs of the policies.
fn demanded(head: &Head<'_>, region: &str) -> Demanded<'static> {
    let arn = |path: &str| s3_arn(region, path);
    let action = action(head);
    let on_object = matches!(
        action,
        "s3:GetObject"
            | "s3:PutObject"
            | "s3:DeleteObject"
            | "s3:ListMultipartUploadParts"
            | "s3:AbortMultipartUpload"
    );
    let resource = match action {
        "s3:ListAllMyBuckets" => "*".to_owned(),
        // The keys are in the body: who may not delete all of them may delete none.
        _ if head.operation == "DeleteObjects" => arn(&format!("{}/*", head.bucket)),
        _ if on_object => arn(&format!("{}/{}", head.bucket, head.key)),
        _ => arn(&head.bucket),
    };
    let mut facts = Vec::new();
    let mut add = |name: &'static str, value: Option<&str>| {
        facts.extend(value.map(|value| (name, value.to_owned())));
    };
    if action == "s3:ListBucket" {
        add("s3:prefix", head.parameter("prefix"));
        add("s3:delimiter", head.parameter("delimiter"));
        add("s3:max-keys", head.parameter("max-keys"));
    }
    add("s3:x-amz-content-sha256", head.header("x-amz-content-sha256"));
    add("s3:x-amz-server-side-encryption", head.header("x-amz-server-side-encryption"));
    let key = head.header("x-amz-server-side-encryption-aws-kms-key-id");
    add("s3:x-amz-server-side-encryption-aws-kms-key-id", key);
    Demanded { action, resource, facts }
}

/// Whether an object may be read: one that is not there is only shown to be missing to who may list, and one that is
/// encrypted needs its key.
fn reads(asker: &Asker<'_>, head: &Head<'_>, (bucket, held): (&Bucket, &Held)) -> Result<(), AwsError> {
    if !matches!(head.operation, "GetObject" | "HeadObject") {
        return Ok(());
    }
    if !held.is_there {
        let resource = s3_arn(asker.region, &bucket.name);
        let listed = Demanded { action: "s3:ListBucket", resource, facts: Vec::new() };
        return iam::on_s3(asker, Some(bucket), &listed).map_or(Ok(()), Err);
    }
    // The head alone needs no key, but for the checksums, which are encrypted too.
    let shows_sums = head.header("x-amz-checksum-mode").is_some_and(|mode| mode == "ENABLED");
    if head.operation == "HeadObject" && !shows_sums {
        return Ok(());
    }
    decrypts(asker, held, &head.resource())
}

fn decrypts(asker: &Asker<'_>, held: &Held, object: &str) -> Result<(), AwsError> {
    let Some(arn) = &held.key else { return Ok(()) };
    uses(asker, "kms:Decrypt", (arn, object))
}

/// Whether a key may be used, and can be. The one that AWS manages is at everybody's service in its account.
fn uses(asker: &Asker<'_>, action: &str, (arn, object): (&str, &str)) -> Result<(), AwsError> {
    if key::is_managed(asker, arn) {
        return Ok(());
    }
    iam::on_key(asker, action, arn, object).map_or(Ok(()), Err)?;
    key::usable(asker.world, arn, asker.region)
}

/// Whether the source of a copy may be read.
fn may_copy(asker: &Asker<'_>, head: &Head<'_>, source: &Held) -> Result<(), AwsError> {
    let Some((name, key)) = head.copy_source() else { return Ok(()) };
    let from = bucket(asker, &name)?;
    owner_is(from, head.header("x-amz-source-expected-bucket-owner"))?;
    let resource = s3_arn(asker.region, &format!("{name}/{key}"));
    let read = Demanded { action: "s3:GetObject", resource, facts: Vec::new() };
    if let Some(error) = iam::on_s3(asker, Some(from), &read) {
        return Err(error);
    }
    decrypts(asker, source, &format!("{name}/{key}"))
}

/// What an object is encrypted with that is written: what the request says, else what the bucket does.
fn written(asker: &Asker<'_>, head: &Head<'_>, bucket: &Bucket) -> Result<Encryption, AwsError> {
    let named = head.header("x-amz-server-side-encryption-aws-kms-key-id");
    let encryption = match head.header("x-amz-server-side-encryption") {
        Some("AES256") if named.is_none() => Encryption::Aes256,
        Some("aws:kms") => Encryption::Kms(key::found(asker, named)?),
        None if named.is_none() => bucket.encryption.clone(),
        Some("AES256") | None => {
            let message = "Server Side Encryption with AWS KMS managed key requires HTTP header \
                           x-amz-server-side-encryption : aws:kms";
            return Err(AwsError::new(400, "InvalidArgument", message));
        }
        Some(_) => {
            let message = "The encryption method specified is not supported";
            return Err(AwsError::new(400, "InvalidEncryptionAlgorithmError", message));
        }
    };
    if let Encryption::Kms(arn) = &encryption {
        uses(asker, "kms:GenerateDataKey", (arn, &head.resource()))?;
    }
    Ok(encryption)
}
