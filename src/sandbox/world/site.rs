//! One region of one account, and how it changes as time passes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use strum::{EnumMessage, IntoStaticStr, VariantArray};

use crate::clock::after;
use crate::sandbox::latency::{Kind, Pace};
use crate::sandbox::platforms;

use super::at_work::Workers;
use super::network::{Interface, Network};
use super::notebook::{Becomes, Change, Notebook, Status};
use super::outsider::{Deed, OutsiderAct};
use super::place::Place;
use super::worker::{LaunchId, WorkerWord};

/// What there is of one account in one region.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Site {
    /// By name in lower case: an ARN has no other.
    pub(crate) notebooks: BTreeMap<String, Notebook>,
    /// By name.
    pub(crate) lifecycle_configs: BTreeMap<String, LifecycleConfig>,
    pub(crate) network: Network,
    /// SageMaker's quotas, by code.
    pub(crate) quotas: BTreeMap<String, Quota>,
    /// By key id.
    pub(crate) kms_keys: BTreeMap<String, KmsKey>,
    /// Changes by the time when they are over, and the instance that each is of.
    due: BTreeMap<(Timestamp, u64), Due>,
    next: u64,
    /// What others would do if the instance's status allowed it: they look again when it changes. By name in lower
    /// case.
    waiting: BTreeMap<String, Vec<OutsiderAct>>,
    pub(crate) workers: Workers,
    /// The most instances that there have been at one time.
    pub(crate) most: usize,
    /// What others did, for the log: taken out by whoever writes it.
    pub(crate) deeds: Vec<Deed>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Due {
    /// The change of this instance, if it is still the one that was scheduled (its number).
    Change(String, u32),
    /// Somebody else interferes.
    Outsider(OutsiderAct, String),
    /// The worker on this instance does something, if the launch is still the one that started it.
    Worker(String, LaunchId, WorkerWord),
}

/// A lifecycle configuration. The contents are base64, as given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LifecycleConfig {
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(crate) on_create: Option<String>,
    pub(crate) on_start: Option<String>,
    pub(crate) created: Timestamp,
    pub(crate) modified: Timestamp,
    pub(crate) tags: BTreeMap<String, String>,
}

/// A quota of SageMaker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Quota {
    /// `L-...`.
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) value: u32,
}

/// A KMS key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KmsKey {
    pub(crate) id: String,
    pub(crate) arn: String,
    /// `alias/...`
    pub(crate) alias: Option<String>,
    pub(crate) state: KeyState,
}

/// What a key can be used for ([B], `KeyState`). Those are left out that a key of the sandbox cannot come into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray, EnumMessage)]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum KeyState {
    /// It can be used.
    Enabled,
    /// Somebody has switched it off.
    Disabled,
    /// It is deleted some days from now, and cannot be used until then either.
    PendingDeletion,
    /// Its material has not been brought in, or has expired.
    PendingImport,
    /// Its key store is not connected.
    Unavailable,
}

impl KeyState {
    /// As on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            KeyState::Enabled => "Enabled",
            KeyState::Disabled => "Disabled",
            KeyState::PendingDeletion => "PendingDeletion",
            KeyState::PendingImport => "PendingImport",
            KeyState::Unavailable => "Unavailable",
        }
    }
}

impl Site {
    /// An instance by its name. The service keeps names as given, but knows no two that differ in case only.
    pub(crate) fn notebook(&self, name: &str) -> Option<&Notebook> {
        self.notebooks.get(&name.to_ascii_lowercase()).filter(|one| one.name == name)
    }

    /// The same, to change it.
    pub(crate) fn notebook_mut(&mut self, name: &str) -> Option<&mut Notebook> {
        self.notebooks.get_mut(&name.to_ascii_lowercase()).filter(|one| one.name == name)
    }

    /// Puts an instance in as it is, with nothing under way.
    pub(crate) fn insert(&mut self, notebook: Notebook) {
        self.notebooks.insert(notebook.name.to_ascii_lowercase(), notebook);
        self.most = self.most.max(self.notebooks.len());
    }

    /// Begins a change of an instance: it has this status now, and becomes something in its own time; never, if
    /// it is stuck.
    pub(crate) fn begin(&mut self, name: &str, (status, becomes): (Status, Becomes), begin: Begin<'_>) {
        let Begin { kind, now, stuck, pace } = begin;
        let Some(notebook) = self.notebooks.get_mut(&name.to_ascii_lowercase()) else { return };
        notebook.changes += 1;
        notebook.status = status;
        notebook.modified = now;
        notebook.failure_reason = None;
        self.workers.forget_fault(&notebook.name);
        let nth = notebook.changes;
        let at = (!stuck).then(|| after(now, pace.latency.of(kind, name, nth, pace)));
        notebook.change = Some(Change { at, becomes });
        if let Some(at) = at {
            self.schedule(at, Due::Change(name.to_owned(), nth));
        }
    }

    /// Somebody else does something to an instance then, or as soon after as its status allows.
    pub(crate) fn expect_outsider(&mut self, at: Timestamp, act: OutsiderAct, name: &str) {
        self.schedule(at, Due::Outsider(act, name.to_owned()));
    }

    /// Lets every change go on that is stuck, for proofs.
    #[cfg(test)]
    pub(crate) fn unstick(&mut self, now: Timestamp) {
        let stuck = self.notebooks.values_mut().filter_map(|one| {
            let change = one.change.as_mut().filter(|change| change.at.is_none())?;
            change.at = Some(now);
            Some(Due::Change(one.name.clone(), one.changes))
        });
        for due in stuck.collect::<Vec<_>>() {
            self.schedule(now, due);
        }
    }

    fn schedule(&mut self, at: Timestamp, due: Due) {
        self.next += 1;
        self.due.insert((at, self.next), due);
    }

    /// Lets everything happen that is due by now, in order.
    pub(crate) fn settle(&mut self, now: Timestamp, pace: &Pace<'_>) {
        while let Some(entry) = self.due.first_entry() {
            if entry.key().0 > now {
                return;
            }
            let ((at, _), due) = entry.remove_entry();
            match due {
                Due::Change(name, nth) => self.finish(&name, nth, at, pace),
                Due::Outsider(act, name) => self.interfere(act, &name, at, pace),
                Due::Worker(name, launch, word) => self.work((&name, &launch), word, at, pace),
            }
        }
    }

    fn finish(&mut self, name: &str, nth: u32, at: Timestamp, pace: &Pace<'_>) {
        let key = name.to_ascii_lowercase();
        let Some(notebook) = self.notebooks.get_mut(&key).filter(|one| one.changes == nth) else { return };
        let Some(change) = notebook.change.take() else { return };
        notebook.modified = at;
        match change.becomes {
            Becomes::Status(status) => {
                notebook.status = status;
                if status == Status::Stopped && !pace.keeps_address {
                    self.release_interface(&key);
                }
                if status == Status::InService {
                    self.come_up(&key, at, pace);
                }
            }
            Becomes::Failed(reason) => {
                notebook.status = Status::Failed;
                notebook.failure_reason = Some(reason);
            }
            Becomes::Gone => {
                self.release_interface(&key);
                self.notebooks.remove(&key);
            }
        }
        self.let_in(&key, at, pace);
    }

    /// What happens on an instance that has just come into service: its repositories are cloned, and its OnStart script runs.
    fn come_up(&mut self, key: &str, at: Timestamp, pace: &Pace<'_>) {
        let Some(notebook) = self.notebooks.get_mut(key) else { return };
        notebook.volume.clone_repositories(&notebook.settings);
        let config = notebook.settings.lifecycle_config.as_ref();
        let config = config.and_then(|name| self.lifecycle_configs.get(name));
        let on_start = config.and_then(|config| config.on_start.as_deref());
        let (name, launch) = (notebook.name.clone(), LaunchId::of(notebook));
        if let Some(hello) = self.workers.set_to_work(notebook, on_start, at, pace) {
            self.schedule(hello, Due::Worker(name, launch, WorkerWord::Hello));
        }
    }

    /// Does what a worker does then, unless its instance has left the service since: then it was killed.
    fn work(&mut self, (name, launch): (&str, &LaunchId), word: WorkerWord, at: Timestamp, pace: &Pace<'_>) {
        let notebook = self.notebooks.get(&name.to_ascii_lowercase());
        let alive = |one: &&Notebook| one.status == Status::InService && LaunchId::of(one) == *launch;
        let Some(notebook) = notebook.filter(alive) else { return };
        let place = Place::of(&self.network, &notebook.settings);
        if let Some((next, word)) = self.workers.say(notebook, place, (word, at), pace) {
            self.schedule(next, Due::Worker(name.to_owned(), launch.clone(), word));
        }
    }

    /// Makes the network interface of an instance in a VPC: one address of its subnet. `false` when the subnet
    /// has none left.
    pub(crate) fn attach_interface(&mut self, name: &str, pace: &Pace<'_>) -> bool {
        let key = name.to_ascii_lowercase();
        let Some(notebook) = self.notebooks.get_mut(&key) else { return true };
        let Some(subnet_id) = notebook.settings.subnet_id.clone() else { return true };
        if notebook.network_interface_id.is_some() {
            return true;
        }
        let Some(subnet) = self.network.subnets.get_mut(&subnet_id) else { return true };
        let Some(private_ip) = subnet.take_address() else { return false };
        let words = ["interface", pace.account.as_str(), pace.region.as_str(), name];
        let draw = pace.seed.draw(&[&words[..], &[&notebook.changes.to_string()]].concat());
        let id = format!("eni-{}", draw.hex(17));
        let interface = Interface {
            id: id.clone(),
            vpc_id: subnet.vpc_id.clone(),
            private_ip,
            subnet_id,
            security_groups: notebook.settings.security_group_ids.clone(),
            attached_by: "amazon-aws",
            description: format!(
                "[Do not delete] Network Interface created to access resources in your VPC for SageMaker Notebook Instance {name}"
            ),
        };
        self.network.interfaces.insert(id.clone(), interface);
        notebook.network_interface_id = Some(id);
        true
    }

    fn release_interface(&mut self, key: &str) {
        let held = self.notebooks.get_mut(key).and_then(|one| one.network_interface_id.take());
        let Some(interface) = held.and_then(|id| self.network.interfaces.remove(&id)) else { return };
        if let Some(subnet) = self.network.subnets.get_mut(&interface.subnet_id) {
            subnet.give_back(&interface.private_ip);
        }
    }
}

/// What others do to instances meanwhile.
impl Site {
    /// Lets those act who have waited for another status of an instance. With it their acts are gone too.
    fn let_in(&mut self, key: &str, at: Timestamp, pace: &Pace<'_>) {
        let acts = self.waiting.remove(key).unwrap_or_default();
        let Some(name) = self.notebooks.get(key).map(|notebook| notebook.name.clone()) else { return };
        for act in acts {
            self.interfere(act, &name, at, pace);
        }
    }

    fn interfere(&mut self, act: OutsiderAct, name: &str, at: Timestamp, pace: &Pace<'_>) {
        let Some(notebook) = self.notebook_mut(name) else { return };
        let status = notebook.status;
        let begin = |kind| Begin { kind, now: at, stuck: false, pace };
        let operation = match (act, status) {
            (OutsiderAct::Retag, _) => {
                notebook.tags.insert("changed-by".to_owned(), "somebody-else".to_owned());
                "AddTags"
            }
            // AWS refuses it, and they leave it at that.
            (OutsiderAct::Start, Status::Stopped | Status::Failed)
                if !platforms::starts(&notebook.settings.platform_identifier, at) =>
            {
                return;
            }
            (OutsiderAct::Start, Status::Stopped | Status::Failed) => {
                // Its network interface may have been given up when it was stopped.
                let becomes = if self.attach_interface(name, pace) {
                    Becomes::Status(Status::InService)
                } else {
                    Becomes::Failed("The subnet has no free address.".to_owned())
                };
                self.begin(name, (Status::Pending, becomes), begin(Kind::Start));
                "StartNotebookInstance"
            }
            (OutsiderAct::Stop, Status::InService) => {
                let becomes = Becomes::Status(Status::Stopped);
                self.begin(name, (Status::Stopping, becomes), begin(Kind::Stop));
                "StopNotebookInstance"
            }
            (OutsiderAct::Delete, Status::Stopped | Status::Failed) => {
                self.begin(name, (Status::Deleting, Becomes::Gone), begin(Kind::Delete));
                "DeleteNotebookInstance"
            }
            _ => {
                let waiting = self.waiting.entry(name.to_ascii_lowercase()).or_default();
                if !waiting.contains(&act) {
                    waiting.push(act);
                }
                return;
            }
        };
        self.deeds.push(Deed { at, operation, name: name.to_owned() });
    }
}

/// How a change begins.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Begin<'a> {
    pub(crate) kind: Kind,
    pub(crate) now: Timestamp,
    pub(crate) stuck: bool,
    pub(crate) pace: &'a Pace<'a>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::chance::Seed;
    use crate::sandbox::latency::Latencies;
    use crate::sandbox::testing::{HOME, REGION, notebook};

    const NAME: &str = "alpha";

    /// Does something with a site that has one instance in service.
    fn with_one(look: impl FnOnce(&mut Site, &Pace<'_>)) {
        let (account, region, latency) =
            (HOME.parse().unwrap(), REGION.parse().unwrap(), Latencies::default());
        let pace = Pace {
            seed: Seed(1),
            latency: &latency,
            account: &account,
            region: &region,
            keeps_address: true,
        };
        let mut site = Site::default();
        site.insert(notebook(NAME));
        look(&mut site, &pace);
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn begin(
        site: &mut Site,
        (status, becomes): (Status, Becomes),
        (kind, now): (Kind, i64),
        pace: &Pace<'_>,
    ) {
        site.begin(NAME, (status, becomes), Begin { kind, now: at(now), stuck: false, pace });
    }

    #[test]
    fn an_act_that_is_not_possible_waits_for_the_next_status_and_costs_nothing_until_then() {
        with_one(|site, pace| {
            site.expect_outsider(at(0), OutsiderAct::Start, NAME);
            site.expect_outsider(at(0), OutsiderAct::Start, NAME);
            // Longer than the clock of a test can be made to run in steps of seconds.
            site.settle(at(1_000_000), pace);
            assert!(site.due.is_empty() && site.deeds.is_empty(), "{:?}", site.due);
            let stop = (Status::Stopping, Becomes::Status(Status::Stopped));
            begin(site, stop, (Kind::Stop, 1_000_000), pace);
            site.settle(at(2_000_000), pace);
            let deeds: Vec<&str> = site.deeds.iter().map(|deed| deed.operation).collect();
            assert_eq!(deeds, ["StartNotebookInstance"], "who waits to start it waits once");
            assert_eq!(site.notebook(NAME).unwrap().status, Status::InService);
            assert!(site.waiting.is_empty());
        });
    }

    #[test]
    fn acts_on_an_instance_that_is_gone_are_forgotten() {
        with_one(|site, pace| {
            site.expect_outsider(at(0), OutsiderAct::Delete, NAME);
            site.expect_outsider(at(0), OutsiderAct::Start, NAME);
            site.settle(at(10), pace);
            let stop = (Status::Stopping, Becomes::Status(Status::Stopped));
            begin(site, stop, (Kind::Stop, 10), pace);
            site.settle(at(10_000), pace);
            assert!(site.notebooks.is_empty() && site.waiting.is_empty() && site.due.is_empty());
            site.insert(notebook(NAME));
            begin(site, (Status::Stopping, Becomes::Status(Status::Stopped)), (Kind::Stop, 20_000), pace);
            site.settle(at(30_000), pace);
            assert_eq!(site.deeds.len(), 1, "{:?}", site.deeds);
        });
    }
}
