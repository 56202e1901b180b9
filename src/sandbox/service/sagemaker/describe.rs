//! DescribeNotebookInstance, and the URL of an instance.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::sandbox::answer::AwsError;
use crate::sandbox::service::Call;
use crate::sandbox::world::notebook::{Notebook, Settings, Status};

use super::checks::existing;
use super::names::ArnScope;
use super::shapes;
use super::validate::Members;

/// All members of an instance that have a value.
pub(super) fn describe(call: &mut Call<'_>) -> Result<Value, AwsError> {
    let mut input = Members::of(call.request)?;
    let name = input.required("NotebookInstanceName", &shapes::NAME);
    input.finish()?;
    let other_forms = call.world.other_forms;
    let (site, pace) = call.site()?;
    let place = ArnScope { account: pace.account, region: pace.region };
    let notebook = existing(site, name)?;
    let mut output = summary(notebook, place);
    complete(&mut output, notebook);
    if other_forms {
        in_other_form(&mut output, notebook, place);
    }
    output.retain(|member, _| !notebook.unreported.contains(member.as_str()));
    Ok(Value::Object(output))
}

/// A URL that would let the caller in, if there were anything behind it.
pub(super) fn presigned_url(call: &mut Call<'_>) -> Result<Value, AwsError> {
    let mut input = Members::of(call.request)?;
    let name = input.required("NotebookInstanceName", &shapes::NAME);
    input.integer("SessionExpirationDurationInSeconds", shapes::SESSION_SECONDS);
    input.finish()?;
    let token = call.world.seed.draw(&["presigned", call.request_id]).hex(32);
    let (site, pace) = call.site()?;
    let place = ArnScope { account: pace.account, region: pace.region };
    let notebook = existing(site, name)?;
    if notebook.status != Status::InService {
        let (status, arn) = (notebook.status.as_str(), &notebook.arn);
        // [INF], after the texts of the transitions.
        let message =
            format!("Status ({status}) not in ([InService]). Unable to open Notebook Instance ({arn}).");
        return Err(AwsError::validation(message));
    }
    Ok(json!({ "AuthorizedUrl": format!("https://{}?authToken={token}", place.url(name)) }))
}

/// What lists and descriptions both have.
pub(super) fn summary(notebook: &Notebook, place: ArnScope<'_>) -> Map<String, Value> {
    let Notebook { name, arn, status, settings, created, modified, .. } = notebook;
    let mut output = Map::new();
    let mut put = |name: &str, value: Value| output.insert(name.to_owned(), value);
    put("NotebookInstanceName", json!(name));
    put("NotebookInstanceArn", json!(arn));
    put("NotebookInstanceStatus", json!(status.as_str()));
    put("Url", json!(place.url(name)));
    put("InstanceType", json!(settings.instance_type));
    put("CreationTime", seconds(*created));
    put("LastModifiedTime", seconds(*modified));
    if let Some(config) = &settings.lifecycle_config {
        put("NotebookInstanceLifecycleConfigName", json!(config));
    }
    if let Some(repository) = &settings.default_code_repository {
        put("DefaultCodeRepository", json!(repository));
    }
    if !settings.additional_code_repositories.is_empty() {
        put("AdditionalCodeRepositories", json!(settings.additional_code_repositories));
    }
    output
}

/// What only descriptions have.
fn complete(output: &mut Map<String, Value>, notebook: &Notebook) {
    let Notebook { failure_reason, settings, network_interface_id, .. } = notebook;
    let optional = [
        ("FailureReason", failure_reason),
        ("SubnetId", &settings.subnet_id),
        ("KmsKeyId", &settings.kms_key_id),
        ("NetworkInterfaceId", network_interface_id),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            output.insert(name.to_owned(), json!(value));
        }
    }
    let lists =
        [("SecurityGroups", &settings.security_group_ids), ("AcceleratorTypes", &settings.accelerator_types)];
    for (name, list) in lists {
        if !list.is_empty() {
            output.insert(name.to_owned(), json!(list));
        }
    }
    let mut put = |name: &str, value: Value| output.insert(name.to_owned(), value);
    put("RoleArn", json!(settings.role_arn));
    put("DirectInternetAccess", json!(settings.direct_internet_access.as_str()));
    put("VolumeSizeInGB", json!(settings.volume_size_in_gb));
    put("RootAccess", json!(settings.root_access.as_str()));
    put("PlatformIdentifier", json!(settings.platform_identifier));
    put("IpAddressType", json!(settings.ip_address_type));
    put(
        "InstanceMetadataServiceConfiguration",
        json!({ "MinimumInstanceMetadataServiceVersion": settings.minimum_imds }),
    );
}

/// The members in another form than the one that they were given in [INF]. Nobody has seen AWS answer so, nor is it written
/// anywhere that it does not.
fn in_other_form(output: &mut Map<String, Value>, notebook: &Notebook, place: ArnScope<'_>) {
    let Settings { lifecycle_config, default_code_repository, additional_code_repositories, .. } =
        &notebook.settings;
    // A URL is no resource of SageMaker's.
    let repository = |given: &String| match given.contains("://") {
        true => given.clone(),
        false => place.repository_arn(given),
    };
    if let Some(config) = lifecycle_config {
        output.insert("NotebookInstanceLifecycleConfigName".to_owned(), json!(place.lifecycle_arn(config)));
    }
    if let Some(given) = default_code_repository {
        output.insert("DefaultCodeRepository".to_owned(), json!(repository(given)));
    }
    if !additional_code_repositories.is_empty() {
        let reversed: Vec<String> = additional_code_repositories.iter().rev().map(repository).collect();
        output.insert("AdditionalCodeRepositories".to_owned(), json!(reversed));
    }
    if let Some(Value::Array(groups)) = output.get_mut("SecurityGroups") {
        groups.reverse();
    }
    let defaults = [
        ("RootAccess", json!("Enabled")),
        ("IpAddressType", json!("ipv4")),
        ("InstanceMetadataServiceConfiguration", json!({ "MinimumInstanceMetadataServiceVersion": "1" })),
    ];
    output.retain(|member, value| !defaults.iter().any(|(name, default)| member == name && value == default));
}

/// A moment on the wire: seconds since 1970, to the millisecond.
pub(super) fn seconds(at: Timestamp) -> Value {
    json!(at.as_millisecond() as f64 / 1000.0)
}
