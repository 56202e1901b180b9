//! CreateNotebookInstance, and what DescribeNotebookInstance says of its work.

use std::time::Duration;

use serde_json::{Value, json};

use super::world::{Aws, ROLE, inside, quota, world};
use crate::sandbox::fault::{Fault, FaultRule};
use crate::sandbox::world::World;

fn with_fault(fault: Fault) -> Aws {
    Aws::with(world(), vec![FaultRule { times: Some(1), ..FaultRule::always(fault) }])
}

fn refusal(aws: &Aws, members: Value) -> String {
    let (code, message) = aws.create("a", members).expect_err("must be refused");
    assert_eq!(code, "ValidationException", "{message}");
    message
}

#[test]
fn a_new_instance_has_the_services_defaults_and_is_in_service_in_the_end() {
    let aws = Aws::new();
    let arn = "arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/fraud-etl";
    assert_eq!(aws.create("Fraud-ETL", json!({})).unwrap(), json!({ "NotebookInstanceArn": arn }));
    assert_eq!(aws.status("Fraud-ETL"), "Pending");
    aws.wait();
    let mut found = aws.describe("Fraud-ETL");
    assert!(found["LastModifiedTime"].as_f64().unwrap() > 1_772_352_000.125);
    found.as_object_mut().unwrap().remove("LastModifiedTime");
    let wanted = json!({
        "NotebookInstanceArn": arn,
        "NotebookInstanceName": "Fraud-ETL",
        "NotebookInstanceStatus": "InService",
        "Url": "fraud-etl.notebook.us-east-1.sagemaker.aws",
        "InstanceType": "ml.t3.medium",
        "IpAddressType": "ipv4",
        "RoleArn": ROLE,
        "CreationTime": 1_772_352_000.125,
        "DirectInternetAccess": "Enabled",
        "VolumeSizeInGB": 5,
        "RootAccess": "Enabled",
        "PlatformIdentifier": "notebook-al2023-v1",
        "InstanceMetadataServiceConfiguration": { "MinimumInstanceMetadataServiceVersion": "1" },
    });
    assert_eq!(found, wanted);
}

#[test]
fn everything_that_is_asked_for_is_described() {
    let aws = Aws::new();
    aws.ask(
        "CreateNotebookInstanceLifecycleConfig",
        json!({ "NotebookInstanceLifecycleConfigName": "Setup" }),
    );
    let asked = json!({
        "SubnetId": "subnet-1",
        "SecurityGroupIds": ["sg-1", "sg-2"],
        "DirectInternetAccess": "Disabled",
        "RootAccess": "Disabled",
        "KmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/key-1",
        "VolumeSizeInGB": 16384,
        "DefaultCodeRepository": "https://github.com/a/b",
        "AdditionalCodeRepositories": ["c", "https://github.com/d/e"],
        "PlatformIdentifier": "notebook-al2-v3",
        "InstanceMetadataServiceConfiguration": { "MinimumInstanceMetadataServiceVersion": "2" },
    });
    let mut members = asked.clone();
    members["LifecycleConfigName"] = json!("Setup");
    members["Tags"] = json!([{ "Key": "team", "Value": "" }]);
    aws.create("a", members).unwrap();
    let found = aws.describe("a");
    assert_eq!(found["SecurityGroups"], asked["SecurityGroupIds"]);
    assert_eq!(found["NotebookInstanceLifecycleConfigName"], "Setup");
    assert!(found["NetworkInterfaceId"].as_str().unwrap().starts_with("eni-"));
    for (name, value) in asked.as_object().unwrap().iter().filter(|(name, _)| *name != "SecurityGroupIds") {
        assert_eq!(&found[name], value, "{name}");
    }
    let tags = aws.ask("ListTags", json!({ "ResourceArn": found["NotebookInstanceArn"] }));
    assert_eq!(tags, json!({ "Tags": [{ "Key": "team", "Value": "" }] }));
}

#[test]
fn a_name_is_taken_whatever_its_case() {
    let aws = Aws::new();
    aws.create("King", json!({})).unwrap();
    let arn = "arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/king";
    let (_, message) = aws.create("kinG", json!({})).unwrap_err();
    assert_eq!(message, format!("Cannot create a duplicate Notebook Instance ({arn})"));
}

#[test]
fn an_instance_takes_an_address_of_its_subnet_and_gives_it_back() {
    let aws = Aws::new();
    assert_eq!(aws.free(), 11);
    aws.stopped("a", inside());
    assert_eq!(aws.free(), 11, "this world's stopped instances have none");
    assert_eq!(aws.describe("a").get("NetworkInterfaceId"), None);
    aws.on("StartNotebookInstance", "a").unwrap();
    assert_eq!(aws.free(), 10);
    aws.wait();
    aws.on("StopNotebookInstance", "a").unwrap();
    aws.wait();
    aws.on("DeleteNotebookInstance", "a").unwrap();
    aws.wait();
    assert_eq!(aws.free(), 11);
}

#[test]
fn a_full_subnet_lets_the_launch_fail_after_the_answer() {
    let full = Aws::new();
    full.edit(|site| site.network.subnets.get_mut("subnet-1").unwrap().free = 0);
    for aws in [full, with_fault(Fault::SubnetFull)] {
        aws.create("a", inside()).unwrap();
        assert_eq!(aws.status("a"), "Pending");
        aws.wait();
        let found = aws.describe("a");
        assert_eq!(found["NotebookInstanceStatus"], "Failed");
        let reason = found["FailureReason"].as_str().unwrap();
        assert!(reason.starts_with("Unable to create or start a notebook instance"), "{reason}");
    }
}

#[test]
fn a_full_subnet_is_nothing_to_an_instance_outside() {
    let aws = with_fault(Fault::SubnetFull);
    aws.create("a", json!({})).unwrap();
    aws.wait();
    assert_eq!(aws.status("a"), "InService");
}

#[test]
fn network_settings_that_do_not_fit_together_are_refused() {
    let aws = Aws::new();
    let cases = [
        (json!({ "DirectInternetAccess": "Disabled" }), "only if a SubnetId"),
        (json!({ "SecurityGroupIds": ["sg-1"] }), "A SubnetId must be specified"),
        (json!({ "SubnetId": "subnet-1" }), "SecurityGroupIds must be specified"),
        (json!({ "SubnetId": "subnet-2", "SecurityGroupIds": ["sg-1"] }), "'subnet-2' does not exist"),
        (json!({ "SubnetId": "subnet-1", "SecurityGroupIds": ["sg-3"] }), "'sg-3' does not exist"),
        (json!({ "SubnetId": "subnet-1", "SecurityGroupIds": ["sg-1", "sg-other"] }), "different networks"),
        (json!({ "IpAddressType": "dualstack" }), "IPv6"),
        (
            json!({ "IpAddressType": "dualstack", "SubnetId": "subnet-1", "SecurityGroupIds": ["sg-1"] }),
            "IPv6",
        ),
    ];
    for (members, wanted) in cases {
        let message = refusal(&aws, members.clone());
        assert!(message.contains(wanted), "{members}: {message}");
    }
}

#[test]
fn a_subnet_with_an_ipv6_block_can_have_dualstack_instances() {
    let aws = Aws::new();
    aws.edit(|site| {
        site.network.subnets.get_mut("subnet-1").unwrap().ipv6_cidr = Some("2001:db8::/64".to_owned());
    });
    let mut members = inside();
    members["IpAddressType"] = json!("dualstack");
    aws.create("a", members).unwrap();
    assert_eq!(aws.describe("a")["IpAddressType"], "dualstack");
}

#[test]
fn a_role_must_exist_trust_sagemaker_and_be_of_the_account() {
    let aws = Aws::new();
    for role in ["nobody", "lambda", "notebook"] {
        // The path belongs to the ARN: without it, even the good role's name names nothing.
        let arn = format!("arn:aws:iam::123456789012:role/{role}");
        let message = refusal(&aws, json!({ "RoleArn": arn }));
        let wanted = format!(
            "Could not assume role {arn}. Please ensure that the role exists and allows principal \
             'sagemaker.amazonaws.com' to assume the role."
        );
        assert_eq!(message, wanted);
    }
    let arn = "arn:aws:iam::210987654321:role/service-role/notebook";
    let (code, _) = aws.create("a", json!({ "RoleArn": arn })).unwrap_err();
    assert_eq!(code, "AccessDeniedException");
}

#[test]
fn a_key_is_found_under_each_of_its_names_and_described_by_its_arn() {
    let aws = Aws::new();
    let given = Aws::with(World { keys_as_given: true, ..world() }, Vec::new());
    let arn = "arn:aws:kms:us-east-1:123456789012:key/key-1";
    let others = "arn:aws:kms:us-east-1:210987654321:key/key-1";
    let alias = "arn:aws:kms:us-east-1:123456789012:alias/notebooks";
    for (at, (name, described)) in
        [("key-1", arn), ("alias/notebooks", arn), (arn, arn), (alias, arn), (others, others)]
            .into_iter()
            .enumerate()
    {
        let instance = format!("a{at}");
        for (aws, described) in [(&aws, described), (&given, name)] {
            aws.create(&instance, json!({ "KmsKeyId": name })).unwrap();
            assert_eq!(aws.describe(&instance)["KmsKeyId"], described);
        }
    }
    for name in ["key-3", "alias/key-1", "arn:aws:kms:eu-west-1:123456789012:key/key-1", "arn:aws:kms:x"] {
        let message = refusal(&aws, json!({ "KmsKeyId": name }));
        assert!(message.contains("does not exist"), "{message}");
    }
}

#[test]
fn a_disabled_key_lets_the_launch_fail() {
    let aws = Aws::new();
    aws.create("a", json!({ "KmsKeyId": "alias/old" })).unwrap();
    aws.wait();
    assert_eq!(aws.status("a"), "Failed");
    assert!(aws.describe("a")["FailureReason"].as_str().unwrap().contains("KMS key"));
}

#[test]
fn platforms_that_have_ended_and_accelerators_are_refused() {
    let aws = Aws::new();
    for platform in ["notebook-al1-v1", "notebook-al2-v1", "notebook-al2-v2"] {
        let message = refusal(&aws, json!({ "PlatformIdentifier": platform }));
        let wanted = format!("Platform identifier ({platform}) is not supported for this service.");
        assert_eq!(message, wanted);
    }
    // The day decides: this one goes until the end of June.
    aws.create("june", json!({ "PlatformIdentifier": "notebook-al2-v3" })).unwrap();
    aws.pass(Duration::from_hours(24 * 122));
    let message = refusal(&aws, json!({ "PlatformIdentifier": "notebook-al2-v3" }));
    assert_eq!(message, "Platform identifier (notebook-al2-v3) is not supported for this service.");
    refusal(&aws, json!({ "AcceleratorTypes": ["ml.eia1.medium"] }));
    let message = refusal(&aws, json!({ "InstanceType": "ml.p3.2xlarge" }));
    assert!(message.contains("(ml.p3.2xlarge) is not supported for platform"), "{message}");
    aws.create("a", json!({ "PlatformIdentifier": "notebook-al2023-v2", "AcceleratorTypes": [] })).unwrap();
}

#[test]
fn a_quota_that_is_used_up_is_answered_with_its_numbers() {
    let total = quota("L-04CE2E67", "Total number of notebook instances", 2);
    let of_type = quota("L-E17566B7", "ml.t3.medium for notebook instance usage", 1);
    let aws = Aws::new();
    aws.edit(|site| site.quotas.extend([total, of_type]));
    aws.create("a", json!({})).unwrap();
    let (code, message) = aws.create("b", json!({})).unwrap_err();
    assert_eq!(code, "ResourceLimitExceeded");
    assert_eq!(
        message,
        "The account-level service limit 'ml.t3.medium for notebook instance usage' is 1 Instances, with current \
         utilization of 1 Instances and a request delta of 1 Instances. Please contact AWS support to request an \
         increase for this limit."
    );
    aws.create("b", json!({ "InstanceType": "ml.m5.xlarge" })).unwrap();
    let (_, message) = aws.create("c", json!({ "InstanceType": "ml.c5.xlarge" })).unwrap_err();
    assert!(
        message.contains("'Total number of notebook instances' is 2 NotebookInstances, with current"),
        "{message}"
    );
}

#[test]
fn a_stopped_instance_leaves_the_quota_of_its_type_to_others_and_waits_for_it_then() {
    let aws = Aws::new();
    aws.edit(|site| site.quotas.extend([quota("L-1", "ml.t3.medium for notebook instance usage", 1)]));
    aws.stopped("a", json!({}));
    aws.create("b", json!({})).unwrap();
    let (code, _) = aws.on("StartNotebookInstance", "a").unwrap_err();
    assert_eq!(code, "ResourceLimitExceeded");
}

#[test]
fn faults_decide_how_a_creation_goes() {
    let (code, message) = with_fault(Fault::QuotaReached).create("a", json!({})).unwrap_err();
    assert_eq!(code, "ResourceLimitExceeded");
    assert!(message.contains("a request delta of 1 NotebookInstances"), "{message}");

    let stuck = with_fault(Fault::Stuck);
    stuck.create("a", json!({})).unwrap();
    stuck.wait();
    assert_eq!(stuck.status("a"), "Pending");

    let fails = with_fault(Fault::Fails("Insufficient notebook instance capacity.".to_owned()));
    fails.create("a", json!({})).unwrap();
    fails.wait();
    assert_eq!(fails.describe("a")["FailureReason"], "Insufficient notebook instance capacity.");
}

#[test]
fn an_instance_of_the_same_name_has_another_volume() {
    let aws = Aws::new();
    let volume = |aws: &Aws| {
        let mut id = String::new();
        aws.edit(|site| id.clone_from(&site.notebook("a").unwrap().volume.id));
        id
    };
    aws.stopped("a", json!({}));
    let first = volume(&aws);
    aws.on("DeleteNotebookInstance", "a").unwrap();
    aws.wait();
    aws.create("a", json!({})).unwrap();
    assert_ne!(volume(&aws), first);
}
