//! Elements of policy documents, and what is wrong with one.

use serde_json::{Map, Value};

/// Why a document is no policy that the sandbox can judge by.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {why}")]
pub struct InvalidPolicy {
    /// Where: `Statement[1].Condition.StringEquals`.
    pub place: String,
    /// What is wrong there.
    pub why: String,
}

/// An error at a place.
pub(super) fn wrong(place: impl Into<String>, why: impl Into<String>) -> InvalidPolicy {
    InvalidPolicy { place: place.into(), why: why.into() }
}

/// A text, or a list of some.
pub(super) fn texts(value: &Value, place: &str) -> Result<Vec<String>, InvalidPolicy> {
    let one = |value: &Value| value.as_str().map(str::to_owned);
    let all: Option<Vec<String>> = match value {
        Value::Array(values) => values.iter().map(one).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            one(value).map(|text| vec![text])
        }
    };
    all.filter(|all| !all.is_empty()).ok_or_else(|| wrong(place, "it is a text, or a list of texts"))
}

/// The members of an object that has no others than these.
pub(super) fn known<'v>(
    value: &'v Value,
    place: &str,
    words: &[&str],
) -> Result<&'v Map<String, Value>, InvalidPolicy> {
    let members = value.as_object().ok_or_else(|| wrong(place, "it is no object"))?;
    match members.keys().find(|key| !words.contains(&key.as_str())) {
        Some(key) => Err(wrong(format!("{place}.{key}"), "a policy of the sandbox has no such member")),
        None => Ok(members),
    }
}
