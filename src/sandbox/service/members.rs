//! The members of a JSON input. One of the wrong type is refused: taken for absent, it would widen what is asked for.

use serde_json::{Map, Value};

use crate::sandbox::answer::AwsError;
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

    /// A member; JSON's null is the same as nothing.
    fn get(&self, name: &str) -> Option<&'a Value> {
        self.0?.get(name).filter(|value| !value.is_null())
    }

    /// A string.
    pub(super) fn text(&self, name: &str) -> Result<Option<&'a str>, AwsError> {
        self.get(name).map(text).transpose()
    }

    /// A whole number. Fractions are cut off [INF].
    pub(super) fn number(&self, name: &str) -> Result<Option<i64>, AwsError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let number = value.as_i64().or_else(|| value.as_f64().map(|number| number as i64));
        number.map(Some).ok_or_else(|| misplaced(value, "an Integer"))
    }
}

fn text(value: &Value) -> Result<&str, AwsError> {
    value.as_str().ok_or_else(|| misplaced(value, "a String"))
}

fn misplaced(value: &Value, wanted: &str) -> AwsError {
    serialization(&misplaced_wording(value, wanted))
}

fn serialization(message: &str) -> AwsError {
    AwsError::new(400, "SerializationException", message)
}

/// What is said of a value of another kind than its member has [INF].
pub(super) fn misplaced_wording(value: &Value, wanted: &str) -> String {
    let token = match value {
        Value::Array(_) => return "Start of list found where not expected".to_owned(),
        Value::Object(_) => return "Start of structure or map found where not expected".to_owned(),
        Value::Null => "NULL_VALUE",
        Value::Bool(true) => "TRUE_VALUE",
        Value::Bool(false) => "FALSE_VALUE",
        Value::Number(_) => "NUMBER_VALUE",
        Value::String(_) => "STRING_VALUE",
    };
    format!("{token} can not be converted to {wanted}")
}
