//! Repairs in place, in the sandbox: moto has no UpdateNotebookInstance. boto3 and the AWS CLI, written by others, say what
//! became of the instances.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use remediate::plan::Plan;
use serde_json::Value;

use crate::judges::{Named, run};
use crate::support::remediate::{Finished, Remediate, apply};
use crate::support::sandbox::Served;

const SCENARIO: &str = include_str!("../../examples/repairs.toml");
const POLICY: &str = include_str!("../../examples/repairs-policy.toml");

/// What boto3 reports of every instance, a JSON object by name.
const DESCRIBED: &str = "
import boto3, json
client = boto3.client('sagemaker', region_name='us-east-1')
pages = client.get_paginator('list_notebook_instances').paginate()
names = [one['NotebookInstanceName'] for page in pages for one in page['NotebookInstances']]
described = {name: client.describe_notebook_instance(NotebookInstanceName=name) for name in names}
for one in described.values():
    del one['ResponseMetadata']
print(json.dumps(described, default=str))
";

struct Repairs<'a> {
    python: &'a Path,
    sandbox: Served,
    remediate: Remediate,
}

/// The tests of this file.
pub(crate) fn tests() -> Vec<Named> {
    type Told = fn(&Path);
    let stories: [(&str, Told); 3] = [
        ("what_needs_no_new_instance_is_repaired_and_given_back", repaired_and_given_back),
        ("what_may_not_be_updated_runs_again_as_it_was", not_updated),
        ("what_cannot_be_upgraded_after_its_stop_is_said_to_be_off", off),
    ];
    stories.map(|(name, story)| (format!("repairs::{name}"), Box::new(story) as Box<_>)).into()
}

impl Repairs<'_> {
    fn start<'a>(python: &'a Path, fault: &str) -> Repairs<'a> {
        let program = Path::new(env!("CARGO_BIN_EXE_remediate"));
        let directory = tempfile::tempdir().unwrap();
        let scenario = directory.path().join("scenario.toml");
        std::fs::write(&scenario, format!("{SCENARIO}{fault}")).unwrap();
        let sandbox = Served::start(program, &scenario, 600);
        let mut remediate = Remediate::new(program, sandbox.endpoint());
        for (name, value) in &sandbox.exports {
            remediate.set(name, value);
        }
        let policy = POLICY.replace("[limits]", "[limits]\npoll_interval = \"5s\"\nmax_failures = 9");
        remediate.write("policy.toml", &policy);
        Repairs { python, sandbox, remediate }
    }

    fn applied(&self) -> Finished {
        let _ = self.remediate.run(&["plan", "--out", "plan.json"]).expect(0);
        let file = self.remediate.directory().join("plan.json");
        let plan: Plan = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        self.remediate.run(&apply("plan.json", &plan.digest))
    }

    fn boto3(&self) -> BTreeMap<String, Value> {
        let mut command = Command::new(self.python);
        command.args(["-c", DESCRIBED]).env_clear().envs(&self.sandbox.exports);
        serde_json::from_str(&run(&mut command, "boto3")).unwrap()
    }

    /// The same of one instance, by the AWS CLI.
    fn aws_cli(&self, name: &str) -> Value {
        let mut command = Command::new(self.python.with_file_name("aws"));
        command.args([
            "sagemaker",
            "describe-notebook-instance",
            "--region",
            "us-east-1",
            "--output",
            "json",
        ]);
        command.args(["--notebook-instance-name", name]).env_clear().envs(&self.sandbox.exports);
        serde_json::from_str(&run(&mut command, "the AWS CLI")).unwrap()
    }
}

/// Status, root access, platform and version of the metadata service.
fn state(described: &Value) -> [&str; 4] {
    let service = &described["InstanceMetadataServiceConfiguration"]["MinimumInstanceMetadataServiceVersion"];
    let members = ["NotebookInstanceStatus", "RootAccess", "PlatformIdentifier"].map(|name| &described[name]);
    let [status, root, platform] = members.map(|member| member.as_str().unwrap());
    [status, root, platform, service.as_str().unwrap()]
}

fn repaired_and_given_back(python: &Path) {
    let story = Repairs::start(python, "");
    let before = story.boto3();
    let _ = story.applied().expect(0);
    let after = story.boto3();
    let new = "notebook-al2023-v1";
    assert_eq!(state(&after["root-running"]), ["InService", "Disabled", new, "2"]);
    assert_eq!(state(&after["imds-stopped"]), ["Stopped", "Disabled", new, "2"]);
    assert_eq!(state(&after["platform-running"]), ["InService", "Disabled", new, "2"]);
    assert_eq!(state(&after["exposed-vpc"]), ["InService", "Disabled", new, "2"]);
    for name in ["platform-on-p3", "oldest"] {
        assert_eq!(after[name], before[name], "{name}");
    }
    // All that is left to plan is what was withheld.
    let left = story.remediate.run(&["plan", "--format", "json", "--out", "again.json"]).expect(0).json();
    assert!(left["items"].as_array().unwrap().is_empty() && left.get("repairs").is_none(), "{left}");

    // Its platform is all that was changed of one, and that is not given back.
    let back = story.remediate.run(&["rollback", "--confirm"]).expect(30);
    back.mentions("nothing but its platform was changed, to notebook-al2023-v1");
    assert_eq!(state(&story.aws_cli("root-running")), ["InService", "Enabled", new, "2"]);
    assert_eq!(state(&story.aws_cli("imds-stopped")), ["Stopped", "Disabled", new, "1"]);
    assert_eq!(state(&story.aws_cli("platform-running")), ["InService", "Disabled", new, "2"]);
    let ended = story.boto3();
    for name in ["root-running", "imds-stopped", "exposed"] {
        assert_eq!(state(&ended[name]), state(&before[name]), "{name}");
    }
    assert!(!ended.contains_key("exposed-vpc"));
}

fn not_updated(python: &Path) {
    let denied =
        "[[fault]]\nkind = \"access-denied\"\noperation = \"UpdateNotebookInstance\"\nnames = [\"root-*\"]\n";
    let story = Repairs::start(python, denied);
    let before = story.boto3();
    story.applied().expect(30).mentions("UpdateNotebookInstance");
    assert_eq!(state(&story.boto3()["root-running"]), state(&before["root-running"]));
}

fn off(python: &Path) {
    let denied = "[[fault]]\nkind = \"access-denied\"\noperation = \"UpdateNotebookInstance\"\nnames = [\"platform-running\"]\n";
    let story = Repairs::start(python, denied);
    let told = story.applied().expect(30);
    told.mentions("the source is OFF: AWS no longer starts its platform notebook-al2-v3");
    told.mentions("--platform-identifier notebook-al2023-v1");
    assert_eq!(state(&story.boto3()["platform-running"])[0], "Stopped");
}
