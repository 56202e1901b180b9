//! Route tables and the gateways that routes lead to.

use crate::sandbox::answer::AwsError;
use crate::sandbox::service::xml::{Node, group, optional, set, strings, text};
use crate::sandbox::world::network::{Destination, NatGateway, Route, RouteTable, RouteTarget};

use super::filter::TAG_KEY;
use super::listing::{Ids, Listing, Pages, resource};
use super::view::{View, state, tags};

const TRANSIT_ID: Ids = Ids {
    parameter: "TransitGatewayAttachmentIds",
    path: "transitGatewayAttachmentId",
    shape: Some(("tgw-attach-", "InvalidTransitGatewayAttachmentID.Malformed")),
    missing: (
        "InvalidTransitGatewayAttachmentID.NotFound",
        "Transit Gateway Attachment {} was deleted or does not exist.",
    ),
};

/// Route tables.
pub(super) const ROUTE_TABLES: Listing = Listing {
    operation: "DescribeRouteTables",
    set: "routeTableSet",
    key: &["routeTableId"],
    ids: &[Ids {
        parameter: "RouteTableId",
        path: "routeTableId",
        shape: Some(("rtb-", "InvalidRouteTableId.Malformed")),
        missing: ("InvalidRouteTableID.NotFound", "The routeTable ID '{}' does not exist"),
    }],
    filters: &[
        ("association.gateway-id", "associationSet/gatewayId"),
        ("association.route-table-association-id", "associationSet/routeTableAssociationId"),
        ("association.route-table-id", "associationSet/routeTableId"),
        ("association.subnet-id", "associationSet/subnetId"),
        ("association.main", "associationSet/main"),
        ("owner-id", "ownerId"),
        ("route-table-id", "routeTableId"),
        ("route.destination-cidr-block", "routeSet/destinationCidrBlock"),
        ("route.destination-ipv6-cidr-block", "routeSet/destinationIpv6CidrBlock"),
        ("route.destination-prefix-list-id", "routeSet/destinationPrefixListId"),
        ("route.egress-only-internet-gateway-id", "routeSet/egressOnlyInternetGatewayId"),
        ("route.gateway-id", "routeSet/gatewayId"),
        ("route.instance-id", "routeSet/instanceId"),
        ("route.nat-gateway-id", "routeSet/natGatewayId"),
        ("route.transit-gateway-id", "routeSet/transitGatewayId"),
        ("route.origin", "routeSet/origin"),
        ("route.state", "routeSet/state"),
        ("route.vpc-peering-connection-id", "routeSet/vpcPeeringConnectionId"),
        TAG_KEY,
        ("vpc-id", "vpcId"),
    ],
    pages: Pages::UpTo(100),
    all: tables,
    ..Listing::PLAIN
};

/// NAT gateways.
pub(super) const NAT_GATEWAYS: Listing = Listing {
    operation: "DescribeNatGateways",
    set: "natGatewaySet",
    key: &["natGatewayId"],
    ids: &[Ids {
        parameter: "NatGatewayId",
        path: "natGatewayId",
        shape: Some(("nat-", "NatGatewayMalformed")),
        missing: ("NatGatewayNotFound", "NatGateway {} was not found"),
    }],
    filters: &[
        ("nat-gateway-id", "natGatewayId"),
        ("state", "state"),
        ("subnet-id", "subnetId"),
        TAG_KEY,
        ("vpc-id", "vpcId"),
    ],
    all: nat_gateways,
    ..Listing::PLAIN
};

/// Internet gateways.
pub(super) const INTERNET_GATEWAYS: Listing = Listing {
    operation: "DescribeInternetGateways",
    set: "internetGatewaySet",
    key: &["internetGatewayId"],
    ids: &[Ids {
        parameter: "InternetGatewayId",
        path: "internetGatewayId",
        shape: Some(("igw-", "InvalidInternetGatewayId.Malformed")),
        missing: ("InvalidInternetGatewayID.NotFound", "The internetGateway ID '{}' does not exist"),
    }],
    filters: &[
        ("attachment.state", "attachmentSet/state"),
        ("attachment.vpc-id", "attachmentSet/vpcId"),
        ("internet-gateway-id", "internetGatewayId"),
        ("owner-id", "ownerId"),
        TAG_KEY,
    ],
    all: internet_gateways,
    ..Listing::PLAIN
};

/// Attachments of VPCs to transit gateways.
pub(super) const TRANSIT_GATEWAY_VPC_ATTACHMENTS: Listing = Listing {
    operation: "DescribeTransitGatewayVpcAttachments",
    set: "transitGatewayVpcAttachments",
    key: &["transitGatewayAttachmentId"],
    ids: &[TRANSIT_ID],
    filters: &[
        ("state", "state"),
        ("transit-gateway-attachment-id", "transitGatewayAttachmentId"),
        ("transit-gateway-id", "transitGatewayId"),
        ("vpc-id", "vpcId"),
        TAG_KEY,
    ],
    all: transit_vpc_attachments,
    ..Listing::PLAIN
};

/// The same, as the transit gateway has them.
pub(super) const TRANSIT_GATEWAY_ATTACHMENTS: Listing = Listing {
    operation: "DescribeTransitGatewayAttachments",
    set: "transitGatewayAttachments",
    key: &["transitGatewayAttachmentId"],
    ids: &[TRANSIT_ID],
    filters: &[
        ("association.state", "association/state"),
        ("association.transit-gateway-route-table-id", "association/transitGatewayRouteTableId"),
        ("resource-id", "resourceId"),
        ("resource-owner-id", "resourceOwnerId"),
        ("resource-type", "resourceType"),
        ("state", "state"),
        ("transit-gateway-attachment-id", "transitGatewayAttachmentId"),
        ("transit-gateway-id", "transitGatewayId"),
        ("transit-gateway-owner-id", "transitGatewayOwnerId"),
        TAG_KEY,
    ],
    all: transit_attachments,
    ..Listing::PLAIN
};

/// Every route table.
fn tables(view: &View<'_>) -> Result<Vec<Node>, AwsError> {
    Ok(view.network.route_tables.values().map(|table| one_table(view, table)).collect())
}

fn one_table(view: &View<'_>, table: &RouteTable) -> Node {
    let association = |subnet: Option<&String>| {
        let mut members = vec![
            text(
                "routeTableAssociationId",
                view.id("rtbassoc", &[&table.id, subnet.map_or("main", |id| id)]),
            ),
            text("routeTableId", &table.id),
            text("main", subnet.is_none()),
            state("associationState", "associated"),
        ];
        members.extend(optional("subnetId", subnet));
        members
    };
    // The main table says only that it is: a subnet that falls under it implicitly is never listed (the API's
    // text on `association.subnet-id`) [B].
    let main = table.main.then(|| association(None));
    let explicit = table.subnets.iter().map(|subnet| association(Some(subnet)));
    resource(vec![
        set("associationSet", main.into_iter().chain(explicit)),
        group("propagatingVgwSet", Vec::new()),
        text("routeTableId", &table.id),
        set("routeSet", table.routes.iter().map(one_route)),
        tags(&table.tags),
        text("vpcId", &table.vpc_id),
        text("ownerId", view.owner(&table.vpc_id)),
    ])
}

fn one_route(route: &Route) -> Vec<Node> {
    let destination = match &route.destination {
        Destination::Ipv4(block) => text("destinationCidrBlock", block),
        Destination::Ipv6(block) => text("destinationIpv6CidrBlock", block),
        Destination::PrefixList(id) => text("destinationPrefixListId", id),
    };
    let target = match &route.target {
        RouteTarget::Local => text("gatewayId", "local"),
        RouteTarget::InternetGateway(id) | RouteTarget::Endpoint(id) | RouteTarget::VirtualGateway(id) => {
            text("gatewayId", id)
        }
        RouteTarget::CoreNetwork(arn) => text("coreNetworkArn", arn),
        RouteTarget::Interface(id) => text("networkInterfaceId", id),
        RouteTarget::EgressOnlyInternetGateway(id) => text("egressOnlyInternetGatewayId", id),
        RouteTarget::NatGateway(id) => text("natGatewayId", id),
        RouteTarget::TransitGateway(id) => text("transitGatewayId", id),
        RouteTarget::Peering(id) => text("vpcPeeringConnectionId", id),
    };
    let by = if route.target == RouteTarget::Local { "CreateRouteTable" } else { "CreateRoute" };
    let state = if route.blackhole { "blackhole" } else { "active" };
    vec![destination, target, text("origin", by), text("state", state)]
}

/// Every NAT gateway.
fn nat_gateways(view: &View<'_>) -> Result<Vec<Node>, AwsError> {
    Ok(view.network.nat_gateways.values().map(|gateway| one_nat_gateway(view, gateway)).collect())
}

fn one_nat_gateway(view: &View<'_>, gateway: &NatGateway) -> Node {
    let status = match gateway.state.as_str() {
        "pending" => "associating",
        "failed" => "failed",
        _ => "succeeded",
    };
    let mut address = vec![
        text("networkInterfaceId", view.id("eni", &["nat", &gateway.id])),
        text("isPrimary", true),
        text("status", status),
    ];
    if gateway.connectivity == "public" {
        address.push(text("allocationId", view.id("eipalloc", &[&gateway.id])));
        address.push(text("associationId", view.id("eipassoc", &[&gateway.id])));
    }
    resource(vec![
        text("createTime", view.created(&gateway.id)),
        set("natGatewayAddressSet", [address]),
        text("natGatewayId", &gateway.id),
        text("state", &gateway.state),
        text("vpcId", &gateway.vpc_id),
        tags(&gateway.tags),
        text("connectivityType", &gateway.connectivity),
        text("availabilityMode", if gateway.route_table.is_some() { "regional" } else { "zonal" }),
    ])
    // A regional one is in no subnet, and has a route table of its own.
    .with(optional("subnetId", Some(&gateway.subnet_id).filter(|id| !id.is_empty())))
    .with(optional("routeTableId", gateway.route_table.as_ref()))
}

/// Every internet gateway. An attached one is `available` on the wire, which its enumeration does not have (AWS
/// CLI's own example output).
fn internet_gateways(view: &View<'_>) -> Result<Vec<Node>, AwsError> {
    let all = view.network.internet_gateways.values().map(|gateway| {
        let attached = Some(&gateway.vpc_id).filter(|id| !id.is_empty());
        let attachment = attached.map(|id| vec![text("state", "available"), text("vpcId", id)]);
        resource(vec![
            set("attachmentSet", attachment),
            text("internetGatewayId", &gateway.id),
            text("ownerId", view.account),
            tags(&gateway.tags),
        ])
    });
    Ok(all.collect())
}

/// Every attachment of a VPC to a transit gateway, as seen from the VPC.
fn transit_vpc_attachments(view: &View<'_>) -> Result<Vec<Node>, AwsError> {
    let all = view.network.transit_attachments.values().map(|one| {
        let options =
            [("dnsSupport", "enable"), ("ipv6Support", "disable"), ("applianceModeSupport", "disable")];
        resource(vec![
            text("transitGatewayAttachmentId", &one.id),
            text("transitGatewayId", &one.transit_gateway_id),
            text("vpcId", &one.vpc_id),
            text("vpcOwnerId", view.owner(&one.vpc_id)),
            text("state", &one.state),
            strings("subnetIds", &one.subnets),
            text("creationTime", view.created(&one.id)),
            group("options", options.map(|(name, value)| text(name, value)).to_vec()),
            tags(&one.tags),
        ])
    });
    Ok(all.collect())
}

/// The same, as seen from the transit gateway.
fn transit_attachments(view: &View<'_>) -> Result<Vec<Node>, AwsError> {
    let all = view.network.transit_attachments.values().map(|one| {
        resource(vec![
            text("transitGatewayAttachmentId", &one.id),
            text("transitGatewayId", &one.transit_gateway_id),
            text("transitGatewayOwnerId", view.account),
            text("resourceOwnerId", view.owner(&one.vpc_id)),
            text("resourceType", "vpc"),
            text("resourceId", &one.vpc_id),
            text("state", &one.state),
            text("creationTime", view.created(&one.id)),
            tags(&one.tags),
        ])
    });
    Ok(all.collect())
}
