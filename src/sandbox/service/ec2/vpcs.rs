//! VPCs and subnets.

use crate::sandbox::answer::AwsError;
use crate::sandbox::service::xml::{Node, group, optional, set, text};
use crate::sandbox::world::network::{Subnet, Vpc};

use super::filter::TAG_KEY;
use super::listing::{Ids, Listing, dry_run, missing_parameter, resource};
use super::view::{View, state, tags};

/// The ids of VPCs, of which one more operation takes one.
const VPC_ID: Ids = Ids {
    parameter: "VpcId",
    path: "vpcId",
    shape: Some(("vpc-", "InvalidVpcID.Malformed")),
    missing: ("InvalidVpcID.NotFound", "The vpc ID '{}' does not exist"),
};

/// VPCs.
pub(super) const VPCS: Listing = Listing {
    operation: "DescribeVpcs",
    set: "vpcSet",
    key: &["vpcId"],
    ids: &[VPC_ID],
    filters: &[
        ("cidr", "cidrBlock"),
        ("cidr-block-association.cidr-block", "cidrBlockAssociationSet/cidrBlock"),
        ("cidr-block-association.association-id", "cidrBlockAssociationSet/associationId"),
        ("cidr-block-association.state", "cidrBlockAssociationSet/cidrBlockState/state"),
        ("dhcp-options-id", "dhcpOptionsId"),
        ("ipv6-cidr-block-association.ipv6-cidr-block", "ipv6CidrBlockAssociationSet/ipv6CidrBlock"),
        ("ipv6-cidr-block-association.ipv6-pool", "ipv6CidrBlockAssociationSet/ipv6Pool"),
        ("ipv6-cidr-block-association.association-id", "ipv6CidrBlockAssociationSet/associationId"),
        ("ipv6-cidr-block-association.state", "ipv6CidrBlockAssociationSet/ipv6CidrBlockState/state"),
        ("is-default", "isDefault"),
        ("owner-id", "ownerId"),
        ("state", "state"),
        TAG_KEY,
        ("vpc-id", "vpcId"),
        ("isDefault", "isDefault"),
    ],
    all: vpcs,
    ..Listing::PLAIN
};

/// Subnets.
pub(super) const SUBNETS: Listing = Listing {
    operation: "DescribeSubnets",
    set: "subnetSet",
    key: &["subnetId"],
    ids: &[Ids {
        parameter: "SubnetId",
        path: "subnetId",
        shape: Some(("subnet-", "InvalidSubnetID.Malformed")),
        missing: ("InvalidSubnetID.NotFound", "The subnet ID '{}' does not exist"),
    }],
    filters: &[
        ("availability-zone", "availabilityZone"),
        ("availability-zone-id", "availabilityZoneId"),
        ("available-ip-address-count", "availableIpAddressCount"),
        ("cidr-block", "cidrBlock"),
        ("customer-owned-ipv4-pool", "customerOwnedIpv4Pool"),
        ("default-for-az", "defaultForAz"),
        ("enable-dns64", "enableDns64"),
        ("enable-lni-at-device-index", "enableLniAtDeviceIndex"),
        ("ipv6-cidr-block-association.ipv6-cidr-block", "ipv6CidrBlockAssociationSet/ipv6CidrBlock"),
        ("ipv6-cidr-block-association.association-id", "ipv6CidrBlockAssociationSet/associationId"),
        ("ipv6-cidr-block-association.state", "ipv6CidrBlockAssociationSet/ipv6CidrBlockState/state"),
        ("ipv6-native", "ipv6Native"),
        ("map-customer-owned-ip-on-launch", "mapCustomerOwnedIpOnLaunch"),
        ("map-public-ip-on-launch", "mapPublicIpOnLaunch"),
        ("outpost-arn", "outpostArn"),
        ("owner-id", "ownerId"),
        ("private-dns-name-options-on-launch.hostname-type", "privateDnsNameOptionsOnLaunch/hostnameType"),
        (
            "private-dns-name-options-on-launch.enable-resource-name-dns-a-record",
            "privateDnsNameOptionsOnLaunch/enableResourceNameDnsARecord",
        ),
        (
            "private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record",
            "privateDnsNameOptionsOnLaunch/enableResourceNameDnsAAAARecord",
        ),
        ("state", "state"),
        ("subnet-arn", "subnetArn"),
        ("subnet-id", "subnetId"),
        TAG_KEY,
        ("vpc-id", "vpcId"),
        ("availabilityZone", "availabilityZone"),
        ("availabilityZoneId", "availabilityZoneId"),
        ("cidr", "cidrBlock"),
        ("cidrBlock", "cidrBlock"),
        ("defaultForAz", "defaultForAz"),
    ],
    all: subnets,
    ..Listing::PLAIN
};

/// Every VPC.
fn vpcs(view: &View<'_>) -> Result<Vec<Node>, AwsError> {
    Ok(view.network.vpcs.values().map(|vpc| one_vpc(view, vpc)).collect())
}

fn one_vpc(view: &View<'_>, vpc: &Vpc) -> Node {
    let block = vec![
        text("associationId", view.id("vpc-cidr-assoc", &[&vpc.id])),
        text("cidrBlock", &vpc.cidr),
        state("cidrBlockState", "associated"),
    ];
    let blocked = text("internetGatewayBlockMode", &vpc.block_public_access);
    resource(vec![
        text("ownerId", &vpc.owner),
        text("instanceTenancy", &vpc.tenancy),
        set("cidrBlockAssociationSet", [block]),
        text("isDefault", vpc.is_default),
        tags(&vpc.tags),
        group("blockPublicAccessStates", vec![blocked]),
        text("vpcId", &vpc.id),
        text("state", "available"),
        text("cidrBlock", &vpc.cidr),
        text("dhcpOptionsId", &vpc.dhcp_options_id),
    ])
}

/// Every subnet, those of other accounts that are shared with this one too.
fn subnets(view: &View<'_>) -> Result<Vec<Node>, AwsError> {
    Ok(view.network.subnets.values().map(|subnet| one_subnet(view, subnet)).collect())
}

fn one_subnet(view: &View<'_>, subnet: &Subnet) -> Node {
    let vpc = view.network.vpcs.get(&subnet.vpc_id);
    let ipv6 = subnet.ipv6_cidr.as_ref().map(|cidr| {
        vec![
            text("associationId", view.id("subnet-cidr-assoc", &[&subnet.id])),
            text("ipv6CidrBlock", cidr),
            state("ipv6CidrBlockState", "associated"),
        ]
    });
    // EC2 has taken exclusions into account: the state is that of the subnet itself.
    let blocked = subnet.block_public_access.as_ref().or(vpc.map(|vpc| &vpc.block_public_access));
    let blocked = blocked.map_or("off", String::as_str);
    // A subnet of IPv6 alone has no IPv4 block, and none of its addresses counts.
    let ipv4 = Some(subnet).filter(|subnet| !subnet.ipv6_native);
    let zone_id = view.zone_id(&subnet.zone);
    resource(vec![
        text("assignIpv6AddressOnCreation", false),
        set("ipv6CidrBlockAssociationSet", ipv6),
        text("mapCustomerOwnedIpOnLaunch", false),
        text("ownerId", &subnet.owner),
        tags(&subnet.tags),
        text("subnetArn", view.arn(&subnet.owner, &format!("subnet/{}", subnet.id))),
        text("enableDns64", false),
        text("ipv6Native", subnet.ipv6_native),
        group("privateDnsNameOptionsOnLaunch", dns_names(subnet)),
        group("blockPublicAccessStates", vec![text("internetGatewayBlockMode", blocked)]),
        text("subnetId", &subnet.id),
        text("state", "available"),
        text("vpcId", &subnet.vpc_id),
        text("availableIpAddressCount", ipv4.map_or(0, |subnet| subnet.free)),
        text("availabilityZone", &subnet.zone),
        text("defaultForAz", vpc.is_some_and(|vpc| vpc.is_default)),
        text("mapPublicIpOnLaunch", subnet.map_public_ip_on_launch),
    ])
    .with(optional("cidrBlock", ipv4.map(|subnet| &subnet.cidr)))
    .with(optional("availabilityZoneId", zone_id))
    .with(optional("outpostArn", subnet.outpost_arn.as_ref()))
}

/// How machines in a subnet are named.
fn dns_names(subnet: &Subnet) -> Vec<Node> {
    vec![
        text("hostnameType", if subnet.ipv6_native { "resource-name" } else { "ip-name" }),
        text("enableResourceNameDnsARecord", false),
        text("enableResourceNameDnsAAAARecord", false),
    ]
}

/// One attribute of one VPC: `DescribeVpcAttribute` takes no more.
pub(super) fn attribute(view: &View<'_>) -> Result<Vec<Node>, AwsError> {
    let vpc_id = view.query.get("VpcId").ok_or_else(|| missing_parameter("vpcId"))?;
    let attribute = view.query.get("Attribute").ok_or_else(|| missing_parameter("attribute"))?;
    let wanted = |vpc: Option<&Vpc>| match attribute {
        "enableDnsSupport" => Some(("enableDnsSupport", vpc.is_some_and(|vpc| vpc.dns_support))),
        "enableDnsHostnames" => Some(("enableDnsHostnames", vpc.is_some_and(|vpc| vpc.dns_hostnames))),
        "enableNetworkAddressUsageMetrics" => Some(("enableNetworkAddressUsageMetrics", false)),
        _ => None,
    };
    if wanted(None).is_none() {
        let message =
            format!("Value ({attribute}) for parameter attribute is invalid. Unknown VPC attribute");
        return Err(AwsError::new(400, "InvalidParameterValue", message));
    }
    if view.query.flag("DryRun") {
        return Err(dry_run());
    }
    let vpc = view.network.vpcs.get(vpc_id).ok_or_else(|| VPC_ID.refusal(vpc_id))?;
    let found = wanted(Some(vpc)).map(|(name, value)| group(name, vec![text("value", value)]));
    Ok([vec![text("vpcId", vpc_id)], found.into_iter().collect()].concat())
}
