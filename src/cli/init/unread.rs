//! Pure: what could not be read, and whether enough was.

use std::collections::BTreeMap;

use crate::api_error::{ApiError, ApiErrorKind};
use crate::cli::error::CommandError;
use crate::cli::outcome;
use crate::exit::ExitStatus;
use crate::ids::Region;
use crate::inventory::{Gap, Inventory};
use crate::network::{Dns, RegionNetworks, Survey};
use crate::report::wording;

/// What could not be read.
#[derive(Debug, Default)]
pub(super) struct Unread {
    pub(super) gaps: Vec<Gap>,
    /// The same in words.
    pub(super) said: Vec<String>,
    /// Regions whose networks there was no choosing from.
    blind: Vec<Region>,
}

impl Unread {
    /// What the inventory lacks.
    pub(super) fn of(inventory: &Inventory) -> Unread {
        let said = inventory.gaps.iter().map(wording::gap).collect();
        Unread { gaps: inventory.gaps.clone(), said, blind: Vec::new() }
    }

    /// Something about the networks of a region that a choice can do without.
    pub(super) fn network(&mut self, region: &Region, error: ApiError) {
        self.said.push(format!("the networks of {region}: {}", wording::api_error(&error)));
        self.gaps.push(Gap { region: region.clone(), instance: None, error });
    }

    /// What leaves nothing to choose from in a region.
    pub(super) fn networks(&mut self, region: &Region, error: ApiError) {
        self.network(region, error);
        self.blind.push(region.clone());
    }

    /// Nothing, unless no region with something in it could be read: a policy of that would be made up.
    pub(super) fn refusal(&self, inventory: &Inventory) -> Option<CommandError> {
        let of = |region: &Region| {
            let listed = !self.gaps.iter().any(|gap| gap.region == *region && gap.instance.is_none());
            let mut here = inventory.instances.iter().filter(|one| one.id.region == *region).peekable();
            let (some, described) = (here.peek().is_some(), here.any(|one| one.description.is_some()));
            // That of an empty region says nothing.
            (described && !self.blind.contains(region), some && !described || !listed)
        };
        let regions: Vec<(bool, bool)> = inventory.regions.iter().map(of).collect();
        let missed = !self.blind.is_empty() || regions.iter().any(|(_, missed)| *missed);
        let read = regions.iter().any(|(read, _)| *read);
        (missed && !read).then(|| self.error())
    }

    fn error(&self) -> CommandError {
        let message = "no policy was written: nothing that one is made of could be read";
        let shut =
            |gap: &Gap| gap.error.kind == ApiErrorKind::AccessDenied || gap.error.kind.is_credentials();
        let status = if self.gaps.iter().all(shut) {
            ExitStatus::Access
        } else {
            outcome::of_reading(&self.gaps, false, false)
        };
        let mut error = CommandError::new(status, message);
        error.causes = self.said.clone();
        error.hints = self.gaps.first().map(|gap| CommandError::access(&gap.error).hints).unwrap_or_default();
        error
    }
}

/// Why a choice between the networks of a region would be a guess: without these not even a subnet can be told usable.
pub(super) fn essential(networks: &RegionNetworks, region: &Region) -> Option<ApiError> {
    let survey = networks.facts.surveys.get(region)?;
    let zones = networks.facts.zones.get(region).and_then(|zones| zones.as_ref().err());
    let (subnets, groups) = (survey.subnets.as_ref().err(), survey.groups.as_ref().err());
    subnets.or(groups).or(zones).cloned()
}

/// What else could not be read of them, once an operation: what rests on it is unknown.
pub(super) fn rest(networks: &RegionNetworks, region: &Region) -> Vec<ApiError> {
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
