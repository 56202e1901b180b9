//! Pure: what a document is made of. A block says what it means; a renderer decides how that looks, and what it
//! leaves out.

use super::text::Text;

/// A document, for any renderer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Document {
    /// What it is about; a part of other output has none.
    pub title: Option<Text>,
    /// What identifies it.
    pub facts: Vec<Field>,
    /// The answer in short: first on a page, last at a terminal, where the prompt is.
    pub answer: Vec<Block>,
    /// All else.
    pub blocks: Vec<Block>,
}

/// A part of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A heading and what stands under it.
    Section(Text, Vec<Block>),
    /// Sentences.
    Paragraph(Text),
    /// Labels and what belongs to them.
    Fields(Vec<Field>),
    /// Things of a kind, in no order that matters.
    Bullets(Vec<Text>),
    /// Things in their order.
    Steps(Vec<Text>),
    /// The first column names the row, and the last may be long.
    Table(&'static [&'static str], Vec<Vec<Text>>),
    /// What differs.
    Changes(Vec<Change>),
    /// Commands to be pasted into a shell, quoted for it.
    Commands(Vec<String>),
    /// A value of JSON, laid out.
    Json(String),
    /// What a page has room for; a terminal has said the gist of it.
    Detail(Vec<Block>),
}

/// A label and what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub(super) label: &'static str,
    pub(super) value: Vec<Block>,
}

/// A member before and after, `None` where there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What changes.
    pub member: String,
    /// What it was.
    pub before: Option<String>,
    /// What it becomes.
    pub after: Option<String>,
}

/// A label and a text.
pub(in crate::report) fn field(label: &'static str, text: impl Into<Text>) -> Field {
    Field { label, value: vec![paragraph(text)] }
}

/// A label and blocks.
pub(in crate::report) fn field_of(label: &'static str, value: Vec<Block>) -> Field {
    Field { label, value }
}

/// Sentences.
pub(in crate::report) fn paragraph(text: impl Into<Text>) -> Block {
    Block::Paragraph(text.into())
}

/// A heading and what stands under it.
pub(in crate::report) fn section(heading: impl Into<Text>, blocks: Vec<Block>) -> Block {
    Block::Section(heading.into(), blocks)
}

/// A section of a list, if anything is in it; `make` makes its blocks.
pub(in crate::report) fn section_of<T>(
    heading: impl Into<Text>,
    list: &[T],
    make: impl FnOnce(&[T]) -> Vec<Block>,
) -> Option<Block> {
    (!list.is_empty()).then(|| section(heading, make(list)))
}

/// The section, or on a page, which says what was looked for, that there is nothing to it.
pub(in crate::report) fn or_none(found: Option<Block>, heading: &'static str, none: &'static str) -> Block {
    found.unwrap_or_else(|| Block::Detail(vec![section(heading, vec![paragraph(Text::prose(none))])]))
}
