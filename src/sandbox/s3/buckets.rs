//! Buckets: made, removed, looked at and listed.

use s3s::dto::{
    self, CreateBucketInput, CreateBucketOutput, DeleteBucketInput, DeleteBucketOutput, HeadBucketInput,
    HeadBucketOutput, ListBucketsInput, ListBucketsOutput,
};
use s3s::{S3Request, S3Response, S3Result};

use crate::ids::Region;
use crate::sandbox::answer::AwsError;
use crate::sandbox::world::Bucket;

use super::failure::failed;
use super::settings::FIRST_REGION;
use super::store::{Objects, bucket, told, visit};

type Answered<T> = S3Result<S3Response<T>>;

/// Makes a bucket in the caller's account, where the request says: in the region that signed it.
pub(super) async fn create(
    objects: &Objects,
    request: S3Request<CreateBucketInput>,
) -> Answered<CreateBucketOutput> {
    let visit = visit(&request)?;
    let name = request.input.bucket;
    let asked = request.input.create_bucket_configuration.and_then(|asked| asked.location_constraint);
    let region = region(&visit.region, asked.as_ref().map(|asked| asked.as_str())).map_err(failed)?;
    let now = objects.now();
    let world = &mut objects.core().state().world;
    match world.buckets.get(&name) {
        None => {}
        // "for legacy compatibility, if you re-create an existing bucket that you already own in the North Virginia Region,
        // Amazon S3 returns 200 OK" (S3 API reference, CreateBucket).
        Some(there) if there.owner == visit.account && region.as_str() == FIRST_REGION => {}
        Some(there) if there.owner == visit.account => {
            let message =
                "Your previous request to create the named bucket succeeded and you already own it.";
            return Err(failed(AwsError::new(409, "BucketAlreadyOwnedByYou", message)));
        }
        Some(_) => {
            let message = "The requested bucket name is not available. The bucket namespace is shared by all users of \
                           the system. Please select a different name and try again.";
            return Err(failed(AwsError::new(409, "BucketAlreadyExists", message)));
        }
    }
    let made = || Bucket::new(&name, (visit.account.clone(), region.clone()), now);
    world.buckets.entry(name.clone()).or_insert_with(made);
    Ok(S3Response::new(CreateBucketOutput { location: Some(format!("/{name}")) }))
}

/// Where a bucket is to be: each region makes its own, and the first one those of every other too.
fn region(signed: &Region, asked: Option<&str>) -> Result<Region, AwsError> {
    let refused = |asked: &str| {
        let message = format!(
            "The {asked} location constraint is incompatible for the region specific endpoint this request was sent to."
        );
        AwsError::new(400, "IllegalLocationConstraintException", message)
    };
    match asked {
        None if signed.as_str() == FIRST_REGION => Ok(signed.clone()),
        None => Err(refused("unspecified")),
        Some(asked)
            if asked == FIRST_REGION || (signed.as_str() != FIRST_REGION && asked != signed.as_str()) =>
        {
            Err(refused(asked))
        }
        Some(asked) => asked.parse().map_err(|_| {
            let message = "The specified location-constraint is not valid";
            AwsError::new(400, "InvalidLocationConstraint", message)
        }),
    }
}

/// Removes a bucket that has nothing in it.
pub(super) async fn delete(
    objects: &Objects,
    request: S3Request<DeleteBucketInput>,
) -> Answered<DeleteBucketOutput> {
    let name = request.input.bucket;
    if objects.index().of(&name).next().is_some() {
        let message = "The bucket you tried to delete is not empty";
        return Err(failed(AwsError::new(409, "BucketNotEmpty", message)));
    }
    objects.core().state().world.buckets.remove(&name);
    Ok(S3Response::new(DeleteBucketOutput {}))
}

pub(super) async fn head(_: &Objects, request: S3Request<HeadBucketInput>) -> Answered<HeadBucketOutput> {
    let bucket_region = Some(bucket(&request)?.region.to_string());
    Ok(S3Response::new(HeadBucketOutput { bucket_region, ..Default::default() }))
}

/// The buckets of the caller's account.
pub(super) async fn list(
    objects: &Objects,
    request: S3Request<ListBucketsInput>,
) -> Answered<ListBucketsOutput> {
    let visit = visit(&request)?;
    let state = objects.core().state();
    let own = state.world.buckets.values().filter(|bucket| bucket.owner == visit.account);
    let told = |bucket: &Bucket| dto::Bucket {
        creation_date: Some(told(bucket.created)),
        name: Some(bucket.name.clone()),
        bucket_region: Some(bucket.region.to_string()),
    };
    let buckets = Some(own.map(told).collect());
    Ok(S3Response::new(ListBucketsOutput { buckets, ..Default::default() }))
}
