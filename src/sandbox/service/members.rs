//! The members of a JSON input. One of the wrong type counts as absent: AWS's clients send none.

use serde_json::{Map, Value};

use crate::sandbox::request::{Input, Request};

/// The input of one call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Members<'a>(Option<&'a Map<String, Value>>);

impl<'a> Members<'a> {
    pub(super) fn of(request: &'a Request) -> Members<'a> {
        match &request.input {
            Input::Json(members) => Members(Some(members)),
            Input::Form(_) | Input::Malformed => Members(None),
        }
    }

    fn get(&self, name: &str) -> Option<&'a Value> {
        self.0?.get(name)
    }

    /// Whether a member is there and holds anything.
    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| {
            !matches!(value, Value::Null) && value != "" && value != &Value::Array(vec![])
        })
    }

    /// A string.
    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        self.get(name)?.as_str()
    }

    /// A number.
    pub(super) fn number(&self, name: &str) -> Option<i64> {
        self.get(name)?.as_i64()
    }

    /// A list; empty where there is none.
    pub(super) fn list(&self, name: &str) -> &'a [Value] {
        self.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }

    /// A list of strings.
    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        self.list(name).iter().filter_map(Value::as_str).map(str::to_owned).collect()
    }
}
