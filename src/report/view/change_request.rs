//! Pure: a plan for a change board: beside the plan itself what it leads to, how to go back and how to apply it.

use crate::ids::ItemId;
use crate::inventory::Rest;
use crate::plan::{Item, Order, Plan};
use crate::rehearse::Rehearsal;
use crate::report::commands::{apply, delete, start, stop, wait_in_service, wait_stopped};
use crate::report::document::{Block, Document, Text, paragraph, section};
use crate::text::{counted, moment, noun};

/// A plan as a change request, with what its rehearsal has shown; `plan_file` is what the reader has to pass to `apply`.
pub fn change_request(plan: &Plan, plan_file: &str, rehearsal: Option<&Rehearsal>) -> Document {
    let mut document = super::plan(plan);
    let title = format!("Replacement of SageMaker notebook instances in account {}", plan.account);
    document.title = Some(title.into());
    document.answer.insert(0, paragraph(gist(plan)));
    let rehearsed = rehearsal.map(super::rehearsal::rehearsed);
    let blocks = std::mem::take(&mut document.blocks);
    document.blocks = rehearsed.into_iter().chain(blocks).collect();
    if !plan.repairs.is_empty() {
        document.blocks.push(section("Repairs in place", vec![Block::Bullets(repairs(plan))]));
    }
    if !plan.items.is_empty() {
        document.blocks.push(section("Consequences", vec![Block::Bullets(consequences(&plan.items))]));
        document.blocks.push(section("How to go back", way_back(&plan.items)));
    }
    document.blocks.push(section("How to apply", how_to_apply(plan, plan_file)));
    document
}

fn gist(plan: &Plan) -> String {
    let in_place = match plan.repairs.len() {
        0 => String::new(),
        count => format!(
            "{} repaired in place: stopped if running, updated, and started again. ",
            counted(count, "instance is", "instances are")
        ),
    };
    match plan.items.len() {
        0 if plan.is_empty() => "This plan replaces no instance; applying it changes nothing.".to_owned(),
        0 => format!("This plan replaces no instance. {in_place}Nothing has been changed yet."),
        count => format!(
            "This plan replaces {} by {} inside a VPC, without direct internet access. \
             {in_place}Nothing has been changed yet.",
            counted(count, "notebook instance", "notebook instances"),
            noun(count, "a new one", "new ones")
        ),
    }
}

/// What repairs in place lead to, and how to go back.
fn repairs(plan: &Plan) -> Vec<Text> {
    const ALWAYS: [&str; 3] = [
        "**Nothing is replaced.** Name, ARN, URL, volume and everything else but the settings named above stay.",
        "**Interruption.** An instance that is running is stopped: its users lose their sessions and kernels, and what is \
         outside of `/home/ec2-user/SageMaker`.",
        "**Way back.** `remediate rollback` gives each the settings that it had, and starts it again if it ran.",
    ];
    const PLATFORM: &str = "**No platform is given back.** AWS takes none back that it has ended. Kernels, libraries and \
        scripts that fit the one may fail on the other: try it on a copy first.";
    let platform = plan.repairs.iter().any(|item| item.request.platform_identifier.is_some());
    ALWAYS.into_iter().chain(platform.then_some(PLATFORM)).map(Text::prose).collect()
}

fn consequences(items: &[Item]) -> Vec<Text> {
    const FIRST: [&str; 2] = [
        "**Interruption.** A source that is running is stopped: its users lose their sessions and kernels.",
        "**New name, ARN and URL.** They are made from the name, so each replacement has its own. IAM policies, \
         alarms, event rules, budgets, infrastructure code and bookmarks that name the source must be changed.",
    ];
    const REST: [&str; 2] = [
        "**Two instances at once.** While both exist, both count against the account's quota, and each is billed: \
         a running one for its instance type and its volume, a stopped one for its volume.",
        "**Provenance tags.** Each replacement has three more tags: they name its source, this plan and the run.",
    ];
    const SCRIPTS: &str = "**Lifecycle configurations run again.** Their OnCreate and OnStart scripts run on the \
        replacement, which reaches the internet only as far as its VPC lets it.";
    let scripts = items.iter().any(|item| item.request.lifecycle_config_name.is_some()).then_some(SCRIPTS);
    let deleted = items.iter().filter(|item| item.delete_source).count();
    const ACCESS: &str = "**Access.** IAM policies know some sources by their ARNs, and not the replacements. Until what stands with \
        each item above is added to them, some lose access, and some are no longer denied it.";
    let named = items.iter().any(|item| !item.named_by.is_empty()).then_some(ACCESS);
    let rest = REST.into_iter().chain(named).chain(scripts).map(Text::prose);
    let told = FIRST.into_iter().map(Text::prose).chain(super::moved::consequences(items)).chain(rest);
    told.chain(not_stopped_first(items)).chain([sources(items.len(), deleted)]).collect()
}

/// What runs beside its replacement, for a while or for good.
fn not_stopped_first(items: &[Item]) -> Option<Text> {
    let of = |order: Order| items.iter().filter(|item| item.order == order).count();
    let (last, never) = (of(Order::CreateFirst), of(Order::CreateOnly));
    let stopped_last = (last > 0).then(|| {
        let verified = noun(last, "its replacement is verified", "their replacements are verified");
        format!("{} stopped only once {verified}.", counted(last, "source is", "sources are"))
    });
    let left_running = (never > 0).then(|| {
        let stopped = noun(never, "it may never run again once it is stopped", "they may never run again once stopped");
        let left = counted(never, "source is", "sources are");
        format!("{left} left running, as {stopped}: billed, and found by audits until somebody stops and deletes it.")
    });
    let told: Vec<String> = stopped_last.into_iter().chain(left_running).collect();
    (!told.is_empty()).then(|| {
        let after = "What is done on a source after its replacement was created stays there.";
        Text::strong("Sources beside their replacements.").plain(format!(" {} {after}", told.join(" ")))
    })
}

fn sources(items: usize, deleted: usize) -> Text {
    match deleted {
        0 => Text::prose(
            "**No source is deleted.** Each stays stopped, is billed for its volume, and is found by audits until it is \
             deleted.",
        ),
        all if all == items => Text::prose(
            "**Every source is deleted** once its replacement has been verified, and its volume with it. That cannot be \
             undone.",
        ),
        some => Text::strong(format!("{some} of {items} sources {} deleted", noun(some, "is", "are"))).plain(format!(
            " once {} been verified, and {} with it. That cannot be undone. Each of the others stays stopped, is billed \
             for its volume, and is found by audits until it is deleted.",
            noun(some, "its replacement has", "their replacements have"),
            noun(some, "its volume", "their volumes"),
        )),
    }
}

/// How to go back: told once, then the commands for each item.
fn way_back(items: &[Item]) -> Vec<Block> {
    let told = [
        "As long as a source exists, `remediate rollback` starts it again, if it ran, and then deletes its replacement: \
         apart from being stopped, the source is untouched, its volume included. **Work that was saved on the \
         replacement since then is lost with it**, so copy it off first. An instance on a platform that AWS no longer \
         supports may refuse to start once it is stopped.",
        "Once a source is deleted there is no way back: its volume is deleted with it. `apply` and `remediate cleanup` do \
         that only where the item above says so. By hand, the way back is:",
    ];
    told.map(Text::prose).map(paragraph).into_iter().chain(items.iter().flat_map(item_back)).collect()
}

fn item_back(item: &Item) -> [Block; 2] {
    let ItemId { region, name } = &item.id;
    let replacement = &item.request.notebook_instance_name;
    let until = if item.delete_source { " (only until the source is deleted):" } else { ":" };
    let mut commands = Vec::new();
    // The replacement of a source that ran runs, too.
    if item.source.description.rest() == Rest::Running {
        if item.order != Order::CreateOnly {
            commands.extend([start(region, name), wait_in_service(region, name)]);
        }
        commands.extend([stop(region, replacement), wait_stopped(region, replacement)]);
    }
    commands.push(delete(region, replacement));
    [paragraph(Text::from(item.id.to_string()).to(replacement).plain(until)), Block::Commands(commands)]
}

/// How to apply the plan, and what its digest is good for.
fn how_to_apply(plan: &Plan, plan_file: &str) -> Vec<Block> {
    let with = format!("With credentials for account {}, before {}:", plan.account, moment(plan.expires));
    let digest = Text::from("The plan's digest is ").join(Text::code(plan.digest.as_str())).join(Text::prose(
        ". It is the SHA-256 of everything in the plan file as canonical JSON (RFC 8785). \
         `apply` computes it again and refuses a plan file that was changed by accident, is expired, or is for another \
         account. Whoever may write the file can also give it another digest: so approve this digest, and give it to \
         `apply --digest`, which refuses every other plan.",
    ));
    let drift = "Each source is read again before it is touched. One that is no longer as this plan describes it has \
                 drifted and is refused; nothing outside of this plan is changed.";
    vec![
        paragraph(with),
        Block::Commands(vec![apply(plan_file, &plan.digest, None)]),
        paragraph(digest),
        paragraph(drift),
    ]
}
