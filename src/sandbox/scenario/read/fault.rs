//! `[[fault]]`: what goes wrong.

use std::time::Duration;

use globset::{Glob, GlobMatcher};

use crate::diagnostic::{Complaint, Problem, Table, closest, quoted};
use crate::sandbox::fault::FaultRule;
use crate::sandbox::scenario::kind::{ACTS, Kind};
use crate::sandbox::service;
use crate::sandbox::world::OutsiderAct;

use super::known::{Known, MOST_ENTRIES, absent_or};
use super::words;

/// The longest that AWS lets a reason be (botocore 1.44.5).
const LONGEST_REASON: usize = 1024;

pub(super) fn read(table: &Table<'_>, known: &Known) -> Option<FaultRule> {
    let kind = table.field("kind").required_with("kind = \"throttle\"").choice(&Kind::WORDS, &[]);
    let operation = absent_or(table.field("operation"), |field| {
        field.parsed_by(|text| match kind {
            Some(kind) => check_operation(kind, text),
            None => Ok(text.to_owned()),
        })
    });
    let regions = absent_or(table.field("regions"), |field| {
        let found = field.list_by(1..=MOST_ENTRIES, |text| known.region(text))?;
        found.into_iter().collect::<Option<Vec<_>>>()
    });
    let names = absent_or(table.field("names"), |field| field.list_by(1..=MOST_ENTRIES, glob));
    let percent = absent_or(table.field("percent"), |field| field.integer(1..=100_u32));
    let after = absent_or(table.field("after"), |field| field.integer(0..=u32::MAX));
    let times = absent_or(table.field("times"), |field| field.integer(1..=u32::MAX));
    let details = details(table, kind);
    let (kind, operation) = (kind?, operation?);
    let (reason, delay, act) = details?;
    if operation.is_none() && kind.default_operation().is_none() && kind.operations().is_some() {
        let problem =
            Problem::at(table.place(), format!("a fault of the kind `{}` needs an `operation`", kind.word()));
        table.report(problem.help("operation = \"StopNotebookInstance\"").conclusion());
        return None;
    }
    Some(FaultRule {
        fault: kind.fault(reason, delay, act),
        operation: operation.or(kind.default_operation().map(str::to_owned)),
        regions: regions?,
        names: names?,
        percent: percent?.unwrap_or(100),
        after: after?.unwrap_or(0),
        times: times?,
    })
}

/// What only some kinds have.
type Details = (Option<String>, Option<Duration>, Option<OutsiderAct>);

fn details(table: &Table<'_>, kind: Option<Kind>) -> Option<Details> {
    let help = format!("what somebody else does: {}", ACTS.map(|(word, _)| format!("\"{word}\"")).join(", "));
    let (reason, delay, mut act) = (table.field("reason"), table.field("delay"), table.field("act"));
    let belongs = [
        (reason, "reason", &[Kind::Fails][..]),
        (delay, "delay", &[Kind::Slow, Kind::Outsider][..]),
        (act, "act", &[Kind::Outsider][..]),
    ];
    let mut good = true;
    for (field, key, kinds) in belongs {
        let Some((place, kind)) = field.place().zip(kind) else { continue };
        if !kinds.contains(&kind) {
            let of: Vec<&str> = kinds.iter().map(|kind| kind.word()).collect();
            let problem =
                Problem::at(place, format!("`{key}` says nothing for a fault of the kind `{}`", kind.word()));
            table.report(problem.help(format!("it is for: {}", of.join(", "))));
            good = false;
        }
    }
    if kind == Some(Kind::Outsider) {
        act = act.required_with(&help);
    }
    let reason = absent_or(reason, |field| {
        field.parsed_by(|text| match text.chars().count() {
            1..=LONGEST_REASON => Ok(text.to_owned()),
            _ => Err(Complaint::new(format!("a reason has 1 to {LONGEST_REASON} characters"))),
        })
    });
    let delay = absent_or(delay, |field| field.parsed_by(words::delay));
    let act = absent_or(act, |field| field.choice(&ACTS, &[]))?;
    good &= kind != Some(Kind::Outsider) || act.is_some();
    let details = (reason?, delay?, act);
    good.then_some(details)
}

/// A pattern for names.
fn glob(text: &str) -> Result<GlobMatcher, Complaint> {
    let possible = |c: char| c.is_ascii_alphanumeric() || "-*?[]{},!".contains(c);
    if let Some(c) = text.chars().find(|c| !possible(*c)) {
        let shown = quoted(&c.to_string());
        return Err(Complaint::new(format!(
            "{shown} cannot be in a name, so that the pattern would never match"
        )));
    }
    if text.is_empty() || text.len() > 200 {
        return Err(Complaint::new("a pattern has 1 to 200 characters"));
    }
    let glob = Glob::new(text).map_err(|error| Complaint::new(format!("not a pattern: {}", error.kind())))?;
    Ok(glob.compile_matcher())
}

/// An operation that a kind of fault can strike.
pub(in crate::sandbox::scenario) fn check_operation(kind: Kind, text: &str) -> Result<String, Complaint> {
    let all = service::all_operations();
    let possible = kind.operations().unwrap_or(&all);
    if possible.contains(&text) {
        return Ok(text.to_owned());
    }
    if all.contains(&text) {
        let message = format!("a fault of the kind `{}` cannot strike {text}", kind.word());
        return Err(Complaint::new(message).help(Some(format!("it can strike: {}", possible.join(", ")))));
    }
    let near = closest(text, possible.iter().copied()).map(|near| format!("did you mean `{near}`?"));
    Err(Complaint::new(format!("{} is not an operation of the sandbox", quoted(text))).help(near))
}
