//! The details of each item in the dry-run report.

use super::escape::{block, bullets, code, escape, optional, table};
use super::sections::sentence;
use crate::network::Check;
use crate::plan::{Change, Item, PlannedStep, Tag, Target};
use crate::report::{estimate, wording};
use crate::text::{commas, counted, duration};

/// The details of every item.
pub(super) fn details(text: &mut String, items: &[Item]) {
    if items.is_empty() {
        return;
    }
    block(text, "## Details");
    for (number, item) in items.iter().enumerate() {
        one(text, number + 1, item);
    }
}

fn one(text: &mut String, number: usize, item: &Item) {
    let Item { id, findings, source, target, request, changes, steps, warnings, hazards, .. } = item;
    block(text, &format!("### {number}. {id} → {}", request.notebook_instance_name));
    let warnings = warnings.iter().map(|warning| format!("**Warning:** {}", escape(warning)));
    let hazards = hazards
        .iter()
        .map(|one| format!("**Hazard** {}: {}", code(one.kind.as_str()), escape(&wording::hazard(one))));
    let remarks: Vec<String> = warnings.chain(hazards).collect();
    if !remarks.is_empty() {
        bullets(text, &remarks);
    }
    let description = &source.description;
    bullets(
        text,
        &[
            format!("Fails: {}", wording::rules(findings)),
            format!("Source: {}", code(description.notebook_instance_arn.as_str())),
            format!("Status when planned: {}", code(description.notebook_instance_status.as_str())),
            format!("Instance type: {}", code(&request.instance_type)),
            format!("Execution role: {}", code(&request.role_arn)),
            format!("Source afterwards: {}", wording::source_afterwards(item)),
            format!("If it fails: {}", wording::on_failure(item)),
        ],
    );
    changes_table(text, changes);
    target_table(text, target);
    steps_table(text, steps, item);
    tags_table(text, &request.tags);
}

fn changes_table(text: &mut String, changes: &[Change]) {
    if changes.is_empty() {
        block(text, "No attribute differs.");
        return;
    }
    let rows = changes.iter().map(|change| {
        let Change { attribute, before, after } = change;
        vec![escape(attribute), optional(before.as_deref()), optional(after.as_deref())]
    });
    table(text, &["Attribute", "Before", "After"], rows);
}

fn target_table(text: &mut String, target: &Target) {
    let Target { name, vpc, subnet, availability_zone, free_addresses, security_groups, checks } = target;
    let groups: Vec<_> = security_groups.iter().map(ToString::to_string).collect();
    let free = counted(*free_addresses as usize, "free address", "free addresses");
    block(
        text,
        &format!(
            "Target {}: {subnet} in {vpc} ({}), {free} when planned, security groups {}.",
            code(name),
            escape(availability_zone),
            commas(&groups)
        ),
    );
    let rows = checks.iter().map(|check| {
        let Check { name, verdict: _, evidence, required: _ } = check;
        vec![name.as_str().to_owned(), wording::check_result(check), escape(evidence)]
    });
    table(text, &["Check", "Verdict", "Evidence"], rows);
    block(text, &sentence(wording::not_checked(checks)));
}

fn steps_table(text: &mut String, steps: &[PlannedStep], item: &Item) {
    let seconds = |seconds: u32| duration(std::time::Duration::from_secs(u64::from(seconds)));
    let rows = steps.iter().enumerate().map(|(number, planned)| {
        let PlannedStep { step, expected_seconds } = planned;
        vec![(number + 1).to_string(), wording::step(*step).to_owned(), seconds(*expected_seconds)]
    });
    let total = vec![String::new(), "in all".to_owned(), duration(estimate::item(item))];
    table(text, &["#", "Step", "Expected"], rows.chain([total]));
}

fn tags_table(text: &mut String, tags: &[Tag]) {
    if tags.is_empty() {
        block(text, "The source has no tags to carry over.");
        return;
    }
    let rows = tags.iter().map(|tag| {
        let Tag { key, value } = tag;
        vec![code(key), code(value)]
    });
    table(text, &["Tag carried over", "Value"], rows);
}
