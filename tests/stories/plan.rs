//! Stories of `plan` and `show`: everything that needs it is in the plan or withheld, and nothing is changed.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use remediate::plan::{Plan, WithheldReason};

use crate::story::Story;
use crate::support::fleet::Seeded;
use crate::support::policy::PolicyText;
use crate::support::wire;
use crate::support::world;
use crate::{Aws, Named};

/// The tests of this file.
pub(crate) fn tests() -> Vec<Named> {
    crate::tests![
        plan_has_every_non_compliant_instance_and_changes_nothing,
        a_plan_is_saved_for_its_owner_only_under_its_digest,
        a_plan_can_be_shown_in_every_format_and_saved_where_one_likes,
        a_plan_with_items_ends_with_10_only_where_that_is_asked_for,
        a_subnet_of_another_region_withholds_the_instances_of_its_target,
        a_group_of_another_vpc_withholds_the_instances_of_its_target,
        an_exempt_instance_is_withheld_with_its_reason,
    ]
}

fn plan_has_every_non_compliant_instance_and_changes_nothing(aws: &Aws) {
    let story = Story::start(aws);
    let before = story.fleet.world();
    let planned = story.plan();
    assert_eq!(world::differences(&before, &story.fleet.world()), Vec::<String>::new());
    let mutating = story.proxy.mutating_calls();
    assert!(!story.proxy.calls().is_empty() && mutating.is_empty(), "{mutating:?}");
    let expected: BTreeSet<String> = story.fleet.truth.non_compliant().map(Seeded::id).collect();
    assert_eq!(BTreeSet::from_iter(planned.sources()), expected);
    assert!(planned.plan.withheld.is_empty(), "{:?}", planned.plan.withheld);
    assert_eq!(planned.plan.totals.seen, 40);
    let names: BTreeSet<String> = planned
        .plan
        .items
        .iter()
        .map(|item| format!("{}/{}", item.id.region, item.request.notebook_instance_name))
        .collect();
    assert_eq!(names.len(), expected.len(), "two replacements of one name");
    assert!(names.iter().all(|name| !before.contains_key(name)), "a name that is taken");
}

fn a_plan_is_saved_for_its_owner_only_under_its_digest(aws: &Aws) {
    let story = Story::small(aws);
    let planned = story.plan();
    let name = planned.path.file_name().unwrap().to_str().unwrap();
    let ending = format!("-{}.json", planned.plan.digest.short());
    assert!(name.ends_with(&ending), "{name} does not end with {ending}");
    assert_eq!(fs::metadata(&planned.path).unwrap().permissions().mode() & 0o777, 0o600);
}

fn a_plan_can_be_shown_in_every_format_and_saved_where_one_likes(aws: &Aws) {
    let story = Story::small(aws);
    let made = story.remediate.run(&["plan", "--out", "mine.json", "--format", "json"]).expect(0);
    let saved = fs::read_to_string(story.remediate.directory().join("mine.json")).unwrap();
    let plan: Plan = serde_json::from_str(&saved).unwrap();
    assert_eq!(serde_json::from_str::<Plan>(&made.stdout).unwrap(), plan);
    let shown = story.remediate.run(&["show", "mine.json", "--format", "json"]).expect(0);
    assert_eq!(serde_json::from_str::<Plan>(&shown.stdout).unwrap(), plan);
    for format in ["text", "markdown"] {
        let shown = story.remediate.run(&["show", "mine.json", "--format", format]).expect(0);
        shown.mentions(plan.digest.short());
        for item in &plan.items {
            shown.mentions(item.id.name.as_str());
        }
    }
}

fn a_plan_with_items_ends_with_10_only_where_that_is_asked_for(aws: &Aws) {
    let story = Story::small(aws);
    let _ = story.remediate.run(&["plan"]).expect(0);
    let _ = story.remediate.run(&["plan", "--detailed-exitcode"]).expect(10);
}

fn a_subnet_of_another_region_withholds_the_instances_of_its_target(aws: &Aws) {
    let story = Story::small(aws);
    let mut policy = PolicyText::for_fleet(&story.fleet.truth);
    policy.targets[1].subnet = policy.targets[0].subnet.clone();
    let region = policy.targets[1].region.clone();
    assert_withheld_by_network(&story, &policy, &region);
}

fn a_group_of_another_vpc_withholds_the_instances_of_its_target(aws: &Aws) {
    let story = Story::small(aws);
    let mut policy = PolicyText::for_fleet(&story.fleet.truth);
    let region = policy.targets[0].region.clone();
    let ec2 = |parameters: &[(&str, &str)]| story.fleet.wire.query(&region, "ec2", parameters);
    // The VPC that every account has to begin with, and its group.
    let only_default =
        [("Action", "DescribeVpcs"), ("Filter.1.Name", "is-default"), ("Filter.1.Value.1", "true")];
    let vpc = wire::element(&ec2(&only_default), "vpcId");
    let of_vpc = [
        ("Action", "DescribeSecurityGroups"),
        ("Filter.1.Name", "vpc-id"),
        ("Filter.1.Value.1", vpc.as_str()),
    ];
    let group = ec2(&of_vpc);
    policy.targets[0].groups = vec![wire::element(&group, "groupId")];
    assert_withheld_by_network(&story, &policy, &region);
}

/// The non-compliant instances of `region` are withheld for their target's network; the others are items.
fn assert_withheld_by_network(story: &Story, policy: &PolicyText, region: &str) {
    story.set_policy(policy);
    let plan = story.plan().plan;
    let in_region = |one: &&Seeded| one.region == region;
    let expected: BTreeSet<String> =
        story.fleet.truth.non_compliant().filter(in_region).map(Seeded::id).collect();
    assert!(!expected.is_empty());
    assert_eq!(plan.withheld.iter().map(|one| one.id.to_string()).collect::<BTreeSet<_>>(), expected);
    for withheld in &plan.withheld {
        let WithheldReason::Network { failed, .. } = &withheld.reason else { panic!("{withheld:?}") };
        assert!(!failed.is_empty(), "{withheld:?}");
    }
    assert!(!plan.items.is_empty() && plan.items.iter().all(|item| item.id.region.as_str() != region));
}

fn an_exempt_instance_is_withheld_with_its_reason(aws: &Aws) {
    let story = Story::small(aws);
    let exempt = story.source("InService");
    let mut policy = PolicyText::for_fleet(&story.fleet.truth);
    policy.extra = format!(
        "\n[[exempt]]\nmatch = {{ names = [{:?}] }}\nreason = \"decommissioned soon\"\nexpires = 2999-12-31\n",
        exempt.name
    );
    story.set_policy(&policy);
    let plan = story.plan().plan;
    let [withheld] = plan.withheld.as_slice() else { panic!("{:?}", plan.withheld) };
    assert_eq!(withheld.id.to_string(), exempt.id());
    let WithheldReason::Exempt { reason, .. } = &withheld.reason else { panic!("{withheld:?}") };
    assert_eq!(reason, "decommissioned soon");
}
