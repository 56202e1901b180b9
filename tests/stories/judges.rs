//! boto3 and the AWS CLI, written by others, judge the sandbox: `judges/*.py` hold the stories.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use remediate::facts::instance_types::FAMILIES;
use remediate::facts::platforms::PLATFORMS;
use remediate::facts::regions::REGIONS;
use remediate::facts::{limits, partitions};

use crate::support::sandbox::Served;

/// What there is in the sandbox of each story.
const SCENARIO: &str = include_str!("judges/scenario.toml");

/// A story in Python: its function, and how fast the sandbox's clock runs while it is told.
type Story = (&'static str, u32);

/// What takes time takes 20 seconds of the sandbox's: here, one.
const USUAL: u32 = 20;
/// Here, 20 milliseconds: for stories that wait in a loop.
const FAST: u32 = 1000;
/// Here, ten seconds: longer than the AWS CLI takes to start, and shorter than its waiters' only step.
const SLOW: u32 = 2;
/// Here, as long: too many calls a second are no more than that.
const REAL: u32 = 1;

const BOTO3: [Story; 35] = [
    ("every_operation_answers_as_its_model_says_and_no_other_is_there", USUAL),
    ("instances_in_every_status_and_with_every_member_satisfy_the_model", USUAL),
    ("the_waiters_of_boto3_see_an_instance_through_its_life", USUAL),
    ("the_waiters_of_boto3_give_up_on_an_instance_that_failed", USUAL),
    ("credentials_of_an_assumed_role_see_the_other_account", USUAL),
    ("objects_are_put_listed_read_and_deleted_in_s3", USUAL),
    ("pages_of_every_size_show_every_instance_once", USUAL),
    ("pages_miss_and_repeat_nothing_while_instances_are_deleted", FAST),
    ("pages_of_lifecycle_configs_tags_and_quotas_show_everything_once", USUAL),
    ("pages_of_accounts_and_networks_show_everything_once", USUAL),
    ("filters_and_orders_are_those_of_a_filter_over_all_descriptions", USUAL),
    ("quotas_that_are_reached_are_resource_limit_exceeded_and_say_by_how_much", USUAL),
    ("a_status_that_allows_no_change_is_named_with_those_that_do", USUAL),
    ("what_is_not_there_and_what_is_there_already_are_validation_errors", USUAL),
    ("values_outside_of_the_model_are_refused_in_its_own_words", USUAL),
    ("tokens_that_are_none_are_refused_by_each_service_in_its_own_way", USUAL),
    ("the_other_services_refuse_with_their_own_codes", USUAL),
    ("s3_refuses_what_is_not_there_and_a_wrong_secret", USUAL),
    ("callers_that_may_not_or_no_longer_are_told_so_by_each_service", USUAL),
    ("operations_and_services_that_are_not_there_are_refused_in_the_form_of_aws", USUAL),
    ("calls_that_are_throttled_after_a_burst_get_through_by_retries", REAL),
    ("services_that_break_for_a_while_are_asked_again", USUAL),
    ("networks_and_quotas_that_break_for_a_while_are_asked_again", USUAL),
    ("a_bucket_of_somebody_else_is_refused_whatever_is_asked_of_it", USUAL),
    ("clients_of_another_region_are_led_to_the_bucket", USUAL),
    ("buckets_are_made_where_the_request_says_and_once", USUAL),
    ("of_writers_who_come_at_once_one_wins", USUAL),
    ("what_is_not_what_its_checksum_says_is_not_kept", USUAL),
    ("objects_are_encrypted_with_keys_that_can_be_used", USUAL),
    ("callers_need_their_own_policies_and_those_of_the_bucket", USUAL),
    ("buckets_say_what_they_are_set_to", USUAL),
    ("pages_of_keys_show_every_key_once", USUAL),
    ("trouble_of_s3_comes_when_it_is_asked_for", USUAL),
    ("the_time_of_s3_is_that_of_the_sandbox", USUAL),
    ("a_worker_with_the_standard_library_alone_gets_on", USUAL),
];

const CLI: [Story; 6] = [
    ("instances_are_listed_in_pages_and_described", USUAL),
    ("an_instance_is_created_changed_tagged_and_deleted", USUAL),
    ("the_waiters_of_the_cli_wait_until_it_is_so", SLOW),
    ("networks_identities_and_the_rest_are_shown", USUAL),
    ("files_go_to_s3_and_come_back", USUAL),
    ("failures_have_the_exit_code_and_the_text_of_aws", USUAL),
];

/// The judges, by the names of their scripts.
const JUDGES: [(&str, &[Story]); 2] = [("boto3", &BOTO3), ("cli", &CLI)];

/// A trial's name and what it does with the Python that has boto3 and the AWS CLI.
pub(crate) type Named = (String, Box<dyn FnOnce(&Path) + Send>);

/// The tests of this file.
pub(crate) fn tests() -> Vec<Named> {
    let mut tests: Vec<Named> = Vec::new();
    for (judge, stories) in JUDGES {
        for (story, speed) in stories {
            tests.push((
                format!("judges::{judge}::{story}"),
                Box::new(move |python| tell(python, judge, (story, *speed))),
            ));
        }
    }
    tests.push(("judges::every_story_is_told".to_owned(), Box::new(every_story_is_told)));
    tests.push((
        "judges::the_tables_of_facts_decide_about_all_that_botocore_knows".to_owned(),
        Box::new(the_tables_decide_about_all),
    ));
    tests.push((
        "judges::policy_sentry_finds_no_action_resource_or_condition_that_is_none".to_owned(),
        Box::new(policies_are_what_iam_knows),
    ));
    tests
}

/// The least policies, of everything and of a plan, by AWS's own reference: what it finds is what is known to be so. Quotas have
/// ARNs by codes of each service, and the attribute of a VPC is read of VPCs that no plan names.
fn policies_are_what_iam_knows(python: &Path) {
    for (role, wider) in [
        ("reader", &["ec2:DescribeVpcAttribute", "servicequotas:GetServiceQuota"][..]),
        ("operator", &["servicequotas:GetServiceQuota"]),
    ] {
        for plan in [None, Some("plans/format-5.json")] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_remediate"));
            command.current_dir(env!("CARGO_MANIFEST_DIR")).args(["iam-policy", "--role", role]);
            let printed = run(command.args(plan.iter().flat_map(|plan| ["--plan", plan])), role);
            let found = judged(python, &printed);
            let expected: Vec<String> =
                wider.iter().map(|action| format!("{action} could be narrower than everything")).collect();
            assert_eq!(found, expected, "{role} {plan:?}");
        }
    }
    let wrong = r#"{"Statement": [{"Sid": "X", "Action": ["sagemaker:StopNotebook", "sagemaker:StopNotebookInstance"],
        "Resource": ["arn:aws:s3:::x"], "Condition": {"StringEquals": {"kms:ViaService": "x"}}}]}"#;
    assert_eq!(judged(python, wrong).len(), 3);
}

/// What policy_sentry says of the policy, or of each of a list.
fn judged(python: &Path, policies: &str) -> Vec<String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), policies).unwrap();
    let found = run(Command::new(python).arg(script("policy")).arg(file.path()), "policy_sentry");
    found.lines().map(str::to_owned).collect()
}

/// Tells a story in a sandbox of its own.
fn tell(python: &Path, judge: &str, (story, speed): Story) {
    let directory = tempfile::tempdir().unwrap();
    let scenario = directory.path().join("scenario.toml");
    // The stories about too many calls say so.
    let throttle = if story.contains("throttled") { "throttle = \"aws\"" } else { "throttle = \"off\"" };
    std::fs::write(&scenario, SCENARIO.replace("throttle = \"off\"", throttle)).unwrap();
    let sandbox = Served::start(Path::new(env!("CARGO_BIN_EXE_remediate")), &scenario, speed);
    let mut command = Command::new(python);
    command.arg(script(judge)).args([sandbox.endpoint(), story]);
    // Nothing of the developer's own AWS, nor a proxy on the way to loopback.
    command.env_clear().envs(&sandbox.exports).env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("HOME", directory.path()).env("AWS_EC2_METADATA_DISABLED", "true");
    run(&mut command, story);
}

/// What AWS adds to its models must be decided about in the tables of facts before the pinned botocore may be raised.
fn the_tables_decide_about_all(python: &Path) {
    let known = run(Command::new(python).arg(script("facts")), "facts");
    let known: BTreeMap<String, BTreeSet<String>> = serde_json::from_str(&known).unwrap();
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let families: Vec<&str> = FAMILIES.iter().map(|family| family.name).collect();
    assert_eq!(known["families"], set(&families));
    let platforms: Vec<&str> = PLATFORMS.iter().map(|platform| platform.name).collect();
    assert_eq!(known["platforms"], set(&platforms));
    let undecided: Vec<_> = known["regions"].difference(&set(&REGIONS)).cloned().collect();
    assert_eq!(undecided, Vec::<String>::new());
    assert!(known["regions"].len() > 30);
    let told: BTreeSet<String> =
        known["regions"].iter().map(|region| format!("{region} {}", partitions::of_region(region))).collect();
    assert_eq!(known["partitions"], told);
    let bounds = [
        ("SecurityGroupIds", limits::SECURITY_GROUPS),
        ("TagKey", limits::TAG_KEY),
        ("TagList", limits::TAGS),
        ("TagValue", limits::TAG_VALUE),
    ];
    assert_eq!(known["limits"], bounds.iter().map(|(name, most)| format!("{name} {most}")).collect());
}

/// Nobody may add a story to the Python and forget it here.
fn every_story_is_told(python: &Path) {
    for (judge, stories) in JUDGES {
        let listed = run(Command::new(python).arg(script(judge)).arg("--list"), judge);
        let mut listed: Vec<&str> = listed.lines().collect();
        let mut told: Vec<&str> = stories.iter().map(|(story, _)| *story).collect();
        listed.sort_unstable();
        told.sort_unstable();
        assert_eq!(told, listed, "{judge}");
    }
}

pub(crate) fn script(judge: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/stories/judges/{judge}_judge.py"))
}

/// What a script printed; it fails with its traceback.
pub(crate) fn run(command: &mut Command, what: &str) -> String {
    let Output { status, stdout, stderr } = command.env("PYTHONDONTWRITEBYTECODE", "1").output().unwrap();
    let (said, complained) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "{what}: {status}\n{said}{complained}");
    said.into_owned()
}
