//! VPC endpoints.

use crate::sandbox::answer::AwsError;
use crate::sandbox::service::xml::{Node, group, optional, set, strings, text};
use crate::sandbox::world::network::Endpoint;

use super::filter::TAG_KEY;
use super::listing::{Ids, Listing, Pages, resource};
use super::view::{View, tags};

/// Endpoints.
pub(super) const VPC_ENDPOINTS: Listing = Listing {
    operation: "DescribeVpcEndpoints",
    set: "vpcEndpointSet",
    key: &["vpcEndpointId"],
    ids: &[Ids {
        parameter: "VpcEndpointId",
        path: "vpcEndpointId",
        shape: Some(("vpce-", "InvalidVpcEndpointId.Malformed")),
        missing: ("InvalidVpcEndpointId.NotFound", "The Vpc Endpoint Id '{}' does not exist"),
    }],
    filters: &[
        ("ip-address-type", "ipAddressType"),
        ("service-name", "serviceName"),
        ("service-region", "serviceRegion"),
        TAG_KEY,
        ("vpc-id", "vpcId"),
        ("vpc-endpoint-id", "vpcEndpointId"),
        ("vpc-endpoint-state", "state"),
        ("vpc-endpoint-type", "vpcEndpointType"),
    ],
    pages: Pages::Capped,
    all: endpoints,
    ..Listing::PLAIN
};

/// Every endpoint. Its state is in lower case, unlike its enumeration (AWS CLI's own example output).
fn endpoints(view: &View<'_>) -> Result<Vec<Node>, AwsError> {
    Ok(view.network.endpoints.values().map(|endpoint| one_endpoint(view, endpoint)).collect())
}

fn one_endpoint(view: &View<'_>, endpoint: &Endpoint) -> Node {
    let named = |id: &String| {
        let name = view.network.security_groups.get(id).map(|one| &one.name);
        [vec![text("groupId", id)], optional("groupName", name).into_iter().collect()].concat()
    };
    let interface = endpoint.kind == "Interface";
    let dns = interface
        .then(|| vec![text("dnsName", format!("{}.{}", endpoint.id, domain(&endpoint.service_name)))]);
    let interfaces = endpoint.subnets.iter().filter(|_| interface);
    let interfaces = interfaces.map(|subnet| view.id("eni", &["endpoint", &endpoint.id, subnet]));
    resource(vec![
        text("vpcEndpointId", &endpoint.id),
        text("vpcEndpointType", &endpoint.kind),
        text("vpcId", &endpoint.vpc_id),
        text("serviceName", &endpoint.service_name),
        text("state", endpoint.state.to_ascii_lowercase()),
        text("policyDocument", &endpoint.policy_document),
        strings("routeTableIdSet", &endpoint.route_tables),
        strings("subnetIdSet", &endpoint.subnets),
        set("groupSet", endpoint.security_groups.iter().map(named)),
        text("ipAddressType", "ipv4"),
        group(
            "dnsOptions",
            vec![text("dnsRecordIpType", if interface { "ipv4" } else { "service-defined" })],
        ),
        text("privateDnsEnabled", endpoint.private_dns),
        text("requesterManaged", false),
        strings("networkInterfaceIdSet", interfaces),
        set("dnsEntrySet", dns),
        text("creationTimestamp", view.created(&endpoint.id)),
        tags(&endpoint.tags),
        text("ownerId", view.owner(&endpoint.vpc_id)),
        text("serviceRegion", view.region),
    ])
}

/// The domain of a service's interface endpoints, as DescribeVpcEndpointServices tells it: the service's name with
/// its own part backwards. `com.amazonaws.us-east-1.ecr.api` has `api.ecr.us-east-1.vpce.amazonaws.com`, and
/// `aws.sagemaker.us-east-1.notebook` has `notebook.us-east-1.vpce.sagemaker.aws`.
fn domain(service_name: &str) -> String {
    let parts: Vec<&str> = service_name.split('.').collect();
    let [top, company, region, own @ ..] = parts.as_slice() else { return service_name.to_owned() };
    let own: Vec<&str> = own.iter().rev().copied().collect();
    format!("{}.{region}.vpce.{company}.{top}", own.join("."))
}
