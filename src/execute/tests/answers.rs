//! Every form in which AWS may answer a member is taken for what was sent, and nothing else is.

use std::collections::BTreeSet;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::execute::{Verification, verify};
use crate::facts::answers::{ANSWERS, Answer};
use crate::fixtures::{POLICY, exposed, instance, plan_by, sound, tags};
use crate::inventory::{Description, Tags};
use crate::plan::members::MEMBERS;
use crate::plan::{CreateRequest, Source, drift};

/// A document with a member as its text says it, or without it where there is none.
fn with<T: Serialize + DeserializeOwned>(document: &T, member: &str, text: &str) -> T {
    let mut whole = serde_json::to_value(document).unwrap();
    let members = whole.as_object_mut().unwrap();
    let (member, value) = match member {
        "SecurityGroups" | "SecurityGroupIds" | "AdditionalCodeRepositories" => {
            (member, json!(text.split(',').filter(|one| !one.is_empty()).collect::<Vec<_>>()))
        }
        "VolumeSizeInGB" => (member, json!(text.parse::<i32>().unwrap())),
        "MinimumInstanceMetadataServiceVersion" => {
            ("InstanceMetadataServiceConfiguration", json!({ member: text }))
        }
        _ => (member, json!(text)),
    };
    if text.is_empty() {
        members.remove(member);
    } else {
        members.insert(member.to_owned(), value);
    }
    serde_json::from_value::<T>(Value::Object(members.clone())).unwrap()
}

/// The same member of a create request.
fn of_request(member: &str) -> &str {
    match member {
        "SecurityGroups" => "SecurityGroupIds",
        "NotebookInstanceLifecycleConfigName" => "LifecycleConfigName",
        same => same,
    }
}

/// What was asked for, and an instance that is so.
fn scene() -> (CreateRequest, Description) {
    let plan = plan_by(POLICY, vec![instance(exposed("nb"), tags(&[]))]);
    let request = plan.items[0].request.clone();
    let mut found = sound(request.notebook_instance_name.as_str());
    found.subnet_id = Some(request.subnet_id.clone());
    found.instance_metadata_service_configuration = request.instance_metadata_service_configuration.clone();
    assert_eq!(verify(&request, &[], &found, &Tags::new()), Verification::default());
    (request, found)
}

fn verified(Answer { member, sent, .. }: &Answer, answered: &str) -> Verification {
    let (request, found) = scene();
    verify(&with(&request, of_request(member), sent), &[], &with(&found, member, answered), &Tags::new())
}

/// The members that drift between two answers.
fn drifted(member: &str, (before, after): (&str, &str)) -> Vec<String> {
    let (_, found) = scene();
    let source = Source { description: with(&found, member, before), tags: Tags::new() };
    drift(&source, &with(&found, member, after), &Tags::new(), &[])
        .into_iter()
        .map(|one| one.member)
        .collect()
}

#[test]
fn every_member_that_can_be_asked_for_has_its_answers() {
    let asked = MEMBERS.iter().filter(|member| member.asked.is_some()).map(|member| member.name);
    let told = ANSWERS.iter().map(|answer| answer.member);
    assert_eq!(asked.collect::<BTreeSet<_>>(), told.collect());
}

#[test]
fn a_replacement_is_verified_in_whatever_form_aws_answers_and_by_no_other_value() {
    for answer in ANSWERS {
        let what = format!("{answer:?}");
        assert_eq!(verified(answer, answer.sent), Verification::default(), "{what}");
        assert_eq!(verified(answer, answer.answered), Verification::default(), "{what}");
        let wrong = verified(answer, answer.other).wrong;
        assert!(wrong.len() == 1 && wrong[0].starts_with(answer.member), "{what}: {wrong:?}");
    }
}

#[test]
fn a_source_that_is_answered_in_another_form_has_not_drifted_and_another_value_has() {
    for Answer { member, sent, answered, other, .. } in ANSWERS {
        for (before, after) in [(sent, answered), (answered, sent)] {
            assert_eq!(drifted(member, (before, after)), [""; 0], "{member}: {before} and {after}");
        }
        for before in [sent, answered] {
            assert_eq!(drifted(member, (before, other)), [*member], "{before} and {other}");
        }
    }
}
