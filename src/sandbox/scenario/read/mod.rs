//! TOML text to a scenario.

mod account;
mod detail;
mod extra;
mod fault;
mod generator;
mod home;
mod iam;
mod known;
mod network;
mod rules;
mod single;
mod subnet;
mod words;

use crate::diagnostic::{Place, Problem, Table};
use crate::sandbox::chance::Seed;

use super::model::Group;
use super::{Scenario, roster};
pub(super) use fault::check_operation;
use known::Known;
pub(super) use known::site_name;
pub(super) use words::delay;

/// The newest format of scenarios that this version reads.
const FORMAT: i64 = 1;

/// The whole file.
pub(super) fn scenario(root: &Table<'_>) -> Option<Scenario> {
    if root.is_empty() {
        root.report(empty());
        return None;
    }
    let format = root.field("format").required_with("put `format = 1` on the first line").format(FORMAT);
    let seed = root.field("seed").integer(0..=i64::MAX).map_or(0, i64::unsigned_abs);
    let throttled = root.field("throttle").choice(&[("aws", true), ("off", false)], &[]);
    let keeps_address = root.field("stopped_keeps_address").boolean();
    let ended_starts = root.field("ended_platform_start").choice(&[("refused", false), ("fails", true)], &[]);
    let described_keys = root.field("described_key").choice(&[("arn", false), ("as-given", true)], &[]);
    let default_vpc = root.field("default_vpc").boolean().unwrap_or(true);
    let latency = root.field("latency").table(extra::latency).unwrap_or_default();
    let mut known = Known::default();
    account::read_all(root, &mut known);
    iam::read_all(root, &mut known);
    let management = root.field("organization").table(|table| account::management(table, &known));
    network::read_all(root, &mut known, default_vpc);
    extra::read_all(root, &mut known);
    let groups = groups(root, &known);
    let faults = root.field("fault").tables(|table| known.note(fault::read(table, &known)));
    format?;
    let Known { accounts, sites, networks, lifecycles, keys, complete } = known;
    let scenario = Scenario {
        seed: Seed(seed),
        throttled: throttled.unwrap_or(true),
        keeps_address: keeps_address.unwrap_or(true),
        ended_starts_fail: ended_starts.unwrap_or(false),
        keys_as_given: described_keys.unwrap_or(false),
        latency,
        management,
        accounts,
        sites,
        networks,
        lifecycles,
        keys,
        groups,
        faults,
    };
    if complete.get() {
        report_roster(root, &scenario);
    }
    Some(scenario)
}

/// Every instance. By hand first: what is said of one is not to depend on how many are made around it.
fn groups(root: &Table<'_>, known: &Known) -> Vec<Group> {
    let mut groups = root.field("notebook").tables(|table| known.note(single::read(table, known)));
    groups.extend(root.field("notebooks").tables(|table| known.note(generator::read(table, known))));
    groups
}

fn empty() -> Problem {
    Problem::at(Place::START, "the scenario is empty")
        .help("it has at least `format = 1` and an [[account]]; see examples/fleet.toml")
        .conclusion()
}

/// What only shows when every instance has been given its place.
fn report_roster(root: &Table<'_>, scenario: &Scenario) {
    let mut said = std::collections::BTreeSet::new();
    for trouble in roster::call(scenario, scenario.seed).troubles {
        let Some(group) = scenario.groups.get(trouble.group()) else { continue };
        // One of a kind: a thousand names that are taken are one mistake.
        if said.insert((trouble.group(), trouble.kind())) {
            root.report(Problem::at(group.place, trouble.message(scenario)).conclusion());
        }
    }
}
