//! ListNotebookInstances.

use std::time::Duration;

use serde_json::{Value, json};

use super::world::Aws;

const LIST: &str = "ListNotebookInstances";

fn names(answer: &Value) -> Vec<String> {
    let name = |one: &Value| one["NotebookInstanceName"].as_str().unwrap().to_owned();
    answer["NotebookInstances"].as_array().unwrap().iter().map(name).collect()
}

/// All pages of a question.
fn pages(aws: &Aws, question: &Value) -> Vec<Vec<String>> {
    let mut question = question.clone();
    let mut pages = Vec::new();
    loop {
        let answer = aws.ask(LIST, question.clone());
        pages.push(names(&answer));
        match answer.get("NextToken") {
            Some(token) => question["NextToken"] = token.clone(),
            None => return pages,
        }
    }
}

/// Three instances, a second apart; the first is stopped, the others are in service.
fn three() -> Aws {
    let aws = Aws::new();
    aws.ask(
        "CreateNotebookInstanceLifecycleConfig",
        json!({ "NotebookInstanceLifecycleConfigName": "Setup" }),
    );
    let members = [
        json!({}),
        json!({ "LifecycleConfigName": "Setup", "DefaultCodeRepository": "https://github.com/a/b" }),
        json!({ "AdditionalCodeRepositories": ["one", "two"] }),
    ];
    for (name, members) in ["b", "C", "a"].into_iter().zip(members) {
        aws.create(name, members).unwrap();
        aws.pass(Duration::from_secs(1));
    }
    aws.wait();
    aws.on("StopNotebookInstance", "b").unwrap();
    aws.wait();
    aws
}

#[test]
fn a_summary_has_no_more_than_the_service_gives() {
    let aws = Aws::new();
    aws.create("a", json!({ "AdditionalCodeRepositories": ["one"] })).unwrap();
    let wanted = json!({
        "NotebookInstanceName": "a",
        "NotebookInstanceArn": "arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/a",
        "NotebookInstanceStatus": "Pending",
        "Url": "a.notebook.us-east-1.sagemaker.aws",
        "InstanceType": "ml.t3.medium",
        "CreationTime": 1_772_352_000.125,
        "LastModifiedTime": 1_772_352_000.125,
        "AdditionalCodeRepositories": ["one"],
    });
    assert_eq!(aws.ask(LIST, json!({})), json!({ "NotebookInstances": [wanted] }));
}

#[test]
fn lists_are_sorted_as_asked_and_by_name_otherwise() {
    let aws = three();
    let sorted = |by: &str, order: &str| {
        let both = names(&aws.ask(LIST, json!({ "SortBy": by, "SortOrder": order })));
        let single = pages(&aws, &json!({ "SortBy": by, "SortOrder": order, "MaxResults": 1 }));
        assert_eq!(both, single.concat(), "in one page or in many");
        both
    };
    assert_eq!(names(&aws.ask(LIST, json!({}))), ["a", "b", "C"]);
    assert_eq!(sorted("Name", "Descending"), ["C", "b", "a"]);
    assert_eq!(sorted("CreationTime", "Ascending"), ["b", "C", "a"]);
    assert_eq!(sorted("CreationTime", "Descending"), ["a", "C", "b"]);
    assert_eq!(sorted("Status", "Ascending"), ["a", "C", "b"]);
    assert_eq!(sorted("Status", "Descending"), ["b", "C", "a"]);
}

#[test]
fn each_filter_leaves_out_what_it_should() {
    let aws = three();
    let start = 1_772_352_000.125;
    let cases = [
        (json!({ "NameContains": "C" }), vec!["C"]),
        (json!({ "NameContains": "c" }), vec![]),
        (json!({ "StatusEquals": "Stopped" }), vec!["b"]),
        (json!({ "StatusEquals": "InMaintenance" }), vec![]),
        (json!({ "NotebookInstanceLifecycleConfigNameContains": "etu" }), vec!["C"]),
        (json!({ "DefaultCodeRepositoryContains": "github" }), vec!["C"]),
        (json!({ "AdditionalCodeRepositoryEquals": "two" }), vec!["a"]),
        (json!({ "CreationTimeAfter": start }), vec!["a", "C"]),
        (json!({ "CreationTimeBefore": start + 1.0 }), vec!["b"]),
        (json!({ "CreationTimeAfter": start, "CreationTimeBefore": start + 2.0 }), vec!["C"]),
        (json!({ "LastModifiedTimeAfter": start + 3000.0 }), vec!["b"]),
        (json!({ "LastModifiedTimeBefore": start }), vec![]),
        (json!({ "CreationTimeAfter": 1e300 }), vec![]),
    ];
    for (question, wanted) in cases {
        assert_eq!(names(&aws.ask(LIST, question.clone())), wanted, "{question}");
    }
}

#[test]
fn pages_have_ten_entries_unless_asked_otherwise_and_an_empty_page_is_the_only_one() {
    let aws = Aws::new();
    assert_eq!(aws.ask(LIST, json!({})), json!({ "NotebookInstances": [] }));
    for at in 0..20 {
        aws.create(&format!("nb-{at:02}"), json!({})).unwrap();
    }
    let pages = pages(&aws, &json!({}));
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [10, 10]);
    assert_eq!(names(&aws.ask(LIST, json!({ "MaxResults": 100 }))).len(), 20);
}

#[test]
fn a_token_survives_the_entry_that_it_stands_for() {
    for sort_by in ["Name", "CreationTime", "Status"] {
        let aws = three();
        let first = aws.ask(LIST, json!({ "MaxResults": 1, "SortBy": sort_by }));
        let gone = names(&first).remove(0);
        aws.edit(|site| {
            site.notebooks.remove(&gone.to_lowercase());
        });
        let rest = json!({ "SortBy": sort_by, "NextToken": first["NextToken"] });
        assert_eq!(names(&aws.ask(LIST, rest)).len(), 2, "{sort_by}");
    }
}

#[test]
fn a_token_answers_no_other_question() {
    let aws = three();
    let first = aws.ask(LIST, json!({ "MaxResults": 1 }));
    let token = first["NextToken"].as_str().unwrap();
    for question in [
        json!({ "NextToken": token, "SortOrder": "Descending" }),
        json!({ "NextToken": token, "SortBy": "Status" }),
        json!({ "NextToken": token, "NameContains": "a" }),
        json!({ "NextToken": token, "CreationTimeAfter": 0 }),
        json!({ "NextToken": &token[1..] }),
        json!({ "NextToken": "garbage" }),
        json!({ "NextToken": "" }),
    ] {
        assert_eq!(aws.refusal(LIST, question), "Invalid NextToken");
    }
    aws.ask(LIST, json!({ "NextToken": token, "SortBy": "Name", "MaxResults": 7 }));
}
