//! A network to VPCs, subnets, route tables, gateways, endpoints and security groups.

use std::collections::BTreeSet;

use crate::sandbox::names::partition;
use crate::sandbox::scenario::egress::Purpose;
use crate::sandbox::scenario::subnet::SubnetKind;
use crate::sandbox::world::network::{Acl, AclEntry, Network, Subnet, Tags, Vpc, Zone};

use super::in_vpc::{ANYWHERE, InVpc, named, subnet_id, vpc_id};
use super::place::Place;

/// Everything of a site's network but what its instances take.
pub(super) fn fill(network: &mut Network, place: &Place<'_>) {
    let region = place.site.region.as_str();
    for zone in zones(region) {
        network.zones.insert(zone.name.clone(), zone);
    }
    let here = || place.here(&place.scenario.networks).map(|(_, spec)| spec);
    for letter in here().flat_map(|spec| &spec.subnets).map(|subnet| subnet.zone) {
        network.zones.extend(edge_zone(region, letter).map(|zone| (zone.name.clone(), zone)));
    }
    for subnet in here().flat_map(|spec| &spec.subnets) {
        if let Some(zone) = network.zones.get_mut(&zone_name(region, subnet.zone)) {
            zone.lacks.extend(subnet.lacks.iter().cloned());
        }
    }
    for spec in here() {
        let vpc = InVpc { place, spec, id: vpc_id(place, spec) };
        vpc.itself(network);
        vpc.subnets(network);
        if let Some(nat) = spec.nat() {
            vpc.nat_gateway(network, nat);
        }
        vpc.route_tables(network);
        vpc.security_groups(network);
        vpc.endpoints(network);
        vpc.load_balancers(network);
    }
}

/// Subnets that are to have so many addresses left have them.
pub(super) fn set_free(network: &mut Network, place: &Place<'_>) {
    for (_, spec) in place.here(&place.scenario.networks) {
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
        lacks: BTreeSet::new(),
    };
    [('a', 1), ('b', 2), ('c', 3)].into_iter().map(zone).collect()
}

/// A zone outside the region itself, if the letter stands for one.
fn edge_zone(region: &str, letter: char) -> Option<Zone> {
    let (end, kind) = match letter {
        'l' => ("lax-1a", "local-zone"),
        'w' => ("wl1-las-wlz-1", "wavelength-zone"),
        _ => return None,
    };
    let id = format!("{}-{}", short(region), end.replace("-1a", "1-az1"));
    Some(Zone { name: format!("{region}-{end}"), id, kind: kind.to_owned(), lacks: BTreeSet::new() })
}

/// The name of the zone that a letter stands for.
fn zone_name(region: &str, letter: char) -> String {
    edge_zone(region, letter).map_or_else(|| format!("{region}{letter}"), |zone| zone.name)
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

fn acl_entry(number: u32, egress: bool, allow: bool) -> AclEntry {
    let (protocol, cidr) = ("-1".to_owned(), ANYWHERE.to_owned());
    AclEntry { number, egress, allow, protocol, ports: None, cidr }
}

impl InVpc<'_> {
    fn itself(&self, network: &mut Network) {
        let spec = self.spec;
        let vpc = Vpc {
            id: self.id.clone(),
            owner: self.owner(),
            cidr: spec.cidr.to_string(),
            tenancy: if spec.dedicated { "dedicated" } else { "default" }.to_owned(),
            is_default: spec.is_default(),
            dhcp_options_id: self.place.id("dopt", &[]),
            dns_support: spec.dns,
            dns_hostnames: spec.dns_hostnames.unwrap_or(spec.dns),
            block_public_access: spec.block_public_access.to_owned(),
            tags: if spec.is_default() { Tags::new() } else { named(&spec.name) },
        };
        network.vpcs.insert(self.id.clone(), vpc);
        let all = 0..spec.subnets.len();
        let has_own = |at: &usize| spec.subnets.get(*at).is_some_and(|subnet| subnet.acl.is_some());
        let (own, usual): (Vec<usize>, Vec<usize>) = all.partition(has_own);
        let open = [false, true].map(|egress| acl_entry(100, egress, true)).to_vec();
        self.acl(network, ("", true), usual.into_iter().map(|at| self.subnet(at)).collect(), open);
        for at in own {
            let Some(subnet) = spec.subnets.get(at) else { continue };
            let entries = subnet.acl.clone().unwrap_or_default();
            self.acl(network, (&format!("of-{}", subnet.name), false), vec![self.subnet(at)], entries);
        }
    }

    fn acl(
        &self,
        network: &mut Network,
        (word, is_default): (&str, bool),
        subnets: Vec<String>,
        mut entries: Vec<AclEntry>,
    ) {
        entries.extend([false, true].map(|egress| acl_entry(32_767, egress, false)));
        let (id, vpc_id, tags) = (self.id("acl", word), self.id.clone(), Tags::new());
        network.acls.insert(id.clone(), Acl { id, vpc_id, is_default, subnets, entries, tags });
    }

    fn subnets(&self, network: &mut Network) {
        for (at, spec) in self.spec.subnets.iter().enumerate() {
            let id = self.subnet(at);
            let subnet = Subnet {
                id: id.clone(),
                owner: self.owner(),
                vpc_id: self.id.clone(),
                cidr: spec.cidr.to_string(),
                zone: zone_name(self.place.site.region.as_str(), spec.zone),
                free: self.spec.room(at).unwrap_or(0),
                taken: BTreeSet::new(),
                map_public_ip_on_launch: spec.purpose == Purpose::Public,
                ipv6_cidr: (spec.ipv6.unwrap_or(self.spec.ipv6) || spec.kind == SubnetKind::Ipv6Native)
                    .then(|| self.ipv6_block(at)),
                ipv6_native: spec.kind == SubnetKind::Ipv6Native,
                outpost_arn: (spec.kind == SubnetKind::Outpost).then(|| self.outpost()),
                block_public_access: spec.block_public_access.map(str::to_owned),
                tags: if self.spec.is_default() { Tags::new() } else { named(&spec.name) },
            };
            network.subnets.insert(id, subnet);
        }
    }

    fn outpost(&self) -> String {
        let (region, owner) = (&self.place.site.region, self.owner());
        format!("arn:{}:outposts:{region}:{owner}:outpost/{}", partition(region.as_str()), self.id("op", ""))
    }

    /// The IPv6 block of a subnet: 256 of them fit into a VPC's /56.
    fn ipv6_block(&self, subnet: usize) -> String {
        let vpc = self.place.scenario.seed.draw(&["ipv6", &self.id]).hex(6);
        format!("2600:1f18:{}:{}{subnet:02x}::/64", &vpc[..4], &vpc[4..])
    }
}
