//! Pure: what the plan expected of a source against what is observed now.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::inventory::{Description, Tags};
use crate::plan::Source;
use crate::plan::members::{MEMBERS, Member, Same, Value};
use crate::policy::Pattern;

/// One member that is no longer what the plan expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drift {
    /// The member under AWS's name, or `tag KEY`.
    pub member: String,
    /// Its value in the plan.
    pub expected: String,
    /// Its value now.
    pub found: String,
}

/// Everything about a source that is no longer as planned; empty when it is the instance that was reviewed.
///
/// The status is not compared here: what it means that it changed depends on the moment. Neither is what
/// AWS moves by itself: the last-modified time, the failure reason, the URL and the network interface. Nor are the tags whose
/// keys match one of the patterns; what is none matches nothing.
pub fn drift(expected: &Source, description: &Description, tags: &Tags, ignored: &[String]) -> Vec<Drift> {
    let drifts = MEMBERS.iter().filter_map(|member| {
        let (expected, found) = ((member.found)(&expected.description), (member.found)(description));
        is_drift(member, &expected, &found).then(|| Drift {
            member: member.name.to_owned(),
            expected: expected.to_string(),
            found: found.to_string(),
        })
    });
    let ignored: Vec<Pattern> = ignored.iter().filter_map(|pattern| pattern.parse().ok()).collect();
    let counts = |key: &str| !ignored.iter().any(|pattern| pattern.matches(key));
    drifts.chain(tag_drift(&expected.tags, tags, counts)).collect()
}

/// A key is fixed when an instance is created: one that is now answered by another of its names is the same all the same.
/// Of what AWS reports only sometimes that cannot be said.
fn is_drift(member: &Member, expected: &Value, found: &Value) -> bool {
    match member.compare(expected, found) {
        Same::Yes => false,
        Same::No => true,
        Same::Unknown => *expected != *found && [expected, found].contains(&&Value::Absent),
    }
}

fn tag_drift<'a>(
    expected: &'a Tags,
    found: &'a Tags,
    counts: impl Fn(&str) -> bool,
) -> impl Iterator<Item = Drift> + 'a {
    let keys = expected.keys().chain(found.keys());
    let keys: BTreeSet<&String> = keys.filter(|key| counts(key)).collect();
    keys.into_iter().filter_map(|key| {
        let (before, now) = (expected.get(key), found.get(key));
        (before != now).then(|| Drift {
            member: format!("tag {key}"),
            expected: quoted(before),
            found: quoted(now),
        })
    })
}

fn quoted(value: Option<&String>) -> String {
    value.map_or(Value::Absent, |text| Value::Text(text.clone())).to_string()
}
