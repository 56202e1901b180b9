//! Moved files in the small world: configurations, a bucket, and the workers of instances that have the first.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::api_error::{ApiError, ApiErrorKind};
use crate::clock::after;
use crate::execute::tests::world::{Inner, World, error};
use crate::execute::transfer_config::config_name;
use crate::execute::{Accepted, Attachment, ConfigRequest};
use crate::fixtures;
use crate::ids::{Digest, InstanceName, ItemId};
use crate::inventory::Status;
use crate::plan::TransferKind;
use crate::transfer::{
    AttemptName, AttemptSeen, LookFor, NamedEntry, Proof, TransferOwner, Unproven, WorkerBeat,
    WrittenManifest,
};

/// What goes wrong with a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::execute) enum WorkerTrouble {
    /// It never says anything.
    Silent,
    /// It is heard of, and then no more.
    Dies,
    /// It says that it failed.
    Fails,
    /// What the bucket tells of it, nobody may read.
    Unreadable,
    /// Its export could change while it was made.
    NotQuiet,
    /// What it proves is that other files arrived.
    Differs,
    /// In its midst, nothing at all can be read for minutes.
    Outage,
}

/// The bucket, the configurations, and what is on the volumes.
#[derive(Debug, Default)]
pub(in crate::execute) struct Files {
    configs: Vec<String>,
    /// What is on the volume of an instance, where it is not what one has that was never used.
    volumes: BTreeMap<InstanceName, String>,
    /// The exports of items.
    bucket: BTreeMap<ItemId, String>,
    /// How often a worker was listened to.
    heard: BTreeMap<(ItemId, TransferKind), u32>,
    /// When the exports of items were made.
    exported: BTreeMap<ItemId, Option<Timestamp>>,
    trouble: Option<(TransferKind, WorkerTrouble)>,
    /// Looks at instances that fail from now on, and one at the bucket after them.
    outage: Option<u32>,
}

impl World {
    /// From now on, that goes wrong with the workers of that kind.
    pub(in crate::execute) fn trouble_workers(&self, kind: TransferKind, trouble: WorkerTrouble) {
        self.inner.lock().unwrap().files.trouble = Some((kind, trouble));
    }

    /// The worker that exports an instance ends, while nobody listens.
    pub(in crate::execute) fn end_export(&self, name: &str) {
        let (item, mut inner) = (fixtures::id(name), self.inner.lock().unwrap());
        inner.files.heard.insert((item.clone(), TransferKind::Export), 5);
        inner.export(&item, &item.name);
    }

    /// The names of all configurations.
    pub(in crate::execute) fn configs(&self) -> Vec<String> {
        self.inner.lock().unwrap().files.configs.clone()
    }

    /// What is on the volume of an instance.
    pub(in crate::execute) fn volume(&self, name: &str) -> Option<String> {
        self.inner.lock().unwrap().files.volumes.get(&fixtures::name(name)).cloned()
    }

    /// Puts something on the volume of an instance.
    pub(in crate::execute) fn fill(&self, name: &str, files: &str) {
        self.inner.lock().unwrap().files.volumes.insert(fixtures::name(name), files.to_owned());
    }

    pub(super) fn attached(&self, request: &Attachment) -> Result<Accepted, ApiError> {
        let name = &request.instance;
        self.mutate("attach", name, |inner| {
            inner.shift(name, &[Status::Stopped], Status::Updating, Some(Status::Stopped))?;
            let Some(fake) = inner.instances.get_mut(name) else { return Ok(()) };
            let found = &mut fake.description;
            found.notebook_instance_lifecycle_config_name.clone_from(&request.lifecycle_config);
            if let Some(platform) = &request.platform {
                found.platform_identifier = Some(platform.clone());
            }
            if let Some(repository) = &request.default_code_repository {
                found.default_code_repository = Some(repository.clone());
            }
            if !request.additional_code_repositories.is_empty() {
                found.additional_code_repositories.clone_from(&request.additional_code_repositories);
            }
            Ok(())
        })
    }

    pub(super) fn config_created(&self, request: &ConfigRequest) -> Result<Accepted, ApiError> {
        assert!(!request.on_start.is_empty() && request.tags.len() == 3, "{request:?}");
        self.mutate("create-config", &short(&request.name), |inner| {
            if inner.files.configs.contains(&request.name) {
                return Err(ApiErrorKind::AlreadyExists);
            }
            inner.files.configs.push(request.name.clone());
            Ok(())
        })
    }

    pub(super) fn config_deleted(&self, name: &str) -> Result<Accepted, ApiError> {
        self.mutate("delete-config", &short(name), |inner| {
            let used = inner.instances.values().any(|fake| {
                fake.description.notebook_instance_lifecycle_config_name.as_deref() == Some(name)
            });
            assert!(!used, "{name} is deleted from under an instance");
            let found = inner.files.configs.iter().position(|one| one == name);
            inner.files.configs.remove(found.ok_or(ApiErrorKind::NotFound)?);
            Ok(())
        })
    }

    pub(super) fn listened(&self, job: &LookFor, name: AttemptName) -> Result<AttemptSeen, ApiError> {
        let mut inner = self.inner.lock().unwrap();
        inner.count();
        let trouble = inner.files.trouble.filter(|(kind, _)| *kind == name.kind).map(|(_, trouble)| trouble);
        if trouble == Some(WorkerTrouble::Unreadable) {
            return Err(error("GetObject", ApiErrorKind::AccessDenied));
        }
        if inner.files.outage == Some(0) {
            inner.files.outage = None;
            return Err(error("GetObject", ApiErrorKind::Unavailable));
        }
        let instance = inner.worker(job, name.kind);
        let begun = inner.files.heard.get(&(job.item.clone(), name.kind)) == Some(&3);
        if trouble == Some(WorkerTrouble::Outage) && begun {
            inner.files.outage = Some(20);
        }
        let heard = inner.files.heard.entry((job.item.clone(), name.kind)).or_default();
        if instance.is_some() && !(trouble == Some(WorkerTrouble::Dies) && *heard >= 3) {
            *heard += 1;
        }
        let heard = *heard;
        match (trouble, heard) {
            (Some(WorkerTrouble::Silent), _) | (_, 0 | 1) => Ok(AttemptSeen::Nothing),
            (Some(WorkerTrouble::Fails), 5..) => {
                Ok(AttemptSeen::Unproven(Unproven::Failed { failures: failures(), failed: 2 }))
            }
            (_, 2..5) => Ok(AttemptSeen::Working {
                word: Digest::of(heard.to_string()),
                beat: Some(WorkerBeat { phase: name.kind.as_str().to_owned(), bytes: 7, entries: 1 }),
            }),
            (_, 5..) => {
                let proof = Box::new(inner.proof(job, name.kind, instance.as_ref()));
                let at = inner.ended_at(job, name.kind);
                Ok(AttemptSeen::Proven { proof, at })
            }
        }
    }
}

/// What the worker names.
fn failures() -> Vec<NamedEntry> {
    let named = serde_json::json!([{ "path": "model/weights.bin", "why": "changed while it was read" }]);
    serde_json::from_value(named).unwrap()
}

/// The operation's log has names of instances: that of a configuration, without its run.
fn short(name: &str) -> InstanceName {
    let word = name.split('-').nth(1).unwrap();
    word.parse().unwrap()
}

impl Inner {
    /// The instance that a worker of the attempt is at work on.
    fn worker(&self, job: &LookFor, kind: TransferKind) -> Option<InstanceName> {
        let TransferOwner::Run(run) = &job.of else { panic!("{job:?}") };
        let config = config_name(run, &job.item, kind);
        assert_eq!(job.nonce, fixtures::nonce(&job.item));
        let at_work = self.instances.iter().find(|(_, fake)| {
            let found = &fake.description;
            found.notebook_instance_status == Status::InService
                && found.notebook_instance_lifecycle_config_name.as_ref() == Some(&config)
        });
        at_work.filter(|_| self.files.configs.contains(&config)).map(|(name, _)| name.clone())
    }

    /// Whether this look at an instance fails.
    pub(super) fn is_out(&mut self) -> bool {
        let out = self.files.outage.filter(|left| *left > 0);
        self.files.outage = self.files.outage.map(|left| left.saturating_sub(1));
        out.is_some()
    }

    fn export(&mut self, item: &ItemId, source: &InstanceName) {
        let found = self.files.volumes.get(source).cloned().unwrap_or_default();
        self.files.bucket.entry(item.clone()).or_insert(found);
        let modified = self.instances.get(source).and_then(|fake| fake.description.last_modified_time);
        let ended = modified.map(|modified| after(modified, Duration::from_secs(1)));
        self.files.exported.entry(item.clone()).or_insert(ended);
    }

    fn ended_at(&self, job: &LookFor, kind: TransferKind) -> Option<Timestamp> {
        self.files.exported.get(&job.item).copied().flatten().filter(|_| kind == TransferKind::Export)
    }

    fn proof(&mut self, job: &LookFor, kind: TransferKind, instance: Option<&InstanceName>) -> Proof {
        if let (TransferKind::Export, Some(source)) = (kind, instance) {
            self.export(&job.item, source);
        }
        let files = &mut self.files;
        match (kind, instance) {
            (TransferKind::Import, Some(replacement)) => {
                let found = files.bucket[&job.item].clone();
                files.volumes.insert(replacement.clone(), found);
            }
            (TransferKind::Export, _) | (_, None) => {}
        }
        let content = &files.bucket[&job.item];
        let differs = files.trouble == Some((kind, WorkerTrouble::Differs));
        let digest = Digest::of(if differs { "something else" } else { content });
        Proof {
            status: Digest::of(format!("{kind:?} {content}")),
            manifest: WrittenManifest { size: 1, sha256: digest.clone(), digest, entries: 3 },
            bytes: content.len() as u64,
            disk: 0,
            parts: 1,
            skipped: Vec::new(),
            left_out: 0,
            quiet: files.trouble != Some((kind, WorkerTrouble::NotQuiet)),
        }
    }
}
