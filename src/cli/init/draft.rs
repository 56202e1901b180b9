//! Pure: what a policy is drafted from.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::clock::day;
use crate::ids::{AccountId, Region, SecurityGroupId, SubnetId};
use crate::inventory::{Description, Instance, Inventory};
use crate::network::{Candidate, CandidateGroup, CandidateSubnet, Reach};
use crate::policy::{Mode, built_in};
use crate::rules::judge;

/// Subnets that are taken without asking: more only make the policy longer.
const MOST_SUBNETS: usize = 6;

/// A policy that is being written.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    /// The day (UTC) on which it is written.
    pub(super) today: Date,
    pub(super) account: AccountId,
    pub(super) regions: Vec<Region>,
    /// Instances seen, and those of them that are to be replaced.
    pub(super) seen: usize,
    pub(super) broken: usize,
    /// How many of those to be replaced have each platform.
    pub(super) platforms: BTreeMap<String, usize>,
    pub(super) targets: Vec<RegionDraft>,
}

/// Where the replacements of one region go.
#[derive(Debug, Clone)]
pub(super) struct RegionDraft {
    pub(super) region: Region,
    pub(super) broken: usize,
    pub(super) candidates: Vec<Candidate>,
    /// The position of the chosen VPC; `None` where none can be used.
    pub(super) vpc: Option<usize>,
    /// Positions of its chosen subnets and groups.
    pub(super) subnets: Vec<usize>,
    pub(super) groups: Vec<usize>,
}

impl Draft {
    pub(super) fn of(inventory: &Inventory) -> Draft {
        let mut platforms: BTreeMap<String, usize> = BTreeMap::new();
        let today = day(inventory.taken_at);
        let all = inventory.instances.iter().filter(|one| is_broken(one, today));
        for found in all.clone().filter_map(|one| one.description.as_ref()) {
            *platforms.entry(found.platform_identifier.clone().unwrap_or_default()).or_default() += 1;
        }
        Draft {
            today,
            account: inventory.account.clone(),
            regions: inventory.regions.clone(),
            seen: inventory.instances.len(),
            broken: all.count(),
            platforms,
            targets: Vec::new(),
        }
    }
}

impl RegionDraft {
    /// The best choice of everything.
    pub(super) fn best(region: &Region, broken: usize, candidates: Vec<Candidate>) -> RegionDraft {
        let usable = candidates.first().is_some_and(|best| best.reach() > Reach::Unusable);
        let mut draft = RegionDraft {
            region: region.clone(),
            broken,
            candidates,
            vpc: None,
            subnets: Vec::new(),
            groups: Vec::new(),
        };
        if usable {
            draft.choose(0);
        }
        draft
    }

    /// Chooses a VPC, with its best subnets and its best group.
    pub(super) fn choose(&mut self, vpc: usize) {
        let Some(candidate) = self.candidates.get(vpc) else { return };
        let best = candidate.reach();
        let good = candidate.subnets.iter().take_while(|one| one.reach == best).count();
        self.subnets = (0..good.min(MOST_SUBNETS)).collect();
        self.groups = if candidate.groups.is_empty() { Vec::new() } else { vec![0] };
        self.vpc = Some(vpc);
    }

    pub(super) fn chosen(&self) -> Option<&Candidate> {
        self.candidates.get(self.vpc?)
    }

    pub(super) fn chosen_subnets(&self) -> impl Iterator<Item = &CandidateSubnet> {
        let all = self.chosen().map_or(&[][..], |one| one.subnets.as_slice());
        self.subnets.iter().filter_map(|at| all.get(*at))
    }

    pub(super) fn chosen_groups(&self) -> impl Iterator<Item = &CandidateGroup> {
        let all = self.chosen().map_or(&[][..], |one| one.groups.as_slice());
        self.groups.iter().filter_map(|at| all.get(*at))
    }

    /// What an instance reaches in every one of the chosen subnets.
    pub(super) fn reach(&self) -> Reach {
        self.chosen_subnets().map(|one| one.reach).min().unwrap_or(Reach::Unusable)
    }
}

/// How many instances of a region have to be replaced, by the rules that need no policy.
pub(super) fn broken(inventory: &Inventory, region: &Region) -> usize {
    let today = day(inventory.taken_at);
    inventory.instances.iter().filter(|one| one.id.region == *region && is_broken(one, today)).count()
}

fn is_broken(instance: &Instance, today: Date) -> bool {
    let judgements = judge(&built_in(), instance.description.as_ref(), today);
    judgements
        .iter()
        .any(|one| one.mode == Mode::Remediate && one.rule.starts_replacement() && one.verdict.is_fail())
}

/// The sound instances of a region, by where they are.
pub(super) fn neighbours<'a>(
    inventory: &'a Inventory,
    region: &Region,
) -> Vec<(&'a SubnetId, &'a [SecurityGroupId])> {
    let today = day(inventory.taken_at);
    let here = inventory.instances.iter().filter(|one| one.id.region == *region && !is_broken(one, today));
    let place = |found: &'a Description| Some((found.subnet_id.as_ref()?, found.security_groups.as_slice()));
    here.filter_map(|one| one.description.as_ref()).filter_map(place).collect()
}
