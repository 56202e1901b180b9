//! The world that a plan was made for, as far as the plan tells of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value;

use crate::cli::error::CommandError;
use crate::exit::ExitStatus;
use crate::ids::{Region, VpcId};
use crate::plan::{Item, Plan, Target};
use crate::sandbox::{Scenario, Seed, World, parse};

/// The subnets of a mirrored VPC: as many as 256, or 16 larger ones. Plans do not tell their blocks.
const SMALL: (u32, u32, usize) = (24, 251, 1);
const LARGE: (u32, u32, usize) = (20, 4091, 16);

/// Accounts, regions and networks. The instances come in by [`world`].
///
/// # Errors
/// When the plan describes what no scenario can hold.
pub(super) fn scenario(plan: &Plan, spare: Option<u32>) -> Result<Scenario, CommandError> {
    parse("the plan's own networks", &text(plan, spare)).map_err(|problems| {
        CommandError::new(ExitStatus::PlanUnusable, "the sandbox cannot hold what this plan describes")
            .hint(problems.render(false, 100))
    })
}

/// The scenario's world with the sources of the plan in it.
///
/// # Errors
/// When a source is described in a way that the sandbox cannot hold.
pub(super) fn world(plan: &Plan, scenario: &Scenario, seed: Seed) -> Result<World, CommandError> {
    let mut world = scenario.clone().with_seed(seed).world(plan.created);
    for item in &plan.items {
        let failed = |why: &dyn std::error::Error| {
            let message = format!("the sandbox cannot hold {}", item.id);
            CommandError::new(ExitStatus::PlanUnusable, message).because(why)
        };
        let Ok(Value::Object(described)) = serde_json::to_value(&item.source.description) else {
            return Err(CommandError::bug("a description is no JSON object"));
        };
        let place = (&plan.account, &item.id.region);
        let tags = item.source.tags.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        world.insert_described(place, &described, &tags, plan.created).map_err(|error| failed(&error))?;
    }
    Ok(world)
}

fn text(plan: &Plan, spare: Option<u32>) -> String {
    let regions: BTreeSet<&Region> = plan.items.iter().map(|item| &item.id.region).collect();
    let mut text = format!("format = 1\ndefault_vpc = false\n\n[[account]]\nid = \"{}\"\n", plan.account);
    let listed: Vec<String> = regions.iter().map(|region| format!("\"{region}\"")).collect();
    // Writing to a string does not fail.
    let _ = writeln!(text, "regions = [{}]", listed.join(", "));
    let most =
        regions.iter().map(|region| plan.items.iter().filter(|item| item.id.region == **region).count());
    let quota = most.max().unwrap_or(0) + spare.map_or(1_000_000, |spare| spare as usize).min(900_000);
    let _ = writeln!(text, "quota = {quota}");
    for ((region, vpc), targets) in networks(plan) {
        network(&mut text, (region, vpc), &targets);
    }
    text
}

/// The targets of each VPC, each subnet once.
fn networks(plan: &Plan) -> BTreeMap<(&Region, &VpcId), Vec<&Target>> {
    let mut networks: BTreeMap<(&Region, &VpcId), Vec<&Target>> = BTreeMap::new();
    for Item { id, target, .. } in &plan.items {
        networks.entry((&id.region, &target.vpc)).or_default().push(target);
    }
    networks
}

fn network(text: &mut String, (region, vpc): (&Region, &VpcId), targets: &[&Target]) {
    let _ = writeln!(text, "\n[[network]]\nname = \"{vpc}\"\nid = \"{vpc}\"\nregions = [\"{region}\"]");
    let _ = writeln!(text, "cidr = \"10.0.0.0/16\"\negress = \"none\"\nendpoints = []");
    let subnets: BTreeMap<_, u32> = targets.iter().map(|one| (&one.subnet, one.free_addresses)).collect();
    let (bits, addresses, step) = if subnets.len() <= LARGE.2 { LARGE } else { SMALL };
    for (number, (subnet, free)) in subnets.iter().enumerate() {
        let _ = writeln!(text, "\n[[network.subnet]]\nname = \"{subnet}\"\nid = \"{subnet}\"");
        let (third, free) = (number * step, (*free).min(addresses));
        let _ = writeln!(text, "cidr = \"10.0.{third}.0/{bits}\"\nfree = {free}");
    }
    let groups: BTreeSet<_> = targets.iter().flat_map(|target| &target.security_groups).collect();
    for group in groups {
        let _ = writeln!(text, "\n[[network.security_group]]\nname = \"{group}\"\nid = \"{group}\"");
    }
}
