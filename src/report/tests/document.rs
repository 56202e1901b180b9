//! The renderers, whatever stands in a block.

use proptest::prelude::*;

use super::fixture::{HOSTILE, NARROW};
use crate::report::document::{Block, Change, Document, Text, Tone, field, field_of, paragraph, section};
use crate::report::{Style, markdown, terminal};
use crate::text::{is_harmful, width};

/// A document with this text in every place that takes any.
fn holding(text: &str) -> Document {
    let [plain, code, bad] = [Text::from(text), Text::code(text), Text::from(text).toned(Tone::Bad)];
    let rich = Text::strong(text).join(code.clone()).to(text);
    let change =
        Change { member: text.to_owned(), before: Some(text.to_owned()), after: Some(text.to_owned()) };
    let row = vec![plain.clone(), bad.clone(), code.clone()];
    let blocks = vec![
        paragraph(rich.clone()),
        Block::Bullets(vec![bad.clone(), rich.clone()]),
        Block::Steps(vec![plain.clone(), code.clone()]),
        Block::Changes(vec![change]),
        Block::Table(&["One", "Two", "Three"], vec![row.clone(), row]),
        Block::Detail(vec![section(bad.clone(), vec![paragraph(bad)])]),
    ];
    Document {
        title: Some(rich.clone()),
        facts: vec![field("one", plain.clone()), field_of("two", blocks.clone())],
        answer: vec![paragraph(code)],
        blocks: vec![section(rich, vec![section(plain, blocks.clone())])].into_iter().chain(blocks).collect(),
    }
}

/// Each line is one that the renderer wrote: no text adds a line or a cell, or is markup.
fn is_as_any_other_page(text: &str) {
    let (page, other) = (markdown(&holding(text)), markdown(&holding("x")));
    assert_eq!(page.lines().count(), other.lines().count(), "{page}");
    for (line, other) in page.lines().zip(other.lines()) {
        assert!(!line.chars().any(is_harmful), "{line:?}");
        assert_eq!(line.matches('|').count(), other.matches('|').count(), "{line}");
        assert!(!line.contains("<b>") && !line.contains("[l](http"), "{line}");
    }
}

fn fits(text: &str, columns: usize) {
    let shown = terminal(&holding(text), Style { color: false, width: columns });
    for line in shown.lines() {
        assert!(width(line) <= columns, "{} columns: {line}", width(line));
        assert!(!line.chars().any(is_harmful), "{line:?}");
    }
}

#[test]
fn hostile_text_is_harmless_in_every_block() {
    is_as_any_other_page(HOSTILE);
    [40, 80, 200].into_iter().for_each(|columns| fits(HOSTILE, columns));
}

#[test]
fn a_table_without_room_is_sentences_with_the_same_words() {
    let names = ["research-of-the-quarterly-report", "retail-loans"].map(Text::from);
    let row =
        [Text::from("us-east-1/fraud-etl"), names[0].clone(), names[1].clone(), Text::from("w ".repeat(40))];
    let document = Document {
        blocks: vec![Block::Table(&["Instance", "Target", "Team", "Why"], vec![row.into()])],
        ..Document::default()
    };
    let shown = terminal(&document, NARROW);
    let first = "us-east-1/fraud-etl: target research-of-the-quarterly-report; team retail-loans\n  w w w";
    assert!(shown.starts_with(first), "{shown}");
    assert!(
        markdown(&document)
            .contains("| us-east-1/fraud-etl | research-of-the-quarterly-report | retail-loans |")
    );
}

proptest! {
    #[test]
    fn any_text_is_harmless_in_every_block(text in any::<String>(), columns in 40usize..200) {
        prop_assume!(!text.is_empty());
        is_as_any_other_page(&text);
        fits(&text, columns);
    }
}
