//! Stories: what automation does to a source between plan and run, and to its replacement: tags and OnCreate scripts.

use crate::api_error::Reading;
use crate::fixtures::{
    POLICY, companions, exposed, facts, instance, inventory, now, plan_by, policy, region, tags,
};
use crate::inventory::{Scripts, Status};
use crate::plan::planner::make;
use crate::plan::{Inputs, KnownRuns, Plan, check};

#[test]
fn tags_that_automation_acts_on_are_told_and_can_be_left_out() {
    let source = || {
        let tags =
            tags(&[("Owner", "x"), ("maid_status", "stop@2026"), ("aws:a", "1"), ("Schedule", "office")]);
        instance(exposed("a"), tags)
    };
    let told = |plan: &Plan| -> Vec<String> {
        let warnings = plan.items[0].warnings.iter().filter(|warning| warning.starts_with("the tag"));
        warnings.map(|warning| warning.split('`').nth(1).unwrap().to_owned()).collect()
    };
    assert_eq!(told(&plan_by(POLICY, vec![source()])), ["Schedule", "maid_status"]);

    let dropping = POLICY.replace("[limits]", "[defaults]\ndrop_tags = [\"maid_*\", \"nothing\"]\n[limits]");
    let plan = plan_by(&dropping, vec![source()]);
    assert_eq!(check::check(&plan), []);
    let item = &plan.items[0];
    assert_eq!(
        (told(&plan), &item.dropped_tags),
        (vec!["Schedule".to_owned()], &vec!["maid_status".to_owned()])
    );
    let sent: Vec<&str> = item.request.tags.iter().map(|tag| tag.key.as_str()).collect();
    assert_eq!(sent, ["Owner", "Schedule"]);
    let change = item.changes.iter().find(|change| change.attribute == "Tags").unwrap();
    assert_eq!(change.before.as_deref(), Some("aws:a=1, maid_status=stop@2026"));

    // What a plan does not say that it drops is carried.
    let mut silent = plan.clone();
    silent.items[0].dropped_tags.clear();
    assert!(!check::check(&silent).is_empty());
    let mut strange = plan.clone();
    strange.items[0].dropped_tags.push("other".to_owned());
    assert!(!check::check(&strange).is_empty());
}

#[test]
fn the_patterns_of_tags_that_may_change_are_in_the_plan() {
    let policy = POLICY.replace("[limits]", "[plan]\nignore_tags = [\"InstanceScheduler-*\"]\n[limits]");
    let plan = plan_by(&policy, vec![instance(exposed("a"), tags(&[]))]);
    assert_eq!(check::check(&plan), []);
    assert_eq!(plan.items[0].ignore_tags, ["InstanceScheduler-*"]);
}

#[test]
fn a_stopped_source_with_an_on_create_script_or_one_that_cannot_be_read_gives_it_its_time() {
    let planned = |status: Status, scripts: Option<Reading<Scripts>>| {
        let mut description = exposed("a");
        description.notebook_instance_status = status;
        description.notebook_instance_lifecycle_config_name = Some("setup".to_owned());
        let inventory = inventory(vec![instance(description, tags(&[]))]);
        let mut companions = companions(&inventory);
        companions.scripts.clear();
        companions.scripts.extend(scripts.map(|scripts| ((region(), "setup".to_owned()), scripts)));
        let (policy, runs, facts) = (policy(POLICY), KnownRuns::default(), facts());
        let inputs = Inputs {
            policy: &policy,
            inventory: &inventory,
            facts: &facts,
            companions: &companions,
            runs: &runs,
            now: now(),
        };
        let plan = make(inputs).unwrap();
        assert_eq!(check::check(&plan), []);
        let last = plan.items[0].steps.last().unwrap().expected_seconds;
        (plan.items[0].on_create, last >= 300)
    };
    let script = || Some("#!/bin/bash\ntrue\n".to_owned());
    let with = |on_create| Some(Reading::Found(Scripts { on_create, on_start: script() }));
    assert_eq!(planned(Status::Stopped, with(script())), (true, true));
    assert_eq!(planned(Status::Stopped, None), (true, true), "it was not read");
    assert_eq!(planned(Status::Stopped, with(None)), (false, false));
    assert_eq!(planned(Status::InService, with(script())), (false, false));
}
