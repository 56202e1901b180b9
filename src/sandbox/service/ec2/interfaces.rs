//! Network interfaces: those that services make, SageMaker for instances in a VPC and Elastic Load Balancing.

use crate::sandbox::answer::AwsError;
use crate::sandbox::service::xml::{Node, group, optional, set, text};
use crate::sandbox::world::network::Interface;

use super::filter::TAG_KEY;
use super::listing::{Ids, Listing, Pages, dry_run, missing_parameter, resource};
use super::view::View;

/// Network interfaces.
pub(super) const NETWORK_INTERFACES: Listing = Listing {
    operation: "DescribeNetworkInterfaces",
    set: "networkInterfaceSet",
    key: &["networkInterfaceId"],
    ids: &[Ids {
        parameter: "NetworkInterfaceId",
        path: "networkInterfaceId",
        shape: Some(("eni-", "InvalidNetworkInterfaceId.Malformed")),
        missing: ("InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '{}' does not exist"),
    }],
    filters: &[
        ("association.allocation-id", "association/allocationId"),
        ("association.association-id", "association/associationId"),
        ("addresses.association.owner-id", "privateIpAddressesSet/association/ipOwnerId"),
        ("addresses.association.public-ip", "privateIpAddressesSet/association/publicIp"),
        ("addresses.primary", "privateIpAddressesSet/primary"),
        ("addresses.private-ip-address", "privateIpAddressesSet/privateIpAddress"),
        ("association.ip-owner-id", "association/ipOwnerId"),
        ("association.public-ip", "association/publicIp"),
        ("association.public-dns-name", "association/publicDnsName"),
        ("attachment.attach-time", "attachment/attachTime"),
        ("attachment.attachment-id", "attachment/attachmentId"),
        ("attachment.delete-on-termination", "attachment/deleteOnTermination"),
        ("attachment.device-index", "attachment/deviceIndex"),
        ("attachment.instance-id", "attachment/instanceId"),
        ("attachment.instance-owner-id", "attachment/instanceOwnerId"),
        ("attachment.status", "attachment/status"),
        ("availability-zone", "availabilityZone"),
        ("availability-zone-id", "availabilityZoneId"),
        ("description", "description"),
        ("group-id", "groupSet/groupId"),
        ("ipv6-addresses.ipv6-address", "ipv6AddressesSet/ipv6Address"),
        ("interface-type", "interfaceType"),
        ("mac-address", "macAddress"),
        ("network-interface-id", "networkInterfaceId"),
        ("operator.managed", "operator/managed"),
        ("operator.principal", "operator/principal"),
        ("owner-id", "ownerId"),
        ("private-dns-name", "privateDnsName"),
        ("private-ip-address", "privateIpAddress"),
        ("requester-id", "requesterId"),
        ("requester-managed", "requesterManaged"),
        ("source-dest-check", "sourceDestCheck"),
        ("status", "status"),
        ("subnet-id", "subnetId"),
        TAG_KEY,
        ("vpc-id", "vpcId"),
        ("group-name", "groupSet/groupName"),
    ],
    pages: Pages::UpToWithoutIds(1000),
    others: &["IncludeManagedResources"],
    all: interfaces,
};

/// Tries whether a network interface could be made. None is: those of the sandbox are SageMaker's.
pub(super) fn create(view: &View<'_>) -> AwsError {
    let Some(subnet) = view.query.get("SubnetId") else { return missing_parameter("subnetId") };
    let groups = view.query.list("SecurityGroupId");
    let unknown = groups.into_iter().find(|group| !view.network.security_groups.contains_key(*group));
    if !view.network.subnets.contains_key(subnet) {
        let message = format!("The subnet ID '{subnet}' does not exist");
        return AwsError::new(400, "InvalidSubnetID.NotFound", message);
    }
    match unknown {
        Some(group) => {
            let message = format!("The security group '{group}' does not exist");
            AwsError::new(400, "InvalidGroup.NotFound", message)
        }
        None if view.query.flag("DryRun") => dry_run(),
        None => {
            let message = "the sandbox makes network interfaces for notebook instances alone";
            AwsError::new(400, "UnsupportedOperation", message)
        }
    }
}

/// Every network interface.
fn interfaces(view: &View<'_>) -> Result<Vec<Node>, AwsError> {
    Ok(view.network.interfaces.values().map(|one| one_interface(view, one)).collect())
}

fn one_interface(view: &View<'_>, one: &Interface) -> Node {
    let named = |id: &String| {
        let name = view.network.security_groups.get(id).map(|one| &one.name);
        [vec![text("groupId", id)], optional("groupName", name).into_iter().collect()].concat()
    };
    let zone = view.network.subnets.get(&one.subnet_id).map(|subnet| subnet.zone.as_str());
    let name = format!("ip-{}.{}", one.private_ip.replace('.', "-"), domain(view.region));
    let address =
        vec![text("primary", true), text("privateDnsName", &name), text("privateIpAddress", &one.private_ip)];
    // The instance itself is in an account of the service's, and its interface is attached from there.
    let attachment = vec![
        text("attachmentId", view.id("eni-attach", &[&one.id])),
        text("deleteOnTermination", false),
        text("deviceIndex", 1),
        text("instanceOwnerId", one.attached_by),
        text("status", "attached"),
    ];
    resource(vec![
        group("attachment", attachment),
        text("description", &one.description),
        set("groupSet", one.security_groups.iter().map(named)),
        text("interfaceType", "interface"),
        group("ipv6AddressesSet", Vec::new()),
        text("macAddress", mac(view, &one.id)),
        text("networkInterfaceId", &one.id),
        text("ownerId", view.account),
        text("privateDnsName", &name),
        text("privateIpAddress", &one.private_ip),
        set("privateIpAddressesSet", [address]),
        text("requesterManaged", true),
        text("sourceDestCheck", true),
        text("status", "in-use"),
        text("subnetId", &one.subnet_id),
        group("tagSet", Vec::new()),
        text("vpcId", &one.vpc_id),
    ])
    .with(optional("availabilityZone", zone))
    .with(optional("availabilityZoneId", zone.and_then(|zone| view.zone_id(zone))))
}

/// The domain of private names; that of the oldest region has its own form (VPC user guide, "DNS attributes").
fn domain(region: &str) -> String {
    if region == "us-east-1" { "ec2.internal".to_owned() } else { format!("{region}.compute.internal") }
}

/// A locally administered address.
fn mac(view: &View<'_>, id: &str) -> String {
    let digits = view.seed.draw(&["ec2", "mac", id]).hex(10);
    let pairs: Vec<&str> = (0..10).step_by(2).filter_map(|at| digits.get(at..at + 2)).collect();
    format!("02:{}", pairs.join(":"))
}
