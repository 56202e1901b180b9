//! Stories of what must not be lost: platforms that AWS has ended, replacements of runs that have not finished, sources that
//! somebody used meanwhile, keys named by an alias.

use std::fs;

use remediate::plan::{Order, Plan, WithheldReason, provenance};
use serde_json::{Value, json};

use crate::hazards::World;
use crate::interrupted::{PATIENCE, code, press_ctrl_c};
use crate::story::{Planned, Story};
use crate::support::fault::{Fault, Rule};
use crate::support::fleet::Seeded;
use crate::support::policy::PolicyText;
use crate::support::remediate::apply;
use crate::{Aws, Named};

/// The tests of this file that are told in both.
pub(crate) fn tests() -> Vec<Named> {
    crate::tests![
        a_running_source_whose_platform_has_ended_is_not_stopped_and_a_stopped_one_is_upgraded,
        with_the_policys_consent_a_source_whose_platform_has_ended_is_replaced_and_never_rolled_back,
        a_source_that_a_run_is_still_at_is_being_replaced_until_the_run_has_finished,
        an_instance_with_some_of_the_tags_may_be_a_replacement_and_is_never_planned_around,
        a_plan_of_an_earlier_version_is_shown_and_what_aws_refuses_by_now_is_not_stopped,
    ]
}

/// Those that the sandbox alone can tell: moto never changes LastModifiedTime, and echoes keys.
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

const ENDED: &str = "notebook-al2-v3";

/// AWS says of this source that it is on a platform that has ended, and refuses to start it again.
fn end_platform(story: &Story, source: &Seeded) {
    let described = Fault::RewriteMember("PlatformIdentifier".to_owned(), ENDED.to_owned());
    story.proxy.add(Rule::on("DescribeNotebookInstance", described).about(&source.name));
    let message = format!("Platform identifier ({ENDED}) is not supported for this service.");
    let body = json!({ "__type": "ValidationException", "message": message }).to_string();
    story.proxy.add(Rule::on("StartNotebookInstance", Fault::Json(400, body)).about(&source.name));
}

fn with(story: &Story, settings: &str) {
    let mut policy = PolicyText::for_fleet(&story.fleet.truth);
    policy.defaults = format!("{}\n{settings}", policy.defaults);
    story.set_policy(&policy);
}

fn reason<'a>(plan: &'a Plan, source: &Seeded) -> &'a WithheldReason {
    let found = plan.withheld.iter().find(|one| one.id.to_string() == source.id());
    &found.unwrap_or_else(|| panic!("{} is not withheld", source.id())).reason
}

fn a_running_source_whose_platform_has_ended_is_not_stopped_and_a_stopped_one_is_upgraded(aws: &Aws) {
    let story = Story::small(aws);
    let (running, stopped) = (story.source("InService"), story.source("Stopped"));
    end_platform(&story, &running);
    end_platform(&story, &stopped);
    with(&story, "order = \"stop-first\"");
    let expected = WithheldReason::OneWayPlatform { platform: ENDED.to_owned() };
    assert_eq!(reason(&story.plan().plan, &running), &expected);
    with(&story, "order = \"auto\"");
    let planned = story.plan();
    assert_eq!(planned.item(&running).order, Order::CreateOnly);
    let upgraded = &planned.item(&stopped).request.platform_identifier;
    assert_eq!(upgraded.as_deref(), Some("notebook-al2023-v1"));
    let _ = story.apply(&planned).expect(0);
    let after = story.fleet.world();
    assert_eq!(after[&running.id()].status(), "InService");
    let beside = format!("{}/{}", running.region, planned.replacement(&running));
    assert_eq!(after[&beside].status(), "InService", "both run");
    assert_eq!(after[&stopped.id()].status(), "Stopped");
}

fn with_the_policys_consent_a_source_whose_platform_has_ended_is_replaced_and_never_rolled_back(aws: &Aws) {
    let story = Story::small(aws);
    let source = story.source("InService");
    end_platform(&story, &source);
    with(&story, "allow_one_way = true");
    let planned = story.plan();
    let _ = story.apply(&planned).expect(0);
    let replacement = format!("{}/{}", source.region, planned.replacement(&source));
    assert_eq!(story.fleet.world()[&replacement].status(), "InService");
    let back = story.remediate.run(&["rollback", "--confirm"]).expect(30);
    back.mentions("is one that AWS no longer starts").mentions("1 refused");
    assert_eq!(story.fleet.world()[&replacement].status(), "InService", "it was left alone");
}

fn a_source_that_a_run_is_still_at_is_being_replaced_until_the_run_has_finished(aws: &Aws) {
    let story = Story::small(aws);
    let source = story.source("InService");
    let planned = story.plan();
    let by = planned.replacement(&source);
    let pending = || {
        let rewritten = Fault::RewriteStatus("Pending".to_owned(), None);
        story.proxy.add(Rule::on("DescribeNotebookInstance", rewritten).about(&by));
    };
    pending();
    let mut command = story.remediate.command(&planned.apply());
    let child = command
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    until_described(&story, &by);
    // A state directory of its own lets nobody else in.
    let second = story.remediate.run(&[&planned.apply()[..], &["--state-dir", "beside"]].concat());
    second.expect(22).mentions("another remediate is at work on this account");
    press_ctrl_c(&child);
    assert_eq!(code(child).0, 32);

    let run = story.run_id();
    let told = |out: &str, words: &[&str]| {
        let shown = story.remediate.run(&["plan", "--out", out]).expect(0);
        for words in words {
            shown.mentions(words);
        }
        assert!(!shown.said().contains("Delete the source"), "{}", shown.said());
        let saved = fs::read_to_string(story.remediate.directory().join(out)).unwrap();
        serde_json::from_str::<Plan>(&saved).unwrap()
    };
    let resume = format!("To finish: remediate resume {run} --confirm. To undo: remediate rollback {run}");
    let plan = told("1.json", &[&format!("is replacing it by {by} (Pending) and has not finished"), &resume]);
    assert!(matches!(reason(&plan, &source), WithheldReason::BeingReplaced { .. }));
    // It runs by now, but nobody has verified it.
    story.proxy.clear_rules();
    let plan =
        told("2.json", &[&format!("is replacing it by {by} (InService) and has not finished"), &resume]);
    assert!(matches!(reason(&plan, &source), WithheldReason::BeingReplaced { .. }));
    let _ = story.remediate.run(&["resume", "--confirm"]).expect(0);
    let done = [
        format!("already replaced by {by} (verified, run {run})"),
        format!("remediate cleanup {run} --confirm"),
        format!("To undo: remediate rollback {run}"),
    ];
    let plan = told("3.json", &done.each_ref().map(String::as_str));
    assert!(matches!(reason(&plan, &source), WithheldReason::AlreadyReplaced { verified: true, .. }));
    // Where the run's journal is not, that is said.
    let elsewhere = ["plan", "--out", "elsewhere.json", "--state-dir", "elsewhere"];
    story.remediate.run(&elsewhere).expect(0).mentions("journal is not here");
}

/// Waits until the program has looked at an instance often enough to wait for it.
fn until_described(story: &Story, name: &str) {
    use remediate::clock::{Clock, SystemClock, elapsed};
    let begun = SystemClock.now();
    let looked = || {
        let calls = story.proxy.calls_named("DescribeNotebookInstance");
        calls.iter().filter(|call| call.body.contains(&format!("\"{name}\""))).count()
    };
    let created = || {
        let calls = story.proxy.calls_named("CreateNotebookInstance");
        calls.iter().any(|call| call.body.contains(&format!("\"{name}\"")))
    };
    while !created() || looked() < 3 {
        assert!(elapsed(begun, SystemClock.now()) < PATIENCE, "{name} was not created");
        std::thread::yield_now();
    }
}

fn an_instance_with_some_of_the_tags_may_be_a_replacement_and_is_never_planned_around(aws: &Aws) {
    let story = Story::small(aws);
    let source = story.source("InService");
    let planned = story.plan();
    let _ = story.apply(&planned).expect(0);
    let found = story.fleet.world();
    let replacement = &found[&format!("{}/{}", source.region, planned.replacement(&source))];
    let arn = replacement.member("NotebookInstanceArn").unwrap();
    for key in provenance::KEYS {
        let value = &replacement.tags.iter().find(|(name, _)| name == key).unwrap().1;
        let tags = json!({ "ResourceArn": arn, "TagKeys": [key] });
        story.fleet.wire.sagemaker(&source.region, "DeleteTags", &tags);
        let out = format!("without-{}.json", key.trim_start_matches("remediate:"));
        story.remediate.run(&["plan", "--out", &out]).expect(0).mentions(&format!("lacks {key}"));
        let saved = fs::read_to_string(story.remediate.directory().join(&out)).unwrap();
        let plan: Plan = serde_json::from_str(&saved).unwrap();
        assert!(plan.items.is_empty(), "{key}: {:?}", plan.items);
        assert!(matches!(reason(&plan, &source), WithheldReason::MaybeReplaced { .. }), "{key}");
        let tags = json!({ "ResourceArn": arn, "Tags": [{ "Key": key, "Value": value }] });
        story.fleet.wire.sagemaker(&source.region, "AddTags", &tags);
    }
}

/// A plan as an earlier version made it: with a platform that has ended since, and with a key that is named by an alias.
fn aged(planned: &Planned, age: impl Fn(&mut Value)) -> Plan {
    let mut plan = serde_json::to_value(&planned.plan).unwrap();
    plan["format_version"] = json!(3);
    plan.as_object_mut().unwrap().remove("require_digest");
    plan["items"].as_array_mut().unwrap().iter_mut().for_each(age);
    remediate::plan::digest::seal(serde_json::from_value(plan).unwrap()).unwrap()
}

/// The item as if it asked for this.
fn asks_for(item: &mut Value, attribute: &str, after: &str) {
    item["request"][attribute] = json!(after);
    let before = item["source"]["description"][attribute].as_str().map(str::to_owned);
    let changes = item["changes"].as_array_mut().unwrap();
    changes.retain(|change| change["attribute"] != attribute);
    let mut change = json!({ "attribute": attribute, "after": after });
    let platform_changes =
        attribute == "PlatformIdentifier" && before.as_ref().is_some_and(|from| from != after);
    if let Some(before) = before {
        change["before"] = json!(before);
    }
    changes.push(change);
    tells(item, attribute, platform_changes);
}

/// The item as it tells that: what it asks for is not left to AWS, and whether the platform changes.
fn tells(item: &mut Value, asked: &str, platform_changes: bool) {
    let left = |words: &str| words.replace(&format!(", {asked}"), "").replace(&format!("{asked}, "), "");
    let told = |words: &Value| words.as_str().map(left).filter(|words| !words.contains(asked));
    item["warnings"] = item["warnings"].as_array().unwrap().iter().filter_map(told).collect();
    let mut hazards = item["hazards"].as_array().cloned().unwrap_or_default();
    hazards.retain(|hazard| hazard["kind"] != "platform-changes");
    if platform_changes {
        hazards.push(json!({ "kind": "platform-changes", "evidence": ["another"] }));
    }
    item["hazards"] = hazards.into();
}

fn a_plan_of_an_earlier_version_is_shown_and_what_aws_refuses_by_now_is_not_stopped(aws: &Aws) {
    type Age = fn(&mut Value);
    let ages: [(Age, &str); 2] = [
        (
            |item| asks_for(item, "PlatformIdentifier", ENDED),
            "AWS creates no instances with the platform notebook-al2-v3",
        ),
        (
            |item| asks_for(item, "KmsKeyId", "alias/notebooks"),
            "its KMS key is named by an alias (alias/notebooks)",
        ),
    ];
    for (age, why) in ages {
        let story = Story::small(aws);
        let planned = story.plan();
        let plan = aged(&planned, age);
        fs::write(&planned.path, serde_json::to_string_pretty(&plan).unwrap()).unwrap();
        let path = planned.path.to_str().unwrap();
        let _ = story.remediate.run(&["show", path]).expect(0);
        let before = story.fleet.world();
        story.proxy.forget_calls();
        let applied = story.remediate.run(&apply(path, &plan.digest)).expect(30);
        applied.mentions(why).mentions("plan again");
        assert!(story.proxy.mutating_calls().is_empty(), "{why}");
        assert_eq!(story.fleet.world(), before);
    }
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
