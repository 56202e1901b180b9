//! Pure: the file's text as it is shown: one line for one problem, and nothing in it that a terminal might obey.

use std::ops::Range;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::Place;

/// Longer lines are shown from a little before the problem, so that a file of one line does not fill the screen.
const LONGEST_LINE: usize = 240;

/// What is shown of a longer line before and after the problem's start, in bytes.
const BEFORE: usize = 60;
const AFTER: usize = 120;

/// A file's name and text, harmless to show. Offsets are those of the text as it was parsed; a line break is
/// added so that even the end of the file is on a line.
#[derive(Debug)]
pub(super) struct Source {
    name: String,
    text: String,
}

impl Source {
    /// Asks [`SourceCode::read_span`] for the whole line around a place. Without it, miette wants to know
    /// where the place itself is.
    pub(super) const WHOLE_LINE: usize = 1;

    pub(super) fn new(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), text: visible(text) + "\n" }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// What to mark of a place: as much as is on its first line, and on the screen.
    pub(super) fn mark(&self, place: Place) -> Range<usize> {
        let start = self.text.floor_char_boundary(place.start().min(self.text.len() - 1));
        let shown = self.window(start);
        let end = self.text.floor_char_boundary(place.end().clamp(start, shown.end.max(start)));
        let marked = self.text.get(start..end).unwrap_or_default();
        start..start + marked.trim_end().len()
    }

    /// The line of an offset, with its end: a problem can be there too.
    fn line(&self, offset: usize) -> Range<usize> {
        let start = self.text[..offset].rfind('\n').map_or(0, |end| end + 1);
        let end = self.text[offset..].find('\n').map_or(self.text.len(), |length| offset + length + 1);
        start..end
    }

    /// What is shown of that line.
    fn window(&self, offset: usize) -> Range<usize> {
        let line = self.line(offset);
        if line.len() <= LONGEST_LINE {
            return line;
        }
        let start = self.text.floor_char_boundary(offset.saturating_sub(BEFORE).max(line.start));
        let end = self.text.ceil_char_boundary(offset.saturating_add(AFTER).min(line.end));
        start..end
    }
}

impl SourceCode for Source {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let offset = self.text.floor_char_boundary(span.offset().min(self.text.len() - 1));
        let line = self.line(offset);
        let (shown, column) = if before == Self::WHOLE_LINE {
            (self.window(offset), 0)
        } else {
            (offset..offset, self.text[line.start..offset].chars().count())
        };
        let number = self.text[..line.start].matches('\n').count();
        let data = &self.text.as_bytes()[shown.clone()];
        let span = (shown.start, shown.len()).into();
        Ok(Box::new(MietteSpanContents::new_named(self.name.clone(), data, span, number, column, 1)))
    }
}

/// The text with every character that a terminal might obey replaced, byte for byte, so that offsets stay true.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let line_end = c == '\n' || (c == '\r' && rest.peek() == Some(&'\n'));
        if line_end || c == '\t' || !is_hidden(c) {
            shown.push(c);
        } else {
            shown.extend(std::iter::repeat_n('?', c.len_utf8()));
        }
    }
    shown
}

/// The same for a message, which has neither line breaks nor tabs.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(|c| if is_hidden(c) { '?' } else { c }).collect()
}

/// Control characters, and the invisible ones that reorder or hide the text around them (Unicode TR 36).
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}
