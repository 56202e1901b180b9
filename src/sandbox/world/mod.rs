//! The state of the sandbox: accounts, their regions, and what is in them.

mod at_work;
mod bucket;
mod described;
mod held_policy;
pub(crate) mod network;
pub(crate) mod notebook;
mod outsider;
mod place;
mod site;
mod worker;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::ids::{AccountId, Region};
use crate::sandbox::chance::Seed;
use crate::sandbox::iam::Identities;
use crate::sandbox::latency::{Latencies, Pace};
use crate::sandbox::worker::Files;

pub(crate) use bucket::{AccessBlock, Bucket, Encryption, Versioning};
pub use described::NotDescribed;
pub(crate) use held_policy::{HeldPolicy, HolderKind, PolicyHolder};
#[cfg(test)]
pub(crate) use outsider::Deed;
pub use outsider::OutsiderAct;
pub(crate) use place::Place;
pub(crate) use site::{Begin, KeyState, KmsKey, LifecycleConfig, Quota, Site};
pub use worker::WorkerFault;
pub(crate) use worker::{WorkerAct, WorkerId, WorkerWord};

/// The whole world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct World {
    pub(crate) seed: Seed,
    /// Never empty. The first is where credentials belong that name no account.
    pub(crate) accounts: BTreeMap<AccountId, Account>,
    pub(crate) home: AccountId,
    /// The management account of the organization, where there is one.
    pub(crate) organization: Option<Organization>,
    /// Whether a stopped instance keeps its network interface. Not known of AWS (3.1: unverified).
    pub(crate) stopped_keeps_address: bool,
    /// Whether starting an instance whose platform has come to its end is accepted, and the launch fails; else it is
    /// refused at once. Not known of AWS.
    pub(crate) ended_starts_fail: bool,
    /// Whether an instance's key is described as it was given; else by its ARN. Not known of AWS for aliases.
    pub(crate) keys_as_given: bool,
    /// Whether members are described in another form than the one they were given in. Not known of AWS.
    pub(crate) other_forms: bool,
    /// Sessions that AssumeRole has given out, by access key.
    pub(crate) sessions: BTreeMap<String, Session>,
    /// The buckets of all accounts, by name: no two have one name.
    pub(crate) buckets: BTreeMap<String, Bucket>,
    /// Lengths of time that a change takes.
    pub(crate) latency: Latencies,
    /// Instance types and platforms that can be chosen besides those of the model: AWS may have had newer ones
    /// when the world was described.
    pub(crate) also_known: BTreeSet<String>,
    /// Workers that S3 has refused their first word: they do nothing more.
    pub(crate) ended_workers: BTreeSet<WorkerId>,
}

/// A world in numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Its accounts.
    pub accounts: Vec<AccountId>,
    /// The account that credentials belong to which name no other.
    pub home: AccountId,
    /// The first region of that account.
    pub home_region: Region,
    /// The regions that are enabled in any account.
    pub regions: Vec<Region>,
    /// The notebook instances, over all accounts and regions.
    pub instances: usize,
}

/// How full a region is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Census {
    /// How many notebook instances there are.
    pub instances: u32,
    /// The most that there have been at one time.
    pub most: u32,
}

/// The quota that counts every notebook instance of an account in a region (aws-cloudformation/rain,
/// `forecast/sagemaker.go` [I]).
pub(crate) const TOTAL_QUOTA: &str = "L-04CE2E67";

/// One AWS account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) id: AccountId,
    pub(crate) name: String,
    pub(crate) email: String,
    /// Roles that exist, by name: execution roles, and roles that may be assumed.
    pub(crate) roles: BTreeMap<String, Role>,
    /// Policies that are told of, and judge nothing.
    pub(crate) policies: Vec<HeldPolicy>,
    /// The policies of those who may not do everything.
    pub(crate) identities: Identities,
    /// The regions that are enabled, and what is in them.
    pub(crate) sites: BTreeMap<Region, Site>,
}

/// An IAM role, as far as the sandbox cares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Role {
    /// The path and the name: what stands after `role/` in the ARN.
    pub(crate) path_and_name: String,
    /// Whether SageMaker may assume it: an execution role.
    pub(crate) for_sagemaker: bool,
    /// What AssumeRole must be given, where the role asks for it.
    pub(crate) external_id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Organization {
    /// `o-...`.
    pub(crate) id: String,
    pub(crate) management: AccountId,
    pub(crate) since: Timestamp,
}

/// Temporary credentials that AssumeRole gave out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) account: AccountId,
    pub(crate) role: String,
    pub(crate) name: String,
    pub(crate) expires: Timestamp,
    /// Where its requests come from.
    pub(crate) place: Place,
}

impl World {
    /// The access key of the first account. Any other key that is not of a known account is taken for it too.
    pub fn access_key(&self) -> String {
        format!("AKIA{}SBOX", self.home)
    }

    /// What there is, in numbers.
    pub fn summary(&self) -> Summary {
        let sites = || self.accounts.values().flat_map(|account| &account.sites);
        let regions: BTreeSet<Region> = sites().map(|(region, _)| region.clone()).collect();
        Summary {
            accounts: self.accounts.keys().cloned().collect(),
            home: self.home.clone(),
            home_region: self.home_region(),
            regions: regions.into_iter().collect(),
            instances: sites().map(|(_, site)| site.notebooks.len()).sum(),
        }
    }

    fn home_region(&self) -> Region {
        let sites = self.accounts.get(&self.home).map(|account| &account.sites);
        let first = sites.and_then(|sites| sites.keys().next());
        first.cloned().unwrap_or_else(|| "us-east-1".parse().expect("a region name"))
    }

    /// How full each region of the first account is.
    pub fn census(&self) -> BTreeMap<Region, Census> {
        let home = self.accounts.get(&self.home);
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let sites = home.into_iter().flat_map(|account| &account.sites);
        sites
            .map(|(region, site)| {
                let census = Census { instances: count(site.notebooks.len()), most: count(site.most) };
                (region.clone(), census)
            })
            .collect()
    }

    /// Brings every region up to date.
    pub(crate) fn settle(&mut self, now: Timestamp) {
        let (seed, latency, keeps) = (self.seed, self.latency.clone(), self.stopped_keeps_address);
        for (id, account) in &mut self.accounts {
            for (region, site) in &mut account.sites {
                site.settle(
                    now,
                    &Pace { seed, latency: &latency, account: id, region, keeps_address: keeps },
                );
            }
        }
    }

    /// Brings every region up to date, and takes out what workers have done until then, in order.
    pub(crate) fn take_acts(&mut self, now: Timestamp) -> Vec<WorkerAct> {
        self.settle(now);
        let sites = self.accounts.values_mut().flat_map(|account| account.sites.values_mut());
        let mut acts: Vec<WorkerAct> =
            sites.flat_map(|site| std::mem::take(&mut site.workers.acts)).collect();
        acts.sort_by_key(|act| act.at);
        acts
    }

    /// Puts files on the volume that a worker is on, if it is there still.
    pub(crate) fn fill(&mut self, act: &WorkerAct, files: Files) {
        let WorkerId { account, region, notebook, .. } = &act.worker;
        let site = self.accounts.get_mut(account).and_then(|account| account.sites.get_mut(region));
        let notebook = site.and_then(|site| site.notebook_mut(notebook));
        if let Some(notebook) = notebook.filter(|notebook| notebook.volume.id == act.volume.id) {
            notebook.volume.files = files;
        }
    }

    /// One region of one account, up to date; `None` where it is not enabled.
    pub(crate) fn site(
        &mut self,
        account: &AccountId,
        region: &Region,
        now: Timestamp,
    ) -> Option<(&mut Site, Pace<'_>)> {
        let (id, found) = self.accounts.get_mut(account).map(|found| (&found.id, &mut found.sites))?;
        let (region, site) = found.iter_mut().find(|(one, _)| *one == region)?;
        let pace = Pace {
            seed: self.seed,
            latency: &self.latency,
            account: id,
            region,
            keeps_address: self.stopped_keeps_address,
        };
        site.settle(now, &pace);
        Some((site, pace))
    }

    /// How long the `nth` change of an instance takes, which that operation begins; zero for any other operation.
    #[cfg(test)]
    pub(crate) fn takes(
        &self,
        region: &Region,
        name: &str,
        (operation, nth): (&str, u32),
    ) -> std::time::Duration {
        use crate::sandbox::latency::Kind;
        let kind = match operation {
            "CreateNotebookInstance" => Kind::Create,
            "StartNotebookInstance" => Kind::Start,
            "StopNotebookInstance" => Kind::Stop,
            "DeleteNotebookInstance" => Kind::Delete,
            _ => return std::time::Duration::ZERO,
        };
        let (seed, latency, account) = (self.seed, &self.latency, &self.home);
        latency.of(kind, name, nth, &Pace { seed, latency, account, region, keeps_address: false })
    }

    /// The role of an ARN, with its account.
    pub(crate) fn role(&self, arn: &str) -> Option<(&AccountId, &Role)> {
        let (account, path_and_name) = arn.split_once(":iam::")?.1.split_once(":role/")?;
        let account = self.accounts.values().find(|one| one.id.as_str() == account)?;
        let role = account.roles.values().find(|role| role.path_and_name == path_and_name)?;
        Some((&account.id, role))
    }
}
