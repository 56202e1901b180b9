//! ListNotebookInstanceLifecycleConfigs.

use serde_json::{Value, json};

use crate::sandbox::answer::AwsError;
use crate::sandbox::service::Call;
use crate::sandbox::world::LifecycleConfig;

use super::describe::seconds;
use super::list::{Paging, Span, answer, moment};
use super::names::ArnScope;
use super::page::Order;
use super::shapes;
use super::validate::Members;

/// One page of the configurations of a region.
pub(super) fn list(call: &mut Call<'_>) -> Result<Value, AwsError> {
    let mut input = Members::of(call.request)?;
    let paging = Paging::read(&mut input);
    let contains = input.text("NameContains", &shapes::NAME_PART);
    let created = Span::read(&mut input, "CreationTime");
    let modified = Span::read(&mut input, "LastModifiedTime");
    // "The default is CreationTime" [B].
    let sort_by = input.text("SortBy", &shapes::CONFIG_SORT_KEY).unwrap_or("CreationTime");
    input.finish()?;
    let (site, pace) = call.site()?;
    let place = ArnScope { account: pace.account, region: pace.region };
    let page = paging.page(&format!("{place:?} {contains:?} {created:?} {modified:?} {sort_by}"));
    let by_creation = |config: &LifecycleConfig| moment(config.created);
    let by_change = |config: &LifecycleConfig| moment(config.modified);
    let key: Option<&dyn Fn(&LifecycleConfig) -> String> = match sort_by {
        "CreationTime" => Some(&by_creation),
        "LastModifiedTime" => Some(&by_change),
        _ => None,
    };
    let fits = |config: &LifecycleConfig| {
        contains.is_none_or(|part| config.name.contains(part))
            && created.has(config.created)
            && modified.has(config.modified)
    };
    let found = page.of(&site.lifecycle_configs, &Order { fits: &fits, key })?;
    let summaries: Vec<Value> = found.entries.into_iter().map(summary).collect();
    Ok(answer("NotebookInstanceLifecycleConfigs", json!(summaries), found.token))
}

fn summary(config: &LifecycleConfig) -> Value {
    json!({
        "NotebookInstanceLifecycleConfigName": config.name,
        "NotebookInstanceLifecycleConfigArn": config.arn,
        "CreationTime": seconds(config.created),
        "LastModifiedTime": seconds(config.modified),
    })
}
