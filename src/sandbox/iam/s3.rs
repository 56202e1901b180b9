//! The permissions that calls of S3 need.

use crate::ids::Region;
use crate::sandbox::answer::AwsError;
use crate::sandbox::names::partition;
use crate::sandbox::request::{Request, Service};
use crate::sandbox::service::Caller;
use crate::sandbox::trouble;
use crate::sandbox::world::World;

use super::asked::Demand;
use super::condition::Facts;
use super::judge::{policies_of, refused};

/// Judges a call on `resource`, which is a bucket and a key. A presigned URL names nobody and is not judged.
pub(crate) fn judge(
    world: &World,
    caller: &Caller,
    request: &Request,
    (region, resource): (&Region, &str),
) -> Option<AwsError> {
    let policies = policies_of(world, caller)?;
    let (bucket, key) = resource.split_once('/').unwrap_or((resource, ""));
    let action = action(&request.operation, (!bucket.is_empty(), !key.is_empty()));
    let on = match action {
        "s3:ListAllMyBuckets" => "*".to_owned(),
        "s3:ListBucket" | "s3:CreateBucket" | "s3:DeleteBucket" => {
            format!("arn:{}:s3:::{bucket}", partition(region.as_str()))
        }
        _ => format!("arn:{}:s3:::{resource}", partition(region.as_str())),
    };
    let facts: Facts = [("aws:requestedregion".to_owned(), vec![region.to_string()])].into();
    let demand = Demand { action: action.to_owned(), resources: vec![on], facts, later: false };
    refused(policies, caller, &demand).map(|denial| trouble::denied(Service::S3, &denial))
}

/// The action of an operation, or of a method where the operation has no name here (S3 user guide, "Required permissions
/// for Amazon S3 API operations"): parts of uploads need what the whole does.
fn action(operation: &str, (has_bucket, has_key): (bool, bool)) -> &'static str {
    match (operation, has_key) {
        ("CreateBucket", _) => "s3:CreateBucket",
        ("ListObjectsV2", _) => "s3:ListBucket",
        ("GetObject" | "HeadObject", _) | ("GET" | "HEAD", true) => "s3:GetObject",
        ("PutObject", _) | (_, true) if !operation.starts_with("DELETE") && operation != "DeleteObject" => {
            "s3:PutObject"
        }
        ("DeleteObject", _) | (_, true) => "s3:DeleteObject",
        ("DELETE", false) => "s3:DeleteBucket",
        (_, false) if has_bucket => "s3:ListBucket",
        (_, false) => "s3:ListAllMyBuckets",
    }
}
