//! Where the instances of a group are that are in a VPC: `network`, `subnets`, `security_groups`.

use crate::diagnostic::{Complaint, Field, Problem, Table, quoted};
use crate::sandbox::scenario::detail::Purpose;
use crate::sandbox::scenario::model::{GroupRef, Home, NetworkSpec};

use super::known::{Known, absent_or};
use super::words::DEFAULT;

/// The most security groups of an instance (botocore 1.44.5).
const MOST_GROUPS: usize = 5;

/// What an instance table says of its place in a VPC.
pub(super) struct Wanted<'t> {
    pub(super) network: Field<'t>,
    pub(super) subnets: Field<'t>,
    pub(super) groups: Field<'t>,
}

impl Wanted<'_> {
    /// Whether it says anything.
    pub(super) fn is_given(&self) -> bool {
        [self.network, self.subnets, self.groups].iter().any(|field| field.place().is_some())
    }

    /// A home in each of the sites.
    pub(super) fn read(&self, table: &Table<'_>, known: &Known, sites: &[usize]) -> Option<Vec<Home>> {
        let networks = self.networks(table, known, sites)?;
        let subnets = absent_or(self.subnets, |field| {
            let find = |text: &str| find_all(known, &networks, ("subnet", text), subnet_named);
            if field.is_string() {
                field.parsed_by(find).map(|one| vec![one])
            } else {
                field.list_by(1..=99, find)
            }
        });
        let groups = absent_or(self.groups, |field| {
            field.list_by(1..=MOST_GROUPS, |text| {
                find_all(known, &networks, ("security group", text), group_named)
            })
        });
        let (subnets, groups) = (subnets?, groups?);
        let homes = networks.iter().enumerate().map(|(at, network)| {
            let spec = known.networks.get(*network)?;
            Some(Home {
                network: *network,
                subnets: match &subnets {
                    Some(found) => found.iter().map(|list| list.get(at).copied()).collect::<Option<_>>()?,
                    None => usable(spec),
                },
                groups: match &groups {
                    Some(found) => found.iter().map(|list| list.get(at).copied()).collect::<Option<_>>()?,
                    None if spec.groups.is_empty() => vec![GroupRef::Default],
                    None => vec![GroupRef::Own(0)],
                },
            })
        });
        let homes: Vec<Home> = homes.collect::<Option<_>>()?;
        if homes.iter().any(|home| home.subnets.is_empty()) {
            let problem = Problem::at(table.place(), "the network has only public subnets");
            table.report(problem.help("say which with `subnet`, if that is what is meant").conclusion());
            return None;
        }
        Some(homes)
    }

    /// The network of each site: the one that is named, else the one that has the subnet, else the first.
    fn networks(&self, table: &Table<'_>, known: &Known, sites: &[usize]) -> Option<Vec<usize>> {
        if self.network.place().is_some() {
            return self.network.parsed_by(|text| named_networks(known, text, sites)).flatten();
        }
        if !known.complete.get() {
            return None; // The first that could be read need not be the first.
        }
        let subnet = self.subnets.is_string().then(|| self.subnets.string()).flatten();
        let suits = |spec: &NetworkSpec| subnet.is_none_or(|text| subnet_named(spec, text).is_some());
        let first = |site: &usize| {
            let there = |spec: &NetworkSpec| spec.sites.contains(site);
            let found = known.networks.iter().position(|spec| there(spec) && suits(spec));
            found.or_else(|| known.networks.iter().position(there)).ok_or(*site)
        };
        match sites.iter().map(first).collect::<Result<Vec<usize>, usize>>() {
            Ok(networks) => Some(networks),
            Err(site) => {
                let message = format!("there is no network in {}", known.site_name(site));
                table.report(Problem::at(table.place(), message).help("add a [[network]]").conclusion());
                None
            }
        }
    }
}

fn named_networks(known: &Known, text: &str, sites: &[usize]) -> Result<Option<Vec<usize>>, Complaint> {
    let any = known.networks.iter().any(|spec| spec.name == text);
    let names = known.networks.iter().map(|spec| spec.name.as_str()).filter(|name| *name != DEFAULT);
    if known.found(any.then_some(()), ("network", text), names)?.is_none() {
        return Ok(None);
    }
    let at = |site: &usize| {
        known.networks.iter().position(|spec| spec.name == text && spec.sites.contains(site)).ok_or(*site)
    };
    match sites.iter().map(at).collect::<Result<Vec<usize>, usize>>() {
        Ok(networks) => Ok(Some(networks)),
        Err(_) if !known.complete.get() => Ok(None),
        Err(site) => {
            let message = format!("the network {} is not in {}", quoted(text), known.site_name(site));
            Err(Complaint::new(message))
        }
    }
}

/// What a name stands for in each of the networks.
fn find_all<T>(
    known: &Known,
    networks: &[usize],
    (what, text): (&str, &str),
    find: impl Fn(&NetworkSpec, &str) -> Option<T>,
) -> Result<Vec<T>, Complaint> {
    let mut all = Vec::new();
    for spec in networks.iter().filter_map(|at| known.networks.get(*at)) {
        let Some(found) = find(spec, text) else {
            let names: Vec<&str> = match what {
                "subnet" => spec.subnets.iter().map(|one| one.name.as_str()).collect(),
                _ => spec.groups.iter().map(|one| one.name.as_str()).chain([DEFAULT]).collect(),
            };
            let message = format!("the network {} has no {what} {}", quoted(&spec.name), quoted(text));
            return Err(Complaint::new(message).help(Some(format!("it has: {}", names.join(", ")))));
        };
        all.push(found);
    }
    Ok(all)
}

fn subnet_named(network: &NetworkSpec, text: &str) -> Option<usize> {
    network.subnets.iter().position(|one| one.name == text || one.id.as_deref() == Some(text))
}

fn group_named(network: &NetworkSpec, text: &str) -> Option<GroupRef> {
    let own = network.groups.iter().position(|one| one.name == text || one.id.as_deref() == Some(text));
    own.map(GroupRef::Own).or((text == DEFAULT).then_some(GroupRef::Default))
}

/// Where instances go that name no subnet: not into public ones, unless there are no others by nature.
fn usable(network: &NetworkSpec) -> Vec<usize> {
    let all = network.subnets.iter().enumerate();
    all.filter(|(_, subnet)| subnet.purpose == Purpose::Private || network.is_default)
        .map(|(at, _)| at)
        .collect()
}
