//! Reads a DescribeNotebookInstance answer, member by member.

use aws_sdk_sagemaker::operation::describe_notebook_instance::DescribeNotebookInstanceOutput;
use aws_sdk_sagemaker::types::InstanceMetadataServiceConfiguration;

use crate::aws::answer::{Unreadable, parsed, parsed_required, present, required, timestamp};
use crate::aws::kinds::is_denial;
use crate::facts::answers::{CODE_REPOSITORY, LIFECYCLE_CONFIG, name_in_arn};
use crate::ids::{InstanceName, SecurityGroupId, SubnetId};
use crate::inventory::{Description, MetadataService, Status};

/// The description of the instance that was asked for.
///
/// Enumerations are kept as text, so that values newer than the SDK survive. An empty text counts as absent.
pub(super) fn read(
    asked: &InstanceName,
    output: &DescribeNotebookInstanceOutput,
) -> Result<Description, Unreadable> {
    let text = |member: Option<&str>| present(member).map(str::to_owned);
    // A request takes the name alone, should AWS answer the ARN.
    let short = |member: Option<&str>, kind: &str| present(member).map(|it| name_in_arn(it, kind).to_owned());
    Ok(Description {
        notebook_instance_arn: parsed_required("NotebookInstanceArn", output.notebook_instance_arn())?,
        notebook_instance_name: name(asked, output)?,
        notebook_instance_status: status(output)?,
        failure_reason: text(output.failure_reason()),
        failed_by_denial: output.failure_reason().is_some_and(is_denial),
        url: text(output.url()),
        instance_type: text(output.instance_type().map(|value| value.as_str())),
        ip_address_type: text(output.ip_address_type().map(|value| value.as_str())),
        subnet_id: subnet(output)?,
        security_groups: security_groups(output)?,
        role_arn: text(output.role_arn()),
        kms_key_id: text(output.kms_key_id()),
        network_interface_id: text(output.network_interface_id()),
        last_modified_time: timestamp("LastModifiedTime", output.last_modified_time())?,
        creation_time: timestamp("CreationTime", output.creation_time())?,
        notebook_instance_lifecycle_config_name: short(
            output.notebook_instance_lifecycle_config_name(),
            LIFECYCLE_CONFIG,
        ),
        direct_internet_access: text(output.direct_internet_access().map(|value| value.as_str())),
        volume_size_in_gb: output.volume_size_in_gb(),
        accelerator_types: output.accelerator_types().iter().map(|value| value.as_str().to_owned()).collect(),
        default_code_repository: short(output.default_code_repository(), CODE_REPOSITORY),
        additional_code_repositories: output
            .additional_code_repositories()
            .iter()
            .map(|one| name_in_arn(one, CODE_REPOSITORY).to_owned())
            .collect(),
        root_access: text(output.root_access().map(|value| value.as_str())),
        platform_identifier: text(output.platform_identifier()),
        instance_metadata_service_configuration: metadata_service(
            output.instance_metadata_service_configuration(),
        ),
    })
}

/// The name, which must be the one that was asked for: SageMaker lower-cases some names it answers
/// (amazon-sagemaker-examples#1798), so the asked spelling is kept.
fn name(asked: &InstanceName, output: &DescribeNotebookInstanceOutput) -> Result<InstanceName, Unreadable> {
    let named: InstanceName = parsed_required("NotebookInstanceName", output.notebook_instance_name())?;
    if named.as_str().eq_ignore_ascii_case(asked.as_str()) {
        Ok(asked.clone())
    } else {
        Err(Unreadable(format!("the answer is about `{named}`, not `{asked}`")))
    }
}

fn status(output: &DescribeNotebookInstanceOutput) -> Result<Status, Unreadable> {
    let status = output.notebook_instance_status().map(|status| status.as_str());
    let status = required("NotebookInstanceStatus", present(status))?;
    Ok(Status::from(status.to_owned()))
}

fn subnet(output: &DescribeNotebookInstanceOutput) -> Result<Option<SubnetId>, Unreadable> {
    present(output.subnet_id()).map(|id| parsed("SubnetId", id)).transpose()
}

fn security_groups(output: &DescribeNotebookInstanceOutput) -> Result<Vec<SecurityGroupId>, Unreadable> {
    output.security_groups().iter().map(|id| parsed("SecurityGroups", id)).collect()
}

/// The settings of the metadata service; a configuration without a version says nothing, and counts as absent.
fn metadata_service(configuration: Option<&InstanceMetadataServiceConfiguration>) -> Option<MetadataService> {
    let version = present(configuration?.minimum_instance_metadata_service_version())?;
    Some(MetadataService { minimum_instance_metadata_service_version: version.to_owned() })
}
