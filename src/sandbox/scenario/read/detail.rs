//! `[[network.route]]`, `[[network.endpoint]]`, `[[network.load_balancer]]`, and whose a network is.

use crate::diagnostic::{Complaint, Field, Problem, Table, quoted};
use crate::ids::AccountId;
use crate::sandbox::scenario::cidr::Block;
use crate::sandbox::scenario::detail::{
    Details, Egress, EndpointSpec, LoadBalancerSpec, PeerSpec, RouteSpec,
};
use crate::sandbox::scenario::model::NetworkSpec;

use super::known::{MOST_ENTRIES, absent_or};
use super::words;

const STATES: [(&str, &str); 5] = [
    ("available", "available"),
    ("pending", "pending"),
    ("failed", "failed"),
    ("rejected", "rejected"),
    ("deleting", "deleting"),
];

/// Reads them; `None` where something is wrong.
pub(super) fn read(table: &Table<'_>) -> Option<Details> {
    let owner = absent_or(table.field("owner"), |field| field.parsed::<AccountId>());
    let (mut routes, mut endpoints, mut load_balancers) = (Vec::new(), Vec::new(), Vec::new());
    let mut good = true;
    table.field("route").tables(|table| {
        match route(table) {
            Some(route) => routes.push(route),
            None => good = false,
        }
        Some(())
    });
    table.field("endpoint").tables(|table| {
        match endpoint(table) {
            Some(endpoint) => endpoints.push(endpoint),
            None => good = false,
        }
        Some(())
    });
    table.field("load_balancer").tables(|table| {
        match load_balancer(table) {
            Some(balancer) => load_balancers.push(balancer),
            None => good = false,
        }
        Some(())
    });
    let dns_hostnames = table.field("dns_hostnames").boolean();
    let owner = owner?.map(|owner| owner.as_str().to_owned());
    good.then_some(Details { owner, dns_hostnames, routes, endpoints, load_balancers })
}

fn load_balancer(table: &Table<'_>) -> Option<LoadBalancerSpec> {
    let name = words::name(table.field("name").required());
    let groups = table.field("security_groups").required().list::<String>(1..=MOST_ENTRIES);
    Some(LoadBalancerSpec { name: name?, groups: groups? })
}

fn route(table: &Table<'_>) -> Option<RouteSpec> {
    let to = table.field("to").required_with("to = \"0.0.0.0/1\"").parsed_by(Block::anywhere);
    let field = table.field("via").required_with("via = \"nat\"");
    let via = field.choice(&Egress::WORDS, &[]);
    if matches!(via, Some(Egress::Endpoints | Egress::None)) {
        return field.parsed_by(|word| {
            Err(Complaint::new(format!("a route cannot be {}", quoted(word)))
                .help(Some("it leads somewhere: to a gateway, or to a black hole".to_owned())))
        });
    }
    Some(RouteSpec { to: to?, via: via? })
}

fn endpoint(table: &Table<'_>) -> Option<EndpointSpec> {
    let service = table.field("service").required().parsed_by(words::service);
    let kind = table.field("kind");
    let gateway = absent_or(kind, |field| field.choice(&[("gateway", true), ("interface", false)], &[]));
    let state = table.field("state").choice(&STATES, &[]).unwrap_or("available");
    let private_dns = table.field("private_dns").boolean().unwrap_or(true);
    let names = |field: Field<'_>| absent_or(field, |field| field.list::<String>(1..=MOST_ENTRIES));
    let groups = names(table.field("security_groups"));
    let subnets = names(table.field("subnets"));
    let route_tables = names(table.field("route_tables"));
    let service = service?;
    let gateway = gateway?.unwrap_or(service == "s3");
    if gateway && service != "s3" {
        let message = format!("{} has no gateway endpoint", quoted(&service));
        table.report(Problem::at(kind.place().unwrap_or(table.place()), message));
        return None;
    }
    let (groups, subnets, route_tables) = (groups?, subnets?, route_tables?);
    Some(EndpointSpec { service, gateway, state, private_dns, groups, subnets, route_tables })
}

/// The group that interface endpoints have where nothing is said of theirs.
pub(super) const ENDPOINTS: &str = "endpoints";

/// Names of subnets, groups and route tables must be known.
pub(super) fn check_names(table: &Table<'_>, network: &NetworkSpec) -> Option<()> {
    let subnets: Vec<&str> = network.subnets.iter().map(|one| one.name.as_str()).collect();
    let own = network.groups.iter().map(|one| one.name.as_str());
    let groups: Vec<&str> = own.chain([words::DEFAULT, ENDPOINTS]).collect();
    let tables: Vec<&str> = subnets.iter().copied().chain(["main", "public"]).collect();
    let all = |names: &Option<Vec<String>>| names.clone().unwrap_or_default();
    let mut named: Vec<(&str, String, &[&str])> = Vec::new();
    for one in &network.details.endpoints {
        named.extend(all(&one.subnets).into_iter().map(|name| ("subnet", name, subnets.as_slice())));
        named.extend(all(&one.groups).into_iter().map(|name| ("security group", name, groups.as_slice())));
        named.extend(all(&one.route_tables).into_iter().map(|name| ("route table", name, tables.as_slice())));
    }
    for name in network.details.load_balancers.iter().flat_map(|one| &one.groups) {
        named.push(("security group", name.clone(), &groups));
    }
    for rule in network.groups.iter().flat_map(|group| &group.rules) {
        if let PeerSpec::Group(name) = &rule.peer {
            named.push(("security group", name.clone(), &groups));
        }
    }
    match named.into_iter().find(|(_, name, known)| !known.contains(&name.as_str())) {
        None => Some(()),
        Some((kind, name, known)) => {
            let message = format!("the network {} has no {kind} {}", quoted(&network.name), quoted(&name));
            let problem = Problem::at(table.place(), message);
            table.report(problem.help(format!("it has: {}", known.join(", "))).conclusion());
            None
        }
    }
}
