//! Reads the members of an input as SageMaker's front end does: all that is wrong with it is said at once.
//!
//! A member of a wrong JSON type is a `SerializationException`, and the first one ends it: the service cannot
//! even build the input to look at it. After that every violated constraint goes into one `ValidationException`:
//! `2 validation errors detected: Value '...' at 'roleArn' failed to satisfy constraint: ...; Value ...`. The
//! wording of a single constraint is in terraform-provider-aws#29225 and aws-genai-llm-chatbot#512 [I], that of a
//! list's members in appleboy/lambda-action#72 [I]; that of a wrong type is [INF].

use std::collections::BTreeSet;
use std::mem;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::shapes::{Rule, Text};
use crate::sandbox::answer::AwsError;
use crate::sandbox::request::{Input, Request};
use crate::sandbox::service::members::misplaced_wording;
use crate::sandbox::trouble;

/// The members of a structure that is being read.
///
/// A getter returns a harmless value for a member that is wrong; [`Members::finish`] must be asked before any of
/// them is used.
pub(super) struct Members<'a> {
    members: &'a Map<String, Value>,
    /// What stands before a member's name in messages: `tags.1.member.`.
    path: String,
    faults: Faults,
}

#[derive(Default)]
struct Faults {
    serialization: Option<String>,
    violations: Vec<String>,
}

const NOT_NULL: &str = "Member must not be null";

impl<'a> Members<'a> {
    /// The input of a call.
    pub(super) fn of(request: &'a Request) -> Result<Members<'a>, AwsError> {
        match &request.input {
            Input::Json(members) => Ok(Members { members, path: String::new(), faults: Faults::default() }),
            Input::Form(_) | Input::Malformed => Err(trouble::malformed(request.service)),
        }
    }

    /// The verdict on all that was read.
    pub(super) fn finish(self) -> Result<(), AwsError> {
        let Faults { serialization, violations } = self.faults;
        if let Some(message) = serialization {
            return Err(AwsError::new(400, "SerializationException", message));
        }
        match violations.len() {
            0 => Ok(()),
            count => {
                let errors = if count == 1 { "error" } else { "errors" };
                let all = violations.join("; ");
                Err(AwsError::validation(format!("{count} validation {errors} detected: {all}")))
            }
        }
    }

    /// A string that may be absent.
    pub(super) fn text(&mut self, name: &str, shape: &Text) -> Option<&'a str> {
        let value = self.present(name)?;
        let Value::String(text) = value else {
            self.misplaced(value, "a String");
            return None;
        };
        for constraint in violated(text, shape) {
            self.violation(name, &format!("'{text}'"), &constraint);
        }
        Some(text)
    }

    /// A string that may be absent, and is good also if it is one of some others.
    pub(super) fn text_or(&mut self, name: &str, shape: &Text, others: &BTreeSet<String>) -> Option<&'a str> {
        let known = self.present(name).and_then(Value::as_str).filter(|text| others.contains(*text));
        known.or_else(|| self.text(name, shape))
    }

    /// A string that must be there.
    pub(super) fn required(&mut self, name: &str, shape: &Text) -> &'a str {
        self.not_null(name);
        self.text(name, shape).unwrap_or_default()
    }

    /// A whole number. Fractions are cut off [INF].
    pub(super) fn integer(&mut self, name: &str, (least, most): (i64, Option<i64>)) -> Option<i64> {
        let value = self.present(name)?;
        let Value::Number(number) = value else {
            self.misplaced(value, "an Integer");
            return None;
        };
        // A float too large for an integer becomes the largest one.
        let number = number.as_i64().unwrap_or_else(|| number.as_f64().unwrap_or_default() as i64);
        if let Some(most) = most.filter(|most| number > *most) {
            let constraint = format!("Member must have value less than or equal to {most}");
            self.violation(name, &format!("'{number}'"), &constraint);
        }
        if number < least {
            let constraint = format!("Member must have value greater than or equal to {least}");
            self.violation(name, &format!("'{number}'"), &constraint);
        }
        Some(number)
    }

    /// A truth value; false where it is absent.
    pub(super) fn flag(&mut self, name: &str) -> bool {
        match self.present(name) {
            None => false,
            Some(Value::Bool(flag)) => *flag,
            Some(other) => {
                self.misplaced(other, "a Boolean");
                false
            }
        }
    }

    /// A moment: seconds since 1970, with a fraction.
    pub(super) fn time(&mut self, name: &str) -> Option<Timestamp> {
        let value = self.present(name)?;
        let Some(seconds) = value.as_f64() else {
            self.misplaced(value, "milliseconds since epoch");
            return None;
        };
        let millis = (seconds * 1000.0).round() as i64;
        let beyond = if millis < 0 { Timestamp::MIN } else { Timestamp::MAX };
        Some(Timestamp::from_millisecond(millis).unwrap_or(beyond))
    }

    /// A list of strings; `None` where it is absent.
    pub(super) fn texts(&mut self, name: &str, bounds: (usize, usize), shape: &Text) -> Option<Vec<&'a str>> {
        let items = self.items(name, bounds)?;
        let mut texts = Vec::new();
        let mut unfit = false;
        for item in items {
            match item {
                Value::String(text) => {
                    unfit |= !violated(text, shape).is_empty();
                    texts.push(text.as_str());
                }
                Value::Null => unfit = true,
                Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                    self.misplaced(item, "a String");
                }
            }
        }
        if unfit {
            let all = constraints(shape).join(", ");
            let shown = quoted(items);
            self.violation(name, &shown, &format!("Member must satisfy constraint: [{all}]"));
        }
        Some(texts)
    }

    /// A list of structures, each read with `read`; `None` where it is absent.
    pub(super) fn structures<T>(
        &mut self,
        name: &str,
        bounds: (usize, usize),
        read: impl Fn(&mut Members<'a>) -> T,
    ) -> Option<Vec<T>> {
        let items = self.items(name, bounds)?;
        let mut all = Vec::new();
        for (at, item) in (1..).zip(items) {
            let path = format!("{}.{at}.member.", self.path_of(name));
            all.extend(self.nested(item, path, &read));
        }
        Some(all)
    }

    /// A structure; `None` where it is absent.
    pub(super) fn structure<T>(&mut self, name: &str, read: impl Fn(&mut Members<'a>) -> T) -> Option<T> {
        let value = self.present(name)?;
        let path = format!("{}.", self.path_of(name));
        self.nested(value, path, &read)
    }

    /// Notes a violation where a member is absent.
    pub(super) fn not_null(&mut self, name: &str) {
        if self.present(name).is_none() {
            self.violation(name, "null", NOT_NULL);
        }
    }

    fn nested<T>(
        &mut self,
        value: &'a Value,
        path: String,
        read: &impl Fn(&mut Members<'a>) -> T,
    ) -> Option<T> {
        match value {
            Value::Object(members) => {
                let mut inner = Members { members, path, faults: mem::take(&mut self.faults) };
                let read = read(&mut inner);
                self.faults = inner.faults;
                Some(read)
            }
            Value::Null => {
                self.faults.violations.push(wording("null", path.trim_end_matches('.'), NOT_NULL));
                None
            }
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                self.misplaced(value, "a structure");
                None
            }
        }
    }

    fn items(&mut self, name: &str, (least, most): (usize, usize)) -> Option<&'a [Value]> {
        let value = self.present(name)?;
        let Value::Array(items) = value else {
            self.serialization("Expected list or null");
            return None;
        };
        if items.len() > most {
            let constraint = format!("Member must have length less than or equal to {most}");
            self.violation(name, &quoted(items), &constraint);
        }
        if items.len() < least {
            let constraint = format!("Member must have length greater than or equal to {least}");
            self.violation(name, &quoted(items), &constraint);
        }
        Some(items)
    }

    /// JSON's null is the same as nothing.
    fn present(&self, name: &str) -> Option<&'a Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    fn path_of(&self, name: &str) -> String {
        format!("{}{}", self.path, camel(name))
    }

    fn violation(&mut self, name: &str, shown: &str, constraint: &str) {
        let path = self.path_of(name);
        self.faults.violations.push(wording(shown, &path, constraint));
    }

    fn serialization(&mut self, message: &str) {
        self.faults.serialization.get_or_insert_with(|| message.to_owned());
    }

    /// A value of another kind than the member has.
    fn misplaced(&mut self, value: &Value, wanted: &str) {
        self.serialization(&misplaced_wording(value, wanted));
    }
}

fn wording(shown: &str, path: &str, constraint: &str) -> String {
    format!("Value {shown} at '{path}' failed to satisfy constraint: {constraint}")
}

/// What is said of a string that has this shape, in the order of the public reports.
fn constraints(shape: &Text) -> Vec<String> {
    let Text { least, most, rule } = shape;
    let mut all = Vec::new();
    if let Some(most) = most {
        all.push(format!("Member must have length less than or equal to {most}"));
        all.push(format!("Member must have length greater than or equal to {least}"));
    }
    all.push(rule_wording(rule));
    all
}

/// The constraints that a string violates.
fn violated(text: &str, shape: &Text) -> Vec<String> {
    let Text { least, most, rule } = shape;
    let length = text.chars().count();
    let mut all = Vec::new();
    if let Some(most) = most.filter(|most| length > *most) {
        all.push(format!("Member must have length less than or equal to {most}"));
    }
    if length < *least {
        all.push(format!("Member must have length greater than or equal to {least}"));
    }
    let fits = match rule {
        Rule::Pattern(pattern) => pattern.is_match(text),
        Rule::OneOf(values) => values.contains(&text),
    };
    if !fits {
        all.push(rule_wording(rule));
    }
    all
}

fn rule_wording(rule: &Rule) -> String {
    match rule {
        Rule::Pattern(pattern) => {
            format!("Member must satisfy regular expression pattern: {}", pattern.text)
        }
        Rule::OneOf(values) => format!("Member must satisfy enum value set: [{}]", values.join(", ")),
    }
}

/// A list as messages show it.
fn quoted(items: &[Value]) -> String {
    let items: Vec<String> = items.iter().map(shown).collect();
    format!("'[{}]'", items.join(", "))
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The service's own name of a member: `VolumeSizeInGB` is `volumeSizeInGB` there.
fn camel(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
