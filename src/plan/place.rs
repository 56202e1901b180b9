//! Pure: which subnet of its target an item goes into.
//!
//! What holds of a subnet whatever else is planned is looked into once for each region and target; for each item only
//! the free addresses are counted.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::ids::{Region, SubnetId};
use crate::network::{
    Asked, Check, CheckVerdict, NetworkFacts, Reading, Subnet, free_addresses, ipv6, lasting_checks,
};
use crate::plan::WithheldReason;
use crate::plan::inputs::Inputs;
use crate::policy::{self, Destination, OnUnknown, Placement};

/// The subnets of targets, and how many addresses of each are given out so far.
pub(super) struct Places<'a> {
    inputs: Inputs<'a>,
    /// By region, the target's name, which no other target has, and what it leads to.
    screened: BTreeMap<(&'a Region, &'a str, Destination), Screened<'a>>,
    /// Addresses that this plan takes so far.
    taken: BTreeMap<(&'a Region, &'a SubnetId), u32>,
}

/// What holds of the subnets of a target.
struct Screened<'a> {
    /// Those that pass, in the policy's order, with their checks.
    good: Vec<(&'a Reading<Subnet>, &'a Subnet, Vec<Check>)>,
    /// What the others fail, each once: what holds of the groups is the same for every subnet.
    failed: Vec<Check>,
}

impl<'a> Places<'a> {
    pub(super) fn new(inputs: Inputs<'a>) -> Self {
        Self { inputs, screened: BTreeMap::new(), taken: BTreeMap::new() }
    }

    /// The first subnet, in the target's order of preference, that passes every check; that of IPv6 is made for who needs
    /// it alone.
    pub(super) fn find(
        &mut self,
        region: &'a Region,
        (target, destination): (&'a policy::Target, &Destination),
        needs_ipv6: bool,
    ) -> Result<(&'a Subnet, Vec<Check>), WithheldReason> {
        let inputs = self.inputs;
        let screened = self
            .screened
            .entry((region, &target.name, destination.clone()))
            .or_insert_with(|| screen(inputs, region, (target, destination)));
        let taken = |subnet: &'a Subnet| self.taken.get(&(region, &subnet.id)).copied().unwrap_or(0);
        let mut good: Vec<_> = screened.good.iter().collect();
        if target.placement == Placement::MostFree {
            // Stable: among equals the policy's order counts.
            good.sort_by_key(|(_, subnet, _)| {
                Reverse(i64::from(subnet.free_addresses) - i64::from(taken(subnet)))
            });
        }
        let mut full = Vec::new();
        for (reading, subnet, checks) in good {
            let free = free_addresses(reading, taken(subnet));
            let own: Vec<Check> = needs_ipv6.then(|| ipv6(subnet)).into_iter().chain([free]).collect();
            if own.iter().all(|check| check.verdict == CheckVerdict::Yes) {
                return Ok((subnet, checks.iter().cloned().chain(own).collect()));
            }
            full.extend(own.into_iter().filter(|check| check.verdict != CheckVerdict::Yes));
        }
        let failed = screened.failed.iter().cloned().chain(full).collect();
        Err(WithheldReason::Network { target: target.name.clone(), failed })
    }

    /// Gives one address of a subnet to an item.
    pub(super) fn take(&mut self, region: &'a Region, subnet: &'a SubnetId) {
        *self.taken.entry((region, subnet)).or_default() += 1;
    }
}

fn screen<'a>(
    inputs: Inputs<'a>,
    region: &'a Region,
    (target, destination): (&'a policy::Target, &Destination),
) -> Screened<'a> {
    let facts = inputs.facts;
    let mut screened = Screened { good: Vec::new(), failed: Vec::new() };
    for subnet in &destination.subnets {
        let account = &inputs.inventory.account;
        let groups = &destination.groups;
        let checks = lasting_checks(
            facts,
            &Asked { region, account, subnet, groups, required: &target.settings.require },
        );
        let broken = checks.iter().filter(|check| withholds(check, target.settings.unknown));
        let broken: Vec<Check> = broken.cloned().collect();
        match reading(facts, region, subnet) {
            Some(reading @ Reading::Found(found)) if broken.is_empty() => {
                screened.good.push((reading, found, checks));
            }
            Some(_) | None => {
                let known: BTreeSet<Check> = screened.failed.iter().cloned().collect();
                screened.failed.extend(broken.into_iter().filter(|check| !known.contains(check)));
            }
        }
    }
    screened
}

fn reading<'a>(facts: &'a NetworkFacts, region: &Region, subnet: &SubnetId) -> Option<&'a Reading<Subnet>> {
    facts.subnets.get(&(region.clone(), subnet.clone()))
}

/// Whether an item may not go where this check came out so: a basic check must pass, a need only where the policy
/// requires it, and then what cannot be decided is the policy's to judge.
fn withholds(check: &Check, unknown: OnUnknown) -> bool {
    if crate::network::CheckName::BASIC.contains(&check.name) {
        return check.verdict != CheckVerdict::Yes;
    }
    match check.verdict {
        CheckVerdict::Yes => false,
        CheckVerdict::No => check.required,
        CheckVerdict::Unknown => check.required && unknown == OnUnknown::Withhold,
    }
}
