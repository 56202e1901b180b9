//! Pure: where a run stands.

use crate::journal::Purpose;
use crate::report::document::{Block, Document, Text, field, paragraph, section, section_of};
use crate::report::{commands, wording};
use crate::status::{ItemStatus, Progressing, Reached, RunStatus};
use crate::text::{capitalized, counted, moment};

/// The status of a run.
pub fn run_status(status: &RunStatus) -> Document {
    let RunStatus { run, plan, account, stages } = status;
    let mut document = Document::default();
    for (number, stage) in stages.iter().enumerate() {
        let state = state_words(&stage.state);
        let heading = capitalized(&format!("{}run {run} {state}", wording::purpose(stage.purpose)));
        let last = field("last", moment(stage.last));
        if number == 0 {
            document.title = Some(heading.into());
            document.facts = vec![field("plan", plan.as_str()), field("account", account.as_str()), last];
        } else {
            document.blocks.push(section(heading, vec![Block::Fields(vec![last])]));
        }
        document.blocks.extend(items(&stage.items));
    }
    document.blocks.extend(next(status));
    document
}

fn items(items: &[ItemStatus]) -> impl Iterator<Item = Block> {
    let of = |title: &'static str| {
        let these: Vec<Text> =
            items.iter().filter(|item| group(&item.reached) == title).map(item_line).collect();
        let heading = format!("{title} ({})", counted(these.len(), "item", "items"));
        section_of(heading, &these, |these| vec![Block::Bullets(these.to_vec())])
    };
    [ENDED, IN_FLIGHT, NOT_STARTED].map(of).into_iter().flatten()
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
        | Reached::FilesOnTheirWay
        | Reached::FilesExported
        | Reached::FilesImported
        | Reached::ReplacementCreated
        | Reached::ReplacementVerified
        | Reached::ReplacementStopped
        | Reached::ReplacementDeleted
        | Reached::SourceStarted
        | Reached::SourceUpdated
        | Reached::SourceDeleted
        | Reached::BringingBack { .. } => IN_FLIGHT,
    }
}

fn state_words(state: &Progressing) -> String {
    match state {
        // The lock is the account's: it may be held for another run.
        Progressing::AtWork { holder } => {
            format!("has not ended; remediate is at work on the account ({holder})")
        }
        Progressing::Ended { end } => wording::run_end(end),
        Progressing::CutOff => "was cut off".to_owned(),
    }
}

fn item_line(item: &ItemStatus) -> Text {
    let ItemStatus { id, reached, in_doubt } = item;
    let doubt = in_doubt.map(|call| format!("; not known whether {} took effect", call.operation()));
    let text = match reached {
        Reached::NotStarted => return id.to_string().into(),
        Reached::Started => "found as planned, nothing changed".to_owned(),
        Reached::SourceStopped => "source stopped, or being stopped".to_owned(),
        Reached::FilesOnTheirWay => "source started, to export its files".to_owned(),
        Reached::FilesExported => "files exported".to_owned(),
        Reached::FilesImported => "files imported".to_owned(),
        Reached::ReplacementCreated => "replacement created, or being created".to_owned(),
        Reached::ReplacementVerified => "replacement verified".to_owned(),
        Reached::ReplacementStopped => "replacement stopped, or being stopped".to_owned(),
        Reached::ReplacementDeleted => "replacement deleted, or being deleted".to_owned(),
        Reached::SourceStarted => "source started, or being started".to_owned(),
        Reached::SourceUpdated => "source updated, or being updated".to_owned(),
        Reached::SourceDeleted => "source deleted, or being deleted".to_owned(),
        Reached::BringingBack { reason } => {
            format!("failed, what ran before is being brought back: {}", wording::reason(reason))
        }
        Reached::Ended { outcome } => wording::outcome(outcome),
    };
    format!("{id}: {text}{}", doubt.unwrap_or_default()).into()
}

fn next(status: &RunStatus) -> Option<Block> {
    let purpose = status.open()?;
    let command = |purpose| Block::Commands(vec![commands::go_on(purpose, &status.run)]);
    let mut blocks = vec![paragraph("To take it to its end:"), command(purpose)];
    if purpose == Purpose::Apply {
        blocks.extend([paragraph("To undo what was done:"), command(Purpose::Rollback)]);
    }
    Some(section("Next", blocks))
}
