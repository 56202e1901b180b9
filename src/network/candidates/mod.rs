//! Pure: where replacements could go, the best first. For whoever writes a policy.

mod standing;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::ids::{AccountId, Region, SecurityGroupId, SubnetId, VpcId};
use crate::network::{
    Answer, Asked, Check, CheckName, CheckVerdict, Need, NetworkFacts, Reading, SecurityGroup, Subnet,
    Survey, free_addresses, lasting_checks,
};

use standing::Claims;
pub use standing::GroupStanding;

/// Subnets of a VPC that its groups are compared from.
const MOST_COMPARED: usize = 8;

/// Every network of a region, as it was read for a choice between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionNetworks {
    /// What decides what is reached.
    pub facts: NetworkFacts,
    /// What people call it.
    pub names: Names,
    /// The security groups of load balancers.
    pub load_balancers: Answer<BTreeSet<SecurityGroupId>>,
}

/// What people call the VPCs and subnets of a region.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// Every VPC.
    pub vpcs: BTreeMap<VpcId, VpcName>,
    /// The name of every subnet that has one.
    pub subnets: BTreeMap<SubnetId, String>,
}

/// What people call a VPC.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VpcName {
    /// Its tag `Name`.
    pub name: Option<String>,
    /// Whether AWS made it for the account.
    pub is_default: bool,
}

/// What an instance in a subnet would reach, the best last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// No instance can be created there.
    Unusable,
    /// An instance could be created there, but no group of the VPC is one to choose for notebooks.
    NoGroup,
    /// Neither the internet nor any of the services that notebooks need.
    Nothing,
    /// Not the internet, and not all of the services.
    Partial,
    /// It cannot be told from configuration: of the internet, or of services that may answer beyond the VPC.
    Unknown,
    /// S3 and the SageMaker API, by endpoints.
    Services,
    /// The internet.
    Internet,
}

impl Reach {
    /// What the checks of a subnet and groups come to.
    pub fn of(checks: &[Check]) -> Reach {
        let verdict =
            |name: CheckName| checks.iter().find(|check| check.name == name).map(|check| check.verdict);
        let services = [verdict(CheckName::Need(Need::S3)), verdict(CheckName::Need(Need::SagemakerApi))];
        let needs = [
            CheckName::Tenancy,
            CheckName::Need(Need::Egress),
            CheckName::Need(Need::S3),
            CheckName::Need(Need::SagemakerApi),
        ];
        let basic = checks.iter().filter(|check| !needs.contains(&check.name));
        if basic.into_iter().any(|check| check.verdict != CheckVerdict::Yes) {
            Reach::Unusable
        } else if verdict(CheckName::Need(Need::Egress)) == Some(CheckVerdict::Yes) {
            Reach::Internet
        } else if services == [Some(CheckVerdict::Yes); 2] {
            Reach::Services
        } else if verdict(CheckName::Need(Need::Egress)) != Some(CheckVerdict::No)
            || !services.contains(&Some(CheckVerdict::No))
        {
            Reach::Unknown
        } else if services == [Some(CheckVerdict::No); 2] {
            Reach::Nothing
        } else {
            Reach::Partial
        }
    }
}

/// A VPC that replacements could go into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The VPC.
    pub vpc: VpcId,
    /// What people call it.
    pub name: VpcName,
    /// Its subnets, the best first.
    pub subnets: Vec<CandidateSubnet>,
    /// Its security groups, the best first.
    pub groups: Vec<CandidateGroup>,
}

/// A subnet that replacements could go into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandidateSubnet {
    /// The subnet.
    pub subnet: Subnet,
    /// What people call it.
    pub name: Option<String>,
    /// What an instance there would reach with the groups that were chosen: the VPC's best one where none was yet.
    pub reach: Reach,
    /// What that was found by.
    pub checks: Vec<Check>,
    /// How many compliant notebooks are in it.
    pub instances: usize,
}

/// A security group that replacements could have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandidateGroup {
    /// The group.
    pub id: SecurityGroupId,
    /// Its name.
    pub name: String,
    /// What speaks for it.
    pub standing: GroupStanding,
    /// The endpoint or load balancer that it belongs to.
    pub belongs_to: Option<String>,
    /// The best that an instance with it would reach in the VPC.
    pub reach: Reach,
    /// How many compliant notebooks use it.
    pub instances: usize,
}

/// The compliant notebooks of a region, by their subnets and groups.
pub type Neighbours<'a> = [(&'a SubnetId, &'a [SecurityGroupId])];

impl Candidate {
    /// What an instance in its best subnet would reach.
    pub fn reach(&self) -> Reach {
        self.subnets.first().map_or(Reach::Unusable, |subnet| subnet.reach)
    }

    /// The group to choose where nobody says which: never a service's, and never `default`.
    pub fn best_group(&self) -> Option<&CandidateGroup> {
        self.groups.first().filter(|group| group.standing.is_eligible())
    }

    /// The free addresses of the subnets that instances can be created in.
    pub fn free_addresses(&self) -> u32 {
        let usable = self.subnets.iter().filter(|one| one.reach > Reach::Unusable);
        usable.map(|one| one.subnet.free_addresses).fold(0, u32::saturating_add)
    }

    fn instances(&self) -> usize {
        self.subnets.iter().map(|one| one.instances).sum()
    }
}

/// Who looks for a place, where, and what is known.
#[derive(Debug, Clone, Copy)]
pub struct Siting<'a> {
    /// The networks of the region.
    pub networks: &'a RegionNetworks,
    /// The region.
    pub region: &'a Region,
    /// The account that the instances are of.
    pub account: &'a AccountId,
    /// The compliant notebooks of the region.
    pub neighbours: &'a Neighbours<'a>,
}

impl<'a> Siting<'a> {
    /// The VPCs that were surveyed, the best first: by what is reached, then by who is there already; AWS's own default VPC
    /// comes last among equals.
    pub fn candidates(self) -> Vec<Candidate> {
        let Some(survey) = self.survey() else { return Vec::new() };
        let claims = Claims { endpoints: &survey.endpoints, load_balancers: &self.networks.load_balancers };
        let one = |(vpc, name): (&VpcId, &VpcName)| {
            let groups: Vec<&SecurityGroup> =
                survey.groups.iter().flatten().filter(|one| one.vpc == *vpc).collect();
            let (vpc, name) = (vpc.clone(), name.clone());
            let groups = self.groups(&self.subnets_of(&vpc), &groups, claims);
            let mut candidate = Candidate { vpc, name, subnets: Vec::new(), groups };
            let best: Vec<SecurityGroupId> =
                candidate.best_group().map(|one| one.id.clone()).into_iter().collect();
            self.refit(&mut candidate, &best);
            candidate
        };
        let mut all: Vec<Candidate> = self.networks.names.vpcs.iter().map(one).collect();
        all.sort_by_key(|one| {
            (
                Reverse(one.reach()),
                Reverse(one.instances()),
                one.name.is_default,
                Reverse(one.free_addresses()),
            )
        });
        all
    }

    /// Judges the subnets of a VPC anew, for instances with these groups.
    pub fn refit(self, candidate: &mut Candidate, groups: &[SecurityGroupId]) {
        let one = |subnet: &Subnet| {
            let (reach, checks) = self.look(subnet, groups);
            let instances = self.neighbours.iter().filter(|(id, _)| **id == subnet.id).count();
            let name = self.networks.names.subnets.get(&subnet.id).cloned();
            CandidateSubnet { subnet: subnet.clone(), name, reach, checks, instances }
        };
        candidate.subnets = self.subnets_of(&candidate.vpc).into_iter().map(one).collect();
        candidate.subnets.sort_by_key(|one| {
            (Reverse(one.reach), Reverse(one.instances), Reverse(one.subnet.free_addresses))
        });
    }

    /// What was read, where the subnets and groups are in it.
    fn survey(self) -> Option<&'a Survey> {
        let survey = self.networks.facts.surveys.get(self.region)?;
        (survey.subnets.is_ok() && survey.groups.is_ok()).then_some(survey)
    }

    fn subnets_of(self, vpc: &VpcId) -> Vec<&'a Subnet> {
        let all = self.survey().into_iter().flat_map(|survey| survey.subnets.iter().flatten());
        all.filter(|one| one.vpc == *vpc).collect()
    }

    /// The groups, the best first: those that compliant notebooks use, then those that are named for notebooks, then by what
    /// is reached with them; what belongs to a service, and `default`, comes last.
    ///
    /// They are compared from some subnets, the roomiest: each in each would be far more work, for little.
    fn groups(
        self,
        subnets: &[&Subnet],
        groups: &[&SecurityGroup],
        services: Claims<'_>,
    ) -> Vec<CandidateGroup> {
        let mut roomy: Vec<&Subnet> = subnets.to_vec();
        roomy.sort_by_key(|one| Reverse(one.free_addresses));
        roomy.truncate(MOST_COMPARED);
        let candidate = |group: &&SecurityGroup| {
            let reach = roomy.iter().map(|subnet| self.look(subnet, std::slice::from_ref(&group.id)).0).max();
            let reach = reach.unwrap_or(Reach::Unusable);
            let instances = self.neighbours.iter().filter(|(_, groups)| groups.contains(&group.id)).count();
            let (standing, belongs_to) = services.standing(group, instances);
            let (id, name) = (group.id.clone(), group.name.clone());
            CandidateGroup { id, name, standing, belongs_to, reach, instances }
        };
        let mut all: Vec<CandidateGroup> = groups.iter().map(candidate).collect();
        all.sort_by_key(|one| (one.standing, Reverse(one.instances), Reverse(one.reach), one.id.clone()));
        all
    }

    fn look(self, subnet: &Subnet, groups: &[SecurityGroupId]) -> (Reach, Vec<Check>) {
        let asked = Asked {
            region: self.region,
            account: self.account,
            subnet: &subnet.id,
            groups,
            required: &BTreeSet::new(),
        };
        let mut checks = lasting_checks(&self.networks.facts, &asked);
        checks.push(free_addresses(&Reading::Found(subnet.clone()), 0));
        if groups.is_empty() {
            // What groups decide is open until there are some.
            checks.retain(|check| OF_SUBNET.contains(&check.name));
            let usable = checks.iter().all(|check| check.verdict == CheckVerdict::Yes);
            return (if usable { Reach::NoGroup } else { Reach::Unusable }, checks);
        }
        (Reach::of(&checks), checks)
    }
}

/// The checks of a subnet that no group has to do with.
const OF_SUBNET: [CheckName; 3] = [CheckName::Subnet, CheckName::Zone, CheckName::FreeAddresses];
