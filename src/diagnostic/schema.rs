//! Pure: what a file can have, as JSON Schema for editors.

use serde_json::{Value, json};

use super::quantity::friendly;
use super::{Absence, KeyText, Keyed, Shape, Spelling};

/// The JSON Schema (draft 7) of files whose root is a `T`.
pub fn schema<T: Keyed>(title: &str) -> Value {
    let mut schema = table(&T::described());
    schema["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    schema["title"] = json!(title);
    schema["description"] = json!(T::ABOUT);
    schema
}

/// The schema of a table with these keys and no others.
fn table(keys: &[KeyText]) -> Value {
    let properties: serde_json::Map<String, Value> =
        keys.iter().map(|key| (key.name.clone(), key.schema())).collect();
    let mut schema = json!({ "type": "object", "additionalProperties": false, "properties": properties });
    let required: Vec<&str> = keys.iter().filter(|key| key.is_required()).map(|key| &*key.name).collect();
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

impl KeyText {
    fn schema(&self) -> Value {
        let mut schema = self.shape.schema();
        schema["description"] = json!(self.about);
        if let Shape::Length(range) = &self.shape {
            let (least, most) = (friendly(*range.start()), friendly(*range.end()));
            let limits = format!("A length of time with its unit, from {least} to {most}.");
            schema["description"] = json!(format!("{} {limits}", self.about));
        }
        if let (Absence::Means(default), false) = (&self.absence, self.inherited) {
            schema["default"] = default.json();
        }
        if let Some(example) = &self.example {
            schema["examples"] = json!([example.json()]);
        }
        schema
    }
}

impl Shape {
    /// As JSON Schema (draft 7). Dates are strings there.
    fn schema(&self) -> Value {
        match self {
            Shape::Flag => json!({ "type": "boolean" }),
            Shape::Number(range) => {
                json!({ "type": "integer", "minimum": range.start(), "maximum": range.end() })
            }
            Shape::Text(spelling) => spelling.schema(),
            Shape::Words(words) => {
                json!({ "type": "string", "enum": words.iter().map(|(word, _)| *word).collect::<Vec<_>>() })
            }
            Shape::Length(_) => json!({ "type": "string", "pattern": "^[0-9].*[a-z]$" }),
            Shape::Day => json!({ "type": "string", "format": "date" }),
            Shape::List(each, count) => json!({
                "type": "array",
                "items": each.schema(),
                "minItems": count.start(),
                "maxItems": count.end(),
                "uniqueItems": !matches!(**each, Shape::Number(_)),
            }),
            Shape::Table(_, least) => {
                let mut schema = table(&self.keys());
                if *least > 0 {
                    schema["minProperties"] = json!(least);
                }
                schema
            }
            Shape::Tables(_, about, _) => {
                let mut each = table(&self.keys());
                each["description"] = json!(about);
                json!({ "type": "array", "items": each })
            }
            Shape::Map(_, map, least) => {
                let (mut names, values) = (map.0.schema(), map.1.schema());
                names.as_object_mut().map(|names| names.remove("type"));
                json!({ "type": "object", "minProperties": least, "propertyNames": names, "additionalProperties": values })
            }
            Shape::Either(both) => json!({ "oneOf": [both.0.schema(), both.1.schema()] }),
        }
    }
}

impl Spelling {
    fn schema(&self) -> Value {
        let Spelling { what: _, pattern, characters: (least, most) } = self;
        let limits = [
            ("pattern", pattern.map(|pattern| json!(pattern))),
            ("minLength", (*least > 0).then(|| json!(least))),
            ("maxLength", most.map(|most| json!(most))),
        ];
        let mut schema = json!({ "type": "string" });
        for (name, limit) in limits.into_iter().filter_map(|(name, limit)| Some((name, limit?))) {
            schema[name] = limit;
        }
        schema
    }
}
