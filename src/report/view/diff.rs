//! Pure: how two plans differ.

use serde_json::Value;

use crate::plan::Withheld;
use crate::plan::diff::{Difference, GapDiff, OneSided, PlanDiff, PlanRef, WithheldDiff, WithheldOnce};
use crate::report::document::{
    Block, Change, Document, Field, Text, Tone, field, paragraph, section, section_of,
};
use crate::report::wording::{self, Other};
use crate::text::{capitalized, counted, moment};

/// How a plan differs from an older one.
pub fn plan_diff(diff: &PlanDiff) -> Document {
    let PlanDiff {
        format_version: _,
        before,
        after,
        header,
        new,
        gone,
        changed,
        unchanged: _,
        withheld,
        gaps,
        free_addresses,
        limits,
        totals,
        exemptions,
        repairs,
        quotas,
    } = diff;
    let title = format!("Plan {} compared with plan {}", after.digest.short(), before.digest.short());
    let warning = wording::two_accounts(diff).map(|words| paragraph(Text::from(words).toned(Tone::Bad)));
    let tone = if diff.is_empty() { Tone::Good } else { Tone::Strong };
    let count = |many: usize| counted(many, "item", "items");
    let changed = section_of(format!("Changed ({})", count(changed.len())), changed, |list| {
        list.iter().map(|one| section(one.id.to_string(), vec![members(&one.differences)])).collect()
    });
    let blocks = [
        warning,
        whole("The plans as a whole", header),
        one_sided(format!("New ({})", count(new.len())), new, Other::Before),
        one_sided(format!("Gone ({})", count(gone.len())), gone, Other::After),
        changed,
    ];
    let lists = [
        ("Limits", limits),
        ("Counts", totals),
        ("Exemptions", exemptions),
        ("Repairs in place", repairs),
        ("Quotas", quotas),
        ("Free addresses", free_addresses),
    ];
    let lists = lists.map(|(heading, list)| whole(heading, list));
    let blocks = blocks.into_iter().chain(withheld_sections(withheld)).chain(gap_sections(gaps)).chain(lists);
    Document {
        title: Some(title.into()),
        facts: vec![plan_field("newer", after), plan_field("older", before)],
        answer: vec![paragraph(Text::from(wording::diff_totals(diff)).toned(tone))],
        blocks: blocks.flatten().collect(),
    }
}

fn plan_field(label: &'static str, plan: &PlanRef) -> Field {
    let PlanRef { digest, account, created, expires } = plan;
    let (created, expires) = (moment(*created), moment(*expires));
    let words = format!("account {account}, created {created}, expires {expires}, digest ");
    field(label, Text::from(words).join(Text::code(digest)))
}

fn whole(heading: &'static str, list: &[Difference]) -> Option<Block> {
    section_of(heading, list, |list| vec![members(list)])
}

fn members(list: &[Difference]) -> Block {
    let value = |value: &Option<Value>| match value {
        Some(Value::String(text)) => Some(text.clone()),
        other => other.as_ref().map(Value::to_string),
    };
    let change = |Difference { member, before, after }: &Difference| Change {
        member: member.clone(),
        before: value(before),
        after: value(after),
    };
    Block::Changes(list.iter().map(change).collect())
}

fn one_sided(heading: String, items: &[OneSided], other: Other) -> Option<Block> {
    let head = &["Instance", "Replacement", "Subnet", "Fails", "Source", "Why"];
    let row = |item: &OneSided| {
        let OneSided { id, findings, replacement, subnet, delete_source, other: absence } = item;
        let source = if *delete_source { "deleted" } else { "kept" };
        let (fails, why) = (wording::rules(findings), wording::absence(absence, other));
        let cells =
            [id.to_string(), replacement.to_string(), subnet.to_string(), fails, source.to_owned(), why];
        cells.map(Text::from).into()
    };
    section_of(heading, items, |items| vec![Block::Table(head, items.iter().map(row).collect())])
}

fn withheld_sections(withheld: &WithheldDiff) -> [Option<Block>; 3] {
    let WithheldDiff { new, gone, changed } = withheld;
    let headed = |words: &str, many| format!("{words} ({})", counted(many, "instance", "instances"));
    let head = &["Instance", "Plan", "Fails", "Reason"];
    let changed = section_of(headed("Withheld otherwise than before", changed.len()), changed, |list| {
        let both = list.iter().flat_map(|one| [("older", &one.before), ("newer", &one.after)]);
        let row = |(plan, Withheld { id, findings, reason }): (&str, &Withheld)| {
            let cells =
                [id.to_string(), plan.to_owned(), wording::rules(findings), wording::withheld(reason)];
            cells.map(Text::from).into()
        };
        vec![Block::Table(head, both.map(row).collect())]
    });
    [
        withheld_once(headed("Withheld now", new.len()), new, Other::Before),
        withheld_once(headed("No longer withheld", gone.len()), gone, Other::After),
        changed,
    ]
}

fn withheld_once(heading: String, list: &[WithheldOnce], other: Other) -> Option<Block> {
    let row = |WithheldOnce { withheld, other: absence }: &WithheldOnce| {
        let reason = wording::withheld(&withheld.reason);
        let why = format!("{reason} {}", capitalized(&wording::absence(absence, other)));
        [withheld.id.to_string(), wording::rules(&withheld.findings), why].map(Text::from).into()
    };
    let head = &["Instance", "Fails", "Reason"];
    section_of(heading, list, |list| vec![Block::Table(head, list.iter().map(row).collect())])
}

fn gap_sections(gaps: &GapDiff) -> [Option<Block>; 2] {
    let GapDiff { new, gone } = gaps;
    [("Could not be read this time", new), ("Could not be read the time before", gone)]
        .map(|(heading, list)| super::gaps(heading, list))
}
