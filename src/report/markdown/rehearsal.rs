//! The part of the report that a rehearsal adds.

use std::time::Duration;

use super::escape::{block, bullets, code, escape, table};
use crate::report::rehearsal::Rehearsal;
use crate::report::terminal::needed;
use crate::text::{counted, duration};

/// What a rehearsal has shown.
pub(super) fn rehearsal(text: &mut String, rehearsal: &Rehearsal) {
    let Rehearsal {
        format_version: _,
        plan: _,
        trials,
        items: _,
        duration: spread,
        calls,
        spare,
        rooms,
        failing,
        ended_early,
        assumptions,
    } = rehearsal;
    block(text, "## Rehearsal");
    let times = counted(*trials as usize, "time", "times");
    block(text, &format!("This plan was carried out {times} in a simulation of AWS. {assumptions}"));
    let seconds = |seconds| duration(Duration::from_secs(seconds));
    let row = |name: &str, value: String| vec![name.to_owned(), value];
    let mut rows = vec![
        row("Duration, median", seconds(spread.median_seconds)),
        row("Duration, nine of ten", format!("at most {}", seconds(spread.p90_seconds))),
        row("Duration, longest", seconds(spread.longest_seconds)),
    ];
    rows.extend(rooms.iter().map(|(region, room)| {
        row(&format!("In {region}"), escape(needed(*room, *spare).trim_end_matches(',')))
    }));
    rows.push(row("Calls", calls.values().sum::<u32>().to_string()));
    rows.extend(calls.iter().map(|(operation, count)| row(&code(operation), count.to_string())));
    for (end, count) in ended_early {
        rows.push(row(
            "Ended early",
            escape(&format!("{} {end}", counted(*count as usize, "time", "times"))),
        ));
    }
    table(text, &["", ""], rows);
    if failing.is_empty() {
        block(text, "Every item that was begun came out well every time.");
        return;
    }
    block(text, "Items that did not come out well:");
    let lines = failing.iter().map(|one| {
        let reasons: Vec<&str> = one.reasons.iter().map(String::as_str).collect();
        escape(&format!("{}: in {} of {trials}: {}", one.item, one.trials, reasons.join("; ")))
    });
    bullets(text, &lines.collect::<Vec<_>>());
}
