//! Objects: written, copied, read and removed.

use s3s::dto::{
    Checksum, ChecksumMode, ChecksumType, CopyObjectInput, CopyObjectOutput, CopySource, DeleteObjectInput,
    DeleteObjectOutput, DeleteObjectsInput, DeleteObjectsOutput, DeletedObject, ETag, GetObjectInput,
    GetObjectOutput, HeadObjectInput, HeadObjectOutput, PutObjectInput, PutObjectOutput,
};
use s3s::{S3, S3Request, S3Response, S3Result};

use crate::sandbox::world::Encryption;

use super::failure::failed;
use super::index::{Conditions, Object, opaque_e_tag};
use super::settings;
use super::store::{BLOBS, Objects, told, visit};
use super::watched::{Watched, promised};

type Answered<T> = S3Result<S3Response<T>>;

/// Writes an object. What is promised of its body is judged before the index hears of it, and the conditions when it does.
pub(super) async fn put(
    objects: &Objects,
    mut request: S3Request<PutObjectInput>,
) -> Answered<PutObjectOutput> {
    let visit = visit(&request)?;
    promised(&request.headers).map_err(failed)?;
    let input = &mut request.input;
    let conditions =
        Conditions { if_match: input.if_match.take(), if_none_match: input.if_none_match.take() };
    conditions.known().map_err(failed)?;
    let blob = objects.index().blob();
    let name = (
        std::mem::replace(&mut input.bucket, BLOBS.to_owned()),
        std::mem::replace(&mut input.key, blob.clone()),
    );
    // Taken in any case: an object has a checksum whether its sender gave one or not (S3 user guide, since December 2024).
    let watched = Watched::over(&mut input.body, "crc64nvme");
    let mut response = match objects.files().put_object(request).await {
        Ok(response) => response,
        Err(error) => {
            objects.discard(&blob).await;
            return Err(watched.blame(error));
        }
    };
    let output = &mut response.output;
    let given = given(output);
    let checksum = if given == Checksum::default() { watched.checksum() } else { given };
    let plain = output.e_tag.take().map(|e_tag| e_tag.value().to_owned()).unwrap_or_default();
    let object = object(objects, (blob, plain), (watched.size(), checksum), visit.encryption);
    output.checksum_crc64nvme = object.checksum.checksum_crc64nvme.clone();
    output.checksum_type = Some(whole_object());
    output.e_tag = Some(ETag::Strong(object.e_tag.clone()));
    (output.server_side_encryption, output.ssekms_key_id) = settings::told(&object.encryption);
    objects.commit(name, object, &conditions).await?;
    Ok(response)
}

/// The checksum that its sender gave of an object.
fn given(output: &PutObjectOutput) -> Checksum {
    Checksum {
        checksum_crc32: output.checksum_crc32.clone(),
        checksum_crc32c: output.checksum_crc32c.clone(),
        checksum_sha1: output.checksum_sha1.clone(),
        checksum_sha256: output.checksum_sha256.clone(),
        checksum_crc64nvme: output.checksum_crc64nvme.clone(),
        ..Default::default()
    }
}

/// An object that is written now.
pub(super) fn object(
    objects: &Objects,
    (blob, plain): (String, String),
    (size, checksum): (i64, Checksum),
    encryption: Encryption,
) -> Object {
    let e_tag = match &encryption {
        Encryption::Kms(_) => opaque_e_tag(&blob, &plain),
        Encryption::None | Encryption::Aes256 => plain,
    };
    Object { blob, size, e_tag, modified: objects.now(), encryption, checksum }
}

fn whole_object() -> ChecksumType {
    ChecksumType::from_static(ChecksumType::FULL_OBJECT)
}

/// Copies an object.
pub(super) async fn copy(
    objects: &Objects,
    mut request: S3Request<CopyObjectInput>,
) -> Answered<CopyObjectOutput> {
    let visit = visit(&request)?;
    let input = &mut request.input;
    let CopySource::Bucket { bucket, key, .. } = &input.copy_source else {
        return Err(s3s::s3_error!(NotImplemented));
    };
    let source = objects.object(bucket, key)?;
    let blob = objects.index().blob();
    let from = source.blob.clone().into_boxed_str();
    input.copy_source = CopySource::Bucket { bucket: BLOBS.into(), key: from, version_id: None };
    let name = (
        std::mem::replace(&mut input.bucket, BLOBS.to_owned()),
        std::mem::replace(&mut input.key, blob.clone()),
    );
    let mut response = objects.files().copy_object(request).await?;
    let result = response.output.copy_object_result.get_or_insert_default();
    let plain = result.e_tag.take().map(|e_tag| e_tag.value().to_owned()).unwrap_or_default();
    let object = object(objects, (blob, plain), (source.size, source.checksum), visit.encryption);
    result.e_tag = Some(ETag::Strong(object.e_tag.clone()));
    result.last_modified = Some(told(object.modified));
    let output = &mut response.output;
    (output.server_side_encryption, output.ssekms_key_id) = settings::told(&object.encryption);
    objects.commit(name, object, &Conditions::default()).await?;
    Ok(response)
}

fn shows_sums(mode: Option<&ChecksumMode>) -> bool {
    mode.is_some_and(|mode| mode.as_str() == ChecksumMode::ENABLED)
}

/// Tells of an object what the storage does not know, and its checksum where it is asked for: the same for GetObject and
/// HeadObject, whose outputs are of two types.
macro_rules! tell {
    ($output:expr, $object:expr, $sums:expr) => {{
        let (output, object): (_, &Object) = (&mut $output, &$object);
        output.e_tag = Some(ETag::Strong(object.e_tag.clone()));
        output.last_modified = Some(told(object.modified));
        output.accept_ranges = Some("bytes".to_owned());
        (output.server_side_encryption, output.ssekms_key_id) = settings::told(&object.encryption);
        let shown = if $sums { object.checksum.clone() } else { Checksum::default() };
        output.checksum_type = $sums.then(whole_object);
        output.checksum_crc32 = shown.checksum_crc32;
        output.checksum_crc32c = shown.checksum_crc32c;
        output.checksum_crc64nvme = shown.checksum_crc64nvme;
        output.checksum_sha1 = shown.checksum_sha1;
        output.checksum_sha256 = shown.checksum_sha256;
    }};
}

/// Whether somebody else has put something in the place of an object, so that its contents are gone.
fn is_replaced(objects: &Objects, (bucket, key): (&str, &str), object: &Object) -> bool {
    objects.object(bucket, key).map_or(true, |now| now.blob != object.blob)
}

/// Reads an object. Who comes while it is replaced reads the one or the other.
pub(super) async fn get(objects: &Objects, request: S3Request<GetObjectInput>) -> Answered<GetObjectOutput> {
    loop {
        let object = objects.object(&request.input.bucket, &request.input.key)?;
        let mut one = request.clone();
        (one.input.bucket, one.input.key) = (BLOBS.to_owned(), object.blob.clone());
        match objects.files().get_object(one).await {
            Ok(mut response) => {
                // A part of an object has no checksum of its own.
                let sums = shows_sums(request.input.checksum_mode.as_ref())
                    && response.output.content_length == Some(object.size);
                tell!(response.output, object, sums);
                return Ok(response);
            }
            Err(_) if is_replaced(objects, (&request.input.bucket, &request.input.key), &object) => {}
            Err(error) => return Err(error),
        }
    }
}

/// Tells of an object all but its contents.
pub(super) async fn head(
    objects: &Objects,
    request: S3Request<HeadObjectInput>,
) -> Answered<HeadObjectOutput> {
    loop {
        let object = objects.object(&request.input.bucket, &request.input.key)?;
        let mut one = request.clone();
        (one.input.bucket, one.input.key) = (BLOBS.to_owned(), object.blob.clone());
        match objects.files().head_object(one).await {
            Ok(mut response) => {
                tell!(response.output, object, shows_sums(request.input.checksum_mode.as_ref()));
                return Ok(response);
            }
            Err(_) if is_replaced(objects, (&request.input.bucket, &request.input.key), &object) => {}
            Err(error) => return Err(error),
        }
    }
}

/// Removes an object, or finds that there is none.
pub(super) async fn delete(
    objects: &Objects,
    request: S3Request<DeleteObjectInput>,
) -> Answered<DeleteObjectOutput> {
    remove(objects, &request.input.bucket, &request.input.key).await;
    Ok(S3Response::new(DeleteObjectOutput::default()))
}

/// Removes several.
pub(super) async fn delete_several(
    objects: &Objects,
    request: S3Request<DeleteObjectsInput>,
) -> Answered<DeleteObjectsOutput> {
    let mut deleted = Vec::new();
    for one in request.input.delete.objects {
        remove(objects, &request.input.bucket, &one.key).await;
        deleted.push(DeletedObject { key: Some(one.key), ..Default::default() });
    }
    let quiet = request.input.delete.quiet.unwrap_or(false);
    let deleted = (!quiet).then_some(deleted);
    Ok(S3Response::new(DeleteObjectsOutput { deleted, ..Default::default() }))
}

async fn remove(objects: &Objects, bucket: &str, key: &str) {
    let removed = objects.index().remove((bucket, key));
    if let Some(object) = removed {
        objects.discard(&object.blob).await;
    }
}
