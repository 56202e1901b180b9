//! Pure: what could not be read, and whether enough was.

use std::collections::BTreeMap;

use crate::api_error::{ApiError, ApiErrorKind};
use crate::ids::Region;
use crate::inventory::{Gap, Inventory};
use crate::network::{Dns, RegionNetworks, Survey};

/// What could not be read.
#[derive(Debug, Default)]
pub(crate) struct Unread {
    /// What the inventory lacks.
    pub(crate) instances: Vec<Gap>,
    /// What is not known of the networks of regions.
    pub(crate) networks: Vec<Gap>,
    /// Regions whose networks there was no choosing from.
    blind: Vec<Region>,
}

impl Unread {
    /// What the inventory lacks.
    pub(crate) fn of(inventory: &Inventory) -> Unread {
        Unread { instances: inventory.gaps.clone(), networks: Vec::new(), blind: Vec::new() }
    }

    /// Something about the networks of a region that a choice can do without.
    pub(crate) fn network(&mut self, region: &Region, error: ApiError) {
        self.networks.push(Gap { region: region.clone(), instance: None, error });
    }

    /// What leaves nothing to choose from in a region.
    pub(crate) fn choice(&mut self, region: &Region, error: ApiError) {
        self.network(region, error);
        self.blind.push(region.clone());
    }

    /// All of it.
    pub(crate) fn gaps(&self) -> Vec<Gap> {
        self.instances.iter().chain(&self.networks).cloned().collect()
    }

    /// Whether a policy can be made of what was read. Not where no region with something in it could be: it would be made
    /// up.
    pub(crate) fn is_enough(&self, inventory: &Inventory) -> bool {
        let gaps = self.gaps();
        let of = |region: &Region| {
            let listed = !gaps.iter().any(|gap| gap.region == *region && gap.instance.is_none());
            let mut here = inventory.instances.iter().filter(|one| one.id.region == *region).peekable();
            let (some, described) = (here.peek().is_some(), here.any(|one| one.description.is_some()));
            // That of an empty region says nothing.
            (described && !self.blind.contains(region), some && !described || !listed)
        };
        let regions: Vec<(bool, bool)> = inventory.regions.iter().map(of).collect();
        let missed = !self.blind.is_empty() || regions.iter().any(|(_, missed)| *missed);
        let read = regions.iter().any(|(read, _)| *read);
        !missed || read
    }

    /// Whether AWS let nothing of it be read, for want of permissions or credentials.
    pub(crate) fn is_shut(&self) -> bool {
        let shut =
            |gap: &Gap| gap.error.kind == ApiErrorKind::AccessDenied || gap.error.kind.is_credentials();
        self.gaps().iter().all(shut)
    }
}

/// Why a choice between the networks of a region would be a guess: without these not even a subnet can be told usable.
pub(crate) fn essential(networks: &RegionNetworks, region: &Region) -> Option<ApiError> {
    let survey = networks.facts.surveys.get(region)?;
    let zones = networks.facts.zones.get(region).and_then(|zones| zones.as_ref().err());
    let (subnets, groups) = (survey.subnets.as_ref().err(), survey.groups.as_ref().err());
    subnets.or(groups).or(zones).cloned()
}

/// What else could not be read of them, once an operation: what rests on it is unknown.
pub(crate) fn rest(networks: &RegionNetworks, region: &Region) -> Vec<ApiError> {
    let Some(survey) = networks.facts.surveys.get(region) else { return Vec::new() };
    let Survey { vpcs, subnets: _, groups: _, route_tables, nat_gateways, endpoints, acls, dns } = survey;
    let of_dns = |one: &Dns| [one.support.clone().err(), one.hostnames.clone().err()];
    let all = [
        vpcs.as_ref().err(),
        route_tables.as_ref().err(),
        nat_gateways.as_ref().err(),
        endpoints.as_ref().err(),
        acls.as_ref().err(),
        networks.load_balancers.as_ref().err(),
    ];
    let all = all.into_iter().flatten().cloned().chain(dns.values().flat_map(of_dns).flatten());
    let once: BTreeMap<String, ApiError> = all.map(|error| (error.operation.clone(), error)).collect();
    once.into_values().collect()
}
