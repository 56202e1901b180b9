//! Pure: where replacements could go, the best first. For whoever writes a policy.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::ids::{AccountId, Region, SecurityGroupId, SubnetId, VpcId};
use crate::network::{
    Asked, Check, CheckName, NetworkFacts, Reading, SecurityGroup, Subnet, Survey, Verdict, free_addresses,
    lasting_checks,
};

/// Subnets of a VPC that its groups are compared from.
const MOST_COMPARED: usize = 8;

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
    /// Neither the internet nor the services that notebooks need.
    Nothing,
    /// It cannot be told from configuration.
    Unknown,
    /// S3 and the SageMaker API, by endpoints.
    Services,
    /// The internet.
    Internet,
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
    /// What an instance there would reach with the VPC's best group.
    pub reach: Reach,
    /// What that was found by.
    pub checks: Vec<Check>,
    /// How many sound instances there are already.
    pub instances: usize,
}

/// A security group that replacements could have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandidateGroup {
    /// The group.
    pub id: SecurityGroupId,
    /// Its name.
    pub name: String,
    /// The best that an instance with it would reach in the VPC.
    pub reach: Reach,
    /// How many sound instances have it already.
    pub instances: usize,
}

/// The sound instances that are in a region already, by their subnets and groups.
pub type Neighbours<'a> = [(&'a SubnetId, &'a [SecurityGroupId])];

impl Candidate {
    /// What an instance in its best subnet would reach.
    pub fn reach(&self) -> Reach {
        self.subnets.first().map_or(Reach::Unusable, |subnet| subnet.reach)
    }

    /// The free addresses of its usable subnets.
    pub fn free_addresses(&self) -> u32 {
        let usable = self.subnets.iter().filter(|one| one.reach > Reach::Unusable);
        usable.map(|one| one.subnet.free_addresses).fold(0, u32::saturating_add)
    }

    fn instances(&self) -> usize {
        self.subnets.iter().map(|one| one.instances).sum()
    }
}

/// The VPCs that were surveyed, the best first: by what is reached, then by who is there already; AWS's own default VPC
/// comes last among equals.
pub fn candidates(
    facts: &NetworkFacts,
    (region, account): (&Region, &AccountId),
    names: &Names,
    neighbours: &Neighbours<'_>,
) -> Vec<Candidate> {
    let Some(Survey { subnets: Ok(subnets), groups: Ok(groups), .. }) = facts.surveys.get(region) else {
        return Vec::new();
    };
    let site = Site { facts, region, account, neighbours };
    let mut all: Vec<Candidate> = names
        .vpcs
        .iter()
        .map(|(vpc, name)| {
            let subnets: Vec<&Subnet> = subnets.iter().filter(|one| one.vpc == *vpc).collect();
            let groups: Vec<&SecurityGroup> = groups.iter().filter(|one| one.vpc == *vpc).collect();
            let groups = site.groups(&subnets, &groups);
            let subnets = site.subnets(&subnets, groups.first(), names);
            Candidate { vpc: vpc.clone(), name: name.clone(), subnets, groups }
        })
        .collect();
    all.sort_by_key(|one| {
        (Reverse(one.reach()), Reverse(one.instances()), one.name.is_default, Reverse(one.free_addresses()))
    });
    all
}

#[derive(Clone, Copy)]
struct Site<'a> {
    facts: &'a NetworkFacts,
    region: &'a Region,
    account: &'a AccountId,
    neighbours: &'a Neighbours<'a>,
}

impl Site<'_> {
    /// The groups are compared from some subnets, the roomiest: each in each would be far more work, for little.
    fn groups(self, subnets: &[&Subnet], groups: &[&SecurityGroup]) -> Vec<CandidateGroup> {
        let mut roomy: Vec<&Subnet> = subnets.to_vec();
        roomy.sort_by_key(|one| Reverse(one.free_addresses));
        roomy.truncate(MOST_COMPARED);
        let candidate = |group: &&SecurityGroup| {
            let reach = roomy.iter().map(|subnet| self.look(subnet, &group.id).0).max();
            let reach = reach.unwrap_or(Reach::Unusable);
            let instances = self.neighbours.iter().filter(|(_, groups)| groups.contains(&group.id)).count();
            CandidateGroup { id: group.id.clone(), name: group.name.clone(), reach, instances }
        };
        let mut all: Vec<CandidateGroup> = groups.iter().map(candidate).collect();
        let fits =
            |name: &str| ["notebook", "sagemaker"].iter().any(|word| name.to_lowercase().contains(word));
        all.sort_by_key(|one| {
            (
                Reverse(one.reach),
                Reverse(one.instances),
                !fits(&one.name),
                one.name == "default",
                one.id.clone(),
            )
        });
        all
    }

    fn subnets(
        self,
        subnets: &[&Subnet],
        group: Option<&CandidateGroup>,
        names: &Names,
    ) -> Vec<CandidateSubnet> {
        let candidate = |subnet: &&Subnet| {
            let (reach, checks) =
                group.map_or((Reach::Unusable, Vec::new()), |group| self.look(subnet, &group.id));
            let instances = self.neighbours.iter().filter(|(id, _)| **id == subnet.id).count();
            let name = names.subnets.get(&subnet.id).cloned();
            CandidateSubnet { subnet: (*subnet).clone(), name, reach, checks, instances }
        };
        let mut all: Vec<CandidateSubnet> = subnets.iter().map(candidate).collect();
        all.sort_by_key(|one| {
            (Reverse(one.reach), Reverse(one.instances), Reverse(one.subnet.free_addresses))
        });
        all
    }

    fn look(self, subnet: &Subnet, group: &SecurityGroupId) -> (Reach, Vec<Check>) {
        let asked = Asked {
            region: self.region,
            account: self.account,
            subnet: &subnet.id,
            groups: std::slice::from_ref(group),
            required: &BTreeSet::new(),
        };
        let mut checks = lasting_checks(self.facts, &asked);
        checks.push(free_addresses(&Reading::Found(subnet.clone()), 0));
        (reach(&checks), checks)
    }
}

/// What the checks of a subnet come to.
fn reach(checks: &[Check]) -> Reach {
    let verdict = |name: CheckName| checks.iter().find(|check| check.name == name).map(|check| check.verdict);
    let services = [verdict(CheckName::S3), verdict(CheckName::SagemakerApi)];
    let needs = [CheckName::Tenancy, CheckName::Egress, CheckName::S3, CheckName::SagemakerApi];
    let basic = checks.iter().filter(|check| !needs.contains(&check.name));
    if basic.into_iter().any(|check| check.verdict != Verdict::Yes) {
        Reach::Unusable
    } else if verdict(CheckName::Egress) == Some(Verdict::Yes) {
        Reach::Internet
    } else if services == [Some(Verdict::Yes); 2] {
        Reach::Services
    } else if verdict(CheckName::Egress) == Some(Verdict::No) && services.contains(&Some(Verdict::No)) {
        Reach::Nothing
    } else {
        Reach::Unknown
    }
}
