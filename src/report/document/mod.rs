//! A document: what it says, in blocks that know no format, and its renderers, which alone escape and lay out.

mod block;
mod escape;
mod line;
mod markdown;
mod table;
mod terminal;
mod text;

pub use block::{Block, Change, Document, Field};
pub use escape::{code, escape};
pub use markdown::markdown;
pub use terminal::terminal;
pub use text::{Text, Tone};

pub(super) use block::{field, field_of, or_none, paragraph, section, section_of};
