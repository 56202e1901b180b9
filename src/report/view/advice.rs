//! Pure: what to do about an item that failed.

use crate::ids::{ItemId, RunId};
use crate::inventory::Rest;
use crate::journal::{Left, Presence, Purpose};
use crate::plan::{HazardKind, Item, Plan, RepairItem};
use crate::report::commands;
use crate::report::document::{Block, Text, paragraph};

/// The item of that id.
pub(super) fn item<'a>(plan: &'a Plan, id: &ItemId) -> Option<&'a Item> {
    plan.items.iter().find(|item| item.id == *id)
}

/// The repair of that id.
pub(super) fn repair<'a>(plan: &'a Plan, id: &ItemId) -> Option<&'a RepairItem> {
    plan.repairs.iter().find(|item| item.id == *id)
}

/// What to do about an instance whose repair in place has failed. One that AWS no longer starts as it is needs the update that
/// was refused.
pub(super) fn after_failed_repair(item: &RepairItem, left: &Left, purpose: Purpose) -> Vec<Block> {
    let ItemId { region, name } = &item.id;
    let ran = item.source.description.rest() == Rest::Running;
    let upgrade = item.request.platform_identifier.as_deref();
    let mut all = match &left.source {
        Presence::Status(now) if ran && (now == "Stopped" || now == "Failed") => {
            let update = upgrade.map(|platform| commands::update_platform(region, name, platform));
            let commands = update.into_iter().chain([commands::start(region, name)]).collect();
            advice("It ran when the plan was made, and is off. To start it:", commands).to_vec()
        }
        Presence::Status(_) => Vec::new(),
        Presence::Unknown => {
            advice("Look whether it is well:", vec![commands::describe(region, name)]).to_vec()
        }
        Presence::Absent => {
            vec![paragraph("It does not exist any more. Look into CloudTrail for who deleted it.")]
        }
    };
    all.push(paragraph(Text::prose(if purpose == Purpose::Apply {
        "Remove the cause, then make a new plan with `remediate plan`."
    } else {
        "Remove the cause, then give the command again."
    })));
    all
}

/// What to do, in the order to do it in.
pub(super) fn after_failure(
    id: &ItemId,
    left: &Left,
    item: Option<&Item>,
    (purpose, run): (Purpose, &RunId),
) -> Vec<Block> {
    let Left { source, replacement } = left;
    let mut all = Vec::new();
    all.extend(item.and_then(|item| about_source(item, source, run)));
    all.extend(item.and_then(|item| about_replacement(item, replacement, run)));
    let last = if *source == Presence::Absent {
        "The source does not exist any more. Look into CloudTrail for who deleted it."
    } else if purpose == Purpose::Apply {
        "Remove the cause, then make a new plan with `remediate plan`."
    } else {
        "Remove the cause, then give the command again."
    };
    let unknown = format!("The plan has no item {id}: look at both instances by hand.");
    let unknown = item.is_none().then(|| paragraph(unknown));
    all.into_iter().flatten().chain([paragraph(Text::prose(last))]).chain(unknown).collect()
}

/// A piece of advice and the commands that go with it.
fn advice(text: &str, commands: Vec<String>) -> [Block; 2] {
    [paragraph(text), Block::Commands(commands)]
}

/// What to do about a source that is not as it was when the plan was made.
fn about_source(item: &Item, source: &Presence, run: &RunId) -> Option<[Block; 2]> {
    let ItemId { region, name } = &item.id;
    let planned = item.source.description.notebook_instance_status.as_str();
    match source {
        Presence::Absent => None,
        Presence::Unknown => {
            Some(advice("Look whether the source is well:", vec![commands::describe(region, name)]))
        }
        Presence::Status(now) if now == planned => None,
        Presence::Status(now) if (now == "Stopped" || now == "Failed") && is_one_way(item) => Some(advice(
            "The source was running, and the plan warned that it may never start again. To try that all the same:",
            vec![commands::start(region, name)],
        )),
        Presence::Status(now) if now == "Stopped" && !item.delete_source => Some(advice(
            "The source was running when the plan was made. Start it:",
            vec![commands::start(region, name)],
        )),
        Presence::Status(now) if now == "Failed" => Some(advice(
            "The source failed to start, and can be started again. To try that, as long as it takes:",
            vec![commands::go_on(Purpose::Rollback, run)],
        )),
        Presence::Status(_) => Some(advice(
            &format!("The source was {planned} when the plan was made. Look at it:"),
            vec![commands::describe(region, name)],
        )),
    }
}

/// Whether the plan says of the source that it may never start again.
fn is_one_way(item: &Item) -> bool {
    let one_way = [HazardKind::OneWayPlatform, HazardKind::SourceKeyUnusable];
    item.hazards.iter().any(|hazard| one_way.contains(&hazard.kind))
}

/// What to do about a replacement that nobody vouches for. It may be somebody else's, or all that is left of the source:
/// only a rollback knows, which deletes what this run made, and only once the source is back.
fn about_replacement(item: &Item, replacement: &Presence, run: &RunId) -> Option<[Block; 2]> {
    let command = commands::describe(&item.id.region, &item.request.notebook_instance_name);
    match replacement {
        Presence::Absent => None,
        Presence::Unknown => Some(advice("Look whether a replacement was left behind:", vec![command])),
        Presence::Status(_) => Some(advice(
            "Look at what has the replacement's name. A rollback deletes it if this run made it, once the source is back:",
            vec![command, commands::go_on(Purpose::Rollback, run)],
        )),
    }
}
