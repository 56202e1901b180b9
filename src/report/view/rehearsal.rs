//! Pure: what a rehearsal has shown.

use std::collections::{BTreeMap, BTreeSet};

use crate::rehearse::{Failing, Rehearsal};
use crate::report::document::{Block, Document, Field, Text, Tone, field, paragraph, section};
use crate::report::wording;
use crate::text::{commas, counted};

/// A rehearsal.
pub fn rehearsal(rehearsal: &Rehearsal) -> Document {
    let times = counted(rehearsal.trials as usize, "trial", "trials");
    let items = counted(rehearsal.items as usize, "item", "items");
    let title = format!("Plan {} rehearsed: {items}, {times}", rehearsal.plan.short());
    let assumptions = paragraph(Text::from(wording::ASSUMPTIONS).toned(Tone::Dim));
    Document {
        title: Some(title.into()),
        facts: facts(rehearsal),
        answer: vec![assumptions],
        blocks: vec![outcome(rehearsal)],
    }
}

/// The part of a change request that a rehearsal adds.
pub(super) fn rehearsed(rehearsal: &Rehearsal) -> Block {
    let times = counted(rehearsal.trials as usize, "time", "times");
    let about = format!("This plan was carried out {times} in a simulation of AWS. {}", wording::ASSUMPTIONS);
    section("Rehearsal", vec![paragraph(about), Block::Fields(facts(rehearsal)), outcome(rehearsal)])
}

fn facts(rehearsal: &Rehearsal) -> Vec<Field> {
    wording::rehearsal(rehearsal).into_iter().map(|(label, text)| field(label, text)).collect()
}

/// The items that did not come out well, those with the same reasons together.
fn outcome(rehearsal: &Rehearsal) -> Block {
    let Rehearsal { failing, trials, .. } = rehearsal;
    if failing.is_empty() {
        let well = "Every item that was begun came out well in every trial.";
        return paragraph(Text::from(well).toned(Tone::Good));
    }
    let mut alike: BTreeMap<BTreeSet<String>, Vec<String>> = BTreeMap::new();
    for one in failing {
        let Failing { item, trials: times, troubles: _ } = one;
        alike.entry(wording::troubles(one)).or_default().push(format!("{item} ({times} of {trials})"));
    }
    let row = |(reasons, items): (BTreeSet<String>, Vec<String>)| {
        let reasons = reasons.into_iter().collect::<Vec<_>>().join("; ");
        vec![Text::from(commas(&items)).toned(Tone::Bad), Text::from(reasons)]
    };
    let rows = Block::Table(&["Items", "Why"], alike.into_iter().map(row).collect());
    section(format!("May fail ({})", counted(failing.len(), "item", "items")), vec![rows])
}
