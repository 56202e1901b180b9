//! What a rehearsal has shown, for a terminal.

use std::collections::{BTreeMap, BTreeSet};

use super::page::{Label, Page, plain};
use crate::rehearse::{Failing, Rehearsal};
use crate::report::{Style, wording};
use crate::text::{commas, counted, for_terminal};

/// The width of the column of labels.
const LABELS: usize = 12;

/// A rehearsal.
pub fn rehearsal(rehearsal: &Rehearsal, style: Style) -> String {
    let mut page = Page::new(style);
    let times = counted(rehearsal.trials as usize, "trial", "trials");
    let items = counted(rehearsal.items as usize, "item", "items");
    let title = format!("Plan {} rehearsed: {items}, {times}", rehearsal.plan.short());
    page.paragraph(0, &title, Style::bold);
    for (label, text) in wording::rehearsal(rehearsal) {
        row(&mut page, label, &for_terminal(&text));
    }
    failures(&mut page, &rehearsal.failing, rehearsal.trials);
    page.blank();
    page.paragraph(0, wording::ASSUMPTIONS, Style::dim);
    page.finish()
}

fn row(page: &mut Page, text: &str, value: &str) {
    page.labelled(2, &Label { text, columns: LABELS }, value, plain);
}

fn failures(page: &mut Page, failing: &[Failing], trials: u32) {
    if failing.is_empty() {
        page.blank();
        page.paragraph(0, "Every item that was begun came out well in every trial.", Style::green);
        return;
    }
    page.heading(&format!("May fail ({})", counted(failing.len(), "item", "items")));
    let mut alike: BTreeMap<BTreeSet<String>, Vec<String>> = BTreeMap::new();
    for one in failing {
        let Failing { item, trials: times, troubles: _ } = one;
        alike.entry(wording::troubles(one)).or_default().push(format!("{item} ({times} of {trials})"));
    }
    for (reasons, items) in alike {
        page.paragraph(2, &commas(&items), Style::red);
        for reason in reasons {
            page.paragraph(4, &for_terminal(&reason), plain);
        }
    }
}
