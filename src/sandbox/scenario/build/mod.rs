//! A scenario to a world.

mod access;
mod buckets;
mod in_vpc;
mod instance;
mod network;
mod parts;
mod place;
mod routes;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::sandbox::latency::Pace;
use crate::sandbox::scenario::roster::{self, Member};
use crate::sandbox::world::{Account, HolderKind, Organization, Role, Site, World};

use super::Scenario;
use super::file::Conduct;
use place::{Place, before};

/// The world at its beginning.
pub(super) fn world(scenario: &Scenario, now: Timestamp) -> World {
    let members = roster::call(scenario, scenario.seed).members;
    let types: BTreeSet<&str> = members.iter().map(|member| member.instance_type).collect();
    let mut sites: Vec<Site> = Vec::new();
    for at in 0..scenario.sites.len() {
        let mut site = Site::default();
        if let Some(place) = Place::of(scenario, at, now) {
            parts::fill(&mut site, &place, &types);
            network::fill(&mut site.network, &place);
        }
        sites.push(site);
    }
    let mut roles = vec![BTreeMap::new(); scenario.accounts.len()];
    settle_in(scenario, members, (&mut sites, &mut roles), now);
    people(scenario, sites, roles, now)
}

/// Puts every instance into its site, and its role into the account.
fn settle_in(
    scenario: &Scenario,
    members: Vec<Member<'_>>,
    (sites, roles): (&mut [Site], &mut [BTreeMap<String, Role>]),
    now: Timestamp,
) {
    let mut all_ids: BTreeMap<usize, instance::Ids> = BTreeMap::new();
    for member in members {
        let place = Place::of(scenario, member.site, now);
        let Some((site, place)) = sites.get_mut(member.site).zip(place) else { continue };
        if let Some(roles) = roles.get_mut(place.site.account)
            && !roles.contains_key(base_name(member.role))
        {
            let role = Role { path_and_name: member.role.to_owned(), for_sagemaker: true, external_id: None };
            roles.insert(base_name(member.role).to_owned(), role);
        }
        let ids = all_ids.entry(member.site).or_insert_with(|| instance::Ids::of(&place));
        let notebook = instance::notebook(&member, &place, ids);
        let attached = scenario.conduct.keeps_address || !instance::is_at_rest(member.status);
        let name = notebook.name.clone();
        site.insert(notebook);
        if attached && member.home.is_some() {
            let Conduct { ref latency, keeps_address, .. } = scenario.conduct;
            let (seed, account, region) = (scenario.seed, &place.account.id, &place.site.region);
            let pace = Pace { seed, latency, account, region, keeps_address };
            site.attach_interface(&name, &pace);
        }
    }
    for (at, site) in sites.iter_mut().enumerate() {
        Place::of(scenario, at, now).iter().for_each(|place| network::set_free(&mut site.network, place));
    }
}

/// The accounts, with their sites and roles.
fn people(
    scenario: &Scenario,
    sites: Vec<Site>,
    roles: Vec<BTreeMap<String, Role>>,
    now: Timestamp,
) -> World {
    let mut accounts = BTreeMap::new();
    for (spec, mut roles) in scenario.accounts.iter().zip(roles) {
        let said = &spec.said;
        for path_and_name in &said.roles {
            let external_id = said.external_id.clone();
            let role = Role { path_and_name: path_and_name.clone(), for_sagemaker: false, external_id };
            roles.entry(base_name(path_and_name).to_owned()).or_insert(role);
        }
        let holders = spec.policies.iter().flat_map(|policy| &policy.holders);
        for holder in holders.filter(|holder| holder.kind == HolderKind::Role) {
            let path_and_name = holder.path_and_name.clone();
            let role = Role { path_and_name, for_sagemaker: false, external_id: None };
            roles.entry(holder.name().to_owned()).or_insert(role);
        }
        for path_and_name in &said.deleted_roles {
            roles.remove(base_name(path_and_name));
        }
        for path_and_name in &said.closed_roles {
            let role = Role { path_and_name: path_and_name.clone(), for_sagemaker: false, external_id: None };
            roles.insert(base_name(path_and_name).to_owned(), role);
        }
        let (id, name, identities) = (said.id.value.clone(), spec.name.clone(), spec.identities.clone());
        let email = said.email.clone().unwrap_or_else(|| format!("aws+{id}@example.com"));
        let policies = spec.policies.clone();
        let sites = BTreeMap::new();
        accounts.insert(id.clone(), Account { id, name, email, roles, policies, identities, sites });
    }
    for (spec, site) in scenario.sites.iter().zip(sites) {
        let owner =
            scenario.accounts.get(spec.account).and_then(|account| accounts.get_mut(&*account.said.id));
        if let Some(account) = owner {
            account.sites.insert(spec.region.clone(), site);
        }
    }
    let home = scenario.accounts.first().expect("no scenario is read without an account");
    World {
        seed: scenario.seed,
        accounts,
        home: home.said.id.value.clone(),
        organization: organization(scenario, now),
        stopped_keeps_address: scenario.conduct.keeps_address,
        ended_starts_fail: scenario.conduct.ended_starts_fail,
        keys_as_given: scenario.conduct.keys_as_given,
        other_forms: scenario.conduct.other_forms,
        sessions: BTreeMap::new(),
        buckets: buckets::all(scenario, now),
        latency: scenario.conduct.latency.clone(),
        also_known: BTreeSet::new(),
        ended_workers: BTreeSet::new(),
    }
}

/// The organization, where there is one.
fn organization(scenario: &Scenario, now: Timestamp) -> Option<Organization> {
    let management = scenario.management.and_then(|at| scenario.accounts.get(at));
    management.map(|account| Organization {
        id: format!("o-{}", scenario.seed.draw(&["organization", account.said.id.as_str()]).hex(10)),
        management: account.said.id.value.clone(),
        since: before(now, 5 * 365),
    })
}

/// The name of a role without its path.
fn base_name(role: &str) -> &str {
    role.rsplit('/').next().unwrap_or(role)
}
