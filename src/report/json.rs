//! JSON: whole documents for people and programs, events one a line.

use serde::Serialize;

use crate::text::is_harmful;

/// A document as indented JSON with a newline at its end.
pub fn to_json(document: &impl Serialize) -> String {
    finished(serde_json::to_string_pretty(document))
}

/// An event, or the report at the end of a run, as one line of JSON with a newline at its end.
pub fn json_line(document: &impl Serialize) -> String {
    finished(serde_json::to_string(document))
}

/// JSON that came as text, laid out in lines; a text that is none, as a text.
pub(super) fn laid_out(text: &str) -> Vec<String> {
    let value = serde_json::from_str(text).unwrap_or_else(|_| serde_json::Value::String(text.to_owned()));
    to_json(&value).lines().map(str::to_owned).collect()
}

/// None of the types that are shown can fail to serialize: their maps have text as keys. Should one ever do, the
/// reader gets valid JSON that says so, not a panic.
fn finished(json: serde_json::Result<String>) -> String {
    let json = json.unwrap_or_else(|error| serde_json::json!({ "error": error.to_string() }).to_string());
    let mut text = harmless(&json);
    text.push('\n');
    text
}

/// The same JSON without characters that act on a terminal.
///
/// Outside of strings JSON has none but the newlines of its layout, and inside of them a `\uXXXX` escape means
/// the character that it stands for: readers get the value unchanged.
fn harmless(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if c == '\n' || !is_harmful(c) {
            text.push(c);
        } else {
            let mut units = [0; 2];
            text.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn documents_are_indented_and_end_in_a_newline() {
        assert_eq!(to_json(&serde_json::json!({ "a": 1 })), "{\n  \"a\": 1\n}\n");
    }

    proptest! {
        #[test]
        fn escaping_keeps_the_value_and_leaves_nothing_harmful(text in any::<String>()) {
            let json = to_json(&[&text]);
            prop_assert_eq!(serde_json::from_str::<Vec<String>>(&json).unwrap(), vec![text]);
            prop_assert!(!json.chars().any(|c| c != '\n' && is_harmful(c)));
        }
    }
}
