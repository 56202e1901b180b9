//! A source, its replacement and a bucket in a sandbox, and what a run does with them to move the files.

use std::time::Duration;

use crate::cli::rehearsal::pace::Pace;
use crate::cli::rehearsal::tests::networks;
use crate::cli::rehearsal::{ClockedRuntime, SandboxSession, SandboxSetup};
use crate::execute::{Attachment, Cloud as _, ConfigRequest};
use crate::ids::{Digest, Region};
use crate::inventory::Status;
use crate::plan::{CreateRequest, TransferKind};
use crate::sandbox::{FaultRule, Seed, parse, parse_fault};
use crate::transfer::{
    AttemptId, AttemptName, AttemptSeen, LookFor, Proof, Store, TransferJob, TransferSource, Work, on_start,
};

pub(super) const BUCKET: &str = "acme-sagemaker-moves";
pub(super) const SOURCE: &str = "fraud";
pub(super) const REPLACEMENT: &str = "fraud-vpc";

const WORLD: &str = concat!(
    r#"
format = 1
default_vpc = false

[[account]]
id = "111122223333"
regions = ["us-east-1", "eu-west-1"]
quota = 100
"#,
    networks!(),
    r#"
[[lifecycle_config]]
name = "own"
on_create = "pip install pandas"

[[notebook]]
name = "fraud"
region = "us-east-1"
status = "Stopped"
role = "service-role/Research"
default_code_repository = "https://git.example.com/fraud.git"
"#
);

pub(super) const MOVES: &str = r#"
[[bucket]]
name = "acme-sagemaker-moves"
region = "us-east-1"
"#;

/// A sandbox in which files are moved.
pub(super) struct Moves {
    pub(super) session: SandboxSession,
    pub(super) region: Region,
    pub(super) store: Store,
}

/// How far a worker was that has not said anything for an hour.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Silent {
    /// It never said anything.
    AtOnce,
    /// It had begun.
    AtWork,
}

/// Plays a story in the world with these additions.
pub(super) fn play(more: &str, faults: &[&str], story: impl AsyncFnOnce(&Moves)) {
    let runtime = ClockedRuntime::at(Pace::Max, "2026-11-27T08:00:00Z".parse().unwrap()).unwrap();
    let scenario =
        parse("scenario", &format!("{WORLD}{more}")).unwrap_or_else(|problems| panic!("{problems}"));
    let world = scenario.with_seed(Seed(7)).world("2026-11-27T08:00:00Z".parse().unwrap());
    let faults: Vec<FaultRule> = faults.iter().map(|text| parse_fault(text).unwrap()).collect();
    let setup =
        SandboxSetup { world, faults, unthrottled: true, seed: 7, log: None, requests_per_second: 10 };
    let clock = runtime.clock.clone();
    runtime.run(async {
        let session = SandboxSession::start(setup, clock).await.unwrap();
        let region: Region = "us-east-1".parse().unwrap();
        let store = Store {
            bucket: BUCKET.to_owned(),
            prefix: "moves".to_owned(),
            region: region.clone(),
            owner: "111122223333".parse().unwrap(),
            suffix: "amazonaws.com".to_owned(),
            kms_key: None,
        };
        story(&Moves { session, region, store }).await;
    });
}

pub(super) fn name(kind: TransferKind) -> AttemptName {
    AttemptName { kind, by_hand: false, number: 1 }
}

impl Moves {
    pub(super) fn looked_for(&self) -> LookFor {
        let (run, item) = ("run-1".parse().unwrap(), "us-east-1/fraud".parse().unwrap());
        let nonce = "0123456789abcdef0123456789abcdef".parse().unwrap();
        LookFor::by_run(self.store.clone(), "111122223333".parse().unwrap(), (&run, &item), nonce)
    }

    pub(super) async fn pause(&self, seconds: u64) {
        self.session.connected.clock.sleep(Duration::from_secs(seconds)).await;
    }

    /// Waits for a status.
    pub(super) async fn until(&self, instance: &str, status: &Status) {
        for _ in 0..200 {
            let found =
                self.session.connected.session.describe(&self.region, &instance.parse().unwrap()).await;
            if found.unwrap().unwrap().notebook_instance_status == *status {
                return;
            }
            self.pause(10).await;
        }
        panic!("{instance} does not become {status}");
    }

    /// Makes the configuration of a transfer.
    pub(super) async fn config(&self, config: &str, work: Work) {
        self.config_to(self.store.clone(), config, work).await;
    }

    async fn config_to(&self, store: Store, config: &str, work: Work) {
        let kind = match work {
            Work::Export { .. } => TransferKind::Export,
            Work::Import { .. } => TransferKind::Import,
        };
        let LookFor { account, of, item, nonce, .. } = self.looked_for();
        let attempt = AttemptId { of, item, name: name(kind), nonce };
        let script = on_start(&TransferJob { attempt, account, store, work }).unwrap();
        let request = ConfigRequest { name: config.to_owned(), on_start: script.content, tags: Vec::new() };
        self.session.connected.session.create_config(&self.region, &request).await.unwrap();
    }

    /// Gives a stopped instance a configuration, or none.
    pub(super) async fn attach(&self, instance: &str, config: Option<&str>) {
        let request = Attachment {
            instance: instance.parse().unwrap(),
            lifecycle_config: config.map(str::to_owned),
            platform: None,
            default_code_repository: None,
            additional_code_repositories: Vec::new(),
        };
        self.session.connected.session.attach(&self.region, &request).await.unwrap();
        self.pause(120).await;
        self.until(instance, &Status::Stopped).await;
    }

    pub(super) async fn start(&self, instance: &str) {
        self.session.connected.session.start(&self.region, &instance.parse().unwrap()).await.unwrap();
        self.until(instance, &Status::InService).await;
    }

    pub(super) async fn stop(&self, instance: &str) {
        self.session.connected.session.stop(&self.region, &instance.parse().unwrap()).await.unwrap();
        self.until(instance, &Status::Stopped).await;
    }

    pub(super) async fn delete(&self, instance: &str) {
        self.session.connected.session.delete(&self.region, &instance.parse().unwrap()).await.unwrap();
        self.pause(3600).await;
    }

    /// Creates the replacement.
    pub(super) async fn create(&self, config: Option<&str>) {
        let request = CreateRequest {
            notebook_instance_name: REPLACEMENT.parse().unwrap(),
            instance_type: "ml.t3.medium".to_owned(),
            subnet_id: "subnet-0a".parse().unwrap(),
            security_group_ids: vec!["sg-0a".parse().unwrap()],
            direct_internet_access: "Disabled".to_owned(),
            role_arn: "arn:aws:iam::111122223333:role/service-role/Research".to_owned(),
            kms_key_id: None,
            ip_address_type: None,
            lifecycle_config_name: config.map(str::to_owned),
            volume_size_in_gb: None,
            default_code_repository: None,
            additional_code_repositories: Vec::new(),
            root_access: None,
            platform_identifier: None,
            instance_metadata_service_configuration: None,
            tags: Vec::new(),
        };
        self.session.connected.session.create(&self.region, &request, &[]).await.unwrap();
        self.until(REPLACEMENT, &Status::InService).await;
    }

    /// Gives the source its export and starts it.
    pub(super) async fn begin_export(&self) {
        self.begin_export_to(self.store.clone()).await;
    }

    /// The same, to another place.
    pub(super) async fn begin_export_to(&self, store: Store) {
        self.config_to(store, "x", Work::Export { strict: false, quiesce: true }).await;
        self.attach(SOURCE, Some("x")).await;
        self.start(SOURCE).await;
    }

    /// A proven export of the source.
    pub(super) async fn export(&self) -> Proof {
        self.begin_export().await;
        self.ended(TransferKind::Export).await.unwrap()
    }

    /// Makes the configuration of the import of an export with that status.
    pub(super) async fn import_config(&self, status: Digest, aside: bool) {
        let source = TransferSource { attempt: name(TransferKind::Export), status };
        self.config("m", Work::Import { source, aside }).await;
    }

    /// What comes of an attempt: its proof, or in words why there is none.
    pub(super) async fn ended(&self, kind: TransferKind) -> Result<Proof, String> {
        for _ in 0..100 {
            match self.seen(kind).await {
                AttemptSeen::Proven { proof, .. } => return Ok(*proof),
                AttemptSeen::Unproven(why) => return Err(crate::text::with_causes(&why)),
                AttemptSeen::Nothing | AttemptSeen::Working { .. } => self.pause(10).await,
            }
        }
        panic!("the {} has not ended", kind.as_str());
    }

    pub(super) async fn seen(&self, kind: TransferKind) -> AttemptSeen {
        self.session.connected.session.attempt(&self.looked_for(), name(kind)).await.unwrap()
    }

    /// Waits until a worker is at work.
    pub(super) async fn until_at_work(&self, kind: TransferKind) {
        for _ in 0..100 {
            if matches!(self.seen(kind).await, AttemptSeen::Working { .. }) {
                return;
            }
            self.pause(1).await;
        }
        panic!("the {} does not begin", kind.as_str());
    }

    /// How far a worker is that says nothing more for an hour.
    pub(super) async fn silent(&self, kind: TransferKind) -> Silent {
        self.pause(3600).await;
        let before = self.seen(kind).await;
        self.pause(3600).await;
        match (before, self.seen(kind).await) {
            (AttemptSeen::Nothing, AttemptSeen::Nothing) => Silent::AtOnce,
            (AttemptSeen::Working { word, .. }, AttemptSeen::Working { word: now, .. }) if word == now => {
                Silent::AtWork
            }
            other => panic!("{other:?}"),
        }
    }

    /// The files of an instance.
    pub(super) fn files(&self, instance: &str) -> std::collections::BTreeMap<String, String> {
        let world = self.session.sandbox.world();
        let account = &world.accounts[&"111122223333".parse().unwrap()];
        account.sites[&self.region].notebook(instance).unwrap().volume.files.clone()
    }
}
