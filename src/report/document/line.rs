//! Pure: a text at a terminal: its words made harmless, its tone in colour.

use super::text::{Span, Text, Tone};
use crate::report::Style;
use crate::text::{for_terminal, wrap};

/// The text in lines of at most `room` columns.
pub(super) fn wrapped(text: &Text, room: usize, style: Style) -> Vec<String> {
    wrap(&words(text), room).iter().map(|line| paint(text.tone, line, style)).collect()
}

/// The words alone, harmless. Code within a sentence is set off, as it reads like its words.
pub(super) fn words(text: &Text) -> String {
    let alone = text.spans.len() == 1;
    let word = |span: &Span| match span {
        Span::Code(code) if !alone => format!("`{}`", for_terminal(code)),
        Span::Plain(text) | Span::Strong(text) | Span::Code(text) => for_terminal(text),
        Span::Arrow => " -> ".to_owned(),
    };
    text.spans.iter().map(word).collect()
}

/// A line in a tone.
pub(super) fn paint(tone: Tone, line: &str, style: Style) -> String {
    match tone {
        Tone::Plain => line.to_owned(),
        Tone::Strong => style.bold(line),
        Tone::Dim => style.dim(line),
        Tone::Good => style.green(line),
        Tone::Warning => style.yellow(line),
        Tone::Bad => style.red(line),
        Tone::Critical => style.critical(line),
    }
}
