//! Fills in an UpdateNotebookInstance request: every member that the plan gives, and nothing else.

use aws_sdk_sagemaker::operation::update_notebook_instance::builders::UpdateNotebookInstanceFluentBuilder;

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
