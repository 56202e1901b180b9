//! Pure: what a policy is drafted from, and what is chosen where nobody says otherwise.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::clock::day;
use crate::ids::{AccountId, Region, SecurityGroupId, SubnetId};
use crate::inventory::{Description, Instance, Inventory, Status};
use crate::network::{
    Candidate, CandidateGroup, CandidateSubnet, CheckName, CheckVerdict, Need, Reach, Siting,
};
use crate::policy::built_in;
use crate::rules;
use crate::rules::Mode;

/// Subnets that are taken without asking: more only make the policy longer.
const MOST_SUBNETS: usize = 6;

/// A policy that is being written.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    /// The day (UTC) on which it is written.
    pub(crate) today: Date,
    pub(crate) account: AccountId,
    pub(crate) regions: Vec<Region>,
    /// Instances seen, and those of them that are to be replaced.
    pub(crate) seen: usize,
    pub(crate) broken: usize,
    /// How many of those to be replaced have each platform.
    pub(crate) platforms: BTreeMap<String, usize>,
    /// Those in a VPC whose volume has no key of the account's own, by region.
    pub(crate) unencrypted: BTreeMap<Region, usize>,
    pub(crate) targets: Vec<RegionDraft>,
    /// What could not be read, in words.
    pub(crate) unread: Vec<String>,
}

/// Where the replacements of one region go.
#[derive(Debug, Clone)]
pub(crate) struct RegionDraft {
    pub(crate) region: Region,
    pub(crate) broken: usize,
    pub(crate) candidates: Vec<Candidate>,
    /// The position of the chosen VPC; `None` where none can be used.
    pub(crate) vpc: Option<usize>,
    /// Positions of its chosen subnets and groups.
    pub(crate) subnets: Vec<usize>,
    pub(crate) groups: Vec<usize>,
}

impl Draft {
    pub(crate) fn of(inventory: &Inventory) -> Draft {
        let mut platforms: BTreeMap<String, usize> = BTreeMap::new();
        let today = day(inventory.taken_at);
        let all = inventory.instances.iter().filter(|one| is_broken(one, today));
        for found in all.clone().filter_map(|one| one.description.as_ref()) {
            *platforms.entry(found.platform_identifier.clone().unwrap_or_default()).or_default() += 1;
        }
        let mut unencrypted: BTreeMap<Region, usize> = BTreeMap::new();
        let in_vpc = |found: &Description| found.subnet_id.is_some() && found.kms_key_id.is_none();
        for one in inventory.instances.iter().filter(|one| one.description.as_ref().is_some_and(in_vpc)) {
            *unencrypted.entry(one.id.region.clone()).or_default() += 1;
        }
        Draft {
            unencrypted,
            today,
            account: inventory.account.clone(),
            regions: inventory.regions.clone(),
            seen: inventory.instances.len(),
            broken: all.count(),
            platforms,
            targets: Vec::new(),
            unread: Vec::new(),
        }
    }
}

/// What is known to speak for a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Worth {
    /// It reaches the internet, or the services that notebooks need.
    Right,
    /// It does not, or that is unknown, but compliant notebooks use its group there.
    AsOthers,
    /// Nothing: notebooks there might reach nothing.
    Doubtful,
}

/// What a target requires, so that a plan withholds what would not reach it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Requirement {
    pub(crate) worth: Worth,
    /// Never empty.
    pub(crate) needs: Vec<CheckName>,
    /// Whether what cannot be decided is withheld, too.
    pub(crate) unknown_too: bool,
}

impl RegionDraft {
    /// The best choice of everything; nothing, where no VPC has a subnet and a group that can be chosen.
    pub(crate) fn best(region: &Region, broken: usize, candidates: Vec<Candidate>) -> RegionDraft {
        let usable = candidates.first().is_some_and(|best| best.reach() > Reach::NoGroup);
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

    /// Chooses a VPC, with its best group and subnets.
    pub(crate) fn choose(&mut self, vpc: usize) {
        let Some(candidate) = self.candidates.get(vpc) else { return };
        self.groups = if candidate.best_group().is_some() { vec![0] } else { Vec::new() };
        self.subnets = best_subnets(candidate);
        self.vpc = Some(vpc);
    }

    /// Chooses groups of the VPC, and the subnets that are best with them.
    pub(crate) fn choose_groups(&mut self, groups: Vec<usize>, siting: Siting<'_>) {
        self.groups = groups;
        let ids: Vec<SecurityGroupId> = self.chosen_groups().map(|one| one.id.clone()).collect();
        let Some(candidate) = self.vpc.and_then(|at| self.candidates.get_mut(at)) else { return };
        siting.refit(candidate, &ids);
        self.subnets = best_subnets(candidate);
    }

    pub(crate) fn chosen(&self) -> Option<&Candidate> {
        self.candidates.get(self.vpc?)
    }

    pub(crate) fn chosen_subnets(&self) -> impl Iterator<Item = &CandidateSubnet> {
        let all = self.chosen().map_or(&[][..], |one| one.subnets.as_slice());
        self.subnets.iter().filter_map(|at| all.get(*at))
    }

    pub(crate) fn chosen_groups(&self) -> impl Iterator<Item = &CandidateGroup> {
        let all = self.chosen().map_or(&[][..], |one| one.groups.as_slice());
        self.groups.iter().filter_map(|at| all.get(*at))
    }

    /// What an instance reaches in every one of the chosen subnets.
    pub(crate) fn reach(&self) -> Reach {
        self.chosen_subnets().map(|one| one.reach).min().unwrap_or(Reach::Unusable)
    }

    /// Whether something is reached from every one of the chosen subnets.
    pub(crate) fn verdict(&self, name: CheckName) -> CheckVerdict {
        let of = |one: &CandidateSubnet| {
            one.checks
                .iter()
                .find(|check| check.name == name)
                .map_or(CheckVerdict::Unknown, |check| check.verdict)
        };
        let all: Vec<CheckVerdict> = self.chosen_subnets().map(of).collect();
        if all.contains(&CheckVerdict::No) {
            CheckVerdict::No
        } else if all.is_empty() || all.contains(&CheckVerdict::Unknown) {
            CheckVerdict::Unknown
        } else {
            CheckVerdict::Yes
        }
    }

    /// What the target requires: what it is chosen for, or what it would have to reach to be right.
    pub(crate) fn requirement(&self) -> Requirement {
        const SERVICES: [CheckName; 2] = [CheckName::Need(Need::S3), CheckName::Need(Need::SagemakerApi)];
        let reached: Vec<CheckName> =
            SERVICES.into_iter().filter(|name| self.verdict(*name) == CheckVerdict::Yes).collect();
        let used = self.chosen_groups().any(|one| one.instances > 0);
        let worth = match (is_right(self.reach(), used), self.reach()) {
            (true, Reach::Internet | Reach::Services) => Worth::Right,
            // What is only partly known leaves nothing to require.
            (true, Reach::Partial) if reached.is_empty() => Worth::Doubtful,
            (true, _) => Worth::AsOthers,
            (false, _) => Worth::Doubtful,
        };
        let needs = match self.reach() {
            Reach::Internet | Reach::Nothing | Reach::NoGroup | Reach::Unusable => {
                vec![CheckName::Need(Need::Egress)]
            }
            Reach::Services => SERVICES.to_vec(),
            Reach::Partial if worth == Worth::AsOthers => reached,
            Reach::Partial => SERVICES.to_vec(),
            Reach::Unknown if self.verdict(CheckName::Need(Need::Egress)) == CheckVerdict::No => {
                SERVICES.to_vec()
            }
            Reach::Unknown => vec![CheckName::Need(Need::Egress)],
        };
        let unknown_too = worth == Worth::Doubtful && self.reach() == Reach::Unknown;
        Requirement { worth, needs, unknown_too }
    }
}

/// Whether to choose what reaches this, unasked: less than the services that notebooks need will only do where compliant
/// notebooks make do with it.
pub(crate) fn is_right(reach: Reach, used: bool) -> bool {
    match reach {
        Reach::Internet | Reach::Services => true,
        Reach::Unknown | Reach::Partial => used,
        Reach::Nothing | Reach::NoGroup | Reach::Unusable => false,
    }
}

/// The positions of those that reach the most.
fn best_subnets(candidate: &Candidate) -> Vec<usize> {
    let best = candidate.reach();
    if best <= Reach::NoGroup {
        return Vec::new();
    }
    let good = candidate.subnets.iter().take_while(|one| one.reach == best).count();
    (0..good.min(MOST_SUBNETS)).collect()
}

/// How many instances of a region have to be replaced, by the rules that need no policy.
pub(crate) fn broken(inventory: &Inventory, region: &Region) -> usize {
    let today = day(inventory.taken_at);
    inventory.instances.iter().filter(|one| one.id.region == *region && is_broken(one, today)).count()
}

fn is_broken(instance: &Instance, today: Date) -> bool {
    verdicts(instance.description.as_ref(), today).iter().any(rules::Verdict::is_fail)
}

/// What the rules that start a replacement say.
fn verdicts(description: Option<&Description>, today: Date) -> Vec<rules::Verdict> {
    let judgements = built_in().judge(description, today).into_iter();
    let starts = judgements.filter(|one| one.mode == Mode::Remediate && one.rule.starts_replacement());
    starts.map(|one| one.verdict).collect()
}

/// The compliant notebooks of a region, by where they are. What is unknown is not compliant, and one that failed or is going
/// is no example to follow.
pub(crate) fn neighbours<'a>(
    inventory: &'a Inventory,
    region: &Region,
) -> Vec<(&'a SubnetId, &'a [SecurityGroupId])> {
    let today = day(inventory.taken_at);
    let here = inventory.instances.iter().filter(|one| one.id.region == *region);
    let lives = |found: &&Description| {
        let gone = [Status::Failed, Status::Deleting].contains(&found.notebook_instance_status);
        !gone && verdicts(Some(found), today).iter().all(|verdict| *verdict == rules::Verdict::Pass)
    };
    let place = |found: &'a Description| Some((found.subnet_id.as_ref()?, found.security_groups.as_slice()));
    here.filter_map(|one| one.description.as_ref()).filter(lives).filter_map(place).collect()
}
