//! Route tables and NAT gateways.

use crate::sandbox::answer::AwsError;
use crate::sandbox::service::xml::{Node, group, optional, set, text};
use crate::sandbox::world::network::{Destination, NatGateway, Route, RouteTable, RouteTarget};

use super::filter::TAG_KEY;
use super::listing::{Ids, Listing, Pages, resource};
use super::view::{View, state, tags};

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
        set("routeSet", table.routes.iter().map(|route| one_route(view, &table.vpc_id, route))),
        tags(&table.tags),
        text("vpcId", &table.vpc_id),
        text("ownerId", view.owner(&table.vpc_id)),
    ])
}

fn one_route(view: &View<'_>, vpc_id: &str, route: &Route) -> Vec<Node> {
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
        RouteTarget::LocalGateway(id) => text("localGatewayId", id),
        RouteTarget::CarrierGateway(id) => text("carrierGatewayId", id),
        RouteTarget::OdbNetwork(arn) => text("odbNetworkArn", arn),
        RouteTarget::Instance(id) => text("instanceId", id),
        RouteTarget::Interface(id) => text("networkInterfaceId", id),
        RouteTarget::EgressOnlyInternetGateway(id) => text("egressOnlyInternetGatewayId", id),
        RouteTarget::NatGateway(id) => text("natGatewayId", id),
        RouteTarget::TransitGateway(id) => text("transitGatewayId", id),
        RouteTarget::Peering(id) => text("vpcPeeringConnectionId", id),
    };
    let by = if route.target == RouteTarget::Local { "CreateRouteTable" } else { "CreateRoute" };
    let state = if route.blackhole { "blackhole" } else { "active" };
    let mut members = vec![destination, target, text("origin", by), text("state", state)];
    // Of an instance EC2 tells the network interface and the owner as well.
    if let RouteTarget::Instance(id) = &route.target {
        members.push(text("instanceOwnerId", view.owner(vpc_id)));
        members.push(text("networkInterfaceId", view.id("eni", &["instance", id])));
    }
    members
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
