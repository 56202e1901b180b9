//! EC2, as far as networks go: descriptions, and a dry run of the one call that SageMaker makes in a caller's name. Query protocol, XML answers, version 2016-11-15.

mod acls;
mod dhcp;
mod endpoints;
mod filter;
mod groups;
mod interfaces;
mod listing;
mod routes;
#[cfg(test)]
mod tests;
mod view;
mod vpcs;
mod zones;

use crate::sandbox::answer::{AwsError, Reply};
use crate::sandbox::service::Call;
use crate::sandbox::service::query::Query;
use crate::sandbox::service::xml::{self, text};
use crate::sandbox::trouble;

use listing::Listing;
use view::View;

/// The namespace of every answer [B].
const NAMESPACE: &str = "http://ec2.amazonaws.com/doc/2016-11-15/";

/// Every operation that lists resources.
const LISTINGS: [Listing; 12] = [
    vpcs::VPCS,
    vpcs::SUBNETS,
    dhcp::DHCP_OPTIONS,
    groups::SECURITY_GROUPS,
    routes::ROUTE_TABLES,
    routes::NAT_GATEWAYS,
    endpoints::VPC_ENDPOINTS,
    acls::NETWORK_ACLS,
    interfaces::NETWORK_INTERFACES,
    zones::REGIONS,
    zones::AVAILABILITY_ZONES,
    zones::INSTANCE_TYPE_OFFERINGS,
];

/// The one operation that lists nothing.
const ATTRIBUTE: &str = "DescribeVpcAttribute";

/// The one operation that would change something: there are dry runs of it alone.
const CREATE_INTERFACE: &str = "CreateNetworkInterface";

/// Every operation.
pub(super) fn operations() -> Vec<&'static str> {
    LISTINGS.iter().map(|listing| listing.operation).chain([ATTRIBUTE, CREATE_INTERFACE]).collect()
}

/// Answers one call.
pub(super) fn answer(call: &mut Call<'_>) -> Result<Reply, AwsError> {
    let (request, caller, request_id) = (call.request, call.caller, call.request_id);
    let (operation, region) = (request.operation.as_str(), call.region.clone());
    let sites = call.world.accounts.get(&caller.account).into_iter().flat_map(|one| one.sites.keys());
    let enabled: Vec<String> = sites.map(|region| region.as_str().to_owned()).collect();
    let seed = call.world.seed;
    let (site, _) = call.site()?;
    let view = View {
        network: &site.network,
        account: caller.account.as_str(),
        region: region.as_str(),
        enabled: &enabled,
        query: Query::of(request),
        seed,
    };
    let members = match LISTINGS.iter().find(|listing| listing.operation == operation) {
        Some(listing) => listing.answer(&view)?,
        None if operation == ATTRIBUTE => vpcs::attribute(&view)?,
        None if operation == CREATE_INTERFACE => return Err(interfaces::create(&view)),
        None => return Err(trouble::unknown_operation(request.service, operation)),
    };
    let members = [vec![text("requestId", request_id)], members].concat();
    Ok(Reply::Xml(xml::document(&format!("{operation}Response"), NAMESPACE, &members)))
}
