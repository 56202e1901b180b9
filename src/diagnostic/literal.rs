//! Pure: values as they are written in a file: defaults and examples.

use serde_json::{Value, json};
use toml::de::DeValue;

use super::{Field, read};

/// A value as it is written in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal(String);

impl Literal {
    /// TOML as it stands.
    pub fn toml(text: &str) -> Literal {
        Literal(text.to_owned())
    }

    /// The value's TOML.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads it as the value of a key; `None` if `by` does not take it.
    pub(super) fn read<T>(&self, by: impl Fn(Field<'_>) -> Option<T>) -> Option<T> {
        read("", &format!("it = {}", self.0), |root| by(root.field("it"))).ok()
    }

    pub(super) fn json(&self) -> Value {
        read("", &format!("it = {}", self.0), |root| Some(json(root.field("it").value?.get_ref())))
            .unwrap_or_default()
    }
}

/// As editors hand it to a schema: dates are strings.
fn json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => json!(text),
        DeValue::Integer(number) => {
            number.as_str().parse::<i64>().map_or(Value::Null, |number| json!(number))
        }
        DeValue::Float(number) => json!(number.as_str()),
        DeValue::Boolean(flag) => json!(flag),
        DeValue::Datetime(moment) => json!(moment.to_string()),
        DeValue::Array(items) => items.iter().map(|item| json(item.get_ref())).collect(),
        DeValue::Table(entries) => {
            entries.iter().map(|(key, value)| (key.get_ref().to_string(), json(value.get_ref()))).collect()
        }
    }
}

impl From<i64> for Literal {
    fn from(number: i64) -> Self {
        Literal(number.to_string())
    }
}

impl From<bool> for Literal {
    fn from(flag: bool) -> Self {
        Literal(flag.to_string())
    }
}

impl From<&str> for Literal {
    fn from(text: &str) -> Self {
        Literal(json!(text).to_string())
    }
}

impl<const N: usize> From<[&str; N]> for Literal {
    fn from(texts: [&str; N]) -> Self {
        Literal(format!("[{}]", texts.map(|text| Literal::from(text).0).join(", ")))
    }
}
