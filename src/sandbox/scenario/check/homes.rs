//! Pure: where the instances of a group are that are in a VPC: `network`, `subnets`, `security_groups`.

use crate::diagnostic::{Complaint, Placed, Problem, quoted};
use crate::sandbox::scenario::egress::Purpose;
use crate::sandbox::scenario::model::{GroupRef, Home, Scenario};
use crate::sandbox::scenario::network::{DEFAULT, Network};
use crate::sandbox::scenario::notebook::Common;

use super::known::found;
use super::look::Look;

/// What is said of a place in a VPC.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) common: &'a Common,
    pub(super) subnets: Option<&'a [Placed<String>]>,
    /// Where the file says it.
    pub(super) place: crate::diagnostic::Place,
}

impl Wanted<'_> {
    /// Whether it says anything.
    pub(super) fn is_given(&self) -> bool {
        self.common.network.is_some() || self.common.security_groups.is_some() || self.subnets.is_some()
    }

    /// A home in each of the sites.
    pub(super) fn homes(&self, look: &Look<'_>, scenario: &Scenario, sites: &[usize]) -> Option<Vec<Home>> {
        let networks = self.networks(look, scenario, sites)?;
        let homes = networks.into_iter().map(|at| self.home(look, scenario, at));
        let homes: Vec<Home> = homes.collect::<Option<_>>()?;
        if homes.iter().any(|home| home.subnets.is_empty()) {
            let problem = Problem::at(self.place, "the network has only public subnets");
            look.say(problem.help("say which with `subnet`, if that is what is meant").conclusion());
            return None;
        }
        Some(homes)
    }

    fn home(&self, look: &Look<'_>, scenario: &Scenario, network: usize) -> Option<Home> {
        let said = &scenario.networks.get(network)?.said;
        let subnets = self.subnets.map(|names| all(look, said, names, ("subnet", &subnet_named)));
        let groups = self.common.security_groups.as_deref();
        let groups = groups.map(|names| all(look, said, names, ("security group", &group_named)));
        let usual = if said.groups.is_empty() { GroupRef::Default } else { GroupRef::Own(0) };
        Some(Home {
            network,
            subnets: subnets.unwrap_or_else(|| Some(usable(said)))?,
            groups: groups.unwrap_or_else(|| Some(vec![usual]))?,
        })
    }

    /// The network of each site: the one that is named, else the one that has the subnets, else the first.
    fn networks(&self, look: &Look<'_>, scenario: &Scenario, sites: &[usize]) -> Option<Vec<usize>> {
        let at = |site: usize, suits: &dyn Fn(&Network) -> bool| {
            scenario.networks.iter().position(|one| one.sites.contains(&site) && suits(&one.said))
        };
        if let Some(name) = &self.common.network {
            return look.find(name, |text| {
                let any = scenario.networks.iter().any(|one| *one.said.name == *text);
                let names = scenario.networks.iter().map(|one| one.said.name.as_str());
                found(any.then_some(()), ("network", text), names.filter(|name| *name != DEFAULT))?;
                let there = |site: &usize| {
                    let (name, place) = (quoted(text), scenario.site_name(*site));
                    at(*site, &|said| *said.name == *text)
                        .ok_or_else(|| Complaint::new(format!("the network {name} is not in {place}")))
                };
                sites.iter().map(there).collect()
            });
        }
        let has_all = |said: &Network| {
            self.subnets.unwrap_or_default().iter().all(|name| subnet_named(said, name).is_some())
        };
        let first = |site: &usize| at(*site, &has_all).or_else(|| at(*site, &|_| true)).ok_or(*site);
        match sites.iter().map(first).collect() {
            Ok(networks) => Some(networks),
            Err(site) => {
                let message = format!("there is no network in {}", scenario.site_name(site));
                look.say(Problem::at(self.place, message).help("add a [[network]]").conclusion());
                None
            }
        }
    }
}

/// How something of a network is called, and how it is found.
type Kind<'a, T> = (&'a str, &'a dyn Fn(&Network, &str) -> Option<T>);

/// What each of some names stands for in a network; nothing if one of them stands for nothing.
fn all<T>(
    look: &Look<'_>,
    said: &Network,
    names: &[Placed<String>],
    (what, find): Kind<'_, T>,
) -> Option<Vec<T>> {
    let found = |text: &String| {
        find(said, text).ok_or_else(|| {
            let names: Vec<&str> = match what {
                "subnet" => said.subnets.iter().map(|one| one.name.as_str()).collect(),
                _ => said.groups.iter().map(|one| one.name.as_str()).chain([DEFAULT]).collect(),
            };
            let message = format!("the network {} has no {what} {}", quoted(&said.name), quoted(text));
            Complaint::new(message).help(Some(format!("it has: {}", names.join(", "))))
        })
    };
    let all: Vec<Option<T>> = names.iter().map(|name| look.find(name, found)).collect();
    all.into_iter().collect()
}

/// Whether a name, or an id, is that of something.
fn is_called(text: &str, name: &str, id: Option<&Placed<String>>) -> bool {
    name == text || id.is_some_and(|id| **id == text)
}

fn subnet_named(said: &Network, text: &str) -> Option<usize> {
    said.subnets.iter().position(|one| is_called(text, &one.name, one.id.as_ref()))
}

fn group_named(said: &Network, text: &str) -> Option<GroupRef> {
    let own = said.groups.iter().position(|one| is_called(text, &one.name, one.id.as_ref()));
    own.map(GroupRef::Own).or((text == DEFAULT).then_some(GroupRef::Default))
}

/// Where instances go that name no subnet: not into public ones, unless there are no others by nature.
fn usable(said: &Network) -> Vec<usize> {
    let all = said.subnets.iter().enumerate();
    all.filter(|(_, subnet)| subnet.purpose == Purpose::Private || said.is_default())
        .map(|(at, _)| at)
        .collect()
}
