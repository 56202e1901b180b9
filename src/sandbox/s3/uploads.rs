//! Uploads in parts. s3s-fs keeps the parts; the object is there when the upload is completed.

use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, Checksum, CompleteMultipartUploadInput,
    CompleteMultipartUploadOutput, CopySource, CreateMultipartUploadInput, CreateMultipartUploadOutput, ETag,
    HeadObjectInput, ListPartsInput, ListPartsOutput, UploadPartCopyInput, UploadPartCopyOutput,
    UploadPartInput, UploadPartOutput,
};
use s3s::{S3, S3Error, S3Request, S3Response, S3Result};

use crate::sandbox::answer::AwsError;

use super::contents::object;
use super::failure::failed;
use super::index::{Conditions, Upload};
use super::settings;
use super::store::{BLOBS, Objects, request as own, told, visit};
use super::watched::{Watched, promised, verified};

type Answered<T> = S3Result<S3Response<T>>;

pub(super) async fn create(
    objects: &Objects,
    mut request: S3Request<CreateMultipartUploadInput>,
) -> Answered<CreateMultipartUploadOutput> {
    let visit = visit(&request)?;
    let input = &mut request.input;
    let blob = objects.index().blob();
    let name = (
        std::mem::replace(&mut input.bucket, BLOBS.to_owned()),
        std::mem::replace(&mut input.key, blob.clone()),
    );
    let mut response = objects.files().create_multipart_upload(request).await?;
    let output = &mut response.output;
    (output.server_side_encryption, output.ssekms_key_id) = settings::told(&visit.encryption);
    (output.bucket, output.key) = (Some(name.0.clone()), Some(name.1.clone()));
    let id = output.upload_id.clone().unwrap_or_default();
    objects.index().uploads.insert(id, Upload { name, blob, encryption: visit.encryption });
    Ok(response)
}

/// The upload of that id to that object.
fn upload(objects: &Objects, id: &str, name: (&str, &str)) -> S3Result<Upload> {
    let found = objects.index().uploads.get(id).cloned();
    found.filter(|upload| (upload.name.0.as_str(), upload.name.1.as_str()) == name).ok_or_else(no_such_upload)
}

fn no_such_upload() -> S3Error {
    let message = "The specified multipart upload does not exist. The upload ID may be invalid, or the upload may have \
                   been aborted or completed.";
    failed(AwsError::new(404, "NoSuchUpload", message))
}

pub(super) async fn part(
    objects: &Objects,
    mut request: S3Request<UploadPartInput>,
) -> Answered<UploadPartOutput> {
    let algorithm = promised(&request.headers).map_err(failed)?;
    let input = &mut request.input;
    let upload = upload(objects, &input.upload_id, (&input.bucket, &input.key))?;
    (input.bucket, input.key) = (BLOBS.to_owned(), upload.blob);
    let watched = Watched::over(&mut input.body, algorithm.unwrap_or_default());
    let (headers, trailers) = (request.headers.clone(), request.trailing_headers.clone());
    let mut response = match objects.files().upload_part(request).await {
        Ok(response) => response,
        Err(error) => return Err(watched.blame(error)),
    };
    let found = watched.checksum();
    if let Some(algorithm) = algorithm {
        let name = format!("x-amz-checksum-{algorithm}");
        let text = |headers: &hyper::HeaderMap| headers.get(&name)?.to_str().ok().map(str::to_owned);
        let trailing = trailers.and_then(|trailers| trailers.read(text).flatten());
        // A part that was not what it should be stays, under an ETag that nobody was told.
        verified(algorithm, text(&headers).or(trailing).as_deref(), &found).map_err(failed)?;
    }
    let Checksum { checksum_crc32, checksum_crc32c, checksum_sha1, checksum_sha256, .. } = found;
    let output = &mut response.output;
    (output.checksum_crc32, output.checksum_crc32c) = (checksum_crc32, checksum_crc32c);
    (output.checksum_sha1, output.checksum_sha256) = (checksum_sha1, checksum_sha256);
    (output.server_side_encryption, output.ssekms_key_id) = settings::told(&upload.encryption);
    Ok(response)
}

/// A part that is copied from an object.
pub(super) async fn copied_part(
    objects: &Objects,
    mut request: S3Request<UploadPartCopyInput>,
) -> Answered<UploadPartCopyOutput> {
    let input = &mut request.input;
    let upload = upload(objects, &input.upload_id, (&input.bucket, &input.key))?;
    let CopySource::Bucket { bucket, key, .. } = &input.copy_source else {
        return Err(s3s::s3_error!(NotImplemented));
    };
    let from = objects.object(bucket, key)?.blob.into_boxed_str();
    input.copy_source = CopySource::Bucket { bucket: BLOBS.into(), key: from, version_id: None };
    (input.bucket, input.key) = (BLOBS.to_owned(), upload.blob);
    let mut response = objects.files().upload_part_copy(request).await?;
    response.output.copy_part_result.get_or_insert_default().last_modified = Some(told(objects.now()));
    Ok(response)
}

pub(super) async fn list(
    objects: &Objects,
    mut request: S3Request<ListPartsInput>,
) -> Answered<ListPartsOutput> {
    let input = &mut request.input;
    let upload = upload(objects, &input.upload_id, (&input.bucket, &input.key))?;
    (input.bucket, input.key) = (BLOBS.to_owned(), upload.blob);
    let mut response = objects.files().list_parts(request).await?;
    (response.output.bucket, response.output.key) = (Some(upload.name.0), Some(upload.name.1));
    Ok(response)
}

/// Makes the parts one object, if its conditions hold then.
pub(super) async fn complete(
    objects: &Objects,
    mut request: S3Request<CompleteMultipartUploadInput>,
) -> Answered<CompleteMultipartUploadOutput> {
    let input = &mut request.input;
    let id = input.upload_id.clone();
    let Upload { name, blob, encryption } = upload(objects, &id, (&input.bucket, &input.key))?;
    let conditions =
        Conditions { if_match: input.if_match.take(), if_none_match: input.if_none_match.take() };
    conditions.known().map_err(failed)?;
    (input.bucket, input.key) = (BLOBS.to_owned(), blob.clone());
    let mut output = objects.files().complete_multipart_upload(request).await?.output;
    // s3s-fs answers before it has the ETag.
    if let Some(later) = output.future.take() {
        output = later.await?;
    }
    objects.index().uploads.remove(&id);
    let there = HeadObjectInput { bucket: BLOBS.to_owned(), key: blob.clone(), ..Default::default() };
    let size = objects.files().head_object(own(there)).await?.output.content_length.unwrap_or_default();
    let plain = output.e_tag.take().map(|e_tag| e_tag.value().to_owned()).unwrap_or_default();
    let object = object(objects, (blob, plain), (size, Checksum::default()), encryption);
    output.e_tag = Some(ETag::Strong(object.e_tag.clone()));
    (output.server_side_encryption, output.ssekms_key_id) = settings::told(&object.encryption);
    (output.bucket, output.key) = (Some(name.0.clone()), Some(name.1.clone()));
    objects.commit(name, object, &conditions).await?;
    Ok(S3Response::new(output))
}

pub(super) async fn abort(
    objects: &Objects,
    mut request: S3Request<AbortMultipartUploadInput>,
) -> Answered<AbortMultipartUploadOutput> {
    let input = &mut request.input;
    let upload = upload(objects, &input.upload_id, (&input.bucket, &input.key))?;
    objects.index().uploads.remove(&input.upload_id);
    (input.bucket, input.key) = (BLOBS.to_owned(), upload.blob);
    objects.files().abort_multipart_upload(request).await
}
