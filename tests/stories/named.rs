//! Who loses access: IAM policies that know a source by its ARN, and not its replacement. In the sandbox, and in moto.

use std::path::Path;

use remediate::plan::{Item, Plan};
use serde_json::{Value, json};

use crate::Aws;
use crate::hazards::World;
use crate::moto::WithPython;
use crate::story::Story;

const SCENARIO: &str = include_str!("../../examples/repairs.toml");
const POLICY: &str = include_str!("../../examples/repairs-policy.toml");

const HELD: &str = r#"
[[held_policy]]
name = "OpenNotebook"
holders = ["role/data/Scientist"]
document = '''{ "Version": "2012-10-17", "Statement": [
  { "Sid": "List", "Effect": "Allow", "Action": "sagemaker:ListNotebookInstances", "Resource": "*" },
  { "Sid": "Open", "Effect": "Allow", "Action": "sagemaker:CreatePresignedNotebookInstanceUrl",
    "Resource": "arn:aws:sagemaker:us-east-1:111122223333:notebook-instance/exposed",
    "Condition": { "IpAddress": { "aws:SourceIp": "192.0.2.0/24" } } } ] }'''

[[held_policy]]
name = "Guard"
managed = true
holders = ["group/interns", "user/ann"]
document = '''{ "Version": "2012-10-17", "Statement": { "Effect": "Deny", "Action": "sagemaker:*",
  "Resource": "arn:aws:sagemaker:*:*:notebook-instance/expose?" } }'''

[[held_policy]]
name = "Everywhere"
holders = ["role/Admin"]
document = '''{ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Action": "*", "Resource": "*" } }'''
"#;

const DENIED: &str = r#"
[[iam]]
policy = '''{ "Version": "2012-10-17", "Statement": [
  { "Effect": "Allow", "Action": "*", "Resource": "*" },
  { "Effect": "Deny", "Action": "iam:GetAccountAuthorizationDetails", "Resource": "*" } ] }'''
"#;

/// The stories in the sandbox.
pub(crate) fn tests() -> Vec<(&'static str, fn())> {
    vec![
        ("whoever_loses_access_is_listed_with_the_statement_to_add", listed),
        ("where_policies_may_not_be_read_that_is_said_and_nothing_fails", not_read),
        ("where_nothing_is_re_created_no_policy_is_read", not_asked),
    ]
}

/// The stories in moto.
pub(crate) fn in_moto() -> Vec<WithPython> {
    vec![("a_role_whose_policy_names_an_instance_is_listed", of_moto)]
}

fn world(more: &str) -> World {
    let world = World::of(&format!("{SCENARIO}{more}"), 600);
    world.remediate.write("policy.toml", POLICY);
    world
}

fn reads(world: &World) -> usize {
    world.calls().iter().filter(|call| call["operation"] == "GetAccountAuthorizationDetails").count()
}

fn replaced(plan: &Plan) -> &Item {
    let [item] = &plan.items[..] else { panic!("one item: {:?}", plan.items) };
    item
}

fn listed() {
    let mut world = world(HELD);
    let plan = world.plan();
    let item = replaced(&plan);
    let told: Vec<(&str, String, u32)> = item
        .named_by
        .iter()
        .map(|one| (one.policy.as_str(), one.attached.join(" "), one.attached_count))
        .collect();
    let expected = [
        ("Guard", "group/interns user/ann".to_owned(), 2),
        ("OpenNotebook", "role/data/Scientist".to_owned(), 1),
    ];
    assert_eq!(told, expected);
    assert_eq!((reads(&world), &plan.policies_unread), (1, &None));
    let add: Value = serde_json::from_str(item.named_by[1].statement.as_ref().unwrap()).unwrap();
    let expected = json!({
        "Effect": "Allow",
        "Action": "sagemaker:CreatePresignedNotebookInstanceUrl",
        "Resource": "arn:aws:sagemaker:us-east-1:111122223333:notebook-instance/exposed-vpc",
        "Condition": { "IpAddress": { "aws:SourceIp": "192.0.2.0/24" } },
    });
    assert_eq!(add, expected);
    let text = world.text("400");
    for words in [
        "role/data/Scientist loses access: inline policy OpenNotebook, statement Open (Allow \
         sagemaker:CreatePresignedNotebookInstanceUrl, has conditions).",
        "group/interns, user/ann are no longer denied: managed policy Guard (Deny sagemaker:*).",
        "IAM policies have 2 statements that know a source by its ARN",
    ] {
        assert!(text.contains(words), "`{words}` in {text}");
    }
    assert!(!text.contains("\"Resource\""), "{text}");
    let page = world.markdown();
    for words in [
        "```json",
        "\"Resource\": \"arn:aws:sagemaker:us-east-1:111122223333:notebook-instance/exposed-vpc\"",
        "**Access.**",
    ] {
        assert!(page.contains(words), "`{words}` in {page}");
    }
}

fn not_read() {
    let mut world = world(&format!("{HELD}{DENIED}"));
    let plan = world.plan();
    assert_eq!((replaced(&plan).named_by.len(), reads(&world)), (0, 1));
    let why = plan.policies_unread.as_ref().unwrap().why.as_ref().unwrap();
    assert!(why.contains("access denied"), "{why}");
    for text in [world.text("400"), world.markdown()] {
        let words = "IAM policies were not read: who loses access is not known";
        assert!(text.contains(words) && text.contains("GetAccountAuthorizationDetails, then plan"), "{text}");
    }
}

fn not_asked() {
    let world = world("");
    let only = POLICY.replace(
        "[[target]]",
        "[[exempt]]\nreason = \"kept\"\nexpires = 2027-01-31\nmatch = { names = [\"exposed\"] }\n[[target]]",
    );
    world.remediate.write("policy.toml", &only);
    let plan = world.plan();
    assert!(plan.items.is_empty() && !plan.repairs.is_empty(), "{plan:?}");
    assert_eq!(reads(&world), 0);
}

fn of_moto(python: &Path) {
    let story = Story::small(&Aws::Moto(python.to_owned()));
    let source = story.source("InService");
    let arn = format!("arn:aws:sagemaker:{}:123456789012:notebook-instance/{}", source.region, source.name);
    let statement = |resource: &str| {
        let action = "sagemaker:CreatePresignedNotebookInstanceUrl";
        let statement = json!({ "Sid": "Open", "Effect": "Allow", "Action": action, "Resource": resource });
        json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
    };
    let iam = |parameters: &[(&str, &str)]| story.fleet.wire.query("us-east-1", "iam", parameters);
    let (named, all) = (statement(&arn), statement("*"));
    let trust = json!({ "Version": "2012-10-17", "Statement": [] }).to_string();
    let role = ("RoleName", "Scientist");
    iam(&[("Action", "CreateRole"), role, ("Path", "/data/"), ("AssumeRolePolicyDocument", &trust)]);
    for (name, document) in [("Named", &named), ("All", &all)] {
        iam(&[("Action", "PutRolePolicy"), role, ("PolicyName", name), ("PolicyDocument", document)]);
    }
    let made = iam(&[("Action", "CreatePolicy"), ("PolicyName", "Managed"), ("PolicyDocument", &named)]);
    let managed = crate::support::wire::element(&made, "Arn");
    iam(&[("Action", "AttachRolePolicy"), role, ("PolicyArn", &managed)]);
    let planned = story.plan();
    let told: Vec<(&str, Option<&str>, &[String])> = planned
        .item(&source)
        .named_by
        .iter()
        .map(|one| (one.policy.as_str(), one.policy_arn.as_deref(), &one.attached[..]))
        .collect();
    let holder = ["role/data/Scientist".to_owned()];
    assert_eq!(told, [("Managed", Some(&*managed), &holder[..]), ("Named", None, &holder[..])]);
    let others = planned.plan.items.iter().filter(|item| item.id.to_string() != source.id());
    assert!(others.clone().count() > 0);
    for item in others {
        assert!(item.named_by.is_empty(), "{:?}", item.named_by);
    }
    assert_eq!(story.proxy.calls_named("GetAccountAuthorizationDetails").len(), 1);
    assert_eq!(planned.plan.policies_unread, None);
}
