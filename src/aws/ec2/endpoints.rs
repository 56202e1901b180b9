//! VPC endpoints.

use aws_sdk_ec2::types;

use crate::aws::answer::{Unreadable, parsed, parsed_required, required};
use crate::network::Endpoint;

use super::listing::listing;

listing!(
    /// VPC endpoints.
    endpoints: Endpoint, "DescribeVpcEndpoints", describe_vpc_endpoints, filters, 1000, vpc_endpoints, read_endpoint
);

fn read_endpoint(endpoint: &types::VpcEndpoint) -> Result<Endpoint, Unreadable> {
    // Such private DNS answers those alone who come in through Route 53 Resolver from outside the VPC.
    let inbound = endpoint.dns_options().and_then(|dns| dns.private_dns_only_for_inbound_resolver_endpoint());
    let groups = endpoint.groups().iter().map(|group| parsed_required("GroupId", group.group_id()));
    Ok(Endpoint {
        id: required("VpcEndpointId", endpoint.vpc_endpoint_id())?.to_owned(),
        vpc: parsed_required("VpcId", endpoint.vpc_id())?,
        service: endpoint.service_name().unwrap_or_default().to_owned(),
        kind: required("VpcEndpointType", endpoint.vpc_endpoint_type())?.as_str().to_owned(),
        // The model has `Available`, the wire `available`: the SDK takes it for a state that it does not know.
        state: required("State", endpoint.state())?.as_str().to_ascii_lowercase(),
        route_tables: endpoint.route_table_ids().to_vec(),
        subnets: endpoint.subnet_ids().iter().map(|id| parsed("SubnetId", id)).collect::<Result<_, _>>()?,
        groups: groups.collect::<Result<_, _>>()?,
        private_dns: endpoint.private_dns_enabled() == Some(true) && inbound != Some(true),
    })
}
