//! Stories of `policy`: a policy that writes itself, and the schema that editors complete it with.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use remediate::plan::{Withheld, WithheldReason};

use crate::judges::{run, script};
use crate::story::Story;
use crate::support::fault::{Fault, Rule};
use crate::support::fleet::Seeded;
use crate::support::world;
use crate::{Aws, Named};

mod networks;

/// The tests of this file that are told in both.
pub(crate) fn tests() -> Vec<Named> {
    crate::tests![
        the_policy_that_init_writes_plans_without_editing,
        a_policy_is_written_for_the_regions_asked_for_and_never_over_another,
        a_region_that_cannot_be_read_is_said_and_the_others_are_there,
        networks_that_cannot_be_read_are_no_networks_without_room,
        where_nothing_can_be_read_nothing_is_written,
    ]
}

/// Those in networks that the sandbox alone can have.
pub(crate) fn networks() -> Vec<(&'static str, fn())> {
    networks::tests()
}

/// A trial's name and what it does with Python.
type Told = (String, Box<dyn FnOnce(&Path) + Send>);

/// Those that need Python.
pub(crate) fn told() -> Vec<Told> {
    vec![
        (
            "policy::the_schema_takes_every_example_and_refuses_what_the_program_refuses".to_owned(),
            Box::new(|python: &Path| schema_is_that_of_the_program(python, &["policy", "schema"], "schema")),
        ),
        (
            "scenarios::the_schema_takes_every_example_and_refuses_what_the_sandbox_refuses".to_owned(),
            Box::new(|python: &Path| {
                schema_is_that_of_the_program(python, &["sandbox", "--schema"], "scenario")
            }),
        ),
    ]
}

fn the_policy_that_init_writes_plans_without_editing(aws: &Aws) {
    // A fleet whose compliant notebooks use the group that lets something out: init follows them, wherever that leads.
    let story = Story::with(aws, 12, 17);
    let before = story.fleet.world();
    fs::remove_file(story.remediate.directory().join("policy.toml")).unwrap();
    let regions = ["policy", "init", "--region", "us-east-1,eu-west-1"];
    story.remediate.run(&regions).expect(0).mentions("policy saved to policy.toml: 2 targets");
    story.remediate.run(&["policy", "check"]).expect(0).mentions("policy.toml is valid: 2 targets");
    let planned = story.plan();
    let expected: BTreeSet<String> = story.fleet.truth.non_compliant().map(Seeded::id).collect();
    let managed = |one: &&Withheld| matches!(one.reason, WithheldReason::Managed { .. });
    let stacks = planned.plan.withheld.iter().filter(managed).map(|one| one.id.to_string());
    let planned_or_managed: BTreeSet<String> = planned.sources().into_iter().chain(stacks).collect();
    assert_eq!(planned_or_managed, expected, "{:?}", planned.plan.withheld);
    assert_eq!(world::differences(&before, &story.fleet.world()), Vec::<String>::new());
    assert!(story.proxy.mutating_calls().is_empty());
    // No limit stands in the way of applying it.
    let _ = story.apply(&planned).expect(0);
}

fn a_policy_is_written_for_the_regions_asked_for_and_never_over_another(aws: &Aws) {
    let story = Story::small(aws);
    let init = |out: &str| story.remediate.run(&["policy", "init", "--region", "eu-west-1", "--out", out]);
    init("policy.toml").expect(2).mentions("`policy.toml` exists, and is not overwritten");
    init("ireland.toml").expect(0).mentions("remediate plan --policy ireland.toml");
    let text = fs::read_to_string(story.remediate.directory().join("ireland.toml")).unwrap();
    assert!(text.contains("regions = [\"eu-west-1\"]") && !text.contains("us-east-1"), "{text}");
}

fn a_region_that_cannot_be_read_is_said_and_the_others_are_there(aws: &Aws) {
    let story = Story::small(aws);
    story.proxy.add(Rule::on("DescribeVpcs", Fault::AccessDenied).in_region("us-east-1"));
    let init = ["policy", "init", "--region", "us-east-1,eu-west-1", "--out", "made.toml"];
    let said = story.remediate.run(&init).expect(30);
    said.mentions("policy saved to made.toml: 1 target").mentions("the networks of us-east-1: DescribeVpcs");
    let text = fs::read_to_string(story.remediate.directory().join("made.toml")).unwrap();
    assert!(text.contains("# - the networks of us-east-1: DescribeVpcs"), "{text}");
}

fn where_nothing_can_be_read_nothing_is_written(aws: &Aws) {
    let story = Story::small(aws);
    let init = ["policy", "init", "--region", "us-east-1,eu-west-1", "--out", "made.toml"];
    let garbled = || Fault::Json(200, "{}".to_owned());
    for (operation, fault, code) in [
        ("ListNotebookInstances", Fault::AccessDenied, 40),
        ("DescribeNotebookInstance", Fault::AccessDenied, 40),
        ("DescribeVpcs", Fault::AccessDenied, 40),
        ("DescribeSubnets", garbled(), 30),
        ("DescribeAvailabilityZones", garbled(), 30),
    ] {
        story.proxy.clear_rules();
        story.proxy.add(Rule::on(operation, fault));
        let said = story.remediate.run(&init).expect(code);
        said.mentions("no policy was written")
            .mentions(operation)
            .mentions("us-east-1")
            .mentions("eu-west-1");
        assert!(!story.remediate.directory().join("made.toml").exists(), "{operation}");
    }
}

fn networks_that_cannot_be_read_are_no_networks_without_room(aws: &Aws) {
    let story = Story::small(aws);
    story.proxy.add(Rule::on("DescribeSecurityGroups", Fault::AccessDenied).in_region("us-east-1"));
    let init = ["policy", "init", "--region", "us-east-1,eu-west-1", "--out", "made.toml"];
    story.remediate.run(&init).expect(30).mentions("DescribeSecurityGroups in us-east-1");
    let text = fs::read_to_string(story.remediate.directory().join("made.toml")).unwrap();
    assert!(!text.contains("no VPC there can take them"), "{text}");
    // A plan withholds what would go there, and does not look like one with nothing to do.
    story.remediate.run(&["plan"]).expect(30).mentions("DescribeSecurityGroups");
}

fn schema_is_that_of_the_program(python: &Path, command: &[&str], judged_by: &str) {
    let program = env!("CARGO_BIN_EXE_remediate");
    let directory = tempfile::tempdir().unwrap();
    let schema = Command::new(program).args(command).output().unwrap();
    assert!(schema.status.success());
    fs::write(directory.path().join("schema.json"), schema.stdout).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut judge = Command::new(python);
    judge.arg(script(judged_by)).arg(program).arg(directory.path()).arg(root.join("examples"));
    let judged: usize = run(&mut judge, "the schema").trim().parse().unwrap();
    assert!(judged > 60, "only {judged} files were judged");
}
