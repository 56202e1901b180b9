//! An audit and a plan at a glance: counts instead of lists.

use std::collections::BTreeMap;

use super::audit;
use super::page::{Page, plain};
use super::plan::closing;
use super::table::table;
use crate::audit::AuditReport;
use crate::ids::Region;
use crate::plan::{Plan, StepKind};
use crate::report::{Style, wording};
use crate::text::{commas, counted, for_terminal, width};

/// Instances that are named for one reason of withholding.
const MOST_NAMES: usize = 6;

/// An audit: how many instances fail which rule.
pub fn audit_overview(report: &AuditReport, style: Style) -> String {
    let mut page = Page::new(style);
    audit::rules_table(&mut page, &report.rules);
    for gap in &report.gaps {
        page.paragraph(0, &wording::gap(gap), Style::yellow);
    }
    page.blank();
    audit::closing(&mut page, report, report.totals);
    page.finish()
}

/// A plan: how many instances go where, and what is withheld and why.
pub fn plan_overview(plan: &Plan, style: Style) -> String {
    let mut page = Page::new(style);
    if !plan.items.is_empty() {
        targets(&mut page, plan);
    }
    withheld(&mut page, plan);
    page.blank();
    page.paragraph(0, &format!("{}.", wording::totals(&plan.totals)), Style::bold);
    closing(&mut page, plan);
    page.finish()
}

fn targets(page: &mut Page, plan: &Plan) {
    let mut counts: BTreeMap<(&Region, &str, &str), [usize; 3]> = BTreeMap::new();
    for item in &plan.items {
        let key = (&item.id.region, item.target.name.as_str(), item.target.subnet.as_str());
        let [items, running, deleted] = counts.entry(key).or_default();
        *items += 1;
        *running += usize::from(item.steps.iter().any(|step| step.step == StepKind::StopSource));
        *deleted += usize::from(item.delete_source);
    }
    let rows: Vec<Vec<String>> = counts
        .into_iter()
        .map(|((region, target, subnet), numbers)| {
            let mut row = vec![region.to_string()];
            row.extend(numbers.map(|number| number.to_string()));
            row.extend([for_terminal(target), subnet.to_owned()]);
            row
        })
        .collect();
    let head = ["REGION", "REPLACED", "RUNNING NOW", "SOURCES DELETED", "TARGET", "SUBNET"];
    let widest = rows.iter().filter_map(|row| row.last()).map(|subnet| width(subnet)).max().unwrap_or(0);
    match table(&head, &rows, widest, page.style()) {
        Some(text) => page.lines(&text),
        None => {
            for row in &rows {
                let [region, replaced, running, deleted, target, subnet] = row.as_slice() else { continue };
                page.paragraph(0, &format!("{region}, target {target}, {subnet}"), Style::bold);
                let counts = format!("{replaced} replaced, {running} running now, {deleted} sources deleted");
                page.paragraph(2, &counts, plain);
            }
        }
    }
}

/// What the plan left out on purpose, by reason.
pub(super) fn withheld(page: &mut Page, plan: &Plan) {
    let mut reasons: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for one in &plan.withheld {
        reasons.entry(wording::withheld(&one.reason)).or_default().push(one.id.to_string());
    }
    if !reasons.is_empty() {
        page.heading(&format!(
            "Withheld by the plan ({})",
            counted(plan.withheld.len(), "instance", "instances")
        ));
    }
    for (reason, mut ids) in reasons {
        let more = ids.len().saturating_sub(MOST_NAMES);
        ids.truncate(MOST_NAMES);
        let more = if more > 0 { format!(", and {more} more") } else { String::new() };
        page.paragraph(2, &format!("{}{more}", commas(&ids)), plain);
        page.paragraph(4, &reason, Style::dim);
    }
}
