//! StartNotebookInstance, StopNotebookInstance, DeleteNotebookInstance, and the URL of an instance.

use std::time::Duration;

use serde_json::json;

use super::world::{Aws, Refused, inside, world};
use crate::sandbox::fault::{Fault, FaultRule};
use crate::sandbox::world::World;

const START: &str = "StartNotebookInstance";
const STOP: &str = "StopNotebookInstance";
const DELETE: &str = "DeleteNotebookInstance";

fn with_fault(operation: &str, fault: Fault) -> Aws {
    let rule = FaultRule { operation: Some(operation.to_owned()), ..FaultRule::always(fault) };
    Aws::with(world(), vec![rule])
}

fn invalid(message: &str) -> Refused {
    ("ValidationException".to_owned(), message.to_owned())
}

#[test]
fn an_instance_goes_through_its_statuses_in_time() {
    let aws = Aws::new();
    aws.create("a", inside()).unwrap();
    let mut seen = Vec::new();
    for operation in [None, Some(STOP), Some(START), Some(STOP), Some(DELETE)] {
        if let Some(operation) = operation {
            assert_eq!(aws.on(operation, "a").unwrap(), json!({}));
        }
        seen.push(aws.status("a"));
        aws.pass(Duration::from_secs(7));
        assert_eq!(Some(&aws.status("a")), seen.last(), "no change takes less than eight seconds");
        aws.wait();
    }
    assert_eq!(seen, ["Pending", "Stopping", "Pending", "Stopping", "Deleting"]);
    assert_eq!(aws.on("DescribeNotebookInstance", "a").unwrap_err(), invalid("RecordNotFound"));
}

#[test]
fn what_the_status_does_not_allow_is_refused_in_the_services_words() {
    let aws = Aws::new();
    aws.create("A", json!({})).unwrap();
    let of = "for Notebook Instance (arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/a).";
    let cases = [(START, "Stopped, Failed", "Pending"), (STOP, "InService", "Stopping")];
    let last = (DELETE, "Stopped, Failed", "Deleting");
    for (operation, from, to) in cases.into_iter().chain([last]) {
        let wanted = format!("Status (Pending) not in ([{from}]). Unable to transition to ({to}) {of}");
        assert_eq!(aws.on(operation, "A").unwrap_err(), invalid(&wanted));
    }
    aws.wait();
    for operation in [START, DELETE] {
        let (_, message) = aws.on(operation, "A").unwrap_err();
        assert!(message.starts_with("Status (InService) not in ([Stopped, Failed])."), "{message}");
    }
}

#[test]
fn there_is_nothing_to_do_with_an_instance_that_is_not_there() {
    let aws = Aws::new();
    aws.create("King", json!({})).unwrap();
    for operation in [START, STOP, DELETE, "DescribeNotebookInstance", "UpdateNotebookInstance"] {
        assert_eq!(aws.on(operation, "queen").unwrap_err(), invalid("RecordNotFound"), "{operation}");
        assert_eq!(aws.on(operation, "king").unwrap_err(), invalid("RecordNotFound"), "{operation}");
    }
}

#[test]
fn a_failed_instance_can_be_started_and_deleted_but_not_stopped() {
    let fault = Fault::Fails("capacity".to_owned());
    let rule = FaultRule { times: Some(1), ..FaultRule::always(fault) };
    let aws = Aws::with(world(), vec![rule]);
    aws.create("a", inside()).unwrap();
    aws.wait();
    let (_, message) = aws.on(STOP, "a").unwrap_err();
    assert!(message.starts_with("Status (Failed) not in ([InService])."), "{message}");
    aws.on(START, "a").unwrap();
    assert_eq!(aws.describe("a").get("FailureReason"), None);
    aws.wait();
    assert_eq!(aws.status("a"), "InService");
    assert_eq!(aws.free(), 10, "one address, however often it was launched");
}

#[test]
fn an_instance_whose_platform_has_ended_cannot_be_started_again() {
    let aws = Aws::new();
    aws.stopped("a", json!({}));
    aws.edit(|site| {
        site.notebook_mut("a").unwrap().settings.platform_identifier = "notebook-al2-v1".to_owned();
    });
    let wanted = "Platform identifier (notebook-al2-v1) is not supported for this service.";
    assert_eq!(aws.on(START, "a").unwrap_err(), invalid(wanted));
    let update = json!({ "NotebookInstanceName": "a", "PlatformIdentifier": "notebook-al2023-v1" });
    aws.ask("UpdateNotebookInstance", update);
    aws.wait();
    aws.on(START, "a").unwrap();
}

#[test]
fn a_world_can_accept_the_start_of_a_platform_that_has_ended_and_let_it_fail() {
    let aws = Aws::with(World { ended_starts_fail: true, ..world() }, Vec::new());
    aws.stopped("a", json!({}));
    aws.edit(|site| {
        site.notebook_mut("a").unwrap().settings.platform_identifier = "notebook-al2-v2".to_owned();
    });
    aws.on(START, "a").unwrap();
    assert_eq!(aws.status("a"), "Pending");
    aws.wait();
    let found = aws.describe("a");
    assert_eq!(found["NotebookInstanceStatus"], "Failed");
    let wanted = "Platform identifier (notebook-al2-v2) is not supported for this service.";
    assert_eq!(found["FailureReason"], wanted);
}

#[test]
fn a_start_fails_later_when_the_subnet_is_full_or_the_key_is_disabled() {
    let aws = Aws::new();
    let mut members = inside();
    members["KmsKeyId"] = json!("key-1");
    aws.stopped("a", members);
    aws.edit(|site| site.network.subnets.get_mut("subnet-1").unwrap().free = 0);
    aws.on(START, "a").unwrap();
    aws.wait();
    assert!(aws.describe("a")["FailureReason"].as_str().unwrap().contains("free addresses"));
    aws.edit(|site| {
        site.network.subnets.get_mut("subnet-1").unwrap().free = 1;
        site.kms_keys.get_mut("key-1").unwrap().state = crate::sandbox::world::KeyState::PendingDeletion;
    });
    aws.on(START, "a").unwrap();
    aws.wait();
    assert!(aws.describe("a")["FailureReason"].as_str().unwrap().contains("KMS key"));
}

#[test]
fn a_start_needs_the_role_and_the_lifecycle_config_still() {
    let aws = Aws::new();
    let name = json!({ "NotebookInstanceLifecycleConfigName": "setup" });
    aws.ask("CreateNotebookInstanceLifecycleConfig", name.clone());
    aws.stopped("a", json!({ "LifecycleConfigName": "setup" }));
    aws.ask("DeleteNotebookInstanceLifecycleConfig", name);
    let (_, message) = aws.on(START, "a").unwrap_err();
    assert!(message.ends_with("(Details: Notebook Instance Lifecycle Config does not exist.)"), "{message}");
    aws.edit(|site| {
        let settings = &mut site.notebook_mut("a").unwrap().settings;
        settings.lifecycle_config = None;
        settings.role_arn = "arn:aws:iam::123456789012:role/gone".to_owned();
    });
    let (_, message) = aws.on(START, "a").unwrap_err();
    assert!(message.starts_with("Could not assume role"), "{message}");
}

#[test]
fn stuck_changes_never_end_and_allow_nothing() {
    for (operation, status) in [(STOP, "Stopping"), (DELETE, "Deleting"), (START, "Pending")] {
        let aws = with_fault(operation, Fault::Stuck);
        aws.create("a", json!({})).unwrap();
        aws.wait();
        if operation != STOP {
            aws.on(STOP, "a").unwrap();
            aws.wait();
        }
        aws.on(operation, "a").unwrap();
        for _ in 0..48 {
            aws.wait();
        }
        assert_eq!(aws.status("a"), status);
        for operation in [START, STOP, DELETE] {
            aws.on(operation, "a").unwrap_err();
        }
    }
}

#[test]
fn an_instance_in_service_can_be_opened() {
    let aws = Aws::new();
    aws.create("Nb", json!({})).unwrap();
    aws.on("CreatePresignedNotebookInstanceUrl", "Nb").unwrap_err();
    aws.wait();
    let answer = aws.on("CreatePresignedNotebookInstanceUrl", "Nb").unwrap();
    let url = answer["AuthorizedUrl"].as_str().unwrap();
    assert!(url.starts_with("https://nb.notebook.us-east-1.sagemaker.aws?authToken="), "{url}");
}

#[test]
fn operations_that_are_not_there_are_unknown() {
    let (code, _) = Aws::new().call("CreateDomain", json!({})).unwrap_err();
    assert_eq!(code, "UnknownOperationException");
}
