//! Lists of objects, in pages.

use s3s::dto::{
    self, CommonPrefix, ETag, EncodingType, ListObjectsInput, ListObjectsOutput, ListObjectsV2Input,
    ListObjectsV2Output, ObjectStorageClass,
};
use s3s::{S3Request, S3Response, S3Result};

use crate::sandbox::answer::AwsError;

use super::failure::failed;
use super::index::{Index, Object};
use super::page::{Asked, Page, page, url_encoded};
use super::store::{Objects, told};

/// The most that a page has, whatever is asked for (S3 API reference, ListObjectsV2).
const MOST: i32 = 1000;

/// ListObjects: the same as its successor, whose tokens are the last keys.
pub(super) async fn first_version(
    objects: &Objects,
    request: S3Request<ListObjectsInput>,
) -> S3Result<S3Response<ListObjectsOutput>> {
    let ListObjectsInput { bucket, prefix, delimiter, marker, max_keys, encoding_type, .. } = request.input;
    let asked = asked((&prefix, &delimiter), marker.as_deref(), max_keys)?;
    let index = objects.index();
    let found = page(index.of(&bucket).map(|(key, _)| key.as_str()), &asked);
    let told = Told { index: &index, bucket: &bucket, encoded: encoded(encoding_type.as_ref()) };
    let output = ListObjectsOutput {
        contents: Some(told.contents(&found)),
        common_prefixes: Some(told.prefixes(&found)),
        is_truncated: Some(found.next.is_some()),
        // "This element is returned only if you have the delimiter request parameter specified" (S3 API reference).
        next_marker: found.next.filter(|_| delimiter.is_some()).map(|next| told.text(&next)),
        marker: Some(told.text(&marker.unwrap_or_default())),
        max_keys: Some(max_keys.unwrap_or(MOST)),
        prefix: Some(told.text(&prefix.unwrap_or_default())),
        delimiter: delimiter.map(|delimiter| told.text(&delimiter)),
        encoding_type,
        name: Some(bucket.clone()),
        ..Default::default()
    };
    Ok(S3Response::new(output))
}

pub(super) async fn second_version(
    objects: &Objects,
    request: S3Request<ListObjectsV2Input>,
) -> S3Result<S3Response<ListObjectsV2Output>> {
    let ListObjectsV2Input {
        bucket,
        prefix,
        delimiter,
        start_after,
        continuation_token,
        max_keys,
        encoding_type,
        ..
    } = request.input;
    let continued = continuation_token.as_deref().map(read_token).transpose()?;
    let after = continued.as_deref().or(start_after.as_deref());
    let asked = asked((&prefix, &delimiter), after, max_keys)?;
    let index = objects.index();
    let found = page(index.of(&bucket).map(|(key, _)| key.as_str()), &asked);
    let told = Told { index: &index, bucket: &bucket, encoded: encoded(encoding_type.as_ref()) };
    let output = ListObjectsV2Output {
        key_count: i32::try_from(found.keys.len() + found.prefixes.len()).ok(),
        contents: Some(told.contents(&found)),
        common_prefixes: Some(told.prefixes(&found)),
        is_truncated: Some(found.next.is_some()),
        next_continuation_token: found.next.as_deref().map(token),
        continuation_token,
        max_keys: Some(max_keys.unwrap_or(MOST)),
        prefix: Some(told.text(&prefix.unwrap_or_default())),
        delimiter: delimiter.map(|delimiter| told.text(&delimiter)),
        start_after: start_after.map(|start| told.text(&start)),
        encoding_type,
        name: Some(bucket.clone()),
        ..Default::default()
    };
    Ok(S3Response::new(output))
}

fn asked<'a>(
    (prefix, delimiter): (&'a Option<String>, &'a Option<String>),
    after: Option<&'a str>,
    max_keys: Option<i32>,
) -> S3Result<Asked<'a>> {
    let most = max_keys.unwrap_or(MOST).min(MOST);
    let most = usize::try_from(most).map_err(|_| {
        let message = "Argument maxKeys must be an integer between 0 and 2147483647";
        failed(AwsError::new(400, "InvalidArgument", message))
    })?;
    Ok(Asked { prefix: prefix.as_deref().unwrap_or_default(), delimiter: delimiter.as_deref(), after, most })
}

/// A token is no key: who takes one for the other is to notice.
fn token(last: &str) -> String {
    base64_simd::STANDARD.encode_to_string(format!("after:{last}"))
}

fn read_token(token: &str) -> S3Result<String> {
    let bytes = base64_simd::STANDARD.decode_to_vec(token).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    let last = text.and_then(|text| text.strip_prefix("after:").map(str::to_owned));
    let wrong = || AwsError::new(400, "InvalidArgument", "The continuation token provided is incorrect");
    last.ok_or_else(|| failed(wrong()))
}

fn encoded(encoding: Option<&EncodingType>) -> bool {
    encoding.is_some_and(|encoding| encoding.as_str() == EncodingType::URL)
}

/// How a list tells what it has found.
struct Told<'a> {
    index: &'a Index,
    bucket: &'a str,
    encoded: bool,
}

impl Told<'_> {
    fn text(&self, text: &str) -> String {
        if self.encoded { url_encoded(text) } else { text.to_owned() }
    }

    fn contents(&self, page: &Page) -> Vec<dto::Object> {
        let found = page.keys.iter().filter_map(|key| Some((key, self.index.object((self.bucket, key))?)));
        found.map(|(key, object)| self.object(key, object)).collect()
    }

    fn object(&self, key: &str, object: &Object) -> dto::Object {
        dto::Object {
            key: Some(self.text(key)),
            e_tag: Some(ETag::Strong(object.e_tag.clone())),
            last_modified: Some(told(object.modified)),
            size: Some(object.size),
            storage_class: Some(ObjectStorageClass::from_static(ObjectStorageClass::STANDARD)),
            ..Default::default()
        }
    }

    fn prefixes(&self, page: &Page) -> Vec<CommonPrefix> {
        page.prefixes.iter().map(|prefix| CommonPrefix { prefix: Some(self.text(prefix)) }).collect()
    }
}
