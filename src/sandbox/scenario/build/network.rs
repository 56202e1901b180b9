//! A network to VPCs, subnets, route tables, gateways, endpoints and security groups.

use std::collections::{BTreeMap, BTreeSet};

use crate::sandbox::scenario::model::{Egress, GroupEgress, GroupRef, NetworkSpec, Purpose, SubnetSpec};
use crate::sandbox::world::network::{
    Acl, AclEntry, Destination, Endpoint, InternetGateway, NatGateway, Network, Peer, Permission, Route,
    RouteTable, RouteTarget, SecurityGroup, Subnet, Tags, TransitAttachment, Vpc, Zone,
};

use super::Place;

const ANYWHERE: &str = "0.0.0.0/0";
const ANYWHERE_IPV6: &str = "::/0";

/// What an endpoint has whose policy nobody has changed.
const FULL_ACCESS: &str = r#"{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#;

/// Everything of a site's network but what its instances take.
pub(super) fn fill(network: &mut Network, place: &Place<'_>) {
    for zone in zones(place.site.region.as_str()) {
        network.zones.insert(zone.name.clone(), zone);
    }
    for spec in place.scenario.networks.iter().filter(|spec| spec.sites.contains(&place.at)) {
        let vpc = InVpc { place, spec, id: vpc_id(place, spec) };
        vpc.itself(network);
        vpc.subnets(network);
        vpc.gateways(network);
        vpc.route_tables(network);
        vpc.security_groups(network);
        vpc.endpoints(network);
    }
}

/// Subnets that are to have so many addresses left have them.
pub(super) fn set_free(network: &mut Network, place: &Place<'_>) {
    for spec in place.scenario.networks.iter().filter(|spec| spec.sites.contains(&place.at)) {
        for (at, subnet) in spec.subnets.iter().enumerate() {
            if let Some(free) = subnet.free
                && let Some(found) = network.subnets.get_mut(&subnet_id(place, spec, at))
            {
                found.free = free;
            }
        }
    }
}

/// The zones of a region. Which of them AWS gives the letter `a` differs between accounts; here it is the first.
fn zones(region: &str) -> Vec<Zone> {
    let zone = |(letter, number): (char, u8)| Zone {
        name: format!("{region}{letter}"),
        id: format!("{}-az{number}", short(region)),
        kind: "availability-zone".to_owned(),
    };
    [('a', 1), ('b', 2), ('c', 3)].into_iter().map(zone).collect()
}

/// A region as the ids of its zones have it: `use1`, `apse2`, `usgw1`.
fn short(region: &str) -> String {
    let word = |word: &str| match word {
        "northeast" => "ne".to_owned(),
        "northwest" => "nw".to_owned(),
        "southeast" => "se".to_owned(),
        "southwest" => "sw".to_owned(),
        "isob" => "ib".to_owned(),
        _ if word.len() <= 2 => word.to_owned(),
        _ => word.chars().take(1).collect(),
    };
    region.split('-').map(word).collect()
}

fn vpc_id(place: &Place<'_>, spec: &NetworkSpec) -> String {
    spec.id.clone().unwrap_or_else(|| place.id("vpc", &[&spec.name]))
}

/// The id of a network's subnet, by its position.
pub(super) fn subnet_id(place: &Place<'_>, spec: &NetworkSpec, subnet: usize) -> String {
    let subnet = spec.subnets.get(subnet);
    let drawn = || place.id("subnet", &[&spec.name, subnet.map_or("", |one| &one.name)]);
    subnet.and_then(|one| one.id.clone()).unwrap_or_else(drawn)
}

/// The id of one of a network's security groups.
pub(super) fn group_id(place: &Place<'_>, spec: &NetworkSpec, group: GroupRef) -> String {
    let own = match group {
        GroupRef::Own(at) => spec.groups.get(at),
        GroupRef::Default => None,
    };
    let drawn = || place.id("sg", &[&spec.name, own.map_or("default", |one| &one.name)]);
    own.and_then(|one| one.id.clone()).unwrap_or_else(drawn)
}

fn named(name: &str) -> Tags {
    Tags::from([("Name".to_owned(), name.to_owned())])
}

fn route(destination: &str, target: RouteTarget) -> Route {
    Route { destination: Destination::Ipv4(destination.to_owned()), target, blackhole: false }
}

/// A VPC that is being made.
struct InVpc<'a> {
    place: &'a Place<'a>,
    spec: &'a NetworkSpec,
    id: String,
}

impl InVpc<'_> {
    fn id(&self, prefix: &str, word: &str) -> String {
        self.place.id(prefix, &[&self.spec.name, word])
    }

    fn subnet(&self, at: usize) -> String {
        subnet_id(self.place, self.spec, at)
    }

    fn owner(&self) -> String {
        self.place.account.id.as_str().to_owned()
    }

    fn itself(&self, network: &mut Network) {
        let spec = self.spec;
        let vpc = Vpc {
            id: self.id.clone(),
            owner: self.owner(),
            cidr: spec.cidr.to_string(),
            tenancy: if spec.dedicated { "dedicated" } else { "default" }.to_owned(),
            is_default: spec.is_default,
            dhcp_options_id: self.place.id("dopt", &[]),
            dns_support: spec.dns,
            dns_hostnames: spec.dns,
            block_public_access: spec.block_public_access.to_owned(),
            tags: if spec.is_default { Tags::new() } else { named(&spec.name) },
        };
        network.vpcs.insert(self.id.clone(), vpc);
        let entry = |number, egress, allow| AclEntry {
            number,
            egress,
            allow,
            protocol: "-1".to_owned(),
            ports: None,
            cidr: ANYWHERE.to_owned(),
        };
        let id = self.id("acl", "");
        let acl = Acl {
            id: id.clone(),
            vpc_id: self.id.clone(),
            is_default: true,
            subnets: (0..spec.subnets.len()).map(|at| self.subnet(at)).collect(),
            entries: [false, true]
                .into_iter()
                .flat_map(|egress| [entry(100, egress, true), entry(32_767, egress, false)])
                .collect(),
            tags: Tags::new(),
        };
        network.acls.insert(id, acl);
    }

    fn subnets(&self, network: &mut Network) {
        for (at, spec) in self.spec.subnets.iter().enumerate() {
            let id = self.subnet(at);
            let subnet = Subnet {
                id: id.clone(),
                owner: self.owner(),
                vpc_id: self.id.clone(),
                cidr: spec.cidr.to_string(),
                zone: format!("{}{}", self.place.site.region, spec.zone),
                free: self.spec.room(at).unwrap_or(0),
                taken: BTreeSet::new(),
                map_public_ip_on_launch: spec.purpose == Purpose::Public,
                ipv6_cidr: self.spec.ipv6.then(|| self.ipv6_block(at)),
                ipv6_native: false,
                outpost_arn: None,
                tags: if self.spec.is_default { Tags::new() } else { named(&spec.name) },
            };
            network.subnets.insert(id, subnet);
        }
    }

    /// Internet gateways, NAT gateways and attachments of transit gateways.
    fn gateways(&self, network: &mut Network) {
        let spec = self.spec;
        let tags = || named(&spec.name);
        let public = spec.subnets.iter().any(|subnet| subnet.purpose == Purpose::Public);
        if public || spec.egress == Egress::InternetGateway {
            let id = self.id("igw", "");
            let gateway = InternetGateway { id: id.clone(), vpc_id: self.id.clone(), tags: tags() };
            network.internet_gateways.insert(id, gateway);
        }
        if let Some(at) = spec.nat_subnet() {
            self.nat_gateway(network, at);
        }
        if matches!(spec.egress, Egress::TransitGateway | Egress::PrivateNat) {
            let id = self.id("tgw-attach", "");
            let attachment = TransitAttachment {
                id: id.clone(),
                transit_gateway_id: self.place.id("tgw", &[]),
                vpc_id: self.id.clone(),
                subnets: spec.feet().into_iter().map(|at| self.subnet(at)).collect(),
                state: "available".to_owned(),
                tags: tags(),
            };
            network.transit_attachments.insert(id, attachment);
        }
    }

    fn nat_gateway(&self, network: &mut Network, at: usize) {
        let id = self.id("nat", "");
        let (state, connectivity) = match self.spec.egress {
            Egress::DeletedNat => ("deleted", "public"),
            Egress::PrivateNat => ("available", "private"),
            Egress::Nat
            | Egress::TransitGateway
            | Egress::Peering
            | Egress::InternetGateway
            | Egress::Endpoints
            | Egress::None => ("available", "public"),
        };
        let gateway = NatGateway {
            id: id.clone(),
            vpc_id: self.id.clone(),
            subnet_id: self.subnet(at),
            state: state.to_owned(),
            connectivity: connectivity.to_owned(),
            tags: named(&self.spec.name),
        };
        network.nat_gateways.insert(id, gateway);
    }

    /// The main table, one for all public subnets, and one for each that has its own.
    fn route_tables(&self, network: &mut Network) {
        let spec = self.spec;
        self.route_table(network, "main", Vec::new(), self.way_out());
        let all = || spec.subnets.iter().enumerate();
        let by_purpose = |purpose: Purpose| -> Vec<String> {
            let these = all().filter(|(_, subnet)| subnet.purpose == purpose);
            these.map(|(at, _)| self.subnet(at)).collect()
        };
        let public = by_purpose(Purpose::Public);
        if !public.is_empty() && !spec.is_default {
            let target = RouteTarget::InternetGateway(self.id("igw", ""));
            self.route_table(network, "public", public, Some(route(ANYWHERE, target)));
        }
        let nat = by_purpose(Purpose::Nat);
        if !nat.is_empty() {
            let target = RouteTarget::TransitGateway(self.place.id("tgw", &[]));
            self.route_table(network, "nat", nat, Some(route(ANYWHERE, target)));
        }
        let own = |subnet: &SubnetSpec| subnet.own_table && subnet.purpose == Purpose::Private;
        for (at, subnet) in all().filter(|(_, subnet)| own(subnet)) {
            // Not the name alone: a subnet may be called `main`.
            let word = format!("of-{}", subnet.name);
            self.route_table(network, &word, vec![self.subnet(at)], self.way_out());
        }
    }

    fn route_table(&self, network: &mut Network, word: &str, subnets: Vec<String>, out: Option<Route>) {
        let id = self.id("rtb", word);
        let mut routes = vec![route(&self.spec.cidr.to_string(), RouteTarget::Local)];
        routes.extend(out);
        if self.spec.ipv6 {
            let destination = Destination::Ipv6(ANYWHERE_IPV6.to_owned());
            let target = RouteTarget::EgressOnlyInternetGateway(self.id("eigw", ""));
            routes.push(Route { destination, target, blackhole: false });
        }
        if self.spec.endpoints.iter().any(|service| service == "s3") {
            let target = RouteTarget::Endpoint(self.id("vpce", "s3"));
            let destination = Destination::PrefixList(self.prefix_list());
            routes.push(Route { destination, target, blackhole: false });
        }
        let tags =
            if self.spec.is_default { Tags::new() } else { named(&format!("{}-{word}", self.spec.name)) };
        let (vpc_id, main) = (self.id.clone(), subnets.is_empty());
        network.route_tables.insert(id.clone(), RouteTable { id, vpc_id, main, subnets, routes, tags });
    }

    /// The addresses of S3 in the region.
    fn prefix_list(&self) -> String {
        let region = self.place.site.region.as_str();
        format!("pl-{}", self.place.scenario.seed.draw(&["prefix-list", "s3", region]).hex(8))
    }

    /// The IPv6 block of a subnet: 256 of them fit into a VPC's /56.
    fn ipv6_block(&self, subnet: usize) -> String {
        let vpc = self.place.scenario.seed.draw(&["ipv6", &self.id]).hex(6);
        format!("2600:1f18:{}:{}{subnet:02x}::/64", &vpc[..4], &vpc[4..])
    }

    /// The route that private subnets have to the rest of the world.
    fn way_out(&self) -> Option<Route> {
        let target = match self.spec.egress {
            Egress::Nat | Egress::PrivateNat | Egress::DeletedNat => {
                RouteTarget::NatGateway(self.id("nat", ""))
            }
            Egress::TransitGateway => RouteTarget::TransitGateway(self.place.id("tgw", &[])),
            Egress::Peering => RouteTarget::Peering(self.id("pcx", "")),
            Egress::InternetGateway => RouteTarget::InternetGateway(self.id("igw", "")),
            Egress::Endpoints | Egress::None => return None,
        };
        let blackhole = self.spec.egress == Egress::DeletedNat;
        Some(Route { blackhole, ..route(ANYWHERE, target) })
    }

    fn security_groups(&self, network: &mut Network) {
        let spec = self.spec;
        let id = group_id(self.place, spec, GroupRef::Default);
        let itself = Permission { protocol: "-1".to_owned(), ports: None, peer: Peer::Group(id.clone()) };
        let everything = self.everything();
        self.group(network, (id, "default", "default VPC security group"), (vec![itself], everything));
        for (at, group) in spec.groups.iter().enumerate() {
            let egress = match group.egress {
                GroupEgress::All => self.everything(),
                GroupEgress::S3 => {
                    let peer = Peer::PrefixList(self.prefix_list());
                    vec![Permission { peer, ..permission("tcp", Some(443), "") }]
                }
                GroupEgress::Https => vec![permission("tcp", Some(443), ANYWHERE)],
                GroupEgress::Vpc => vec![permission("-1", None, &spec.cidr.to_string())],
                GroupEgress::None => Vec::new(),
            };
            let id = group_id(self.place, spec, GroupRef::Own(at));
            self.group(network, (id, &group.name, &group.name), (Vec::new(), egress));
        }
        if spec.endpoints.iter().any(|service| service != "s3") {
            let ingress = vec![permission("tcp", Some(443), &spec.cidr.to_string())];
            let egress = vec![permission("-1", None, ANYWHERE)];
            let id = self.id("sg", "interface endpoints");
            self.group(network, (id, "endpoints", "interface endpoints"), (ingress, egress));
        }
    }

    /// The rules that a new group has: everything may go out.
    fn everything(&self) -> Vec<Permission> {
        let ipv4 = permission("-1", None, ANYWHERE);
        let ipv6 = Permission { peer: Peer::Ipv6(ANYWHERE_IPV6.to_owned()), ..ipv4.clone() };
        if self.spec.ipv6 { vec![ipv4, ipv6] } else { vec![ipv4] }
    }

    fn group(
        &self,
        network: &mut Network,
        (id, name, description): (String, &str, &str),
        (ingress, egress): (Vec<Permission>, Vec<Permission>),
    ) {
        let group = SecurityGroup {
            id: id.clone(),
            owner: self.owner(),
            vpc_id: self.id.clone(),
            name: name.to_owned(),
            description: description.to_owned(),
            ingress,
            egress,
            tags: Tags::new(),
        };
        network.security_groups.insert(id, group);
    }

    fn endpoints(&self, network: &mut Network) {
        let tables: BTreeMap<&String, &RouteTable> =
            network.route_tables.iter().filter(|(_, table)| table.vpc_id == self.id).collect();
        let tables: Vec<String> = tables.into_keys().cloned().collect();
        let feet: Vec<String> = self.spec.feet().into_iter().map(|at| self.subnet(at)).collect();
        let region = &self.place.site.region;
        for service in &self.spec.endpoints {
            let gateway = service == "s3";
            let id = self.id("vpce", service);
            let endpoint = Endpoint {
                id: id.clone(),
                vpc_id: self.id.clone(),
                service_name: match service.as_str() {
                    "notebook" => format!("aws.sagemaker.{region}.notebook"),
                    other => format!("com.amazonaws.{region}.{other}"),
                },
                kind: if gateway { "Gateway" } else { "Interface" }.to_owned(),
                state: "available".to_owned(),
                route_tables: if gateway { tables.clone() } else { Vec::new() },
                subnets: if gateway { Vec::new() } else { feet.clone() },
                security_groups: if gateway {
                    Vec::new()
                } else {
                    vec![self.id("sg", "interface endpoints")]
                },
                private_dns: !gateway && self.spec.dns,
                policy_document: FULL_ACCESS.to_owned(),
                tags: named(service),
            };
            network.endpoints.insert(id, endpoint);
        }
    }
}

fn permission(protocol: &str, port: Option<u16>, cidr: &str) -> Permission {
    let (protocol, ports) = (protocol.to_owned(), port.map(|port| (port, port)));
    Permission { protocol, ports, peer: Peer::Ipv4(cidr.to_owned()) }
}
