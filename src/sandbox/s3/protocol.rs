//! S3's operations, by the file that does each.

use s3s::dto;
use s3s::{S3, S3Request, S3Response, S3Result};

use crate::sandbox::world::Bucket;

use super::store::{Objects, Visit, bucket, note};
use super::{buckets, contents, lists, settings, uploads};

/// Writes methods that pass a request on, or that answer from the bucket's settings.
macro_rules! operations {
    (
        pass { $($name:ident($input:ident) -> $output:ident by $call:path;)* }
        settings { $($asked:ident($asked_input:ident) -> $answer:ident by $tell:expr;)* }
    ) => {
        #[async_trait::async_trait]
        impl S3 for Objects {
            $(async fn $name(&self, req: S3Request<dto::$input>) -> S3Result<S3Response<dto::$output>> {
                let visit = req.extensions.get::<Visit>().cloned();
                note(visit, $call(self, req).await)
            })*
            $(async fn $asked(&self, req: S3Request<dto::$asked_input>) -> S3Result<S3Response<dto::$answer>> {
                let visit = req.extensions.get::<Visit>().cloned();
                let tell: fn(&Bucket) -> S3Result<dto::$answer> = $tell;
                note(visit, bucket(&req).and_then(|bucket| tell(&bucket)).map(S3Response::new))
            })*
        }
    };
}

operations! {
    pass {
        create_bucket(CreateBucketInput) -> CreateBucketOutput by buckets::create;
        delete_bucket(DeleteBucketInput) -> DeleteBucketOutput by buckets::delete;
        head_bucket(HeadBucketInput) -> HeadBucketOutput by buckets::head;
        list_buckets(ListBucketsInput) -> ListBucketsOutput by buckets::list;
        list_objects(ListObjectsInput) -> ListObjectsOutput by lists::first_version;
        list_objects_v2(ListObjectsV2Input) -> ListObjectsV2Output by lists::second_version;
        put_object(PutObjectInput) -> PutObjectOutput by contents::put;
        copy_object(CopyObjectInput) -> CopyObjectOutput by contents::copy;
        get_object(GetObjectInput) -> GetObjectOutput by contents::get;
        head_object(HeadObjectInput) -> HeadObjectOutput by contents::head;
        delete_object(DeleteObjectInput) -> DeleteObjectOutput by contents::delete;
        delete_objects(DeleteObjectsInput) -> DeleteObjectsOutput by contents::delete_several;
        create_multipart_upload(CreateMultipartUploadInput) -> CreateMultipartUploadOutput by uploads::create;
        upload_part(UploadPartInput) -> UploadPartOutput by uploads::part;
        upload_part_copy(UploadPartCopyInput) -> UploadPartCopyOutput by uploads::copied_part;
        list_parts(ListPartsInput) -> ListPartsOutput by uploads::list;
        complete_multipart_upload(CompleteMultipartUploadInput) -> CompleteMultipartUploadOutput
            by uploads::complete;
        abort_multipart_upload(AbortMultipartUploadInput) -> AbortMultipartUploadOutput by uploads::abort;
    }
    settings {
        get_bucket_location(GetBucketLocationInput) -> GetBucketLocationOutput
            by |bucket| Ok(settings::location(bucket));
        get_public_access_block(GetPublicAccessBlockInput) -> GetPublicAccessBlockOutput
            by settings::access_block;
        get_bucket_versioning(GetBucketVersioningInput) -> GetBucketVersioningOutput
            by |bucket| Ok(settings::versioning(bucket));
        get_bucket_encryption(GetBucketEncryptionInput) -> GetBucketEncryptionOutput by settings::encryption;
        get_bucket_policy(GetBucketPolicyInput) -> GetBucketPolicyOutput by settings::policy;
        get_bucket_policy_status(GetBucketPolicyStatusInput) -> GetBucketPolicyStatusOutput
            by settings::policy_status;
    }
}
