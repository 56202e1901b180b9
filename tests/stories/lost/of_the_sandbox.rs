//! Sources that somebody used meanwhile, keys named by an alias, and members in the other form that AWS may answer in.

use serde_json::json;

use crate::hazards::World;
use crate::interrupted::press_ctrl_c;
use crate::support::remediate::apply;

/// Those that the sandbox alone can tell: nothing takes time in moto, and it echoes keys.
pub(crate) fn of_the_sandbox() -> Vec<(&'static str, fn())> {
    vec![
        (
            "a_source_that_somebody_used_while_the_run_was_cut_off_is_kept_and_the_run_ends_with_30",
            a_source_that_somebody_used_is_kept,
        ),
        (
            "a_key_named_by_an_alias_is_planned_and_applied_as_the_key_that_it_stands_for",
            an_alias_is_applied_as_its_key,
        ),
        (
            "whatever_form_aws_answers_members_in_sources_are_replaced_cleaned_up_after_and_rolled_back",
            either_form_is_replaced_cleaned_up_after_and_rolled_back,
        ),
    ]
}

const SCENARIO: &str = r#"
format = 1
throttle = "off"
default_vpc = false
[latency]
create = "30s"
start = "30s"
stop = "30s"
delete = "30s"
[[account]]
id = "111122223333"
regions = ["us-east-1"]
[[kms_key]]
alias = "notebooks"
[[network]]
name = "n"
cidr = "10.1.0.0/16"
egress = "nat"
[[network.subnet]]
name = "n"
id = "subnet-0a"
cidr = "10.1.0.0/24"
[[network.security_group]]
name = "n"
id = "sg-0a"
[[notebook]]
name = "etl"
minimum_imds = "2"
"#;

const POLICY: &str = r#"
format = 1
[scope]
regions = ["us-east-1"]
[limits]
max_percent = 100
poll_interval = "5s"
[[target]]
name = "t"
match = { regions = ["us-east-1"] }
subnets = ["subnet-0a"]
security_groups = ["sg-0a"]
"#;

fn a_source_that_somebody_used_is_kept() {
    let world = World::of(SCENARIO, 600);
    world.remediate.write("policy.toml", &format!("{POLICY}delete_source = \"after-verify\"\n"));
    let plan = world.plan();
    // Ctrl-C as soon as the replacement is created.
    let apply = apply("plan.json", &plan.digest);
    let mut command = world.remediate.command(&[&apply[..], &["--format", "json"]].concat());
    let mut child = command
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut events = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("creating-replacement") {
        line.clear();
        assert_ne!(
            std::io::BufRead::read_line(&mut events, &mut line).unwrap(),
            0,
            "no replacement is created"
        );
    }
    press_ctrl_c(&child);
    let rest = std::thread::spawn(move || std::io::copy(&mut events, &mut std::io::sink()));
    assert_eq!(child.wait().unwrap().code(), Some(32));
    rest.join().unwrap().unwrap();
    // The next day somebody starts the source, works, and stops it.
    let wire = crate::support::wire::Wire::new(world.served.endpoint());
    for (operation, status) in [("StartNotebookInstance", "InService"), ("StopNotebookInstance", "Stopped")] {
        wire.on_instance("us-east-1", operation, "etl");
        while wire.on_instance("us-east-1", "DescribeNotebookInstance", "etl")["NotebookInstanceStatus"]
            != status
        {
            std::thread::yield_now();
        }
    }
    let resumed = world.remediate.run(&["resume", "--confirm"]).expect(30);
    resumed.mentions("the source was not deleted").mentions("someone has used it since");
    let found = wire.on_instance("us-east-1", "DescribeNotebookInstance", "etl");
    assert_eq!(found["NotebookInstanceStatus"], "Stopped");
}

fn an_alias_is_applied_as_its_key() {
    for described in ["arn", "as-given"] {
        let scenario =
            SCENARIO.replace("format = 1", &format!("format = 1\ndescribed_key = \"{described}\""));
        let world = World::of(&scenario, 600);
        world.remediate.write("policy.toml", &format!("{POLICY}kms_key = \"alias/notebooks\"\n"));
        let plan = world.plan();
        let key = plan.items[0].request.kms_key_id.clone().unwrap();
        assert!(key.starts_with("arn:aws:kms:us-east-1:111122223333:key/"), "{key}");
        let _ = world.remediate.run(&apply("plan.json", &plan.digest)).expect(0);
        let wire = crate::support::wire::Wire::new(world.served.endpoint());
        let found = wire.on_instance("us-east-1", "DescribeNotebookInstance", "etl-vpc");
        assert_eq!(
            (&found["NotebookInstanceStatus"], &found["KmsKeyId"]),
            (&json!("InService"), &json!(key))
        );
    }
}

/// Notebooks with every member that AWS may answer in another form, or with its documented default.
const MANY_MEMBERS: &str = r##"
[[lifecycle_config]]
name = "idle-stop"
on_start = "#!/bin/bash\ntrue\n"
[[notebook]]
name = "whole"
lifecycle_config = "idle-stop"
default_code_repository = "team-repo"
additional_code_repositories = ["lib-repo", "https://git.example.org/a.git"]
root_access = "Enabled"
minimum_imds = "1"
[[notebook]]
name = "resting"
status = "Stopped"
"##;

fn either_form_is_replaced_cleaned_up_after_and_rolled_back() {
    for form in ["as-given", "other-form"] {
        let given = format!("format = 1\ndescribed_members = \"{form}\"");
        let scenario = SCENARIO.replace("format = 1", &given) + MANY_MEMBERS;
        let settings = "imds = \"keep\"\ndelete_source = \"cleanup\"\n";
        let policy = POLICY.replace("[limits]", "[limits]\ncanary = 0");
        for follow_up in ["cleanup", "rollback"] {
            let world = World::of(&scenario, 600);
            world.remediate.write("policy.toml", &format!("{policy}{settings}"));
            let plan = world.plan();
            let names: Vec<&str> = plan.items.iter().map(|item| item.id.name.as_str()).collect();
            assert_eq!(names, ["etl", "resting", "whole"], "{:?}", plan.withheld);
            let request = &plan.items[2].request;
            assert_eq!(request.lifecycle_config_name.as_deref(), Some("idle-stop"));
            assert_eq!(request.default_code_repository.as_deref(), Some("team-repo"));
            assert_eq!(request.root_access.as_deref(), Some("Enabled"));
            let _ = world.remediate.run(&apply("plan.json", &plan.digest)).expect(0);
            let wire = crate::support::wire::Wire::new(world.served.endpoint());
            let found = wire.on_instance("us-east-1", "DescribeNotebookInstance", "whole-vpc");
            let config = found["NotebookInstanceLifecycleConfigName"].as_str().unwrap();
            let other = form == "other-form";
            assert_eq!(
                (config.starts_with("arn:"), found["RootAccess"].is_null()),
                (other, other),
                "{found}"
            );
            let _ = world.remediate.run(&[follow_up, "--confirm"]).expect(0);
        }
    }
}
