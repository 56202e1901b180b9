//! The Resource Groups Tagging API: tags of many resources in one call.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::sandbox::answer::{AwsError, Reply};
use crate::sandbox::service::call::{Call, Operation, dispatch};
use crate::sandbox::service::members::Members;
use crate::sandbox::service::page::{self, Wanted};
use crate::sandbox::world::Site;

/// The largest page, and the usual one (the API's text; its model has no limits) [B].
const MOST: i64 = 100;
const USUAL: i64 = 50;
/// The most types, the most tag filters, the most values of each, and the most ARNs [B].
const TYPES: usize = 100;
const FILTERS: usize = 50;
const VALUES: usize = 20;
const ARNS: usize = 100;

/// Every operation.
pub(super) const OPERATIONS: [Operation<Reply>; 1] = [("GetResources", get_resources)];

/// Answers one call.
pub(super) fn answer(call: &mut Call<'_>) -> Result<Reply, AwsError> {
    dispatch(call, &OPERATIONS)
}

/// A resource that has tags.
struct Tagged<'a> {
    arn: &'a str,
    kind: &'static str,
    tags: &'a BTreeMap<String, String>,
}

/// Every resource of a region that has tags. Those that never had any are absent; those that had once would be
/// here without tags, but the world does not remember them.
fn tagged(site: &Site) -> impl Iterator<Item = Tagged<'_>> {
    let notebooks = site.notebooks.values();
    let notebooks = notebooks.map(|one| Tagged { arn: &one.arn, kind: "notebook-instance", tags: &one.tags });
    let configs = site.lifecycle_configs.values();
    let configs = configs.map(|one| Tagged {
        arn: &one.arn,
        kind: "notebook-instance-lifecycle-config",
        tags: &one.tags,
    });
    notebooks.chain(configs).filter(|one| !one.tags.is_empty())
}

fn get_resources(call: &mut Call<'_>) -> Result<Reply, AwsError> {
    let members = Members::of(call.request);
    let wanted = read(&members)?;
    let (site, _) = call.site()?;
    let found: Vec<Tagged<'_>> = tagged(site).filter(|one| wanted.admits(one)).collect();
    let page =
        Wanted { operation: "GetResources", most: wanted.most, token: members.text("PaginationToken")? };
    let page = page::cut(found, |one| one.arn.to_owned(), page);
    let bad_token = |_| {
        AwsError::new(400, "PaginationTokenExpiredException", "The PaginationToken is expired or invalid")
    };
    let page = page.map_err(bad_token)?;
    let one = |one: Tagged<'_>| {
        let tags: Vec<Value> =
            one.tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
        json!({ "ResourceARN": one.arn, "Tags": tags })
    };
    let mappings: Vec<Value> = page.entries.into_iter().map(one).collect();
    // Unlike the tokens of other services this one is there to the end, and then empty.
    let token = page.next.unwrap_or_default();
    Ok(Reply::Json(json!({ "PaginationToken": token, "ResourceTagMappingList": mappings })))
}

/// What is asked for.
struct Filters {
    types: Vec<String>,
    tags: Vec<(String, Vec<String>)>,
    arns: Vec<String>,
    most: usize,
}

impl Filters {
    fn admits(&self, one: &Tagged<'_>) -> bool {
        let of_type = |wanted: &String| match wanted.split_once(':') {
            Some((service, kind)) => service == "sagemaker" && kind == one.kind,
            None => wanted == "sagemaker",
        };
        let has = |(key, values): &(String, Vec<String>)| {
            one.tags.get(key).is_some_and(|value| values.is_empty() || values.contains(value))
        };
        (self.types.is_empty() || self.types.iter().any(of_type))
            && self.tags.iter().all(has)
            // ARNs of notebook instances come in lower case and as typed; the index knows both for one.
            && (self.arns.is_empty() || self.arns.iter().any(|arn| arn.eq_ignore_ascii_case(one.arn)))
    }
}

fn read(members: &Members<'_>) -> Result<Filters, AwsError> {
    let arns = members.texts("ResourceARNList")?;
    let others = ["ResourceTypeFilters", "TagFilters", "ResourcesPerPage", "TagsPerPage", "PaginationToken"];
    if let Some(other) = others.iter().find(|name| !arns.is_empty() && members.has(name)) {
        return Err(invalid(format!("ResourceARNList cannot be specified together with {other}")));
    }
    if arns.len() > ARNS {
        return Err(invalid(format!("ResourceARNList may have up to {ARNS} ARNs")));
    }
    let most = members.number("ResourcesPerPage")?.unwrap_or(if arns.is_empty() { USUAL } else { MOST });
    if !(1..=MOST).contains(&most) {
        return Err(invalid(format!("ResourcesPerPage must be between 1 and {MOST}")));
    }
    let tags = members.list("TagFilters")?;
    if tags.len() > FILTERS {
        return Err(invalid(format!("TagFilters may have up to {FILTERS} filters")));
    }
    let tags = tags.iter().map(tag_filter).collect::<Result<_, _>>()?;
    let types = members.texts("ResourceTypeFilters")?;
    if types.len() > TYPES {
        return Err(invalid(format!("ResourceTypeFilters may have up to {TYPES} types")));
    }
    let most = usize::try_from(most).unwrap_or_default();
    Ok(Filters { types, tags, arns, most })
}

fn tag_filter(filter: &Value) -> Result<(String, Vec<String>), AwsError> {
    let filter = Members::within(filter)?;
    let key = filter.text("Key")?.filter(|key| !key.is_empty());
    let key = key.ok_or_else(|| invalid("TagFilters must have a Key"))?;
    let values = filter.texts("Values")?;
    if values.len() > VALUES {
        return Err(invalid(format!("A TagFilter may have up to {VALUES} values")));
    }
    Ok((key.to_owned(), values))
}

fn invalid(message: impl Into<String>) -> AwsError {
    AwsError::new(400, "InvalidParameterException", message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::testing::{Ask, lifecycle_config, notebook, world};

    fn ask() -> Ask {
        let mut ask = Ask::of(world());
        let tags = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
        };
        for (name, pairs) in [
            ("alpha", &[("team", "fraud")][..]),
            ("beta", &[("team", "vision"), ("env", "prod")]),
            ("gamma", &[]),
        ] {
            let mut one = notebook(name);
            one.tags = tags(pairs);
            ask.site().insert(one);
        }
        let mut config = lifecycle_config("setup");
        config.tags = tags(&[("team", "fraud")]);
        ask.site().lifecycle_configs.insert("setup".to_owned(), config);
        ask
    }

    fn get(ask: &mut Ask, input: Value) -> Result<Value, AwsError> {
        ask.json("tagging", "GetResources", input)
    }

    fn names(answer: &Value) -> Vec<&str> {
        let mappings = answer["ResourceTagMappingList"].as_array().unwrap();
        mappings.iter().map(|one| one["ResourceARN"].as_str().unwrap().rsplit('/').next().unwrap()).collect()
    }

    #[test]
    fn resources_without_tags_are_absent_and_the_last_token_is_empty() {
        let found = get(&mut ask(), json!({})).unwrap();
        assert_eq!(names(&found), ["setup", "alpha", "beta"]);
        assert_eq!(found["PaginationToken"], "");
    }

    #[test]
    fn filters_of_types_and_tags_are_all_obeyed() {
        for (input, expected) in [
            (json!({ "ResourceTypeFilters": ["sagemaker:notebook-instance"] }), &["alpha", "beta"][..]),
            (json!({ "ResourceTypeFilters": ["sagemaker"] }), &["setup", "alpha", "beta"]),
            (json!({ "ResourceTypeFilters": ["ec2"] }), &[]),
            (json!({ "TagFilters": [{ "Key": "team", "Values": ["fraud", "x"] }] }), &["setup", "alpha"]),
            (json!({ "TagFilters": [{ "Key": "env" }, { "Key": "team" }] }), &["beta"]),
            (
                json!({ "ResourceARNList": ["arn:aws:sagemaker:us-east-1:111111111111:notebook-instance/Beta", "arn:x"] }),
                &["beta"],
            ),
        ] {
            assert_eq!(names(&get(&mut ask(), input.clone()).unwrap()), expected, "{input}");
        }
    }

    #[test]
    fn pages_are_followed_by_their_token() {
        let mut ask = ask();
        let first = get(&mut ask, json!({ "ResourcesPerPage": 2 })).unwrap();
        let second =
            get(&mut ask, json!({ "ResourcesPerPage": 2, "PaginationToken": first["PaginationToken"] }));
        assert_eq!(names(&second.unwrap()), ["beta"]);
    }

    #[test]
    fn a_member_of_a_wrong_type_is_not_taken_for_absent() {
        for input in [
            json!({ "TagFilters": "x" }),
            json!({ "TagFilters": ["x"] }),
            json!({ "TagFilters": [{ "Key": 1 }] }),
            json!({ "TagFilters": [{ "Key": "team", "Values": "fraud" }] }),
            json!({ "TagFilters": [{ "Key": "team", "Values": [1] }] }),
            json!({ "ResourceTypeFilters": { "a": 1 } }),
            json!({ "ResourceTypeFilters": [null] }),
            json!({ "ResourceARNList": "x" }),
            json!({ "ResourcesPerPage": "5" }),
            json!({ "PaginationToken": 5 }),
        ] {
            let error = get(&mut ask(), input.clone()).unwrap_err();
            assert_eq!(error.code, "SerializationException", "{input}");
        }
        let absent = get(&mut ask(), json!({ "TagFilters": null, "ResourcesPerPage": null })).unwrap();
        assert_eq!(names(&absent).len(), 3);
    }

    #[test]
    fn arns_go_with_nothing_else_and_numbers_have_their_limits() {
        let arns = json!(["arn:aws:sagemaker:us-east-1:111111111111:notebook-instance/beta"]);
        for input in [
            json!({ "ResourceARNList": arns, "TagFilters": [{ "Key": "team" }] }),
            json!({ "ResourceARNList": arns, "ResourcesPerPage": 5 }),
            json!({ "ResourcesPerPage": 101 }),
            json!({ "ResourcesPerPage": 0 }),
            json!({ "TagFilters": [{ "Values": ["x"] }] }),
            json!({ "TagFilters": [{ "Key": "a", "Values": vec!["x"; 21] }] }),
            json!({ "TagFilters": vec![json!({ "Key": "a" }); 51] }),
            json!({ "ResourceTypeFilters": vec!["sagemaker"; 101] }),
            json!({ "ResourceARNList": vec!["arn:x"; 101] }),
        ] {
            let error = get(&mut ask(), input.clone()).unwrap_err();
            assert_eq!(error.code, "InvalidParameterException", "{input}");
        }
        let error = get(&mut ask(), json!({ "PaginationToken": "garbage" })).unwrap_err();
        assert_eq!(error.code, "PaginationTokenExpiredException");
    }
}
