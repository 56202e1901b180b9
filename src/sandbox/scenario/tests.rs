//! Laws and stories of scenarios.

mod described;
mod faults;
mod laws;
mod mistakes;
mod ways;
mod worlds;

use jiff::Timestamp;

use super::*;
use crate::sandbox::world::Site;
use crate::sandbox::world::notebook::Notebook;

const FLEET: &str = include_str!("../../../examples/fleet.toml");
const FLEET_POLICY: &str = include_str!("../../../examples/fleet-policy.toml");
const JUDGES: &str = include_str!("../../../tests/stories/judges/scenario.toml");
const FAULTS: &str = include_str!("../../../examples/faults.toml");

const ACCOUNT: &str = "format = 1\n[[account]]\nid = '111122223333'\nregions = ['us-east-1', 'eu-west-1']\n";

fn now() -> Timestamp {
    "2026-11-22T06:00:00Z".parse().unwrap()
}

fn good(text: &str) -> Scenario {
    parse("fleet.toml", text).unwrap_or_else(|problems| panic!("{problems}"))
}

/// The problems of a text, one a line, with their help; empty for a good one.
fn wrong(text: &str) -> String {
    let Err(problems) = parse("fleet.toml", text) else { return String::new() };
    let line = |problem: &crate::diagnostic::Problem| match &problem.help {
        Some(help) => format!("{} ({help})", problem.message),
        None => problem.message.clone(),
    };
    problems.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn sites(world: &World) -> impl Iterator<Item = &Site> {
    world.accounts.values().flat_map(|account| account.sites.values())
}

fn notebooks(world: &World) -> impl Iterator<Item = &Notebook> {
    sites(world).flat_map(|site| site.notebooks.values())
}

fn count(world: &World, is: impl Fn(&Notebook) -> bool) -> usize {
    notebooks(world).filter(|one| is(one)).count()
}

fn group(keys: &str) -> String {
    format!("{ACCOUNT}[[network]]\nname = 'n'\ncidr = '10.0.0.0/16'\n[[notebooks]]\n{keys}\n")
}
