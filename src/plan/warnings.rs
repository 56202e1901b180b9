//! Pure: what a reader should know about an item before saying yes.

use crate::plan::request::left_to_aws;
use crate::plan::{CreateRequest, Source};
use crate::rules::SUPPORTED_PLATFORMS;

/// The warnings on one item, in a fixed order.
pub(super) fn of(source: &Source, request: &CreateRequest, delete_source: bool) -> Vec<String> {
    let mut warnings = Vec::new();
    if delete_source {
        warnings.push(
            "the source is deleted once its replacement is verified, and its volume with it: \
             the data in /home/ec2-user/SageMaker is lost, and so is the way back"
                .to_owned(),
        );
    }
    let left = left_to_aws(request);
    if !left.is_empty() {
        warnings.push(format!(
            "AWS does not report {} of the source: AWS's defaults apply to the replacement",
            left.join(", ")
        ));
    }
    if let Some(stack) = source.tags.get("aws:cloudformation:stack-name") {
        warnings.push(format!(
            "the source belongs to the CloudFormation stack `{stack}`, which will not know the replacement: \
             change the template instead, or take the instance out of the stack"
        ));
    }
    if !source.description.accelerator_types.is_empty() {
        warnings.push("AcceleratorTypes is dropped: AWS no longer takes it".to_owned());
    }
    if let Some(platform) = request.platform_identifier.as_deref()
        && !SUPPORTED_PLATFORMS.contains(&platform)
    {
        warnings.push(format!(
            "the platform `{platform}` is kept: SageMaker.8 goes on failing, and AWS may no longer create it"
        ));
    }
    if let Some(config) = &request.lifecycle_config_name {
        warnings.push(format!(
            "the lifecycle configuration `{config}` runs again on the replacement, from inside the VPC: a \
             script that cannot download what it needs fails the instance after 5 minutes"
        ));
    }
    if request.default_code_repository.is_some() || !request.additional_code_repositories.is_empty() {
        warnings.push("the code repositories are cloned again: the VPC needs a way to their host".to_owned());
    }
    warnings
}
