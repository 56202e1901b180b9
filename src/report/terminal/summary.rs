//! How a run ended, for a terminal: what was done, what was not, what is left, and what to do next.

use std::collections::BTreeMap;

use super::overview::withheld;
use super::page::{Label, Page, plain};
use crate::execute::{ItemReport, ItemResult, RunReport};
use crate::ids::{InstanceName, ItemId, RunId};
use crate::journal::{Left, Note, Outcome, Presence, Purpose, RunEnd};
use crate::plan::{HazardKind, Item, Plan};
use crate::report::{Style, commands, wording};
use crate::text::{capitalized, commas, counted, for_terminal};

/// The width of the column of labels.
const LABELS: usize = 4;
/// Where the text beside the labels begins.
const NESTED: usize = 4 + LABELS + 2;

/// The summary of a run.
pub fn run_summary(report: &RunReport, plan: &Plan, style: Style) -> String {
    let RunReport { format_version: _, run, purpose, end, items } = report;
    let mut page = Page::new(style);
    let paint = match end {
        RunEnd::Completed => Style::bold,
        RunEnd::Interrupted
        | RunEnd::Halted { .. }
        | RunEnd::CredentialsLost { .. }
        | RunEnd::Unfinished
        | RunEnd::NoRoom { .. }
        | RunEnd::PlanExpired
        | RunEnd::JournalLost { .. } => Style::red,
    };
    let heading = format!("{}run {run} {}", wording::purpose(*purpose), wording::run_end(end));
    page.paragraph(0, &capitalized(&heading), paint);
    let groups = Groups::of(items);
    page.paragraph(0, &format!("{}.", groups.counts(items.len())), Style::bold);
    done(&mut page, &groups);
    rolled_back(&mut page, &groups);
    refused(&mut page, &groups);
    failed(&mut page, &groups, plan, (*purpose, run));
    unfinished(&mut page, &groups, plan);
    not_started(&mut page, &groups);
    if *purpose == Purpose::Apply {
        // So that nobody takes the run for the whole.
        withheld(&mut page, plan);
    }
    next(&mut page, &groups, report, plan);
    page.finish()
}

/// The same in short: how many items have which result, and what went wrong.
pub fn run_overview(report: &RunReport, plan: &Plan, style: Style) -> String {
    let mut page = Page::new(style);
    let groups = Groups::of(&report.items);
    let well = groups.done.len() + groups.already_done.len() == report.items.len();
    let counts = format!("{}.", groups.counts(report.items.len()));
    page.paragraph(0, &counts, if well { Style::green } else { Style::red });
    refused(&mut page, &groups);
    failed(&mut page, &groups, plan, (report.purpose, &report.run));
    unfinished(&mut page, &groups, plan);
    not_started(&mut page, &groups);
    page.finish()
}

/// The items by their results, each group in the plan's order.
#[derive(Debug, Default)]
struct Groups<'a> {
    done: Vec<(&'a ItemId, &'a InstanceName, bool, Vec<String>)>,
    rolled_back: Vec<(&'a ItemId, bool, Vec<String>)>,
    already_done: Vec<(&'a ItemId, &'a InstanceName)>,
    refused: Vec<(&'a ItemId, String)>,
    failed: Vec<(&'a ItemId, String, &'a Left)>,
    unfinished: Vec<(&'a ItemId, String, &'a Left)>,
    not_started: Vec<&'a ItemId>,
}

impl<'a> Groups<'a> {
    fn of(items: &'a [ItemReport]) -> Self {
        let mut groups = Self::default();
        for ItemReport { id, result } in items {
            match result {
                ItemResult::Ended { outcome } => groups.ended(id, outcome),
                ItemResult::Unfinished { phase, left, why } => {
                    let phase = wording::phase(*phase);
                    let what = match why {
                        Some(why) => format!("while {phase}: {}", wording::reason(why)),
                        None => format!("the run ended while {phase}"),
                    };
                    groups.unfinished.push((id, what, left));
                }
                ItemResult::NotStarted => groups.not_started.push(id),
            }
        }
        groups
    }

    fn ended(&mut self, id: &'a ItemId, outcome: &'a Outcome) {
        let said = |notes: &[Note]| notes.iter().map(wording::note).collect();
        match outcome {
            Outcome::Done { replacement, source_deleted, notes } => {
                self.done.push((id, replacement, *source_deleted, said(notes)));
            }
            Outcome::RolledBack { replacement_deleted, notes } => {
                self.rolled_back.push((id, *replacement_deleted, said(notes)));
            }
            Outcome::AlreadyDone { replacement } => self.already_done.push((id, replacement)),
            Outcome::Refused { reason } => self.refused.push((id, wording::reason(reason))),
            Outcome::Failed { reason, left } => self.failed.push((id, wording::reason(reason), left)),
        }
    }

    fn counts(&self, items: usize) -> String {
        let counts = [
            (self.done.len(), "done"),
            (self.rolled_back.len(), "rolled back"),
            (self.already_done.len(), "already done"),
            (self.refused.len(), "refused"),
            (self.failed.len(), "failed"),
            (self.unfinished.len(), "unfinished"),
            (self.not_started.len(), "not started"),
        ];
        let shown: Vec<_> = counts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        let shown = if shown.is_empty() { "nothing to do".to_owned() } else { commas(&shown) };
        format!("{}: {shown}", counted(items, "item", "items"))
    }
}

fn done(page: &mut Page, groups: &Groups<'_>) {
    if !groups.done.is_empty() {
        page.heading(&format!("Done ({})", groups.done.len()));
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for note in groups.done.iter().flat_map(|(.., notes)| notes.iter()) {
        *counts.entry(note).or_default() += 1;
    }
    let shared = |note: &str| counts.get(note).is_some_and(|count| *count > 1);
    for (id, replacement, source_deleted, notes) in &groups.done {
        let deleted = if *source_deleted { " (source deleted)" } else { "" };
        page.paragraph(2, &format!("{id} -> {replacement}{deleted}"), Style::green);
        for note in notes.iter().filter(|note| !shared(note)) {
            row(page, "note", note);
        }
    }
    for (note, count) in counts.iter().filter(|(_, count)| **count > 1) {
        page.paragraph(2, &format!("Note on {count} of them: {note}."), plain);
    }
    if !groups.already_done.is_empty() {
        page.heading(&format!("Already done by an earlier run ({})", groups.already_done.len()));
    }
    for (id, replacement) in &groups.already_done {
        page.paragraph(2, &format!("{id} -> {replacement}"), plain);
    }
}

fn rolled_back(page: &mut Page, groups: &Groups<'_>) {
    if !groups.rolled_back.is_empty() {
        page.heading(&format!("Rolled back ({})", groups.rolled_back.len()));
    }
    for (id, replacement_deleted, notes) in &groups.rolled_back {
        let deleted = if *replacement_deleted { " (replacement deleted)" } else { "" };
        page.paragraph(2, &format!("{id}{deleted}"), Style::green);
        for note in notes {
            row(page, "note", note);
        }
    }
}

fn refused(page: &mut Page, groups: &Groups<'_>) {
    if groups.refused.is_empty() {
        return;
    }
    page.heading(&format!("Refused, nothing was changed ({})", groups.refused.len()));
    for (id, reason) in &groups.refused {
        page.paragraph(2, &id.to_string(), Style::yellow);
        row(page, "why", reason);
    }
}

fn failed(page: &mut Page, groups: &Groups<'_>, plan: &Plan, (purpose, run): (Purpose, &RunId)) {
    if groups.failed.is_empty() {
        return;
    }
    page.heading(&format!("Failed ({})", groups.failed.len()));
    for (id, reason, left) in &groups.failed {
        page.paragraph(2, &id.to_string(), Style::red);
        row(page, "why", reason);
        left_row(page, id, left, plan);
        let mut label = "next";
        for Advice { text, commands } in after_failure(id, left, item(plan, id), (purpose, run)) {
            row(page, label, &text);
            commands.iter().for_each(|command| page.command(NESTED, command));
            label = "";
        }
    }
}

fn unfinished(page: &mut Page, groups: &Groups<'_>, plan: &Plan) {
    if groups.unfinished.is_empty() {
        return;
    }
    page.heading(&format!("Unfinished ({})", groups.unfinished.len()));
    for (id, what, left) in &groups.unfinished {
        page.paragraph(2, &id.to_string(), Style::yellow);
        row(page, "why", what);
        left_row(page, id, left, plan);
    }
}

fn not_started(page: &mut Page, groups: &Groups<'_>) {
    if groups.not_started.is_empty() {
        return;
    }
    page.heading(&format!("Not started, nothing was changed ({})", groups.not_started.len()));
    for id in &groups.not_started {
        page.paragraph(2, &id.to_string(), plain);
    }
}

fn row(page: &mut Page, text: &str, value: &str) {
    page.labelled(4, &Label { text, columns: LABELS }, value, plain);
}

fn item<'a>(plan: &'a Plan, id: &ItemId) -> Option<&'a Item> {
    plan.items.iter().find(|item| item.id == *id)
}

fn left_row(page: &mut Page, id: &ItemId, left: &Left, plan: &Plan) {
    let Left { source, replacement } = left;
    let named =
        item(plan, id).map(|item| format!(" {}", item.request.notebook_instance_name)).unwrap_or_default();
    row(page, "left", &format!("source {}", wording::presence(source)));
    row(page, "", &format!("replacement{named} {}", wording::presence(replacement)));
}

/// One piece of advice and the commands that go with it.
struct Advice {
    text: String,
    commands: Vec<String>,
}

fn advice(text: &str, commands: Vec<String>) -> Advice {
    Advice { text: text.to_owned(), commands }
}

fn after_failure(
    id: &ItemId,
    left: &Left,
    item: Option<&Item>,
    (purpose, run): (Purpose, &RunId),
) -> Vec<Advice> {
    let Left { source, replacement } = left;
    let mut all = Vec::new();
    all.extend(item.and_then(|item| about_source(item, source, run)));
    all.extend(item.and_then(|item| about_replacement(item, replacement, run)));
    let gone = *source == Presence::Absent;
    all.push(if gone {
        advice("The source does not exist any more. Look into CloudTrail for who deleted it.", vec![])
    } else if purpose == Purpose::Apply {
        let text = format!("Remove the cause, then make a new plan with `{}`.", commands::PLAN_AGAIN);
        advice(&text, vec![])
    } else {
        advice("Remove the cause, then give the command again.", vec![])
    });
    if item.is_none() {
        all.push(advice(&format!("The plan has no item {id}: look at both instances by hand."), vec![]));
    }
    all
}

/// What to do about a source that is not as it was when the plan was made.
fn about_source(item: &Item, source: &Presence, run: &RunId) -> Option<Advice> {
    let ItemId { region, name } = &item.id;
    let planned = item.source.description.notebook_instance_status.as_str();
    match source {
        Presence::Absent => None,
        Presence::Unknown => {
            Some(advice("Look whether the source is well:", vec![commands::describe(region, name)]))
        }
        Presence::Status(now) if now == planned => None,
        Presence::Status(now) if (now == "Stopped" || now == "Failed") && is_one_way(item) => Some(advice(
            "The source was running, and the plan warned that it may never start again. To try that all the same:",
            vec![commands::start(region, name)],
        )),
        Presence::Status(now) if now == "Stopped" && !item.delete_source => Some(advice(
            "The source was running when the plan was made. Start it:",
            vec![commands::start(region, name)],
        )),
        Presence::Status(now) if now == "Failed" => Some(advice(
            "The source failed to start, and can be started again. To try that, as long as it takes:",
            vec![commands::go_on(Purpose::Rollback, run)],
        )),
        Presence::Status(_) => Some(advice(
            &format!("The source was {} when the plan was made. Look at it:", for_terminal(planned)),
            vec![commands::describe(region, name)],
        )),
    }
}

/// Whether the plan says of the source that it may never start again.
fn is_one_way(item: &Item) -> bool {
    let one_way = [HazardKind::OneWayPlatform, HazardKind::SourceKeyUnusable];
    item.hazards.iter().any(|hazard| one_way.contains(&hazard.kind))
}

/// What to do about a replacement that nobody vouches for. It may be somebody else's, or all that is left of the source:
/// only a rollback knows, which deletes what this run made, and only once the source is back.
fn about_replacement(item: &Item, replacement: &Presence, run: &RunId) -> Option<Advice> {
    let command = commands::describe(&item.id.region, &item.request.notebook_instance_name);
    match replacement {
        Presence::Absent => None,
        Presence::Unknown => Some(advice("Look whether a replacement was left behind:", vec![command])),
        Presence::Status(_) => Some(advice(
            "Look at what has the replacement's name. A rollback deletes it if this run made it, once the source is back:",
            vec![command, commands::go_on(Purpose::Rollback, run)],
        )),
    }
}

fn next(page: &mut Page, groups: &Groups<'_>, report: &RunReport, plan: &Plan) {
    let kept: Vec<&ItemId> =
        groups.done.iter().filter(|(_, _, deleted, _)| !deleted).map(|(id, ..)| *id).collect();
    let open = groups.unfinished.len() + groups.not_started.len();
    if !kept.is_empty() || open > 0 || !groups.refused.is_empty() {
        page.heading("Next");
    }
    if !kept.is_empty() {
        after_kept(page, &kept, &report.run, plan);
    }
    if !groups.refused.is_empty() {
        let text = match report.purpose {
            Purpose::Apply => {
                format!("For what was refused, make and review a new plan with `{}`.", commands::PLAN_AGAIN)
            }
            Purpose::Rollback | Purpose::Cleanup => {
                "What was refused is looked at anew each time that the command is given.".to_owned()
            }
        };
        page.paragraph(2, &text, plain);
    }
    if open > 0 {
        go_on(page, report, open);
    }
}

/// What becomes of the sources that are kept, and how to go back to them.
fn after_kept(page: &mut Page, kept: &[&ItemId], run: &RunId, plan: &Plan) {
    page.paragraph(2, &wording::sources_kept(kept.len()), plain);
    if kept.iter().any(|id| item(plan, id).is_some_and(|item| item.cleanup)) {
        page.paragraph(2, "To delete them, once their users are content:", plain);
        page.command(4, &commands::go_on(Purpose::Cleanup, run));
    }
    page.paragraph(2, "To go back to them, which deletes the replacements:", plain);
    page.command(4, &commands::go_on(Purpose::Rollback, run));
}

fn go_on(page: &mut Page, RunReport { end, run, purpose, .. }: &RunReport, open: usize) {
    let items = counted(open, "item is", "items are");
    let advice = match end {
        RunEnd::Completed | RunEnd::Interrupted => "To go on with the run:".to_owned(),
        RunEnd::CredentialsLost { .. } => "Renew the credentials, then go on with the run:".to_owned(),
        RunEnd::JournalLost { .. } => "Make room for the journal, then go on with the run:".to_owned(),
        RunEnd::Unfinished => "Once the cause is gone, go on with the run:".to_owned(),
        RunEnd::NoRoom { .. } => {
            "Raise the quota (Service Quotas, Amazon SageMaker, L-04CE2E67), or delete the sources that were kept with \
             `remediate cleanup`; then go on with the run:"
                .to_owned()
        }
        RunEnd::PlanExpired => {
            let again = format!("Make a new plan for them with `{}`.", commands::PLAN_AGAIN);
            page.paragraph(2, &format!("{items} left to do. {again}"), plain);
            return;
        }
        RunEnd::Halted { .. } => "Remove the cause of the failures, then go on with the run:".to_owned(),
    };
    page.paragraph(2, &format!("{items} left to do. {advice}"), plain);
    page.command(4, &commands::go_on(*purpose, run));
}
