//! Pure: reads a shell script as a list of simple commands. What is around them (`if`, `for`, functions) is not
//! understood but passed through: each command counts, whether or not it would be run.
//!
//! A reader of our own, since scripts are others' input: it goes through a text once, never calls itself, takes what no
//! shell would take, and reads on behind it. What is nested (`$(...)`, a script in quotes or in a heredoc) is handed on as
//! text, to be read in turn as deep as the caller likes.

use super::quoted;
use super::source::Source;
use super::word::Word;

/// What a script consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    Command(Command),
    /// `name() {`, `function name {`.
    Function(String),
    /// The begin of a subshell.
    Open,
    /// The end of a subshell.
    Close,
}

/// A command and where it leads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Command {
    /// The line that it begins on.
    pub(super) line: usize,
    /// Variables set before it, its name, its arguments.
    pub(super) words: Vec<Word>,
    /// Its redirections.
    pub(super) redirects: Vec<Redirect>,
    /// What comes behind it.
    pub(super) ends: End,
}

/// What comes behind a command.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum End {
    /// The next one.
    #[default]
    Next,
    /// `||`: what it fails at is dealt with.
    Or,
    /// `|`: the next one reads what it prints.
    Pipe,
}

/// A redirection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Redirect {
    /// `< file`
    From(Word),
    /// `> file`
    To(Word),
    /// A heredoc or a here-string: the text.
    Here(Word),
}

/// A heredoc whose text is still to come.
struct Expected {
    /// The command that it is for, among the items, and its place among the redirections of that.
    of: (usize, usize),
    delimiter: String,
    tabs: bool,
    quoted: bool,
}

struct Reader {
    source: Source,
    items: Vec<Item>,
    command: Command,
    expected: Vec<Expected>,
    /// How many subshells are open.
    open: usize,
}

/// Reads a script whose first line has that number.
pub(super) fn read(text: &str, line: usize) -> Vec<Item> {
    let (source, items) = (Source::new(text, line), Vec::new());
    let mut reader = Reader { source, items, command: Command::default(), expected: Vec::new(), open: 0 };
    while let Some(c) = reader.source.peek() {
        reader.step(c);
    }
    reader.end(End::Next);
    reader.items
}

impl Reader {
    fn step(&mut self, c: char) {
        match c {
            '\n' => {
                self.source.next();
                self.end(End::Next);
                self.take_heredocs();
            }
            '\\' if self.source.starts("\\\n") => self.source.skip(2),
            c if c.is_whitespace() => self.source.skip(1),
            '#' => {
                while self.source.peek().is_some_and(|c| c != '\n') {
                    self.source.skip(1);
                }
            }
            ';' => self.operator(1, End::Next),
            '&' if self.source.starts("&&") => self.operator(2, End::Next),
            '&' if self.source.starts("&>") => self.source.skip(1),
            '&' => self.operator(1, End::Next),
            '|' if self.source.starts("||") => self.operator(2, End::Or),
            '|' if self.source.starts("|&") => self.operator(2, End::Pipe),
            '|' => self.operator(1, End::Pipe),
            '(' => self.opens(),
            ')' => self.closes(),
            '<' | '>' if self.source.starts("<(") || self.source.starts(">(") => self.word(),
            '<' | '>' => self.redirect(),
            _ => self.word(),
        }
    }

    fn operator(&mut self, length: usize, ends: End) {
        self.source.skip(length);
        self.end(ends);
    }

    /// The command is complete.
    fn end(&mut self, ends: End) {
        let command = std::mem::take(&mut self.command);
        if !command.words.is_empty() || !command.redirects.is_empty() {
            self.items.push(Item::Command(Command { ends, ..command }));
        }
    }

    fn opens(&mut self) {
        let [name] = &self.command.words[..] else {
            let arithmetic = self.source.starts("((") && self.command.words.is_empty();
            if arithmetic && self.source.skip_past("))") {
                return;
            }
            self.source.skip(1);
            self.end(End::Next);
            self.open += 1;
            return self.items.push(Item::Open);
        };
        let name = name.raw();
        self.source.skip(1);
        self.command = Command::default();
        self.items.push(Item::Function(name));
        if self.source.peek() == Some(')') {
            self.source.skip(1);
        }
    }

    /// One that closes nothing ends a pattern of `case`, which is no command.
    fn closes(&mut self) {
        self.source.skip(1);
        if self.open == 0 {
            self.command = Command::default();
            return;
        }
        self.end(End::Next);
        self.open -= 1;
        self.items.push(Item::Close);
    }

    fn word(&mut self) {
        let word = quoted::word(&mut self.source);
        if self.command.words.is_empty() && self.command.redirects.is_empty() {
            self.command.line = word.line;
        }
        // The number of what is redirected.
        let number = !word.quoted && word.raw().chars().all(|c| c.is_ascii_digit());
        if !(number && self.source.peek().is_some_and(|c| c == '<' || c == '>')) {
            self.command.words.push(word);
        }
    }

    fn redirect(&mut self) {
        if self.command.words.is_empty() && self.command.redirects.is_empty() {
            self.command.line = self.source.line;
        }
        let known = ["<<<", "<<-", "<<", "<&", "<>", "<", ">>", ">|", ">&", ">"];
        let operator = known.into_iter().find(|one| self.source.starts(one)).unwrap_or(">");
        self.source.skip(operator.len());
        while self.source.peek().is_some_and(|c| c == ' ' || c == '\t') {
            self.source.skip(1);
        }
        let word = quoted::word(&mut self.source);
        let redirect = match operator {
            "<<" | "<<-" => {
                let of = (self.items.len(), self.command.redirects.len());
                let (delimiter, quoted) = (word.raw(), word.quoted);
                self.expected.push(Expected { of, delimiter, tabs: operator == "<<-", quoted });
                Redirect::Here(Word::default())
            }
            "<<<" => Redirect::Here(word),
            "<" | "<>" => Redirect::From(word),
            "<&" => return,
            ">&" if word.raw().chars().all(|c| c.is_ascii_digit() || c == '-') => return,
            _ => Redirect::To(word),
        };
        self.command.redirects.push(redirect);
    }

    /// The texts that the line before has asked for.
    fn take_heredocs(&mut self) {
        for Expected { of: (item, redirect), delimiter, tabs, quoted } in std::mem::take(&mut self.expected) {
            let text = self.source.lines_until(&delimiter, tabs);
            let word = quoted::heredoc(text, quoted);
            if let Some(Item::Command(command)) = self.items.get_mut(item)
                && let Some(place) = command.redirects.get_mut(redirect)
            {
                *place = Redirect::Here(word);
            }
        }
    }
}
