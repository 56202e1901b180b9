//! Stories of permissions: `doctor` finds nothing missing and changes nothing, and AWS's own data knows what is printed.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::story::Story;
use crate::{Aws, Named};

/// The tests of this file.
pub(crate) fn tests() -> Vec<Named> {
    crate::tests![
        doctor_finds_nothing_missing_and_changes_nothing,
        doctor_says_what_to_do_without_credentials,
        a_region_or_profile_that_is_set_and_is_none_is_named_and_nothing_is_sent,
        a_role_that_may_not_be_assumed_is_a_matter_of_access_and_not_of_old_credentials,
        a_region_that_the_account_has_not_enabled_is_a_gap_that_says_so,
    ]
}

/// A test's name and what it does with the Python that has cfn-lint.
type Judged = (String, Box<dyn FnOnce(&Path) + Send>);

/// The tests of this file that cfn-lint judges.
pub(crate) fn judged() -> Vec<Judged> {
    vec![(
        "access::cfn_lint_knows_every_action_that_is_printed".to_owned(),
        Box::new(cfn_lint_knows_every_action_that_is_printed),
    )]
}

fn doctor_finds_nothing_missing_and_changes_nothing(aws: &Aws) {
    let story = Story::small(aws);
    let finished = story.remediate.run(&["doctor", "--format", "json"]);
    let report = finished.json();
    let unwell: Vec<&Value> = report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| !["ok", "not-probed"].contains(&check["state"].as_str().unwrap()))
        .collect();
    let (expected, exit): (&[&str], i32) = match aws {
        Aws::Sandbox => (&[], 0),
        // moto 5.2.5 breaks when it is asked for SageMaker's quotas: nobody knows then whether that is allowed.
        Aws::Moto(_) => (&["servicequotas:ListServiceQuotas"], 30),
    };
    let names: Vec<&str> = unwell.iter().map(|check| check["name"].as_str().unwrap()).collect();
    assert_eq!(names, expected, "{unwell:#?}");
    assert!(unwell.iter().all(|check| check["state"] == "unknown"), "{unwell:#?}");
    let _ = finished.expect(exit);
    let calls = story.proxy.calls();
    for call in &calls {
        let reads = ["Describe", "Get", "List"].iter().any(|verb| call.operation.starts_with(verb));
        assert!(reads || call.operation == "CreateNetworkInterface", "{call:?}");
    }
    assert!(calls.len() <= 52, "{} calls", calls.len());
}

fn doctor_says_what_to_do_without_credentials(aws: &Aws) {
    let mut story = Story::small(aws);
    story.remediate.without_credentials();
    let finished = story.remediate.run(&["doctor"]).expect(40);
    let _ = finished.mentions("credentials").mentions("AWS_PROFILE").mentions("missing");
}

const CONFIG: &str = "
[profile misspelt]
region = us_east_1
[profile role]
role_arn = arn:aws:iam::123456789012:role/NotForYou
source_profile = own
region = us-east-1
[profile own]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
";

/// The policy lists regions that could be looked at: they do not take the place of one that is set and is none.
fn a_region_or_profile_that_is_set_and_is_none_is_named_and_nothing_is_sent(aws: &Aws) {
    let mut story = Story::small(aws);
    story.remediate.write("config", CONFIG);
    story.remediate.set("AWS_CONFIG_FILE", "config");
    let refused = |story: &Story, arguments: &[&str], says: &str| {
        let _ = story.remediate.run(arguments).expect(2).mentions(says);
        assert!(story.proxy.calls().is_empty(), "{says}");
    };
    refused(&story, &["plan", "--profile", "nobody"], "there is no profile `nobody`, which --profile names");
    refused(&story, &["audit", "--region", "us_east_1"], "--region");
    refused(
        &story,
        &["audit", "--profile", "misspelt"],
        "region of profile `misspelt` is wrong: `us_east_1` is not a region",
    );
    story.remediate.set("AWS_PROFILE", "nobody");
    refused(&story, &["audit"], "there is no profile `nobody`, which AWS_PROFILE names");
    story.remediate.set("AWS_PROFILE", "");
    for variable in ["AWS_DEFAULT_REGION", "AWS_REGION"] {
        story.remediate.set(variable, "us_east_1");
        refused(&story, &["audit"], &format!("{variable} is wrong: `us_east_1` is not a region"));
    }
    story.remediate.set("AWS_REGION", "us-east-1");
    let _ = story.remediate.run(&["audit"]).expect(0);
    // AWS opens regions every year: one that looks like a region is asked for.
    story.remediate.set("AWS_REGION", "us-esat-1");
    let unknown = story.remediate.run(&["audit", "--endpoint-url", "http://127.0.0.1:1"]).expect(40);
    let _ = unknown.mentions("the region us-esat-1 is set by AWS_REGION");
}

fn a_role_that_may_not_be_assumed_is_a_matter_of_access_and_not_of_old_credentials(aws: &Aws) {
    // moto gives every role to everybody.
    let Aws::Sandbox = aws else { return };
    let mut story = Story::small(aws);
    story.remediate.write("config", CONFIG);
    story.remediate.set("AWS_CONFIG_FILE", "config");
    for command in ["audit", "doctor"] {
        let finished = story.remediate.run(&[command, "--profile", "role"]).expect(40);
        let _ = finished.mentions("the role may not be assumed (AccessDenied): ");
        let _ = finished
            .mentions("is not authorized to perform: sts:AssumeRole on resource")
            .mentions("trust policy")
            .mentions("[request ");
        assert!(
            !finished.said().contains("expired") && !finished.said().contains("Error {"),
            "{}",
            finished.said()
        );
    }
}

fn a_region_that_the_account_has_not_enabled_is_a_gap_that_says_so(aws: &Aws) {
    // moto has every region in every account.
    let Aws::Sandbox = aws else { return };
    let story = Story::small(aws);
    let finished = story.remediate.run(&["audit", "--region", "us-east-1,af-south-1"]).expect(30);
    let _ = finished.mentions("AWS answers so too where af-south-1 is not enabled for the account");
}

fn cfn_lint_knows_every_action_that_is_printed(python: &Path) {
    let story = Story::with(&Aws::Sandbox, 12, 2);
    let plan = story.remediate.directory().join("plan.json");
    let plan = plan.to_str().unwrap();
    let _ = story.remediate.run(&["plan", "--out", plan]).expect(0);
    let mut resources = serde_json::Map::new();
    for role in ["reader", "operator"] {
        for narrow in [&[][..], &["--plan", plan], &["--storage", "s3://work-bucket/a"]] {
            let arguments = [&["iam-policy", "--role", role][..], narrow].concat();
            let printed = story.remediate.run(&arguments).expect(0).json();
            let documents = printed.as_array().cloned().unwrap_or_else(|| vec![printed]);
            for document in documents {
                let name = format!("Policy{}", resources.len());
                let policy = json!({ "Type": "AWS::IAM::ManagedPolicy", "Properties": { "PolicyDocument": document } });
                resources.insert(name, policy);
            }
        }
    }
    let role = story
        .remediate
        .run(&["iam-policy", "--role", "execution", "--storage", "s3://work-bucket/a"])
        .expect(0);
    resources.insert("Role".to_owned(), json!({ "Type": "AWS::IAM::Role", "Properties": role.json() }));
    let template = json!({ "AWSTemplateFormatVersion": "2010-09-09", "Resources": resources });
    let file = story.remediate.directory().join("template.json");
    std::fs::write(&file, template.to_string()).unwrap();
    let mut lint = Command::new(python);
    // Its own program is not in the environment. The warnings too: an action that AWS does not have is one.
    lint.args(["-c", "import sys; from cfnlint.runner import main; sys.exit(main())"]);
    lint.args(["--regions", "us-east-1", "--include-checks", "I", "W", "--"]).arg(&file);
    let output = lint.output().unwrap();
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}
