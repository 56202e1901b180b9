//! The law of `apply`, checked on what moto holds: what must have changed, and that nothing else did.

use remediate::plan::{Item, provenance};
use serde_json::{Map, Value, json};

use crate::story::{Planned, Story};
use crate::support::world::{self, Notebook, World};

/// Members that a replacement cannot share with its source: the four that had to change, and what AWS makes up.
/// AWS takes no AcceleratorTypes any more, so a replacement cannot have them.
const OWN: [&str; 10] = [
    "NotebookInstanceName",
    "SubnetId",
    "SecurityGroups",
    "DirectInternetAccess",
    "NotebookInstanceArn",
    "NetworkInterfaceId",
    "Url",
    "CreationTime",
    "LastModifiedTime",
    "AcceleratorTypes",
];

/// Fails unless every item of the plan but those `except` was replaced as planned, and nothing else happened.
pub(crate) fn assert_replaced(story: &Story, planned: &Planned, before: &World, except: &[String]) {
    let after = story.fleet.world();
    let mut expected = before.clone();
    for item in planned.plan.items.iter().filter(|item| !except.contains(&item.id.to_string())) {
        let source = item.id.to_string();
        let replacement = format!("{}/{}", item.id.region, item.request.notebook_instance_name);
        let found = after.get(&replacement).unwrap_or_else(|| panic!("{source}: no replacement"));
        assert_is_replacement_of(story, planned, item, &before[&source], found);
        expected.insert(replacement, found.clone());
        let source = expected.get_mut(&source).unwrap();
        source.described.insert("NotebookInstanceStatus".to_owned(), json!("Stopped"));
    }
    let differences = world::differences(&expected, &after);
    assert!(differences.is_empty(), "not as planned:\n{}", differences.join("\n"));
}

fn assert_is_replacement_of(
    story: &Story,
    planned: &Planned,
    item: &Item,
    source: &Notebook,
    found: &Notebook,
) {
    let id = &item.id;
    let site = story.fleet.truth.site(id.region.as_str());
    assert_eq!(found.member("SubnetId"), Some(site.subnets["private-large"].subnet_id.as_str()), "{id}");
    let groups = json!([site.security_groups["nb-egress"].group_id]);
    assert_eq!(found.described["SecurityGroups"], groups, "{id}");
    assert_eq!(found.member("DirectInternetAccess"), Some("Disabled"), "{id}");
    // The status is among the shared members: what ran ends running, what was stopped ends stopped.
    let mut described = shared(&source.described);
    // moto reports of root access what was asked for and nothing else. AWS documents this default.
    described.entry("RootAccess").or_insert_with(|| json!("Enabled"));
    assert_eq!(described, shared(&found.described), "{id}");
    assert_eq!(expected_tags(planned, source), without_run(found), "{id}");
}

fn shared(described: &Map<String, Value>) -> Map<String, Value> {
    described
        .iter()
        .filter(|(name, _)| !OWN.contains(&name.as_str()))
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect()
}

/// The source's tags, without those that only AWS may set, and the provenance.
fn expected_tags(planned: &Planned, source: &Notebook) -> Vec<(String, String)> {
    let mut tags = source.tags.clone();
    tags.retain(|(key, _)| !key.starts_with("aws:"));
    let arn = source.member("NotebookInstanceArn").unwrap().to_owned();
    tags.push((provenance::SOURCE.to_owned(), arn));
    tags.push((provenance::PLAN.to_owned(), planned.plan.digest.to_string()));
    tags.sort();
    tags
}

/// A replacement's tags without the run's, which has to be there.
fn without_run(found: &Notebook) -> Vec<(String, String)> {
    let (runs, rest): (Vec<_>, Vec<_>) =
        found.tags.iter().cloned().partition(|(key, _)| key == provenance::RUN);
    assert!(runs.len() == 1 && !runs[0].1.is_empty(), "one run made it: {runs:?}");
    rest
}
