//! What a rehearsal has shown, for a terminal.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::page::{Label, Page, plain};
use crate::report::Style;
use crate::report::rehearsal::{Failing, Rehearsal, Room};
use crate::text::{commas, counted, duration, for_terminal};

/// The width of the column of labels.
const LABELS: usize = 12;

/// A rehearsal.
pub fn rehearsal(rehearsal: &Rehearsal, style: Style) -> String {
    let Rehearsal {
        format_version: _,
        plan,
        trials,
        items,
        duration: spread,
        calls,
        spare,
        rooms,
        failing,
        ended_early,
        assumptions,
    } = rehearsal;
    let mut page = Page::new(style);
    let times = counted(*trials as usize, "trial", "trials");
    let items = counted(*items as usize, "item", "items");
    page.paragraph(0, &format!("Plan {} rehearsed: {items}, {times}", plan.short()), Style::bold);
    let seconds = |seconds| duration(Duration::from_secs(seconds));
    let took = match *trials {
        1 => seconds(spread.median_seconds),
        _ => format!(
            "{} in the median, {} at most in nine of ten trials, {} at the longest",
            seconds(spread.median_seconds),
            seconds(spread.p90_seconds),
            seconds(spread.longest_seconds)
        ),
    };
    row(&mut page, "takes", &took);
    for (region, room) in rooms {
        row(&mut page, "needs", &format!("{} in {region}", needed(*room, *spare)));
    }
    if spare.is_none() {
        row(&mut page, "", "whether the quota (L-04CE2E67) has room for them, `--spare COUNT` tells");
    }
    let total: u32 = calls.values().sum();
    let listed: Vec<String> = calls.iter().map(|(operation, count)| format!("{count} {operation}")).collect();
    row(&mut page, "calls", &format!("{total}: {}", listed.join(", ")));
    for (end, count) in ended_early {
        row(&mut page, "ended early", &format!("{} {end}", counted(*count as usize, "trial", "trials")));
    }
    failures(&mut page, failing, *trials);
    page.blank();
    page.paragraph(0, assumptions, Style::dim);
    page.finish()
}

fn row(page: &mut Page, text: &str, value: &str) {
    page.labelled(2, &Label { text, columns: LABELS }, value, plain);
}

/// What a region has to have room for.
pub(in crate::report) fn needed(room: Room, spare: Option<u32>) -> String {
    let extra = counted(room.extra() as usize, "extra instance", "extra instances");
    match spare {
        Some(spare) => format!("{extra} at most, with room for {spare},"),
        None => format!("{extra} at most"),
    }
}

fn failures(page: &mut Page, failing: &[Failing], trials: u32) {
    if failing.is_empty() {
        page.blank();
        page.paragraph(0, "Every item that was begun came out well in every trial.", Style::green);
        return;
    }
    page.heading(&format!("May fail ({})", counted(failing.len(), "item", "items")));
    let mut alike: BTreeMap<&BTreeSet<String>, Vec<String>> = BTreeMap::new();
    for Failing { item, trials: times, reasons } in failing {
        alike.entry(reasons).or_default().push(format!("{item} ({times} of {trials})"));
    }
    for (reasons, items) in alike {
        page.paragraph(2, &commas(&items), Style::red);
        for reason in reasons {
            page.paragraph(4, &for_terminal(reason), plain);
        }
    }
}
