//! A fleet for the sandbox with the same kinds of instances as moto's: its ground truth, and the scenario of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::fleet::{Class, Seeded, SeededGroup, SeededSubnet, Site, Truth};

const ACCOUNT: &str = "123456789012";
const LONGEST_NAME: usize = 63;
const TEAMS: [&str; 5] = ["fraud", "pricing", "vision", "search", "risk"];
const TYPES: [&str; 4] = ["ml.t3.medium", "ml.m5.xlarge", "ml.g5.xlarge", "ml.c6i.2xlarge"];
const PLATFORMS: [&str; 2] = ["notebook-al2023-v1", "notebook-al2023-v2"];
const VOLUMES: [u32; 4] = [5, 20, 500, 16384];
const LIFECYCLE_CONFIGS: [&str; 2] = ["nb-idle-stop", "nb-proxy"];
const KEY: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

/// Draws that depend on nothing but the seed and what is drawn.
struct Dice {
    seed: u64,
    number: usize,
}

impl Dice {
    fn below(&self, limit: usize, what: &str) -> usize {
        let digest = Sha256::digest(format!("{}/{}/{what}", self.seed, self.number));
        usize::from(u16::from_be_bytes([digest[0], digest[1]])) % limit
    }

    fn one<'a, T>(&self, choices: &'a [T], what: &str) -> &'a T {
        &choices[self.below(choices.len(), what)]
    }

    fn chance(&self, percent: usize, what: &str) -> bool {
        self.below(100, what) < percent
    }
}

/// The ground truth of a fleet; its server is yet to be started. The same arguments make the same fleet.
pub fn truth(instances: u32, regions: &[&str], seed: u64) -> Truth {
    let sites: Vec<Site> = regions.iter().enumerate().map(|(number, region)| site(number, region)).collect();
    let notebooks: Vec<Seeded> = (0..instances as usize)
        .map(|number| notebook(&Dice { seed, number }, &sites[number % sites.len()]))
        .collect();
    let mut counts = BTreeMap::new();
    for notebook in &notebooks {
        *counts.entry(notebook.class).or_insert(0) += 1;
    }
    Truth {
        endpoint: String::new(),
        server_pid: 0,
        takes_time: true,
        regions: regions.iter().map(|region| (*region).to_owned()).collect(),
        counts,
        sites,
        notebooks,
    }
}

fn site(number: usize, region: &str) -> Site {
    let subnet = |name: &str, digit: char| {
        let subnet_id = format!("subnet-{digit}{number:016}");
        (name.to_owned(), SeededSubnet { subnet_id })
    };
    let group = |name: &str, digit: char| {
        let group_id = format!("sg-{digit}{number:016}");
        (name.to_owned(), SeededGroup { group_id })
    };
    Site {
        account: ACCOUNT.to_owned(),
        region: region.to_owned(),
        vpc_id: format!("vpc-a{number:016}"),
        subnets: [subnet("private-small", 'a'), subnet("private-large", 'b'), subnet("public", 'c')].into(),
        security_groups: [group("nb-egress", 'a'), group("nb-no-egress", 'b')].into(),
    }
}

fn notebook(dice: &Dice, site: &Site) -> Seeded {
    let number = dice.number;
    // Each kind occurs once there are three instances.
    let class = match (number, dice.below(100, "class")) {
        (0, _) => Class::NoVpc,
        (1, _) => Class::VpcDirectInternet,
        (2, _) => Class::Compliant,
        (_, 0..45) => Class::NoVpc,
        (_, 45..75) => Class::VpcDirectInternet,
        (..) => Class::Compliant,
    };
    let team = dice.one(&TEAMS, "team");
    let mut name = format!("{team}-{number:05}");
    if number % 13 == 4 {
        // No room is left for a suffix.
        name = format!("{name}-{}", "x".repeat(LONGEST_NAME - name.len() - 1));
    }
    // Both statuses occur among the instances that need to be replaced.
    let stopped = if number < 2 { number == 1 } else { dice.chance(35, "stopped") };
    let arn = format!("arn:aws:sagemaker:{}:{ACCOUNT}:notebook-instance/{name}", site.region);
    Seeded {
        region: site.region.clone(),
        request: request(dice, (class, site), (&name, team)),
        name,
        class,
        status: if stopped { "Stopped" } else { "InService" }.to_owned(),
        arn,
    }
}

fn request(dice: &Dice, (class, site): (Class, &Site), (name, team): (&str, &str)) -> Value {
    let mut request = json!({
        "NotebookInstanceName": name,
        "InstanceType": dice.one(&TYPES, "type"),
        "RoleArn": format!("arn:aws:iam::{ACCOUNT}:role/nb-{team}"),
        "VolumeSizeInGB": dice.one(&VOLUMES, "volume"),
        "PlatformIdentifier": dice.one(&PLATFORMS, "platform"),
        "RootAccess": dice.one(&["Enabled", "Disabled"], "root"),
        "DirectInternetAccess": if class == Class::Compliant { "Disabled" } else { "Enabled" },
    });
    if class != Class::NoVpc {
        let subnets: Vec<&SeededSubnet> = site.subnets.values().collect();
        let groups: Vec<&SeededGroup> = site.security_groups.values().collect();
        request["SubnetId"] = json!(dice.one(&subnets, "subnet").subnet_id);
        request["SecurityGroupIds"] = json!([dice.one(&groups, "group").group_id]);
    }
    if dice.chance(25, "key") {
        request["KmsKeyId"] = json!(KEY);
    }
    if dice.chance(35, "config") {
        request["LifecycleConfigName"] = json!(dice.one(&LIFECYCLE_CONFIGS, "which config"));
    }
    if dice.chance(30, "repository") {
        request["DefaultCodeRepository"] = json!(format!("https://git.example.org/{team}/notebooks.git"));
    }
    let mut tags = Vec::new();
    if dice.chance(85, "tagged") {
        tags.push(json!({ "Key": "Owner", "Value": format!("{team}@example.org") }));
        tags.push(json!({ "Key": "CostCenter", "Value": team }));
    }
    if dice.chance(8, "stack") {
        tags.push(json!({ "Key": "aws:cloudformation:stack-name", "Value": format!("{team}-notebooks") }));
    }
    request["Tags"] = json!(tags);
    request
}

/// The scenario that makes this fleet. Changes of status take seconds, and the bench may ask as often as it likes.
pub fn text(truth: &Truth) -> String {
    let mut text = format!(
        "format = 1\nthrottle = \"off\"\n\n[latency]\ncreate = [\"4s\", \"12s\"]\nstart = [\"3s\", \"9s\"]\nstop = [\"2s\", \"6s\"]\n\
         update = [\"1s\", \"3s\"]\ndelete = [\"1s\", \"4s\"]\n\n[[account]]\nid = {ACCOUNT:?}\nname = \"bench\"\n\
         regions = {:?}\nquota = 10000\n\n[[account]]\nid = \"222222222222\"\nname = \"other\"\nregions = {0:?}\n\
         roles = [\"Auditor\"]\n\n[[kms_key]]\nalias = \"notebooks\"\nid = {KEY:?}\n",
        truth.regions
    );
    for config in LIFECYCLE_CONFIGS {
        write!(text, "\n[[lifecycle_config]]\nname = {config:?}\non_start = \"#!/bin/bash\\ntrue\\n\"\n")
            .unwrap();
    }
    for site in &truth.sites {
        network(&mut text, site);
    }
    for notebook in &truth.notebooks {
        instance(&mut text, notebook);
    }
    text
}

fn network(text: &mut String, site: &Site) {
    let Site { account, region, vpc_id, subnets, security_groups } = site;
    write!(
        text,
        "\n[[network]]\nname = \"notebooks\"\nid = {vpc_id:?}\naccounts = [{account:?}]\nregions = [{region:?}]\n\
         cidr = \"10.0.0.0/16\"\negress = \"nat\"\n"
    )
    .unwrap();
    for (name, cidr) in
        [("private-small", "10.0.0.0/26"), ("private-large", "10.0.1.0/24"), ("public", "10.0.2.0/24")]
    {
        let id = &subnets[name].subnet_id;
        let public = name == "public";
        write!(
            text,
            "\n[[network.subnet]]\nname = {name:?}\nid = {id:?}\ncidr = {cidr:?}\npublic = {public}\n"
        )
        .unwrap();
    }
    for (name, egress) in [("nb-egress", "all"), ("nb-no-egress", "none")] {
        let id = &security_groups[name].group_id;
        write!(text, "\n[[network.security_group]]\nname = {name:?}\nid = {id:?}\negress = {egress:?}\n")
            .unwrap();
    }
}

fn instance(text: &mut String, notebook: &Seeded) {
    let Seeded { region, name, class: _, status, request, arn: _ } = notebook;
    write!(
        text,
        "\n[[notebook]]\naccount = {ACCOUNT:?}\nregion = {region:?}\nname = {name:?}\nstatus = {status:?}\n"
    )
    .unwrap();
    let member = |member: &str| request.get(member).filter(|value| !value.is_null());
    for (key, of) in [
        ("instance_type", "InstanceType"),
        ("subnet", "SubnetId"),
        ("security_groups", "SecurityGroupIds"),
        ("direct_internet_access", "DirectInternetAccess"),
        ("root_access", "RootAccess"),
        ("platform_identifier", "PlatformIdentifier"),
        ("volume_size_in_gb", "VolumeSizeInGB"),
        ("lifecycle_config", "LifecycleConfigName"),
        ("kms_key", "KmsKeyId"),
        ("default_code_repository", "DefaultCodeRepository"),
    ] {
        if let Some(value) = member(of) {
            // JSON writes texts, numbers and lists as TOML does.
            writeln!(text, "{key} = {value}").unwrap();
        }
    }
    let role = request["RoleArn"].as_str().unwrap().rsplit('/').next().unwrap();
    writeln!(text, "role = {role:?}").unwrap();
    writeln!(text, "\n[notebook.tags]").unwrap();
    for tag in request["Tags"].as_array().unwrap() {
        writeln!(text, "{} = {}", tag["Key"], tag["Value"]).unwrap();
    }
}
