//! The world that a plan was made for, as far as the plan tells of it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::cli::error::CommandError;
use crate::exit::ExitStatus;
use crate::ids::Region;
use crate::plan::{AnyItem, Item, Plan};
use crate::rehearse::scenario_text;
use crate::sandbox::{Scenario, Seed, World, parse};

/// Account, regions and networks. The instances come in by [`world`].
///
/// # Errors
/// When the plan describes what no scenario can hold.
pub(super) fn scenario(plan: &Plan) -> Result<Scenario, CommandError> {
    parse("the plan's targets as a scenario", &scenario_text(plan)).map_err(|problems| {
        CommandError::new(ExitStatus::PlanUnusable, "the sandbox cannot hold this plan's targets")
            .hint(problems.render(false, 100))
    })
}

/// The scenario's world with the sources of the plan in it, and with room for `spare` more in each region.
///
/// # Errors
/// When a source is described in a way that the sandbox cannot hold.
pub(super) fn world(
    plan: &Plan,
    scenario: &Scenario,
    spare: Option<u32>,
    seed: Seed,
) -> Result<World, CommandError> {
    let mut world = scenario.clone().with_seed(seed).world(plan.created);
    let mut counts: BTreeMap<&Region, u32> = BTreeMap::new();
    for item in plan.all_items() {
        insert(&mut world, plan, item)?;
        let region = &item.id().region;
        if let Some(key) = item.replaced().and_then(|item| item.request.kms_key_id.as_ref()) {
            // The policy may give the replacement another key than its source has.
            world.provide_key((&plan.account, region), key);
        }
        if let Some(transfer) = item.replaced().and_then(Item::moved_by_run) {
            let place = (&transfer.owner, region);
            world.provide_bucket(place, transfer.bucket.as_str());
            transfer.kms_key.iter().for_each(|key| world.provide_key(place, key));
        }
        *counts.entry(region).or_default() += 1;
    }
    for (region, count) in counts {
        let most = spare.map_or(u32::MAX, |spare| count.saturating_add(spare));
        world.limit_notebooks((&plan.account, region), most);
    }
    // After the sources: the addresses that those in a VPC have are not among the free ones.
    for Item { id, target, .. } in &plan.items {
        let place = (&plan.account, &id.region);
        world.leave_addresses(place, target.subnet.as_str(), target.free_addresses);
    }
    Ok(world)
}

fn insert(world: &mut World, plan: &Plan, item: AnyItem<'_>) -> Result<(), CommandError> {
    let (id, source) = (item.id(), item.source());
    let Ok(Value::Object(described)) = serde_json::to_value(&source.description) else {
        return Err(CommandError::bug("a description is no JSON object"));
    };
    let tags = source.tags.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    let place = (&plan.account, &id.region);
    world.insert_described(place, &described, &tags, plan.created).map_err(|error| {
        let message = format!("the sandbox cannot hold {id}");
        CommandError::new(ExitStatus::PlanUnusable, message).because(&error)
    })
}
