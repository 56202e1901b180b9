//! The approval of a run: `--confirm`, or the number of instances typed on a terminal.

use std::io::{self, IsTerminal};

use dialoguer::Input;

use crate::cli::error::CommandError;
use crate::cli::printer::Printer;
use crate::exit::ExitStatus;
use crate::plan::AnyItem;
use crate::text::{counted, noun};

/// What an operator is asked to approve.
pub(super) struct Approval {
    /// What will be done, as a sentence without its full stop.
    what: String,
    /// How many instances it is done to: what the operator types.
    items: usize,
    /// What to type to approve without being asked.
    command: String,
}

impl Approval {
    /// Of replacing these instances, or repairing them in place.
    pub(super) fn of_applying(items: &[AnyItem<'_>], command: String) -> Approval {
        let replaced: Vec<_> = items.iter().filter_map(|item| item.replaced()).collect();
        let deletes = match replaced.iter().filter(|item| item.delete_source).count() {
            0 => String::new(),
            count => {
                format!(" and deletes {} with the data on their volumes", counted(count, "source", "sources"))
            }
        };
        let what = in_sum(items, |count| {
            (
                format!("replaces {}{deletes}", instances(count)),
                format!("repairs {} in place", instances(items.len() - count)),
            )
        });
        Approval { what, items: items.len(), command }
    }

    /// Of undoing what was done to these instances.
    pub(super) fn of_rollback(items: &[AnyItem<'_>], command: String) -> Approval {
        let what = in_sum(items, |count| {
            let back = format!(
                "brings back {} and deletes {} with the data on {}",
                counted(count, "source", "sources"),
                noun(count, "its replacement", "their replacements"),
                noun(count, "its volume", "their volumes"),
            );
            (back, format!("gives {} back the settings that it had", instances(items.len() - count)))
        });
        Approval { what, items: items.len(), command }
    }

    /// Of deleting so many sources.
    pub(super) fn of_cleanup(items: usize, command: String) -> Approval {
        let sources = counted(items, "source", "sources");
        let what =
            format!("This deletes {sources} with the data on {}", noun(items, "its volume", "their volumes"));
        Approval { what, items, command }
    }
}

fn instances(count: usize) -> String {
    counted(count, "instance", "instances")
}

/// What is done to those that are replaced, of whom there are so many, and to the others; as far as there are any.
fn in_sum(items: &[AnyItem<'_>], said: impl FnOnce(usize) -> (String, String)) -> String {
    let count = items.iter().filter(|item| item.replaced().is_some()).count();
    let (replaced, others) = said(count);
    match (count, items.len() - count) {
        (_, 0) => format!("This {replaced}"),
        (0, _) => format!("This {others}"),
        (_, _) => format!("This {replaced}, and {others}"),
    }
}

/// Returns when the operator has approved.
pub(super) fn approve(confirmed: bool, approval: &Approval, printer: &Printer) -> Result<(), CommandError> {
    if confirmed {
        return Ok(());
    }
    let Approval { what, items, command } = approval;
    if !on_terminal() {
        return Err(refused("not confirmed, and there is no terminal to ask on: nothing was changed")
            .hint(format!("to go on: {command}")));
    }
    // Apart from the question, which would be drawn twice where it does not fit on one line.
    printer.ask(&format!("{what}."));
    let question = "Type the number of instances to go on";
    let typed: String = Input::new()
        .with_prompt(question)
        .allow_empty(true)
        .interact_text()
        .map_err(|error| refused("the question was not answered: nothing was changed").because(&error))?;
    if typed.trim() == items.to_string() {
        Ok(())
    } else {
        Err(refused("not confirmed: nothing was changed"))
    }
}

/// Refuses a plan that is confirmed unseen and not named by its digest: nobody is there to see that it is the one that was
/// reviewed. What is not confirmed is asked, or refused, by [`approve`].
pub(super) fn require_digest(confirmed: bool, approval: &Approval) -> Result<(), CommandError> {
    if !confirmed || on_terminal() {
        return Ok(());
    }
    let message = "--digest is missing: without a terminal, --confirm needs the digest of the plan that was reviewed; nothing \
                   was changed";
    Err(refused(message).hint(format!("if this is the plan that was reviewed: {}", approval.command)))
}

fn on_terminal() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

fn refused(message: &str) -> CommandError {
    CommandError::new(ExitStatus::Refused, message)
}
