//! Pure: what transfers have left in their bucket, item by item.

use std::time::Duration;

use jiff::Timestamp;

use crate::report::document::{Block, Document, Text, Tone, field, paragraph, section};
use crate::report::wording;
use crate::text::{counted, duration};
use crate::transfer::{AttemptFound, AttemptState, DataReport, ItemData, ManifestDifference, TransfersSeen};

/// Differences that are listed; all are counted.
const LISTED: usize = 20;

/// What was found.
pub fn data(report: &DataReport) -> Document {
    let DataReport { plan, run, account, now, inside, expire_after, items } = report;
    let proven = items.iter().filter(|item| item.is_proven()).count();
    let answer =
        format!("{}: {proven} proven, {} not", counted(items.len(), "item", "items"), items.len() - proven);
    let mut blocks: Vec<Block> = items.iter().map(|one| item(one, *inside, *now)).collect();
    let mut facts = vec![field("plan", plan.as_str()), field("account", account.as_str())];
    facts.extend(run.as_ref().map(|run| field("run", run.as_str())));
    blocks.extend(expire_after.map(|days| lifecycle(report, days)));
    Document {
        facts,
        answer: vec![paragraph(Text::from(answer).toned(Tone::Strong))],
        blocks,
        ..Document::default()
    }
}

fn item(one: &ItemData, inside: bool, now: Timestamp) -> Block {
    let ItemData { item, bucket, prefix, seen } = one;
    let place = paragraph(Text::code(format!("s3://{bucket}/{prefix}/")));
    let (words, tone, more) = match seen {
        Ok(seen) => {
            let words = wording::standing(seen.transfers.standing());
            (words, if one.is_proven() { Tone::Good } else { Tone::Bad }, found(seen, inside, now))
        }
        Err(error) => (format!("unknown: {}", wording::api_error(error)), Tone::Warning, Vec::new()),
    };
    let heading = Text::from(format!("{item}: {words}")).toned(tone);
    section(heading, std::iter::once(place).chain(more).collect())
}

fn found(seen: &TransfersSeen, inside: bool, now: Timestamp) -> Vec<Block> {
    let TransfersSeen { transfers, totals, manifests, differences } = seen;
    let row = |attempt: &AttemptFound| {
        let (state, why) = wording::attempt_state(attempt, now);
        let total = totals.get(&attempt.name).copied().unwrap_or_default();
        vec![
            attempt.name.to_string().into(),
            Text::from(state).toned(tone(&attempt.state)),
            age(attempt, now).into(),
            total.parts.to_string().into(),
            wording::bytes(total.bytes).into(),
            why.into(),
        ]
    };
    let rows: Vec<Vec<Text>> = transfers.attempts.iter().map(row).collect();
    let mut blocks = Vec::new();
    if !rows.is_empty() {
        blocks.push(Block::Table(&["Attempt", "State", "Age", "Parts", "Stored", "Found"], rows));
    }
    if inside {
        let line = |(name, read): (&crate::transfer::AttemptName, &Result<u64, _>)| match read {
            Ok(entries) => Text::from(format!("{name}: manifest read, {entries} entries")),
            Err(why) => {
                let words = format!("{name}: manifest not read: {}", wording::manifest_unread(why));
                Text::from(words).toned(Tone::Warning)
            }
        };
        let lines: Vec<Text> = manifests.iter().map(line).collect();
        blocks.extend((!lines.is_empty()).then_some(Block::Bullets(lines)));
    }
    match differences {
        Some(Ok(list)) => blocks.push(differing(list)),
        Some(Err(why)) => {
            let words = format!("The files that differ are not known: {}", wording::manifest_unread(why));
            blocks.push(paragraph(Text::from(words).toned(Tone::Warning)));
        }
        None => {}
    }
    blocks
}

fn differing(list: &[ManifestDifference]) -> Block {
    let mut lines: Vec<Text> = list.iter().take(LISTED).map(|one| wording::difference(one).into()).collect();
    let more = list.len().saturating_sub(LISTED);
    lines.extend((more > 0).then(|| Text::from(format!("{more} more: --format json lists all"))));
    section(format!("Files that differ ({})", list.len()), vec![Block::Bullets(lines)])
}

fn tone(state: &AttemptState) -> Tone {
    match state {
        AttemptState::Running(_) => Tone::Plain,
        AttemptState::Unproven(_) => Tone::Bad,
        AttemptState::Proven(_) => Tone::Good,
    }
}

fn age(attempt: &AttemptFound, now: Timestamp) -> String {
    let age = attempt.age(now).and_then(|age| Duration::try_from(age).ok());
    age.map_or_else(|| "unknown".to_owned(), duration)
}

/// Nobody but the user deletes the objects: how they can have that done.
fn lifecycle(report: &DataReport, days: u32) -> Block {
    let mut blocks = vec![paragraph(format!(
        "remediate deletes none of these objects: delete them yourself, or add the rules below to the lifecycle \
         configuration of the bucket, which then deletes them after {}. put-bucket-lifecycle-configuration replaces all rules of a bucket, so \
         keep those that it has.",
        counted(usize::try_from(days).unwrap_or(usize::MAX), "day", "days")
    ))];
    for (bucket, rules) in report.lifecycle_rules(days) {
        blocks.push(paragraph(format!("{bucket}:")));
        blocks.push(Block::Commands(rules.iter().map(ToString::to_string).collect()));
    }
    section("Who deletes the objects", blocks)
}
