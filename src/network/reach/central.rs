//! Pure: networks beyond the VPC, where a service may answer all the same.
//!
//! Many companies keep the endpoints of AWS's services in one VPC. Private hosted zones that are shared lead the services' names
//! there, and a transit gateway, a peering, a VPN or the like leads the packets. EC2 tells neither of such zones nor of what is
//! behind such a route: where there is one, nobody can know that a service is out of reach.

use crate::network::{Addresses, Block, CheckVerdict, Destination, Route, RouteTable, Via};

use super::egress::{ids, service_lists};
use super::finding::Finding;
use super::place::Location;
use super::routes::{self, inactive, named, shares, within};
use super::rules::{ANSWERS, Crossing, HTTPS, Open, crosses, passing};

/// So many routes are told one by one.
const MOST_TOLD: usize = 3;

/// A way out of the VPC to networks that are not read.
struct Way {
    /// Unknown, with the route and where it leads.
    finding: Finding,
    /// The addresses that it is for.
    addresses: Addresses,
}

/// Whether a service may answer beyond the VPC: unknown, where a way leads there and neither groups nor network ACL certainly
/// stop HTTPS on it, and otherwise no.
pub(super) fn may_answer(place: &Location<'_>, service: &str) -> Finding {
    let outside = outside(place);
    let ways = match place.table_of(&place.subnet.id) {
        Ok(table) => ways(place, table, &outside),
        Err(finding) => vec![Way { finding, addresses: outside }],
    };
    let open = ways.into_iter().map(|way| match stopped(place, &way.addresses) {
        Some(no) => no,
        None => way.finding,
    });
    let found = Finding::any(open);
    if found.verdict == CheckVerdict::Unknown { told(found, service) } else { found }
}

/// The routes in short, and what they may lead to.
fn told(mut found: Finding, service: &str) -> Finding {
    let more = found.evidence.len().saturating_sub(MOST_TOLD);
    found.evidence.truncate(MOST_TOLD);
    match more {
        0 => {}
        1 => found.evidence.push("1 more route leads elsewhere".to_owned()),
        more => found.evidence.push(format!("{more} more routes lead elsewhere")),
    }
    found.evidence.push(format!("a central endpoint of {service} may answer there"));
    found
}

/// Every address that is not the VPC's own.
fn outside(place: &Location<'_>) -> Addresses {
    Addresses::from(Block::ALL).without(&place.own_blocks())
}

/// The ways that a table has to networks that are not read.
fn ways(place: &Location<'_>, table: &RouteTable, outside: &Addresses) -> Vec<Way> {
    let of_routes = leading(place, table, outside).into_iter().flat_map(|(route, won)| {
        let finding = within(&named(table), route, routes::from_notebook(place, route));
        match finding.verdict {
            CheckVerdict::Unknown => vec![Way { finding, addresses: won }],
            CheckVerdict::Yes | CheckVerdict::No => behind_nat(place, (table, route), &won),
        }
    });
    of_routes.collect()
}

/// The routes out of the VPC that are no internet gateway's and no gateway endpoint's, each with the addresses that it is for:
/// of a prefix list these are not known.
fn leading<'t>(
    place: &Location<'_>,
    table: &'t RouteTable,
    outside: &Addresses,
) -> Vec<(&'t Route, Addresses)> {
    let local = table.routes.iter().filter(|route| route.via == Via::Local);
    let local = local.filter_map(|route| match &route.destination {
        Destination::Ipv4(block) => Some(*block),
        Destination::Ipv6 { .. } | Destination::PrefixList(_) => None,
    });
    let outside = outside.without(&local.collect());
    let lists = table.routes.iter().filter(|route| match (&route.destination, &route.via) {
        (Destination::PrefixList(_), Via::Endpoint(id)) => place.is_load_balancers(id),
        (Destination::PrefixList(_), _) => true,
        (Destination::Ipv4(_) | Destination::Ipv6 { .. }, _) => false,
    });
    let lists = lists.map(|route| (route, outside.clone()));
    let all = shares(&table.routes, &outside).0.into_iter().chain(lists);
    all.filter(|(route, _)| !matches!(route.via, Via::Local | Via::InternetGateway(_))).collect()
}

/// The ways of a public NAT gateway that do not go to the internet: it leads to other networks too where its own table does.
fn behind_nat(place: &Location<'_>, (table, route): (&RouteTable, &Route), won: &Addresses) -> Vec<Way> {
    let Via::Nat(id) = &route.via else { return Vec::new() };
    let Ok(Some(gateway)) = place.nat_gateway(id) else { return Vec::new() };
    let usable = inactive(route).is_none() && gateway.state == "available";
    let Some(onward) = routes::table_of_nat(place, gateway).ok().filter(|_| usable) else {
        return Vec::new();
    };
    let further = leading(place, onward, won).into_iter();
    let further = further.filter(|(route, _)| !matches!(route.via, Via::Nat(_)));
    further
        .map(|(next, addresses)| {
            (within(&named(onward), next, routes::from_notebook(place, next)), addresses)
        })
        .filter(|(finding, _)| finding.verdict == CheckVerdict::Unknown)
        .map(|(finding, addresses)| {
            let start = Finding::unknown(format!("{id}, and from there {}", finding.evidence.join("; ")));
            Way { finding: within(&named(table), route, start), addresses }
        })
        .collect()
}

/// Why no HTTPS passes to any of these addresses, where that is certain.
fn stopped(place: &Location<'_>, beyond: &Addresses) -> Option<Finding> {
    let let_out = match groups(place, beyond) {
        Ok(let_out) => let_out,
        Err(no) => return Some(no),
    };
    let acl = place.acl_of(&place.subnet.id).ok()?;
    let told = &format!("networks beyond {}", place.subnet.vpc);
    let out = Crossing { egress: true, ports: HTTPS, peers: &let_out, told };
    let out_of_subnet = passing(acl, out);
    let back = Crossing { egress: false, ports: ANSWERS, peers: &out_of_subnet, told };
    // Nothing is left to ask of the answers to what does not go out.
    let first = if out_of_subnet.is_empty() { out } else { back };
    Some(crosses(acl, first)).filter(|one| one.verdict == CheckVerdict::No)
}

/// Those of the addresses that the groups may let HTTPS out to, or the certain no. A group of the VPC is on interfaces of the VPC
/// alone; another one may be a peer's.
fn groups(place: &Location<'_>, beyond: &Addresses) -> Result<Addresses, Finding> {
    let Ok(own) = place.own_groups() else { return Ok(beyond.clone()) };
    let open = Open::of(own.iter().flat_map(|group| &group.egress));
    let services = service_lists(place);
    let inside = |id| place.group(id).is_ok_and(|group| group.vpc == place.subnet.vpc);
    let others =
        open.lists.iter().any(|list| !services.contains(list)) || open.groups.iter().any(|id| !inside(id));
    let let_out = if others { beyond.clone() } else { open.addresses.common(beyond) };
    if let_out.is_empty() {
        let (names, told, vpc) = (ids(&own), open.told(), &place.subnet.vpc);
        return Err(Finding::no(format!("{names} let HTTPS out to {told}, and not beyond {vpc}")));
    }
    Ok(let_out)
}
