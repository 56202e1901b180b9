//! A policy document, read strictly: what IAM would refuse, or the sandbox does not know, is an error with its place.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::condition::Condition;
use super::element::{InvalidPolicy, known, texts, wrong};
use super::policy::{Matcher, Policy, Statement};

/// What a managed policy may have at most, white space not counted (IAM user guide, "IAM and AWS STS quotas").
const LONGEST: usize = 6_144;

/// What documents of a kind may have.
pub(super) struct Kind {
    /// In characters, white space not counted.
    pub(super) longest: usize,
    /// A member that its statements have besides those of every kind.
    pub(super) also: &'static [&'static str],
}

/// Reads an identity policy.
pub(crate) fn parse(text: &str) -> Result<Policy, InvalidPolicy> {
    let kind = Kind { longest: LONGEST, also: &[] };
    read(text, &kind, |_, _, statement| Ok(statement)).map(Policy)
}

/// Reads a policy document. `each` makes what is kept of a statement, from its members, its place, and what every kind of
/// policy has.
pub(super) fn read<T>(
    text: &str,
    kind: &Kind,
    mut each: impl FnMut(&Map<String, Value>, &str, Statement) -> Result<T, InvalidPolicy>,
) -> Result<Vec<T>, InvalidPolicy> {
    let document: Value = serde_json::from_str(text).map_err(|error| wrong("policy", error.to_string()))?;
    let length = text.chars().filter(|letter| !letter.is_whitespace()).count();
    if length > kind.longest {
        let most = kind.longest;
        return Err(wrong("policy", format!("it has {length} characters; IAM takes {most} at most")));
    }
    let members = known(&document, "policy", &["Version", "Id", "Statement"])?;
    match members.get("Version").and_then(Value::as_str) {
        Some("2012-10-17") => {}
        Some(_) | None => return Err(wrong("Version", "the sandbox knows \"2012-10-17\" alone")),
    }
    let statements = match members.get("Statement") {
        Some(Value::Array(statements)) => statements.iter().collect(),
        Some(one @ Value::Object(_)) => vec![one],
        Some(_) | None => return Err(wrong("Statement", "there is no list of statements")),
    };
    let mut sids = BTreeSet::new();
    let words = ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"];
    let words = [&words, kind.also].concat();
    let mut one = |(at, one): (usize, &Value)| {
        let place = format!("Statement[{at}]");
        let members = known(one, &place, &words)?;
        let statement = statement(members, &place, &mut sids)?;
        each(members, &place, statement)
    };
    statements.into_iter().enumerate().map(&mut one).collect()
}

fn statement(
    members: &Map<String, Value>,
    place: &str,
    sids: &mut BTreeSet<String>,
) -> Result<Statement, InvalidPolicy> {
    if let Some(sid) = members.get("Sid") {
        let sid = sid.as_str().unwrap_or_default();
        if sid.is_empty() || !sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(wrong(format!("{place}.Sid"), "a Sid has letters and digits alone"));
        }
        if !sids.insert(sid.to_owned()) {
            return Err(wrong(format!("{place}.Sid"), format!("`{sid}` is there twice")));
        }
    }
    let allows = match members.get("Effect").and_then(Value::as_str) {
        Some("Allow") => true,
        Some("Deny") => false,
        Some(_) | None => return Err(wrong(format!("{place}.Effect"), "it is \"Allow\" or \"Deny\"")),
    };
    let actions = matcher(members, place, ("Action", "NotAction"), is_action)?;
    let resources = matcher(members, place, ("Resource", "NotResource"), is_resource)?;
    let conditions = match members.get("Condition") {
        None => Vec::new(),
        Some(conditions) => Condition::read_all(conditions, &format!("{place}.Condition"))?,
    };
    Ok(Statement { allows, actions, resources, conditions })
}

fn is_action(text: &str) -> bool {
    let named = |(service, name): (&str, &str)| {
        !service.is_empty()
            && service.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !name.is_empty()
    };
    text == "*" || text.split_once(':').is_some_and(named)
}

/// "*", or an ARN with all of its six parts.
fn is_resource(text: &str) -> bool {
    text == "*" || (text.starts_with("arn:") && text.split(':').count() >= 6 && !text.contains("${"))
}

fn matcher(
    members: &Map<String, Value>,
    place: &str,
    (name, negated_name): (&str, &str),
    is_valid: fn(&str) -> bool,
) -> Result<Matcher, InvalidPolicy> {
    let (value, name, negated) = match (members.get(name), members.get(negated_name)) {
        (Some(value), None) => (value, name, false),
        (None, Some(value)) => (value, negated_name, true),
        _ => return Err(wrong(place, format!("it has {name} or {negated_name}, and one of them"))),
    };
    let place = format!("{place}.{name}");
    let patterns = texts(value, &place)?;
    if let Some(bad) = patterns.iter().find(|pattern| !is_valid(pattern)) {
        return Err(wrong(place, format!("`{bad}` is none, or has what the sandbox does not know")));
    }
    Ok(Matcher { patterns, negated })
}
