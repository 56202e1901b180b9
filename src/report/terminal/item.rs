//! One item of a plan for a terminal.

use super::page::{Label, Page, plain};
use crate::ids::{InstanceName, ItemId};
use crate::network::{Check, CheckVerdict};
use crate::plan::{Change, Item, PlannedStep, Target, provenance};
use crate::report::{Style, estimate, wording};
use crate::text::{commas, counted, duration, for_terminal, width};

/// The width of the column of labels.
const LABELS: usize = 8;
/// Where titles begin.
const TITLE: usize = 2;
/// Where the labels begin.
const INDENT: usize = 5;
/// Where lists under a label begin.
const NESTED: usize = INDENT + LABELS + 2;
/// The widest that the column of attributes gets.
const ATTRIBUTES: usize = 24;

/// One item.
pub(super) fn item(page: &mut Page, number: usize, item: &Item) {
    let Item { id, findings, source, target, request, changes, steps, warnings, hazards, .. } = item;
    title(page, number, id, &request.notebook_instance_name);
    row(page, "fails", &wording::rules(findings));
    let kind = for_terminal(&request.instance_type);
    row(
        page,
        "now",
        &format!("{}, {kind}", for_terminal(source.description.notebook_instance_status.as_str())),
    );
    target_rows(page, target);
    for (number, change) in changes.iter().enumerate() {
        change_row(page, if number == 0 { "changes" } else { "" }, change, attribute_columns(changes));
    }
    if changes.is_empty() {
        row(page, "changes", "none");
    }
    row(page, "tags", &tags(request.tags.len()));
    for (number, step) in steps.iter().enumerate() {
        let label = if number == 0 { "steps" } else { "" };
        row(page, label, &format!("{}. {}", number + 1, planned_step(step)));
    }
    let total = duration(estimate::item(item));
    page.paragraph(NESTED, &format!("expected: {total} in all"), plain);
    let paint: fn(Style, &str) -> String = if item.delete_source { Style::red } else { plain };
    labelled(page, "after", &format!("the source is {}", wording::source_afterwards(item)), paint);
    row(page, "failing", wording::on_failure(item));
    for warning in warnings {
        labelled(page, "warning", &for_terminal(warning), Style::yellow);
    }
    for hazard in hazards {
        let text = format!("{}: {}", hazard.kind.as_str(), wording::hazard(hazard));
        labelled(page, "hazard", &text, Style::yellow);
    }
}

/// The source and its replacement, on one line where there is room.
fn title(page: &mut Page, number: usize, id: &ItemId, replacement: &InstanceName) {
    let source = format!("{number}. {id}");
    let whole = format!("{source} -> {replacement}");
    if TITLE + width(&whole) <= page.style().columns() {
        page.paragraph(TITLE, &whole, Style::bold);
    } else {
        page.paragraph(TITLE, &source, Style::bold);
        page.paragraph(INDENT, &format!("-> {replacement}"), Style::bold);
    }
}

fn row(page: &mut Page, text: &str, value: &str) {
    labelled(page, text, value, plain);
}

fn labelled(page: &mut Page, text: &str, value: &str, paint: fn(Style, &str) -> String) {
    page.labelled(INDENT, &Label { text, columns: LABELS }, value, paint);
}

fn target_rows(page: &mut Page, target: &Target) {
    let Target { name, vpc, subnet, availability_zone, free_addresses, security_groups, checks } = target;
    let (name, zone) = (for_terminal(name), for_terminal(availability_zone));
    let free = counted(*free_addresses as usize, "address", "addresses");
    row(page, "target", &format!("{name}: {subnet} in {vpc} ({zone}), {free} free when planned"));
    let groups: Vec<_> = security_groups.iter().map(ToString::to_string).collect();
    row(page, "groups", &commas(&groups));
    let (passed, others): (Vec<&Check>, Vec<&Check>) =
        checks.iter().partition(|check| check.verdict == CheckVerdict::Yes);
    let names: Vec<_> = passed.iter().map(|check| check.name.as_str()).collect();
    let names = if names.is_empty() { "none".to_owned() } else { commas(&names) };
    row(page, "checks", &format!("{} of {} passed: {names}", passed.len(), checks.len()));
    for check in others {
        let paint = match check.verdict {
            CheckVerdict::Yes => plain,
            CheckVerdict::No => Style::red,
            CheckVerdict::Unknown => Style::yellow,
        };
        labelled(page, "", &wording::check(check), paint);
    }
    row(page, "", wording::not_checked(checks));
}

fn attribute_columns(changes: &[Change]) -> usize {
    changes.iter().map(|change| width(&for_terminal(&change.attribute))).max().unwrap_or(0).min(ATTRIBUTES)
}

fn change_row(page: &mut Page, label: &str, change: &Change, columns: usize) {
    let Change { attribute, before, after } = change;
    let attribute = for_terminal(attribute);
    let pad = " ".repeat(columns.saturating_sub(width(&attribute)));
    let (before, after) = (wording::value(before.as_deref()), wording::value(after.as_deref()));
    row(page, label, &format!("{attribute}{pad}  {before} -> {after}"));
}

fn tags(count: usize) -> String {
    let ours = provenance::KEYS.len();
    format!(
        "{} carried over; {ours} more name the source, this plan and the run",
        counted(count, "tag", "tags")
    )
}

/// A step and how long it is expected to take.
fn planned_step(planned: &PlannedStep) -> String {
    let PlannedStep { step, expected_seconds } = planned;
    let expected = duration(std::time::Duration::from_secs(u64::from(*expected_seconds)));
    format!("{}: {expected}", wording::step(*step))
}
