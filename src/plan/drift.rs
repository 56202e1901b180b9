//! Pure: what the plan expected of a source against what is observed now.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::inventory::{Description, Tags};
use crate::plan::Source;
use crate::plan::members::{MEMBERS, Value};

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
/// AWS moves by itself: the last-modified time, the failure reason, the URL and the network interface.
pub fn drift(expected: &Source, description: &Description, tags: &Tags) -> Vec<Drift> {
    let compared = MEMBERS
        .iter()
        .map(|member| (member.name, (member.found)(&expected.description), (member.found)(description)));
    let differing = compared.filter(|(_, expected, found)| expected != found);
    let drifts = differing.map(|(member, expected, found)| Drift {
        member: member.to_owned(),
        expected: expected.to_string(),
        found: found.to_string(),
    });
    drifts.chain(tag_drift(&expected.tags, tags)).collect()
}

fn tag_drift<'a>(expected: &'a Tags, found: &'a Tags) -> impl Iterator<Item = Drift> + 'a {
    let keys: BTreeSet<&String> = expected.keys().chain(found.keys()).collect();
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
