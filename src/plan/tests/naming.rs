//! Whom IAM policies name, and what of that the checker holds.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::naming::{LONGEST_STATEMENT, MOST, MOST_ACTIONS};
use crate::api_error::{ApiError, ApiErrorKind, Effect};
use crate::fixtures::{ACCOUNT, POLICY, companions, exposed, facts, instance, inventory, policy, tags};
use crate::inventory::{AccountPolicies, InstancePolicy, Matches, PolicyName, instance_statements};
use crate::plan::check::check;
use crate::plan::digest::seal;
use crate::plan::planner::make;
use crate::plan::{Inputs, KnownRuns, NamingStatement, Plan, StatementEffect};

type PoliciesRead = Result<AccountPolicies, ApiError>;

const SOURCE: &str = "arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/alpha";
const REPLACEMENT: &str = "arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/alpha-vpc";

fn plan_with(policies: Option<PoliciesRead>) -> Plan {
    let policy = policy(POLICY);
    let inventory = inventory(vec![instance(exposed("alpha"), tags(&[]))]);
    let facts = facts();
    let mut companions = companions(&inventory);
    companions.policies = policies;
    let (runs, now) = (KnownRuns::default(), inventory.taken_at);
    let inputs = Inputs {
        policy: &policy,
        inventory: &inventory,
        facts: &facts,
        companions: &companions,
        runs: &runs,
        now,
    };
    make(inputs).unwrap()
}

fn name(name: &str, holder: &str) -> PolicyName {
    PolicyName { name: name.to_owned(), arn: None, attached: vec![holder.to_owned()], attached_count: 1 }
}

fn document(statements: &Value) -> String {
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

fn policies(statements: &Value) -> AccountPolicies {
    let statements = instance_statements(&document(statements)).unwrap();
    let one = InstancePolicy { name: name("Nb", "role/data/Scientist"), statements };
    AccountPolicies { policies: vec![one], unread: Vec::new() }
}

fn plan_of(statements: &Value) -> Plan {
    let plan = plan_with(Some(Ok(policies(statements))));
    assert_eq!(check(&plan), [], "{statements}");
    plan
}

fn named(statements: &Value) -> Vec<NamingStatement> {
    let plan = plan_of(statements);
    assert_eq!(plan.items.len(), 1);
    plan.items[0].named_by.clone()
}

fn allow(resource: &Value) -> Value {
    json!({ "Effect": "Allow", "Action": "sagemaker:CreatePresignedNotebookInstanceUrl", "Resource": resource })
}

#[test]
fn a_statement_on_the_source_alone_is_listed_with_the_one_to_add() {
    let condition = json!({ "StringEquals": { "aws:PrincipalTag/team": "fraud" } });
    let found = named(&json!([{
        "Sid": "Open",
        "Effect": "Allow",
        "Action": ["sagemaker:CreatePresignedNotebookInstanceUrl", "sagemaker:Start*"],
        "Resource": ["arn:aws:s3:::data/*", SOURCE],
        "Condition": condition,
    }]));
    let [one] = &found[..] else { panic!("{found:?}") };
    assert_eq!(
        (one.policy.as_str(), one.policy_arn.as_deref(), one.sid.as_deref()),
        ("Nb", None, Some("Open"))
    );
    assert_eq!((&one.attached[..], one.attached_count), (&["role/data/Scientist".to_owned()][..], 1));
    assert_eq!((one.effect, one.conditions, one.uncertain), (StatementEffect::Allow, true, false));
    let add: Value = serde_json::from_str(one.statement.as_ref().unwrap()).unwrap();
    let expected = json!({
        "Effect": "Allow",
        "Action": ["sagemaker:CreatePresignedNotebookInstanceUrl", "sagemaker:Start*"],
        "Resource": REPLACEMENT,
        "Condition": condition,
    });
    assert_eq!(add, expected);
}

#[test]
fn whatever_matches_both_or_is_about_something_else_is_not_listed() {
    let on = |resource: &str| allow(&json!(resource));
    let no_action = |action: &str| json!({ "Effect": "Allow", "Action": action, "Resource": SOURCE });
    let not_action = |action: &str| json!({ "Effect": "Allow", "NotAction": action, "Resource": SOURCE });
    for statement in [
        on("*"),
        on("arn:aws:sagemaker:*:*:notebook-instance/*"),
        on("arn:aws:sagemaker:*:*:notebook-instance/alpha*"),
        on("arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/beta"),
        on("arn:aws:sagemaker:eu-west-1:123456789012:notebook-instance/alpha"),
        on("arn:aws:sagemaker:*:*:notebook-instance-lifecycle-config/alpha"),
        on("arn:aws:sagemaker:*:*:notebook-instance/alpha-vpc"),
        allow(&json!([SOURCE, REPLACEMENT])),
        no_action("s3:*"),
        no_action("sagemakerx:*"),
        not_action("sagemaker:*"),
        not_action("*"),
    ] {
        assert_eq!(named(&statement), [], "{statement}");
    }
    for statement in
        [no_action("*"), no_action("SageMaker:Start*"), no_action("s?gemaker:x"), not_action("s3:*")]
    {
        assert_eq!(named(&statement).len(), 1, "{statement}");
    }
}

#[test]
fn arns_are_compared_whatever_their_case() {
    for resource in [SOURCE.to_ascii_uppercase(), "arn:*:*:*:*:*/ALPHA".to_owned(), "*/alph?".to_owned()] {
        assert_eq!(named(&allow(&json!(resource))).len(), 1, "{resource}");
    }
}

#[test]
fn what_leaves_the_source_out_is_to_be_put_in_its_place_with_the_replacement() {
    let found = named(&json!({
        "Sid": "Shut", "Effect": "Deny", "Action": "sagemaker:*", "NotResource": SOURCE,
    }));
    let [one] = &found[..] else { panic!("{found:?}") };
    assert_eq!((one.effect, one.leaves_out), (StatementEffect::Deny, true));
    let put: Value = serde_json::from_str(one.statement.as_ref().unwrap()).unwrap();
    assert_eq!((&put["Sid"], &put["NotResource"]), (&json!("Shut"), &json!([SOURCE, REPLACEMENT])));
    let both = json!({ "Effect": "Deny", "Action": "*", "NotResource": [SOURCE, REPLACEMENT] });
    assert_eq!(named(&both), []);
}

#[test]
fn where_a_variable_decides_it_is_uncertain_and_what_it_cannot_tell_apart_is_not_listed() {
    let before = "arn:aws:sagemaker:us-east-1:123456789012:notebook-instance";
    for (resource, uncertain) in [
        (format!("{before}/${{aws:username}}"), Some(true)),
        (format!("{before}/${{aws:username}}ha"), Some(true)),
        ("arn:aws:sagemaker:${aws:RequestedRegion}:*:notebook-instance/alpha".to_owned(), Some(true)),
        // Whoever may open the source by it may open what is called longer.
        (format!("{before}/${{aws:username}}*"), None),
        (format!("{before}/${{aws:username}}-beta"), None),
        // These are characters that no name has.
        (format!("{before}/${{*}}"), None),
    ] {
        let found = named(&allow(&json!(resource)));
        assert_eq!(found.first().map(|one| one.uncertain), uncertain, "{resource}");
    }
    let mixed = allow(&json!([SOURCE, format!("{before}/${{aws:username}}-vpc")]));
    assert!(named(&mixed)[0].uncertain);
    // Before that version there were no variables.
    let old =
        json!({ "Version": "2008-10-17", "Statement": allow(&json!(format!("{before}/${{aws:username}}"))) });
    let statements = instance_statements(&old.to_string()).unwrap();
    assert_eq!(statements[0].resources[0].matches(SOURCE), Matches::No);
}

#[test]
fn a_document_of_another_form_is_no_policy() {
    let wrong = [
        json!({ "Effect": "allow", "Action": "*", "Resource": SOURCE }),
        json!({ "Action": "*", "Resource": SOURCE }),
        json!({ "Effect": "Allow", "Resource": SOURCE }),
        json!({ "Effect": "Allow", "Action": "*" }),
        json!({ "Effect": "Allow", "Action": "*", "NotAction": "*", "Resource": SOURCE }),
        json!({ "Effect": "Allow", "Action": 1, "Resource": SOURCE }),
        json!({ "Effect": "Allow", "Action": "*", "Resource": [SOURCE, null] }),
        json!("Allow"),
        json!([[]]),
    ];
    for statement in &wrong {
        assert!(instance_statements(&document(statement)).is_err(), "{statement}");
    }
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    for text in ["", "{", "[]", "{}", "null", r#"{"Statement":{}}"#, &deep] {
        assert!(instance_statements(text).is_err(), "{text:.20}");
    }
    assert_eq!(instance_statements(&document(&json!([]))), Ok(Vec::new()));
}

#[test]
fn a_thousand_statements_do_not_make_a_large_plan() {
    let actions: Vec<String> = (0..40).map(|at| format!("sagemaker:Action{at}")).collect();
    let one = |at: usize| json!({ "Sid": format!("S{at:04}"), "Effect": "Allow", "Action": actions, "Resource": SOURCE });
    let all: Vec<Value> = (0..1000).rev().map(one).collect();
    let plan = plan_of(&json!(all));
    let item = &plan.items[0];
    assert_eq!((item.named_by.len(), item.more_named_by), (MOST, 980));
    assert_eq!(item.named_by[0].sid.as_deref(), Some("S0000"));
    assert_eq!((item.named_by[0].actions.len(), item.named_by[0].more_actions), (MOST_ACTIONS, 34));
    let long = format!("sagemaker:{}", "x".repeat(LONGEST_STATEMENT));
    let long = json!({ "Sid": long, "Effect": "Allow", "Action": long, "Resource": SOURCE });
    let plan = plan_of(&long);
    let one = &plan.items[0].named_by[0];
    assert_eq!(one.statement, None);
    assert!(one.actions[0].len() < 1000 && one.sid.as_ref().unwrap().ends_with("..."));
}

#[test]
fn policies_that_were_not_read_are_told_of_and_nobody_is_said_to_keep_access() {
    let error = |request_id: &str| ApiError {
        operation: "GetAccountAuthorizationDetails".to_owned(),
        region: "us-east-1".parse().unwrap(),
        kind: ApiErrorKind::AccessDenied,
        effect: Effect::None,
        code: Some("AccessDenied".to_owned()),
        message: format!("no, {ACCOUNT}"),
        request_id: Some(request_id.to_owned()),
    };
    let (plan, again) = (plan_with(Some(Err(error("r-1")))), plan_with(Some(Err(error("r-2")))));
    assert_eq!(plan, again, "another id of a request is no other plan");
    let why = plan.policies_unread.as_ref().unwrap().why.clone().unwrap();
    assert!(why.contains("GetAccountAuthorizationDetails in us-east-1: access denied"), "{why}");
    assert_eq!((check(&plan), plan.items[0].named_by.len()), (Vec::new(), 0));

    let unread = (0..25).map(|at| name(&format!("P{at:02}"), "user/ann")).collect();
    let plan = plan_with(Some(Ok(AccountPolicies { policies: Vec::new(), unread })));
    let told = plan.policies_unread.as_ref().unwrap();
    assert_eq!(
        (told.policies[0].as_str(), told.policies.len(), told.more_policies),
        ("P00 of user/ann", 20, 5)
    );
    assert_eq!(check(&plan), []);
    for none in [None, Some(Ok(AccountPolicies::default()))] {
        let plan = plan_with(none);
        let text = serde_json::to_string(&plan).unwrap();
        assert!(!text.contains("named_by") && !text.contains("policies_unread"), "{text}");
    }
}

#[test]
fn whoever_edits_what_is_to_be_added_is_found_out() {
    type Edit = fn(&mut Plan);
    let edits: [Edit; 10] = [
        |plan| first(plan).statement = Some(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#.to_owned()),
        |plan| {
            let one = first(plan);
            one.statement = one.statement.as_ref().map(|text| text.replace("alpha-vpc", "beta"));
        },
        |plan| first(plan).effect = StatementEffect::Deny,
        |plan| first(plan).conditions = true,
        |plan| first(plan).more_actions = 1,
        |plan| first(plan).statement = Some("no JSON".to_owned()),
        |plan| first(plan).policy = "x".repeat(2000),
        |plan| plan.items[0].more_named_by = 1,
        |plan| plan.items[0].named_by.reverse(),
        |plan| plan.format_version = 4,
    ];
    let both = json!([allow(&json!(SOURCE)), { "Effect": "Deny", "Action": "*", "Resource": SOURCE }]);
    for (at, edit) in edits.into_iter().enumerate() {
        let mut plan = plan_of(&both);
        edit(&mut plan);
        assert_ne!(check(&seal(plan).unwrap()), [], "edit {at}");
    }
}

fn first(plan: &mut Plan) -> &mut NamingStatement {
    plan.items[0].named_by.first_mut().unwrap()
}

/// What a pattern is by its definition, letter by letter and without any cleverness.
fn naive(pattern: &[u8], text: &[u8]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some((b'*', rest)) => (0..=text.len()).any(|at| naive(rest, &text[at..])),
        Some((b'?', rest)) => !text.is_empty() && naive(rest, &text[1..]),
        Some((one, rest)) => {
            text.first().is_some_and(|first| first.eq_ignore_ascii_case(one)) && naive(rest, &text[1..])
        }
    }
}

/// Patterns that are near to the ARN of the source: parts of it are taken out, and others put in.
fn resource() -> impl Strategy<Value = String> {
    let end = prop_oneof![
        Just(SOURCE),
        Just(REPLACEMENT),
        Just("arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/beta"),
    ];
    let cuts = proptest::collection::vec(
        (0_usize..80, 0_usize..12, prop_oneof![Just("*"), Just("?"), Just("a"), Just("")]),
        0..4,
    );
    (end, cuts).prop_map(|(arn, cuts)| {
        let mut text = arn.to_owned();
        for (at, length, with) in cuts {
            let start = at.min(text.len());
            text.replace_range(start..(start + length).min(text.len()), with);
        }
        text
    })
}

proptest! {
    #[test]
    fn a_statement_is_listed_if_some_pattern_matches_the_source_and_none_the_replacement(
        resources in proptest::collection::vec(resource(), 1..4), left_out in any::<bool>(),
    ) {
        let key = if left_out { "NotResource" } else { "Resource" };
        let statement = json!({ "Effect": "Allow", "Action": "sagemaker:*", key: resources });
        let matches = |arn: &str| resources.iter().any(|one| naive(one.as_bytes(), arn.as_bytes()));
        let wanted = matches(SOURCE) && !matches(REPLACEMENT);
        let found = named(&statement);
        prop_assert_eq!(found.len(), usize::from(wanted), "{}", statement);
        prop_assert!(found.iter().all(|one| !one.uncertain));
    }

    #[test]
    fn what_some_value_of_a_variable_loses_is_listed(
        resources in proptest::collection::vec(resource(), 1..3), at in 0_usize..80, length in 0_usize..8,
        value in prop_oneof![Just("alpha"), Just("al"), Just("a"), Just("123456789012"), Just("vpc"), Just("alpha-vpc")],
    ) {
        let mut with = resources.clone();
        let start = at.min(with[0].len());
        with[0].replace_range(start..(start + length).min(resources[0].len()), "${aws:username}");
        let with_value: Vec<String> = with.iter().map(|one| one.replace("${aws:username}", value)).collect();
        let matches = |arn: &str| with_value.iter().any(|one| naive(one.as_bytes(), arn.as_bytes()));
        let found = named(&allow(&json!(with)));
        if matches(SOURCE) && !matches(REPLACEMENT) {
            prop_assert_eq!(found.len(), 1, "{:?}", with);
        }
        // Not where no value whatever could make it name the source.
        let any: Vec<String> = with.iter().map(|one| one.replace("${aws:username}", "*")).collect();
        if !any.iter().any(|one| naive(one.as_bytes(), SOURCE.as_bytes())) {
            prop_assert_eq!(found.len(), 0, "{:?}", with);
        }
    }
}
