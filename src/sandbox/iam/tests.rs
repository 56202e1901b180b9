//! Laws of policies, and what calls need.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::pattern::{Case, like};
use super::*;
use crate::sandbox::request::{Input, Request, Service};
use crate::sandbox::service::Caller;
use crate::sandbox::testing::{HOME, REGION, notebook, world};
use crate::sandbox::world::{KeyState, KmsKey};

const INSTANCE: &str = "arn:aws:sagemaker:us-east-1:111111111111:notebook-instance/nb";

fn policy(statements: Value) -> String {
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

fn allow(action: &str, resource: &str) -> Value {
    json!({ "Effect": "Allow", "Action": action, "Resource": resource })
}

fn caller(arn: &str) -> Caller {
    Caller { account: HOME.parse().unwrap(), arn: arn.to_owned(), user_id: "AIDA".to_owned() }
}

fn request(service: Service, operation: &str, input: Input) -> Request {
    let (service_name, access_key) = (service.as_str().to_owned(), Some(format!("AKIA{HOME}")));
    let region = Some(REGION.parse().unwrap());
    Request { service, service_name, operation: operation.to_owned(), region, access_key, input }
}

fn json_call(service: Service, operation: &str, input: Value) -> Request {
    let Value::Object(members) = input else { panic!("{input}") };
    request(service, operation, Input::Json(members))
}

/// A world with an instance in a VPC, with a key and tags, whose own user may do what these statements allow.
fn guarded(statements: Value) -> World {
    let mut world = world();
    let site = world.accounts.get_mut(&HOME.parse().unwrap()).unwrap().sites.values_mut().next().unwrap();
    let mut one = notebook("nb");
    one.settings.subnet_id = Some("subnet-1".to_owned());
    one.settings.security_group_ids = vec!["sg-1".to_owned()];
    one.settings.kms_key_id = Some("alias/notebooks".to_owned());
    one.tags.insert("Team".to_owned(), "research".to_owned());
    site.insert(one);
    let arn = format!("arn:aws:kms:{REGION}:{HOME}:key/k-1");
    let alias = Some("alias/notebooks".to_owned());
    site.kms_keys
        .insert("k-1".to_owned(), KmsKey { id: "k-1".to_owned(), arn, alias, state: KeyState::Enabled });
    world.allow_only([policy(statements).as_str()]).unwrap();
    world
}

fn judged(world: &World, request: &Request) -> Judgement {
    let user = caller(&format!("arn:aws:iam::{HOME}:user/operator"));
    judge(world, &user, request, &REGION.parse().unwrap())
}

/// What is said of a call under these statements: nothing where it is admitted.
fn said(statements: Value, request: &Request) -> String {
    match judged(&guarded(statements), request) {
        Judgement::Admitted => String::new(),
        Judgement::Refused(error) => format!("{}: {}", error.code, error.message),
        Judgement::FailsLater(reason) => format!("later: {reason}"),
    }
}

fn stop() -> Request {
    json_call(Service::SageMaker, "StopNotebookInstance", json!({ "NotebookInstanceName": "nb" }))
}

#[test]
fn what_is_allowed_is_admitted_and_everything_else_is_denied_in_the_words_of_its_service() {
    assert_eq!(said(json!([allow("sagemaker:Stop*", INSTANCE)]), &stop()), "");
    assert_eq!(said(json!([allow("SAGEMAKER:stopnotebookinstance", "*")]), &stop()), "");
    assert_eq!(said(json!([allow("*", "arn:aws:sagemaker:*:*:notebook-instance/n?")]), &stop()), "");
    for statements in [
        json!([]),
        json!([allow("sagemaker:Start*", "*")]),
        json!([allow("sagemaker:*", "arn:aws:sagemaker:us-east-1:111111111111:notebook-instance/NB")]),
    ] {
        assert_eq!(
            said(statements, &stop()),
            format!(
                "AccessDeniedException: User: arn:aws:iam::{HOME}:user/operator is not authorized to perform: \
                 sagemaker:StopNotebookInstance on resource: {INSTANCE} because no identity-based policy allows the \
                 sagemaker:StopNotebookInstance action"
            )
        );
    }
    let subnets = request(Service::Ec2, "DescribeSubnets", Input::Form(Vec::new()));
    let denied = said(json!([allow("ec2:DescribeSubnets", "arn:aws:ec2:us-east-1:1:subnet/*")]), &subnets);
    assert!(denied.starts_with("UnauthorizedOperation: You are not authorized"), "{denied}");
    let identity = request(Service::Sts, "GetCallerIdentity", Input::Form(Vec::new()));
    assert_eq!(said(json!([]), &identity), "", "every caller may ask who it is");
}

#[test]
fn a_deny_wins_over_every_allow() {
    let deny = json!({ "Effect": "Deny", "NotAction": "sagemaker:Describe*", "Resource": INSTANCE });
    let denied = said(json!([allow("*", "*"), deny]), &stop());
    assert!(denied.ends_with("with an explicit deny in an identity-based policy"), "{denied}");
}

#[test]
fn policies_are_of_the_user_or_of_a_role_and_who_has_none_may_do_everything() {
    let mut world = guarded(json!([]));
    let account = world.accounts.get_mut(&HOME.parse().unwrap()).unwrap();
    account
        .identities
        .insert(Some("Reader".to_owned()), vec![parse(&policy(json!([allow("*", "*")]))).unwrap()]);
    account.identities.insert(Some("Nobody".to_owned()), Vec::new());
    for (arn, admitted) in [
        (format!("arn:aws:iam::{HOME}:user/operator"), false),
        (format!("arn:aws:sts::{HOME}:assumed-role/Reader/run"), true),
        (format!("arn:aws:sts::{HOME}:assumed-role/Nobody/run"), false),
        (format!("arn:aws:sts::{HOME}:assumed-role/Other/run"), true),
    ] {
        let found = judge(&world, &caller(&arn), &stop(), &REGION.parse().unwrap());
        assert_eq!(found == Judgement::Admitted, admitted, "{arn}");
    }
}

fn under(condition: Value) -> Value {
    json!([{ "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition }])
}

#[test]
fn conditions_hold_for_what_the_call_has() {
    let tagged = |tags: Value| {
        let input = json!({ "ResourceArn": INSTANCE, "Tags": tags });
        json_call(Service::SageMaker, "AddTags", input)
    };
    let [both, none] =
        [json!([{"Key": "A", "Value": "1"}, {"Key": "B", "Value": "2"}]), json!([])].map(tagged);
    for (condition, call, admitted) in [
        (json!({ "StringEquals": { "aws:ResourceTag/team": "research" } }), stop(), true),
        (json!({ "StringEquals": { "aws:ResourceTag/Team": ["other", "research"] } }), stop(), true),
        (json!({ "StringEquals": { "aws:ResourceTag/Team": "Research" } }), stop(), false),
        (json!({ "StringEqualsIgnoreCase": { "aws:ResourceTag/Team": "Research" } }), stop(), true),
        (json!({ "StringNotEquals": { "aws:ResourceTag/Team": "research" } }), stop(), false),
        (json!({ "StringNotEquals": { "aws:ResourceTag/Owner": "me" } }), stop(), true),
        (json!({ "StringLike": { "aws:RequestedRegion": "us-*" } }), stop(), true),
        (json!({ "StringLike": { "aws:RequestedRegion": "eu-*" } }), stop(), false),
        (json!({ "StringEquals": { "aws:ResourceTag/Owner": "me" } }), stop(), false),
        (json!({ "StringEqualsIfExists": { "aws:ResourceTag/Owner": "me" } }), stop(), true),
        (json!({ "Null": { "aws:ResourceTag/Owner": "true" } }), stop(), true),
        (json!({ "Null": { "aws:ResourceTag/Team": true } }), stop(), false),
        (json!({ "Null": { "sagemaker:ResourceTag/Team": "false" } }), stop(), true),
        (json!({ "ForAllValues:StringEquals": { "aws:TagKeys": ["A", "B"] } }), both.clone(), true),
        (json!({ "ForAllValues:StringEquals": { "aws:TagKeys": "A" } }), both.clone(), false),
        (json!({ "ForAnyValue:StringEquals": { "aws:TagKeys": "A" } }), both.clone(), true),
        (json!({ "ForAllValues:StringEquals": { "aws:TagKeys": "A" } }), none.clone(), true),
        (json!({ "ForAnyValue:StringEquals": { "aws:TagKeys": "A" } }), none, false),
        (json!({ "StringEquals": { "aws:RequestTag/B": "2", "aws:RequestTag/A": "1" } }), both.clone(), true),
        (json!({ "StringEquals": { "aws:RequestTag/B": "2", "aws:RequestTag/A": "2" } }), both, false),
    ] {
        let found = said(under(condition.clone()), &call);
        assert_eq!(found.is_empty(), admitted, "{condition}: {found}");
    }
}

/// The actions that a call needs, each with what it is judged on.
fn needs(request: &Request) -> Vec<(String, Vec<String>, bool)> {
    let user = caller(&format!("arn:aws:iam::{HOME}:user/operator"));
    let world = guarded(json!([]));
    let all = demand::demands(&world, &user, request, &REGION.parse().unwrap());
    all.into_iter().map(|one| (one.action, one.resources, one.later)).collect()
}

#[test]
fn a_launch_needs_the_role_the_tags_the_key_and_the_network_interface() {
    let input = json!({
        "NotebookInstanceName": "New", "RoleArn": "arn:aws:iam::111111111111:role/r", "SubnetId": "subnet-1",
        "SecurityGroupIds": ["sg-1", "sg-2"], "KmsKeyId": "k-1", "Tags": [{ "Key": "a", "Value": "b" }],
    });
    let found = needs(&json_call(Service::SageMaker, "CreateNotebookInstance", input));
    let actions: Vec<(&str, bool)> =
        found.iter().map(|(action, _, later)| (action.as_str(), *later)).collect();
    let expected = [
        ("sagemaker:CreateNotebookInstance", false),
        ("sagemaker:AddTags", false),
        ("iam:PassRole", false),
        ("kms:DescribeKey", false),
        ("kms:CreateGrant", false),
        ("ec2:CreateNetworkInterface", true),
        ("ec2:CreateNetworkInterfacePermission", true),
        ("ec2:DescribeNetworkInterfaces", true),
        ("ec2:DescribeSubnets", true),
        ("ec2:DescribeSecurityGroups", true),
        ("ec2:DescribeVpcs", true),
        ("ec2:DescribeDhcpOptions", true),
    ];
    assert_eq!(actions, expected);
    let on = |action: &str| found.iter().find(|(one, _, _)| one == action).unwrap().1.clone();
    let ec2 = |rest: &str| format!("arn:aws:ec2:{REGION}:{HOME}:{rest}");
    assert_eq!(
        on("ec2:CreateNetworkInterface"),
        ["network-interface/*", "subnet/subnet-1", "security-group/sg-1", "security-group/sg-2"].map(ec2)
    );
    assert_eq!(on("sagemaker:AddTags"), [INSTANCE.replace("/nb", "/new")], "in lower case");
    assert_eq!(on("kms:CreateGrant"), [format!("arn:aws:kms:{REGION}:{HOME}:key/k-1")]);

    let plain = json!({ "NotebookInstanceName": "New", "RoleArn": "arn:aws:iam::111111111111:role/r" });
    let found = needs(&json_call(Service::SageMaker, "CreateNotebookInstance", plain));
    assert_eq!(found.len(), 2, "{found:?}");
}

#[test]
fn starting_and_deleting_need_what_the_instance_has_and_stopping_nothing_more() {
    let of = |operation: &str| {
        let call = json_call(Service::SageMaker, operation, json!({ "NotebookInstanceName": "nb" }));
        needs(&call).into_iter().map(|(action, _, _)| action).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(of("StopNotebookInstance"), "sagemaker:StopNotebookInstance");
    assert_eq!(
        of("StartNotebookInstance"),
        "sagemaker:StartNotebookInstance iam:PassRole kms:DescribeKey kms:CreateGrant ec2:CreateNetworkInterface \
         ec2:DescribeNetworkInterfaces ec2:DescribeSubnets ec2:DescribeSecurityGroups ec2:DescribeVpcs"
    );
    assert_eq!(
        of("DeleteNotebookInstance"),
        "sagemaker:DeleteNotebookInstance kms:DescribeKey ec2:DeleteNetworkInterface \
         ec2:DeleteNetworkInterfacePermission"
    );
}

#[test]
fn the_conditions_that_guard_roles_keys_and_networks_are_those_of_the_call() {
    let start =
        json_call(Service::SageMaker, "StartNotebookInstance", json!({ "NotebookInstanceName": "nb" }));
    let grant = json!({
        "Bool": { "kms:GrantIsForAWSResource": "true" },
        "StringEquals": { "kms:ViaService": "sagemaker.us-east-1.amazonaws.com" },
        "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/notebooks" },
    });
    let mut statements = json!([
        allow("sagemaker:*", "*"),
        allow("ec2:*", "*"),
        allow("kms:DescribeKey", "*"),
        { "Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::111111111111:role/*",
          "Condition": { "StringEquals": { "iam:PassedToService": "sagemaker.amazonaws.com" } } },
        { "Effect": "Allow", "Action": "kms:CreateGrant", "Resource": "*", "Condition": grant },
    ]);
    assert_eq!(said(statements.clone(), &start), "");
    statements[3]["Condition"]["StringEquals"]["iam:PassedToService"] = "lambda.amazonaws.com".into();
    let denied = said(statements.clone(), &start);
    assert!(
        denied.contains("not authorized to perform: iam:PassRole on resource: arn:aws:iam::"),
        "{denied}"
    );
    statements[3]["Condition"] = json!({});
    statements[4]["Condition"]["StringEquals"]["kms:ViaService"] = "sagemaker.eu-west-1.amazonaws.com".into();
    let denied = said(statements.clone(), &start);
    assert!(denied.contains("kms:CreateGrant"), "{denied}");
    statements[4] = allow("kms:*", "*");
    statements[1] = allow("ec2:Describe*", "*");
    let later = said(statements, &start);
    assert!(
        later.starts_with("later: Unable to create or start") && later.contains("ec2:CreateNetworkInterface")
    );
}

#[test]
fn new_instances_can_be_confined_to_subnets_without_direct_internet_access() {
    let create = |subnet: &str, direct: &str| {
        let input = json!({
            "NotebookInstanceName": "nb2", "SubnetId": subnet, "SecurityGroupIds": ["sg-1"],
            "DirectInternetAccess": direct, "RoleArn": "arn:aws:iam::111111111111:role/r",
        });
        json_call(Service::SageMaker, "CreateNotebookInstance", input)
    };
    let condition = json!({
        "StringEquals": { "sagemaker:DirectInternetAccess": "Disabled" },
        "ForAllValues:StringEquals": {
            "sagemaker:VpcSubnets": ["subnet-1", "subnet-2"], "sagemaker:VpcSecurityGroupIds": "sg-1",
        },
    });
    let statements = json!([
        { "Effect": "Allow", "Action": "sagemaker:*", "Resource": "*", "Condition": condition },
        allow("ec2:*", "*"), allow("iam:*", "*"),
    ]);
    assert_eq!(said(statements.clone(), &create("subnet-2", "Disabled")), "");
    for (subnet, direct) in [("subnet-3", "Disabled"), ("subnet-1", "Enabled")] {
        let denied = said(statements.clone(), &create(subnet, direct));
        assert!(denied.contains("sagemaker:CreateNotebookInstance"), "{denied}");
    }
}

#[test]
fn what_iam_refuses_and_what_the_sandbox_does_not_know_is_no_policy() {
    let one = |statement: Value| policy(json!([statement]));
    let full = |key: &str, value: Value| {
        let mut statement = allow("sagemaker:*", "*");
        statement[key] = value;
        one(statement)
    };
    for (text, place) in [
        ("{".to_owned(), "policy"),
        ("[]".to_owned(), "policy"),
        (json!({ "Statement": [] }).to_string(), "Version"),
        (json!({ "Version": "2012-10-17" }).to_string(), "Statement"),
        (json!({ "Version": "2012-10-17", "Statment": [] }).to_string(), "policy.Statment"),
        (full("Effect", json!("allow")), "Statement[0].Effect"),
        (full("Principal", json!("*")), "Statement[0].Principal"),
        (full("Sid", json!("with-hyphen")), "Statement[0].Sid"),
        (full("Action", json!("StopNotebookInstance")), "Statement[0].Action"),
        (full("Action", json!([])), "Statement[0].Action"),
        (full("NotAction", json!("ec2:*")), "Statement[0]"),
        (full("Resource", json!("subnet-1")), "Statement[0].Resource"),
        (full("Resource", json!("arn:aws:s3:::${aws:username}")), "Statement[0].Resource"),
        (full("Condition", json!({ "StringEqual": {} })), "Statement[0].Condition.StringEqual"),
        (
            full("Condition", json!({ "IpAddress": { "aws:SourceIp": "10.0.0.0/8" } })),
            "Statement[0].Condition.IpAddress",
        ),
        (
            full("Condition", json!({ "StringEquals": { "aws:PrincipalTag/a": "b" } })),
            "Statement[0].Condition.StringEquals.aws:PrincipalTag/a",
        ),
        (
            full("Condition", json!({ "StringEquals": { "aws:TagKeys": "b" } })),
            "Statement[0].Condition.StringEquals.aws:TagKeys",
        ),
        (
            full("Condition", json!({ "ForAnyValue:StringEquals": { "aws:RequestedRegion": "b" } })),
            "Statement[0].Condition.ForAnyValue:StringEquals.aws:RequestedRegion",
        ),
        (
            full("Condition", json!({ "Bool": { "kms:GrantIsForAWSResource": "yes" } })),
            "Statement[0].Condition.Bool.kms:GrantIsForAWSResource",
        ),
        (
            full("Condition", json!({ "StringEquals": { "aws:ResourceTag/a": "${aws:username}" } })),
            "Statement[0].Condition.StringEquals.aws:ResourceTag/a",
        ),
        (full("Resource", json!(format!("arn:aws:s3:::{}", "x".repeat(6_144)))), "policy"),
    ] {
        assert_eq!(parse(&text).unwrap_err().place, place, "{text}");
    }
    let twice = json!([
        { "Sid": "A", "Effect": "Allow", "Action": "*", "Resource": "*" },
        { "Sid": "A", "Effect": "Allow", "Action": "*", "Resource": "*" },
    ]);
    assert_eq!(parse(&policy(twice)).unwrap_err().to_string(), "Statement[1].Sid: `A` is there twice");
}

/// The obvious way.
fn slowly_like(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), None) => slowly_like(rest, text),
        (Some((b'*', rest)), Some((_, after))) => slowly_like(rest, text) || slowly_like(pattern, after),
        (Some((b'?', rest)), Some((_, after))) => slowly_like(rest, after),
        (Some((one, rest)), Some((other, after))) => one == other && slowly_like(rest, after),
        (None, Some(_)) | (Some(_), None) => false,
    }
}

proptest! {
    #[test]
    fn patterns_match_as_the_obvious_way_does(pattern in "[ab*?:]{0,8}", text in "[ab:*]{0,8}") {
        prop_assert_eq!(like(&pattern, &text, Case::Counts), slowly_like(pattern.as_bytes(), text.as_bytes()));
    }
}
