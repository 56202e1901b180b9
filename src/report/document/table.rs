//! Pure: tables for a terminal. Only the last column is wrapped: where that leaves it no room, each row is sentences.

use super::line::{paint, words, wrapped};
use super::text::{Text, Tone};
use crate::report::Style;
use crate::text::width;

/// What the last column needs at the least, if it is not narrower.
const LEAST: usize = 40;
/// Columns between two columns.
const GAP: usize = 2;

/// A table, or its rows in sentences.
pub(super) fn table(head: &[&str], rows: &[Vec<Text>], room: usize, style: Style) -> Vec<String> {
    let upper = |name: &&str| Text::from(name.to_uppercase()).toned(Tone::Strong);
    let whole: Vec<Vec<Text>> =
        std::iter::once(head.iter().map(upper).collect()).chain(rows.iter().cloned()).collect();
    let widths: Vec<usize> = (0..head.len()).map(|column| widest(&whole, column)).collect();
    let Some((last, fixed)) = widths.split_last() else { return Vec::new() };
    let before: usize = fixed.iter().map(|width| width + GAP).sum();
    let left = room.saturating_sub(before);
    if left >= LEAST.min(*last) {
        whole.iter().flat_map(|cells| row(cells, fixed, left, style)).collect()
    } else {
        rows.iter().flat_map(|cells| sentences(head, cells, room, style)).collect()
    }
}

fn widest(rows: &[Vec<Text>], column: usize) -> usize {
    rows.iter().filter_map(|row| row.get(column)).map(|cell| width(&words(cell))).max().unwrap_or(0)
}

fn row(cells: &[Text], fixed: &[usize], left: usize, style: Style) -> Vec<String> {
    let Some((last, others)) = cells.split_last() else { return Vec::new() };
    let mut start = String::new();
    for (cell, columns) in others.iter().zip(fixed) {
        let words = words(cell);
        start.push_str(&paint(cell.tone, &words, style));
        start.push_str(&" ".repeat(columns + GAP - width(&words)));
    }
    let indent = " ".repeat(fixed.iter().map(|width| width + GAP).sum());
    let starts = std::iter::once(start).chain(std::iter::repeat(indent));
    starts.zip(wrapped(last, left, style)).map(|(start, line)| start + &line).collect()
}

/// The row's name and what is short, then, beneath, what may be long.
fn sentences(head: &[&str], cells: &[Text], room: usize, style: Style) -> Vec<String> {
    let Some((long, [name, others @ ..])) = cells.split_last() else { return Vec::new() };
    let named = head[1..].iter().zip(others).map(|(head, cell)| (head.to_lowercase(), words(cell)));
    let told = named.filter(|(_, words)| !words.is_empty()).map(|(head, words)| format!("{head} {words}"));
    let told = told.collect::<Vec<_>>().join("; ");
    let name = words(name);
    // A name that fills the line gets it for itself.
    let gap = if width(&name) < room { ": " } else { " " };
    let first = if told.is_empty() { name } else { name + gap + &told };
    let tone = cells.iter().map(|cell| cell.tone).find(|tone| *tone != Tone::Plain).unwrap_or_default();
    let long = wrapped(long, room.saturating_sub(GAP), style);
    let long = long.iter().filter(|line| !line.is_empty()).map(|line| format!("  {line}"));
    wrapped(&Text::from(first).toned(tone), room, style).into_iter().chain(long).collect()
}
