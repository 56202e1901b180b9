//! Pure: patterns such as `fraud-*`, and whether a value of the field can match one at all.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use globset::{Glob, GlobMatcher};
use regex_automata::nfa::thompson::{Config, NFA, State, Transition};
use regex_automata::util::primitives::StateID;
use regex_automata::util::syntax;

use crate::diagnostic::{Complaint, quoted};

/// A pattern for texts: a name, an instance type, a role, the value of a tag.
#[derive(Clone)]
pub struct Pattern(GlobMatcher);

/// Text that is not a pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPattern {
    /// It is far longer than any value.
    #[error("a pattern can have at most {} characters", Pattern::MAX_LENGTH)]
    TooLong,
    /// The brackets, braces or ranges make no sense.
    #[error("not a pattern: {0}")]
    Malformed(String),
}

/// What the values of a field look like. Wider than AWS's own rules is safe, narrower is not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Values {
    /// What one is: "name of a notebook instance".
    pub(super) what: &'static str,
    /// What they look like, in words.
    pub(super) look: &'static str,
    /// A regular expression that every one of them matches as a whole.
    pub(super) shape: &'static str,
}

impl Pattern {
    /// The longest pattern: longer than the value of any tag.
    pub const MAX_LENGTH: usize = 300;

    /// A pattern that some value of the field can match.
    pub(super) fn of(text: &str, values: &Values) -> Result<Pattern, Complaint> {
        let pattern: Pattern = text.parse().map_err(Complaint::new)?;
        if can_match(pattern.0.glob().regex(), values.shape) {
            return Ok(pattern);
        }
        let never = format!("{} can match no {}", quoted(text), values.what);
        Err(Complaint::new(never).help(Some(values.look.to_owned())))
    }

    /// The pattern as text.
    pub fn as_str(&self) -> &str {
        self.0.glob().glob()
    }

    /// Whether the text matches. Capital letters count.
    pub fn matches(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

/// Two patterns are the same where their texts are.
impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Pattern {}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pattern").field(&self.as_str()).finish()
    }
}

impl FromStr for Pattern {
    type Err = InvalidPattern;
    fn from_str(text: &str) -> Result<Self, InvalidPattern> {
        if text.chars().count() > Self::MAX_LENGTH {
            return Err(InvalidPattern::TooLong);
        }
        let glob = Glob::new(text).map_err(|error| InvalidPattern::Malformed(error.kind().to_string()))?;
        Ok(Self(glob.compile_matcher()))
    }
}

/// Whether there is a text that both expressions match as a whole. One that cannot be compiled decides nothing.
fn can_match(glob: &str, shape: &str) -> bool {
    let (Some(glob), Some(shape)) = (automaton(glob), automaton(shape)) else { return true };
    // Both are walked at once, from pair of states to pair of states: so many steps at most as there are pairs, whatever the
    // pattern. A text that leads both to their ends is one that both match.
    let mut seen = BTreeSet::new();
    let mut open = vec![(glob.start_anchored(), shape.start_anchored())];
    while let Some(pair) = open.pop() {
        if !seen.insert(pair) {
            continue;
        }
        let (one, other) = pair;
        match (moves(glob.state(one)), moves(shape.state(other))) {
            (Moves::End, Moves::End) => return true,
            (Moves::Free(next), _) => open.extend(next.into_iter().map(|one| (one, other))),
            (_, Moves::Free(next)) => open.extend(next.into_iter().map(|other| (one, other))),
            (Moves::By(ones), Moves::By(others)) => {
                let both = |(a, b): &(Transition, Transition)| a.start <= b.end && b.start <= a.end;
                let pairs = ones.iter().flat_map(|a| others.iter().map(|b| (*a, *b)));
                open.extend(pairs.filter(both).map(|(a, b)| (a.next, b.next)));
            }
            (Moves::End, Moves::By(_)) | (Moves::By(_), Moves::End) => {}
        }
    }
    false
}

/// As `globset` compiles its own: over bytes, with a dot for each of them.
fn automaton(expression: &str) -> Option<NFA> {
    let syntax = syntax::Config::new().utf8(false).dot_matches_new_line(true);
    let config = Config::new().utf8(false);
    NFA::compiler().syntax(syntax).configure(config).build(expression).ok()
}

/// Where a state leads.
enum Moves {
    /// To any of these, without a byte. Nowhere, if there is none.
    Free(Vec<StateID>),
    /// By bytes.
    By(Vec<Transition>),
    /// It is the end.
    End,
}

fn moves(state: &State) -> Moves {
    match state {
        State::ByteRange { trans } => Moves::By(vec![*trans]),
        State::Sparse(sparse) => Moves::By(sparse.transitions.to_vec()),
        State::Dense(dense) => {
            Moves::By((0..=u8::MAX).filter_map(|byte| Some(by(byte, dense.matches_byte(byte)?))).collect())
        }
        // The only places looked at are the two ends, and whole texts are compared.
        State::Look { look: _, next } => Moves::Free(vec![*next]),
        State::Capture { next, .. } => Moves::Free(vec![*next]),
        State::Union { alternates } => Moves::Free(alternates.to_vec()),
        State::BinaryUnion { alt1, alt2 } => Moves::Free(vec![*alt1, *alt2]),
        State::Fail => Moves::Free(Vec::new()),
        State::Match { .. } => Moves::End,
    }
}

fn by(byte: u8, next: StateID) -> Transition {
    Transition { start: byte, end: byte, next }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_matched_whole_and_with_their_capital_letters() {
        let matches = |pattern: &str, text: &str| pattern.parse::<Pattern>().unwrap().matches(text);
        assert!(matches("ml.g*", "ml.g5.xlarge") && !matches("ml.g*", "ml.t3.medium"));
        assert!(matches("*", "") && matches("", "") && !matches("", "x"));
        assert!(matches("Dev", "Dev") && !matches("dev", "Dev") && !matches("Dev", "Devs"));
        assert!(matches("team/*", "team/a/b"));
        for bad in ["[a", "{a", &"a".repeat(301)] {
            assert!(bad.parse::<Pattern>().is_err(), "{bad:?}");
        }
    }

    const DIGITS: Values = Values { what: "number", look: "a number has 2 to 4 digits", shape: "[0-9]{2,4}" };

    #[test]
    fn a_pattern_is_refused_exactly_if_no_value_of_the_field_matches_it() {
        let texts = (0..=11_111).map(|number| number.to_string()).chain(["012".to_owned()]);
        let values: Vec<String> = texts.filter(|text| (2..=4).contains(&text.len())).collect();
        for (text, possible) in [
            ("*", true),
            ("??", true),
            ("????", true),
            ("1*9", true),
            ("[0-9][!0-8]", true),
            ("{ab,1*}2", true),
            ("{a,b}*", false),
            ("*a*", false),
            ("?", false),
            ("?????", false),
            ("", false),
            ("[!0-9]*", false),
            ("12345*", false),
            ("1ä*", false),
            ("*\\**", false),
        ] {
            let pattern: Pattern = text.parse().unwrap();
            assert_eq!(values.iter().any(|value| pattern.matches(value)), possible, "{text}");
            assert_eq!(Pattern::of(text, &DIGITS).is_ok(), possible, "{text}");
        }
    }

    #[test]
    fn a_pattern_that_is_made_to_take_long_does_not() {
        let hostile = format!("{}{}", "*1".repeat(70), "?".repeat(150));
        assert!(Pattern::of(&hostile, &DIGITS).is_err());
    }
}
