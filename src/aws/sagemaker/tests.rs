//! SageMaker over loopback: what is sent, what is read, and what is refused.

use serde_json::{Value, json};

use crate::api_error::{ApiError, ApiErrorKind};
use crate::aws::loopback::{Loopback, Reply, here};
use crate::execute::Cloud;
use crate::inventory::{Description, InstanceSource, Status};
use crate::plan::{CreateRequest, Tag};

/// A Describe answer with every member, as its own JSON.
fn described() -> Value {
    json!({
        "NotebookInstanceArn": "arn:aws:sagemaker:eu-west-1:123456789012:notebook-instance/nb",
        "NotebookInstanceName": "nb",
        "NotebookInstanceStatus": "Failed",
        "FailureReason": "no capacity",
        "Url": "nb.notebook.eu-west-1.sagemaker.aws",
        "InstanceType": "ml.future.7xlarge",
        "IpAddressType": "dualstack",
        "SubnetId": "subnet-1",
        "SecurityGroups": ["sg-1", "sg-2"],
        "RoleArn": "arn:aws:iam::123456789012:role/x",
        "KmsKeyId": "alias/key",
        "NetworkInterfaceId": "eni-1",
        "LastModifiedTime": "2026-01-02T03:04:05.006Z",
        "CreationTime": "2026-01-01T00:00:00Z",
        "NotebookInstanceLifecycleConfigName": "lcc",
        "DirectInternetAccess": "Disabled",
        "VolumeSizeInGB": 5,
        "AcceleratorTypes": ["ml.eia1.large"],
        "DefaultCodeRepository": "https://example.com/a",
        "AdditionalCodeRepositories": ["https://example.com/b"],
        "RootAccess": "Enabled",
        "PlatformIdentifier": "notebook-al2023-v1",
        "InstanceMetadataServiceConfiguration": {"MinimumInstanceMetadataServiceVersion": "2"},
    })
}

/// What Describe makes of an answer that differs from a complete one in one member.
async fn describe_with(member: &str, value: Value) -> Result<Option<Description>, ApiError> {
    let mut answer = described();
    answer["LastModifiedTime"] = json!(1767323045.006);
    answer["CreationTime"] = json!(1767225600);
    answer[member] = value;
    let server = Loopback::serving([Reply::json(200, &answer.to_string())]).await;
    Cloud::describe(&server.session(), &here(), &"nb".parse().unwrap()).await
}

#[tokio::test]
async fn every_member_of_a_describe_answer_is_read() {
    let description = describe_with("RootAccess", json!("Enabled")).await.unwrap().unwrap();
    assert_eq!(serde_json::to_value(&description).unwrap(), described());
}

#[tokio::test]
async fn values_newer_than_the_sdk_are_kept_as_text() {
    let description = describe_with("NotebookInstanceStatus", json!("Hibernating")).await.unwrap().unwrap();
    assert_eq!(description.notebook_instance_status, Status::Other("Hibernating".to_owned()));
    let description = describe_with("DirectInternetAccess", json!("Perhaps")).await.unwrap().unwrap();
    assert_eq!(description.direct_internet_access.as_deref(), Some("Perhaps"));
}

#[tokio::test]
async fn an_empty_subnet_is_no_subnet() {
    assert_eq!(describe_with("SubnetId", json!("")).await.unwrap().unwrap().subnet_id, None);
    assert_eq!(describe_with("SubnetId", json!(null)).await.unwrap().unwrap().subnet_id, None);
}

#[tokio::test]
async fn a_member_that_is_missing_or_ill_formed_makes_the_answer_unreadable() {
    let cases = [
        ("NotebookInstanceName", json!(null), "the answer has no NotebookInstanceName"),
        ("NotebookInstanceName", json!("other"), "the answer is about `other`, not `nb`"),
        ("NotebookInstanceArn", json!(null), "the answer has no NotebookInstanceArn"),
        ("NotebookInstanceArn", json!("nb"), "NotebookInstanceArn: `nb` is not an ARN"),
        ("NotebookInstanceStatus", json!(null), "the answer has no NotebookInstanceStatus"),
        ("NotebookInstanceStatus", json!(""), "the answer has no NotebookInstanceStatus"),
        ("SubnetId", json!("net-1"), "SubnetId: `net-1` is not a subnet id (subnet-...)"),
        ("SecurityGroups", json!(["sg-1", ""]), "SecurityGroups: `` is not a security group id (sg-...)"),
    ];
    for (member, value, message) in cases {
        let error = describe_with(member, value).await.unwrap_err();
        assert_eq!((error.kind, error.message.as_str()), (ApiErrorKind::Unreadable, message));
        assert_eq!(error.request_id.as_deref(), Some("req-1"));
    }
    let error = describe_with("CreationTime", json!(1e15)).await.unwrap_err();
    assert_eq!(error.kind, ApiErrorKind::Unreadable, "{error}");
}

#[tokio::test]
async fn an_instance_that_does_not_exist_is_none_and_other_failures_are_errors() {
    let missing = Reply::error("ValidationException", "RecordNotFound");
    let bad = Reply::error("ValidationException", "1 validation error detected: ...");
    let server = Loopback::serving([missing.clone(), bad, missing]).await;
    let (session, name) = (server.session(), "nb".parse().unwrap());
    assert_eq!(InstanceSource::describe(&session, &here(), &name).await, Ok(None));
    assert_eq!(Cloud::describe(&session, &here(), &name).await.unwrap_err().kind, ApiErrorKind::Invalid);
    assert_eq!(session.delete(&here(), &name).await.unwrap_err().kind, ApiErrorKind::NotFound);
}

#[tokio::test]
async fn tags_are_read_over_all_pages_and_one_without_a_value_is_unreadable() {
    let arn = "arn:aws:sagemaker:eu-west-1:123456789012:notebook-instance/nb".parse().unwrap();
    let first = Reply::json(200, r#"{"Tags":[{"Key":"b","Value":""}],"NextToken":"1"}"#);
    let second = Reply::json(200, r#"{"Tags":[{"Key":"a","Value":"1"}]}"#);
    let broken = Reply::json(200, r#"{"Tags":[{"Key":"a"}]}"#);
    let server = Loopback::serving([first, second, broken]).await;
    let session = server.session();
    let tags = Cloud::tags(&session, &here(), &arn).await.unwrap();
    assert_eq!(tags, [("a", "1"), ("b", "")].map(|(k, v)| (k.to_owned(), v.to_owned())).into());
    let error = InstanceSource::tags(&session, &here(), &arn).await.unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (ApiErrorKind::Unreadable, "the answer has no Value"));
}

#[tokio::test]
async fn a_create_sends_every_member_of_the_request_and_the_provenance_tags() {
    let request = json!({
        "NotebookInstanceName": "nb-vpc",
        "InstanceType": "ml.future.7xlarge",
        "SubnetId": "subnet-1",
        "SecurityGroupIds": ["sg-2", "sg-1"],
        "DirectInternetAccess": "Disabled",
        "RoleArn": "arn:aws:iam::123456789012:role/x",
        "KmsKeyId": "alias/key",
        "IpAddressType": "dualstack",
        "LifecycleConfigName": "lcc",
        "VolumeSizeInGB": 50,
        "DefaultCodeRepository": "https://example.com/a",
        "AdditionalCodeRepositories": ["https://example.com/b"],
        "RootAccess": "Disabled",
        "PlatformIdentifier": "notebook-al2023-v1",
        "InstanceMetadataServiceConfiguration": {"MinimumInstanceMetadataServiceVersion": "2"},
        "Tags": [{"Key": "team", "Value": "fraud"}],
    });
    let server = Loopback::serving([Reply::json(200, r#"{"NotebookInstanceArn":"arn:x"}"#)]).await;
    let parsed: CreateRequest = serde_json::from_value(request.clone()).unwrap();
    let provenance = [Tag { key: "remediate:run".to_owned(), value: "r1".to_owned() }];
    server.session().create(&here(), &parsed, &provenance).await.unwrap();

    let mut expected = request;
    expected["Tags"] = json!([{"Key": "team", "Value": "fraud"}, {"Key": "remediate:run", "Value": "r1"}]);
    let [sent] = server.requests().try_into().unwrap();
    assert_eq!(sent.target, "SageMaker.CreateNotebookInstance");
    assert_eq!(serde_json::from_str::<Value>(&sent.body).unwrap(), expected);
}

#[tokio::test]
async fn a_create_leaves_out_what_the_request_leaves_out() {
    let request = json!({
        "NotebookInstanceName": "nb-vpc",
        "InstanceType": "ml.t3.medium",
        "SubnetId": "subnet-1",
        "SecurityGroupIds": ["sg-1"],
        "DirectInternetAccess": "Disabled",
        "RoleArn": "arn:aws:iam::123456789012:role/x",
    });
    let server = Loopback::serving([Reply::json(200, "{}")]).await;
    let parsed: CreateRequest = serde_json::from_value(request.clone()).unwrap();
    server.session().create(&here(), &parsed, &[]).await.unwrap();
    assert_eq!(serde_json::from_str::<Value>(&server.requests()[0].body).unwrap(), request);
}

#[tokio::test]
async fn stop_start_and_delete_name_the_instance_and_nothing_else() {
    let server = Loopback::serving(vec![Reply::json(200, ""); 3]).await;
    let (session, name) = (server.session(), "nb".parse().unwrap());
    session.stop(&here(), &name).await.unwrap();
    session.start(&here(), &name).await.unwrap();
    session.delete(&here(), &name).await.unwrap();
    let sent: Vec<String> =
        server.requests().into_iter().map(|request| format!("{} {}", request.target, request.body)).collect();
    let expected = ["Stop", "Start", "Delete"]
        .map(|verb| format!(r#"SageMaker.{verb}NotebookInstance {{"NotebookInstanceName":"nb"}}"#));
    assert_eq!(sent, expected);
}
