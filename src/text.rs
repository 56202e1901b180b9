//! Pure: wording helpers: plurals, lists, durations, and text of others made harmless for a terminal.

use std::error::Error;
use std::fmt::Write as _;
use std::time::Duration;

use jiff::Timestamp;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The text with a capital first letter.
pub fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    first + characters.as_str()
}

/// A count with its noun: `1 item`, `3 items`.
pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", noun(count, one, many))
}

/// The form of a word that agrees with the count: `is` or `are`.
pub fn noun<'a>(count: usize, one: &'a str, many: &'a str) -> &'a str {
    if count == 1 { one } else { many }
}

/// A list as English has it: `a`, `a and b`, `a, b and c`.
pub fn list<S: AsRef<str>>(parts: &[S]) -> String {
    let Some((last, rest)) = parts.split_last() else { return String::new() };
    if rest.is_empty() {
        return last.as_ref().to_owned();
    }
    format!("{} and {}", commas(rest), last.as_ref())
}

/// A list with commas only: `a, b, c`.
pub fn commas<S: AsRef<str>>(parts: &[S]) -> String {
    parts.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ")
}

/// A duration in its two largest units: `45 s`, `2 min 5 s`, `1 h 30 min`, `3 d 2 h`.
pub fn duration(duration: Duration) -> String {
    let total = duration.as_secs();
    let (days, hours, minutes, seconds) = (total / 86_400, total / 3_600 % 24, total / 60 % 60, total % 60);
    let units = [(days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s")];
    let Some(first) = units.iter().position(|(count, _)| *count > 0) else { return "0 s".to_owned() };
    let shown = units[first..].iter().take(2).filter(|(count, _)| *count > 0);
    shown.map(|(count, unit)| format!("{count} {unit}")).collect::<Vec<_>>().join(" ")
}

/// A moment to the second, with its zone: `2026-10-05 14:03:22 UTC`.
pub fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// The time of day in UTC, without its zone: `14:03:22`.
pub fn time_of_day(at: Timestamp) -> String {
    at.strftime("%H:%M:%S").to_string()
}

/// Text of unknown origin made harmless for a terminal and for a line of a file.
///
/// Every character that moves the cursor, ends a line, reorders what stands around it or cannot be seen
/// becomes a visible `\u{..}` escape. The result is one line; what people can read stays as it is.
pub fn for_terminal(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_harmful(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Whether a character must not reach a terminal as it stands.
///
/// Controls (C0, DEL, C1) and, from Unicode 16's tables, the bidirectional controls, the line and paragraph
/// separators, the invisible fillers and joiners, the variation selectors and the tag characters.
pub fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// How many columns the text takes on a terminal.
pub fn width(text: &str) -> usize {
    text.width()
}

/// The text, cut to at most `columns` columns; a cut shows as `…`.
pub fn truncate(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let Some(room) = columns.checked_sub(1) else { return String::new() };
    let mut cut = head(text, room).to_owned();
    cut.push('…');
    cut
}

/// The longest beginning of the text that takes at most `columns` columns.
fn head(text: &str, columns: usize) -> &str {
    let mut taken = 0;
    for (at, c) in text.char_indices() {
        taken += c.width().unwrap_or(0);
        if taken > columns {
            return &text[..at];
        }
    }
    text
}

/// The text in lines of at most `columns` columns, broken at spaces; a longer word is broken where it must be.
///
/// Spaces within a line are kept. There is always at least one line, and it makes progress even at width 0.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = text.trim_end();
    while width(rest) > columns {
        let fitting = head(rest, columns);
        let (line, next) = match break_at_space(rest, fitting) {
            Some(parts) => parts,
            None => rest.split_at(at_least_one_character(rest, fitting)),
        };
        lines.push(line.trim_end().to_owned());
        rest = next;
    }
    if !rest.is_empty() || lines.is_empty() {
        lines.push(rest.to_owned());
    }
    lines
}

/// Splits at the last space of `fitting` that has something before it, or right behind it where a word ends there.
fn break_at_space<'a>(rest: &'a str, fitting: &str) -> Option<(&'a str, &'a str)> {
    if rest[fitting.len()..].starts_with(' ') && !fitting.trim().is_empty() {
        return Some((&rest[..fitting.len()], rest[fitting.len()..].trim_start_matches(' ')));
    }
    let at = fitting.rfind(' ')?;
    let line = &rest[..at];
    (!line.trim().is_empty()).then(|| (line, rest[at..].trim_start_matches(' ')))
}

fn at_least_one_character(rest: &str, fitting: &str) -> usize {
    if fitting.is_empty() { rest.chars().next().map_or(0, char::len_utf8) } else { fitting.len() }
}

/// The text as one word of a POSIX shell command.
///
/// Plain words stay as they are. What cannot be seen is written as bash and zsh read it: `$'\u001b'`.
pub fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./:=@%+,-".contains(c);
    if text.starts_with('-') {
        return shell_word(&format!("./{text}"));
    }
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    if text.chars().any(is_harmful) {
        return ansi_c_quoted(text);
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn ansi_c_quoted(text: &str) -> String {
    let mut word = String::from("$'");
    for c in text.chars() {
        match c {
            '\'' | '\\' => word.extend(['\\', c]),
            c if is_harmful(c) => {
                // Writing to a String cannot fail.
                let _ = write!(word, "\\U{:08x}", u32::from(c));
            }
            c => word.push(c),
        }
    }
    word.push('\'');
    word
}

/// A URL without what is before the `@` of its host, and without what is after its question mark.
pub fn without_credentials(url: &str) -> String {
    let plain = match user_of_url(url) {
        Some((scheme, _, rest)) => format!("{scheme}://***{rest}"),
        None => url.to_owned(),
    };
    match plain.split_once('?') {
        Some((before, _)) if plain.contains("://") => format!("{before}?***"),
        Some(_) | None => plain,
    }
}

/// What is before `://`, what is between that and the `@` of the host, and the rest with the `@`.
pub fn user_of_url(url: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.find(['/', '?']).unwrap_or(rest.len());
    let at = rest[..host].rfind('@')?;
    Some((scheme, &rest[..at], &rest[at..]))
}

/// An error and its causes, from the outside in.
pub fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// An error with its causes, on one line.
pub fn with_causes(error: &(dyn Error + 'static)) -> String {
    chain(error).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn durations_show_their_two_largest_units() {
        let shown = |seconds| duration(Duration::from_secs(seconds));
        assert_eq!(shown(0), "0 s");
        assert_eq!(shown(45), "45 s");
        assert_eq!(shown(125), "2 min 5 s");
        assert_eq!(shown(420), "7 min");
        assert_eq!(shown(5_400), "1 h 30 min");
        assert_eq!(shown(3_605), "1 h");
        assert_eq!(shown(266_400), "3 d 2 h");
    }

    #[test]
    fn counts_and_lists_read_as_english() {
        assert_eq!(counted(1, "item", "items"), "1 item");
        assert_eq!(counted(0, "item", "items"), "0 items");
        assert_eq!(list(&["a"]), "a");
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(list::<&str>(&[]), "");
    }

    #[test]
    fn what_attacks_a_terminal_becomes_visible() {
        assert_eq!(for_terminal("a\u{1b}[2Jb"), "a\\u{1b}[2Jb");
        assert_eq!(for_terminal("\u{9b}31m\r\n\t"), "\\u{9b}31m\\u{d}\\u{a}\\u{9}");
        assert_eq!(for_terminal("x\u{202e}gpj.exe"), "x\\u{202e}gpj.exe");
        assert_eq!(for_terminal("Überprüfung – 日本語"), "Überprüfung – 日本語");
    }

    #[test]
    fn a_cut_is_shown_and_counts_wide_characters_twice() {
        assert_eq!(truncate("fraud-etl", 9), "fraud-etl");
        assert_eq!(truncate("fraud-etl", 6), "fraud…");
        assert_eq!(truncate("日本語", 4), "日…");
        assert_eq!(truncate("abc", 0), "");
    }

    #[test]
    fn lines_break_at_spaces_and_long_words_where_they_must() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("one two", 3), ["one", "two"]);
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrap("", 10), [""]);
        assert_eq!(wrap("ab", 0), ["a", "b"]);
    }

    #[test]
    fn words_for_a_shell_are_quoted_when_they_need_it() {
        assert_eq!(shell_word("plans/2026-4f2a.json"), "plans/2026-4f2a.json");
        assert_eq!(shell_word("my plan.json"), "'my plan.json'");
        assert_eq!(shell_word("it's"), r"'it'\''s'");
        assert_eq!(shell_word("$(reboot)"), "'$(reboot)'");
        assert_eq!(shell_word("-rf"), "./-rf");
        assert_eq!(shell_word("a\nb"), r"$'a\U0000000ab'");
        assert_eq!(shell_word(""), "''");
    }

    proptest! {
        #[test]
        fn nothing_harmful_passes(text in any::<String>()) {
            let shown = for_terminal(&text);
            prop_assert!(!shown.chars().any(|c| c.is_control() || is_harmful(c)));
            prop_assert_eq!(for_terminal(&shown), shown);
        }

        #[test]
        fn truncated_text_fits(text in any::<String>(), columns in 0usize..40) {
            prop_assert!(width(&truncate(&for_terminal(&text), columns)) <= columns);
        }

        #[test]
        fn wrapped_lines_fit_and_lose_only_spaces(text in "[a-z日 ]{0,60}", columns in 2usize..20) {
            let lines = wrap(&text, columns);
            prop_assert!(lines.iter().all(|line| width(line) <= columns));
            let without_spaces = |text: &str| text.replace(' ', "");
            prop_assert_eq!(without_spaces(&lines.concat()), without_spaces(&text));
        }
    }
}
