//! UpdateNotebookInstance.

use serde_json::{Value, json};

use super::world::{Aws, inside, world};
use crate::sandbox::fault::{Fault, FaultRule};

const UPDATE: &str = "UpdateNotebookInstance";

fn change(mut members: Value) -> Value {
    members["NotebookInstanceName"] = json!("a");
    members
}

#[test]
fn everything_that_can_be_changed_is_and_what_is_not_said_stays() {
    let aws = Aws::new();
    aws.ask(
        "CreateNotebookInstanceLifecycleConfig",
        json!({ "NotebookInstanceLifecycleConfigName": "setup" }),
    );
    aws.stopped("a", inside());
    let asked = json!({
        "InstanceType": "ml.m5.xlarge",
        "VolumeSizeInGB": 50,
        "RootAccess": "Disabled",
        "PlatformIdentifier": "notebook-al2023-v2",
        "DefaultCodeRepository": "repo",
        "AdditionalCodeRepositories": ["one", "two"],
        "InstanceMetadataServiceConfiguration": { "MinimumInstanceMetadataServiceVersion": "2" },
    });
    let mut members = change(asked.clone());
    members["LifecycleConfigName"] = json!("setup");
    let before = aws.describe("a");
    assert_eq!(aws.ask(UPDATE, members), json!({}));
    assert_eq!(aws.status("a"), "Updating");
    aws.wait();
    let found = aws.describe("a");
    assert_eq!(found["NotebookInstanceStatus"], "Stopped");
    assert_eq!(found["NotebookInstanceLifecycleConfigName"], "setup");
    for (name, value) in asked.as_object().unwrap() {
        assert_eq!(&found[name], value, "{name}");
    }
    for name in ["SubnetId", "SecurityGroups", "DirectInternetAccess", "RoleArn", "CreationTime"] {
        assert_eq!(found[name], before[name], "{name}");
    }
}

#[test]
fn associations_are_taken_away_even_where_there_are_none() {
    let aws = Aws::new();
    aws.ask(
        "CreateNotebookInstanceLifecycleConfig",
        json!({ "NotebookInstanceLifecycleConfigName": "setup" }),
    );
    let repositories = json!({
        "LifecycleConfigName": "setup",
        "DefaultCodeRepository": "one",
        "AdditionalCodeRepositories": ["two"],
    });
    aws.stopped("a", repositories);
    let away = change(json!({
        "DisassociateLifecycleConfig": true,
        "DisassociateDefaultCodeRepository": true,
        "DisassociateAdditionalCodeRepositories": true,
        "DisassociateAcceleratorTypes": true,
    }));
    for _ in 0..2 {
        aws.ask(UPDATE, away.clone());
        aws.wait();
        let found = aws.describe("a");
        let names =
            ["NotebookInstanceLifecycleConfigName", "DefaultCodeRepository", "AdditionalCodeRepositories"];
        assert!(names.iter().all(|name| found.get(name).is_none()), "{found}");
    }
}

#[test]
fn only_a_stopped_instance_can_be_updated() {
    let aws = Aws::new();
    aws.create("a", json!({})).unwrap();
    aws.wait();
    let wanted = "Status (InService) not in ([Stopped]). Unable to transition to (Updating) for Notebook Instance \
                  (arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/a).";
    assert_eq!(aws.refusal(UPDATE, change(json!({ "RootAccess": "Disabled" }))), wanted);
}

#[test]
fn changes_that_cannot_be_are_refused_and_change_nothing() {
    let aws = Aws::new();
    aws.ask(
        "CreateNotebookInstanceLifecycleConfig",
        json!({ "NotebookInstanceLifecycleConfigName": "setup" }),
    );
    aws.stopped("a", json!({ "VolumeSizeInGB": 20 }));
    let before = aws.describe("a");
    let cases = [
        (
            json!({ "VolumeSizeInGB": 19, "RootAccess": "Disabled" }),
            "cannot be decreased from 20 GB to 19 GB",
        ),
        (json!({ "LifecycleConfigName": "none" }), "does not exist"),
        (
            json!({ "LifecycleConfigName": "setup", "DisassociateLifecycleConfig": true }),
            "LifecycleConfigName and DisassociateLifecycleConfig",
        ),
        (json!({ "PlatformIdentifier": "notebook-al2-v2" }), "is not supported for this service"),
        (json!({ "InstanceType": "ml.p3.2xlarge" }), "is not supported for platform identifier"),
        (json!({ "RoleArn": "arn:aws:iam::123456789012:role/x" }), "Could not assume role"),
        (json!({ "IpAddressType": "dualstack" }), "IPv6"),
        (json!({ "AcceleratorTypes": ["ml.eia2.xlarge"] }), "Elastic Inference"),
    ];
    for (members, wanted) in cases {
        let message = aws.refusal(UPDATE, change(members.clone()));
        assert!(message.contains(wanted), "{members}: {message}");
    }
    assert_eq!(aws.describe("a"), before);
}

#[test]
fn what_an_update_does_not_know_it_ignores() {
    let aws = Aws::new();
    aws.stopped("a", inside());
    aws.ask(UPDATE, change(json!({ "SubnetId": "subnet-2", "DirectInternetAccess": "Enabled" })));
    aws.wait();
    assert_eq!(aws.describe("a")["DirectInternetAccess"], "Disabled");
}

#[test]
fn an_update_can_be_stuck() {
    let rule = FaultRule { operation: Some(UPDATE.to_owned()), ..FaultRule::always(Fault::Stuck) };
    let aws = Aws::with(world(), vec![rule]);
    aws.stopped("a", json!({}));
    aws.ask(UPDATE, change(json!({})));
    aws.wait();
    assert_eq!(aws.status("a"), "Updating");
}

#[test]
fn a_quota_that_is_reached_refuses_any_update() {
    let rule = FaultRule { operation: Some(UPDATE.to_owned()), ..FaultRule::always(Fault::QuotaReached) };
    let aws = Aws::with(world(), vec![rule]);
    aws.stopped("a", json!({}));
    for members in [json!({ "VolumeSizeInGB": 50 }), json!({ "InstanceType": "ml.m5.xlarge" })] {
        let (code, _) = aws.call(UPDATE, change(members)).unwrap_err();
        assert_eq!(code, "ResourceLimitExceeded");
    }
}

#[test]
fn what_the_world_knows_besides_the_model_is_taken() {
    let mut world = world();
    let newer = ["ml.m9.xlarge", "notebook-al2029-v1-of-a-long-name"];
    let known = json!({ "InstanceType": newer[0], "PlatformIdentifier": newer[1] });
    let refused = Aws::with(world.clone(), Vec::new()).create("a", known.clone()).unwrap_err();
    assert!(refused.1.starts_with("3 validation errors detected"), "{refused:?}");
    world.also_known = newer.map(str::to_owned).into();
    let aws = Aws::with(world, Vec::new());
    aws.create("b", known.clone()).unwrap();
    aws.stopped("a", json!({}));
    aws.ask(UPDATE, change(known));
    assert_eq!((aws.describe("a")["InstanceType"]).as_str(), Some(newer[0]));
    let message = aws.refusal(UPDATE, change(json!({ "InstanceType": "ml.m9.large" })));
    assert!(message.contains("enum value set"), "{message}");
}
