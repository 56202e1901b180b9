//! Pure: what a file can have, as Markdown for people.

#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use super::quantity::friendly;
use super::{Absence, KeyText, Keyed, Shape};

/// Every key of files whose root is a `T`, as Markdown: a section for each table.
pub fn reference<T: Keyed>() -> String {
    let mut sections = Vec::new();
    add(&mut sections, ("The top of the file", T::ABOUT), &T::described());
    sections.iter().map(|(title, body)| format!("## {title}\n\n{body}")).collect::<Vec<_>>().join("\n")
}

/// Adds a table, then the tables in it that were not added before.
fn add(sections: &mut Vec<(String, String)>, (title, about): (&str, &str), keys: &[KeyText]) {
    let is_root = sections.is_empty();
    sections.push((title.to_owned(), format!("{about}\n\n{}", rows(keys))));
    for key in keys {
        let inner = key.shape.keys();
        let is_list = matches!(key.shape, Shape::Tables(..));
        let title = match (&key.name, is_root, is_list) {
            (name, true, true) => format!("`[[{name}]]`"),
            (name, true, false) => format!("`[{name}]`"),
            (name, false, _) => format!("`{name}`"),
        };
        if !inner.is_empty() && sections.iter().all(|(added, _)| *added != title) {
            add(sections, (&title, &about_table(key)), &inner);
        }
    }
}

fn about_table(key: &KeyText) -> String {
    let about = &key.about;
    if let Shape::Tables(_, _, Some((below, _))) = &key.shape {
        return format!("{about} Every key of `[{below}]` can stand here as well, and then counts here.");
    }
    about.clone()
}

fn rows(keys: &[KeyText]) -> String {
    let own: Vec<&KeyText> = keys.iter().filter(|key| !key.inherited).collect();
    // What words mean that several keys take is said once, above.
    let is_shared = |meanings: &Vec<String>| own.iter().filter(|key| key.meanings() == *meanings).count() > 1;
    let shared = own.iter().map(|key| key.meanings()).find(|one| !one.is_empty() && is_shared(one));
    let mut text = shared.iter().map(|meanings| format!("{}\n\n", meanings.join(" "))).collect::<String>();
    text.push_str("| key | value | default | meaning |\n|---|---|---|---|\n");
    for key in own {
        let default = match &key.absence {
            Absence::Allowed => String::new(),
            Absence::Refused => "required".to_owned(),
            Absence::Means(literal) => format!("`{}`", literal.as_str()),
        };
        let mut parts = vec![key.about.clone()];
        parts.extend(key.meanings().into_iter().filter(|_| shared.as_ref() != Some(&key.meanings())));
        parts.extend(key.example.iter().map(|example| format!("Example: `{}`", example.as_str())));
        let _ =
            writeln!(text, "| `{}` | {} | {default} | {} |", key.name, key.shape.words(), parts.join("<br>"));
    }
    text
}

impl Shape {
    /// In a few words, for a reference.
    fn words(&self) -> String {
        match self {
            Shape::Flag => "`true` or `false`".to_owned(),
            Shape::Number(range) if range.start() == range.end() => range.start().to_string(),
            Shape::Number(range) => format!("{} to {}", range.start(), range.end()),
            Shape::Text(spelling) => spelling.what.to_owned(),
            Shape::Words(words) => {
                let one_of = if words.len() > 1 { "one of " } else { "" };
                let words: Vec<String> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
                format!("{one_of}{}", words.join(", "))
            }
            Shape::Length(range) => {
                format!("a length of time, {} to {}", friendly(*range.start()), friendly(*range.end()))
            }
            Shape::Day => "a date".to_owned(),
            Shape::List(each, count) => {
                format!("a list of {} to {}, each {}", count.start(), count.end(), each.words())
            }
            Shape::Table(..) => "a table".to_owned(),
            Shape::Tables(..) => "a list of tables".to_owned(),
            Shape::Map(what, ..) => (*what).to_owned(),
            Shape::Either(both) => format!("{}; or {}", both.0.words(), both.1.words()),
        }
    }
}
