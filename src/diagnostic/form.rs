//! Pure: what a value looks like and how it is read, said at once.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use jiff::civil::Date;

use super::{Absence, Complaint, Field, KeyText, Keyed, Literal, Placed, Shape, Spelling, Table, Worded};

/// The form of one key's value: its shape, what its absence means, and how it is read.
///
/// What is wrong with a value is recorded by the reader. `None` then stands for the value, or what its absence would have
/// meant, so that the rest of the file is still looked at.
pub struct Form<T> {
    shape: Shape,
    absence: Absence,
    example: Option<Literal>,
    read: Box<dyn Fn(Field<'_>) -> Option<T>>,
}

impl<T> fmt::Debug for Form<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Form")
            .field("shape", &self.shape)
            .field("absence", &self.absence)
            .finish_non_exhaustive()
    }
}

impl<T: 'static> Form<T> {
    /// A form of one's own. `read` accepts what `shape` says, and is asked about absent values, too.
    pub fn new(shape: Shape, read: impl Fn(Field<'_>) -> Option<T> + 'static) -> Self {
        Self { shape, absence: Absence::Allowed, example: None, read: Box::new(read) }
    }

    /// Reads the value under a key.
    pub fn read(&self, field: Field<'_>) -> Option<T> {
        (self.read)(field)
    }

    /// What a key with this form looks like.
    pub fn described(self, name: &str, about: impl Into<String>) -> KeyText {
        let Self { shape, absence, example, read: _ } = self;
        let (name, about) = (name.to_owned(), about.into().trim().to_owned());
        KeyText { name, about, shape, absence, example, inherited: false }
    }

    /// The same, made into something else.
    pub fn map<U: 'static>(self, to: impl Fn(T) -> U + 'static) -> Form<U> {
        self.reading(move |read, field| read(field).map(&to))
    }

    fn reading<U: 'static>(
        self,
        anew: impl Fn(&dyn Fn(Field<'_>) -> Option<T>, Field<'_>) -> Option<U> + 'static,
    ) -> Form<U> {
        let Self { shape, absence, example, read } = self;
        Form { shape, absence, example, read: Box::new(move |field| anew(&read, field)) }
    }

    /// The key must be there.
    #[must_use]
    pub fn required(self) -> Self {
        Self { absence: Absence::Refused, ..self.reading(|read, field| read(field.required())) }
    }

    /// The key must be there; where it is not, this is what to write.
    #[must_use]
    pub fn required_with(self, help: &'static str) -> Self {
        Self { absence: Absence::Refused, ..self.reading(move |read, field| read(field.required_with(help))) }
    }

    /// Where the key is absent, it is as if this stood there. One that the form itself does not take is no default: then no
    /// file can be read.
    #[must_use]
    pub fn or(self, default: impl Into<Literal>) -> Self {
        let default = default.into();
        let absence = Absence::Means(default.clone());
        Self { absence, ..self.reading(move |read, field| read(field).or_else(|| default.read(read))) }
    }

    /// Where the key is absent, there is nothing: an empty list.
    #[must_use]
    pub fn or_none(self) -> Self
    where
        T: Default,
    {
        self.reading(|read, field| Some(read(field).unwrap_or_default()))
    }

    /// The key can be absent.
    pub fn maybe(self) -> Form<Option<T>> {
        self.reading(|read, field| Some(read(field)))
    }

    /// The key can be absent. A table in which it stands and cannot be read cannot be read either: what it says is not to be
    /// taken for silence.
    pub fn optional(self) -> Form<Option<T>> {
        self.reading(|read, field| match field.place() {
            None => Some(None),
            Some(_) => read(field).map(Some),
        })
    }

    /// The same, with its place.
    pub fn placed(self) -> Form<Placed<T>> {
        self.reading(|read, field| {
            let place = field.place().unwrap_or(field.table.place());
            read(field).map(|value| Placed { value, place })
        })
    }

    /// What `check` complains about is refused as well.
    #[must_use]
    pub fn checked(self, check: fn(&T) -> Result<(), Complaint>) -> Self {
        self.reading(move |read, field| {
            let value = read(field)?;
            let Some((place, Err(complaint))) = field.place().map(|place| (place, check(&value))) else {
                return Some(value);
            };
            field.table.report(complaint.at(place));
            None
        })
    }

    /// Shows what can be written, where the default does not.
    #[must_use]
    pub fn example(self, example: impl Into<Literal>) -> Self {
        Self { example: Some(example.into()), ..self }
    }

    /// A table must have something in it; where it has not, that is a problem with this consequence.
    #[must_use]
    pub fn not_empty(self, consequence: &'static str, help: Option<&'static str>) -> Self {
        let mut form = self.reading(move |read, field| {
            if field.is_empty_table() {
                let message = format!("`{}` is empty{consequence}", field.key());
                field.refuse::<()>(message, help.map(str::to_owned));
            }
            read(field)
        });
        if let Shape::Table(_, least) | Shape::Map(_, _, least) = &mut form.shape {
            *least = 1;
        }
        form
    }

    /// A list of strings of this form, none of them twice.
    pub fn list(self, count: RangeInclusive<usize>) -> Form<Vec<T>> {
        let Self { shape, read, .. } = self;
        let shape = Shape::List(Box::new(shape), count.clone());
        Form::new(shape, move |field| field.entries(count.clone(), &read))
    }

    /// This form where `is` holds, else the other.
    pub fn where_it(self, is: fn(Field<'_>) -> bool, other: Form<T>) -> Form<T> {
        let shape = Shape::Either(Box::new((self.shape, other.shape)));
        let (this, other) = (self.read, other.read);
        Form::new(shape, move |field| if is(field) { this(field) } else { other(field) })
    }
}

/// The format of the file, of which this is the newest.
pub fn format(newest: i64) -> Form<()> {
    Form::new(Shape::Number(newest..=newest), move |field| field.format(newest))
}

/// A whole number.
pub fn integer<T>(range: RangeInclusive<T>) -> Form<T>
where
    T: Copy + PartialOrd + fmt::Display + TryFrom<i64> + Into<i64> + 'static,
{
    let shape = Shape::Number((*range.start()).into()..=(*range.end()).into());
    Form::new(shape, move |field| field.integer(range.clone()))
}

/// A list of whole numbers.
pub fn integers<T>(count: RangeInclusive<usize>, range: RangeInclusive<T>) -> Form<Vec<T>>
where
    T: Copy + PartialOrd + fmt::Display + TryFrom<i64> + Into<i64> + 'static,
{
    let each = Shape::Number((*range.start()).into()..=(*range.end()).into());
    Form::new(Shape::List(Box::new(each), count.clone()), move |field| {
        field.integers(count.clone(), range.clone())
    })
}

/// `true` or `false`.
pub fn flag() -> Form<bool> {
    Form::new(Shape::Flag, |field| field.boolean())
}

/// A string that is not blank.
pub fn text(what: &'static str) -> Form<String> {
    let shape = Shape::Text(Spelling::like(what, "\\S"));
    Form::new(shape, |field| field.text().map(str::to_owned))
}

/// A string that parses as a `T`.
pub fn parsed<T: FromStr<Err: fmt::Display> + 'static>(spelling: Spelling) -> Form<T> {
    Form::new(Shape::Text(spelling), |field| field.parsed())
}

/// A string that `parse` accepts.
pub fn parsed_by<T: 'static>(spelling: Spelling, parse: fn(&str) -> Result<T, Complaint>) -> Form<T> {
    Form::new(Shape::Text(spelling), move |field| field.parsed_by(parse))
}

/// One of the words of an enumeration.
pub fn choice<T: Worded>() -> Form<T> {
    choice_or_later(&[])
}

/// The same; the `later` words are refused as not supported yet.
pub fn choice_or_later<T: Worded>(later: &'static [&'static str]) -> Form<T> {
    words(T::words(), later)
}

/// One of some words, each with what it stands for and what is told of it.
pub fn among<T: Copy + 'static>(all: &[(&'static str, T, &'static str)]) -> Form<T> {
    words(all.to_vec(), &[])
}

fn words<T: Copy + 'static>(
    all: Vec<(&'static str, T, &'static str)>,
    later: &'static [&'static str],
) -> Form<T> {
    let shape = Shape::Words(all.iter().map(|(word, _, about)| (*word, *about)).collect());
    Form::new(shape, move |field| {
        let words: Vec<(&str, T)> = all.iter().map(|(word, value, _)| (*word, *value)).collect();
        field.choice(&words, later)
    })
}

/// One of some words, each with what it stands for and what is told of it. Another one "is not a" `kind`.
pub fn one_of<T: Clone + 'static>(
    kind: &'static str,
    words: Vec<(&'static str, T, &'static str)>,
) -> Form<T> {
    let shape = Shape::Words(words.iter().map(|(word, _, about)| (*word, *about)).collect());
    Form::new(shape, move |field| {
        field.parsed_by(|text| {
            let found = words.iter().find(|(word, _, _)| *word == text).map(|(_, value, _)| value.clone());
            let names = || words.iter().map(|(word, _, _)| *word).collect::<Vec<_>>();
            found.ok_or_else(|| Complaint::not_a(kind, text, &names()))
        })
    })
}

/// A date without a time.
pub fn day() -> Form<Date> {
    Form::new(Shape::Day, |field| field.date())
}

/// A length of time.
pub fn length(range: RangeInclusive<Duration>) -> Form<Duration> {
    let shape = Shape::Length(range.clone());
    Form::new(shape, move |field| field.duration(range.clone()))
}

/// A table. The `later` keys in it are refused as not supported yet.
pub fn table<T: Keyed + 'static>(later: &'static [&'static str]) -> Form<T> {
    let shape = Shape::Table(T::described, 0);
    Form::new(shape, |field| {
        field.table(|table| {
            table.later(later);
            T::read(table)
        })
    })
}

/// A table; where it is absent, an empty one.
pub fn section<T: Keyed + 'static>() -> Form<T> {
    Form::new(Shape::Table(T::described, 0), |field| field.section(T::read))
}

/// A list of tables; where it is absent, an empty one. `None` if one of them could not be read.
pub fn tables<T: Keyed + 'static>() -> Form<Vec<T>> {
    tables_checked(|_, _| {})
}

/// The same, where `check` reports what is wrong between the keys of one.
pub fn tables_checked<T: Keyed + 'static>(check: fn(&Table<'_>, &T)) -> Form<Vec<T>> {
    let shape = Shape::Tables(T::described, T::ABOUT, None);
    Form::new(shape, move |field| {
        let read = field.tables(|table| Some(T::read(table).inspect(|read| check(table, read))));
        read.into_iter().collect()
    })
}

/// The same, where a table has what it lacks from the one under the key `below`, which is a `B`.
pub fn tables_over<T: Keyed + 'static, B: Keyed>(below: &'static str) -> Form<Vec<T>> {
    let shape = Shape::Tables(T::described, T::ABOUT, Some((below, B::described)));
    Form::new(shape, move |field| Some(field.tables_over(Some(below), T::read)))
}

/// What accepts a key that is the file's own.
type Check = fn(&str) -> Result<(), Complaint>;

/// A table whose keys, spelt like that and accepted by `check`, are the file's own.
pub fn map<T: 'static>(
    what: &'static str,
    (names, check): (Shape, Check),
    values: Form<T>,
) -> Form<BTreeMap<String, T>> {
    let shape = Shape::Map(what, Box::new((names, values.shape)), 0);
    let read = values.read;
    Form::new(shape, move |field| field.table(|table| Some(entries(table, check, &read))))
}

fn entries<T>(table: &Table<'_>, check: Check, read: impl Fn(Field<'_>) -> Option<T>) -> BTreeMap<String, T> {
    let mut found = BTreeMap::new();
    for (key, place) in table.keys() {
        if let Err(complaint) = check(&key) {
            table.report(complaint.at(place));
        }
        if let Some(value) = read(table.field(&key)) {
            found.insert(key.clone(), value);
        }
    }
    found
}
