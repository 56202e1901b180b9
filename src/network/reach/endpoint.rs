//! Pure: services of AWS: by an endpoint, or over the internet.

use std::collections::BTreeSet;

use crate::ids::SubnetId;
use crate::network::{Addresses, CheckVerdict, Destination, Endpoint, RouteTable, Via};

use super::central;
use super::egress::{self, ids};
use super::finding::Finding;
use super::place::Location;
use super::routes::named;
use super::rules::{ANSWERS, Crossing, HTTPS, Open, covers, crosses};

/// Whether an instance there reaches a service, given whether it reaches the internet.
///
/// An interface endpoint with private DNS takes the service's name for the whole VPC: if it cannot be reached, then
/// neither can the service, NAT gateway or not.
pub(super) fn service(place: &Location<'_>, service: &str, internet: &Finding) -> Finding {
    let endpoints = match place.endpoints(service) {
        Ok(endpoints) => endpoints,
        // One that is not known of could take the name.
        Err(finding) => return Finding::all([finding, egress::names(place)]),
    };
    let names = egress::names(place);
    let (interfaces, gateways): (Vec<&Endpoint>, Vec<&Endpoint>) = endpoints
        .into_iter()
        .filter(|one| one.kind != "GatewayLoadBalancer")
        .partition(|one| one.kind == "Interface");
    let (taking, others): (Vec<&Endpoint>, Vec<&Endpoint>) =
        interfaces.iter().partition(|one| one.private_dns && one.state == "available");
    if !taking.is_empty() {
        let ways = taking.into_iter().map(|one| interface(place, one));
        return Finding::all([names, hostnames(place, service), Finding::any(ways)]);
    }
    let mut ways: Vec<Finding> = gateways.iter().map(|one| gateway(place, one)).collect();
    ways.push(internet.clone());
    ways.extend(others.into_iter().map(|one| unnamed(place, one)));
    // Where the internet may be reached, so may the service.
    if internet.verdict == CheckVerdict::No {
        ways.push(central::may_answer(place, service));
    }
    if interfaces.is_empty() && gateways.is_empty() {
        ways.push(place.absent(format!("{} has no endpoint of {service}", place.subnet.vpc)));
    }
    Finding::all([names, Finding::any(ways)])
}

/// Private DNS of endpoints needs both DNS attributes of the VPC.
fn hostnames(place: &Location<'_>, service: &str) -> Finding {
    let vpc = &place.subnet.vpc;
    match place.survey.dns.get(vpc).map(|dns| &dns.hostnames) {
        Some(Ok(true)) => Finding::silent(),
        Some(Ok(false)) => Finding::no(format!(
            "enableDnsHostnames is off in {vpc}, so that the private DNS of its endpoint of {service} does not work"
        )),
        Some(Err(error)) => Finding::unread(&format!("enableDnsHostnames of {vpc}"), error),
        None => Finding::unknown(format!("the DNS attributes of {vpc} are not known")),
    }
}

/// An interface endpoint that the service's name does not lead to by itself. A private hosted zone may lead it there: EC2 tells
/// of none.
fn unnamed(place: &Location<'_>, endpoint: &Endpoint) -> Finding {
    let Endpoint { id, state, .. } = endpoint;
    if state != "available" {
        return Finding::no(format!("{id} is in state `{state}`"));
    }
    let start = format!("{id} has no private DNS");
    let way = interface(place, endpoint);
    if way.verdict == CheckVerdict::No {
        return Finding::no(format!("{start}, and {}", way.evidence.join("; ")));
    }
    Finding::unknown(format!(
        "{start}: whether a private hosted zone leads the service's name to it is not read"
    ))
}

/// A gateway endpoint: it works for the subnets whose route table has it.
fn gateway(place: &Location<'_>, endpoint: &Endpoint) -> Finding {
    let Endpoint { id, state, route_tables, .. } = endpoint;
    let table = match place.table_of(&place.subnet.id) {
        Ok(table) => table,
        Err(finding) => return finding,
    };
    let routes = || table.routes.iter().filter(|route| route.via == Via::Endpoint(id.clone()));
    if !route_tables.contains(&table.id) && routes().next().is_none() {
        let others =
            if route_tables.is_empty() { "no route table".to_owned() } else { route_tables.join(", ") };
        return place.absent(format!("{id} is on {others}, not on {}", named(table)));
    }
    if state != "available" {
        return Finding::no(format!("{id} is in state `{state}`"));
    }
    if let Some(route) = routes().find(|route| route.state != "active") {
        return Finding::no(format!("the route of {} to {id} is in state `{}`", named(table), route.state));
    }
    let lists = lists(table, id);
    let found = Finding::yes(format!("{id} is on {}", named(table)));
    Finding::all([found, egress::groups(place, &lists), egress::borders(place)])
}

/// The prefix lists that a table leads to an endpoint.
fn lists<'t>(table: &'t RouteTable, endpoint: &str) -> BTreeSet<&'t String> {
    let leads = |via: &Via| matches!(via, Via::Endpoint(id) if id == endpoint);
    let of = table.routes.iter().filter(|route| leads(&route.via));
    of.filter_map(|route| match &route.destination {
        Destination::PrefixList(list) => Some(list),
        Destination::Ipv4(_) | Destination::Ipv6 { .. } => None,
    })
    .collect()
}

/// An interface endpoint: the instance's groups let HTTPS out to it, its own groups let the instance in, and so do the
/// network ACLs between them.
fn interface(place: &Location<'_>, endpoint: &Endpoint) -> Finding {
    let id = &endpoint.id;
    if endpoint.subnets.is_empty() {
        return Finding::no(format!("{id} is in no subnet"));
    }
    let blocks: Result<Addresses, Finding> = endpoint.subnets.iter().map(|one| place.block_of(one)).collect();
    let own = place.block_of(&place.subnet.id).map(Addresses::from);
    let (blocks, own) = match (blocks, own) {
        (Ok(blocks), Ok(own)) => (blocks, own),
        (Err(finding), _) | (_, Err(finding)) => return finding,
    };
    let dns = if endpoint.private_dns { " with private DNS" } else { "" };
    let found = Finding::yes(format!("{id} is available{dns}"));
    let ways =
        [out_to(place, endpoint, &blocks), into(place, endpoint, &own), between(place, endpoint, &own)];
    Finding::all([found].into_iter().chain(ways))
}

fn out_to(place: &Location<'_>, endpoint: &Endpoint, blocks: &Addresses) -> Finding {
    let own = match place.own_groups() {
        Ok(own) => own,
        Err(finding) => return finding,
    };
    let open = Open::of(own.iter().flat_map(|group| &group.egress));
    if endpoint.groups.iter().any(|group| open.groups.contains(group)) {
        return Finding::silent();
    }
    let (names, told, id) = (ids(&own), open.told(), &endpoint.id);
    match covers(&open, blocks) {
        CheckVerdict::Yes => Finding::silent(),
        CheckVerdict::No => Finding::no(format!("{names} let HTTPS out to {told}, and not to {id}")),
        CheckVerdict::Unknown => {
            Finding::unknown(format!("{names} let HTTPS out to {told}, which may not be all of {id}"))
        }
    }
}

fn into(place: &Location<'_>, endpoint: &Endpoint, own: &Addresses) -> Finding {
    let groups: Result<Vec<_>, Finding> = endpoint.groups.iter().map(|id| place.group(id)).collect();
    let groups = match groups {
        Ok(groups) if groups.is_empty() => {
            return Finding::unknown(format!("EC2 tells of no security group of {}", endpoint.id));
        }
        Ok(groups) => groups,
        Err(finding) => return finding,
    };
    let open = Open::of(groups.iter().flat_map(|group| &group.ingress));
    if place.groups.iter().any(|(id, _)| open.groups.contains(*id)) {
        return Finding::silent();
    }
    let (names, told, subnet, id) = (ids(&groups), open.told(), &place.subnet.id, &endpoint.id);
    match covers(&open, own) {
        CheckVerdict::Yes => Finding::silent(),
        CheckVerdict::No => {
            Finding::no(format!("{names} of {id} let HTTPS in from {told}, and not from {subnet}"))
        }
        CheckVerdict::Unknown => Finding::unknown(format!(
            "{names} of {id} let HTTPS in from {told}, which may not be all of {subnet}"
        )),
    }
}

/// Network ACLs between the subnets: within one there is none.
fn between(place: &Location<'_>, endpoint: &Endpoint, own: &Addresses) -> Finding {
    let here = &place.subnet.id;
    Finding::all(
        endpoint.subnets.iter().filter(|subnet| *subnet != here).map(|subnet| border(place, subnet, own)),
    )
}

fn border(place: &Location<'_>, subnet: &SubnetId, own: &Addresses) -> Finding {
    let here = &place.subnet.id;
    let (near, far, block) = match (place.acl_of(here), place.acl_of(subnet), place.block_of(subnet)) {
        (Ok(near), Ok(far), Ok(block)) => (near, far, Addresses::from(block)),
        (Err(finding), _, _) | (_, Err(finding), _) | (_, _, Err(finding)) => return finding,
    };
    let (there, here) = (subnet.as_str(), here.as_str());
    Finding::all([
        crosses(near, Crossing { egress: true, ports: HTTPS, peers: &block, told: there }),
        crosses(near, Crossing { egress: false, ports: ANSWERS, peers: &block, told: there }),
        crosses(far, Crossing { egress: false, ports: HTTPS, peers: own, told: here }),
        crosses(far, Crossing { egress: true, ports: ANSWERS, peers: own, told: here }),
    ])
}
