//! Pure: where requests come from.

use super::network::Network;
use super::notebook::{Settings, Switch};

/// Where requests come from: conditions of policies ask for it, and a socket on loopback does not tell. Who runs an instance
/// knows: a worker on it comes from there, and so does a session (`World::open_session`) that is opened with the place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Place {
    /// From anywhere that is no VPC endpoint.
    #[default]
    Internet,
    /// Through an endpoint of a VPC, each by its id.
    Endpoint { endpoint: String, vpc: String },
}

impl Place {
    /// Where the requests of an instance for S3 come from. Direct internet access goes past the VPC. Whether its subnet reaches
    /// S3 at all is not looked at.
    pub(super) fn of(network: &Network, settings: &Settings) -> Place {
        let subnet = settings.subnet_id.as_ref().and_then(|id| network.subnets.get(id));
        let Some(subnet) = subnet.filter(|_| settings.direct_internet_access == Switch::Disabled) else {
            return Place::Internet;
        };
        let tables = || network.route_tables.values().filter(|table| table.vpc_id == subnet.vpc_id);
        let own = tables().find(|table| table.subnets.contains(&subnet.id));
        let table = own.or_else(|| tables().find(|table| table.main)).map(|table| &table.id);
        let mut endpoints = network.endpoints.values().filter(|endpoint| {
            let is_s3 = endpoint.service_name.ends_with(".s3");
            is_s3 && endpoint.vpc_id == subnet.vpc_id && endpoint.state == "available"
        });
        let leads = endpoints.find(|endpoint| match endpoint.kind.as_str() {
            "Gateway" => table.is_some_and(|table| endpoint.route_tables.contains(table)),
            _ => endpoint.private_dns,
        });
        leads.map_or(Place::Internet, |endpoint| Place::Endpoint {
            endpoint: endpoint.id.clone(),
            vpc: endpoint.vpc_id.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::scenario::parse;

    const SCENARIO: &str = r#"
format = 1
[[account]]
id = "111111111111"
regions = ["us-east-1"]
[[network]]
name = "with-gateway"
cidr = "10.1.0.0/16"
egress = "endpoints"
endpoints = ["s3"]
[[network]]
name = "with-nat"
cidr = "10.2.0.0/16"
[[notebook]]
name = "by-gateway"
network = "with-gateway"
direct_internet_access = "Disabled"
[[notebook]]
name = "past-the-vpc"
network = "with-gateway"
[[notebook]]
name = "by-nat"
network = "with-nat"
direct_internet_access = "Disabled"
[[notebook]]
name = "without-vpc"
"#;

    #[test]
    fn only_what_has_no_direct_internet_access_comes_through_the_endpoint_of_its_own_table() {
        let world = parse("places", SCENARIO).unwrap().world(jiff::Timestamp::UNIX_EPOCH);
        let site = world.accounts.values().next().unwrap().sites.values().next().unwrap();
        let [endpoint] = site.network.endpoints.values().collect::<Vec<_>>()[..] else {
            panic!("one endpoint")
        };
        let through = Place::Endpoint { endpoint: endpoint.id.clone(), vpc: endpoint.vpc_id.clone() };
        for (name, expected) in [
            ("by-gateway", &through),
            ("past-the-vpc", &Place::Internet),
            ("by-nat", &Place::Internet),
            ("without-vpc", &Place::Internet),
        ] {
            let settings = &site.notebook(name).unwrap().settings;
            assert_eq!(Place::of(&site.network, settings), *expected, "{name}");
        }
    }
}
