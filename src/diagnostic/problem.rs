//! Pure: one problem, all problems of a file, and how they are drawn.

use std::cell::RefCell;
use std::fmt;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};

use super::Place;
use super::source::{Source, one_line};

/// The most problems of one file that are drawn: a file with more is not a policy but something else.
const MOST_DRAWN: usize = 50;

/// The width of [`Problems`]' `Display`.
const PLAIN_WIDTH: usize = 100;

/// The narrowest width that is drawn for; less would be a column of single letters.
const LEAST_WIDTH: usize = 40;

/// Where the readers of one file leave the problems that they find.
pub(super) type Notes = RefCell<Vec<Problem>>;

/// One problem of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where it is.
    pub place: Place,
    /// What is wrong.
    pub message: String,
    /// What can be done about it, where that is known.
    pub help: Option<String>,
    /// Whether it can be a mere consequence of another problem.
    pub(super) is_conclusion: bool,
    /// Whether no other problem is worth showing beside it.
    pub(super) stands_alone: bool,
}

impl Problem {
    /// A problem at a place. Control characters that came from the file are made harmless.
    pub fn at(place: Place, message: impl AsRef<str>) -> Self {
        Self {
            place,
            message: one_line(message.as_ref()),
            help: None,
            is_conclusion: false,
            stands_alone: false,
        }
    }

    /// Says what can be done about it.
    #[must_use]
    pub fn help(mut self, help: impl AsRef<str>) -> Self {
        self.help = Some(one_line(help.as_ref()));
        self
    }

    /// The same, where there may be nothing to say.
    pub(super) fn help_if(self, help: Option<impl AsRef<str>>) -> Self {
        match help {
            Some(help) => self.help(help),
            None => self,
        }
    }

    /// Marks a problem that rests on more than what is written at its place, such as on something not being in
    /// the file. It is not shown when the syntax is broken, since what is missing may be in the part that could
    /// not be read, nor when something else is wrong with the same value.
    #[must_use]
    pub fn conclusion(mut self) -> Self {
        self.is_conclusion = true;
        self
    }

    /// Marks a problem that makes the others pointless, such as a format that this version cannot read.
    #[must_use]
    pub fn alone(mut self) -> Self {
        self.stands_alone = true;
        self
    }
}

/// Every problem of one file, in the order of their places. Never empty.
///
/// `Display` draws them without colour for a width of 100 columns.
#[derive(Debug)]
pub struct Problems {
    source: Source,
    list: Vec<Problem>,
}

impl Problems {
    /// The problems of the file `name`, whose content is `text`.
    pub(super) fn new(name: &str, text: &str, mut list: Vec<Problem>) -> Self {
        list.sort_by_key(|problem| problem.place);
        Self { source: Source::new(&one_line(name), text), list }
    }

    /// How many there are.
    #[expect(clippy::len_without_is_empty, reason = "there is always at least one")]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// The problems, in the order of their places.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.list.iter()
    }

    /// Draws every problem with its line, for a terminal of that many columns.
    pub fn render(&self, color: bool, width: usize) -> String {
        let handler = GraphicalReportHandler::new_themed(theme(color))
            .without_syntax_highlighting()
            .with_context_lines(Source::WHOLE_LINE)
            .with_width(width.max(LEAST_WIDTH));
        let mut drawn = Vec::new();
        for problem in self.list.iter().take(MOST_DRAWN) {
            let mut text = String::new();
            let shown = Shown { problem, source: &self.source };
            if handler.render_report(&mut text, &shown).is_err() {
                text = format!("{}: {}\n", self.source.name(), problem.message);
            }
            drawn.push(text);
        }
        let more = self.list.len().saturating_sub(MOST_DRAWN);
        if more > 0 {
            drawn.push(format!("  and {more} more\n"));
        }
        drawn.join("\n")
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.render(false, PLAIN_WIDTH).trim_end())
    }
}

impl std::error::Error for Problems {}

/// Lines in Unicode, marks as carets.
fn theme(color: bool) -> GraphicalTheme {
    let mut theme = if color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    theme.characters.underline = '^';
    theme.characters.uarrow = '^';
    theme
}

/// A problem together with the text that it is about, as miette wants to see it.
#[derive(Debug)]
struct Shown<'a> {
    problem: &'a Problem,
    source: &'a Source,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem.message)
    }
}

impl std::error::Error for Shown<'_> {}

impl Diagnostic for Shown<'_> {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.problem.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(std::iter::once(LabeledSpan::new_primary_with_span(
            None,
            self.source.mark(self.problem.place),
        ))))
    }
}

/// A piece of the file in backticks, cut to a length that a message can bear.
pub fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    if text.chars().count() <= LONGEST {
        return format!("`{text}`");
    }
    let start: String = text.chars().take(LONGEST).collect();
    format!("`{start}...`")
}
