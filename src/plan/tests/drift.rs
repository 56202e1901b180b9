//! What of a source is its fingerprint, member by member and tag by tag.

use serde_json::{Value, json};

use crate::fixtures::{exposed, name, tags};
use crate::inventory::{Description, Status, Tags};
use crate::plan::{Drift, Source, drift};

/// What AWS moves by itself, or what means something only at its moment.
const NOT_COMPARED: [&str; 5] =
    ["NotebookInstanceStatus", "FailureReason", "Url", "NetworkInterfaceId", "LastModifiedTime"];
/// Members that every answer has.
const ALWAYS: [&str; 3] = ["NotebookInstanceArn", "NotebookInstanceName", "NotebookInstanceStatus"];

/// A description that has every member.
fn whole() -> Description {
    let mut it = exposed("a");
    it.failure_reason = Some("reason".to_owned());
    it.subnet_id = Some("subnet-a".parse().unwrap());
    it.security_groups = vec!["sg-a".parse().unwrap(), "sg-b".parse().unwrap()];
    it.kms_key_id = Some("1234-key".to_owned());
    it.network_interface_id = Some("eni-a".to_owned());
    it.notebook_instance_lifecycle_config_name = Some("idle-stop".to_owned());
    it.accelerator_types = vec!["ml.eia1.medium".to_owned()];
    it.default_code_repository = Some("https://git.example.org/a.git".to_owned());
    it.additional_code_repositories = vec!["https://git.example.org/b.git".to_owned()];
    it
}

fn source(tags: Tags) -> Source {
    Source { description: whole(), tags }
}

/// The members that drift says differ from the whole description.
fn drifted(found: &Description) -> Vec<String> {
    drift(&source(tags(&[])), found, &tags(&[]), &[]).into_iter().map(|one| one.member).collect()
}

/// The whole description under AWS's names.
fn document() -> Value {
    serde_json::to_value(whole()).unwrap()
}

fn members() -> Vec<String> {
    document().as_object().unwrap().keys().cloned().collect()
}

/// What a member that is no text of its own choosing is changed to.
fn other_value(member: &str, value: &Value) -> Value {
    match (member, value) {
        ("LastModifiedTime" | "CreationTime", _) => json!("2026-11-02T00:00:00Z"),
        ("SecurityGroups", _) => json!(["sg-a", "sg-c"]),
        (_, Value::String(text)) => Value::String(format!("{text}x")),
        (_, Value::Number(number)) => json!(number.as_i64().unwrap() + 1),
        (_, Value::Array(_)) => json!(["other"]),
        ("InstanceMetadataServiceConfiguration", _) => {
            json!({"MinimumInstanceMetadataServiceVersion": "2"})
        }
        (member, value) => panic!("{member}: {value}"),
    }
}

fn expected(member: &str) -> Vec<String> {
    let shown = match member {
        "InstanceMetadataServiceConfiguration" => "MinimumInstanceMetadataServiceVersion",
        member => member,
    };
    if NOT_COMPARED.contains(&member) { Vec::new() } else { vec![shown.to_owned()] }
}

#[test]
fn a_source_that_is_as_it_was_has_not_drifted() {
    assert_eq!(drifted(&whole()), [""; 0]);
}

#[test]
fn a_change_of_any_member_is_drift_of_that_member_but_for_the_five_that_aws_moves() {
    // Every member of `Description`: a new one must be put into `whole`.
    assert_eq!(members().len(), 23);
    for member in members() {
        let mut changed = document();
        changed[&member] = other_value(&member, &changed[&member]);
        let found: Description = serde_json::from_value(changed).unwrap();
        assert_ne!(found, whole(), "{member}");
        assert_eq!(drifted(&found), expected(&member));
    }
}

/// Members that have their documented default in the whole description: what an instance has that does not report them.
const DEFAULTED: [&str; 3] = ["IpAddressType", "RootAccess", "InstanceMetadataServiceConfiguration"];

#[test]
fn a_member_that_is_no_longer_reported_is_drift_and_so_is_one_that_is_new() {
    let told = |member: &String| !ALWAYS.contains(&member.as_str()) && !DEFAULTED.contains(&member.as_str());
    for member in members().into_iter().filter(told) {
        let mut without = document();
        without.as_object_mut().unwrap().remove(&member);
        let without: Description = serde_json::from_value(without).unwrap();
        assert_eq!(drifted(&without), expected(&member));
        let planned = Source { description: without, tags: tags(&[]) };
        let new: Vec<String> =
            drift(&planned, &whole(), &tags(&[]), &[]).into_iter().map(|one| one.member).collect();
        assert_eq!(new, expected(&member));
    }
}

#[test]
fn a_member_that_is_not_reported_is_the_same_as_its_documented_default_and_as_nothing_else() {
    let without = |member: &str| {
        let mut document = document();
        document.as_object_mut().unwrap().remove(member);
        Source { description: serde_json::from_value(document).unwrap(), tags: tags(&[]) }
    };
    for member in DEFAULTED {
        assert_eq!(drift(&without(member), &whole(), &tags(&[]), &[]), []);
        assert_eq!(drifted(&without(member).description), [""; 0]);
        let mut changed = document();
        changed[member] = other_value(member, &changed[member]);
        let changed: Description = serde_json::from_value(changed).unwrap();
        let names = drift(&without(member), &changed, &tags(&[]), &[]).into_iter().map(|one| one.member);
        assert_eq!(names.collect::<Vec<_>>(), expected(member));
    }
}

#[test]
fn an_absent_value_is_told_from_one_that_reads_absent() {
    let mut found = whole();
    found.kms_key_id = Some("absent".to_owned());
    let planned = Source { description: { exposed("a") }, tags: tags(&[]) };
    let drifts = drift(&planned, &found, &tags(&[]), &[]);
    let key = drifts.iter().find(|one| one.member == "KmsKeyId").unwrap();
    assert_eq!((key.expected.as_str(), key.found.as_str()), ("absent", "`absent`"));
}

#[test]
fn the_case_of_the_arn_is_no_drift_but_that_of_the_name_is() {
    let mut found = whole();
    found.notebook_instance_arn = found
        .notebook_instance_arn
        .as_str()
        .replace("notebook-instance/a", "notebook-instance/A")
        .parse()
        .unwrap();
    assert_eq!(drifted(&found), [""; 0]);
    found.notebook_instance_name = name("A");
    assert_eq!(drifted(&found), ["NotebookInstanceName"]);
}

#[test]
fn the_order_of_security_groups_is_no_drift_but_one_more_or_less_is() {
    let mut found = whole();
    found.security_groups.reverse();
    assert_eq!(drifted(&found), [""; 0]);
    found.security_groups.push("sg-c".parse().unwrap());
    assert_eq!(drifted(&found), ["SecurityGroups"]);
    found.security_groups.truncate(1);
    assert_eq!(drifted(&found), ["SecurityGroups"]);
}

#[test]
fn a_start_and_a_stop_by_themselves_are_no_drift() {
    let mut found = whole();
    found.notebook_instance_status = Status::Stopped;
    found.last_modified_time = Some("2026-11-22T09:00:00Z".parse().unwrap());
    found.url = None;
    found.network_interface_id = None;
    assert_eq!(drifted(&found), [""; 0]);
}

#[test]
fn any_tag_that_is_new_gone_or_changed_is_drift() {
    let planned = source(tags(&[("Owner", "x"), ("Env", "dev")]));
    let found = |pairs: &[(&str, &str)]| -> Vec<String> {
        drift(&planned, &whole(), &tags(pairs), &[]).iter().map(said).collect()
    };
    assert_eq!(found(&[("Env", "dev"), ("Owner", "x")]), [""; 0]);
    assert_eq!(found(&[("Env", "dev")]), ["tag Owner was `x` and is absent"]);
    assert_eq!(found(&[("Env", "dev"), ("Owner", "X")]), ["tag Owner was `x` and is `X`"]);
    assert_eq!(found(&[("Env", "dev"), ("Owner", "x"), ("aws:a", "")]), ["tag aws:a was absent and is ``"]);
    assert_eq!(
        found(&[("env", "dev"), ("Owner", "x")]),
        ["tag Env was `dev` and is absent", "tag env was absent and is `dev`"]
    );
}

#[test]
fn a_tag_that_the_plan_ignores_may_change_and_no_other() {
    let planned = source(tags(&[("InstanceScheduler-LastAction", "started"), ("Owner", "x")]));
    let found = |pairs: &[(&str, &str)], ignored: &[&str]| -> Vec<String> {
        let ignored: Vec<String> = ignored.iter().map(|&pattern| pattern.to_owned()).collect();
        drift(&planned, &whole(), &tags(pairs), &ignored).into_iter().map(|one| one.member).collect()
    };
    let stopped = [("InstanceScheduler-LastAction", "stopped"), ("Owner", "x"), ("auto", "1")];
    assert_eq!(found(&stopped, &["InstanceScheduler-*", "auto"]), [""; 0]);
    assert_eq!(found(&stopped, &["InstanceScheduler-*"]), ["tag auto"]);
    assert_eq!(found(&[], &["InstanceScheduler-*"]), ["tag Owner"]);
    // What is no pattern ignores nothing.
    assert_eq!(found(&stopped, &["[", "auto"]), ["tag InstanceScheduler-LastAction"]);
}

fn said(Drift { member, expected, found }: &Drift) -> String {
    format!("{member} was {expected} and is {found}")
}
