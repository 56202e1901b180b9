//! Pure: words with marks on them. Nothing here is escaped: a renderer does that, for where the words land.

use crate::rules::Severity;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Span {
    /// Words.
    Plain(String),
    /// Words that stand out.
    Strong(String),
    /// What is typed or read letter by letter.
    Code(String),
    /// From what is before to what is behind.
    Arrow,
}

/// What a whole text means; no tone says what the words do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Nothing in particular.
    #[default]
    Plain,
    /// The gist.
    Strong,
    /// Of less importance.
    Dim,
    /// It went well.
    Good,
    /// It needs attention.
    Warning,
    /// It failed.
    Bad,
    /// Worse than bad.
    Critical,
}

/// One line of words, whatever was put into it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    pub(super) spans: Vec<Span>,
    pub(super) tone: Tone,
}

impl Text {
    /// What is shown letter by letter, such as a digest.
    pub fn code(text: impl ToString) -> Self {
        Self::default().then(Span::Code(text.to_string()))
    }

    /// Words that stand out.
    pub fn strong(text: impl ToString) -> Self {
        Self::default().then(Span::Strong(text.to_string()))
    }

    /// Words of this program's own, with `` `code` `` and `**strong**` in them.
    pub fn prose(words: &'static str) -> Self {
        let mut text = Self::default();
        for (number, part) in words.split('`').enumerate() {
            if number % 2 == 1 {
                text.spans.push(Span::Code(part.to_owned()));
                continue;
            }
            for (number, part) in part.split("**").enumerate().filter(|(_, part)| !part.is_empty()) {
                let span = if number % 2 == 1 { Span::Strong } else { Span::Plain };
                text.spans.push(span(part.to_owned()));
            }
        }
        text
    }

    /// The text, then these words.
    pub fn plain(self, text: impl ToString) -> Self {
        self.then(Span::Plain(text.to_string()))
    }

    /// The text, then an arrow to these words.
    pub fn to(self, text: impl ToString) -> Self {
        self.then(Span::Arrow).plain(text)
    }

    /// The text, then another.
    pub fn join(mut self, other: Text) -> Self {
        self.spans.extend(other.spans);
        self
    }

    /// The text in that tone.
    pub fn toned(self, tone: Tone) -> Self {
        Self { tone, ..self }
    }

    /// The text in that tone if so.
    pub fn toned_if(self, so: bool, tone: Tone) -> Self {
        if so { self.toned(tone) } else { self }
    }

    fn then(mut self, span: Span) -> Self {
        self.spans.push(span);
        self
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::default().plain(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::default().then(Span::Plain(text))
    }
}

impl From<Severity> for Tone {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Informational => Tone::Dim,
            Severity::Low => Tone::Plain,
            Severity::Medium => Tone::Warning,
            Severity::High => Tone::Bad,
            Severity::Critical => Tone::Critical,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_read_into_its_marks() {
        let plain = |text: &str| Span::Plain(text.to_owned());
        assert_eq!(
            Text::prose("**Now.** Give `apply` it").spans,
            [Span::Strong("Now.".to_owned()), plain(" Give "), Span::Code("apply".to_owned()), plain(" it"),]
        );
    }
}
