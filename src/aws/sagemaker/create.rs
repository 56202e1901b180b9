//! Fills in a CreateNotebookInstance request: every member that the plan gives, and nothing else.

use aws_sdk_sagemaker::operation::create_notebook_instance::builders::CreateNotebookInstanceFluentBuilder;
use aws_sdk_sagemaker::operation::create_notebook_instance_lifecycle_config::builders::CreateNotebookInstanceLifecycleConfigFluentBuilder;
use aws_sdk_sagemaker::types;

use crate::execute::ConfigRequest;
use crate::inventory::MetadataService;
use crate::plan::{CreateRequest, Tag};

/// The request with its own tags and `provenance`.
pub(super) fn filled(
    builder: CreateNotebookInstanceFluentBuilder,
    request: &CreateRequest,
    provenance: &[Tag],
) -> CreateNotebookInstanceFluentBuilder {
    // Destructured, so that a member added to the plan cannot be forgotten here.
    let CreateRequest {
        notebook_instance_name,
        instance_type,
        subnet_id,
        security_group_ids,
        direct_internet_access,
        role_arn,
        kms_key_id,
        ip_address_type,
        lifecycle_config_name,
        volume_size_in_gb,
        default_code_repository,
        additional_code_repositories,
        root_access,
        platform_identifier,
        instance_metadata_service_configuration,
        tags,
    } = request;
    let groups = security_group_ids.iter().map(ToString::to_string).collect();
    let metadata_service = instance_metadata_service_configuration.as_ref().map(metadata_service);
    builder
        .notebook_instance_name(notebook_instance_name.as_str())
        .instance_type(instance_type.as_str().into())
        .subnet_id(subnet_id.as_str())
        .set_security_group_ids(some_unless_empty(groups))
        .direct_internet_access(direct_internet_access.as_str().into())
        .role_arn(role_arn)
        .set_kms_key_id(kms_key_id.clone())
        .set_ip_address_type(ip_address_type.as_deref().map(Into::into))
        .set_lifecycle_config_name(lifecycle_config_name.clone())
        .set_volume_size_in_gb(*volume_size_in_gb)
        .set_default_code_repository(default_code_repository.clone())
        .set_additional_code_repositories(some_unless_empty(additional_code_repositories.clone()))
        .set_root_access(root_access.as_deref().map(Into::into))
        .set_platform_identifier(platform_identifier.clone())
        .set_instance_metadata_service_configuration(metadata_service)
        .set_tags(some_unless_empty(tags.iter().chain(provenance).map(tag).collect()))
}

/// A lifecycle configuration with its one script.
pub(super) fn config(
    builder: CreateNotebookInstanceLifecycleConfigFluentBuilder,
    request: &ConfigRequest,
) -> CreateNotebookInstanceLifecycleConfigFluentBuilder {
    let ConfigRequest { name, on_start, tags } = request;
    let hook = types::NotebookInstanceLifecycleHook::builder().content(on_start).build();
    builder
        .notebook_instance_lifecycle_config_name(name)
        .on_start(hook)
        .set_tags(some_unless_empty(tags.iter().map(tag).collect()))
}

fn some_unless_empty<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

fn tag(tag: &Tag) -> types::Tag {
    let Tag { key, value } = tag;
    types::Tag::builder().key(key).value(value).build()
}

pub(super) fn metadata_service(settings: &MetadataService) -> types::InstanceMetadataServiceConfiguration {
    let MetadataService { minimum_instance_metadata_service_version: version } = settings;
    types::InstanceMetadataServiceConfiguration::builder()
        .minimum_instance_metadata_service_version(version)
        .build()
}
