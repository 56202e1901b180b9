//! Pure: one item of a plan.

use std::time::Duration;

use crate::network::{Check, CheckVerdict};
use crate::plan::{AnyItem, Change, Hazard, Item, NamingStatement, PlannedStep, Tag, Target, provenance};
use crate::report::document::{self, Block, Field, Text, Tone, field, field_of, paragraph, section};
use crate::report::{estimate, wording};
use crate::text::{capitalized, commas, counted, duration};

/// One item.
pub(super) fn item(item: &Item) -> Block {
    let Item { id, findings, source, target, request, changes, warnings, hazards, .. } = item;
    let description = &source.description;
    let status = description.notebook_instance_status.as_str();
    let after = Text::from(format!("the source is {}", wording::source_afterwards(item)));
    let fields = [
        field("fails", wording::rules(findings)),
        field("source", format!("{status} when planned, {}", request.instance_type)),
    ];
    let rest = [
        field_of("changes", changed(changes)),
        field_of("tags", tags(&request.tags)),
        field_of("steps", planned_steps(AnyItem::Replace(item))),
        field("after", after.toned_if(item.delete_source, Tone::Bad)),
        field("failing", wording::on_failure(item)),
    ];
    let detail = vec![
        field("ARN of the source", Text::code(description.notebook_instance_arn.as_str())),
        field("execution role", Text::code(&request.role_arn)),
    ];
    let access = access(&item.named_by, item.more_named_by);
    let fields =
        warned(warnings, hazards).chain(access).chain(fields).chain(target_fields(target)).chain(rest);
    let heading = Text::from(id.to_string()).to(&request.notebook_instance_name).toned(Tone::Strong);
    section(heading, vec![Block::Fields(fields.collect()), Block::Detail(vec![Block::Fields(detail)])])
}

/// What the reader is warned of.
pub(super) fn warned<'a>(
    warnings: &'a [String],
    hazards: &'a [Hazard],
) -> impl Iterator<Item = Field> + use<'a> {
    let warnings = warnings.iter().map(|words| field("warning", Text::from(&**words).toned(Tone::Warning)));
    warnings.chain(hazards.iter().map(|hazard| {
        let words = format!("{}: {}", hazard.kind.as_str(), wording::hazard(hazard));
        field("hazard", Text::from(words).toned(Tone::Warning))
    }))
}

/// Who loses access, and on a page what to add so that they do not.
fn access(named_by: &[NamingStatement], more: u32) -> Option<Field> {
    let told = |one: &NamingStatement| {
        let line = Text::from(wording::naming(one)).toned(Tone::Warning);
        let add = one.statement.iter().map(|statement| {
            Block::Detail(vec![paragraph(wording::amendment(one)), Block::Json(statement.clone())])
        });
        std::iter::once(Block::Bullets(vec![line])).chain(add).collect::<Vec<_>>()
    };
    let more = (more > 0).then(|| paragraph(Text::from(wording::more_naming(more)).toned(Tone::Warning)));
    let blocks: Vec<Block> = named_by.iter().flat_map(told).chain(more).collect();
    (!blocks.is_empty()).then(|| field_of("access", blocks))
}

fn target_fields(target: &Target) -> [Field; 3] {
    let Target { name, vpc, subnet, availability_zone, free_addresses, security_groups, checks } = target;
    let free = counted(*free_addresses as usize, "address", "addresses");
    let place = format!("{name}: {subnet} in {vpc} ({availability_zone}), {free} free when planned");
    let groups: Vec<_> = security_groups.iter().map(ToString::to_string).collect();
    [field("target", place), field("groups", commas(&groups)), field_of("checks", checked(checks))]
}

/// What passed by name, what did not with its evidence; on a page all evidence.
fn checked(checks: &[Check]) -> Vec<Block> {
    let (passed, others): (Vec<&Check>, Vec<&Check>) =
        checks.iter().partition(|check| check.verdict == CheckVerdict::Yes);
    let names: Vec<_> = passed.iter().map(|check| check.name.as_str()).collect();
    let names = if names.is_empty() { "none".to_owned() } else { commas(&names) };
    let passed = paragraph(format!("{} of {} passed: {names}", passed.len(), checks.len()));
    let others = others.into_iter().map(|check| {
        let tone = if check.verdict == CheckVerdict::No { Tone::Bad } else { Tone::Warning };
        Text::from(wording::check(check)).toned(tone)
    });
    let others = others.map(paragraph);
    let row = |check: &Check| {
        let (name, result) = (check.name.as_str().to_owned(), wording::check_result(check));
        [name, result, check.evidence.clone()].map(Text::from).into()
    };
    let evidence = Block::Table(&["Check", "Verdict", "Evidence"], checks.iter().map(row).collect());
    let not_checked = paragraph(capitalized(wording::not_checked(checks)));
    std::iter::once(passed).chain(others).chain([Block::Detail(vec![evidence]), not_checked]).collect()
}

pub(super) fn changed(changes: &[Change]) -> Vec<Block> {
    if changes.is_empty() {
        return vec![paragraph("none")];
    }
    let change = |Change { attribute, before, after }: &Change| document::Change {
        member: attribute.clone(),
        before: before.clone(),
        after: after.clone(),
    };
    vec![Block::Changes(changes.iter().map(change).collect())]
}

fn tags(tags: &[Tag]) -> Vec<Block> {
    let (carried, ours) = (counted(tags.len(), "tag", "tags"), provenance::KEYS.len());
    let gist = format!("{carried} carried over; {ours} more name the source, this plan and the run");
    let row = |Tag { key, value }: &Tag| [key, value].map(Text::code).into();
    let all = Block::Table(&["Tag carried over", "Value"], tags.iter().map(row).collect());
    let all = if tags.is_empty() { Vec::new() } else { vec![all] };
    vec![paragraph(gist), Block::Detail(all)]
}

pub(super) fn planned_steps(item: AnyItem<'_>) -> Vec<Block> {
    let step = |PlannedStep { step, expected_seconds }: &PlannedStep| {
        let expected = duration(Duration::from_secs(u64::from(*expected_seconds)));
        format!("{}: {expected}", wording::step(*step)).into()
    };
    let total = format!("expected: {} in all", duration(estimate::item(item)));
    vec![Block::Steps(item.steps().iter().map(step).collect()), paragraph(total)]
}
