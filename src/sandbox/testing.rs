//! A small world for unit tests, and calls in it without a socket.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::ids::{AccountId, Region};
use crate::sandbox::answer::{AwsError, Reply};
use crate::sandbox::chance::Seed;
use crate::sandbox::request::{Input, Request, Service};
use crate::sandbox::service::{self, Call, Caller};
use crate::sandbox::world::notebook::{Notebook, Settings, Status, Switch, Volume};
use crate::sandbox::world::{Account, Site, World};

/// Where calls are made unless a test says otherwise.
pub(crate) const REGION: &str = "us-east-1";
/// The first account. `222222222222` is the other.
pub(crate) const HOME: &str = "111111111111";

/// Two accounts, one empty region each.
pub(crate) fn world() -> World {
    let account = |id: &str| Account {
        id: id.parse().unwrap(),
        name: format!("account {id}"),
        email: format!("{id}@example.com"),
        roles: BTreeMap::new(),
        policies: Vec::new(),
        identities: BTreeMap::new(),
        sites: [(REGION.parse().unwrap(), Site::default())].into(),
    };
    let accounts = [HOME, "222222222222"].map(|id| (id.parse().unwrap(), account(id)));
    World {
        seed: Seed(1),
        accounts: accounts.into(),
        home: HOME.parse().unwrap(),
        organization: None,
        stopped_keeps_address: true,
        ended_starts_fail: false,
        keys_as_given: false,
        other_forms: false,
        sessions: BTreeMap::new(),
        buckets: BTreeMap::new(),
        latency: Default::default(),
        also_known: Default::default(),
        ended_workers: Default::default(),
    }
}

/// An instance in service, without a VPC.
pub(crate) fn notebook(name: &str) -> Notebook {
    let settings = Settings {
        instance_type: "ml.t3.medium".to_owned(),
        role_arn: format!("arn:aws:iam::{HOME}:role/notebooks"),
        subnet_id: None,
        security_group_ids: Vec::new(),
        kms_key_id: None,
        lifecycle_config: None,
        direct_internet_access: Switch::Enabled,
        volume_size_in_gb: 5,
        accelerator_types: Vec::new(),
        default_code_repository: None,
        additional_code_repositories: Vec::new(),
        root_access: Switch::Enabled,
        platform_identifier: "notebook-al2023-v1".to_owned(),
        ip_address_type: "ipv4".to_owned(),
        minimum_imds: "2".to_owned(),
    };
    Notebook {
        name: name.to_owned(),
        arn: format!("arn:aws:sagemaker:{REGION}:{HOME}:notebook-instance/{}", name.to_ascii_lowercase()),
        status: Status::InService,
        failure_reason: None,
        volume: Volume::used(format!("vol-{name}"), &settings),
        settings,
        network_interface_id: None,
        created: Timestamp::UNIX_EPOCH,
        modified: Timestamp::UNIX_EPOCH,
        tags: BTreeMap::new(),
        unreported: Default::default(),
        change: None,
        changes: 0,
    }
}

/// Asks the services of a world, without faults, throttles or a socket.
pub(crate) struct Ask {
    pub(crate) world: World,
    pub(crate) account: AccountId,
    pub(crate) access_key: String,
    pub(crate) now: Timestamp,
}

impl Ask {
    /// As the operator of the home account.
    pub(crate) fn of(world: World) -> Ask {
        let account = world.home.clone();
        Ask { world, account, access_key: format!("AKIA{HOME}"), now: Timestamp::UNIX_EPOCH }
    }

    /// The region of the calls.
    pub(crate) fn site(&mut self) -> &mut Site {
        let region: Region = REGION.parse().unwrap();
        self.world.accounts.get_mut(&self.account).unwrap().sites.get_mut(&region).unwrap()
    }

    /// A call of a query protocol: EC2's, but for the operations of STS and IAM.
    pub(crate) fn form(&mut self, operation: &str, parameters: &[(&str, &str)]) -> Result<String, AwsError> {
        let service = match operation {
            "AssumeRole" | "GetCallerIdentity" => Service::Sts,
            "GetRole" | "GetAccountAuthorizationDetails" => Service::Iam,
            _ => Service::Ec2,
        };
        let known = [("Action", operation), ("Version", "2016-11-15")];
        let pairs = known.iter().chain(parameters);
        let pairs = pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        match self.call(service, operation, Input::Form(pairs))? {
            Reply::Xml(text) => Ok(text),
            Reply::Json(value) => panic!("{operation} answered JSON: {value}"),
        }
    }

    /// A call of a JSON protocol, of the service with this signing name.
    pub(crate) fn json(&mut self, service: &str, operation: &str, input: Value) -> Result<Value, AwsError> {
        let service = match service {
            "servicequotas" => Service::Quotas,
            "kms" => Service::Kms,
            "organizations" => Service::Organizations,
            _ => Service::SageMaker,
        };
        let Value::Object(members) = input else { panic!("{input} is no object") };
        match self.call(service, operation, Input::Json(members))? {
            Reply::Json(value) => Ok(value),
            Reply::Xml(text) => panic!("{operation} answered XML: {text}"),
        }
    }

    fn call(&mut self, service: Service, operation: &str, input: Input) -> Result<Reply, AwsError> {
        let region: Region = REGION.parse().unwrap();
        let request = Request {
            service,
            service_name: service.as_str().to_owned(),
            operation: operation.to_owned(),
            region: Some(region.clone()),
            access_key: Some(self.access_key.clone()),
            input,
        };
        let arn = format!("arn:aws:iam::{}:user/operator", self.account);
        let caller = Caller { account: self.account.clone(), arn, user_id: "AIDAOPERATOR".to_owned() };
        let (world, now) = (&mut self.world, self.now);
        let mut call = Call {
            world,
            caller: &caller,
            request: &request,
            region,
            now,
            request_id: "request-1",
            fault: None,
        };
        service::answer(&mut call)
    }
}
