//! Pure: one value of a table, read as the type that is wanted there.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

use super::similar::did_you_mean;
use super::table::Part;
use super::{Complaint, Field, Place, Problem, Table, quoted};

impl<'t> Field<'t> {
    fn entry(self, item: &'t Spanned<DeValue<'t>>) -> Self {
        Self { value: Some(item), part: Part::Entry, ..self }
    }

    /// Records a problem if the key is absent.
    #[must_use]
    pub fn required(self) -> Self {
        self.required_or(None)
    }

    /// Records a problem if the key is absent, and says what to write.
    #[must_use]
    pub fn required_with(self, help: &str) -> Self {
        self.required_or(Some(help))
    }

    fn required_or(self, help: Option<&str>) -> Self {
        if self.value.is_none() {
            let message = format!("`{}` is missing{}", self.key, self.table.within());
            let missing = Problem::at(self.table.place(), message).conclusion();
            self.table.report_missing(self.key, missing.help_if(help));
        }
        self
    }

    /// The key.
    pub fn key(self) -> &'t str {
        self.key
    }

    /// Where the value is; `None` if the key is absent.
    pub fn place(self) -> Option<Place> {
        self.value.map(|value| value.span().into())
    }

    /// Whether the value is a string, for keys that also take something else.
    pub fn is_string(self) -> bool {
        self.value.is_some_and(|value| value.get_ref().is_str())
    }

    /// Whether the value is a table, for keys that also take something else.
    pub fn is_table(self) -> bool {
        self.value.is_some_and(|value| value.get_ref().is_table())
    }

    /// Whether the value is a table with nothing in it.
    pub fn is_empty_table(self) -> bool {
        self.value.and_then(|value| value.get_ref().as_table()).is_some_and(|table| table.is_empty())
    }

    /// Any string.
    pub fn string(self) -> Option<&'t str> {
        let value = self.value?;
        match value.get_ref() {
            DeValue::String(text) => Some(text),
            DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {
                self.mistyped(value, "a string", Some("put it in quotes"))
            }
            DeValue::Array(_) | DeValue::Table(_) => self.mistyped(value, "a string", None),
        }
    }

    /// A string that is not blank.
    pub fn text(self) -> Option<&'t str> {
        let text = self.string()?;
        if text.trim().is_empty() {
            return self.refuse(format!("`{}` is empty", self.key), None);
        }
        Some(text)
    }

    /// A string that parses as a `T`.
    pub fn parsed<T>(self) -> Option<T>
    where
        T: FromStr<Err: fmt::Display>,
    {
        self.parsed_by(|text| text.parse().map_err(Complaint::new))
    }

    /// A string that `parse` accepts.
    pub fn parsed_by<T>(self, parse: impl FnOnce(&str) -> Result<T, Complaint>) -> Option<T> {
        match parse(self.string()?) {
            Ok(value) => Some(value),
            Err(complaint) => self.refuse(complaint.message, complaint.help),
        }
    }

    /// A whole number within limits.
    pub fn integer<T>(self, range: RangeInclusive<T>) -> Option<T>
    where
        T: Copy + PartialOrd + fmt::Display + TryFrom<i64>,
    {
        let value = self.value?;
        let DeValue::Integer(number) = value.get_ref() else {
            return self.mistyped(value, "a whole number", None);
        };
        let fits = whole(number).and_then(|number| T::try_from(number).ok()).filter(|n| range.contains(n));
        if fits.is_none() {
            let message = format!("`{}` must be from {} to {}", self.key, range.start(), range.end());
            return self.refuse(message, None);
        }
        fits
    }

    /// The file's format, which must not be newer than this version reads. If it is, everything else may be right, so nothing
    /// else is said.
    pub fn format(self, newest: i64) -> Option<()> {
        let found = self.integer(1..=i64::MAX)?;
        if found > newest {
            let message = format!("format {found}; this version reads up to {newest}");
            self.table.report(Problem::at(self.place().unwrap_or(Place::START), message).alone());
            return None;
        }
        Some(())
    }

    /// `true` or `false`.
    pub fn boolean(self) -> Option<bool> {
        let value = self.value?;
        match value.get_ref().as_bool() {
            Some(boolean) => Some(boolean),
            None => self.mistyped(value, "true or false", None),
        }
    }

    /// One of some words. The `later` ones are refused as not supported yet.
    pub fn choice<T: Copy>(self, words: &[(&str, T)], later: &[&str]) -> Option<T> {
        let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let values = format!("the values are: {}", names.join(", "));
        let found = self.value?;
        let Some(text) = found.get_ref().as_str() else {
            return self.mistyped(found, "a string", Some(&values));
        };
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
            return Some(*value);
        }
        if later.contains(&text) {
            return self.refuse(format!("`{} = \"{text}\"` is not supported yet", self.key), None);
        }
        let message = format!("{} is not a value of `{}`", quoted(text), self.key);
        let help = did_you_mean(text, names).unwrap_or(values);
        self.refuse(message, Some(help))
    }

    /// A list of strings that parse as `T`s, none of them twice.
    pub fn list<T>(self, count: RangeInclusive<usize>) -> Option<Vec<T>>
    where
        T: FromStr<Err: fmt::Display>,
    {
        self.list_by(count, |text| text.parse().map_err(Complaint::new))
    }

    /// A list of strings that `parse` accepts, none of them twice.
    pub fn list_by<T>(
        self,
        count: RangeInclusive<usize>,
        parse: impl Fn(&str) -> Result<T, Complaint>,
    ) -> Option<Vec<T>> {
        self.entries(count, |item| item.parsed_by(&parse))
    }

    /// A list of strings that `read` accepts, none of them twice.
    pub(super) fn entries<T>(
        self,
        count: RangeInclusive<usize>,
        read: impl Fn(Field<'_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let items = self.items()?;
        let mut seen = BTreeSet::new();
        let parsed: Vec<Option<T>> = items
            .iter()
            .map(|item| {
                let item = self.entry(item);
                let text = item.string()?;
                if !seen.insert(text) {
                    return item.refuse(format!("{} is listed twice", quoted(text)), None);
                }
                read(item)
            })
            .collect();
        self.counted(items.len(), count)?;
        parsed.into_iter().collect()
    }

    /// A list of whole numbers within limits.
    pub fn integers<T>(self, count: RangeInclusive<usize>, range: RangeInclusive<T>) -> Option<Vec<T>>
    where
        T: Copy + PartialOrd + fmt::Display + TryFrom<i64>,
    {
        let items = self.items()?;
        let read: Vec<Option<T>> = items.iter().map(|item| self.entry(item).integer(range.clone())).collect();
        self.counted(items.len(), count)?;
        read.into_iter().collect()
    }

    /// The strings of a list and their places, for a second look: nothing is reported, and what is no string is left out.
    pub fn places(self) -> Vec<(&'t str, Place)> {
        let items =
            self.value.and_then(|value| value.get_ref().as_array()).into_iter().flat_map(|list| list.iter());
        items.filter_map(|item| Some((item.get_ref().as_str()?, item.span().into()))).collect()
    }

    fn items(self) -> Option<&'t [Spanned<DeValue<'t>>]> {
        let value = self.value?;
        let DeValue::Array(items) = value.get_ref() else {
            let help = value.get_ref().as_str().map(|text| format!("write it as a list: [\"{text}\"]"));
            return self.mistyped(value, "a list", help.as_deref());
        };
        Some(items)
    }

    fn counted(self, found: usize, count: RangeInclusive<usize>) -> Option<()> {
        let (key, least, most) = (self.key, count.start(), count.end());
        if found == 0 && *least > 0 {
            return self.refuse(format!("`{key}` is empty"), None);
        }
        if found < *least {
            return self.refuse(format!("`{key}` has {found} entries; there must be at least {least}"), None);
        }
        if found > *most {
            return self.refuse(format!("`{key}` has {found} entries; there can be at most {most}"), None);
        }
        Some(())
    }

    /// A table, read by `build`.
    pub fn table<T>(self, build: impl FnOnce(&Table<'_>) -> Option<T>) -> Option<T> {
        let value = self.value?;
        match value.get_ref() {
            DeValue::Table(entries) => {
                self.table.child(self.key, value.span().into(), entries, ("[", "]")).read(build)
            }
            DeValue::Array(items) if items.iter().any(|item| item.get_ref().is_table()) => {
                self.mistyped(value, "a single table", Some(&format!("write [{}], once", self.key)))
            }
            DeValue::Array(_)
            | DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_) => self.mistyped(value, "a table", None),
        }
    }

    /// A table, or an empty one where the key is absent, read by `build`.
    pub fn section<T>(self, build: impl FnOnce(&Table<'_>) -> Option<T>) -> Option<T> {
        if self.value.is_some() {
            return self.table(build);
        }
        self.table.child(self.key, self.table.place(), &DeTable::new(), ("[", "]")).read(build)
    }

    /// A list of tables, each read by `build`. Empty if the key is absent; what could not be read is left out.
    pub fn tables<T>(self, build: impl FnMut(&Table<'_>) -> Option<T>) -> Vec<T> {
        self.tables_over(None, build)
    }

    /// The same, where a table has what it lacks from the one under the key `below`, with its place there.
    pub fn tables_over<T>(
        self,
        below: Option<&str>,
        mut build: impl FnMut(&Table<'_>) -> Option<T>,
    ) -> Vec<T> {
        let Some(value) = self.value else { return Vec::new() };
        let help = format!("write [[{}]], with two brackets on each side", self.key);
        let DeValue::Array(items) = value.get_ref() else {
            self.mistyped::<T>(value, "a list of tables", Some(&help));
            return Vec::new();
        };
        items
            .iter()
            .filter_map(|item| match item.get_ref().as_table() {
                Some(entries) => {
                    let child = self.table.child(self.key, item.span().into(), entries, ("[[", "]]"));
                    child.over(below.and_then(|key| self.table.entries_of(key))).read(&mut build)
                }
                None => self.entry(item).mistyped(item, "a table", Some(&help)),
            })
            .collect()
    }

    /// Records that the value is of the wrong type.
    pub(super) fn mistyped<T>(
        self,
        value: &Spanned<DeValue<'_>>,
        wanted: &str,
        help: Option<&str>,
    ) -> Option<T> {
        let (key, found) = (self.key, kind(value.get_ref()));
        let message = match self.part {
            Part::Whole => format!("`{key}` must be {wanted}, not {found}"),
            Part::Entry => format!("each entry of `{key}` must be {wanted}, not {found}"),
        };
        self.table.report(Problem::at(value.span().into(), message).help_if(help));
        None
    }

    /// Records a problem with the value.
    pub fn refuse<T>(self, message: String, help: Option<String>) -> Option<T> {
        let place = self.place().unwrap_or(self.table.place());
        self.table.report(Problem::at(place, message).help_if(help));
        None
    }
}

fn whole(number: &DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

/// What a value is, as messages put it.
fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
