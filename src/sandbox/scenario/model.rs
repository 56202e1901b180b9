//! What a scenario's file says, checked: names are resolved to positions in these lists.

use std::collections::BTreeMap;

use crate::diagnostic::Place;
use crate::ids::{AccountId, Region};
use crate::sandbox::chance::Seed;
use crate::sandbox::fault::FaultRule;
use crate::sandbox::iam::Identities;
use crate::sandbox::latency::Latencies;
use crate::sandbox::world::KeyState;
use crate::sandbox::world::notebook::Status;

use crate::sandbox::world::network::AclEntry;

use super::cidr::Block;
use super::detail::{Details, Egress, EndpointSpec, NatSpec, Purpose, RuleSpec, SubnetKind};

/// What a file says, checked: every world made of it is a possible one.
#[derive(Debug, Clone)]
pub struct Scenario {
    pub(super) seed: Seed,
    pub(super) throttled: bool,
    pub(super) keeps_address: bool,
    pub(super) ended_starts_fail: bool,
    pub(super) keys_as_given: bool,
    pub(super) latency: Latencies,
    /// The management account of the organization, where there is one.
    pub(super) management: Option<usize>,
    pub(super) accounts: Vec<AccountSpec>,
    pub(super) sites: Vec<SiteSpec>,
    pub(super) networks: Vec<NetworkSpec>,
    pub(super) lifecycles: Vec<LifecycleSpec>,
    pub(super) keys: Vec<KeySpec>,
    pub(super) groups: Vec<Group>,
    pub(super) faults: Vec<FaultRule>,
}

impl Scenario {
    /// The seed: that of the file, or another one that was set.
    pub fn seed(&self) -> Seed {
        self.seed
    }

    /// The same scenario with another seed: as many instances of each kind in each place, but others.
    #[must_use]
    pub fn with_seed(self, seed: Seed) -> Scenario {
        Scenario { seed, ..self }
    }

    /// What goes wrong.
    pub fn faults(&self) -> &[FaultRule] {
        &self.faults
    }

    /// Whether every call is answered, however many there are.
    pub fn unthrottled(&self) -> bool {
        !self.throttled
    }
}

/// An account.
#[derive(Debug, Clone)]
pub(super) struct AccountSpec {
    pub(super) id: AccountId,
    pub(super) name: String,
    pub(super) email: String,
    /// Roles that may be assumed.
    pub(super) roles: Vec<String>,
    pub(super) external_id: Option<String>,
    pub(super) quota: u32,
    pub(super) quotas: BTreeMap<String, u32>,
    pub(super) regions: Vec<Region>,
    /// The policies of those who may not do everything.
    pub(super) identities: Identities,
}

/// One region of one account.
#[derive(Debug, Clone)]
pub(super) struct SiteSpec {
    pub(super) account: usize,
    pub(super) region: Region,
}

/// A VPC, in each of its sites.
#[derive(Debug, Clone)]
pub(super) struct NetworkSpec {
    pub(super) name: String,
    pub(super) id: Option<String>,
    pub(super) sites: Vec<usize>,
    pub(super) cidr: Block,
    pub(super) egress: Egress,
    /// Services by the short name: `s3`, `sagemaker.api`.
    pub(super) endpoints: Vec<String>,
    pub(super) dns: bool,
    /// Whether its subnets have IPv6 blocks and a way out for them.
    pub(super) ipv6: bool,
    pub(super) dedicated: bool,
    pub(super) block_public_access: &'static str,
    pub(super) details: Details,
    pub(super) subnets: Vec<SubnetSpec>,
    /// Never empty but in AWS's default VPC.
    pub(super) groups: Vec<SecurityGroupSpec>,
    /// Whether it is the one that AWS makes.
    pub(super) is_default: bool,
}

#[derive(Debug, Clone)]
pub(super) struct SubnetSpec {
    pub(super) name: String,
    pub(super) id: Option<String>,
    pub(super) cidr: Block,
    pub(super) zone: char,
    /// What is left once the scenario's own instances have their addresses.
    pub(super) free: Option<u32>,
    pub(super) purpose: Purpose,
    /// Whether it has a route table of its own.
    pub(super) own_table: bool,
    /// Where its own route table leads, if elsewhere than the network's.
    pub(super) egress: Option<Egress>,
    pub(super) kind: SubnetKind,
    /// The network ACL of its own, if it has one.
    pub(super) acl: Option<Vec<AclEntry>>,
}

#[derive(Debug, Clone)]
pub(super) struct SecurityGroupSpec {
    pub(super) name: String,
    pub(super) id: Option<String>,
    pub(super) egress: GroupEgress,
    /// More rules than that.
    pub(super) rules: Vec<RuleSpec>,
}

/// What a security group lets out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GroupEgress {
    All,
    Https,
    /// HTTPS to S3 alone, by its prefix list.
    S3,
    Vpc,
    None,
}

#[derive(Debug, Clone)]
pub(super) struct LifecycleSpec {
    pub(super) name: String,
    pub(super) sites: Vec<usize>,
    pub(super) on_create: Option<String>,
    pub(super) on_start: Option<String>,
    /// Whether it has been deleted since instances were given it.
    pub(super) deleted: bool,
    pub(super) tags: BTreeMap<String, String>,
}

#[derive(Debug, Clone)]
pub(super) struct KeySpec {
    /// Without `alias/`.
    pub(super) alias: String,
    pub(super) id: Option<String>,
    pub(super) sites: Vec<usize>,
    pub(super) state: KeyState,
}

/// Instances that are described together. One that is described alone is a group of one.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// Where the file describes it.
    pub(super) place: Place,
    pub(super) naming: Naming,
    pub(super) count: u32,
    pub(super) sites: Vec<usize>,
    /// For each of the sites, where its instances in a VPC are; empty if none is in a VPC.
    pub(super) homes: Vec<Home>,
    pub(super) parts: Parts,
    pub(super) choices: Choices,
    pub(super) common: Common,
}

/// How many of a group are what.
#[derive(Debug, Clone)]
pub(super) struct Parts {
    pub(super) no_vpc: u32,
    /// In a VPC and with direct internet access.
    pub(super) direct_internet: u32,
    /// Statuses; the rest is `InService`.
    pub(super) statuses: Vec<(Status, u32)>,
    pub(super) root_access: u32,
    pub(super) imds_v2: u32,
    pub(super) kms: u32,
    pub(super) untagged: u32,
    pub(super) owners: Vec<(Owner, u32)>,
}

/// What each instance of a group has one of.
#[derive(Debug, Clone)]
pub(super) struct Choices {
    pub(super) types: Vec<String>,
    pub(super) volumes: Vec<u32>,
    pub(super) platforms: Vec<String>,
    pub(super) roles: Vec<String>,
}

/// What all instances of a group have.
#[derive(Debug, Clone, Default)]
pub(super) struct Common {
    pub(super) tags: BTreeMap<String, String>,
    pub(super) lifecycle_config: Option<String>,
    pub(super) kms_key: Option<KeyRef>,
    pub(super) code_repository: Option<String>,
    pub(super) more_repositories: Vec<String>,
    pub(super) accelerators: Vec<String>,
    pub(super) dualstack: bool,
    pub(super) failure_reason: Option<String>,
    /// In days; drawn where it is not given.
    pub(super) age: Option<u32>,
}

/// A KMS key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum KeyRef {
    /// One of the scenario's.
    Known(usize),
    /// Another account's: all that anybody sees of it is its ARN.
    Foreign(String),
}

/// Where instances of one site are that are in a VPC.
#[derive(Debug, Clone)]
pub(super) struct Home {
    pub(super) network: usize,
    /// Positions in the network's list.
    pub(super) subnets: Vec<usize>,
    pub(super) groups: Vec<GroupRef>,
}

/// A security group of a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GroupRef {
    /// The one that every VPC has.
    Default,
    /// Its position in the network's list.
    Own(usize),
}

#[derive(Debug, Clone)]
pub(super) enum Naming {
    Listed(Vec<String>),
    /// With `{n}` and `{word}`.
    Pattern(String),
}

/// Who made an instance, where it shows in its tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    CloudFormation,
    ServiceCatalog,
    SageMakerProject,
    Terraform,
}

/// What `{word}` stands for.
pub(super) const WORDS: [&str; 16] = [
    "etl", "explore", "train", "report", "features", "scoring", "demo", "backfill", "labels", "scratch",
    "review", "baseline", "tuning", "drift", "eval", "migrate",
];

/// How much of a name is up to the sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Freedom {
    None,
    Numbers,
    /// Another word will do where a name is taken: whoever can choose comes last.
    Words,
}

impl Naming {
    /// How much of the names is up to the sandbox.
    pub(super) fn freedom(&self) -> Freedom {
        match self {
            Naming::Listed(_) => Freedom::None,
            Naming::Pattern(pattern) if pattern.contains("{word}") => Freedom::Words,
            Naming::Pattern(_) => Freedom::Numbers,
        }
    }

    /// The name of the instance with that number, counted from 0, in a group of so many.
    pub(super) fn name(&self, number: u32, count: u32, word: &str) -> String {
        match self {
            Naming::Listed(names) => {
                names.get(usize::try_from(number).unwrap_or(usize::MAX)).cloned().unwrap_or_default()
            }
            Naming::Pattern(pattern) => {
                let width = count.to_string().len();
                pattern.replace("{n}", &format!("{:0width$}", number + 1)).replace("{word}", word)
            }
        }
    }
}

impl NetworkSpec {
    /// Its NAT gateway: it has one at most.
    pub(super) fn nat(&self) -> Option<NatSpec> {
        let of_subnets = self.subnets.iter().filter_map(|subnet| subnet.egress);
        let of_routes = self.details.routes.iter().map(|route| route.via);
        [self.egress].into_iter().chain(of_subnets).chain(of_routes).find_map(Egress::nat)
    }

    /// Where its NAT gateway is, if it has one.
    pub(super) fn nat_subnet(&self) -> Option<usize> {
        let purpose = self.nat()?.purpose?;
        self.subnets.iter().position(|subnet| subnet.purpose == purpose)
    }

    /// Subnets that interface endpoints and transit gateways have a foot in: one a zone.
    pub(super) fn feet(&self) -> Vec<usize> {
        let mut zones = std::collections::BTreeSet::new();
        let usable = |(_, subnet): &(usize, &SubnetSpec)| subnet.purpose == Purpose::Private;
        let private = self.subnets.iter().enumerate().filter(usable);
        private.filter(|(_, subnet)| zones.insert(subnet.zone)).map(|(at, _)| at).collect()
    }

    /// How many of a subnet's addresses neither AWS nor the network itself has: `None` if it has too few.
    pub(super) fn room(&self, subnet: usize) -> Option<u32> {
        let spec = self.subnets.get(subnet)?;
        let alive = self.nat().is_some_and(|nat| nat.state != "deleted");
        let nat = u32::from(alive && self.nat_subnet() == Some(subnet));
        let endpoints = self.endpoints.iter().filter(|service| *service != "s3").count();
        let feet = if self.feet().contains(&subnet) { u32::try_from(endpoints).ok()? } else { 0 };
        let here = |one: &&EndpointSpec| {
            let named = one.subnets.as_ref().map(|names| names.contains(&spec.name));
            !one.gateway && named.unwrap_or_else(|| self.feet().contains(&subnet))
        };
        let more = u32::try_from(self.details.endpoints.iter().filter(here).count()).ok()?;
        let attachment = u32::from(self.egress == Egress::TransitGateway && self.feet().contains(&subnet));
        spec.cidr.size().checked_sub(5 + nat + feet + more + attachment)
    }
}
