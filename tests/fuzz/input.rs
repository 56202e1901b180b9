//! What callers send, and what nobody should: operations, JSON of any shape, parameters of any name.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

// ---------------------------------------------------------------------------------------------------------------
// The services.

const SAGEMAKER: [&str; 16] = [
    "CreateNotebookInstance",
    "DescribeNotebookInstance",
    "ListNotebookInstances",
    "StartNotebookInstance",
    "StopNotebookInstance",
    "UpdateNotebookInstance",
    "DeleteNotebookInstance",
    "CreatePresignedNotebookInstanceUrl",
    "AddTags",
    "ListTags",
    "DeleteTags",
    "CreateNotebookInstanceLifecycleConfig",
    "DescribeNotebookInstanceLifecycleConfig",
    "ListNotebookInstanceLifecycleConfigs",
    "UpdateNotebookInstanceLifecycleConfig",
    "DeleteNotebookInstanceLifecycleConfig",
];

const EC2: [&str; 12] = [
    "DescribeRegions",
    "DescribeAvailabilityZones",
    "DescribeVpcs",
    "DescribeVpcAttribute",
    "DescribeSubnets",
    "DescribeSecurityGroups",
    "DescribeRouteTables",
    "DescribeNatGateways",
    "DescribeVpcEndpoints",
    "DescribeNetworkAcls",
    "DescribeNetworkInterfaces",
    "DescribeInstanceTypeOfferings",
];

/// A service that speaks JSON, as the scope of the signature and the target name it, and an operation.
pub(crate) fn json_call() -> impl Strategy<Value = (&'static str, String)> {
    let target = |service: &'static str, prefix: &'static str, operations: Vec<&'static str>| {
        let operation = prop_oneof![9 => select(operations).prop_map(str::to_owned), 1 => "[!-~]{0,40}"];
        operation.prop_map(move |operation| (service, format!("{prefix}.{operation}")))
    };
    prop_oneof![
        6 => target("sagemaker", "SageMaker", SAGEMAKER.to_vec()),
        1 => target("servicequotas", "ServiceQuotasV20190624", vec!["ListServiceQuotas", "GetServiceQuota"]),
        1 => target("organizations", "AWSOrganizationsV20161128", vec!["ListAccounts", "DescribeOrganization"]),
        1 => target("kms", "TrentService", vec!["ListKeys"]),
    ]
}

/// A service that speaks forms, and an operation.
pub(crate) fn form_call() -> impl Strategy<Value = (&'static str, String)> {
    let operation = |known: Vec<&'static str>| prop_oneof![9 => select(known).prop_map(str::to_owned), 1 => "[\\x00-~]{0,40}"];
    prop_oneof![
        6 => operation(EC2.to_vec()).prop_map(|operation| ("ec2", operation)),
        2 => operation(vec!["AssumeRole", "GetCallerIdentity"]).prop_map(|operation| ("sts", operation)),
        1 => operation(vec!["ListRoles"]).prop_map(|operation| ("iam", operation)),
    ]
}

// ---------------------------------------------------------------------------------------------------------------
// Inputs.

/// Members and parameters that some operation has.
const MEMBERS: [&str; 32] = [
    "NotebookInstanceName",
    "NotebookInstanceLifecycleConfigName",
    "InstanceType",
    "RoleArn",
    "SubnetId",
    "SecurityGroupIds",
    "KmsKeyId",
    "Tags",
    "TagKeys",
    "Key",
    "Value",
    "LifecycleConfigName",
    "DirectInternetAccess",
    "VolumeSizeInGB",
    "AcceleratorTypes",
    "AdditionalCodeRepositories",
    "InstanceMetadataServiceConfiguration",
    "DisassociateLifecycleConfig",
    "SessionExpirationDurationInSeconds",
    "NextToken",
    "PaginationToken",
    "MaxResults",
    "CreationTimeAfter",
    "LastModifiedTimeBefore",
    "SortBy",
    "StatusEquals",
    "ResourceArn",
    "ResourceARNList",
    "TagFilters",
    "ServiceCode",
    "OnStart",
    "Content",
];

/// Values that mean something to some member.
const WORDS: [&str; 12] = [
    "test",
    "legacy-scorecards",
    "ml.t3.medium",
    "Enabled",
    "sagemaker",
    "subnet-0aa1c0ffee00000a1",
    "arn:aws:iam::111122223333:role/Remediator",
    "arn:aws:sagemaker:us-east-1:111122223333:notebook-instance/test",
    "true",
    "-1",
    "aGVsbG8=",
    "",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![3 => select(&WORDS[..]).prop_map(str::to_owned), 2 => any::<String>(), 1 => "[\\x00-\\x20<&>]{0,9}", 1 => "[*?\\\\a]{0,60}"]
}

pub(crate) fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (0..200_i64).prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 8, |inner| {
        let key = prop_oneof![9 => select(&MEMBERS[..]).prop_map(str::to_owned), 1 => any::<String>()];
        let members = prop::collection::hash_map(key, inner.clone(), 0..8);
        prop_oneof![
            prop::collection::vec(inner, 0..8).prop_map(Value::from),
            members.prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// Requests that are right.
pub(crate) fn valid() -> Vec<(&'static str, Value)> {
    let name = json!({ "NotebookInstanceName": "test" });
    let arn = "arn:aws:sagemaker:us-east-1:111122223333:notebook-instance/test";
    let role = "arn:aws:iam::111122223333:role/service-role/AmazonSageMaker-ExecutionRole";
    vec![
        ("DescribeNotebookInstance", name.clone()),
        ("StartNotebookInstance", name.clone()),
        ("StopNotebookInstance", name),
        ("ListNotebookInstances", json!({ "MaxResults": 5, "SortBy": "Status", "NameContains": "a" })),
        (
            "CreateNotebookInstance",
            json!({
                "NotebookInstanceName": "new", "InstanceType": "ml.t3.medium", "RoleArn": role,
                "SubnetId": "subnet-0aa1c0ffee00000a1", "SecurityGroupIds": ["sg-0aa1c0ffee0000001"],
                "DirectInternetAccess": "Disabled", "VolumeSizeInGB": 5, "Tags": [{ "Key": "a", "Value": "b" }],
                "InstanceMetadataServiceConfiguration": { "MinimumInstanceMetadataServiceVersion": "2" },
            }),
        ),
        ("UpdateNotebookInstance", json!({ "NotebookInstanceName": "test", "VolumeSizeInGB": 50 })),
        ("AddTags", json!({ "ResourceArn": arn, "Tags": [{ "Key": "a", "Value": "b" }] })),
        ("DeleteTags", json!({ "ResourceArn": arn, "TagKeys": ["a"] })),
        ("ListTags", json!({ "ResourceArn": arn, "MaxResults": 50 })),
        (
            "CreateNotebookInstanceLifecycleConfig",
            json!({ "NotebookInstanceLifecycleConfigName": "new", "OnStart": [{ "Content": "aGVsbG8=" }] }),
        ),
    ]
}

/// A right request with one member replaced by anything.
pub(crate) fn nearly_valid() -> impl Strategy<Value = (&'static str, Value)> {
    (select(valid()), any::<prop::sample::Index>(), any_json()).prop_map(
        |((operation, mut input), at, other)| {
            let members = input.as_object_mut().unwrap();
            let name = members.keys().nth(at.index(members.len())).unwrap().clone();
            members.insert(name, other);
            (operation, input)
        },
    )
}

/// The name of a parameter, with any numbers in it.
fn parameter() -> impl Strategy<Value = String> {
    let number = || prop_oneof![4 => 0..5_u64, 1 => Just(99_999), 1 => any::<u64>()];
    prop_oneof![
        number().prop_map(|n| format!("Filter.{n}.Name")),
        (number(), number()).prop_map(|(n, m)| format!("Filter.{n}.Value.{m}")),
        (select(&["SubnetId", "VpcId", "GroupId", "ZoneName", "RegionName"][..]), number())
            .prop_map(|(name, n)| format!("{name}.{n}")),
        select(
            &[
                "MaxResults",
                "NextToken",
                "DryRun",
                "VpcId",
                "Attribute",
                "RoleArn",
                "DurationSeconds",
                "Filter"
            ][..]
        )
        .prop_map(str::to_owned),
        select(&["RoleSessionName", "ExternalId", "Action", "Version", "AllRegions"][..])
            .prop_map(str::to_owned),
        any::<String>(),
        "[\\x00-\\x20<&>.]{0,9}",
    ]
}

pub(crate) fn parameters() -> impl Strategy<Value = Vec<(String, String)>> {
    let filter =
        select(&["vpc-id", "tag:Name", "subnet-id", "state", "tag-key", "group-id", "zone-name"][..]);
    let value = prop_oneof![2 => text(), 1 => filter.prop_map(str::to_owned), 1 => "-?[0-9]{1,25}"];
    prop::collection::vec((parameter(), value), 0..8)
}
