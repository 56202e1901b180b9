//! Asks which VPC, subnets and groups, with what was found out about each; the best choice is marked.

use std::io::{self, IsTerminal};

use dialoguer::theme::SimpleTheme;
use dialoguer::{MultiSelect, Select};

use crate::cli::error::CommandError;
use crate::cli::printer::Printer;
use crate::exit::ExitStatus;
use crate::text::{counted, noun};

use super::draft::RegionDraft;
use super::text;

/// The most security groups that a notebook instance takes (botocore 1.44.5, `SecurityGroupIds`).
const MOST_GROUPS: usize = 5;

/// Whether there is somebody to ask.
pub(super) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks about one region.
pub(super) fn choose(mut draft: RegionDraft, printer: &Printer) -> Result<RegionDraft, CommandError> {
    let (region, broken) = (&draft.region, draft.broken);
    let instances = counted(broken, "instance", "instances");
    if draft.vpc.is_none() {
        printer.ask(&format!(
            "{region}: {instances} to be replaced, but no VPC there can take {}.",
            noun(broken, "it", "them")
        ));
        return Ok(draft);
    }
    printer.ask(&format!("{region}: {instances} to be replaced."));
    tell(draft.candidates.iter().map(text::vpc), printer);
    let vpcs = marked(draft.candidates.iter().map(text::vpc_label));
    let theme = SimpleTheme;
    let asked = Select::with_theme(&theme).with_prompt("Which VPC").items(&vpcs).default(0).interact_opt();
    let vpc = answered(asked)?;
    draft.choose(vpc);
    let Some(chosen) = draft.candidates.get(vpc) else { return Ok(draft) };
    tell(chosen.subnets.iter().map(text::subnet), printer);
    let subnets = marked(chosen.subnets.iter().map(text::subnet_label));
    draft.subnets = several(
        "Which subnets (space selects, enter goes on)",
        &subnets,
        &draft.subnets,
        usize::MAX,
        printer,
    )?;
    tell(chosen.groups.iter().map(text::group), printer);
    let groups = marked(chosen.groups.iter().map(text::group_label));
    draft.groups = several("Which security groups (1 to 5)", &groups, &draft.groups, MOST_GROUPS, printer)?;
    Ok(draft)
}

/// What was found out. Apart from the questions, which would be drawn twice where a line does not fit.
fn tell(lines: impl Iterator<Item = String>, printer: &Printer) {
    for line in lines {
        printer.ask(&format!("- {line}"));
    }
}

fn marked(lines: impl Iterator<Item = String>) -> Vec<String> {
    lines.enumerate().map(|(at, line)| if at == 0 { format!("{line} (best)") } else { line }).collect()
}

/// Asks again until at least one is chosen, and no more than can be.
fn several(
    prompt: &str,
    lines: &[String],
    chosen: &[usize],
    most: usize,
    printer: &Printer,
) -> Result<Vec<usize>, CommandError> {
    let theme = SimpleTheme;
    let defaults: Vec<bool> = (0..lines.len()).map(|at| chosen.contains(&at)).collect();
    loop {
        let asked = MultiSelect::with_theme(&theme)
            .with_prompt(prompt)
            .items(lines)
            .defaults(&defaults)
            .interact_opt();
        let picked = answered(asked)?;
        if (1..=most).contains(&picked.len()) {
            return Ok(picked);
        }
        printer.ask(if picked.is_empty() { "At least one is needed." } else { "These are too many." });
    }
}

fn answered<T>(asked: Result<Option<T>, dialoguer::Error>) -> Result<T, CommandError> {
    let refused =
        || CommandError::new(ExitStatus::Refused, "the question was not answered: nothing was written");
    match asked {
        Ok(Some(answer)) => Ok(answer),
        Ok(None) => Err(refused()),
        Err(error) => Err(refused().because(&error)),
    }
}
