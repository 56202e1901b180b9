//! Pure: reads words of a shell script: quotes, escapes, variables, and the scripts whose output they take in.

use super::source::Source;
use super::word::{Part, Word};

/// What a word is put together in.
#[derive(Default)]
struct Builder {
    parts: Vec<Part>,
    text: String,
}

impl Builder {
    fn part(&mut self, part: Part) {
        if !self.text.is_empty() {
            self.parts.push(Part::Text(std::mem::take(&mut self.text)));
        }
        self.parts.push(part);
    }

    fn word(mut self, quoted: bool, line: usize) -> Word {
        if !self.text.is_empty() {
            self.parts.push(Part::Text(self.text));
        }
        Word { parts: self.parts, quoted, line }
    }
}

/// Reads one word: up to the first blank or operator that is in no quotes. It reads something wherever it is called
/// before a character that begins a word.
pub(super) fn word(source: &mut Source) -> Word {
    let (line, mut quoted, mut built) = (source.line, false, Builder::default());
    while let Some(c) = source.peek() {
        match c {
            '<' | '>' if source.starts("<(") || source.starts(">(") => {
                source.skip(2);
                output(source, &mut built);
            }
            // The values of an array.
            '(' if built.parts.is_empty() && built.text.ends_with('=') => {
                source.skip(1);
                let _ = until_closed(source);
            }
            c if c.is_whitespace() || ";&|()<>".contains(c) => break,
            '\'' => {
                quoted = true;
                source.skip(1);
                single(source, &mut built);
            }
            '"' => {
                quoted = true;
                source.skip(1);
                double(source, &mut built, Some('"'));
            }
            '$' if source.starts("$'") => source.skip(1),
            '$' if source.starts("$\"") => source.skip(1),
            '\\' => {
                source.skip(1);
                quoted = true;
                built.text.extend(source.next().filter(|c| *c != '\n'));
            }
            '$' => dollar(source, &mut built),
            '`' => backtick(source, &mut built),
            c => {
                source.skip(1);
                built.text.push(c);
            }
        }
    }
    built.word(quoted, line)
}

/// The text of a heredoc: in one whose delimiter is quoted, all stands for itself.
pub(super) fn heredoc((text, line): (String, usize), quoted: bool) -> Word {
    let mut built = Builder::default();
    if quoted {
        built.text = text;
    } else {
        double(&mut Source::new(&text, line), &mut built, None);
    }
    built.word(quoted, line)
}

fn single(source: &mut Source, built: &mut Builder) {
    while let Some(c) = source.next().filter(|c| *c != '\'') {
        built.text.push(c);
    }
}

/// Up to the closing quote, or to the end of a heredoc.
fn double(source: &mut Source, built: &mut Builder, close: Option<char>) {
    while let Some(c) = source.peek() {
        match c {
            c if Some(c) == close => return source.skip(1),
            '\\' => {
                source.skip(1);
                match source.next() {
                    // Kept, so that the lines of what is inside keep their numbers.
                    Some('\n') => built.text.push_str("\\\n"),
                    Some(c) if "$`\"\\".contains(c) => built.text.push(c),
                    other => {
                        built.text.push('\\');
                        built.text.extend(other);
                    }
                }
            }
            '$' => dollar(source, built),
            '`' => backtick(source, built),
            c => {
                source.skip(1);
                built.text.push(c);
            }
        }
    }
}

fn dollar(source: &mut Source, built: &mut Builder) {
    source.skip(1);
    match source.peek() {
        Some('(') if source.starts("((") && source.skip_past("))") => {
            built.part(Part::Variable { name: "((".to_owned(), otherwise: None });
        }
        Some('(') => {
            source.skip(1);
            output(source, built);
        }
        Some('{') => {
            source.skip(1);
            braces(source, built);
        }
        Some(c) if c.is_ascii_alphabetic() || c == '_' => {
            let mut name = String::new();
            while let Some(c) = source.peek().filter(|c| c.is_ascii_alphanumeric() || *c == '_') {
                source.skip(1);
                name.push(c);
            }
            built.part(Part::Variable { name, otherwise: None });
        }
        Some(c) if c.is_ascii_digit() || "@*#?$!-".contains(c) => {
            source.skip(1);
            built.part(Part::Variable { name: c.to_string(), otherwise: None });
        }
        _ => built.text.push('$'),
    }
}

/// `${NAME}`, `${NAME:-otherwise}`: what is done to a value beyond that is not followed.
fn braces(source: &mut Source, built: &mut Builder) {
    let (mut inside, mut depth) = (String::new(), 1_usize);
    while let Some(c) = source.next() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        inside.push(c);
    }
    let end = inside.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(inside.len());
    let (name, rest) = inside.split_at(end);
    let plain = |text: &&str| !text.contains(['$', '`', '"', '\'']);
    let otherwise = rest.strip_prefix(":-").or(rest.strip_prefix('-')).filter(plain).map(str::to_owned);
    // What is left is known only if nothing is done to it.
    let known = rest.is_empty() || otherwise.is_some();
    let name = if known {
        name.to_owned()
    } else if name.is_empty() {
        inside
    } else {
        format!("{name}?")
    };
    built.part(Part::Variable { name, otherwise });
}

fn backtick(source: &mut Source, built: &mut Builder) {
    source.skip(1);
    let (line, mut script) = (source.line, String::new());
    while let Some(c) = source.next().filter(|c| *c != '`') {
        match c {
            '\\' => script.extend(source.next()),
            c => script.push(c),
        }
    }
    built.part(Part::Output { script, line });
}

fn output(source: &mut Source, built: &mut Builder) {
    let line = source.line;
    let script = until_closed(source);
    built.part(Part::Output { script, line });
}

/// What is before the parenthesis that closes the one that has been read. One in quotes or in a comment closes none.
fn until_closed(source: &mut Source) -> String {
    let (mut text, mut depth, mut quote) = (String::new(), 1_usize, None);
    while let Some(c) = source.next() {
        match (quote, c) {
            (Some('\''), '\\') => {}
            (_, '\\') => {
                text.push(c);
                text.extend(source.next());
                continue;
            }
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (None, '#') if text.chars().next_back().is_none_or(char::is_whitespace) => {
                text.push(c);
                while let Some(c) = source.peek().filter(|c| *c != '\n') {
                    source.skip(1);
                    text.push(c);
                }
                continue;
            }
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        text.push(c);
    }
    text
}
