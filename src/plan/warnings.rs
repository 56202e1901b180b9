//! Pure: what a reader should know about an item before saying yes.

use crate::plan::request::left_to_aws;
use crate::plan::{CreateRequest, Order};

/// The warnings on one item, in a fixed order.
pub(super) fn of(request: &CreateRequest, order: Order, delete_source: bool) -> Vec<String> {
    let mut warnings = Vec::new();
    match order {
        Order::StopFirst => {}
        Order::CreateFirst => warnings.push(
            "the replacement is created while the source runs: for a while both run, cost money, and count against the \
             quota on their type. What is still done on the source then stays there"
                .to_owned(),
        ),
        Order::CreateOnly => warnings.push(
            "the source is left running beside its replacement, and is not deleted: stopped, it may never run again. Its \
             findings stay until it is gone, and both cost money. Save its data while it runs; then stop it, or set \
             `allow_one_way = true` in the policy beforehand"
                .to_owned(),
        ),
    }
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
