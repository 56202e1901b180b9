//! Lifecycle configurations.

use std::time::Duration;

use serde_json::{Value, json};

use super::world::Aws;

const CREATE: &str = "CreateNotebookInstanceLifecycleConfig";
const DESCRIBE: &str = "DescribeNotebookInstanceLifecycleConfig";
const UPDATE: &str = "UpdateNotebookInstanceLifecycleConfig";
const DELETE: &str = "DeleteNotebookInstanceLifecycleConfig";
const LIST: &str = "ListNotebookInstanceLifecycleConfigs";
const ARN: &str = "arn:aws:sagemaker:us-east-1:123456789012:notebook-instance-lifecycle-config/setup";

fn named(name: &str) -> Value {
    json!({ "NotebookInstanceLifecycleConfigName": name })
}

fn with(mut input: Value, member: &str, value: Value) -> Value {
    input[member] = value;
    input
}

fn hook(content: &str) -> Value {
    json!([{ "Content": content }])
}

#[test]
fn a_configuration_is_kept_as_given_until_it_is_deleted() {
    let aws = Aws::new();
    let input = with(named("Setup"), "OnStart", hook("ZWNobyBhCg=="));
    assert_eq!(aws.ask(CREATE, input), json!({ "NotebookInstanceLifecycleConfigArn": ARN }));
    aws.pass(Duration::from_secs(1));
    aws.ask(UPDATE, with(named("Setup"), "OnCreate", hook("ZWNobyBi\nCg==\n")));
    let wanted = json!({
        "NotebookInstanceLifecycleConfigArn": ARN,
        "NotebookInstanceLifecycleConfigName": "Setup",
        "OnStart": [{ "Content": "ZWNobyBhCg==" }],
        "OnCreate": [{ "Content": "ZWNobyBi\nCg==\n" }],
        "CreationTime": 1_772_352_000.125,
        "LastModifiedTime": 1_772_352_001.125,
    });
    assert_eq!(aws.ask(DESCRIBE, named("Setup")), wanted);
    aws.ask(DELETE, named("Setup"));
    let gone = |verb: &str| {
        format!(
            "Unable to {verb} Notebook Instance Lifecycle Config '{ARN}'. (Details: Notebook Instance Lifecycle \
             Config does not exist.)"
        )
    };
    assert_eq!(aws.refusal(DESCRIBE, named("setup")), gone("describe"));
    assert_eq!(aws.refusal(DELETE, named("setup")), gone("delete"));
    assert_eq!(aws.refusal(UPDATE, named("setup")), gone("update"));
}

#[test]
fn a_name_is_taken_whatever_its_case() {
    let aws = Aws::new();
    aws.ask(CREATE, named("Setup"));
    let wanted = format!(
        "Unable to create Notebook Instance Lifecycle Config {ARN}. (Details: Notebook Instance Lifecycle Config \
         already exists.)"
    );
    assert_eq!(aws.refusal(CREATE, named("setUP")), wanted);
}

#[test]
fn scripts_are_base64_of_a_bounded_length_and_one_a_hook() {
    let aws = Aws::new();
    let cases = [
        (hook("not base64!"), "base64"),
        (hook(""), "Member must have length greater than or equal to 1"),
        (
            hook(&"A".repeat(16388)),
            "at 'onStart.1.member.content' failed to satisfy constraint: Member must have length less than or equal to 16384",
        ),
        (
            json!([{}, {}]),
            "at 'onStart' failed to satisfy constraint: Member must have length less than or equal to 1",
        ),
    ];
    for (hooks, wanted) in cases {
        let message = aws.refusal(CREATE, with(named("a"), "OnStart", hooks));
        assert!(message.contains(wanted), "{message}");
    }
    aws.ask(CREATE, with(named("a"), "OnStart", hook(&"A".repeat(16384))));
}

#[test]
fn lists_are_in_the_order_of_creation_unless_asked_otherwise() {
    let aws = Aws::new();
    for name in ["c", "a", "b"] {
        aws.ask(CREATE, named(name));
        aws.pass(Duration::from_secs(1));
    }
    aws.ask(UPDATE, named("a"));
    let names = |input: Value| -> Vec<String> {
        let answer = aws.ask(LIST, input);
        let configs = answer["NotebookInstanceLifecycleConfigs"].as_array().unwrap();
        let name = |one: &Value| one["NotebookInstanceLifecycleConfigName"].as_str().unwrap().to_owned();
        configs.iter().map(name).collect()
    };
    assert_eq!(names(json!({})), ["c", "a", "b"]);
    assert_eq!(names(json!({ "SortBy": "Name" })), ["a", "b", "c"]);
    assert_eq!(names(json!({ "SortBy": "LastModifiedTime", "SortOrder": "Descending" })), ["a", "b", "c"]);
    assert_eq!(names(json!({ "NameContains": "b" })), ["b"]);
    assert_eq!(names(json!({ "MaxResults": 2 })), ["c", "a"]);
    let first = aws.ask(LIST, json!({ "MaxResults": 2 }));
    assert_eq!(names(json!({ "MaxResults": 2, "NextToken": first["NextToken"] })), ["b"]);
}
