//! Pure: a table that remembers which of its keys were asked for.

use std::cell::RefCell;
use std::collections::BTreeSet;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::Notes;
use super::similar::{closest, did_you_mean};
use super::{Place, Problem, quoted};

/// A table of the file.
///
/// Ask it for each key that may be in it, through [`Table::field`]. What was not asked for is reported as
/// unknown when the function that reads the table returns.
#[derive(Debug)]
pub struct Table<'a> {
    /// What messages call it: "`[scope]`"; empty for the root.
    label: String,
    place: Place,
    entries: &'a DeTable<'a>,
    /// What stands for keys that it does not have.
    below: Option<&'a DeTable<'a>>,
    known: RefCell<BTreeSet<String>>,
    /// Keys that are refused by name: known, but never to be suggested.
    later: RefCell<BTreeSet<String>>,
    /// Required keys that are absent, unless one of the unknown keys turns out to be meant for them.
    missing: RefCell<Vec<(String, Problem)>>,
    notes: &'a Notes,
}

/// The value under one key of a table, or its absence.
///
/// Its readers return `None` when the key is absent (which is no problem unless [`Field::required`] was asked
/// for), and when the value is not what was wanted (which is recorded as a problem).
#[derive(Debug, Clone, Copy)]
pub struct Field<'t> {
    pub(super) table: &'t Table<'t>,
    pub(super) key: &'t str,
    pub(super) value: Option<&'t Spanned<DeValue<'t>>>,
    pub(super) part: Part,
}

/// Whether a field is what a key stands for, or one entry of the list that it stands for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    Whole,
    Entry,
}

impl<'a> Table<'a> {
    /// The table that is the whole file.
    pub(super) fn root(entries: &'a DeTable<'a>, notes: &'a Notes) -> Self {
        Self::new(String::new(), Place::START, entries, notes)
    }

    fn new(label: String, place: Place, entries: &'a DeTable<'a>, notes: &'a Notes) -> Self {
        let (known, later, missing) = Default::default();
        Self { label, place, entries, below: None, known, later, missing, notes }
    }

    /// The table under a key of this one. `brackets` is for how headers at the top of the file write it.
    pub(super) fn child(
        &'a self,
        key: &str,
        place: Place,
        entries: &'a DeTable<'a>,
        brackets: (&str, &str),
    ) -> Self {
        let label = if self.label.is_empty() {
            format!("`{}{key}{}`", brackets.0, brackets.1)
        } else {
            format!("`{key}`")
        };
        Self::new(label, place, entries, self.notes)
    }

    /// The same table with another one below it.
    pub(super) fn over(self, below: Option<&'a DeTable<'a>>) -> Self {
        Self { below, ..self }
    }

    /// The table under a key, if one is there.
    pub(super) fn entries_of(&self, key: &str) -> Option<&'a DeTable<'a>> {
        self.entries.get(key)?.get_ref().as_table()
    }

    /// Lets `build` read the table, then reports the keys that it did not ask for.
    pub(super) fn read<T>(self, build: impl FnOnce(&Table<'_>) -> Option<T>) -> Option<T> {
        let built = build(&self);
        let meant = self.report_unknown();
        for (key, problem) in self.missing.take() {
            if !meant.contains(&key) {
                self.report(problem);
            }
        }
        built
    }

    /// The value under a key, if it is there.
    pub fn field<'t>(&'t self, key: &'t str) -> Field<'t> {
        self.known.borrow_mut().insert(key.to_owned());
        let value = self.entries.get(key).or_else(|| self.below?.get(key));
        Field { table: self, key, value, part: Part::Whole }
    }

    /// Refuses keys whose behaviour this version does not have: ignoring them would be a lie.
    pub fn later(&self, keys: &[&str]) {
        for key in keys {
            self.later.borrow_mut().insert((*key).to_owned());
            if let Some((found, _)) = self.entries.get_key_value(*key) {
                self.report(Problem::at(found.span().into(), format!("`{key}` is not supported yet")));
            }
        }
    }

    /// Every key of the table with the place of its name. All of them count as asked for.
    pub fn keys(&self) -> Vec<(String, Place)> {
        let keys: Vec<(String, Place)> =
            self.entries.keys().map(|key| (key.get_ref().to_string(), key.span().into())).collect();
        self.known.borrow_mut().extend(keys.iter().map(|(key, _)| key.clone()));
        keys
    }

    /// Where the value under `inner` is, in the table under `key`.
    pub fn place_in(&self, key: &str, inner: &str) -> Option<Place> {
        self.entries_of(key)?.get(inner).map(|value| value.span().into())
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Where it is: its header, or its braces; the start of the file for the root.
    pub fn place(&self) -> Place {
        self.place
    }

    /// Whether no problem has been recorded in the file so far.
    pub fn is_right_so_far(&self) -> bool {
        self.notes.borrow().is_empty()
    }

    /// Records a problem.
    pub fn report(&self, problem: Problem) {
        self.notes.borrow_mut().push(problem);
    }

    /// " in `[scope]`", or nothing for the root.
    pub(super) fn within(&self) -> String {
        if self.label.is_empty() { String::new() } else { format!(" in {}", self.label) }
    }

    /// Records that a required key is absent.
    pub(super) fn report_missing(&self, key: &str, problem: Problem) {
        self.missing.borrow_mut().push((key.to_owned(), problem));
    }

    /// Reports the keys that nobody asked for, and returns the keys that they were probably meant to be.
    fn report_unknown(&self) -> BTreeSet<String> {
        let known = self.known.borrow();
        let later = self.later.borrow();
        let absent: Vec<&str> =
            known.iter().map(String::as_str).filter(|key| !self.entries.contains_key(*key)).collect();
        let mut meant = BTreeSet::new();
        for key in self.entries.keys() {
            let name: &str = key.get_ref();
            if known.contains(name) || later.contains(name) {
                continue;
            }
            let message = format!("unknown key {}{}", quoted(name), self.within());
            let help = did_you_mean(name, absent.iter().copied());
            meant.extend(closest(name, absent.iter().copied()).map(str::to_owned));
            self.report(Problem::at(key.span().into(), message).help_if(help));
        }
        meant
    }
}
