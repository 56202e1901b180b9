//! What an instance may refer to: roles, subnets, groups, platforms, lifecycle configurations.

use jiff::Timestamp;

use crate::ids::AccountId;
use crate::sandbox::answer::AwsError;
use crate::sandbox::platforms;
use crate::sandbox::world::network::Network;
use crate::sandbox::world::notebook::{Notebook, Settings, Switch};
use crate::sandbox::world::{Site, World};

use super::names::ArnScope;

/// The instance of that name, or the answer for one that is not there ([M]; terraform-provider-aws looks for the
/// same text).
pub(super) fn existing<'s>(site: &'s Site, name: &str) -> Result<&'s Notebook, AwsError> {
    site.notebook(name).ok_or_else(not_found)
}

/// There is no such instance.
pub(super) fn not_found() -> AwsError {
    AwsError::validation("RecordNotFound")
}

/// Instances of this platform are created, and it runs on their type.
pub(super) fn platform(settings: &Settings, now: Timestamp) -> Result<(), AwsError> {
    platforms::can_create(&settings.platform_identifier, now)?;
    platforms::runs_on(&settings.platform_identifier, &settings.instance_type)
}

/// SageMaker may assume the role, and the caller may pass it.
pub(super) fn role(world: &World, account: &AccountId, arn: &str) -> Result<(), AwsError> {
    let of = arn.split(':').nth(4);
    if of != Some(account.as_str()) {
        // IAM's own words, reported of several services (serverless/serverless#3374 [I]).
        let message = "Cross-account pass role is not allowed.";
        return Err(AwsError::new(400, "AccessDeniedException", message));
    }
    if world.role(arn).is_some_and(|(owner, role)| owner == account && role.for_sagemaker) {
        return Ok(());
    }
    // awslabs/predictive-maintenance-using-machine-learning#3 [I]
    Err(AwsError::validation(format!(
        "Could not assume role {arn}. Please ensure that the role exists and allows principal \
         'sagemaker.amazonaws.com' to assume the role."
    )))
}

/// Elastic Inference is gone ("This parameter is no longer supported", [B]). Whether the service ignores it or
/// refuses it is not known; refusing shows who still sends it [INF].
pub(super) fn accelerators(types: Option<&[&str]>) -> Result<(), AwsError> {
    match types {
        Some([_, ..]) => Err(AwsError::validation("Elastic Inference (EI) is no longer available.")),
        Some([]) | None => Ok(()),
    }
}

/// The lifecycle configuration exists. The text is that of describing a missing one [M]; that it is the same
/// here is likely, for the service looks it up [INF].
pub(super) fn lifecycle_config(site: &Site, name: &str, place: ArnScope<'_>) -> Result<(), AwsError> {
    if site.lifecycle_configs.contains_key(name) {
        return Ok(());
    }
    Err(missing_lifecycle_config("describe", name, place))
}

/// There is no such lifecycle configuration ([M] for `describe` and `delete`).
pub(super) fn missing_lifecycle_config(verb: &str, name: &str, place: ArnScope<'_>) -> AwsError {
    let arn = place.lifecycle_arn(name);
    AwsError::validation(format!(
        "Unable to {verb} Notebook Instance Lifecycle Config '{arn}'. (Details: Notebook Instance Lifecycle \
         Config does not exist.)"
    ))
}

/// The subnet and the groups go together and with the rest. All texts but EC2's are [INF].
pub(super) fn network(network: &Network, settings: &Settings) -> Result<(), AwsError> {
    let groups = &settings.security_group_ids;
    let Some(subnet_id) = &settings.subnet_id else {
        if settings.direct_internet_access == Switch::Disabled {
            // "You can set ... Disabled only if you set a value for the SubnetId parameter" [B].
            return Err(AwsError::validation(
                "DirectInternetAccess can be set to Disabled only if a SubnetId is specified.",
            ));
        }
        if !groups.is_empty() {
            return Err(AwsError::validation(
                "A SubnetId must be specified when SecurityGroupIds are specified.",
            ));
        }
        return ip_address_type(network, settings);
    };
    let Some(subnet) = network.subnets.get(subnet_id) else {
        return Err(AwsError::validation(format!("The subnet ID '{subnet_id}' does not exist")));
    };
    // The service "attaches the security group that you specified" [B]; nothing says that it falls back to the
    // VPC's default group, as EC2 does, so that a request without any is refused.
    if groups.is_empty() {
        return Err(AwsError::validation("SecurityGroupIds must be specified when a SubnetId is specified."));
    }
    for id in groups {
        let Some(group) = network.security_groups.get(id) else {
            return Err(AwsError::validation(format!("The security group '{id}' does not exist")));
        };
        if group.vpc_id != subnet.vpc_id {
            // EC2's own words (QT-DevOps/DevOpsIssues#256 [I]).
            let message = format!("Security group {id} and subnet {subnet_id} belong to different networks.");
            return Err(AwsError::validation(message));
        }
    }
    ip_address_type(network, settings)
}

/// "When you specify dualstack, the subnet must support IPv6 CIDR blocks" [B]; the text is [INF], and so is that
/// an instance without a subnet cannot have it.
pub(super) fn ip_address_type(network: &Network, settings: &Settings) -> Result<(), AwsError> {
    if settings.ip_address_type != "dualstack" {
        return Ok(());
    }
    let subnet = settings.subnet_id.as_ref().and_then(|id| network.subnets.get(id));
    if subnet.is_some_and(|subnet| subnet.ipv6_cidr.is_some()) {
        return Ok(());
    }
    Err(AwsError::validation("IpAddressType dualstack requires a subnet that has an IPv6 CIDR block."))
}
