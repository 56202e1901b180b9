//! Pure: what buckets are set to, as S3 answers it.

use s3s::S3Result;
use s3s::dto::{
    BucketLocationConstraint, BucketVersioningStatus, GetBucketEncryptionOutput, GetBucketLocationOutput,
    GetBucketPolicyOutput, GetBucketPolicyStatusOutput, GetBucketVersioningOutput,
    GetPublicAccessBlockOutput, PolicyStatus, PublicAccessBlockConfiguration, ServerSideEncryption,
    ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration, ServerSideEncryptionRule,
};

use crate::sandbox::answer::AwsError;
use crate::sandbox::world::{AccessBlock, Bucket, Encryption, Versioning};

use super::failure::failed;

/// The region that has no name in GetBucketLocation: the first that there was.
pub(super) const FIRST_REGION: &str = "us-east-1";

pub(super) fn location(bucket: &Bucket) -> GetBucketLocationOutput {
    let region = Some(bucket.region.as_str()).filter(|region| *region != FIRST_REGION);
    let location_constraint = region.map(|region| BucketLocationConstraint::from(region.to_owned()));
    GetBucketLocationOutput { location_constraint }
}

pub(super) fn access_block(bucket: &Bucket) -> S3Result<GetPublicAccessBlockOutput> {
    if bucket.access_block.is_empty() {
        let message = "The public access block configuration was not found";
        return Err(failed(AwsError::new(404, "NoSuchPublicAccessBlockConfiguration", message)));
    }
    let has = |part: AccessBlock| Some(bucket.access_block.contains(&part));
    let configuration = PublicAccessBlockConfiguration {
        block_public_acls: has(AccessBlock::BlockPublicAcls),
        block_public_policy: has(AccessBlock::BlockPublicPolicy),
        ignore_public_acls: has(AccessBlock::IgnorePublicAcls),
        restrict_public_buckets: has(AccessBlock::RestrictPublicBuckets),
    };
    Ok(GetPublicAccessBlockOutput { public_access_block_configuration: Some(configuration) })
}

pub(super) fn versioning(bucket: &Bucket) -> GetBucketVersioningOutput {
    let status = match bucket.versioning {
        Versioning::Off => None,
        Versioning::Enabled => Some(BucketVersioningStatus::ENABLED),
        Versioning::Suspended => Some(BucketVersioningStatus::SUSPENDED),
    };
    GetBucketVersioningOutput { mfa_delete: None, status: status.map(BucketVersioningStatus::from_static) }
}

pub(super) fn encryption(bucket: &Bucket) -> S3Result<GetBucketEncryptionOutput> {
    let (algorithm, key) = match &bucket.encryption {
        Encryption::None => {
            let message = "The server side encryption configuration was not found";
            let code = "ServerSideEncryptionConfigurationNotFoundError";
            return Err(failed(AwsError::new(404, code, message)));
        }
        Encryption::Aes256 => (ServerSideEncryption::AES256, None),
        Encryption::Kms(arn) => (ServerSideEncryption::AWS_KMS, Some(arn.clone())),
    };
    let by_default = ServerSideEncryptionByDefault {
        kms_master_key_id: key,
        sse_algorithm: ServerSideEncryption::from_static(algorithm),
    };
    let rule = ServerSideEncryptionRule {
        apply_server_side_encryption_by_default: Some(by_default),
        bucket_key_enabled: Some(false),
    };
    let configuration = ServerSideEncryptionConfiguration { rules: vec![rule] };
    Ok(GetBucketEncryptionOutput { server_side_encryption_configuration: Some(configuration) })
}

pub(super) fn policy(bucket: &Bucket) -> S3Result<GetBucketPolicyOutput> {
    let policy = bucket.policy.as_ref().ok_or_else(no_policy)?;
    Ok(GetBucketPolicyOutput { policy: Some(policy.text.clone()) })
}

pub(super) fn policy_status(bucket: &Bucket) -> S3Result<GetBucketPolicyStatusOutput> {
    let policy = bucket.policy.as_ref().ok_or_else(no_policy)?;
    Ok(GetBucketPolicyStatusOutput {
        policy_status: Some(PolicyStatus { is_public: Some(policy.is_public()) }),
    })
}

fn no_policy() -> s3s::S3Error {
    failed(AwsError::new(404, "NoSuchBucketPolicy", "The bucket policy does not exist"))
}

/// An encryption as the head of an answer has it.
pub(super) fn told(encryption: &Encryption) -> (Option<ServerSideEncryption>, Option<String>) {
    match encryption {
        Encryption::None => (None, None),
        Encryption::Aes256 => (Some(ServerSideEncryption::from_static(ServerSideEncryption::AES256)), None),
        Encryption::Kms(arn) => {
            (Some(ServerSideEncryption::from_static(ServerSideEncryption::AWS_KMS)), Some(arn.clone()))
        }
    }
}
