//! Pure: an audit and a plan at a glance: counts instead of lists.

use std::collections::BTreeMap;

use super::audit;
use crate::audit::AuditReport;
use crate::ids::Region;
use crate::inventory::Rest;
use crate::plan::Plan;
use crate::report::document::{Block, Document, Text, Tone, section_of};
use crate::report::wording;
use crate::text::{commas, counted};

/// Instances that are named for one reason of withholding.
const MOST_NAMES: usize = 6;

/// An audit: how many instances fail which rule.
pub fn audit_overview(report: &AuditReport) -> Document {
    let gaps = report.gaps.iter().map(|gap| Text::from(wording::gap(gap)).toned(Tone::Warning));
    Document {
        answer: audit::answer(report),
        blocks: vec![audit::rules_table(&report.rules), Block::Bullets(gaps.collect())],
        ..Document::default()
    }
}

/// A plan: how many instances go where, and what is withheld and why.
pub fn plan_overview(plan: &Plan) -> Document {
    let targets = (!plan.items.is_empty()).then(|| targets(plan));
    Document {
        answer: super::plan::answer(plan),
        blocks: targets.into_iter().chain(withheld(plan)).collect(),
        ..Document::default()
    }
}

fn targets(plan: &Plan) -> Block {
    let mut counts: BTreeMap<(&Region, &str, &str), [usize; 3]> = BTreeMap::new();
    for item in &plan.items {
        let key = (&item.id.region, item.target.name.as_str(), item.target.subnet.as_str());
        let [items, running, deleted] = counts.entry(key).or_default();
        *items += 1;
        *running += usize::from(item.source.description.rest() == Rest::Running);
        *deleted += usize::from(item.delete_source);
    }
    let row = |((region, target, subnet), numbers): ((&Region, &str, &str), [usize; 3])| {
        let [items, running, deleted] = numbers.map(|number| number.to_string());
        let cells = [region.to_string(), items, running, deleted, target.to_owned(), subnet.to_owned()];
        cells.map(Text::from).into()
    };
    let head = &["Region", "Replaced", "Running now", "Sources deleted", "Target", "Subnet"];
    Block::Table(head, counts.into_iter().map(row).collect())
}

/// What the plan left out on purpose, by reason.
pub(super) fn withheld(plan: &Plan) -> Option<Block> {
    let mut reasons: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for one in &plan.withheld {
        reasons.entry(wording::withheld(&one.reason)).or_default().push(one.id.to_string());
    }
    let row = |(reason, mut ids): (String, Vec<String>)| {
        let more = ids.len().saturating_sub(MOST_NAMES);
        ids.truncate(MOST_NAMES);
        let more = if more > 0 { format!(", and {more} more") } else { String::new() };
        [format!("{}{more}", commas(&ids)), reason].map(Text::from).into()
    };
    let heading = format!("Withheld by the plan ({})", counted(plan.withheld.len(), "instance", "instances"));
    let rows = reasons.into_iter().map(row).collect();
    section_of(heading, &plan.withheld, |_| vec![Block::Table(&["Instances", "Reason"], rows)])
}
