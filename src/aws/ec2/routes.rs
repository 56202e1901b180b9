//! Route tables and NAT gateways.

use aws_sdk_ec2::types;

use crate::aws::answer::{Unreadable, parsed, parsed_required, present, required};
use crate::network::{Destination, NatGateway, Route, RouteTable, Via};

use super::listing::listing;

listing!(
    /// Route tables.
    route_tables: RouteTable,
    "DescribeRouteTables", describe_route_tables, filters, 100, route_tables, read_table
);
listing!(
    /// NAT gateways, whose filters are `Filter` in the singular.
    nat_gateways: NatGateway,
    "DescribeNatGateways", describe_nat_gateways, filter, 1000, nat_gateways, read_nat
);

fn read_table(table: &types::RouteTable) -> Result<RouteTable, Unreadable> {
    // One that is on its way out, or failed, does not count.
    let holds = |one: &&types::RouteTableAssociation| {
        let state = one.association_state().and_then(|state| state.state());
        state.is_none_or(|state| ["associated", "associating"].contains(&state.as_str()))
    };
    let associations: Vec<_> = table.associations().iter().filter(holds).collect();
    let subnets = associations.iter().filter_map(|one| present(one.subnet_id()));
    Ok(RouteTable {
        id: required("RouteTableId", table.route_table_id())?.to_owned(),
        vpc: parsed_required("VpcId", table.vpc_id())?,
        main: associations.iter().any(|one| one.main() == Some(true)),
        subnets: subnets.map(|id| parsed("SubnetId", id)).collect::<Result<_, _>>()?,
        routes: table.routes().iter().map(read_route).collect::<Result<_, _>>()?,
    })
}

fn read_route(route: &types::Route) -> Result<Route, Unreadable> {
    let (ipv4, ipv6, list) = (
        present(route.destination_cidr_block()),
        present(route.destination_ipv6_cidr_block()),
        present(route.destination_prefix_list_id()),
    );
    let destination = match (ipv4, ipv6, list) {
        (Some(block), _, _) => Destination::Ipv4(parsed("DestinationCidrBlock", block)?),
        (None, Some(block), _) => Destination::Ipv6 { everything: block == "::/0" },
        (None, None, Some(list)) => Destination::PrefixList(list.to_owned()),
        (None, None, None) => return Err(Unreadable("a route has no destination".to_owned())),
    };
    Ok(Route {
        destination,
        via: via(route),
        state: route.state().map_or_else(|| "not told".to_owned(), |state| state.as_str().to_owned()),
        propagated: route.origin().is_some_and(|origin| origin.as_str() == "EnableVgwRoutePropagation"),
    })
}

fn via(route: &types::Route) -> Via {
    let elsewhere = [
        ("transit gateway", route.transit_gateway_id()),
        ("VPC peering", route.vpc_peering_connection_id()),
        ("local gateway", route.local_gateway_id()),
        ("carrier gateway", route.carrier_gateway_id()),
        ("core network", route.core_network_arn()),
        ("Oracle database network", route.odb_network_arn()),
        ("egress-only internet gateway", route.egress_only_internet_gateway_id()),
        // The route to an instance has its network interface as well.
        ("instance", route.instance_id()),
        ("network interface", route.network_interface_id()),
        ("next hop of a route server", route.ip_address()),
    ];
    if let Some(id) = present(route.nat_gateway_id()) {
        return Via::Nat(id.to_owned());
    }
    match present(route.gateway_id()) {
        Some("local") => return Via::Local,
        Some(id) if id.starts_with("igw-") => return Via::InternetGateway(id.to_owned()),
        Some(id) if id.starts_with("vpce-") => return Via::Endpoint(id.to_owned()),
        Some(id) if id.starts_with("vgw-") => {
            return Via::Elsewhere("virtual private gateway", id.to_owned());
        }
        Some(id) => return Via::Elsewhere("gateway", id.to_owned()),
        None => {}
    }
    let found = elsewhere.into_iter().find_map(|(kind, id)| present(id).map(|id| (kind, id)));
    found.map_or(Via::Nowhere, |(kind, id)| Via::Elsewhere(kind, id.to_owned()))
}

fn read_nat(gateway: &types::NatGateway) -> Result<NatGateway, Unreadable> {
    let regional = gateway.availability_mode().is_some_and(|mode| mode.as_str() == "regional");
    let subnet = present(gateway.subnet_id()).filter(|_| !regional);
    Ok(NatGateway {
        id: required("NatGatewayId", gateway.nat_gateway_id())?.to_owned(),
        vpc: parsed_required("VpcId", gateway.vpc_id())?,
        state: required("State", gateway.state())?.as_str().to_owned(),
        connectivity: gateway.connectivity_type().map(|kind| kind.as_str().to_owned()),
        subnet: subnet.map(|id| parsed("SubnetId", id)).transpose()?,
        route_table: present(gateway.route_table_id()).filter(|_| regional).map(str::to_owned),
    })
}
