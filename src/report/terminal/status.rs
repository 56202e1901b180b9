//! Where a run stands, for a terminal.

use super::page::{Label, Page, plain};
use crate::report::status::{ItemStatus, Progressing, Reached, RunStatus};
use crate::report::{Style, commands, wording};
use crate::text::{counted, for_terminal, moment};

/// The width of the column of labels.
const LABELS: usize = 8;

/// The status of a run.
pub fn run_status(status: &RunStatus, style: Style) -> String {
    let RunStatus { format_version: _, run, plan, account, last, state, items } = status;
    let mut page = Page::new(style);
    page.paragraph(0, &format!("Run {run} {}", state_words(state)), Style::bold);
    let row = |page: &mut Page, text: &str, value: &str| {
        page.labelled(2, &Label { text, columns: LABELS }, value, plain);
    };
    row(&mut page, "plan", plan.as_str());
    row(&mut page, "account", account.as_str());
    row(&mut page, "last", &moment(*last));
    for title in [ENDED, IN_FLIGHT, NOT_STARTED] {
        let these: Vec<&ItemStatus> = items.iter().filter(|item| group(&item.reached) == title).collect();
        if !these.is_empty() {
            page.heading(&format!("{title} ({})", counted(these.len(), "item", "items")));
        }
        these.into_iter().for_each(|item| item_line(&mut page, item));
    }
    next(&mut page, status);
    page.finish()
}

const ENDED: &str = "Ended";
const IN_FLIGHT: &str = "In flight";
const NOT_STARTED: &str = "Not started";

/// The heading that an item stands under.
fn group(reached: &Reached) -> &'static str {
    match reached {
        Reached::Ended { .. } => ENDED,
        Reached::NotStarted => NOT_STARTED,
        Reached::Started
        | Reached::SourceStopped
        | Reached::ReplacementCreated
        | Reached::ReplacementVerified
        | Reached::BringingBack { .. } => IN_FLIGHT,
    }
}

fn state_words(state: &Progressing) -> String {
    match state {
        // The lock is the account's: it may be held for another run.
        Progressing::AtWork { holder } => {
            format!("has not ended; remediate is at work on the account ({})", for_terminal(holder))
        }
        Progressing::Ended { end } => wording::run_end(end),
        Progressing::CutOff => "was cut off".to_owned(),
    }
}

fn item_line(page: &mut Page, item: &ItemStatus) {
    let ItemStatus { id, reached, in_doubt } = item;
    let doubt = in_doubt.map(|call| format!("; not known whether {} took effect", call.operation()));
    let text = match reached {
        Reached::NotStarted => return page.paragraph(2, &id.to_string(), plain),
        Reached::Started => "found as planned, nothing changed".to_owned(),
        Reached::SourceStopped => "source stopped, or being stopped".to_owned(),
        Reached::ReplacementCreated => "replacement created, or being created".to_owned(),
        Reached::ReplacementVerified => "replacement verified".to_owned(),
        Reached::BringingBack { reason } => {
            format!("failed, source being brought back: {}", for_terminal(reason))
        }
        Reached::Ended { outcome } => wording::outcome(outcome),
    };
    page.paragraph(2, &format!("{id}: {text}{}", doubt.unwrap_or_default()), plain);
}

fn next(page: &mut Page, status: &RunStatus) {
    if !status.is_open() {
        return;
    }
    page.heading("Next");
    page.paragraph(2, "To take it to its end:", plain);
    page.command(4, &commands::resume(&status.run));
}
