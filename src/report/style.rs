//! How text may look: colour and width are arguments. Meaning is never carried by colour alone.

use anstyle::{AnsiColor, Effects};

/// The narrowest width that is laid out for; narrower terminals wrap by themselves.
const NARROWEST: usize = 40;

/// What the place that text is shown in can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether colours are wanted.
    pub color: bool,
    /// How many columns there are.
    pub width: usize,
}

impl Style {
    /// Without colours, 80 columns wide: for files and pipes.
    pub const PLAIN: Style = Style { color: false, width: 80 };

    /// The columns to lay text out in.
    pub fn columns(self) -> usize {
        self.width.max(NARROWEST)
    }

    /// Headings and names.
    pub fn bold(self, text: &str) -> String {
        self.styled(text, anstyle::Style::new().effects(Effects::BOLD))
    }

    /// What is less important.
    pub fn dim(self, text: &str) -> String {
        self.styled(text, anstyle::Style::new().effects(Effects::DIMMED))
    }

    /// What failed.
    pub fn red(self, text: &str) -> String {
        self.styled(text, AnsiColor::Red.on_default())
    }

    /// What needs attention.
    pub fn yellow(self, text: &str) -> String {
        self.styled(text, AnsiColor::Yellow.on_default())
    }

    /// What went well.
    pub fn green(self, text: &str) -> String {
        self.styled(text, AnsiColor::Green.on_default())
    }

    /// What is worse than failed.
    pub fn critical(self, text: &str) -> String {
        self.styled(text, AnsiColor::Red.on_default().effects(Effects::BOLD | Effects::INVERT))
    }

    fn styled(self, text: &str, style: anstyle::Style) -> String {
        if self.color && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_colour_the_text_is_the_same() {
        assert_eq!(Style::PLAIN.red("failed"), "failed");
        let coloured = Style { color: true, width: 80 };
        assert_eq!(coloured.red("failed"), "\u{1b}[31mfailed\u{1b}[0m");
        assert_eq!(coloured.red(""), "");
    }
}
