//! Renders data, decides nothing: every function here takes values and returns text.
//!
//! What people read is made in two steps. A [`view`] says what there is to say, as a [`document::Document`] of
//! blocks; [`terminal`] and [`markdown`] lay that out. A renderer makes text that came from AWS, from tags or from a
//! plan file harmless for the place where it lands: by [`crate::text::for_terminal`] everywhere, and by escaping in
//! Markdown.
//!
//! Only [`progress`] writes to a terminal.

pub mod commands;
mod data_json;
pub mod document;
mod estimate;
pub mod export;
mod json;
pub mod progress;
mod rehearsal_json;
mod run_json;
mod status_json;
mod style;
pub mod view;
pub mod wording;

#[cfg(test)]
mod tests;

pub use data_json::data_json;
pub use document::{markdown, terminal};
pub use json::{json_line, to_json};
pub use rehearsal_json::rehearsal_json;
pub use run_json::{event_line, report_line};
pub use status_json::status_json;
pub use style::Style;
