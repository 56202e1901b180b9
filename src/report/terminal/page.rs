//! Lines of text within a width: headings, paragraphs, and labels with what belongs to them.

use crate::report::Style;
use crate::report::commands;
use crate::text::{width, wrap};

/// A colour or weight of [`Style`].
pub(super) type Paint = fn(Style, &str) -> String;

/// No colour.
pub(super) fn plain(_: Style, text: &str) -> String {
    text.to_owned()
}

/// Text that is being put together.
///
/// No line is wider than the style's columns, unless a word that must stay whole for pasting is wider.
#[derive(Debug)]
pub(super) struct Page {
    style: Style,
    text: String,
}

impl Page {
    /// An empty page.
    pub(super) fn new(style: Style) -> Self {
        Self { style, text: String::new() }
    }

    /// The style it is laid out in.
    pub(super) fn style(&self) -> Style {
        self.style
    }

    /// The finished text.
    pub(super) fn finish(self) -> String {
        self.text
    }

    /// An empty line.
    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// A heading, set off from what came before.
    pub(super) fn heading(&mut self, text: &str) {
        self.blank();
        self.paragraph(0, text, Style::bold);
    }

    /// A paragraph, wrapped.
    pub(super) fn paragraph(&mut self, indent: usize, text: &str, paint: Paint) {
        self.hanging(&" ".repeat(indent), indent, text, paint);
    }

    /// A label and what belongs to it; further lines stand under the first, not under the label.
    pub(super) fn labelled(&mut self, indent: usize, label: &Label<'_>, text: &str, paint: Paint) {
        let Label { text: name, columns } = label;
        let column = indent + columns.max(&width(name)) + 2;
        let pad = " ".repeat(column - indent - width(name));
        let label = format!("{}{}{pad}", " ".repeat(indent), self.style.dim(name));
        self.hanging(&label, column, text, paint);
    }

    /// A command, one or more lines, never broken within a word.
    pub(super) fn command(&mut self, indent: usize, command: &str) {
        for line in commands::lines(command, self.style.columns().saturating_sub(indent)) {
            self.text.extend([&" ".repeat(indent), line.as_str(), "\n"]);
        }
    }

    /// Lines that are laid out already.
    pub(super) fn lines(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn hanging(&mut self, first: &str, column: usize, text: &str, paint: Paint) {
        let room = self.style.columns().saturating_sub(column).max(1);
        for (number, line) in wrap(text, room).iter().enumerate() {
            let start = if number == 0 { first } else { &" ".repeat(column) };
            let whole = format!("{start}{}", paint(self.style, line));
            self.text.push_str(whole.trim_end());
            self.text.push('\n');
        }
    }
}

/// A label in a column of labels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Label<'a> {
    /// The label.
    pub(super) text: &'a str,
    /// The width of its column.
    pub(super) columns: usize,
}
