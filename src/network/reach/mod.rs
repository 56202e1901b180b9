//! Pure: the verdict on a target: can a notebook instance be created there, and what will it reach?
//!
//! Decided from configuration alone: subnets, groups, ACLs, route tables, NAT gateways, endpoints. What cannot be
//! decided from it is unknown, and what could not be read makes unknown whatever rests on it: never a yes, never a no.
//! Only IPv4 and HTTPS are looked at, but for whether a subnet has IPv6 addresses, and leads to an internet gateway by them. Policies of endpoints, and what firewalls and proxies do, are not.

mod ban;
mod basic;
mod central;
mod check;
mod egress;
mod endpoint;
mod finding;
mod ipv6;
mod place;
mod routes;
mod rules;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crate::ids::{AccountId, Region, SecurityGroupId, SubnetId};
use crate::network::{Need, NetworkFacts, Reading, SecurityGroup, Subnet};

use finding::Finding;
use place::Location;

pub use basic::{SPARE_ADDRESSES, free_addresses};
pub use check::{Check, CheckName, CheckVerdict};
pub use ipv6::{ipv6, ipv6_way_out};

/// A subnet and groups, and what an instance there needs.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The region.
    pub region: &'a Region,
    /// The account that the instance is of.
    pub account: &'a AccountId,
    /// The subnet.
    pub subnet: &'a SubnetId,
    /// The security groups.
    pub groups: &'a [SecurityGroupId],
    /// The needs that the policy requires.
    pub required: &'a BTreeSet<Need>,
}

impl Asked<'_> {
    /// The needs that are looked into: those that are required, and those that are always told.
    fn needs(&self) -> impl Iterator<Item = Need> + '_ {
        let wanted = |need: &Need| self.required.contains(need) || Need::REPORTED.contains(need);
        Need::ALL.iter().copied().filter(wanted)
    }
}

#[cfg(test)]
thread_local! {
    /// How often [`lasting_checks`] ran on this thread.
    pub(crate) static EVALUATIONS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Every check but that of free addresses: these do not depend on what else is planned, and so are made once for a
/// subnet, groups and needs.
pub fn lasting_checks(facts: &NetworkFacts, asked: &Asked<'_>) -> Vec<Check> {
    #[cfg(test)]
    EVALUATIONS.with(|count| count.set(count.get() + 1));
    let subnet =
        facts.subnets.get(&(asked.region.clone(), asked.subnet.clone())).unwrap_or(&Reading::Missing);
    let groups = groups_of(facts, asked);
    let mut checks = vec![
        basic::subnet(asked.subnet, subnet),
        basic::zone(subnet, facts.zones.get(asked.region)),
        basic::groups(&groups),
        basic::same_vpc(subnet, &groups),
    ];
    checks.extend(reach(facts, asked, (subnet, &groups)));
    checks
}

/// The verdict on one service of AWS, as the names of its endpoints end: what a check of it would say, also where no
/// policy knows a need of that name.
pub fn reaches(facts: &NetworkFacts, asked: &Asked<'_>, service: &str) -> CheckVerdict {
    let groups = groups_of(facts, asked);
    let Some(place) = location(facts, asked, &groups) else { return CheckVerdict::Unknown };
    endpoint::service(&place, service, &egress::internet(&place)).verdict
}

/// Where it would be, if anything is known of there.
fn location<'a>(facts: &'a NetworkFacts, asked: &Asked<'a>, groups: &'a Groups<'a>) -> Option<Location<'a>> {
    let (subnet, survey) = (facts.subnet(asked.region, asked.subnet)?, facts.surveys.get(asked.region)?);
    Some(Location { region: asked.region, account: asked.account, subnet, groups, survey })
}

fn groups_of<'a>(
    facts: &'a NetworkFacts,
    asked: &Asked<'a>,
) -> Vec<(&'a SecurityGroupId, &'a Reading<SecurityGroup>)> {
    let reading = |id: &'a SecurityGroupId| {
        let reading = facts.security_groups.get(&(asked.region.clone(), id.clone()));
        (id, reading.unwrap_or(&Reading::Missing))
    };
    asked.groups.iter().map(reading).collect()
}

type Groups<'a> = [(&'a SecurityGroupId, &'a Reading<SecurityGroup>)];

/// The tenancy of the VPC, and each need.
fn reach(
    facts: &NetworkFacts,
    asked: &Asked<'_>,
    (subnet, groups): (&Reading<Subnet>, &Groups<'_>),
) -> Vec<Check> {
    let unknown = |why: &str| {
        let names = asked.needs().map(|need| (CheckName::Need(need), asked.required.contains(&need)));
        let all = [(CheckName::Tenancy, false)].into_iter().chain(names);
        all.map(|(name, required)| Finding::unknown(why).of(name, required)).collect()
    };
    let Reading::Found(subnet) = subnet else { return unknown("the subnet's VPC is not known") };
    let Some(survey) = facts.surveys.get(asked.region) else {
        return unknown("nothing of the subnet's VPC has been read");
    };
    let place = Location { region: asked.region, account: asked.account, subnet, groups, survey };
    let internet = egress::internet(&place);
    let need = |need: Need| {
        let services = need.services().iter().map(|service| endpoint::service(&place, service, &internet));
        let finding = if need.services().is_empty() { internet.clone() } else { Finding::all(services) };
        finding.of(CheckName::Need(need), asked.required.contains(&need))
    };
    [basic::tenancy(&place)].into_iter().chain(asked.needs().map(need)).collect()
}
