//! Pure: what the plan expected of a source against what is observed now.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::inventory::{Description, Tags};
use crate::plan::Source;

/// One member that is no longer what the plan expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drift {
    /// The member under AWS's name, or `tag KEY`.
    pub member: String,
    /// Its value in the plan.
    pub expected: String,
    /// Its value now.
    pub found: String,
}

/// Everything about a source that is no longer as planned; empty when it is the instance that was reviewed.
///
/// The status is not compared here: what it means that it changed depends on the moment. Neither is what
/// AWS moves by itself: the last-modified time, the failure reason, the URL and the network interface.
pub fn drift(expected: &Source, description: &Description, tags: &Tags) -> Vec<Drift> {
    let before = members(&expected.description);
    let now = members(description);
    let mut drifts: Vec<Drift> = before
        .into_iter()
        .zip(now)
        .filter(|((_, expected), (_, found))| expected != found)
        .map(|((member, expected), (_, found))| Drift { member: member.to_owned(), expected, found })
        .collect();
    drifts.extend(tag_drift(&expected.tags, tags));
    drifts
}

fn tag_drift<'a>(expected: &'a Tags, found: &'a Tags) -> impl Iterator<Item = Drift> + 'a {
    let keys: BTreeSet<&String> = expected.keys().chain(found.keys()).collect();
    keys.into_iter().filter_map(|key| {
        let (before, now) = (expected.get(key), found.get(key));
        (before != now).then(|| Drift {
            member: format!("tag {key}"),
            expected: quoted(before.map(String::as_str)),
            found: quoted(now.map(String::as_str)),
        })
    })
}

/// The members of the fingerprint. Destructured, so that a new member cannot be forgotten.
fn members(description: &Description) -> Vec<(&'static str, String)> {
    let Description {
        notebook_instance_arn,
        notebook_instance_name,
        notebook_instance_status: _,
        failure_reason: _,
        failed_by_denial: _,
        url: _,
        instance_type,
        ip_address_type,
        subnet_id,
        security_groups,
        role_arn,
        kms_key_id,
        network_interface_id: _,
        last_modified_time: _,
        creation_time,
        notebook_instance_lifecycle_config_name,
        direct_internet_access,
        volume_size_in_gb,
        accelerator_types,
        default_code_repository,
        additional_code_repositories,
        root_access,
        platform_identifier,
        instance_metadata_service_configuration,
    } = description;
    let metadata = instance_metadata_service_configuration.as_ref();
    let groups: BTreeSet<&str> = security_groups.iter().map(|group| group.as_str()).collect();
    vec![
        // SageMaker lower-cases some of the ARNs that it answers.
        ("NotebookInstanceArn", notebook_instance_arn.as_str().to_ascii_lowercase()),
        ("NotebookInstanceName", notebook_instance_name.to_string()),
        ("CreationTime", creation_time.map_or_else(nothing, |time| time.to_string())),
        ("InstanceType", quoted(instance_type.as_deref())),
        ("IpAddressType", quoted(ip_address_type.as_deref())),
        ("SubnetId", quoted(subnet_id.as_ref().map(|id| id.as_str()))),
        ("SecurityGroups", format!("{groups:?}")),
        ("RoleArn", quoted(role_arn.as_deref())),
        ("KmsKeyId", quoted(kms_key_id.as_deref())),
        ("NotebookInstanceLifecycleConfigName", quoted(notebook_instance_lifecycle_config_name.as_deref())),
        ("DirectInternetAccess", quoted(direct_internet_access.as_deref())),
        ("VolumeSizeInGB", volume_size_in_gb.map_or_else(nothing, |size| size.to_string())),
        ("AcceleratorTypes", format!("{accelerator_types:?}")),
        ("DefaultCodeRepository", quoted(default_code_repository.as_deref())),
        ("AdditionalCodeRepositories", format!("{additional_code_repositories:?}")),
        ("RootAccess", quoted(root_access.as_deref())),
        ("PlatformIdentifier", quoted(platform_identifier.as_deref())),
        (
            "MinimumInstanceMetadataServiceVersion",
            quoted(metadata.map(|m| m.minimum_instance_metadata_service_version.as_str())),
        ),
    ]
}

fn quoted(value: Option<&str>) -> String {
    value.map_or_else(nothing, |text| format!("`{text}`"))
}

fn nothing() -> String {
    "absent".to_owned()
}
