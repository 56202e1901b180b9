//! Pure: how two values of one type differ, member by member, by what they are as JSON.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

/// One member that is not the same in both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The member: `target.subnet`, `source.tags.Owner`, `target.checks[subnet].evidence`. For people: a tag's key can
    /// hold what separates members.
    pub member: String,
    /// Its value before; absent where it had none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// Its value after; absent where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

/// The members by which entries of a list are known, where the list is one of objects.
const KEYS: [&str; 5] = ["name", "Key", "step", "kind", "attribute"];

/// What differs of two values.
pub(super) fn differences<T: Serialize>(before: &T, after: &T) -> Vec<Difference> {
    between(&value(before), &value(after))
}

/// A value as JSON. No part of a plan can fail to be: its maps have text as keys.
pub(super) fn value<T: Serialize>(of: &T) -> Value {
    serde_json::to_value(of).unwrap_or_default()
}

/// What differs of two values as JSON.
pub(super) fn between(before: &Value, after: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare("", Some(before), Some(after), &mut found);
    found
}

fn compare(member: &str, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<Difference>) {
    if before == after {
        return;
    }
    match (before, after) {
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
            for name in names {
                let inner = if member.is_empty() { name.clone() } else { format!("{member}.{name}") };
                compare(&inner, before.get(name), after.get(name), found);
            }
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) => lists(member, before, after, found),
        // A list that is empty is left out of a plan: it is told entry by entry what came or went.
        (Some(Value::Array(before)), None) if has_names(before) => lists(member, before, &[], found),
        (None, Some(Value::Array(after))) if has_names(after) => lists(member, &[], after, found),
        (before, after) => {
            let (member, before, after) = (member.to_owned(), before.cloned(), after.cloned());
            found.push(Difference { member, before, after });
        }
    }
}

/// Entries that have a name are compared by it, others one by one; and then there is their order.
fn lists(member: &str, before: &[Value], after: &[Value], found: &mut Vec<Difference>) {
    let length = found.len();
    if let (Some(before), Some(after)) = (named(before), named(after)) {
        let names: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
        for name in names {
            compare(&format!("{member}[{name}]"), before.get(name).copied(), after.get(name).copied(), found);
        }
    } else {
        for entry in without(before, after) {
            compare(member, Some(entry), None, found);
        }
        for entry in without(after, before) {
            compare(member, None, Some(entry), found);
        }
    }
    if found.len() == length {
        let whole = |list: &[Value]| Some(Value::Array(list.to_vec()));
        found.push(Difference { member: member.to_owned(), before: whole(before), after: whole(after) });
    }
}

fn has_names(list: &[Value]) -> bool {
    named(list).is_some_and(|names| !names.is_empty())
}

/// The entries by name, if each of them has one of its own.
fn named(list: &[Value]) -> Option<BTreeMap<&str, &Value>> {
    let name =
        |entry: &'_ Value| KEYS.iter().find_map(|key| entry.get(key).and_then(Value::as_str).map(|_| *key));
    let mut names = BTreeMap::new();
    for entry in list {
        let key = name(entry)?;
        if names.insert(entry.get(key)?.as_str()?, entry).is_some() {
            return None;
        }
    }
    Some(names)
}

/// The entries that the other list does not have, or does not have as often.
fn without<'a>(list: &'a [Value], other: &[Value]) -> Vec<&'a Value> {
    let mut left: Vec<&Value> = other.iter().collect();
    let mut alone = Vec::new();
    for entry in list {
        match left.iter().position(|one| *one == entry) {
            Some(at) => {
                left.swap_remove(at);
            }
            None => alone.push(entry),
        }
    }
    alone
}
