//! VPC endpoints, and the services that there can be endpoints for.

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

/// Services that there can be endpoints for.
pub(super) const VPC_ENDPOINT_SERVICES: Listing = Listing {
    operation: "DescribeVpcEndpointServices",
    set: "serviceDetailSet",
    key: &["serviceName", "serviceId"],
    ids: &[Ids {
        parameter: "ServiceName",
        path: "serviceName",
        shape: None,
        missing: ("InvalidServiceName", "The Vpc Endpoint Service '{}' does not exist"),
    }],
    filters: &[
        ("owner", "owner"),
        ("service-name", "serviceName"),
        ("service-region", "serviceRegion"),
        ("service-type", "serviceType/serviceType"),
        ("supported-ip-address-types", "supportedIpAddressTypeSet"),
        TAG_KEY,
    ],
    pages: Pages::Capped,
    before: names,
    all: services,
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

/// The services that a notebook instance has to do with, by what follows the region, and their kinds. The names
/// are the SageMaker developer guide's and moto 5.2.5's [M]; AWS has hundreds more.
const SERVICES: [(&str, &str); 25] = [
    ("s3", "Gateway"),
    ("s3", "Interface"),
    ("dynamodb", "Gateway"),
    ("sagemaker.api", "Interface"),
    ("sagemaker.runtime", "Interface"),
    ("sagemaker.featurestore-runtime", "Interface"),
    ("sts", "Interface"),
    ("logs", "Interface"),
    ("monitoring", "Interface"),
    ("events", "Interface"),
    ("ec2", "Interface"),
    ("ecr.api", "Interface"),
    ("ecr.dkr", "Interface"),
    ("kms", "Interface"),
    ("secretsmanager", "Interface"),
    ("ssm", "Interface"),
    ("codecommit", "Interface"),
    ("git-codecommit", "Interface"),
    ("codeartifact.api", "Interface"),
    ("codeartifact.repositories", "Interface"),
    ("elasticfilesystem", "Interface"),
    ("glue", "Interface"),
    ("athena", "Interface"),
    ("redshift-data", "Interface"),
    ("bedrock-runtime", "Interface"),
];

/// Every service, each of its kinds apart.
fn services(view: &View<'_>) -> Result<Vec<Node>, AwsError> {
    let region = view.region;
    // In China some names begin with `cn.com.amazonaws`; which ones is not known here.
    let names = SERVICES.map(|(name, kind)| (format!("com.amazonaws.{region}.{name}"), kind));
    let notebooks = (format!("aws.sagemaker.{region}.notebook"), "Interface");
    Ok(names.into_iter().chain([notebooks]).map(|(name, kind)| one_service(view, &name, kind)).collect())
}

fn one_service(view: &View<'_>, name: &str, kind: &str) -> Node {
    // A gateway has no addresses of its own: the service's public name leads through it.
    let base = match kind {
        "Gateway" => domain(name).replace(".vpce.", "."),
        _ => domain(name),
    };
    let zones = || view.network.zones.values().filter(|zone| zone.kind == "availability-zone");
    resource(vec![
        text("serviceName", name),
        text("serviceId", view.id("vpce-svc", &[name, kind])),
        set("serviceType", [vec![text("serviceType", kind)]]),
        text("serviceRegion", view.region),
        strings("availabilityZoneIdSet", zones().map(|zone| &zone.id)),
        strings("availabilityZoneSet", zones().map(|zone| &zone.name)),
        text("owner", "amazon"),
        strings("baseEndpointDnsNameSet", [base]),
        text("vpcEndpointPolicySupported", true),
        text("acceptanceRequired", false),
        text("managesVpcEndpoints", false),
        group("tagSet", Vec::new()),
        strings("supportedIpAddressTypeSet", ["ipv4"]),
    ])
}

/// The list of names that goes before the services themselves.
fn names(services: &Node) -> Option<Node> {
    let mut names: Vec<&str> = services.items().map(|one| one.value("serviceName")).collect();
    names.sort_unstable();
    names.dedup();
    Some(strings("serviceNameSet", names))
}
