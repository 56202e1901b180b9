//! Stories of a second week: how a plan differs from the one before, and a policy that approves fewer subnets.

use std::collections::BTreeSet;

use crate::replaced::assert_replaced;
use crate::story::{Planned, Story};
use crate::support::policy::PolicyText;
use crate::{Aws, Named};

/// The tests of this file.
pub(crate) fn tests() -> Vec<Named> {
    crate::tests![
        a_week_later_the_difference_is_what_has_happened_since,
        what_is_in_a_subnet_that_is_not_approved_is_found_planned_and_replaced,
    ]
}

fn shown(story: &Story, newer: &Planned, older: &Planned, code: i32) -> serde_json::Value {
    let [newer, older] = [newer, older].map(|planned| planned.path.display().to_string());
    let arguments = ["show", &newer, "--diff", &older, "--format", "json", "--detailed-exitcode"];
    story.remediate.run(&arguments).expect(code).json()
}

fn ids(list: &serde_json::Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect()
}

fn a_week_later_the_difference_is_what_has_happened_since(aws: &Aws) {
    let story = Story::small(aws);
    let first = story.plan();
    let same = shown(&story, &story.plan(), &first, 0);
    assert_eq!(ids_of(&same["unchanged"]), first.sources());
    let (deleted, stopped) = (story.source("Stopped"), story.source("InService"));
    story.fleet.delete(&deleted.region, &deleted.name);
    story.fleet.stop(&stopped.region, &stopped.name);
    let second = story.plan();
    let found = shown(&story, &second, &first, 10);
    assert_eq!((ids(&found["gone"]), ids(&found["new"])), (vec![&*deleted.id()], vec![]));
    assert_eq!(found["gone"][0]["other"]["code"], "not-listed");
    assert_eq!(ids(&found["changed"]), [stopped.id()]);
    let members: Vec<&str> = found["changed"][0]["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["member"].as_str().unwrap())
        .collect();
    assert!(members.contains(&"source.description.NotebookInstanceStatus"), "{members:?}");
    assert!(members.contains(&"steps[stop-replacement]"), "{members:?}");
    let back = shown(&story, &first, &second, 10);
    assert_eq!((ids(&back["new"]), ids(&back["gone"])), (vec![&*deleted.id()], vec![]));
}

fn ids_of(list: &serde_json::Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect()
}

fn what_is_in_a_subnet_that_is_not_approved_is_found_planned_and_replaced(aws: &Aws) {
    let story = Story::small(aws);
    let policy = PolicyText::for_fleet(&story.fleet.truth);
    let approved: BTreeSet<&str> = policy.targets.iter().map(|target| target.subnet.as_str()).collect();
    let listed = format!("[rules]\napproved_subnets = {:?}\n", Vec::from_iter(&approved));
    story.remediate.write("policy.toml", &policy.to_string().replace("[rules]\n", &listed));
    let elsewhere: BTreeSet<String> = story
        .fleet
        .truth
        .notebooks
        .iter()
        .filter(|one| one.request["SubnetId"].as_str().is_none_or(|subnet| !approved.contains(subnet)))
        .map(|one| one.id())
        .collect();
    let exposed: BTreeSet<String> = story.fleet.truth.non_compliant().map(|one| one.id()).collect();
    assert!(
        !elsewhere.is_subset(&exposed),
        "nothing has to move that is compliant otherwise: choose another seed"
    );
    let before = story.fleet.world();
    let planned = story.plan();
    let sources: BTreeSet<String> = planned.sources().into_iter().collect();
    assert_eq!(sources, elsewhere.union(&exposed).cloned().collect());
    let _ = story.apply(&planned).expect(0);
    assert_replaced(&story, &planned, &before, &[]);
    for item in &planned.plan.items {
        assert!(approved.contains(item.request.subnet_id.as_str()));
    }
}
