//! The approval of a run: `--confirm`, or the number of instances typed on a terminal.

use std::io::{self, IsTerminal};

use dialoguer::Input;

use crate::cli::error::CommandError;
use crate::exit::ExitStatus;
use crate::text::counted;

/// Returns when the operator has approved; `command` is what to type to approve without being asked.
pub(super) fn approve(
    confirmed: bool,
    items: usize,
    deleted: usize,
    command: &str,
) -> Result<(), CommandError> {
    if confirmed {
        return Ok(());
    }
    let refused = |message: String| CommandError::new(ExitStatus::Refused, message);
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(refused(
            "not confirmed, and there is no terminal to ask on: nothing was changed".to_owned(),
        )
        .hint(format!("to go on: {command} --confirm")));
    }
    let replaces = format!("This replaces {}", counted(items, "instance", "instances"));
    let deletes = match deleted {
        0 => String::new(),
        count => {
            format!(" and deletes {} with the data on their volumes", counted(count, "source", "sources"))
        }
    };
    let question = format!("{replaces}{deletes}. Type the number of instances to go on");
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
