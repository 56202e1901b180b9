//! Pure: the text of a script, gone through once.

/// How many characters arithmetic has at most: what is longer is taken for commands.
const NOT_FAR: usize = 300;

/// A text, and how far it has been read.
pub(super) struct Source {
    characters: Vec<char>,
    at: usize,
    /// The line that is read.
    pub(super) line: usize,
}

impl Source {
    pub(super) fn new(text: &str, line: usize) -> Source {
        Source { characters: text.chars().filter(|c| *c != '\r').collect(), at: 0, line }
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        self.line += usize::from(c == '\n');
        Some(c)
    }

    pub(super) fn skip(&mut self, count: usize) {
        (0..count).for_each(|_| _ = self.next());
    }

    /// Whether that is next.
    pub(super) fn starts(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(at, c)| self.characters.get(self.at + at) == Some(&c))
    }

    /// Goes behind the next place where that is, on this line and not far; nowhere, if there is none.
    pub(super) fn skip_past(&mut self, text: &str) -> bool {
        let begin = (self.at, self.line);
        while self.peek().is_some_and(|c| c != '\n') && self.at < begin.0 + NOT_FAR {
            if self.starts(text) {
                self.skip(text.len());
                return true;
            }
            self.skip(1);
        }
        (self.at, self.line) = begin;
        false
    }

    /// The lines before one that is just that, which is passed, with the number of the first.
    pub(super) fn lines_until(&mut self, delimiter: &str, tabs: bool) -> (String, usize) {
        let (mut text, line) = (String::new(), self.line);
        while self.peek().is_some() {
            let mut one = String::new();
            while let Some(c) = self.next().filter(|c| *c != '\n') {
                one.push(c);
            }
            let one = if tabs { one.trim_start_matches('\t') } else { &one };
            if one == delimiter {
                break;
            }
            text.push_str(one);
            text.push('\n');
        }
        (text, line)
    }
}
