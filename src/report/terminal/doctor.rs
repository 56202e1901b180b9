//! An examination for a terminal: the way to AWS, the permissions, and what was not tried.

use std::collections::BTreeSet;

use super::page::{Page, plain};
use super::table::table;
use crate::doctor::{CheckState, DoctorCheck, DoctorReport, DoctorTotals, Subject};
use crate::report::Style;
use crate::text::{commas, counted, for_terminal, noun};

/// The least width of the column of findings; with less, every check takes lines of its own.
const LEAST_FOR_DETAIL: usize = 40;

/// An examination.
pub fn doctor(report: &DoctorReport, style: Style) -> String {
    let DoctorReport { format_version: _, account: _, regions: _, checks, totals } = report;
    let mut page = Page::new(style);
    let (untried, tried): (Vec<&DoctorCheck>, Vec<&DoctorCheck>) =
        checks.iter().partition(|check| check.state == CheckState::NotProbed);
    for (subject, head) in [(Subject::Connection, "CONNECTION"), (Subject::Permission, "PERMISSION")] {
        let of: Vec<&DoctorCheck> = tried.iter().copied().filter(|check| check.subject == subject).collect();
        if !of.is_empty() {
            if subject != Subject::Connection {
                page.blank();
            }
            rows(&mut page, head, &of);
        }
    }
    not_probed(&mut page, &untried);
    commands(&mut page, checks);
    page.blank();
    closing(&mut page, *totals);
    page.finish()
}

fn rows(page: &mut Page, head: &str, checks: &[&DoctorCheck]) {
    let cells =
        |check: &&DoctorCheck| vec![for_terminal(&check.name), check.state.as_str().to_owned(), said(check)];
    let rows: Vec<Vec<String>> = checks.iter().map(cells).collect();
    if let Some(text) = table(&[head, "STATE", "FOUND"], &rows, LEAST_FOR_DETAIL, page.style()) {
        page.lines(&text);
        return;
    }
    page.paragraph(0, head, Style::bold);
    for check in checks {
        page.paragraph(
            2,
            &format!("{}: {}", for_terminal(&check.name), check.state.as_str()),
            paint(check.state),
        );
        let said = said(check);
        if !said.is_empty() {
            page.paragraph(4, &said, plain);
        }
    }
}

/// What was found, and what to do. What to do about a permission is a command, which stands below.
fn said(check: &DoctorCheck) -> String {
    let DoctorCheck { name: _, subject, state, needed, roles: _, detail, advice } = check;
    let weight = (*state == CheckState::Missing && !needed).then(|| "can be done without".to_owned());
    let advice = advice.as_deref().filter(|_| *subject == Subject::Connection).map(for_terminal);
    let parts = [Some(for_terminal(detail)).filter(|text| !text.is_empty()), weight, advice];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// The commands that print what allows what is missing, or was not tried.
fn commands(page: &mut Page, checks: &[DoctorCheck]) {
    let permissions = checks.iter().filter(|check| check.subject == Subject::Permission);
    let commands: BTreeSet<&str> = permissions.filter_map(|check| check.advice.as_deref()).collect();
    if commands.is_empty() {
        return;
    }
    page.heading(noun(commands.len(), "This prints the least policy", "These print the least policies"));
    for command in commands {
        page.command(2, command);
    }
}

fn paint(state: CheckState) -> super::page::Paint {
    match state {
        CheckState::Ok | CheckState::NotProbed => plain,
        CheckState::Warning | CheckState::Unknown => Style::yellow,
        CheckState::Missing => Style::red,
    }
}

/// Many have the same reason: a paragraph each.
fn not_probed(page: &mut Page, checks: &[&DoctorCheck]) {
    let mut reasons: Vec<String> = checks.iter().map(|check| said(check)).collect();
    reasons.sort();
    reasons.dedup();
    for reason in reasons {
        let of: Vec<String> = checks
            .iter()
            .filter(|check| said(check) == reason)
            .map(|check| for_terminal(&check.name))
            .collect();
        page.heading(&format!("Not probed ({}): {reason}", of.len()));
        page.paragraph(2, &commas(&of), plain);
    }
}

fn closing(page: &mut Page, totals: DoctorTotals) {
    let DoctorTotals { ok, not_probed, warnings, unknown, missing } = totals;
    let count = counted(ok + not_probed + warnings + unknown + missing, "check", "checks");
    let parts = [
        (missing, "missing"),
        (unknown, "unknown"),
        (warnings, "with a warning"),
        (not_probed, "not probed"),
    ];
    let parts = parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    let all: Vec<String> = std::iter::once(format!("{ok} ok")).chain(parts).collect();
    page.paragraph(0, &format!("{count}: {}", commas(&all)), Style::bold);
}
