//! Network interfaces, as far as they tell whose a security group is.

use aws_sdk_ec2::types::{self, Filter};

use crate::aws::answer::{Unreadable, parsed_required};
use crate::ids::SecurityGroupId;

use super::listing::{filters, listing};

listing!(
    /// The security groups of network interfaces, those of each together.
    groups_of_interfaces: Vec<SecurityGroupId>,
    "DescribeNetworkInterfaces", describe_network_interfaces, filters, 1000, network_interfaces, read_groups
);

/// Those of load balancers of every kind. AWS has people find them by this description (Elastic Load Balancing user guides:
/// `ELB app/NAME/ID`, `ELB net/NAME/ID`, `ELB gwy/NAME/ID` and `ELB NAME`).
pub(super) fn of_load_balancers() -> Vec<Filter> {
    filters("description", std::iter::once("ELB *"))
}

fn read_groups(interface: &types::NetworkInterface) -> Result<Vec<SecurityGroupId>, Unreadable> {
    interface.groups().iter().map(|group| parsed_required("GroupId", group.group_id())).collect()
}
