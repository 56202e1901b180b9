//! Pure: broken syntax: one problem for one slip, and no problems that merely follow from it.

use std::collections::BTreeSet;

use toml::de::{DeTable, DeValue, Error};

use super::{Place, Problem};

/// More errors than this are those of a file that is not TOML at all; looking at each would only take time.
const MOST_ERRORS: usize = 1_000;

/// A slip in the syntax, and how far what was read can have been distorted by it.
#[derive(Debug)]
pub(super) struct Slip {
    problem: Problem,
    extent: Place,
}

/// The slips that the parser's errors stand for.
///
/// The parser goes on after an error, and one bracket that is missing makes it complain about every line up to
/// the end of the file. What it says within one value, or on one line, is therefore one slip.
pub(super) fn slips(text: &str, root: &DeTable<'_>, errors: &[Error]) -> Vec<Slip> {
    let mut values = Vec::new();
    collect_values(root, &mut values);
    let value_at = |place: Place| values.iter().copied().find(|value| value.holds(place));
    let mut complaints: Vec<Problem> =
        errors.iter().take(MOST_ERRORS).map(|error| complaint(text, error)).collect();
    complaints.sort_by_key(|problem| problem.place);
    let mut slips = Vec::new();
    if let Some(extent) = swallowed(text, &complaints, value_at) {
        let (inside, outside) = complaints.into_iter().partition(|problem| extent.holds(problem.place));
        slips.extend(unclosed(extent, inside));
        complaints = outside;
    }
    let mut broken_header = false;
    for problem in complaints {
        let duplicate = problem.message == "duplicate key";
        if broken_header && duplicate {
            continue; // The parser took the broken header for another one.
        }
        if slips.iter().any(|slip: &Slip| slip.extent.holds(problem.place)) {
            continue;
        }
        let mut extent = lines_of(text, value_at(problem.place).unwrap_or(problem.place));
        if ["unclosed table", "unclosed array table"].iter().any(|start| problem.message.starts_with(start)) {
            extent = to_next_header(text, extent);
        }
        broken_header |= !duplicate && text.get(extent.start()..).is_some_and(|lines| lines.starts_with('['));
        slips.push(Slip { problem, extent });
    }
    slips
}

/// What the parser says, or what it means where that says little: numbers that are none, such as an account's, are known to
/// begin with 0.
fn complaint(text: &str, error: &Error) -> Problem {
    let place = error.span().map_or(Place::START, Place::from);
    if !error.message().starts_with("unexpected leading zero") {
        return Problem::at(place, error.message());
    }
    let rest = text.get(place.start()..).unwrap_or_default();
    let digits = rest.find(|c: char| !c.is_ascii_digit()).map_or(rest, |end| &rest[..end]);
    let place = (place.start()..place.start() + digits.len()).into();
    Problem::at(place, "a number cannot begin with 0").help(format!("put it in quotes: \"{digits}\""))
}

/// Adds the place of every value that is written in one piece, the outer before the inner.
fn collect_values(table: &DeTable<'_>, places: &mut Vec<Place>) {
    for value in table.values() {
        places.push(value.span().into());
        match value.get_ref() {
            DeValue::Table(inner) => collect_values(inner, places),
            DeValue::Array(items) => {
                for inner in items.iter().filter_map(|item| item.get_ref().as_table()) {
                    collect_values(inner, places);
                }
            }
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_) => {}
        }
    }
}

/// What an array or inline table without its end took in: from its start to where the parser gave up.
fn swallowed(text: &str, complaints: &[Problem], value_at: impl Fn(Place) -> Option<Place>) -> Option<Place> {
    let end = complaints.iter().rfind(|problem| is_unclosed(problem))?.place;
    let many_lines = |value: &Place| {
        text.get(value.start()..value.end()).is_some_and(|written| written.trim_end().contains('\n'))
    };
    let culprit = complaints
        .iter()
        .filter_map(|problem| value_at(problem.place))
        .find(many_lines)
        .or_else(|| value_at(end))
        .unwrap_or_else(|| lines_of(text, end));
    Some((culprit.start().min(end.start())..end.end()).into())
}

fn is_unclosed(problem: &Problem) -> bool {
    ["unclosed array,", "unclosed inline table,"].iter().any(|start| problem.message.starts_with(start))
}

/// The one slip behind all the complaints about a value without its end: something else that was wrong with
/// it first, such as a missing quote, else that it has no end.
fn unclosed(extent: Place, complaints: Vec<Problem>) -> Option<Slip> {
    let follows = |problem: &Problem| {
        is_unclosed(problem)
            || ["missing comma", "missing key for inline", "unexpected `=`", "extra assignment"]
                .iter()
                .any(|start| problem.message.starts_with(start))
    };
    let first = complaints.first()?;
    let problem = if follows(first) {
        let missing_end = complaints.iter().find(|problem| is_unclosed(problem)).unwrap_or(first);
        Problem { place: extent, ..missing_end.clone() }
    } else {
        first.clone()
    };
    Some(Slip { problem, extent })
}

/// Adds what the readers found to the broken syntax, except for what may merely follow from something else.
pub(super) fn merge(slips: Vec<Slip>, found: Vec<Problem>) -> Vec<Problem> {
    let wrong: BTreeSet<Place> =
        found.iter().filter(|problem| !problem.is_conclusion).map(|problem| problem.place).collect();
    let first_hand = |problem: &Problem| {
        if problem.is_conclusion {
            slips.is_empty() && !wrong.contains(&problem.place)
        } else {
            !slips.iter().any(|slip| slip.extent.holds_start(problem.place))
        }
    };
    let found: Vec<Problem> = found.into_iter().filter(first_hand).collect();
    let alone = found.iter().any(|problem| problem.stands_alone);
    let mut all: Vec<Problem> = slips.into_iter().map(|slip| slip.problem).collect();
    all.extend(found.into_iter().filter(|problem| problem.stands_alone || !alone));
    // A value that is read for several tables, or looked at twice, is wrong once.
    let mut said = BTreeSet::new();
    all.retain(|problem| said.insert((problem.place, problem.message.clone())));
    all
}

/// The whole lines that a place is on.
fn lines_of(text: &str, place: Place) -> Place {
    let start = text.get(..place.start()).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
    let length = text.get(place.end()..).and_then(|after| after.find('\n'));
    (start..length.map_or(text.len(), |length| place.end() + length)).into()
}

/// The place, and what follows it up to the next line that starts a table.
fn to_next_header(text: &str, place: Place) -> Place {
    let length = text.get(place.end()..).and_then(|after| after.find("\n["));
    (place.start()..length.map_or(text.len(), |length| place.end() + length)).into()
}
