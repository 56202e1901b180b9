//! Pure: what a scenario's file says, checked: names are resolved to positions in these lists.

use crate::diagnostic::Place;
use crate::ids::Region;
use crate::sandbox::chance::Seed;
use crate::sandbox::fault::FaultRule;
use crate::sandbox::iam::Identities;
use crate::sandbox::world::HeldPolicy;
use crate::sandbox::world::notebook::Status;

use super::account::Account;
use super::bucket::Bucket;
use super::file::Conduct;
use super::naming::Naming;
use super::network::Network;
use super::notebook::{Choices, Common, Own, Owner};
use super::refer::{Key, Lifecycle};

/// What a file says, checked: every world made of it is a possible one.
#[derive(Debug, Clone)]
pub struct Scenario {
    pub(super) seed: Seed,
    pub(super) conduct: Conduct,
    /// The management account of the organization, where there is one.
    pub(super) management: Option<usize>,
    pub(super) accounts: Vec<AccountSpec>,
    pub(super) sites: Vec<SiteSpec>,
    pub(super) networks: Vec<Sited<Network>>,
    pub(super) lifecycles: Vec<Sited<Lifecycle>>,
    pub(super) keys: Vec<Sited<Key>>,
    pub(super) buckets: Vec<BucketSpec>,
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
        !self.conduct.throttled
    }

    /// A site as messages call it.
    pub(super) fn site_name(&self, site: usize) -> String {
        let Some(site) = self.sites.get(site) else { return String::new() };
        match self.accounts.get(site.account) {
            Some(account) if self.accounts.len() > 1 => format!("{} of `{}`", site.region, account.name),
            Some(_) | None => site.region.to_string(),
        }
    }
}

/// An account.
#[derive(Debug, Clone)]
pub(super) struct AccountSpec {
    pub(super) said: Account,
    pub(super) name: String,
    /// The policies of those who may not do everything.
    pub(super) identities: Identities,
    /// Policies that are told of.
    pub(super) policies: Vec<HeldPolicy>,
}

/// One region of one account.
#[derive(Debug, Clone)]
pub(super) struct SiteSpec {
    pub(super) account: usize,
    pub(super) region: Region,
}

/// Something, and the sites that it is in.
#[derive(Debug, Clone)]
pub(super) struct Sited<T> {
    pub(super) said: T,
    pub(super) sites: Vec<usize>,
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
    pub(super) key: Option<KeyRef>,
    pub(super) own: Own,
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

/// A KMS key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum KeyRef {
    /// One of the scenario's.
    Known(usize),
    /// Another account's: all that anybody sees of it is its ARN.
    Foreign(String),
}

/// A bucket, checked: what it refers to is there.
#[derive(Debug, Clone)]
pub(super) struct BucketSpec {
    pub(super) said: Bucket,
    /// The position of its account.
    pub(super) account: usize,
    pub(super) region: Region,
    pub(super) encryption: EncryptionSpec,
}

/// What new objects of a bucket are encrypted with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum EncryptionSpec {
    None,
    Aes256,
    /// The key that AWS manages.
    Managed,
    /// A key, in the bucket's region of its account.
    Key(KeyRef),
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
