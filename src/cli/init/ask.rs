//! Asks which VPC, subnets and groups, with what was found out about each; the best choice is marked, where there is one.

use std::io::{self, IsTerminal};

use dialoguer::theme::SimpleTheme;
use dialoguer::{MultiSelect, Select};

use crate::cli::error::CommandError;
use crate::cli::printer::Printer;
use crate::exit::ExitStatus;
use crate::network::{Reach, Siting};
use crate::policy_init::{RegionDraft, is_right, target};
use crate::text::{counted, noun};

/// The most security groups that a notebook instance takes (botocore 1.44.5, `SecurityGroupIds`).
const MOST_GROUPS: usize = 5;

/// Whether there is somebody to ask.
pub(super) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks about one region: the groups before the subnets, since what is reached from a subnet depends on them.
pub(super) fn choose(
    mut draft: RegionDraft,
    siting: Siting<'_>,
    printer: &Printer,
) -> Result<RegionDraft, CommandError> {
    let (region, broken) = (&draft.region, draft.broken);
    let instances = counted(broken, "instance", "instances");
    if draft.candidates.iter().all(|one| one.reach() == Reach::Unusable) {
        printer.ask(&format!(
            "{region}: {instances} to be replaced, but no VPC there can take {}.",
            noun(broken, "it", "them")
        ));
        return Ok(draft);
    }
    printer.ask(&format!("{region}: {instances} to be replaced."));
    let Some(vpc) = which_vpc(&draft, printer)? else { return Ok(draft) };
    draft.choose(vpc);
    let Some(chosen) = draft.chosen() else { return Ok(draft) };
    tell(chosen.groups.iter().map(target::group), printer);
    let best = chosen.best_group().is_some_and(|one| is_right(one.reach, one.instances > 0));
    let groups = marked(chosen.groups.iter().map(target::group_label), best);
    let groups = several("Which security groups (1 to 5)", &groups, &draft.groups, MOST_GROUPS, printer)?;
    draft.choose_groups(groups, siting);
    let Some(chosen) = draft.chosen() else { return Ok(draft) };
    tell(chosen.subnets.iter().map(target::subnet), printer);
    let best = is_right(chosen.reach(), draft.chosen_groups().any(|one| one.instances > 0));
    let subnets = marked(chosen.subnets.iter().map(target::subnet_label), best);
    draft.subnets = several(
        "Which subnets (space selects, enter goes on)",
        &subnets,
        &draft.subnets,
        usize::MAX,
        printer,
    )?;
    Ok(draft)
}

/// One of the VPCs. None is preselected where none is right.
fn which_vpc(draft: &RegionDraft, printer: &Printer) -> Result<Option<usize>, CommandError> {
    tell(draft.candidates.iter().map(target::vpc_with_reason), printer);
    let Some(first) = draft.candidates.first() else { return Ok(None) };
    let best = is_right(first.reach(), first.best_group().is_some_and(|one| one.instances > 0));
    let vpcs = marked(draft.candidates.iter().map(target::vpc_label), best);
    let theme = SimpleTheme;
    let question = Select::with_theme(&theme).with_prompt("Which VPC").items(&vpcs);
    let question = if best { question.default(0) } else { question };
    answered(question.interact_opt()).map(Some)
}

/// What was found out. Apart from the questions, which would be drawn twice where a line does not fit.
fn tell(lines: impl Iterator<Item = String>, printer: &Printer) {
    for line in lines {
        printer.ask(&format!("- {line}"));
    }
}

/// The lines, the first of them marked where it is one to choose.
pub(super) fn marked(lines: impl Iterator<Item = String>, best: bool) -> Vec<String> {
    let mark = |(at, line)| if at == 0 && best { format!("{line} (best)") } else { line };
    lines.enumerate().map(mark).collect()
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
