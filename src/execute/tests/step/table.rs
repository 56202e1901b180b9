//! The table in the documentation of the step function, held against the function.

use std::fmt::Write as _;

use crate::execute::tests::step::cases::{Case, at_rest, every_case, id, verified};
use crate::execute::tests::step::kind;
use crate::inventory::Status;
use crate::journal::{Call, Entry, Past, PriorStatus};
use crate::plan::OnFailure;

/// Under which heading, and by what was done.
type Column<'a> = (&'a str, Past);

fn begun() -> Past {
    let mut past = Past::default();
    past.apply(&Entry::ItemStarted { item: id(), prior_status: PriorStatus::InService }).unwrap();
    past
}

fn accepted(past: &Past, call: Call) -> Past {
    let mut past = past.clone();
    past.apply(&Entry::Intent { item: id(), call }).unwrap();
    past.apply(&Entry::CallEnded { item: id(), call, error: None, request_id: None }).unwrap();
    past
}

/// The item of the table: its source ran and is deleted in the end.
fn is_shown(case: &Case<'_>) -> bool {
    case.planned() == &Status::InService
        && case.item.order.is_stop_first()
        && case.item.delete_source
        && case.item.on_failure == Some(OnFailure::Restore)
}

fn step(past: &Past, source: Option<&Status>, replacement: Option<&Status>) -> String {
    let fits = |case: &Case<'_>| {
        is_shown(case)
            && case.past == past
            && case.source() == source
            && case.replacement() == replacement
            && (source.is_none() || case.source_as_planned())
            && (replacement.is_none() || (case.replacement_as_requested() && case.replacement_is_ours()))
    };
    let found = every_case().find(fits);
    let found = found.unwrap_or_else(|| panic!("no case of {source:?}, {replacement:?}, {past:?}"));
    // Every member was reported, so that none is counted.
    kind(found.step).replace("verified 0", "verified")
}

fn table(text: &mut String, columns: &[Column<'_>], cell: impl Fn(&Past, Option<&Status>) -> String) {
    let heads: Vec<&str> = columns.iter().map(|(head, _)| *head).collect();
    writeln!(text, "| now | {} |\n|---|{}", heads.join(" | "), "---|".repeat(heads.len())).unwrap();
    let statuses = crate::fixtures::statuses();
    for status in std::iter::once(None).chain(statuses.iter().map(Some)) {
        let name = status.map_or_else(|| "absent".to_owned(), |status| format!("`{status}`"));
        let cells: Vec<String> = columns.iter().map(|(_, past)| cell(past, status)).collect();
        writeln!(text, "| {name} | {} |", cells.join(" | ")).unwrap();
    }
}

#[test]
fn the_table_in_the_documentation_is_what_the_step_function_does() {
    let stopped = accepted(&begun(), Call::StopSource);
    let rested = at_rest(&stopped);
    let created = accepted(&rested, Call::CreateReplacement);
    let verified = verified(&created, &[]);
    let mut text = "For an item whose source ran, is as planned, and is deleted in the end.\n\n\
                    As long as there is no replacement, the source's status decides:\n\n"
        .to_owned();
    let columns = [
        ("not begun", Past::default()),
        ("begun", begun()),
        ("stop accepted", stopped.clone()),
        ("rest noted", rested.clone()),
        ("create accepted", created.clone()),
    ];
    table(&mut text, &columns, |past, source| step(past, source, None));
    text += "\nBeside a stopped source, the status of its replacement:\n\n";
    let columns = [("rest noted", rested), ("create accepted", created), ("verified", verified)];
    table(&mut text, &columns, |past, replacement| step(past, Some(&Status::Stopped), replacement));
    assert_eq!(text, include_str!("../../apply.md"));
}
