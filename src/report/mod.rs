//! Renders data, decides nothing: every function here takes values and returns text.
//!
//! Only [`progress`] writes to a terminal. Text that came from AWS, from tags or from a plan file is made
//! harmless on its way out: by [`crate::text::for_terminal`] everywhere, and by escaping in Markdown.

pub mod commands;
mod estimate;
pub mod export;
mod json;
pub mod markdown;
pub mod progress;
mod rehearsal_json;
mod run_json;
mod status_json;
mod style;
pub mod terminal;
pub mod wording;

#[cfg(test)]
mod tests;

pub use json::{json_line, to_json};
pub use rehearsal_json::rehearsal_json;
pub use run_json::{event_line, report_line};
pub use status_json::status_json;
pub use style::Style;
