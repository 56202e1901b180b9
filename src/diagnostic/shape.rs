//! Pure: what can be written under a key, as data: schemas and references are made from it.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::Literal;

/// The keys of a table, told when they are asked for: reading a file needs none of that.
pub type Keys = fn() -> Vec<KeyText>;

/// What a value can be.
#[derive(Debug, Clone)]
pub enum Shape {
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Number(RangeInclusive<i64>),
    /// A string.
    Text(Spelling),
    /// One of some words, each with what it means where that has to be said.
    Words(Vec<(&'static str, &'static str)>),
    /// A length of time.
    Length(RangeInclusive<Duration>),
    /// A date without a time.
    Day,
    /// A list of so many, no text twice.
    List(Box<Shape>, RangeInclusive<usize>),
    /// A table with these keys, and the fewest of them.
    Table(Keys, usize),
    /// A list of tables with these keys, what each is, and the table from which they have the keys that they lack.
    Tables(Keys, &'static str, Option<(&'static str, Keys)>),
    /// A table that is called that and has keys and values of its own, and the fewest of them.
    Map(&'static str, Box<(Shape, Shape)>, usize),
    /// One of both.
    Either(Box<(Shape, Shape)>),
}

/// How a string is written.
#[derive(Debug, Clone, Copy)]
pub struct Spelling {
    pub(super) what: &'static str,
    pub(super) pattern: Option<&'static str>,
    pub(super) characters: (usize, Option<usize>),
}

impl Spelling {
    /// Any string, which is called `what`: "a region".
    pub const fn any(what: &'static str) -> Spelling {
        Spelling { what, pattern: None, characters: (0, None) }
    }

    /// One that matches a regular expression, of the kind that JSON Schema has.
    pub const fn like(what: &'static str, pattern: &'static str) -> Spelling {
        Spelling { pattern: Some(pattern), ..Spelling::any(what) }
    }

    /// The same, with the fewest and the most characters.
    #[must_use]
    pub const fn characters(self, least: usize, most: usize) -> Spelling {
        Spelling { characters: (least, Some(most)), ..self }
    }
}

impl Shape {
    /// The keys of the table, or of each of the tables.
    pub fn keys(&self) -> Vec<KeyText> {
        match self {
            Shape::Table(keys, _) => keys(),
            Shape::Tables(keys, _, below) => {
                let below: Vec<String> =
                    below.iter().flat_map(|(_, keys)| keys()).map(|key| key.name).collect();
                let mark = |key: KeyText| KeyText { inherited: below.contains(&key.name), ..key };
                keys().into_iter().map(mark).collect()
            }
            Shape::Flag | Shape::Number(_) | Shape::Text(_) | Shape::Words(_) | Shape::Length(_) => {
                Vec::new()
            }
            Shape::Day | Shape::List(..) | Shape::Map(..) | Shape::Either(_) => Vec::new(),
        }
    }
}

/// What follows where a key is absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Absence {
    /// Nothing.
    Allowed,
    /// A problem.
    Refused,
    /// It is as if this stood there.
    Means(Literal),
}

/// What is told of one key.
#[derive(Debug, Clone)]
pub struct KeyText {
    /// Its name.
    pub name: String,
    /// What it is for, in Markdown.
    pub about: String,
    /// What can stand there.
    pub shape: Shape,
    /// What follows where it does not stand there.
    pub absence: Absence,
    /// What can be written.
    pub example: Option<Literal>,
    /// Whether it is a key of another table that can also stand in this one.
    pub inherited: bool,
}

impl KeyText {
    /// What stands there where the file says nothing.
    pub fn default(&self) -> Option<&str> {
        match &self.absence {
            Absence::Means(literal) => Some(literal.as_str()),
            Absence::Allowed | Absence::Refused => None,
        }
    }

    /// What it is for, in one sentence without its full stop.
    pub fn brief(&self) -> String {
        let first = self.about.split_once(". ").map_or(&*self.about, |(first, _)| first);
        first.trim_end_matches('.').replace('`', "")
    }

    /// The words that can stand there, in one line.
    pub fn choices(&self) -> Option<String> {
        let Shape::Words(words) = &self.shape else { return None };
        Some(words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(" | "))
    }

    /// What each of the words means that can stand there.
    pub(super) fn meanings(&self) -> Vec<String> {
        let shape = if let Shape::List(each, _) = &self.shape { each } else { &self.shape };
        let Shape::Words(words) = shape else { return Vec::new() };
        let told = words.iter().filter(|(_, about)| !about.is_empty());
        let one_line = |about: &str| about.split_whitespace().collect::<Vec<_>>().join(" ");
        told.map(|(word, about)| format!("`{word}`: {}", one_line(about))).collect()
    }

    pub(super) fn is_required(&self) -> bool {
        self.absence == Absence::Refused
    }
}
