//! What is said of inputs that are wrong.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::world::{Aws, creation};

const OPERATIONS: [&str; 16] = [
    "CreateNotebookInstance",
    "DescribeNotebookInstance",
    "ListNotebookInstances",
    "StartNotebookInstance",
    "StopNotebookInstance",
    "DeleteNotebookInstance",
    "UpdateNotebookInstance",
    "CreatePresignedNotebookInstanceUrl",
    "AddTags",
    "DeleteTags",
    "ListTags",
    "CreateNotebookInstanceLifecycleConfig",
    "DescribeNotebookInstanceLifecycleConfig",
    "UpdateNotebookInstanceLifecycleConfig",
    "DeleteNotebookInstanceLifecycleConfig",
    "ListNotebookInstanceLifecycleConfigs",
];

const MEMBERS: [&str; 34] = [
    "NotebookInstanceName",
    "NotebookInstanceLifecycleConfigName",
    "InstanceType",
    "RoleArn",
    "SubnetId",
    "SecurityGroupIds",
    "IpAddressType",
    "KmsKeyId",
    "Tags",
    "TagKeys",
    "ResourceArn",
    "LifecycleConfigName",
    "DisassociateLifecycleConfig",
    "DirectInternetAccess",
    "VolumeSizeInGB",
    "AcceleratorTypes",
    "DefaultCodeRepository",
    "AdditionalCodeRepositories",
    "RootAccess",
    "PlatformIdentifier",
    "InstanceMetadataServiceConfiguration",
    "OnCreate",
    "OnStart",
    "NextToken",
    "MaxResults",
    "SortBy",
    "SortOrder",
    "NameContains",
    "StatusEquals",
    "CreationTimeAfter",
    "CreationTimeBefore",
    "LastModifiedTimeAfter",
    "SessionExpirationDurationInSeconds",
    "DefaultCodeRepositoryContains",
];

#[test]
fn a_single_violation_is_told_in_the_services_words() {
    let aws = Aws::new();
    let cases = [
        (
            json!({ "NotebookInstanceName": "bad_name!" }),
            "Value 'bad_name!' at 'notebookInstanceName' failed to satisfy constraint: Member must satisfy \
             regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9])*",
        ),
        (
            json!({ "RoleArn": null }),
            "Value null at 'roleArn' failed to satisfy constraint: Member must not be null",
        ),
        (
            json!({ "VolumeSizeInGB": 4 }),
            "Value '4' at 'volumeSizeInGB' failed to satisfy constraint: Member must have value greater than or \
             equal to 5",
        ),
        (
            json!({ "VolumeSizeInGB": 1e99 }),
            "Value '9223372036854775807' at 'volumeSizeInGB' failed to satisfy constraint: Member must have \
             value less than or equal to 16384",
        ),
        (
            json!({ "RootAccess": "Maybe" }),
            "Value 'Maybe' at 'rootAccess' failed to satisfy constraint: Member must satisfy enum value set: \
             [Enabled, Disabled]",
        ),
        (
            json!({ "SecurityGroupIds": ["a", "b", "c", "d", "e", "f"] }),
            "Value '[a, b, c, d, e, f]' at 'securityGroupIds' failed to satisfy constraint: Member must have \
             length less than or equal to 5",
        ),
        (
            json!({ "SecurityGroupIds": ["sg-1", "sg_2"] }),
            "Value '[sg-1, sg_2]' at 'securityGroupIds' failed to satisfy constraint: Member must satisfy \
             constraint: [Member must have length less than or equal to 32, Member must have length greater than \
             or equal to 0, Member must satisfy regular expression pattern: [-0-9a-zA-Z]+]",
        ),
        (
            json!({ "Tags": [{ "Key": "a", "Value": "" }, { "Key": "", "Value": "" }] }),
            "Value '' at 'tags.2.member.key' failed to satisfy constraint: Member must have length greater than \
             or equal to 1",
        ),
        (
            json!({ "Tags": [{ "Key": "a" }] }),
            "Value null at 'tags.1.member.value' failed to satisfy constraint: Member must not be null",
        ),
        (
            json!({ "InstanceMetadataServiceConfiguration": {} }),
            "Value null at 'instanceMetadataServiceConfiguration.minimumInstanceMetadataServiceVersion' failed \
             to satisfy constraint: Member must not be null",
        ),
    ];
    for (members, wanted) in cases {
        let message = aws.refusal("CreateNotebookInstance", creation("a", members));
        assert_eq!(message, format!("1 validation error detected: {wanted}"));
    }
}

#[test]
fn all_violations_are_told_at_once() {
    let long = "a".repeat(64);
    let message = Aws::new().refusal("CreateNotebookInstance", json!({ "NotebookInstanceName": long }));
    let wanted = format!(
        "3 validation errors detected: Value '{long}' at 'notebookInstanceName' failed to satisfy constraint: \
         Member must have length less than or equal to 63; Value null at 'instanceType' failed to satisfy \
         constraint: Member must not be null; Value null at 'roleArn' failed to satisfy constraint: Member must \
         not be null"
    );
    assert_eq!(message, wanted);
}

#[test]
fn an_unknown_instance_type_is_answered_with_all_that_there_are() {
    let message =
        Aws::new().refusal("CreateNotebookInstance", creation("a", json!({ "InstanceType": "m5.large" })));
    assert!(
        message.starts_with(
            "1 validation error detected: Value 'm5.large' at 'instanceType' failed to satisfy constraint: \
             Member must satisfy enum value set: [ml.t2.medium, ml.t2.large,"
        ),
        "{message}"
    );
    assert!(message.ends_with(", ml.g6e.48xlarge]"), "{message}");
}

#[test]
fn a_member_of_a_wrong_kind_ends_it_before_any_violation_counts() {
    let aws = Aws::new();
    let cases = [
        (json!({ "NotebookInstanceName": 5 }), "NUMBER_VALUE can not be converted to a String"),
        (json!({ "VolumeSizeInGB": "5" }), "STRING_VALUE can not be converted to an Integer"),
        (json!({ "SecurityGroupIds": "sg-1" }), "Expected list or null"),
        (json!({ "SubnetId": ["subnet-1"] }), "Start of list found where not expected"),
        (json!({ "Tags": [true] }), "TRUE_VALUE can not be converted to a structure"),
    ];
    for (members, wanted) in cases {
        let (code, message) = aws.call("CreateNotebookInstance", members).unwrap_err();
        assert_eq!((code.as_str(), message.as_str()), ("SerializationException", wanted));
    }
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        prop_oneof![
            Just("a"),
            Just("subnet-1"),
            Just("Enabled"),
            Just("WyJhIiwiYiIsImMiXQ"),
            Just("ml.t3.medium"),
            Just("arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/a"),
            Just("arn:aws:iam::123456789012:role/service-role/notebook"),
        ]
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        let names = prop_oneof![Just("Key"), Just("Value"), Just("Content")].prop_map(str::to_owned);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(names, inner, 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn inputs() -> impl Strategy<Value = Value> {
    let members = prop::sample::select(MEMBERS.to_vec()).prop_map(str::to_owned);
    prop::collection::btree_map(members, anything(), 0..12)
        .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>()))
}

proptest! {
    #[test]
    fn every_input_has_an_answer(calls in prop::collection::vec((0..OPERATIONS.len(), inputs()), 1..6)) {
        let aws = Aws::new();
        aws.create("a", json!({})).unwrap();
        for (operation, input) in calls {
            match aws.call(OPERATIONS[operation], input) {
                Ok(output) => prop_assert!(output.is_object()),
                Err((code, _)) => prop_assert!(
                    ["ValidationException", "SerializationException", "AccessDeniedException"]
                        .contains(&code.as_str()),
                    "{}", code
                ),
            }
            aws.wait();
        }
        prop_assert!(aws.now() > jiff::Timestamp::UNIX_EPOCH);
    }
}
