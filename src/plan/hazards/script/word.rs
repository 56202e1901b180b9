//! Pure: the words of shell commands, and what they come to where variables are known.

use std::collections::BTreeMap;

/// Stands in a value for what only the shell knows.
pub(super) const UNKNOWN: char = '\u{1a}';
/// A value is cut there, so that variables made of themselves stay small.
const MOST_OF_A_VALUE: usize = 1000;

/// The values of variables, as far as the script says them.
pub(super) type Variables = BTreeMap<String, String>;

/// A piece of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// It stands for itself.
    Text(String),
    /// `$NAME`, `${NAME:-otherwise}`.
    Variable { name: String, otherwise: Option<String> },
    /// `$(script)`: its output. With the line that it begins on.
    Output { script: String, line: usize },
}

/// A word of a command, without its quotes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) parts: Vec<Part>,
    /// Whether any of it is in quotes: then it is no keyword, and is not split.
    pub(super) quoted: bool,
    /// The line that it begins on.
    pub(super) line: usize,
}

impl Word {
    /// As it is written: variables by their names. What a variable holds may be a secret; its name is none.
    pub(super) fn raw(&self) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Variable { name, .. } if name.chars().all(|c| c.is_alphanumeric() || c == '_') => {
                format!("${{{name}}}")
            }
            Part::Variable { name, .. } => format!("${name}"),
            Part::Output { script, .. } => format!("$({script})"),
        };
        self.parts.iter().map(part).collect()
    }

    /// What it comes to.
    pub(super) fn value(&self, variables: &Variables) -> String {
        let mut value = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => value.push_str(text),
                Part::Variable { name, otherwise } => match variables.get(name).or(otherwise.as_ref()) {
                    Some(known) => value.push_str(known),
                    None => value.push(UNKNOWN),
                },
                Part::Output { script, .. } => match script.split_whitespace().collect::<Vec<_>>()[..] {
                    ["which", program] | ["command", "-v", program] | ["type", "-p", program] => {
                        value.push_str(program);
                    }
                    ["pwd"] => value.push_str(variables.get("PWD").map_or("\u{1a}", String::as_str)),
                    _ => value.push(UNKNOWN),
                },
            }
        }
        match value.char_indices().nth(MOST_OF_A_VALUE) {
            Some((end, _)) => value[..end].to_owned() + "\u{1a}",
            None => value,
        }
    }

    /// The scripts whose output it takes in.
    pub(super) fn outputs(&self) -> impl Iterator<Item = (&str, usize)> {
        self.parts.iter().filter_map(|part| match part {
            Part::Output { script, line } => Some((script.as_str(), *line)),
            Part::Text(_) | Part::Variable { .. } => None,
        })
    }
}
