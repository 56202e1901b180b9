//! Pure: an examination: the way to AWS, the permissions, and what was not tried.

use std::collections::{BTreeMap, BTreeSet};

use crate::doctor::{CheckState, DoctorCheck, DoctorReport, DoctorSetting, DoctorTotals, Subject};
use crate::report::document::{Block, Document, Text, Tone, paragraph, section, section_of};
use crate::text::{commas, counted, noun};

/// An examination.
pub fn doctor(report: &DoctorReport) -> Document {
    let DoctorReport { format_version: _, account: _, regions: _, settings, checks, totals } = report;
    let (untried, tried): (Vec<&DoctorCheck>, Vec<&DoctorCheck>) =
        checks.iter().partition(|check| check.state == CheckState::NotProbed);
    let connection = table(&["Connection", "State", "Found"], Subject::Connection, &tried);
    let permission = table(&["Permission", "State", "Found"], Subject::Permission, &tried);
    let tables = [connection, permission].into_iter().flatten();
    Document {
        answer: vec![answer(*totals)],
        blocks: in_force(settings)
            .into_iter()
            .chain(tables)
            .chain(not_probed(&untried))
            .chain(commands(checks))
            .collect(),
        ..Document::default()
    }
}

/// What is set of the network, and the names of what is not.
fn in_force(settings: &[DoctorSetting]) -> Vec<Block> {
    let row = |one: &DoctorSetting| {
        let (value, source) = one.value.as_deref().zip(one.source.as_deref())?;
        Some(vec![one.name.as_str().into(), value.into(), source.into()])
    };
    let rows: Vec<Vec<Text>> = settings.iter().filter_map(row).collect();
    let unset: Vec<&str> = settings.iter().filter(|one| one.value.is_none()).map(|one| &*one.name).collect();
    let table = (!rows.is_empty()).then_some(Block::Table(&["Setting", "Value", "From"], rows));
    let not_set = (!unset.is_empty()).then(|| paragraph(format!("not set: {}", commas(&unset))));
    table.into_iter().chain(not_set).collect()
}

fn table(head: &'static [&'static str], subject: Subject, tried: &[&DoctorCheck]) -> Option<Block> {
    let row = |check: &&DoctorCheck| {
        let state = Text::from(check.state.as_str()).toned(tone(check.state));
        vec![check.name.as_str().into(), state, said(check).into()]
    };
    let rows: Vec<Vec<Text>> = tried.iter().filter(|check| check.subject == subject).map(row).collect();
    (!rows.is_empty()).then_some(Block::Table(head, rows))
}

/// What was found, and what to do. What to do about a permission is a command, which stands below.
fn said(check: &DoctorCheck) -> String {
    let DoctorCheck { name: _, subject, state, needed, roles: _, detail, advice } = check;
    let weight = (*state == CheckState::Missing && !needed).then_some("can be done without");
    let advice = advice.as_deref().filter(|_| *subject == Subject::Connection);
    let parts = [Some(detail.as_str()).filter(|text| !text.is_empty()), weight, advice];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// The commands that print what allows what is missing, or was not tried.
fn commands(checks: &[DoctorCheck]) -> Option<Block> {
    let permissions = checks.iter().filter(|check| check.subject == Subject::Permission);
    let commands: BTreeSet<&str> = permissions.filter_map(|check| check.advice.as_deref()).collect();
    let commands: Vec<String> = commands.into_iter().map(str::to_owned).collect();
    let heading = noun(commands.len(), "This prints the least policy", "These print the least policies");
    section_of(heading, &commands, |commands| vec![Block::Commands(commands.to_vec())])
}

fn tone(state: CheckState) -> Tone {
    match state {
        CheckState::Ok | CheckState::NotProbed => Tone::Plain,
        CheckState::Warning | CheckState::Unknown => Tone::Warning,
        CheckState::Missing => Tone::Bad,
    }
}

/// Many have the same reason: a section each.
fn not_probed(checks: &[&DoctorCheck]) -> impl Iterator<Item = Block> {
    let mut reasons: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for check in checks {
        reasons.entry(said(check)).or_default().push(&check.name);
    }
    let one = |(reason, names): (String, Vec<&str>)| {
        section(format!("Not probed ({}): {reason}", names.len()), vec![paragraph(commas(&names))])
    };
    reasons.into_iter().map(one).collect::<Vec<_>>().into_iter()
}

fn answer(totals: DoctorTotals) -> Block {
    let DoctorTotals { ok, not_probed, warnings, unknown, missing } = totals;
    let count = counted(ok + not_probed + warnings + unknown + missing, "check", "checks");
    let parts = [
        (missing, "missing"),
        (unknown, "unknown"),
        (warnings, "with a warning"),
        (not_probed, "not probed"),
    ];
    let parts = parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    let all: Vec<String> = std::iter::once(format!("{ok} ok")).chain(parts).collect();
    paragraph(Text::from(format!("{count}: {}", commas(&all))).toned(Tone::Strong))
}
