//! Small worlds for tests: instances, a policy, network facts and plans.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::api_error;
use crate::clock::day;
use crate::diagnostic::{Absence, KeyText, Shape};
use crate::execute::{Dependency, MoveStanding, Standing};
use crate::ids::{AccountId, InstanceName, ItemId, Nonce, Region};
use crate::inventory::{
    Assumable, Companions, Description, Instance, Inventory, Key, MetadataService, Role, Scripts, Status,
    Tags,
};
use crate::network::{
    Acl, AclEntry, Block, Destination, Dns, NatGateway, NetworkFacts, Peer, Reading, Route, RouteTable, Rule,
    SecurityGroup, Subnet, Survey, Traffic, Via, Vpc, Zone,
};
use crate::plan::Inputs;
use crate::plan::planner::make;
use crate::plan::{KnownRuns, Plan};
use crate::policy::{Policy, parse};

pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const REGION: &str = "us-east-1";

pub(crate) const POLICY: &str = r#"
format = 1
[scope]
regions = ["us-east-1"]
[limits]
max_percent = 100
canary = 0
max_failures = 100
poll_interval = "10s"
[[target]]
name = "private"
match = { regions = ["us-east-1"] }
subnets = ["subnet-a", "subnet-b"]
placement = "first"
security_groups = ["sg-a"]
"#;

pub(crate) fn nonce(_: &ItemId) -> Nonce {
    "0123456789abcdef0123456789abcdef".parse().unwrap()
}

pub(crate) fn now() -> Timestamp {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

pub(crate) fn today() -> Date {
    day(now())
}

pub(crate) fn account() -> AccountId {
    ACCOUNT.parse().unwrap()
}

pub(crate) fn region() -> Region {
    REGION.parse().unwrap()
}

pub(crate) fn name(text: &str) -> InstanceName {
    text.parse().unwrap()
}

pub(crate) fn id(text: &str) -> ItemId {
    ItemId { region: region(), name: name(text) }
}

pub(crate) fn policy(text: &str) -> Policy {
    match parse("policy.toml", text, today()) {
        Ok(policy) => policy,
        Err(problems) => panic!("{problems}"),
    }
}

/// Every status that AWS has, and one that this version does not know.
pub(crate) fn statuses() -> [Status; 10] {
    [
        Status::Pending,
        Status::InService,
        Status::Stopping,
        Status::Stopped,
        Status::Failed,
        Status::Deleting,
        Status::Updating,
        Status::PendingMaintenance,
        Status::InMaintenance,
        Status::Other("Hibernating".to_owned()),
    ]
}

/// A running instance outside a VPC, with every member that AWS reports of such a one.
pub(crate) fn exposed(text: &str) -> Description {
    Description {
        notebook_instance_arn: format!("arn:aws:sagemaker:{REGION}:{ACCOUNT}:notebook-instance/{text}")
            .parse()
            .unwrap(),
        notebook_instance_name: name(text),
        notebook_instance_status: Status::InService,
        failure_reason: None,
        failed_by_denial: false,
        url: Some(format!("{text}.notebook.{REGION}.sagemaker.aws")),
        instance_type: Some("ml.t3.medium".to_owned()),
        ip_address_type: Some("ipv4".to_owned()),
        subnet_id: None,
        security_groups: Vec::new(),
        role_arn: Some(format!("arn:aws:iam::{ACCOUNT}:role/nb-research")),
        kms_key_id: None,
        network_interface_id: None,
        last_modified_time: Some("2026-11-01T08:00:00Z".parse().unwrap()),
        creation_time: Some("2026-10-01T08:00:00Z".parse().unwrap()),
        notebook_instance_lifecycle_config_name: None,
        direct_internet_access: Some("Enabled".to_owned()),
        volume_size_in_gb: Some(20),
        accelerator_types: Vec::new(),
        default_code_repository: None,
        additional_code_repositories: Vec::new(),
        root_access: Some("Enabled".to_owned()),
        platform_identifier: Some("notebook-al2023-v1".to_owned()),
        instance_metadata_service_configuration: Some(MetadataService {
            minimum_instance_metadata_service_version: "1".to_owned(),
        }),
    }
}

/// A running instance in a VPC without direct internet access.
pub(crate) fn sound(text: &str) -> Description {
    let mut description = exposed(text);
    description.subnet_id = Some("subnet-b".parse().unwrap());
    description.security_groups = vec!["sg-a".parse().unwrap()];
    description.direct_internet_access = Some("Disabled".to_owned());
    description
}

pub(crate) fn tags(pairs: &[(&str, &str)]) -> Tags {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

pub(crate) fn instance(description: Description, tags: Tags) -> Instance {
    let id = ItemId { region: region(), name: description.notebook_instance_name.clone() };
    Instance { id, description: Some(description), tags: Some(tags) }
}

pub(crate) fn inventory(mut instances: Vec<Instance>) -> Inventory {
    instances.sort_by(|a, b| a.id.cmp(&b.id));
    Inventory { account: account(), taken_at: now(), regions: vec![region()], instances, gaps: Vec::new() }
}

/// Two subnets, with 3 and 250 free addresses, and a group that lets everything out, all of one VPC.
pub(crate) fn facts() -> NetworkFacts {
    let mut facts = NetworkFacts::default();
    let subnets = [("subnet-a", "10.0.0.0/24", 3), ("subnet-b", "10.0.1.0/24", 250)].map(subnet);
    for subnet in &subnets {
        facts.subnets.insert((region(), subnet.id.clone()), Reading::Found(subnet.clone()));
    }
    let group = SecurityGroup {
        id: "sg-a".parse().unwrap(),
        name: "notebooks".to_owned(),
        description: String::new(),
        vpc: "vpc-1".parse().unwrap(),
        egress: vec![Rule { traffic: Traffic::All, peer: Peer::Ipv4(Block::ALL) }],
        ingress: Vec::new(),
    };
    facts.security_groups.insert((region(), group.id.clone()), Reading::Found(group.clone()));
    let zone = Zone { name: "us-east-1a".to_owned(), kind: Some("availability-zone".to_owned()) };
    facts.zones.insert(region(), Ok(vec![zone]));
    facts.surveys.insert(region(), survey(subnets.to_vec(), group));
    facts
}

/// What the instances refer to, as nobody worries about it: keys that are enabled, scripts that do nothing, no quota.
pub(crate) fn companions(inventory: &Inventory) -> Companions {
    let mut companions = Companions::default();
    for one in inventory.instances.iter().filter_map(|one| one.description.as_ref()) {
        let scripts = Scripts { on_create: None, on_start: Some("#!/bin/bash\nnvidia-smi\n".to_owned()) };
        let named = one.notebook_instance_lifecycle_config_name.clone().map(|name| (region(), name));
        companions.scripts.extend(named.map(|name| (name, api_error::Reading::Found(scripts.clone()))));
        let key = one.kms_key_id.clone().map(|key| (region(), key));
        let enabled = |(_, name): &(Region, String)| {
            api_error::Reading::Found(Key { arn: key_arn(name), state: "Enabled".to_owned() })
        };
        companions.keys.extend(key.map(|key| (key.clone(), enabled(&key))));
    }
    companions
}

/// The ARN of a key, whatever it is named by.
pub(crate) fn key_arn(name: &str) -> String {
    let id = name.rsplit(['/', ':']).next().unwrap();
    format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/{id}")
}

fn subnet((id, cidr, free_addresses): (&str, &str, u32)) -> Subnet {
    Subnet {
        id: id.parse().unwrap(),
        vpc: "vpc-1".parse().unwrap(),
        availability_zone: "us-east-1a".to_owned(),
        cidr: cidr.to_owned(),
        state: "available".to_owned(),
        free_addresses,
        has_ipv6: true,
        ipv6_native: false,
        outpost: None,
        kind: None,
        owner: Some(account()),
        block_public_access: None,
    }
}

/// What an item depends on, with nothing against it.
pub(crate) fn usable(dependency: &Dependency) -> Standing {
    match dependency {
        Dependency::Key(key) => Standing::Key(Some(Key { arn: key_arn(key), state: "Enabled".to_owned() })),
        Dependency::Subnet(id) => Standing::Subnet(Some(subnet((id.as_str(), "10.0.1.0/24", 100)))),
        Dependency::Role(role) => {
            let arn = role.as_str().to_owned();
            Standing::Role(Some(Role { arn, assumable: Assumable::Yes }))
        }
        Dependency::Bucket(_) => Standing::Bucket(None),
        Dependency::Export(_) => Standing::Moved(MoveStanding::Proven { at: Some(now()) }),
        // After any replacement was created.
        Dependency::Import(_) => {
            let at = crate::clock::after(now(), std::time::Duration::from_hours(48));
            Standing::Moved(MoveStanding::Proven { at: Some(at) })
        }
    }
}

/// A VPC with a NAT gateway in a public subnet, and no endpoints.
fn survey(mut subnets: Vec<Subnet>, group: SecurityGroup) -> Survey {
    subnets.push(subnet(("subnet-public", "10.0.9.0/24", 200)));
    let vpc = || "vpc-1".parse().unwrap();
    let table = |id: &str, subnets: &[&str], via: Via| RouteTable {
        id: id.to_owned(),
        vpc: vpc(),
        main: subnets.is_empty(),
        subnets: subnets.iter().map(|id| id.parse().unwrap()).collect(),
        routes: vec![Route {
            destination: Destination::Ipv4(Block::ALL),
            via,
            state: "active".to_owned(),
            propagated: false,
        }],
    };
    let entry =
        |egress| AclEntry { number: 100, egress, allow: true, traffic: Traffic::All, peer: Block::ALL };
    let nat = NatGateway {
        id: "nat-1".to_owned(),
        vpc: vpc(),
        state: "available".to_owned(),
        connectivity: Some("public".to_owned()),
        subnet: Some("subnet-public".parse().unwrap()),
        route_table: None,
    };
    let acl = Acl {
        id: "acl-1".to_owned(),
        vpc: vpc(),
        subnets: subnets.iter().map(|subnet| subnet.id.clone()).collect(),
        entries: vec![entry(true), entry(false)],
    };
    let itself = Vpc {
        id: vpc(),
        blocks: vec!["10.0.0.0/16".parse().unwrap()],
        tenancy: Some("default".to_owned()),
        block_public_access: None,
    };
    Survey {
        vpcs: Ok(vec![itself]),
        subnets: Ok(subnets),
        groups: Ok(vec![group]),
        route_tables: Ok(vec![
            table("rtb-main", &[], Via::Nat("nat-1".to_owned())),
            table("rtb-public", &["subnet-public"], Via::InternetGateway("igw-1".to_owned())),
        ]),
        nat_gateways: Ok(vec![nat]),
        endpoints: Ok(Vec::new()),
        acls: Ok(vec![acl]),
        dns: [(vpc(), Dns { support: Ok(true), hostnames: Ok(true) })].into(),
    }
}

/// The plan for these instances under a policy, made at [`now`].
pub(crate) fn plan_by(policy_text: &str, instances: Vec<Instance>) -> Plan {
    plan_in(&policy(policy_text), &inventory(instances), &facts())
}

/// The plan for an inventory and what is known of the networks, made at [`now`] with [`companions`].
pub(crate) fn plan_in(policy: &Policy, inventory: &Inventory, facts: &NetworkFacts) -> Plan {
    let (companions, runs) = (&companions(inventory), &KnownRuns::default());
    make(Inputs { policy, inventory, facts, companions, runs, now: now() }).unwrap()
}

/// A text with some stretches replaced: where each begins, how long it is, and what comes in its place.
pub(crate) fn mutated(text: &str, edits: Vec<(proptest::sample::Index, usize, String)>) -> String {
    let mut text = text.to_owned();
    for (at, length, new) in edits {
        let start = text.floor_char_boundary(at.index(text.len()));
        let end = text.floor_char_boundary((start + length).min(text.len()));
        text.replace_range(start..end, &new);
    }
    text
}

/// Fails unless whoever reads of a key learns what to write: a sentence, and a default, an example or the words.
pub(crate) fn assert_told(keys: &[KeyText]) {
    for key in keys {
        assert!(key.about.ends_with('.'), "{}: {}", key.name, key.about);
        let told = key.example.is_some() || matches!(key.absence, Absence::Means(_));
        let tells = matches!(key.shape, Shape::Words(_)) || !key.shape.keys().is_empty();
        assert!(told || tells || key.name == "format", "{} has neither default nor example", key.name);
        assert_told(&key.shape.keys());
    }
}
