//! Pure: dates and lengths of time under a key.

use std::ops::RangeInclusive;
use std::time::Duration;

use jiff::civil::Date;
use toml::de::DeValue;

use super::{Field, quantity, quoted};

impl Field<'_> {
    /// A date without a time, written without quotes.
    pub fn date(self) -> Option<Date> {
        const WANTED: &str = "a date";
        let value = self.value?;
        match value.get_ref() {
            DeValue::Datetime(found) => match (found.date, found.time) {
                (Some(date), None) => self.civil((date.year, date.month, date.day)),
                (Some(date), Some(_)) => {
                    let help = format!("write it without a time: {} = {date}", self.key);
                    self.refuse(format!("`{}` must be a date without a time", self.key), Some(help))
                }
                (None, _) => self.mistyped(value, WANTED, None),
            },
            DeValue::String(text) => {
                let example = text
                    .parse::<Date>()
                    .map_or_else(|_| "year-month-day".to_owned(), |date| date.to_string());
                let help = format!("write it without quotes: {} = {example}", self.key);
                self.mistyped(value, WANTED, Some(&help))
            }
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => self.mistyped(value, WANTED, None),
        }
    }

    fn civil(self, (year, month, day): (u16, u8, u8)) -> Option<Date> {
        let civil = || {
            let (year, month) = (i16::try_from(year).ok()?, i8::try_from(month).ok()?);
            Date::new(year, month, i8::try_from(day).ok()?).ok()
        };
        civil().or_else(|| self.refuse(format!("`{}` is not a day of the calendar", self.key), None))
    }

    /// A length of time within limits, such as `"15s"` or `"3d"`.
    pub fn duration(self, range: RangeInclusive<Duration>) -> Option<Duration> {
        const HELP: &str = "write it with its unit and in quotes, such as \"15s\", \"10m\" or \"3d\"";
        let value = self.value?;
        let DeValue::String(text) = value.get_ref() else {
            return self.mistyped(value, "a length of time", Some(HELP));
        };
        let Some(duration) = quantity::parse(text) else {
            return self.refuse(format!("{} is not a length of time", quoted(text)), Some(HELP.to_owned()));
        };
        if !range.contains(&duration) {
            let (least, most) = (quantity::friendly(*range.start()), quantity::friendly(*range.end()));
            return self.refuse(format!("`{}` must be from {least} to {most}", self.key), None);
        }
        Some(duration)
    }
}
