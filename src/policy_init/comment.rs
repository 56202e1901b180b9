//! Pure: what policies are written with: comments, wrapped, and lists.

use crate::text::for_terminal;

/// The columns that comments keep to.
const COLUMNS: usize = 110;

/// A comment, wrapped.
pub(super) fn comment(text: &mut String, words: &str) {
    hanging(text, ("# ", "# "), words);
}

/// An entry of a list in a comment, wrapped.
pub(super) fn entry(text: &mut String, words: &str) {
    hanging(text, ("# - ", "#   "), words);
}

fn hanging(text: &mut String, (first, next): (&str, &str), words: &str) {
    let mut line = first.to_owned();
    let mut fresh = true;
    for word in for_terminal(words).split(' ') {
        if !fresh && line.len() + 1 + word.len() > COLUMNS {
            text.push_str(&line);
            text.push('\n');
            line = next.to_owned();
            fresh = true;
        }
        if !fresh {
            line.push(' ');
        }
        line.push_str(word);
        fresh = false;
    }
    text.push_str(&line);
    text.push('\n');
}

pub(super) fn quoted_list<T: ToString>(values: impl Iterator<Item = T>) -> String {
    let quoted: Vec<String> = values.map(|value| format!("\"{}\"", value.to_string())).collect();
    format!("[{}]", quoted.join(", "))
}

pub(super) fn push(text: &mut String, more: &str) {
    text.push_str(more);
}

/// A line with a comment beside it, or above where that is too long.
pub(super) fn line(text: &mut String, content: &str, told: Option<&str>) {
    let Some(told) = told else { return push(text, &format!("{content}\n")) };
    let beside = format!("{content:<39}# {told}\n");
    if beside.len() <= COLUMNS {
        return push(text, &beside);
    }
    comment(text, told);
    push(text, &format!("{content}\n"));
}
