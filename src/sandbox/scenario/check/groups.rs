//! Pure: instances: where they are, what they refer to, and how many of many are what.

use crate::diagnostic::{Placed, Problem};
use crate::sandbox::scenario::model::{Group, KeyRef, Parts, Scenario};
use crate::sandbox::scenario::naming::Naming;
use crate::sandbox::scenario::notebook::{Choices, Common, Notebook, Notebooks, Own};
use crate::sandbox::scenario::refer::Reach;
use crate::sandbox::scenario::share::{Share, divide};
use crate::sandbox::world::notebook::Status;

use super::homes::Wanted;
use super::look::Look;

/// One instance.
pub(super) fn single(look: &Look<'_>, scenario: &Scenario, read: Notebook) -> Option<Group> {
    let sites = vec![site(look, scenario, &read)?];
    let key = refers(look, scenario, &read.common, &sites);
    let subnets = read.subnet.as_ref().map(std::slice::from_ref);
    let wanted = Wanted { common: &read.common, subnets, place: read.place };
    let in_vpc = wanted.is_given();
    if !in_vpc && !*read.internet {
        let problem = Problem::at(read.internet.place, "without a VPC there is direct internet access");
        look.say(problem.help("add `network` or `subnet`"));
    }
    let homes = if in_vpc { wanted.homes(look, scenario, &sites)? } else { Vec::new() };
    let parts = Parts {
        no_vpc: u32::from(!in_vpc),
        direct_internet: u32::from(in_vpc && *read.internet),
        statuses: vec![(read.status, 1)],
        root_access: u32::from(read.root_access),
        imds_v2: u32::from(read.imds_v2),
        kms: u32::from(key.is_some()),
        untagged: 0,
        owners: Vec::new(),
    };
    let choices = Choices {
        types: vec![read.instance_type],
        volumes: vec![read.volume],
        platforms: vec![read.platform],
        roles: vec![read.role],
    };
    let (place, naming, count) = (read.place, Naming::Listed(vec![read.name.into()]), 1);
    let (common, own) = (read.common, read.own);
    Some(Group { place, naming, count, sites, homes, parts, choices, common, key, own })
}

/// `account` and `region`: the first that fit, if it does not say.
fn site(look: &Look<'_>, scenario: &Scenario, read: &Notebook) -> Option<usize> {
    let account = look.find_if(read.account.as_ref(), |text| scenario.account(text));
    let region = look.find_if(read.region.as_ref(), |text| scenario.region(text));
    let (account, region) = (account?, region?);
    let found = scenario.sites.iter().position(|site| {
        account.is_none_or(|account| account == site.account)
            && region.as_ref().is_none_or(|region| *region == site.region)
    });
    if found.is_none() {
        let place = read.region.as_ref().map_or(read.place, |region| region.place);
        look.say(Problem::at(place, "the account does not have this region").conclusion());
    }
    found
}

/// Many instances by one description.
pub(super) fn many(look: &Look<'_>, scenario: &Scenario, read: Notebooks) -> Option<Group> {
    let count = read.naming.count;
    let Reach { place, .. } = read.reach;
    let parts = parts(look, &read);
    let sites = scenario.reach(look, &read.reach)?;
    let key = refers(look, scenario, &read.common, &sites);
    let wanted = Wanted { common: &read.common, subnets: read.subnets.as_deref(), place };
    let homes = match parts.no_vpc < count || wanted.is_given() {
        true => wanted.homes(look, scenario, &sites)?,
        false => Vec::new(),
    };
    let key = key.or_else(|| scenario.first_key(&sites));
    if parts.kms > 0 && key.is_none() && read.common.kms_key.is_none() {
        look.say(Problem::at(read.kms.place, "`kms` needs a key").help("add a [[kms_key]]").conclusion());
    }
    let Notebooks { choices, common, code_repository, naming, .. } = read;
    let own = Own { repository: code_repository, ..Own::default() };
    let naming = naming.naming;
    Some(Group { place, naming, count, sites, homes, parts, choices, common, key, own })
}

fn parts(look: &Look<'_>, read: &Notebooks) -> Parts {
    let exact = |shares: &[(&str, &Placed<Share>)]| divided(look, read.naming.count, shares).into_iter();
    let one = |key: &str, share: &Placed<Share>| exact(&[(key, share)]).next().unwrap_or(0);
    let mut vpc = exact(&[("no_vpc", &read.no_vpc), ("direct_internet", &read.direct_internet)]);
    let statuses = exact(&[("stopped", &read.stopped), ("failed", &read.failed)]);
    let owners: Vec<(&str, &Placed<Share>)> =
        read.owners.iter().map(|(owner, share)| ((*owner).into(), share)).collect();
    Parts {
        no_vpc: vpc.next().unwrap_or(0),
        direct_internet: vpc.next().unwrap_or(0),
        statuses: [Status::Stopped, Status::Failed].into_iter().zip(statuses).collect(),
        root_access: one("root_access", &read.root_access),
        imds_v2: one("imds_v2", &read.imds_v2),
        kms: one("kms", &read.kms),
        untagged: one("untagged", &read.untagged),
        owners: read.owners.keys().copied().zip(exact(&owners)).collect(),
    }
}

/// Shares as numbers of instances; nobody, where they are too many. The rest is the last of them.
fn divided(look: &Look<'_>, count: u32, shares: &[(&str, &Placed<Share>)]) -> Vec<u32> {
    let plain: Vec<Share> = shares.iter().map(|(_, share)| share.value).collect();
    divide(count, &plain).unwrap_or_else(|| {
        let given = || shares.iter().filter(|(_, share)| share.value != Share::NONE);
        let names: Vec<String> = given().map(|(key, _)| format!("`{key}`")).collect();
        let verb = if names.len() == 1 { "is" } else { "are" };
        let message = format!("{} {verb} more than all {count} instances", names.join(" and "));
        given().next_back().into_iter().for_each(|(_, share)| look.say(Problem::at(share.place, &message)));
        Vec::new()
    })
}

/// The key that is named. It must be there, as must the lifecycle configuration.
fn refers(look: &Look<'_>, scenario: &Scenario, common: &Common, sites: &[usize]) -> Option<KeyRef> {
    if let Some(name) = &common.lifecycle_config {
        look.find(name, |text| scenario.check_lifecycle(text, sites));
    }
    look.find(common.kms_key.as_ref()?, |text| scenario.key(text, sites))
}
