//! Pure: text of unknown origin made harmless in Markdown: it shows as it is and never becomes markup.

use std::fmt::Write as _;

use crate::text::for_terminal;

/// Prose for one line of Markdown: a paragraph, a list entry or a table cell.
///
/// Markup characters are escaped. A pipe becomes its HTML entity, as tables take even an escaped one for the
/// end of a cell in places. Addresses do not become links.
pub fn escape(text: &str) -> String {
    let text = for_terminal(text);
    let mut escaped = String::with_capacity(text.len() + 8);
    for (at, c) in text.char_indices() {
        match c {
            '|' => escaped.push_str("&#124;"),
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '@' => escaped.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '#' | '$' | '!' => escaped.extend(['\\', c]),
            ':' if text[at..].starts_with("://") => escaped.push_str("\\:"),
            '.' if ends_in_www(&text[..at]) => escaped.push_str("\\."),
            '-' | '+' | '=' if text[..at].trim().is_empty() => escaped.extend(['\\', c]),
            '.' | ')' if starts_a_list(&text[..at], &text[at + 1..]) => escaped.extend(['\\', c]),
            c => escaped.push(c),
        }
    }
    escaped
}

fn ends_in_www(before: &str) -> bool {
    before.len() >= 3 && before.as_bytes()[before.len() - 3..].eq_ignore_ascii_case(b"www")
}

fn starts_a_list(before: &str, after: &str) -> bool {
    let before = before.trim_start();
    (after.is_empty() || after.starts_with(' '))
        && !before.is_empty()
        && before.bytes().all(|b| b.is_ascii_digit())
}

/// A value, shown as code.
///
/// Plain values become a code span. In one that holds markup every character but letters and digits becomes
/// an HTML entity, which no Markdown reader takes for markup.
pub fn code(text: &str) -> String {
    let text = for_terminal(text);
    if text.is_empty() {
        return "(empty)".to_owned();
    }
    let is_plain = |c: char| c.is_alphanumeric() || " -_./:=+@,%{}()'\"#*".contains(c);
    if text.trim() == text && text.chars().all(is_plain) {
        return format!("`{text}`");
    }
    let mut escaped = String::from("<code>");
    for c in text.chars() {
        if c.is_alphanumeric() || " -/,".contains(c) {
            escaped.push(c);
        } else {
            // Writing to a String cannot fail.
            let _ = write!(escaped, "&#{};", u32::from(c));
        }
    }
    escaped.push_str("</code>");
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn markup_shows_as_it_is() {
        assert_eq!(escape("a | b"), "a &#124; b");
        assert_eq!(escape("[x](http://evil.example)"), "\\[x\\](http\\://evil.example)");
        assert_eq!(escape("www.evil.example"), "www\\.evil.example");
        assert_eq!(escape("<img src=x>"), "&lt;img src=x&gt;");
        assert_eq!(escape("# head"), "\\# head");
        assert_eq!(escape("- one"), "\\- one");
        assert_eq!(escape("1. one"), "1\\. one");
        assert_eq!(escape("a\nb"), "a\\\\u{a}b");
        assert_eq!(escape("fraud-etl is InService"), "fraud-etl is InService");
    }

    #[test]
    fn values_are_code_and_hostile_ones_are_entities() {
        assert_eq!(code("ml.t3.medium"), "`ml.t3.medium`");
        assert_eq!(code(""), "(empty)");
        assert_eq!(code("a`|b"), "<code>a&#96;&#124;b</code>");
        assert_eq!(code("</code><b>"), "<code>&#60;/code&#62;&#60;b&#62;</code>");
        assert_eq!(code(" padded"), "<code> padded</code>");
    }

    proptest! {
        #[test]
        fn no_pipe_and_no_new_line_passes(text in any::<String>()) {
            for shown in [escape(&text), code(&text)] {
                prop_assert!(!shown.contains(['|', '\n', '\r']), "{}", shown);
            }
        }

        #[test]
        fn no_markup_passes_unescaped(text in "[a-z\\\\`*_<>|\\[\\]~ ]{0,20}") {
            let shown = escape(&text);
            let mut characters = shown.chars();
            while let Some(c) = characters.next() {
                if c == '\\' {
                    prop_assert!(characters.next().is_some());
                } else {
                    prop_assert!(!"`*_<>|[]~".contains(c), "{}", shown);
                }
            }
        }
    }
}
