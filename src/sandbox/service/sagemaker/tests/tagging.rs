//! AddTags, DeleteTags, ListTags.

use serde_json::{Value, json};

use super::world::Aws;

const ARN: &str = "arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/king";

fn tags(count: usize) -> Value {
    let tag = |at: usize| json!({ "Key": format!("key-{at:02}"), "Value": "v" });
    (0..count).map(tag).collect()
}

fn keys(aws: &Aws) -> Vec<String> {
    let answer = aws.ask("ListTags", json!({ "ResourceArn": ARN }));
    let key = |tag: &Value| tag["Key"].as_str().unwrap().to_owned();
    answer["Tags"].as_array().unwrap().iter().map(key).collect()
}

fn with_instance() -> Aws {
    let aws = Aws::new();
    aws.create("King", json!({})).unwrap();
    aws
}

#[test]
fn adding_replaces_and_deleting_forgets_whatever_the_case_of_the_arn() {
    let aws = with_instance();
    let arn = ARN.replace("king", "King");
    let add = |value| json!({ "ResourceArn": arn, "Tags": [{ "Key": "a", "Value": value }] });
    aws.ask("AddTags", add("1"));
    assert_eq!(aws.ask("AddTags", add("2")), json!({ "Tags": [{ "Key": "a", "Value": "2" }] }));
    aws.ask("AddTags", json!({ "ResourceArn": ARN, "Tags": [{ "Key": "A", "Value": "" }] }));
    assert_eq!(keys(&aws), ["A", "a"], "keys are told apart by case");
    aws.ask("DeleteTags", json!({ "ResourceArn": arn.to_uppercase().replace("ARN:AWS", "arn:aws").replace("SAGEMAKER:US-EAST-1", "sagemaker:us-east-1"), "TagKeys": ["A", "none"] }));
    assert_eq!(keys(&aws), ["a"]);
}

#[test]
fn reserved_keys_are_refused_in_any_case_and_stay() {
    let aws = with_instance();
    aws.edit(|site| {
        let tags = &mut site.notebook_mut("King").unwrap().tags;
        tags.insert("aws:cloudformation:stack-name".to_owned(), "s".to_owned());
    });
    for key in ["aws:cloudformation:stack-name", "AWS:x", "Aws:"] {
        let add = json!({ "ResourceArn": ARN, "Tags": [{ "Key": key, "Value": "v" }] });
        assert!(aws.refusal("AddTags", add).contains("reserved"));
        let delete = json!({ "ResourceArn": ARN, "TagKeys": [key] });
        assert!(aws.refusal("DeleteTags", delete).contains("reserved"));
        let tags = json!({ "Tags": [{ "Key": key, "Value": "v" }] });
        assert!(aws.create("other", tags).unwrap_err().1.contains("reserved"));
    }
    assert_eq!(keys(&aws), ["aws:cloudformation:stack-name"]);
}

#[test]
fn fifty_tags_of_ones_own_are_the_limit_and_those_of_others_do_not_count() {
    let aws = with_instance();
    aws.edit(|site| {
        let tags = &mut site.notebook_mut("King").unwrap().tags;
        tags.insert("aws:cloudformation:stack-name".to_owned(), "s".to_owned());
    });
    let added = aws.ask("AddTags", json!({ "ResourceArn": ARN, "Tags": tags(50) }));
    assert_eq!(added["Tags"].as_array().unwrap().len(), 50, "no answer has more");
    let one_more = json!({ "ResourceArn": ARN, "Tags": [{ "Key": "more", "Value": "" }] });
    aws.refusal("AddTags", one_more);
    aws.ask("AddTags", json!({ "ResourceArn": ARN, "Tags": [{ "Key": "key-07", "Value": "new" }] }));
    let first = aws.ask("ListTags", json!({ "ResourceArn": ARN, "MaxResults": 100 }));
    assert_eq!(first["Tags"].as_array().unwrap().len(), 50);
    let token = first["NextToken"].as_str().unwrap();
    let second = aws.ask("ListTags", json!({ "ResourceArn": ARN, "NextToken": token, "MaxResults": 1000 }));
    assert_eq!(second["Tags"].as_array().unwrap().len(), 1);
    assert_eq!(second.get("NextToken"), None);
}

#[test]
fn a_key_is_given_once() {
    let aws = with_instance();
    let twice = json!([{ "Key": "a", "Value": "1" }, { "Key": "a", "Value": "1" }]);
    assert!(aws.refusal("AddTags", json!({ "ResourceArn": ARN, "Tags": twice })).contains("Duplicate"));
    assert!(aws.create("other", json!({ "Tags": twice })).unwrap_err().1.contains("Duplicate"));
}

#[test]
fn other_accounts_regions_and_things_are_not_there() {
    let aws = with_instance();
    for arn in [
        ARN.replace("king", "queen"),
        ARN.replace("us-east-1", "eu-west-1"),
        ARN.replace("123456789012", "210987654321"),
        ARN.replace("notebook-instance/", "training-job/"),
        ARN.replace("arn:aws:", "arn:aws-cn:"),
    ] {
        aws.refusal("ListTags", json!({ "ResourceArn": arn }));
        aws.refusal("AddTags", json!({ "ResourceArn": arn, "Tags": tags(1) }));
        aws.refusal("DeleteTags", json!({ "ResourceArn": arn, "TagKeys": ["a"] }));
    }
}

#[test]
fn lifecycle_configs_have_tags_too() {
    let aws = Aws::new();
    let input = json!({ "NotebookInstanceLifecycleConfigName": "Setup", "Tags": tags(2) });
    let created = aws.ask("CreateNotebookInstanceLifecycleConfig", input);
    let arn = &created["NotebookInstanceLifecycleConfigArn"];
    aws.ask("DeleteTags", json!({ "ResourceArn": arn, "TagKeys": ["key-00"] }));
    let left = aws.ask("ListTags", json!({ "ResourceArn": arn }));
    assert_eq!(left, json!({ "Tags": [{ "Key": "key-01", "Value": "v" }] }));
}
