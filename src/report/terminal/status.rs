//! Where a run stands, for a terminal.

use super::page::{Label, Page, plain};
use crate::journal::Purpose;
use crate::report::{Style, commands, wording};
use crate::status::{ItemStatus, Progressing, Reached, RunStatus};
use crate::text::{capitalized, counted, for_terminal, moment};

/// The width of the column of labels.
const LABELS: usize = 8;

/// The status of a run.
pub fn run_status(status: &RunStatus, style: Style) -> String {
    let RunStatus { run, plan, account, stages } = status;
    let mut page = Page::new(style);
    for (number, stage) in stages.iter().enumerate() {
        let purpose = wording::purpose(stage.purpose);
        let heading = format!("{purpose}run {run} {}", state_words(&stage.state));
        if number == 0 {
            page.paragraph(0, &capitalized(&heading), Style::bold);
            row(&mut page, "plan", plan.as_str());
            row(&mut page, "account", account.as_str());
        } else {
            page.heading(&capitalized(&heading));
        }
        row(&mut page, "last", &moment(stage.last));
        items(&mut page, &stage.items);
    }
    next(&mut page, status);
    page.finish()
}

fn row(page: &mut Page, text: &str, value: &str) {
    page.labelled(2, &Label { text, columns: LABELS }, value, plain);
}

fn items(page: &mut Page, items: &[ItemStatus]) {
    for title in [ENDED, IN_FLIGHT, NOT_STARTED] {
        let these: Vec<&ItemStatus> = items.iter().filter(|item| group(&item.reached) == title).collect();
        if !these.is_empty() {
            page.heading(&format!("{title} ({})", counted(these.len(), "item", "items")));
        }
        these.into_iter().for_each(|item| item_line(page, item));
    }
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
        | Reached::ReplacementStopped
        | Reached::ReplacementDeleted
        | Reached::SourceStarted
        | Reached::SourceDeleted
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
        Reached::ReplacementStopped => "replacement stopped, or being stopped".to_owned(),
        Reached::ReplacementDeleted => "replacement deleted, or being deleted".to_owned(),
        Reached::SourceStarted => "source started, or being started".to_owned(),
        Reached::SourceDeleted => "source deleted, or being deleted".to_owned(),
        Reached::BringingBack { reason } => {
            format!("failed, what ran before is being brought back: {}", wording::reason(reason))
        }
        Reached::Ended { outcome } => wording::outcome(outcome),
    };
    page.paragraph(2, &format!("{id}: {text}{}", doubt.unwrap_or_default()), plain);
}

fn next(page: &mut Page, status: &RunStatus) {
    let Some(purpose) = status.open() else { return };
    page.heading("Next");
    page.paragraph(2, "To take it to its end:", plain);
    page.command(4, &commands::go_on(purpose, &status.run));
    if purpose == Purpose::Apply {
        page.paragraph(2, "To undo what was done:", plain);
        page.command(4, &commands::go_on(Purpose::Rollback, &status.run));
    }
}
