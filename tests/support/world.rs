//! What moto really holds: every instance of every region with its tags, read past the program.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::wire::Wire;

/// The instances by `region/name`.
pub type World = BTreeMap<String, Notebook>;

/// One instance.
#[derive(Debug, Clone, PartialEq)]
pub struct Notebook {
    /// Its Describe answer, as it came.
    pub described: Map<String, Value>,
    /// Its tags, sorted; a list, because moto can hold one key twice.
    pub tags: Vec<(String, String)>,
}

impl Notebook {
    /// A text member of the Describe answer.
    pub fn member(&self, name: &str) -> Option<&str> {
        self.described.get(name)?.as_str()
    }

    /// The status.
    pub fn status(&self) -> &str {
        self.member("NotebookInstanceStatus").unwrap_or("")
    }
}

/// Reads the world.
pub fn read(wire: &Wire, regions: &[String]) -> World {
    let mut world = World::new();
    for region in regions {
        for name in names(wire, region) {
            let notebook = notebook(wire, region, &name);
            world.insert(format!("{region}/{name}"), notebook);
        }
    }
    world
}

/// How two worlds differ, one line a difference; empty when they are equal.
pub fn differences(before: &World, after: &World) -> Vec<String> {
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let compare = |key: &&String| match (before.get(*key), after.get(*key)) {
        (Some(old), Some(new)) if old == new => None,
        (Some(old), Some(new)) => Some(format!("{key} changed\n  from {old:?}\n  to   {new:?}")),
        (Some(_), None) => Some(format!("{key} is gone")),
        (None, _) => Some(format!("{key} is new")),
    };
    keys.iter().filter_map(compare).collect()
}

fn names(wire: &Wire, region: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut input = json!({ "MaxResults": 100 });
    loop {
        let page = wire.sagemaker(region, "ListNotebookInstances", &input);
        let found = page["NotebookInstances"].as_array().unwrap();
        names.extend(found.iter().map(|one| one["NotebookInstanceName"].as_str().unwrap().to_owned()));
        let Some(token) = page["NextToken"].as_str() else { return names };
        input["NextToken"] = json!(token);
    }
}

fn notebook(wire: &Wire, region: &str, name: &str) -> Notebook {
    let Value::Object(mut described) = wire.on_instance(region, "DescribeNotebookInstance", name) else {
        panic!("moto described {name} by something else than an object");
    };
    // AWS moves it by itself whenever a status changes.
    described.remove("LastModifiedTime");
    let listed =
        wire.sagemaker(region, "ListTags", &json!({ "ResourceArn": described["NotebookInstanceArn"] }));
    assert!(listed.get("NextToken").is_none(), "more tags on {name} than the bench reads");
    let text = |tag: &Value, member: &str| tag[member].as_str().unwrap().to_owned();
    let tags = listed["Tags"].as_array().unwrap();
    let mut tags: Vec<_> = tags.iter().map(|tag| (text(tag, "Key"), text(tag, "Value"))).collect();
    tags.sort();
    Notebook { described, tags }
}
