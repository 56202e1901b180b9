//! Pure: a document as Markdown, to go into a ticket or a change request.

use super::block::{Block, Change, Document, Field};
use super::escape::{code, escape};
use super::text::{Span, Text, Tone};
use crate::report::json::laid_out;
use crate::text::capitalized;

/// A document as Markdown, whole.
pub fn markdown(document: &Document) -> String {
    let Document { title, facts, answer, blocks } = document;
    let mut lines: Vec<String> = title.iter().map(|title| format!("# {}", marked(title))).collect();
    stack(&mut lines, answer, 2);
    if !facts.is_empty() {
        lines.push(String::new());
        lines.extend(fields(facts));
    }
    stack(&mut lines, blocks, 2);
    lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
}

/// Appends blocks, with an empty line before each.
fn stack(lines: &mut Vec<String>, blocks: &[Block], level: usize) {
    for one in blocks {
        if let Block::Detail(blocks) = one {
            stack(lines, blocks, level);
        } else {
            lines.push(String::new());
            lines.extend(block(one, level));
        }
    }
}

fn block(block: &Block, level: usize) -> Vec<String> {
    match block {
        Block::Section(title, blocks) => {
            let mut lines = vec![format!("{} {}", "#".repeat(level), marked(title))];
            stack(&mut lines, blocks, level + 1);
            lines
        }
        Block::Paragraph(text) => vec![toned(text)],
        Block::Fields(list) => fields(list),
        Block::Bullets(list) => list.iter().map(|text| format!("- {}", toned(text))).collect(),
        Block::Steps(list) => {
            (1..).zip(list).map(|(number, text)| format!("{number}. {}", toned(text))).collect()
        }
        Block::Table(head, rows) => table(head, rows.iter().map(|row| row.iter().map(marked).collect())),
        Block::Changes(list) => table(&["Member", "Before", "After"], list.iter().map(change)),
        Block::Commands(list) => {
            let list = list.iter().cloned();
            std::iter::once("```sh".to_owned()).chain(list).chain(["```".to_owned()]).collect()
        }
        // No line of JSON is a fence, whatever its strings hold: new lines in them are escaped.
        Block::Json(json) => {
            std::iter::once("```json".to_owned()).chain(laid_out(json)).chain(["```".to_owned()]).collect()
        }
        Block::Detail(_) => Vec::new(),
    }
}

/// A list, what is more than a sentence indented under its label.
fn fields(list: &[Field]) -> Vec<String> {
    let mut lines = Vec::new();
    for Field { label, value } in list {
        let label = capitalized(label);
        if let [Block::Paragraph(text)] = &value[..] {
            lines.push(format!("- {label}: {}", toned(text)));
            continue;
        }
        lines.push(format!("- {label}:"));
        let mut under = Vec::new();
        stack(&mut under, value, 3);
        let indented = |line: &String| if line.is_empty() { String::new() } else { format!("  {line}") };
        lines.extend(under.iter().map(indented));
        lines.push(String::new());
    }
    lines.truncate(lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1));
    lines
}

fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Vec<String> {
    let mut lines = vec![format!("| {} |", head.join(" | ")), format!("|{}", " --- |".repeat(head.len()))];
    lines.extend(rows.map(|row| format!("| {} |", row.join(" | "))));
    lines
}

fn change(Change { member, before, after }: &Change) -> Vec<String> {
    let value = |value: &Option<String>| value.as_deref().map_or_else(|| "(none)".to_owned(), code);
    vec![code(member), value(before), value(after)]
}

/// The text with its marks; what needs attention is strong as a whole.
fn toned(text: &Text) -> String {
    match text.tone {
        Tone::Warning | Tone::Bad | Tone::Critical => format!("**{}**", marked(text)),
        Tone::Plain | Tone::Strong | Tone::Dim | Tone::Good => marked(text),
    }
}

fn marked(text: &Text) -> String {
    let span = |span: &Span| match span {
        Span::Plain(text) => escape(text),
        Span::Strong(text) => format!("**{}**", escape(text)),
        Span::Code(text) => code(text),
        Span::Arrow => " → ".to_owned(),
    };
    text.spans.iter().map(span).collect()
}
