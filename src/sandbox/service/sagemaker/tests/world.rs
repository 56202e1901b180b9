//! A small world, and a caller in it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::clock::{Clock as _, ManualClock};
use crate::sandbox::chance::Seed;
use crate::sandbox::core::{Core, Outcome, State};
use crate::sandbox::fault::{FaultRule, Faults};
use crate::sandbox::latency::Latencies;
use crate::sandbox::log::CallLog;
use crate::sandbox::request::{Input, Request, Service};
use crate::sandbox::throttle::Throttle;
use crate::sandbox::world::network::{SecurityGroup, Subnet, Vpc};
use crate::sandbox::world::{Account, KeyState, KmsKey, Quota, Role, Site, World};

pub(super) const ROLE: &str = "arn:aws:iam::123456789012:role/service-role/notebook";
pub(super) const ACCOUNT: &str = "123456789012";

/// A server without a socket, and the clock that it goes by.
pub(super) struct Aws {
    clock: Arc<ManualClock>,
    core: Core,
    region: &'static str,
}

/// What went wrong: the code and the message.
pub(super) type Refused = (String, String);

impl Aws {
    pub(super) fn new() -> Aws {
        Aws::with(world(), Vec::new())
    }

    pub(super) fn with(world: World, faults: Vec<FaultRule>) -> Aws {
        let clock = Arc::new(ManualClock::at("2026-03-01T08:00:00.125Z".parse().unwrap()));
        let state = State {
            world,
            throttle: Throttle::new(None),
            faults: Faults::new(faults),
            log: CallLog::new(false, None).unwrap(),
        };
        Aws { core: Core::new(clock.clone(), state), clock, region: "us-east-1" }
    }

    /// Makes a call.
    pub(super) fn call(&self, operation: &str, input: Value) -> Result<Value, Refused> {
        let Value::Object(members) = input else { panic!("an input is an object") };
        let request = Request {
            service: Service::SageMaker,
            service_name: "sagemaker".to_owned(),
            operation: operation.to_owned(),
            region: Some(self.region.parse().unwrap()),
            access_key: Some(format!("AKIA{ACCOUNT}")),
            input: Input::Json(members),
        };
        let Outcome::Answer(answer) = self.core.handle(&request) else { panic!("no answer to {operation}") };
        let body: Value = serde_json::from_slice(&answer.body).unwrap();
        match answer.code {
            None => Ok(body),
            Some(code) => {
                let message = body.get("message").or_else(|| body.get("Message")).and_then(Value::as_str);
                Err((code, message.unwrap_or_default().to_owned()))
            }
        }
    }

    /// Makes a call that must be answered.
    pub(super) fn ask(&self, operation: &str, input: Value) -> Value {
        self.call(operation, input).unwrap_or_else(|refused| panic!("{operation}: {refused:?}"))
    }

    /// The message of a call that must be refused with a `ValidationException`.
    pub(super) fn refusal(&self, operation: &str, input: Value) -> String {
        let (code, message) = self.call(operation, input).expect_err("must be refused");
        assert_eq!(code, "ValidationException", "{message}");
        message
    }

    /// Calls an operation that takes nothing but the name of an instance.
    pub(super) fn on(&self, operation: &str, name: &str) -> Result<Value, Refused> {
        self.call(operation, json!({ "NotebookInstanceName": name }))
    }

    pub(super) fn describe(&self, name: &str) -> Value {
        self.on("DescribeNotebookInstance", name).unwrap()
    }

    pub(super) fn status(&self, name: &str) -> String {
        self.describe(name)["NotebookInstanceStatus"].as_str().unwrap().to_owned()
    }

    /// Creates an instance from these members and the required ones.
    pub(super) fn create(&self, name: &str, members: Value) -> Result<Value, Refused> {
        self.call("CreateNotebookInstance", creation(name, members))
    }

    /// Lets every change end that ever does.
    pub(super) fn wait(&self) {
        self.clock.advance(Duration::from_secs(3600));
    }

    pub(super) fn pass(&self, time: Duration) {
        self.clock.advance(time);
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Changes the region behind everybody's back.
    pub(super) fn edit(&self, edit: impl FnOnce(&mut Site)) {
        let mut state = self.core.state();
        let account = state.world.accounts.get_mut(&ACCOUNT.parse().unwrap()).unwrap();
        edit(account.sites.get_mut(&self.region.parse().unwrap()).unwrap());
    }

    /// The free addresses of the subnet.
    pub(super) fn free(&self) -> u32 {
        let mut free = 0;
        self.edit(|site| free = site.network.subnets["subnet-1"].free);
        free
    }

    /// An instance that has been created and stopped.
    pub(super) fn stopped(&self, name: &str, members: Value) {
        self.create(name, members).unwrap();
        self.wait();
        self.on("StopNotebookInstance", name).unwrap();
        self.wait();
        assert_eq!(self.status(name), "Stopped");
    }
}

/// The input that creates an instance.
pub(super) fn creation(name: &str, members: Value) -> Value {
    let mut input = json!({ "NotebookInstanceName": name, "InstanceType": "ml.t3.medium", "RoleArn": ROLE });
    let Value::Object(members) = members else { panic!("members are an object") };
    input.as_object_mut().unwrap().extend(members);
    input
}

/// In the VPC, without direct internet access.
pub(super) fn inside() -> Value {
    json!({ "SubnetId": "subnet-1", "SecurityGroupIds": ["sg-1"], "DirectInternetAccess": "Disabled" })
}

/// One account with a VPC of one subnet in one region, and another account.
pub(super) fn world() -> World {
    let home = account(ACCOUNT);
    let other = account("210987654321");
    World {
        seed: Seed(7),
        home: home.id.clone(),
        accounts: [home, other].into_iter().map(|one| (one.id.clone(), one)).collect(),
        organization: None,
        stopped_keeps_address: false,
        ended_starts_fail: false,
        keys_as_given: false,
        other_forms: false,
        sessions: BTreeMap::new(),
        buckets: BTreeMap::new(),
        latency: Latencies::default(),
        also_known: Default::default(),
        ended_workers: Default::default(),
    }
}

fn account(id: &str) -> Account {
    let role = |name: &str, for_sagemaker| {
        let role = Role { path_and_name: format!("service-role/{name}"), for_sagemaker, external_id: None };
        (name.to_owned(), role)
    };
    Account {
        id: id.parse().unwrap(),
        name: format!("account {id}"),
        email: format!("{id}@example.com"),
        policies: Vec::new(),
        identities: BTreeMap::new(),
        roles: [role("notebook", true), role("lambda", false)].into(),
        sites: [("us-east-1".parse().unwrap(), site(id))].into(),
    }
}

fn site(account: &str) -> Site {
    let mut site = Site::default();
    for vpc in ["vpc-1", "vpc-2"] {
        site.network.vpcs.insert(vpc.to_owned(), self::vpc(vpc, account));
    }
    site.network.subnets.insert("subnet-1".to_owned(), subnet("subnet-1", account));
    for (group, vpc) in [("sg-1", "vpc-1"), ("sg-2", "vpc-1"), ("sg-other", "vpc-2")] {
        site.network.security_groups.insert(group.to_owned(), self::group(group, vpc, account));
    }
    let states =
        [("key-1", "alias/notebooks", KeyState::Enabled), ("key-2", "alias/old", KeyState::Disabled)];
    for (id, alias, state) in states {
        let arn = format!("arn:aws:kms:us-east-1:{account}:key/{id}");
        let key = KmsKey { id: id.to_owned(), arn, alias: Some(alias.to_owned()), state };
        site.kms_keys.insert(id.to_owned(), key);
    }
    site
}

fn vpc(id: &str, owner: &str) -> Vpc {
    Vpc {
        id: id.to_owned(),
        owner: owner.to_owned(),
        cidr: "10.0.0.0/16".to_owned(),
        tenancy: "default".to_owned(),
        is_default: false,
        dhcp_options_id: "dopt-1".to_owned(),
        dns_support: true,
        dns_hostnames: true,
        block_public_access: "off".to_owned(),
        tags: BTreeMap::new(),
    }
}

fn subnet(id: &str, owner: &str) -> Subnet {
    Subnet {
        id: id.to_owned(),
        owner: owner.to_owned(),
        vpc_id: "vpc-1".to_owned(),
        cidr: "10.0.1.0/28".to_owned(),
        zone: "us-east-1a".to_owned(),
        free: 11,
        taken: Default::default(),
        map_public_ip_on_launch: false,
        ipv6_cidr: None,
        ipv6_native: false,
        outpost_arn: None,
        block_public_access: None,
        tags: BTreeMap::new(),
    }
}

fn group(id: &str, vpc: &str, owner: &str) -> SecurityGroup {
    SecurityGroup {
        id: id.to_owned(),
        owner: owner.to_owned(),
        vpc_id: vpc.to_owned(),
        name: id.to_owned(),
        description: id.to_owned(),
        ingress: Vec::new(),
        egress: Vec::new(),
        tags: BTreeMap::new(),
    }
}

/// A quota of the region.
pub(super) fn quota(code: &str, name: &str, value: u32) -> (String, Quota) {
    (code.to_owned(), Quota { code: code.to_owned(), name: name.to_owned(), value })
}
