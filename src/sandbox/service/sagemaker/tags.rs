//! AddTags, DeleteTags, ListTags, and the tags that other operations take.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::sandbox::answer::AwsError;
use crate::sandbox::service::Call;
use crate::sandbox::world::Site;

use super::names::ArnScope;
use super::page::{Order, Page};
use super::validate::Members;
use super::{list, shapes};

type Tags = BTreeMap<String, String>;

/// How many tags of one's own a resource may have (general rule of AWS tagging; system tags do not count).
const MOST: usize = 50;
/// ListTags pages by its own least page [INF].
const DEFAULT_PAGE: i64 = 50;

/// Reads the member `Tags`.
pub(super) fn read<'a>(input: &mut Members<'a>) -> Option<Vec<(&'a str, &'a str)>> {
    let read = |tag: &mut Members<'a>| {
        (tag.required("Key", &shapes::TAG_KEY), tag.required("Value", &shapes::TAG_VALUE))
    };
    input.structures("Tags", shapes::TAGS, read)
}

/// Tags that a caller may set, each key once. Both texts are [INF]; the first is EC2's
/// (jcjorel/ec2-spot-converter#13 [I]).
pub(super) fn checked(tags: Vec<(&str, &str)>) -> Result<Tags, AwsError> {
    let mut all = Tags::new();
    for (key, value) in tags {
        refuse_reserved(key)?;
        if all.insert(key.to_owned(), value.to_owned()).is_some() {
            let message = format!("Duplicate tag key '{key}'. Tag keys must be unique per resource.");
            return Err(AwsError::validation(message));
        }
    }
    Ok(all)
}

/// Adds tags, or gives those that are there another value. Answers all that the resource has then ("A list of
/// tags associated with the SageMaker resource", [B]) but those of other services: with them there could be more
/// than the 50 that the answer may have [INF].
pub(super) fn add(call: &mut Call<'_>) -> Result<Value, AwsError> {
    let mut input = Members::of(call.request)?;
    let arn = input.required("ResourceArn", &shapes::RESOURCE_ARN);
    input.not_null("Tags");
    let added = read(&mut input);
    input.finish()?;
    let added = checked(added.unwrap_or_default())?;
    let tags = tags_of(call, arn)?;
    let mut merged = tags.clone();
    merged.extend(added);
    let own = merged.keys().filter(|key| !is_reserved(key)).count();
    if own > MOST {
        // [INF]
        let message = format!("A resource can have {MOST} tags at most, and this one would have {own}.");
        return Err(AwsError::validation(message));
    }
    *tags = merged;
    let own = tags.iter().filter(|(key, _)| !is_reserved(key));
    Ok(json!({ "Tags": own.map(on_the_wire).collect::<Vec<_>>() }))
}

/// Removes tags; those that are not there are none to remove.
pub(super) fn delete(call: &mut Call<'_>) -> Result<Value, AwsError> {
    let mut input = Members::of(call.request)?;
    let arn = input.required("ResourceArn", &shapes::RESOURCE_ARN);
    input.not_null("TagKeys");
    let keys = input.texts("TagKeys", shapes::TAG_KEYS, &shapes::TAG_KEY);
    input.finish()?;
    let keys = keys.unwrap_or_default();
    let tags = tags_of(call, arn)?;
    keys.iter().try_for_each(|key| refuse_reserved(key))?;
    tags.retain(|key, _| !keys.contains(&key.as_str()));
    Ok(json!({}))
}

/// One page of the tags of a resource, those of other services included. `MaxResults` has no upper limit, but the
/// answer has one.
pub(super) fn list(call: &mut Call<'_>) -> Result<Value, AwsError> {
    let mut input = Members::of(call.request)?;
    let arn = input.required("ResourceArn", &shapes::RESOURCE_ARN);
    let size = input.integer("MaxResults", shapes::TAG_PAGE_SIZE).unwrap_or(DEFAULT_PAGE);
    let token = input.text("NextToken", &shapes::NEXT_TOKEN);
    input.finish()?;
    let tags = tags_of(call, arn)?;
    let question = arn.to_ascii_lowercase();
    let size = usize::try_from(size).map_or(MOST, |size| size.min(MOST));
    let page = Page { size, descending: false, question, token };
    let entries: BTreeMap<String, Value> = tags.iter().map(|tag| (tag.0.clone(), on_the_wire(tag))).collect();
    let found = page.of(&entries, &Order { fits: &|_| true, key: None })?;
    Ok(list::answer("Tags", json!(found.entries), found.token))
}

fn on_the_wire((key, value): (&String, &String)) -> Value {
    json!({ "Key": key, "Value": value })
}

/// The tags of a resource of the caller's account and region. ARNs are compared without regard to case, as the
/// service itself writes them in another case than they were created with (amazon-sagemaker-examples#1798 [I]).
fn tags_of<'s>(call: &'s mut Call<'_>, arn: &str) -> Result<&'s mut Tags, AwsError> {
    let (site, pace) = call.site()?;
    let place = ArnScope { account: pace.account, region: pace.region };
    if !place.has(&arn.to_ascii_lowercase()) {
        // [INF]
        let message = format!("The resource {arn} does not belong to this account and region.");
        return Err(AwsError::validation(message));
    }
    find(site, arn).ok_or_else(super::checks::not_found)
}

/// What an ARN names, if the sandbox has it: an instance or a lifecycle configuration.
fn find<'s>(site: &'s mut Site, arn: &str) -> Option<&'s mut Tags> {
    let key = arn.rsplit('/').next()?.to_ascii_lowercase();
    let Site { notebooks, lifecycle_configs, .. } = site;
    if let Some(notebook) = notebooks.get_mut(&key).filter(|one| one.arn.eq_ignore_ascii_case(arn)) {
        return Some(&mut notebook.tags);
    }
    let config = lifecycle_configs.values_mut().find(|one| one.arn.eq_ignore_ascii_case(arn));
    config.map(|config| &mut config.tags)
}

fn is_reserved(key: &str) -> bool {
    key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"))
}

fn refuse_reserved(key: &str) -> Result<(), AwsError> {
    if is_reserved(key) {
        let message = "Tag keys starting with 'aws:' are reserved for internal use";
        return Err(AwsError::validation(message));
    }
    Ok(())
}
