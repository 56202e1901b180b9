//! Fills in an UpdateNotebookInstance request: every member that the plan gives, and nothing else.

use aws_sdk_sagemaker::operation::update_notebook_instance::builders::UpdateNotebookInstanceFluentBuilder;

use crate::execute::Attachment;
use crate::plan::UpdateRequest;

use super::create::metadata_service;

/// The request.
pub(super) fn filled(
    builder: UpdateNotebookInstanceFluentBuilder,
    request: &UpdateRequest,
) -> UpdateNotebookInstanceFluentBuilder {
    // Destructured, so that a member added to the plan cannot be forgotten here.
    let UpdateRequest {
        notebook_instance_name,
        root_access,
        platform_identifier,
        instance_metadata_service_configuration,
    } = request;
    let service = instance_metadata_service_configuration.as_ref().map(metadata_service);
    builder
        .notebook_instance_name(notebook_instance_name.as_str())
        .set_root_access(root_access.as_deref().map(Into::into))
        .set_platform_identifier(platform_identifier.clone())
        .set_instance_metadata_service_configuration(service)
}

/// The request that has an instance move its files, or that ends that.
pub(super) fn attached(
    builder: UpdateNotebookInstanceFluentBuilder,
    request: &Attachment,
) -> UpdateNotebookInstanceFluentBuilder {
    let Attachment {
        instance,
        lifecycle_config,
        platform,
        default_code_repository,
        additional_code_repositories,
    } = request;
    let more = (!additional_code_repositories.is_empty()).then(|| additional_code_repositories.clone());
    builder
        .notebook_instance_name(instance.as_str())
        .set_lifecycle_config_name(lifecycle_config.clone())
        .set_disassociate_lifecycle_config(lifecycle_config.is_none().then_some(true))
        .set_platform_identifier(platform.clone())
        .set_default_code_repository(default_code_repository.clone())
        .set_additional_code_repositories(more)
}
