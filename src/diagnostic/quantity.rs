//! Pure: lengths of time as people write them: `15s`, `100ms`, `72h`, `3d`.

use std::time::Duration;

use jiff::{SignedDuration, Span, SpanRelativeTo};

/// Units of [`friendly`], the largest first, in milliseconds.
const UNITS: [(u128, &str); 5] =
    [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s"), (1, "ms")];

/// Reads a length of time; a day has 24 hours. `None` for anything else, and for less than nothing.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let span: Span = text.parse().ok()?;
    let signed: SignedDuration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    signed.try_into().ok()
}

/// Writes a length of time in the largest unit that it is a whole number of.
pub(super) fn friendly(duration: Duration) -> String {
    let length = duration.as_millis();
    UNITS
        .iter()
        .find(|(unit, _)| length >= *unit && length.is_multiple_of(*unit))
        .map_or_else(|| "0s".to_owned(), |(unit, name)| format!("{}{name}", length / unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_as_people_write_them() {
        for (text, milliseconds) in [
            ("15s", 15_000),
            ("100ms", 100),
            ("72h", 259_200_000),
            ("3d", 259_200_000),
            ("1h 30m", 5_400_000),
        ] {
            assert_eq!(parse(text), Some(Duration::from_millis(milliseconds)), "{text}");
        }
        for bad in ["", "15", "s", "-3d", "2 fortnights", "1mo", "99999999999999999999h"] {
            assert_eq!(parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn lengths_of_time_are_written_in_the_largest_whole_unit() {
        for (milliseconds, text) in
            [(100, "100ms"), (600_000, "10m"), (90_000, "90s"), (2_592_000_000, "30d")]
        {
            assert_eq!(friendly(Duration::from_millis(milliseconds)), text);
        }
    }
}
