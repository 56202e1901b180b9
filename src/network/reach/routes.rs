//! Pure: which route packets take, and where it leads.

use crate::network::{Addresses, CheckVerdict, Destination, NatGateway, Route, RouteTable, Via};

use super::ban;
use super::finding::Finding;
use super::place::Location;
use super::rules::{ANSWERS, Crossing, HTTPS, crosses};

/// The routes that packets to some of these addresses take, each with the addresses that it wins, and the addresses
/// that none is for. The longest prefix wins, and among equals the one that someone made (VPC User Guide, "Route
/// priority").
pub(super) fn shares<'r>(
    routes: &'r [Route],
    wanted: &Addresses,
) -> (Vec<(&'r Route, Addresses)>, Addresses) {
    let mut ordered: Vec<_> = routes
        .iter()
        .filter_map(|route| match &route.destination {
            Destination::Ipv4(block) => Some((*block, route)),
            Destination::Ipv6 { .. } | Destination::PrefixList(_) => None,
        })
        .collect();
    ordered.sort_by_key(|(block, route)| (std::cmp::Reverse(block.bits()), route.propagated));
    let mut left = wanted.clone();
    let mut shares = Vec::new();
    for (block, route) in ordered {
        let won = left.common(&block.into());
        if !won.is_empty() {
            left = left.without(&won);
            shares.push((route, won));
        }
    }
    (shares, left)
}

/// Whether the table of the subnet leads to the internet.
pub(super) fn to_internet(place: &Location<'_>) -> Finding {
    match place.table_of(&place.subnet.id) {
        Ok(table) => through(place, table, &|route| from_notebook(place, route)),
        Err(finding) => finding,
    }
}

type Leads<'a> = dyn Fn(&Route) -> Finding + 'a;

/// Whether a table leads to the internet, where `leads` tells it of each route. The default route decides, and narrower
/// ones that lead elsewhere are told; where there is none all others together must be for every address.
fn through(place: &Location<'_>, table: &RouteTable, leads: &Leads<'_>) -> Finding {
    let (shares, left) = shares(&table.routes, &place.internet());
    let told = named(table);
    let findings: Vec<(&Route, Finding)> =
        shares.iter().map(|(route, _)| (*route, within(&told, route, leads(route)))).collect();
    if let Some((_, default)) = findings.iter().find(|(route, _)| bits(route) == Some(0)) {
        let mut default = default.clone();
        let others = findings
            .iter()
            .filter(|(_, one)| default.verdict == CheckVerdict::Yes && one.verdict != CheckVerdict::Yes);
        let exceptions: Vec<&str> = others.flat_map(|(_, one)| &one.evidence).map(String::as_str).collect();
        if !exceptions.is_empty() {
            default.evidence.push(format!("but {}", exceptions.join("; ")));
        }
        return default;
    }
    if findings.is_empty() {
        return no_route(place, table, &told);
    }
    let same = |verdict| findings.iter().all(|(_, finding)| finding.verdict == verdict);
    if same(CheckVerdict::No) || (same(CheckVerdict::Yes) && left.is_empty()) {
        return Finding::all(findings.into_iter().map(|(_, finding)| finding));
    }
    let ways = findings.iter().map(|(route, _)| destination(route)).collect::<Vec<_>>().join(", ");
    let parts =
        findings.into_iter().map(|(_, finding)| finding).filter(|one| one.verdict != CheckVerdict::Yes);
    let part = Finding::unknown(format!("{told} has routes to parts of the internet alone: {ways}"));
    Finding { verdict: CheckVerdict::Unknown, evidence: Finding::all(parts.chain([part])).evidence }
}

/// A prefix list that leads elsewhere than to a gateway endpoint may hold anything.
fn no_route(place: &Location<'_>, table: &RouteTable, told: &str) -> Finding {
    let lists = table.routes.iter().find_map(|route| match (&route.destination, &route.via) {
        (Destination::PrefixList(_), Via::Endpoint(id)) if !place.is_load_balancers(id) => None,
        (Destination::PrefixList(list), via) => Some((list, via)),
        (Destination::Ipv4(_) | Destination::Ipv6 { .. }, _) => None,
    });
    match lists {
        Some((list, via)) => {
            Finding::unknown(format!("{told} has {list} to {}, whose blocks are not read", target(via)))
        }
        None => place.absent(format!("{told} has no route to the internet")),
    }
}

fn bits(route: &Route) -> Option<u8> {
    match &route.destination {
        Destination::Ipv4(block) => Some(block.bits()),
        Destination::Ipv6 { .. } | Destination::PrefixList(_) => None,
    }
}

fn destination(route: &Route) -> String {
    match &route.destination {
        Destination::Ipv4(block) => block.to_string(),
        Destination::Ipv6 { .. } => "IPv6".to_owned(),
        Destination::PrefixList(id) => id.clone(),
    }
}

/// A table as evidence names it.
pub(super) fn named(table: &RouteTable) -> String {
    if table.main { format!("{} (the main table)", table.id) } else { table.id.clone() }
}

pub(super) fn within(table: &str, route: &Route, finding: Finding) -> Finding {
    let start = format!("{table} has {} to ", destination(route));
    let evidence = finding.evidence.into_iter().map(|part| format!("{start}{part}")).collect();
    Finding { verdict: finding.verdict, evidence }
}

fn target(via: &Via) -> String {
    match via {
        Via::Local => "the VPC itself".to_owned(),
        Via::InternetGateway(id) | Via::Nat(id) | Via::Endpoint(id) => id.clone(),
        Via::Elsewhere(kind, id) => format!("{id} ({kind})"),
        Via::Nowhere => "a target that EC2 does not name".to_owned(),
    }
}

/// What a route in a state other than `active` is worth.
pub(super) fn inactive(route: &Route) -> Option<Finding> {
    let target = target(&route.via);
    match route.state.as_str() {
        "active" => None,
        "blackhole" => Some(Finding::no(format!("{target}, a black hole: the target is gone"))),
        state => Some(Finding::unknown(format!("{target}, in state `{state}`"))),
    }
}

/// What follows for an interface of a notebook instance, which has no public address.
pub(super) fn from_notebook(place: &Location<'_>, route: &Route) -> Finding {
    if let Some(finding) = inactive(route) {
        return finding;
    }
    match &route.via {
        Via::Nat(id) => match place.nat_gateway(id) {
            Ok(Some(gateway)) => nat(place, gateway),
            Ok(None) => place.absent(format!("{id}, which is no NAT gateway of {}", place.subnet.vpc)),
            Err(finding) => finding,
        },
        Via::InternetGateway(id) => Finding::no(format!(
            "{id}, an internet gateway, which is no way out for a notebook instance: it has no public address"
        )),
        Via::Endpoint(_) | Via::Elsewhere(..) | Via::Local | Via::Nowhere => beyond(&route.via),
    }
}

/// What lies beyond is not read.
fn beyond(via: &Via) -> Finding {
    let what = match via {
        Via::Endpoint(id) => format!("{id} (endpoint of a Gateway Load Balancer)"),
        Via::Local | Via::InternetGateway(_) | Via::Nat(_) | Via::Elsewhere(..) | Via::Nowhere => target(via),
    };
    Finding::unknown(format!("{what}: what lies beyond is not read"))
}

/// A NAT gateway, and the way from it to the internet.
fn nat(place: &Location<'_>, gateway: &NatGateway) -> Finding {
    let id = &gateway.id;
    match gateway.state.as_str() {
        "available" => {}
        state @ ("pending" | "failed" | "deleting" | "deleted") => {
            return Finding::no(format!("{id}, a NAT gateway in state `{state}`"));
        }
        state => return Finding::unknown(format!("{id}, a NAT gateway in state `{state}`")),
    }
    match gateway.connectivity.as_deref() {
        Some("public") => {}
        Some("private") => {
            let why = "a private NAT gateway: it leads to other networks, and what they lead to is not read";
            return Finding::unknown(format!("{id}, {why}"));
        }
        Some(other) => return Finding::unknown(format!("{id}, a NAT gateway of the kind `{other}`")),
        None => return Finding::unknown(format!("{id}: EC2 does not tell whether it is public")),
    }
    let onward = match table_of_nat(place, gateway) {
        Ok(table) => through(place, table, &|route| from_nat(place, gateway, route)),
        Err(finding) => finding,
    };
    let borders = gateway.subnet.as_ref().filter(|subnet| **subnet != place.subnet.id);
    let borders = borders.map_or_else(Finding::silent, |subnet| nat_borders(place, subnet));
    let whole = Finding::all([onward, borders]);
    let evidence = whole.evidence.join("; ");
    let joint = if whole.verdict == CheckVerdict::Yes {
        ", a public NAT gateway, and from there"
    } else {
        ", but from there"
    };
    Finding { verdict: whole.verdict, evidence: vec![format!("{id}{joint} {evidence}")] }
}

/// The table that decides for a NAT gateway: its own, or else that of its subnet.
pub(super) fn table_of_nat<'a>(
    place: &Location<'a>,
    gateway: &NatGateway,
) -> Result<&'a RouteTable, Finding> {
    match (&gateway.route_table, &gateway.subnet) {
        (Some(id), _) => place.tables().and_then(|mut tables| {
            tables
                .find(|table| table.id == *id)
                .ok_or_else(|| Finding::unknown(format!("EC2 does not tell of {id}")))
        }),
        (None, Some(subnet)) => place.table_of(subnet),
        (None, None) => Err(Finding::unknown("EC2 tells neither its subnet nor its route table")),
    }
}

/// What follows for a NAT gateway, which has a public address.
fn from_nat(place: &Location<'_>, gateway: &NatGateway, route: &Route) -> Finding {
    if let Some(finding) = inactive(route) {
        return finding;
    }
    match &route.via {
        Via::InternetGateway(id) => ban::lets_out(place, id, gateway.subnet.as_ref()),
        Via::Nat(_) | Via::Endpoint(_) | Via::Elsewhere(..) | Via::Local | Via::Nowhere => beyond(&route.via),
    }
}

/// What the network ACL of a NAT gateway's subnet must let through, both ways.
fn nat_borders(place: &Location<'_>, subnet: &crate::ids::SubnetId) -> Finding {
    let (acl, own) = match (place.acl_of(subnet), place.block_of(&place.subnet.id)) {
        (Ok(acl), Ok(own)) => (acl, Addresses::from(own)),
        (Err(finding), _) | (_, Err(finding)) => return finding,
    };
    let (internet, told) = (place.internet(), place.subnet.id.as_str());
    let all = [
        Crossing { egress: false, ports: HTTPS, peers: &own, told },
        Crossing { egress: true, ports: HTTPS, peers: &internet, told: "the internet" },
        Crossing { egress: false, ports: ANSWERS, peers: &internet, told: "the internet" },
        Crossing { egress: true, ports: ANSWERS, peers: &own, told },
    ];
    Finding::all(all.map(|crossing| crosses(acl, crossing)))
}
