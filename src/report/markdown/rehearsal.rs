//! The part of the report that a rehearsal adds.

use super::escape::{block, bullets, escape, table};
use crate::rehearse::Rehearsal;
use crate::report::wording;
use crate::text::{capitalized, counted};

/// What a rehearsal has shown.
pub(super) fn rehearsal(text: &mut String, rehearsal: &Rehearsal) {
    let Rehearsal { trials, failing, .. } = rehearsal;
    block(text, "## Rehearsal");
    let times = counted(*trials as usize, "time", "times");
    block(
        text,
        &format!(
            "This plan was carried out {times} in a simulation of AWS. {}",
            escape(wording::ASSUMPTIONS)
        ),
    );
    let rows = wording::rehearsal(rehearsal);
    let rows = rows.into_iter().map(|(label, text)| vec![capitalized(label), escape(&text)]);
    table(text, &["", ""], rows);
    if failing.is_empty() {
        block(text, "Every item that was begun came out well every time.");
        return;
    }
    block(text, "Items that did not come out well:");
    let lines = failing.iter().map(|one| {
        let reasons: Vec<String> = wording::troubles(one).into_iter().collect();
        escape(&format!("{}: in {} of {trials}: {}", one.item, one.trials, reasons.join("; ")))
    });
    bullets(text, &lines.collect::<Vec<_>>());
}
