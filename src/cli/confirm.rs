//! The approval of a run: `--confirm`, or the number of instances typed on a terminal.

use std::io::{self, IsTerminal};

use dialoguer::Input;

use crate::cli::error::CommandError;
use crate::cli::printer::Printer;
use crate::exit::ExitStatus;
use crate::plan::Item;
use crate::text::{counted, noun};

/// What an operator is asked to approve.
pub(super) struct Approval {
    /// What will be done, as a sentence without its full stop.
    what: String,
    /// How many instances it is done to: what the operator types.
    items: usize,
    /// What to type to approve without being asked, but for `--confirm`.
    command: String,
}

impl Approval {
    /// Of replacing these instances.
    pub(super) fn of_replacing(items: &[&Item], command: String) -> Approval {
        let deletes = match items.iter().filter(|item| item.delete_source).count() {
            0 => String::new(),
            count => {
                format!(" and deletes {} with the data on their volumes", counted(count, "source", "sources"))
            }
        };
        let what = format!("This replaces {}{deletes}", counted(items.len(), "instance", "instances"));
        Approval { what, items: items.len(), command }
    }

    /// Of undoing the replacement of so many instances.
    pub(super) fn of_rollback(items: usize, command: String) -> Approval {
        let what = format!(
            "This brings back {} and deletes {} with the data on {}",
            counted(items, "source", "sources"),
            noun(items, "its replacement", "their replacements"),
            noun(items, "its volume", "their volumes"),
        );
        Approval { what, items, command }
    }

    /// Of deleting so many sources.
    pub(super) fn of_cleanup(items: usize, command: String) -> Approval {
        let sources = counted(items, "source", "sources");
        let what =
            format!("This deletes {sources} with the data on {}", noun(items, "its volume", "their volumes"));
        Approval { what, items, command }
    }
}

/// Returns when the operator has approved.
pub(super) fn approve(confirmed: bool, approval: &Approval, printer: &Printer) -> Result<(), CommandError> {
    if confirmed {
        return Ok(());
    }
    let Approval { what, items, command } = approval;
    let refused = |message: String| CommandError::new(ExitStatus::Refused, message);
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(refused(
            "not confirmed, and there is no terminal to ask on: nothing was changed".to_owned(),
        )
        .hint(format!("to go on: {command} --confirm")));
    }
    // Apart from the question, which would be drawn twice where it does not fit on one line.
    printer.ask(&format!("{what}."));
    let question = "Type the number of instances to go on";
    let typed: String =
        Input::new().with_prompt(question).allow_empty(true).interact_text().map_err(|error| {
            refused("the question was not answered: nothing was changed".to_owned()).because(&error)
        })?;
    if typed.trim() == items.to_string() {
        Ok(())
    } else {
        Err(refused("not confirmed: nothing was changed".to_owned()))
    }
}
