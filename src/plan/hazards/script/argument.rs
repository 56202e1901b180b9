//! Pure: the arguments of a command, once variables have been put in.

use super::word::{Variables, Word};

/// A word of a command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Argument {
    /// As it is written: this alone may be shown.
    pub(super) raw: String,
    /// What it comes to.
    pub(super) value: String,
    pub(super) quoted: bool,
    pub(super) line: usize,
}

impl Argument {
    pub(super) fn of(word: &Word, variables: &Variables) -> Argument {
        let (raw, value) = (word.raw(), word.value(variables));
        Argument { raw, value, quoted: word.quoted, line: word.line }
    }

    /// The option that it is, and its value if that is in the same word: `--name=value`.
    pub(super) fn option(&self) -> (&str, Option<&str>) {
        match self.value.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name, Some(value)),
            Some(_) | None => (&self.value, None),
        }
    }

    pub(super) fn is_option(&self) -> bool {
        self.value.starts_with('-') && self.value.len() > 1
    }

    /// The variable that it sets, and to what.
    pub(super) fn assignment(&self) -> Option<(&str, &str)> {
        let (name, _) = self.raw.split_once('=')?;
        let name = name.trim_end_matches('+');
        let mut characters = name.chars();
        let first = characters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
        let plain = first && characters.all(|c| c.is_ascii_alphanumeric() || c == '_');
        plain.then_some(())?;
        Some((name, self.value.split_once('=')?.1))
    }
}

/// The name of a program without its directory and the version behind it: `/usr/bin/pip3.9` is `pip`.
pub(super) fn program(word: &str) -> &str {
    let name = word.rsplit('/').next().unwrap_or(word);
    let bare = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '-');
    let versioned = ["pip", "python", "pypy", "easy_install", "conda", "node", "npm", "ipython"];
    if versioned.contains(&bare) { bare } else { name }
}

/// The words that are no options, where these options take the next word for their value.
pub(super) fn operands<'a>(arguments: &'a [Argument], with_value: &[&str]) -> Vec<&'a Argument> {
    let (mut found, mut skip, mut ended) = (Vec::new(), false, false);
    for argument in arguments {
        if std::mem::take(&mut skip) {
            continue;
        }
        if argument.is_option() && !ended {
            ended = argument.value == "--";
            skip = with_value.contains(&argument.value.as_str());
        } else {
            found.push(argument);
        }
    }
    found
}

/// The values of an option, in one word with it or in the next.
pub(super) fn values<'a>(arguments: &'a [Argument], names: &[&str]) -> Vec<&'a Argument> {
    let pairs = arguments.iter().zip(arguments.iter().skip(1));
    pairs.filter(|(option, _)| names.contains(&option.value.as_str())).map(|(_, value)| value).collect()
}

/// Whether one of these options is given.
pub(super) fn has(arguments: &[Argument], names: &[&str]) -> bool {
    arguments.iter().any(|argument| names.contains(&argument.option().0))
}
