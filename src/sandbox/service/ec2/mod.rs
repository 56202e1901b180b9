//! EC2, as far as networks go: descriptions, and a dry run of the one call that SageMaker makes in a caller's name. Query protocol, XML answers, version 2016-11-15.

mod acls;
mod dhcp;
mod endpoints;
mod filter;
mod groups;
mod interfaces;
mod listing;
mod places;
mod routes;
#[cfg(test)]
mod tests;
mod vpcs;

use jiff::Timestamp;

use crate::sandbox::answer::{AwsError, Reply};
use crate::sandbox::chance::Seed;
use crate::sandbox::names::partition;
use crate::sandbox::service::Call;
use crate::sandbox::service::query::Query;
use crate::sandbox::service::xml::{self, Node, group, set, text};
use crate::sandbox::trouble;
use crate::sandbox::world::network::{Network, Tags};

use listing::Listing;

/// The namespace of every answer [B].
const NAMESPACE: &str = "http://ec2.amazonaws.com/doc/2016-11-15/";

/// Every operation that lists resources.
const LISTINGS: [Listing; 18] = [
    vpcs::VPCS,
    vpcs::SUBNETS,
    dhcp::DHCP_OPTIONS,
    groups::SECURITY_GROUPS,
    groups::SECURITY_GROUP_RULES,
    groups::SECURITY_GROUPS_FOR_VPC,
    routes::ROUTE_TABLES,
    routes::NAT_GATEWAYS,
    routes::INTERNET_GATEWAYS,
    routes::TRANSIT_GATEWAY_VPC_ATTACHMENTS,
    routes::TRANSIT_GATEWAY_ATTACHMENTS,
    endpoints::VPC_ENDPOINTS,
    endpoints::VPC_ENDPOINT_SERVICES,
    acls::NETWORK_ACLS,
    interfaces::NETWORK_INTERFACES,
    places::REGIONS,
    places::AVAILABILITY_ZONES,
    places::INSTANCE_TYPE_OFFERINGS,
];

/// The one operation that lists nothing.
const ATTRIBUTE: &str = "DescribeVpcAttribute";

/// The one operation that would change something: there are dry runs of it alone.
const CREATE_INTERFACE: &str = "CreateNetworkInterface";

/// Every operation.
pub(super) fn operations() -> Vec<&'static str> {
    LISTINGS.iter().map(|listing| listing.operation).chain([ATTRIBUTE, CREATE_INTERFACE]).collect()
}

/// What an answer is made of.
#[derive(Clone, Copy)]
struct View<'a> {
    network: &'a Network,
    account: &'a str,
    region: &'a str,
    /// Every region that the account has enabled.
    enabled: &'a [String],
    query: Query<'a>,
    seed: Seed,
}

impl View<'_> {
    /// An id that the world does not keep, the same in every answer: of this kind, for that thing.
    fn id(&self, kind: &str, of: &[&str]) -> String {
        let words = [&["ec2", self.account, self.region, kind], of].concat();
        format!("{kind}-{}", self.seed.draw(&words).hex(17))
    }

    /// When a thing was made that the world keeps no time of: in the years from 2021 to 2024.
    fn created(&self, id: &str) -> Timestamp {
        const FROM: i64 = 1_609_459_200;
        const YEARS: u64 = 4 * 365 * 86_400;
        let after = self.seed.draw(&["ec2", "created", id]).below(YEARS);
        Timestamp::from_second(FROM.saturating_add_unsigned(after)).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    fn arn(&self, owner: &str, resource: &str) -> String {
        format!("arn:{}:ec2:{}:{owner}:{resource}", partition(self.region), self.region)
    }

    /// Who owns a VPC; the account itself where the VPC is not in the world.
    fn owner(&self, vpc_id: &str) -> &str {
        self.network.vpcs.get(vpc_id).map_or(self.account, |vpc| &vpc.owner)
    }

    fn zone_id(&self, zone: &str) -> Option<&str> {
        self.network.zones.get(zone).map(|zone| zone.id.as_str())
    }
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

/// The tags of a resource.
fn tags(tags: &Tags) -> Node {
    set("tagSet", tags.iter().map(|(key, value)| vec![text("key", key), text("value", value)]))
}

/// A structure that has a state and nothing else.
fn state(name: &'static str, state: &str) -> Node {
    group(name, vec![text("state", state)])
}

fn missing_parameter(name: &str) -> AwsError {
    AwsError::new(400, "MissingParameter", format!("The request must contain the parameter {name}"))
}

fn dry_run() -> AwsError {
    AwsError::new(412, "DryRunOperation", "Request would have succeeded, but DryRun flag is set.")
}
