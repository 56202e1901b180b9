//! Lifecycle configurations, but for listing them.

use serde_json::{Map, Value, json};

use crate::sandbox::answer::AwsError;
use crate::sandbox::service::Call;
use crate::sandbox::world::LifecycleConfig;

use super::checks::missing_lifecycle_config;
use super::describe::seconds;
use super::names::ArnScope;
use super::validate::Members;
use super::{shapes, tags};

const NAME: &str = "NotebookInstanceLifecycleConfigName";

/// Creates a configuration.
pub(super) fn create(call: &mut Call<'_>) -> Result<Value, AwsError> {
    let mut input = Members::of(call.request)?;
    let name = input.required(NAME, &shapes::NAME);
    let (on_create, on_start) = (hook(&mut input, "OnCreate"), hook(&mut input, "OnStart"));
    let tags = tags::read(&mut input);
    input.finish()?;
    let tags = tags::checked(tags.unwrap_or_default())?;
    let (on_create, on_start) = (script(on_create)?, script(on_start)?);
    let (now, arn) = (call.now, ArnScope::of(call).lifecycle_arn(name));
    let (site, _) = call.site()?;
    // Two names that differ in case only would have one ARN [INF].
    if site.lifecycle_configs.keys().any(|one| one.eq_ignore_ascii_case(name)) {
        // [M]
        return Err(AwsError::validation(format!(
            "Unable to create Notebook Instance Lifecycle Config {arn}. (Details: Notebook Instance Lifecycle \
             Config already exists.)"
        )));
    }
    let name = name.to_owned();
    let config = LifecycleConfig {
        name: name.clone(),
        arn: arn.clone(),
        on_create,
        on_start,
        created: now,
        modified: now,
        tags,
    };
    site.lifecycle_configs.insert(name, config);
    Ok(json!({ "NotebookInstanceLifecycleConfigArn": arn }))
}

/// All members of a configuration that have a value.
pub(super) fn describe(call: &mut Call<'_>) -> Result<Value, AwsError> {
    let name = name(call)?;
    let (site, pace) = call.site()?;
    let place = ArnScope { account: pace.account, region: pace.region };
    let config = site.lifecycle_configs.get(name);
    let config = config.ok_or_else(|| missing_lifecycle_config("describe", name, place))?;
    let mut output = Map::new();
    let mut put = |name: &str, value: Value| output.insert(name.to_owned(), value);
    put("NotebookInstanceLifecycleConfigArn", json!(config.arn));
    put(NAME, json!(config.name));
    put("CreationTime", seconds(config.created));
    put("LastModifiedTime", seconds(config.modified));
    for (name, content) in [("OnCreate", &config.on_create), ("OnStart", &config.on_start)] {
        if let Some(content) = content {
            put(name, json!([{ "Content": content }]));
        }
    }
    Ok(Value::Object(output))
}

/// Replaces the scripts that are given. One that is not stays [INF].
pub(super) fn update(call: &mut Call<'_>) -> Result<Value, AwsError> {
    let mut input = Members::of(call.request)?;
    let name = input.required(NAME, &shapes::NAME);
    let (on_create, on_start) = (hook(&mut input, "OnCreate"), hook(&mut input, "OnStart"));
    input.finish()?;
    let given = (on_create.is_some(), on_start.is_some());
    let (on_create, on_start) = (script(on_create)?, script(on_start)?);
    let now = call.now;
    let (site, pace) = call.site()?;
    let place = ArnScope { account: pace.account, region: pace.region };
    let config = site.lifecycle_configs.get_mut(name);
    let config = config.ok_or_else(|| missing_lifecycle_config("update", name, place))?;
    if given.0 {
        config.on_create = on_create;
    }
    if given.1 {
        config.on_start = on_start;
    }
    config.modified = now;
    Ok(json!({}))
}

/// Deletes a configuration, also one that instances name ([M]; what AWS does is not known).
pub(super) fn delete(call: &mut Call<'_>) -> Result<Value, AwsError> {
    let name = name(call)?;
    let (site, pace) = call.site()?;
    let place = ArnScope { account: pace.account, region: pace.region };
    match site.lifecycle_configs.remove(name) {
        Some(_) => Ok(json!({})),
        None => Err(missing_lifecycle_config("delete", name, place)),
    }
}

fn name<'a>(call: &Call<'a>) -> Result<&'a str, AwsError> {
    let mut input = Members::of(call.request)?;
    let name = input.required(NAME, &shapes::NAME);
    input.finish()?;
    Ok(name)
}

/// A hook: `None` where it is not given, else its content, if it has any.
fn hook<'a>(input: &mut Members<'a>, name: &str) -> Option<Option<&'a str>> {
    let read = |hook: &mut Members<'a>| hook.text("Content", &shapes::HOOK_CONTENT);
    let hooks = input.structures(name, shapes::HOOKS, read)?;
    Some(hooks.into_iter().next().flatten())
}

/// "The shell script must be a base64-encoded string" [B]; the text for one that is not is [INF]. Line breaks are
/// taken, since `base64` writes them.
fn script(hook: Option<Option<&str>>) -> Result<Option<String>, AwsError> {
    let Some(content) = hook.flatten() else { return Ok(None) };
    if base64_simd::forgiving_decode_to_vec(content.as_bytes()).is_err() {
        let message = "The content of a Notebook Instance Lifecycle Config must be a base64-encoded string.";
        return Err(AwsError::validation(message));
    }
    Ok(Some(content.to_owned()))
}
