//! Pure: a second look at what a file says: whether what it refers to is there, and whether all of it is possible together.
//!
//! What refers to something is looked at once all of that is known to be right: then a name that is not found is missing,
//! and not one that could not be read.

mod bucket;
mod groups;
mod homes;
mod known;
mod look;
mod network;
mod refer;

use std::collections::BTreeSet;

use crate::diagnostic::{Problem, Table};

use super::file::File;
use super::model::Scenario;
use super::roster;
use look::Look;

/// The scenario, unless something is wrong with it, which is then said.
pub(super) fn scenario(root: &Table<'_>, file: File) -> Option<Scenario> {
    let look = Look::at(root);
    let File {
        format: (), account, organization, iam, held_policy, network, kms_key, lifecycle_config, ..
    } = file;
    if account.is_empty() {
        return None;
    }
    let (accounts, sites) = look.ready(known::accounts(&look, account))?;
    let (management, networks, lifecycles, keys, buckets, groups, faults) = Default::default();
    let (seed, conduct) = (file.seed, file.conduct);
    let mut scenario = Scenario {
        seed,
        conduct,
        management,
        accounts,
        sites,
        networks,
        lifecycles,
        keys,
        buckets,
        groups,
        faults,
    };
    scenario.allow(&look, iam);
    scenario.hold(&look, held_policy);
    scenario.management = organization.and_then(|one| scenario.management(&look, &one));
    network::all(&look, &mut scenario, network, file.default_vpc);
    refer::all(&look, &mut scenario, lifecycle_config, kms_key);
    bucket::all(&look, &mut scenario, file.bucket);
    scenario.faults = file.fault.into_iter().filter_map(|fault| scenario.fault(&look, fault)).collect();
    let mut scenario = look.ready(scenario)?;
    // By hand first: what is said of one is not to depend on how many are made around it.
    let single = file.notebook.into_iter().filter_map(|one| groups::single(&look, &scenario, one));
    let many = file.notebooks.into_iter().filter_map(|one| groups::many(&look, &scenario, one));
    scenario.groups = single.chain(many).collect();
    let scenario = look.ready(scenario)?;
    if root.is_right_so_far() {
        call_roster(&look, &scenario);
    }
    look.ready(scenario)
}

/// What only shows when every instance has been given its place.
fn call_roster(look: &Look<'_>, scenario: &Scenario) {
    let mut said = BTreeSet::new();
    for trouble in roster::call(scenario, scenario.seed).troubles {
        let Some(group) = scenario.groups.get(trouble.group()) else { continue };
        // One of a kind: a thousand names that are taken are one mistake.
        if said.insert((trouble.group(), trouble.kind())) {
            look.say(Problem::at(group.place, trouble.message(scenario)).conclusion());
        }
    }
}
