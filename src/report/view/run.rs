//! Pure: how a run ended: what was done, what was not, what is left, and what to do next.

use std::collections::BTreeMap;

use super::advice::{after_failed_repair, after_failure, item, repair};
use super::overview::withheld;
use crate::execute::{ItemReport, ItemResult, RunReport};
use crate::ids::{InstanceName, ItemId, RunId};
use crate::journal::{Left, Note, Outcome, Purpose, RunEnd};
use crate::plan::Plan;
use crate::report::document::{
    Block, Document, Field, Text, Tone, field, field_of, paragraph, section, section_of,
};
use crate::report::{commands, wording};
use crate::text::{capitalized, commas, counted};

/// The summary of a run.
pub fn run_summary(report: &RunReport, plan: &Plan) -> Document {
    let RunReport { format_version: _, run, purpose, end, items } = report;
    let tone = if *end == RunEnd::Completed { Tone::Strong } else { Tone::Bad };
    let heading = format!("{}run {run} {}", wording::purpose(*purpose), wording::run_end(end));
    let groups = Groups::of(items);
    let counts = Text::from(format!("{}.", groups.counts(items.len()))).toned(Tone::Strong);
    let well = [groups.done(), groups.repaired(), groups.already_done(), groups.rolled_back()];
    // So that nobody takes the run for the whole.
    let withheld = (*purpose == Purpose::Apply).then(|| withheld(plan)).flatten();
    let blocks = well.into_iter().flatten().chain(groups.not_done(report, plan)).chain(withheld);
    Document {
        title: Some(Text::from(capitalized(&heading)).toned(tone)),
        blocks: std::iter::once(paragraph(counts)).chain(blocks).chain(next(&groups, report, plan)).collect(),
        ..Document::default()
    }
}

/// The same in short: how many items have which result, and what went wrong.
pub fn run_overview(report: &RunReport, plan: &Plan) -> Document {
    let groups = Groups::of(&report.items);
    let well = groups.done.len() + groups.repaired.len() + groups.already_done.len();
    let well = well == report.items.len();
    let counts = Text::from(format!("{}.", groups.counts(report.items.len())));
    let counts = paragraph(counts.toned(if well { Tone::Good } else { Tone::Bad }));
    Document {
        blocks: std::iter::once(counts).chain(groups.not_done(report, plan)).collect(),
        ..Document::default()
    }
}

/// The items by their results, each group in the plan's order.
#[derive(Debug, Default)]
struct Groups<'a> {
    done: Vec<(&'a ItemId, &'a InstanceName, bool, Vec<String>)>,
    repaired: Vec<(&'a ItemId, Vec<String>)>,
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
            Outcome::Repaired { notes } => self.repaired.push((id, said(notes))),
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
            (self.repaired.len(), "repaired in place"),
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

    fn done(&self) -> Option<Block> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for note in self.done.iter().flat_map(|(.., notes)| notes) {
            *counts.entry(note).or_default() += 1;
        }
        let one = |(id, replacement, source_deleted, notes): &(&ItemId, &InstanceName, bool, Vec<String>)| {
            let deleted = if *source_deleted { " (source deleted)" } else { "" };
            let own = notes.iter().filter(|note| counts[note.as_str()] == 1);
            ended_well(Text::from(id.to_string()).to(replacement).plain(deleted), own)
        };
        let shared = counts.iter().filter(|(_, count)| **count > 1);
        let shared = shared.map(|(note, count)| paragraph(format!("Note on {count} of them: {note}.")));
        section_of(format!("Done ({})", self.done.len()), &self.done, |done| {
            done.iter().map(one).chain(shared).collect()
        })
    }

    fn repaired(&self) -> Option<Block> {
        section_of(format!("Repaired in place ({})", self.repaired.len()), &self.repaired, |list| {
            list.iter().map(|(id, notes)| ended_well(id.to_string().into(), notes.iter())).collect()
        })
    }

    fn already_done(&self) -> Option<Block> {
        let heading = format!("Already done by an earlier run ({})", self.already_done.len());
        let one = |(id, replacement): &(&ItemId, &InstanceName)| Text::from(id.to_string()).to(replacement);
        section_of(heading, &self.already_done, |done| vec![Block::Bullets(done.iter().map(one).collect())])
    }

    fn rolled_back(&self) -> Option<Block> {
        section_of(format!("Rolled back ({})", self.rolled_back.len()), &self.rolled_back, |list| {
            let one = |(id, replacement_deleted, notes): &(&ItemId, bool, Vec<String>)| {
                let deleted = if *replacement_deleted { " (replacement deleted)" } else { "" };
                ended_well(format!("{id}{deleted}").into(), notes.iter())
            };
            list.iter().map(one).collect()
        })
    }

    fn not_done(&self, report: &RunReport, plan: &Plan) -> impl Iterator<Item = Block> {
        let headed = |words: &str, count: usize| format!("{words} ({count})");
        let refused = headed("Refused, nothing was changed", self.refused.len());
        let refused = section_of(refused, &self.refused, |list| {
            let one =
                |(id, why): &(&ItemId, String)| ended(id, Tone::Warning, vec![field("why", why.as_str())]);
            list.iter().map(one).collect()
        });
        let failed = section_of(headed("Failed", self.failed.len()), &self.failed, |list| {
            let one = |(id, why, left): &(&ItemId, String, &Left)| {
                let advice = match repair(plan, id) {
                    Some(item) => after_failed_repair(item, left, report.purpose),
                    None => after_failure(id, left, item(plan, id), (report.purpose, &report.run)),
                };
                let next = field_of("next", advice);
                ended(id, Tone::Bad, vec![field("why", why.as_str()), left_of(id, left, plan), next])
            };
            list.iter().map(one).collect()
        });
        let unfinished = section_of(headed("Unfinished", self.unfinished.len()), &self.unfinished, |list| {
            let one = |(id, why, left): &(&ItemId, String, &Left)| {
                ended(id, Tone::Warning, vec![field("why", why.as_str()), left_of(id, left, plan)])
            };
            list.iter().map(one).collect()
        });
        let not_started = headed("Not started, nothing was changed", self.not_started.len());
        let not_started = section_of(not_started, &self.not_started, |list| {
            vec![Block::Bullets(list.iter().map(|id| id.to_string().into()).collect())]
        });
        [refused, failed, unfinished, not_started].into_iter().flatten()
    }
}

fn ended_well<'a>(heading: Text, notes: impl Iterator<Item = &'a String>) -> Block {
    let notes: Vec<Field> = notes.map(|note| field("note", note.as_str())).collect();
    section(heading.toned(Tone::Good), if notes.is_empty() { Vec::new() } else { vec![Block::Fields(notes)] })
}

fn ended(id: &ItemId, tone: Tone, fields: Vec<Field>) -> Block {
    section(Text::from(id.to_string()).toned(tone), vec![Block::Fields(fields)])
}

fn left_of(id: &ItemId, left: &Left, plan: &Plan) -> Field {
    let Left { source, replacement } = left;
    let named =
        item(plan, id).map(|item| format!(" {}", item.request.notebook_instance_name)).unwrap_or_default();
    let source = format!("source {}", wording::presence(source));
    if repair(plan, id).is_some() {
        return field_of("left", vec![Block::Bullets(vec![source.into()])]);
    }
    let replacement = format!("replacement{named} {}", wording::presence(replacement));
    field_of("left", vec![Block::Bullets(vec![source.into(), replacement.into()])])
}

fn next(groups: &Groups<'_>, report: &RunReport, plan: &Plan) -> Option<Block> {
    let kept: Vec<&ItemId> =
        groups.done.iter().filter(|(_, _, deleted, _)| !deleted).map(|(id, ..)| *id).collect();
    let open = groups.unfinished.len() + groups.not_started.len();
    let mut blocks = Vec::new();
    if !kept.is_empty() {
        blocks.extend(after_kept(&kept, &report.run, plan));
    }
    if !groups.refused.is_empty() {
        blocks.push(paragraph(match report.purpose {
            Purpose::Apply => {
                Text::prose("For what was refused, make and review a new plan with `remediate plan`.")
            }
            Purpose::Rollback | Purpose::Cleanup => {
                "What was refused is looked at anew each time that the command is given.".into()
            }
        }));
    }
    if open > 0 {
        blocks.extend(go_on(report, open));
    }
    (!blocks.is_empty()).then(|| section("Next", blocks))
}

/// What becomes of the sources that are kept, and how to go back to them.
fn after_kept(kept: &[&ItemId], run: &RunId, plan: &Plan) -> Vec<Block> {
    let command = |purpose| Block::Commands(vec![commands::go_on(purpose, run)]);
    let mut blocks = vec![paragraph(wording::sources_kept(kept.len()))];
    if kept.iter().any(|id| item(plan, id).is_some_and(|item| item.cleanup)) {
        blocks
            .extend([paragraph("To delete them, once their users are content:"), command(Purpose::Cleanup)]);
    }
    let back = paragraph("To go back to them, which deletes the replacements:");
    blocks.extend([back, command(Purpose::Rollback)]);
    blocks
}

fn go_on(RunReport { end, run, purpose, .. }: &RunReport, open: usize) -> Vec<Block> {
    let items = Text::from(format!("{} left to do. ", counted(open, "item is", "items are")));
    let advice = match end {
        RunEnd::Completed | RunEnd::Interrupted => "To go on with the run:",
        RunEnd::CredentialsLost { .. } => "Renew the credentials, then go on with the run:",
        RunEnd::JournalLost { .. } => "Make room for the journal, then go on with the run:",
        RunEnd::Unfinished => "Once the cause is gone, go on with the run:",
        RunEnd::NoRoom { .. } => {
            "Raise the quota (Service Quotas, Amazon SageMaker, L-04CE2E67), or delete the sources that were kept with \
             `remediate cleanup`; then go on with the run:"
        }
        RunEnd::PlanExpired => {
            return vec![paragraph(
                items.join(Text::prose("Make a new plan for them with `remediate plan`.")),
            )];
        }
        RunEnd::Halted { .. } => "Remove the cause of the failures, then go on with the run:",
    };
    let advice = paragraph(items.join(Text::prose(advice)));
    vec![advice, Block::Commands(vec![commands::go_on(*purpose, run)])]
}
