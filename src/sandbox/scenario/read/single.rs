//! `[[notebook]]`: one instance, by the members of DescribeNotebookInstance.

use crate::diagnostic::{Complaint, Problem, Table, quoted};
use crate::ids::InstanceName;
use crate::sandbox::instance_types::ACCELERATORS;
use crate::sandbox::scenario::model::{Choices, Common, Group, Home, Naming, Parts};
use crate::sandbox::world::notebook::Status;

use super::home::Wanted;
use super::known::{Known, absent_or};
use super::{generator, words};

const SWITCH: [(&str, bool); 2] = [("Enabled", true), ("Disabled", false)];

const STATUSES: [(&str, Status); 7] = [
    ("InService", Status::InService),
    ("Stopped", Status::Stopped),
    ("Failed", Status::Failed),
    ("Pending", Status::Pending),
    ("Stopping", Status::Stopping),
    ("Updating", Status::Updating),
    ("Deleting", Status::Deleting),
];

/// The most additional repositories, and the longest name of one (botocore 1.44.5).
const MOST_REPOSITORIES: usize = 3;
const LONGEST_REPOSITORY: usize = 1024;

/// A hundred years, in days.
const OLDEST: u32 = 36_500;

pub(super) fn read(table: &Table<'_>, known: &Known) -> Option<Group> {
    let name: Option<InstanceName> = table.field("name").required().parsed();
    let site = site(table, known);
    let sites: Vec<usize> = site.into_iter().collect();
    let homes = homes(table, known, &sites);
    let in_vpc = homes.as_ref().is_some_and(|homes| !homes.is_empty());
    let common = common(table, known, &sites);
    let choices = choices(table);
    let has_key = common.as_ref().is_some_and(|common| common.kms_key.is_some());
    let parts = parts(table, (in_vpc || homes.is_none(), has_key));
    site?;
    Some(Group {
        place: table.place(),
        naming: Naming::Listed(vec![name?.into()]),
        count: 1,
        sites,
        homes: homes?,
        parts: parts?,
        choices: choices?,
        common: common?,
    })
}

/// `account` and `region`: the first that fit, if it does not say.
fn site(table: &Table<'_>, known: &Known) -> Option<usize> {
    let account = absent_or(table.field("account"), |field| field.parsed_by(|text| known.account(text)))?;
    let region = absent_or(table.field("region"), |field| field.parsed_by(|text| known.region(text)))?;
    let found = known.sites.iter().position(|site| {
        account.flatten().is_none_or(|account| account == site.account)
            && region.as_ref().is_none_or(|region| region.as_ref() == Some(&site.region))
    });
    if found.is_none() && known.complete.get() {
        let message = "the account does not have this region";
        let place = table.field("region").place().unwrap_or(table.place());
        table.report(Problem::at(place, message).conclusion());
    }
    found
}

fn homes(table: &Table<'_>, known: &Known, sites: &[usize]) -> Option<Vec<Home>> {
    let wanted = Wanted {
        network: table.field("network"),
        subnets: table.field("subnet"),
        groups: table.field("security_groups"),
    };
    if !wanted.is_given() {
        return Some(Vec::new());
    }
    if let Some(place) = wanted.subnets.place()
        && !wanted.subnets.is_string()
    {
        table.report(Problem::at(place, "`subnet` must be the name or the id of one subnet"));
        return None;
    }
    if sites.is_empty() {
        return None;
    }
    wanted.read(table, known, sites)
}

fn parts(table: &Table<'_>, (in_vpc, has_key): (bool, bool)) -> Option<Parts> {
    let direct = table.field("direct_internet_access");
    let internet = direct.choice(&SWITCH, &[]).unwrap_or(true);
    if !in_vpc && !internet {
        let problem = Problem::at(
            direct.place().unwrap_or(table.place()),
            "without a VPC there is direct internet access",
        );
        table.report(problem.help("add `network` or `subnet`"));
        return None;
    }
    let status = table.field("status").choice(&STATUSES, &[]).unwrap_or(Status::InService);
    let root = table.field("root_access").choice(&SWITCH, &[]).unwrap_or(true);
    let imds = table.field("minimum_imds").choice(&[("1", false), ("2", true)], &[]).unwrap_or(false);
    Some(Parts {
        no_vpc: u32::from(!in_vpc),
        direct_internet: u32::from(in_vpc && internet),
        statuses: vec![(status, 1)],
        root_access: u32::from(root),
        imds_v2: u32::from(imds),
        kms: u32::from(has_key),
        untagged: 0,
        owners: Vec::new(),
    })
}

fn choices(table: &Table<'_>) -> Option<Choices> {
    let word = |key: &str, parse: fn(&str) -> Result<String, Complaint>, default: &str| {
        let given = absent_or(table.field(key), |field| field.parsed_by(parse));
        given.map(|given| vec![given.unwrap_or_else(|| default.to_owned())])
    };
    let types = word("instance_type", words::instance_type, "ml.t3.medium");
    let platforms = word("platform_identifier", words::platform, "notebook-al2023-v1");
    let roles = word("role", words::role, "service-role/AmazonSageMaker-ExecutionRole");
    let volume = absent_or(table.field("volume_size_in_gb"), |field| field.integer(generator::VOLUME));
    Some(Choices {
        types: types?,
        volumes: vec![volume?.unwrap_or(*generator::VOLUME.start())],
        platforms: platforms?,
        roles: roles?,
    })
}

fn common(table: &Table<'_>, known: &Known, sites: &[usize]) -> Option<Common> {
    let tags = absent_or(table.field("tags"), |field| field.table(words::tags));
    let lifecycle_config = generator::lifecycle_config(table, known, sites);
    let kms_key = generator::kms_key(table, known, sites);
    let first = absent_or(table.field("default_code_repository"), |field| field.parsed_by(repository));
    let more = absent_or(table.field("additional_code_repositories"), |field| {
        field.list_by(0..=MOST_REPOSITORIES, repository)
    });
    let accelerators = absent_or(table.field("accelerator_types"), |field| field.list_by(0..=1, accelerator));
    let dualstack = table.field("ip_address_type").choice(&[("ipv4", false), ("dualstack", true)], &[]);
    let failure_reason = absent_or(table.field("failure_reason"), |field| field.text().map(str::to_owned));
    let age = absent_or(table.field("age_in_days"), |field| field.integer(0..=OLDEST));
    Some(Common {
        tags: tags?.unwrap_or_default(),
        lifecycle_config: lifecycle_config?,
        kms_key: kms_key?,
        code_repository: first?,
        more_repositories: more?.unwrap_or_default(),
        accelerators: accelerators?.unwrap_or_default(),
        dualstack: dualstack.unwrap_or(false),
        failure_reason: failure_reason?,
        age: age?,
    })
}

fn repository(text: &str) -> Result<String, Complaint> {
    match text.len() {
        1..=LONGEST_REPOSITORY => Ok(text.to_owned()),
        _ => Err(Complaint::new(format!("a repository has 1 to {LONGEST_REPOSITORY} characters"))),
    }
}

fn accelerator(text: &str) -> Result<String, Complaint> {
    match ACCELERATORS.contains(&text) {
        true => Ok(text.to_owned()),
        false => Err(Complaint::new(format!("{} is not an accelerator type", quoted(text)))
            .help(Some(format!("the values are: {}", ACCELERATORS.join(", "))))),
    }
}
