//! Pure: what a reader should know about an item before saying yes.

use crate::plan::CreateRequest;
use crate::plan::request::left_to_aws;

/// The warnings on one item, in a fixed order.
pub(super) fn of(request: &CreateRequest, delete_source: bool) -> Vec<String> {
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
    if let Some(config) = &request.lifecycle_config_name {
        warnings.push(format!(
            "the lifecycle configuration `{config}` runs again on the replacement, from inside the VPC: a script that \
             cannot get what it needs there fails the instance after 5 minutes"
        ));
    }
    warnings
}
