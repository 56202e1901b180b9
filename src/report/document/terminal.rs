//! Pure: a document in lines for a terminal: laid out for a width, and the same words without colour.

use super::block::{Block, Change, Document, Field};
use super::line::wrapped;
use super::table::table;
use super::text::{Text, Tone};
use crate::report::{Style, commands, json, wording};
use crate::text::width;

/// How long a section of a list may be without empty lines around it.
const SHORT: usize = 8;

/// A document for a terminal.
///
/// No line is wider than the style's columns, unless a word that must stay whole for pasting is wider.
pub fn terminal(document: &Document, style: Style) -> String {
    let Document { title, facts, answer, blocks } = document;
    let columns = style.columns();
    let title = title.iter().flat_map(|title| heading(title, Tone::Strong, columns, style));
    let mut lines: Vec<String> = title.chain(indented(2, fields(facts, columns - 2, style))).collect();
    stack(&mut lines, blocks, (columns, 0), !facts.is_empty(), style);
    stack(&mut lines, answer, (columns, 0), true, style);
    lines.iter().flat_map(|line| [line.trim_end(), "\n"]).collect()
}

/// Appends blocks, with an empty line where they are better told apart; `apart` says whether the first is.
fn stack(lines: &mut Vec<String>, blocks: &[Block], at: (usize, usize), mut apart: bool, style: Style) {
    let mut before = 0;
    for one in blocks {
        let shown = block(one, at, style);
        if shown.is_empty() {
            continue;
        }
        let is_table = matches!(one, Block::Table(..));
        let is_long = at.1 == 0 || before.max(shown.len()) > SHORT;
        if !lines.is_empty() && (apart || is_table || is_long && matches!(one, Block::Section(..))) {
            lines.push(String::new());
        }
        before = shown.len();
        apart = is_table;
        lines.extend(shown);
    }
}

fn block(block: &Block, (room, depth): (usize, usize), style: Style) -> Vec<String> {
    match block {
        Block::Section(title, blocks) => {
            let tone = if depth == 0 { Tone::Strong } else { Tone::Plain };
            let mut lines = heading(title, tone, room, style);
            let mut under = Vec::new();
            stack(&mut under, blocks, (room.saturating_sub(2), depth + 1), false, style);
            lines.extend(indented(2, under));
            lines
        }
        Block::Paragraph(text) => wrapped(text, room, style),
        Block::Fields(list) => fields(list, room, style),
        Block::Bullets(list) => list.iter().flat_map(|text| bullet(text, room, style)).collect(),
        Block::Steps(list) => {
            (1..).zip(list).flat_map(|(number, text)| step(number, text, room, style)).collect()
        }
        Block::Table(head, rows) => table(head, rows, room, style),
        Block::Changes(list) => list.iter().flat_map(|one| bullet(&change(one), room, style)).collect(),
        Block::Commands(list) => {
            let lines = list.iter().flat_map(|command| commands::lines(command, room.saturating_sub(2)));
            indented(2, lines.collect())
        }
        Block::Json(text) => indented(2, json::laid_out(text)),
        Block::Detail(_) => Vec::new(),
    }
}

fn heading(title: &Text, tone: Tone, room: usize, style: Style) -> Vec<String> {
    wrapped(&title.clone().toned_if(title.tone == Tone::Plain, tone), room, style)
}

/// Labels in a column as wide as the widest, and what belongs to them beside it.
fn fields(list: &[Field], room: usize, style: Style) -> Vec<String> {
    let widest = list.iter().map(|field| width(field.label)).max().unwrap_or(0) + 2;
    let mut lines = Vec::new();
    for Field { label, value } in list {
        let mut beside = Vec::new();
        stack(&mut beside, value, (room.saturating_sub(widest).max(1), 1), false, style);
        let label = format!("{}{}", style.dim(label), " ".repeat(widest - width(label)));
        lines.extend(hanging(&label, widest, beside));
    }
    lines
}

/// A text whose further lines are indented, so that the next text is told from them.
fn bullet(text: &Text, room: usize, style: Style) -> Vec<String> {
    let mut lines = wrapped(text, room.saturating_sub(2), style);
    let further = lines.split_off(1);
    lines.extend(indented(2, further));
    lines
}

fn step(number: usize, text: &Text, room: usize, style: Style) -> Vec<String> {
    let number = format!("{number}. ");
    hanging(&number, number.len(), wrapped(text, room.saturating_sub(number.len()), style))
}

fn change(Change { member, before, after }: &Change) -> Text {
    let (before, after) = (wording::value(before.as_deref()), wording::value(after.as_deref()));
    Text::from(format!("{member}: {before}")).to(after)
}

fn hanging(first: &str, columns: usize, lines: Vec<String>) -> Vec<String> {
    let mut lines = indented(columns, lines);
    match lines.first_mut() {
        Some(line) => line.replace_range(..columns, first),
        None => lines.push(first.to_owned()),
    }
    lines
}

fn indented(columns: usize, lines: Vec<String>) -> Vec<String> {
    lines.into_iter().map(|line| format!("{}{line}", " ".repeat(columns))).collect()
}
