//! Stories of runs that move the files themselves, by the program in the sandbox. boto3, written by others, says what became of
//! the instances, and harms what lies in the bucket.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use remediate::clock::{Clock, SystemClock, elapsed};
use remediate::journal::{self, Call, Entry};
use remediate::plan::{Plan, TransferKind};
use serde_json::Value;

use crate::interrupted::PATIENCE;
use crate::judges::{Named, run};
use crate::support::remediate::{Finished, Remediate, apply};
use crate::support::sandbox::Served;

/// A network and a bucket.
pub(crate) const NETWORK: &str = r#"
format = 1
default_vpc = false

[[account]]
id = "111122223333"
regions = ["us-east-1"]

[[network]]
name = "research"
regions = ["us-east-1"]
cidr = "10.20.0.0/16"
egress = "nat"

[[network.subnet]]
name = "a"
id = "subnet-0e1a"
cidr = "10.20.0.0/24"

[[network.security_group]]
name = "notebooks"
id = "sg-0e1a"

[[bucket]]
name = "acme-sagemaker-moves"
region = "us-east-1"
"#;

/// So fast that a run takes seconds, and so slow that no look at an instance comes a minute after the one before it, also on a
/// busy machine: whoever looks away so long deletes no source.
const SPEED: u32 = 100;

/// What AWS does is soon done.
const QUICK: &str = r#"
[latency]
create = "60s"
start = "30s"
stop = "20s"
update = "10s"
delete = "20s"
transfer = "60s"
"#;

/// An instance of each kind: one that runs and has an OnStart script and repositories, one that is stopped, and one whose
/// OnCreate script must run on the replacement before its files come.
const INSTANCES: &str = r##"
[[lifecycle_config]]
name = "idle-stop"
on_start = "#!/bin/bash\ntrue\n"

[[lifecycle_config]]
name = "once"
on_create = "#!/bin/bash\ntouch /home/ec2-user/SageMaker/made\n"

[[notebook]]
name = "runs"
lifecycle_config = "idle-stop"
default_code_repository = "https://git.example.com/fraud.git"
additional_code_repositories = ["https://git.example.com/more.git"]

[[notebook]]
name = "off"
status = "Stopped"

[[notebook]]
name = "created-once"
lifecycle_config = "once"
"##;

pub(crate) const POLICY: &str = r#"
format = 1

[scope]
regions = ["us-east-1"]

[rules]
root-access = "off"
platform = "off"
kms-key = "off"
imds-v2 = "off"

[defaults]
data = "s3"
delete_source = "cleanup"

[transfer]
bucket = "acme-sagemaker-moves"

[[target]]
name = "research"
match = { regions = ["us-east-1"] }
subnets = ["subnet-0e1a"]
security_groups = ["sg-0e1a"]

[limits]
max_percent = 100
canary = 0
poll_interval = "5s"
"#;

const NAMES: [&str; 3] = ["created-once", "off", "runs"];

/// What boto3 reports: every instance by name, and the names of all lifecycle configurations.
const DESCRIBED: &str = "
import boto3, json
client = boto3.client('sagemaker')
pages = client.get_paginator('list_notebook_instances').paginate()
names = [one['NotebookInstanceName'] for page in pages for one in page['NotebookInstances']]
described = {name: client.describe_notebook_instance(NotebookInstanceName=name) for name in names}
pages = client.get_paginator('list_notebook_instance_lifecycle_configs').paginate()
configs = [one['NotebookInstanceLifecycleConfigName'] for page in pages for one in page['NotebookInstanceLifecycleConfigs']]
print(json.dumps([described, configs], default=str))
";

/// Changes the last byte of an object, and writes it again with the checksum of what it is then.
const DAMAGE: &str = "
import boto3, sys
from botocore.config import Config
s3 = boto3.client('s3', config=Config(s3={'addressing_style': 'path'}))
bucket, prefix, name = sys.argv[1:]
[key] = [one['Key'] for one in s3.list_objects_v2(Bucket=bucket, Prefix=prefix)['Contents'] if one['Key'].endswith(name)]
body = bytearray(s3.get_object(Bucket=bucket, Key=key)['Body'].read())
body[-1] ^= 1
s3.put_object(Bucket=bucket, Key=key, Body=bytes(body), ChecksumAlgorithm='SHA256')
";

/// The tests of this file.
pub(crate) fn tests() -> Vec<Named> {
    type Told = fn(&Path);
    let stories: [(&str, Told); 5] = [
        ("a_run_moves_the_files_and_a_cleanup_deletes_the_sources", moved_and_cleaned_up),
        ("what_a_run_has_moved_is_rolled_back", moved_and_rolled_back),
        ("a_run_that_is_killed_during_an_export_is_resumed", killed_and_resumed),
        ("what_a_run_has_moved_is_listed_and_proven_again_until_it_is_damaged", listed_and_damaged),
        ("what_no_run_has_moved_yet_is_said", not_moved_yet),
    ];
    stories.map(|(name, story)| (format!("moves::{name}"), Box::new(story) as Box<_>)).into()
}

/// A sandbox with a bucket, and the program in a directory of its own.
pub(crate) struct Moves<'a> {
    pub(crate) python: &'a Path,
    pub(crate) sandbox: Served,
    pub(crate) remediate: Remediate,
}

/// What boto3 has seen.
pub(crate) struct SeenByBoto3 {
    pub(crate) instances: BTreeMap<String, Value>,
    configs: BTreeSet<String>,
}

impl Moves<'_> {
    pub(crate) fn start<'a>(python: &'a Path, scenario: &str, (speed, policy): (u32, &str)) -> Moves<'a> {
        let program = Path::new(env!("CARGO_BIN_EXE_remediate"));
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("scenario.toml");
        fs::write(&path, scenario).unwrap();
        let sandbox = Served::start(program, &path, speed);
        let mut remediate = Remediate::new(program, sandbox.endpoint());
        sandbox.exports.iter().for_each(|(name, value)| remediate.set(name, value));
        remediate.write("policy.toml", policy);
        Moves { python, sandbox, remediate }
    }

    /// All three instances.
    fn usual(python: &Path) -> Moves<'_> {
        Moves::start(python, &format!("{NETWORK}{INSTANCES}{QUICK}"), (SPEED, POLICY))
    }

    pub(crate) fn plan(&self) -> Plan {
        let _ = self.remediate.run(&["plan", "--out", "plan.json"]).expect(0);
        let file = self.remediate.directory().join("plan.json");
        serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
    }

    fn applied(&self) -> Finished {
        self.remediate.run(&apply("plan.json", &self.plan().digest)).expect(0)
    }

    /// The directory of the only run.
    fn run_directory(&self) -> Option<PathBuf> {
        let runs = fs::read_dir(self.remediate.directory().join(".remediate/runs")).ok()?;
        let runs: Vec<PathBuf> = runs.map(|entry| entry.unwrap().path()).collect();
        assert!(runs.len() < 2, "one run was expected: {runs:?}");
        runs.into_iter().next()
    }

    pub(crate) fn run_id(&self) -> String {
        self.run_directory().unwrap().file_name().unwrap().to_str().unwrap().to_owned()
    }

    /// What the journal of the only run says so far.
    fn journal(&self) -> Vec<Entry> {
        let file = self.run_directory().map(|run| run.join("journal.jsonl")).filter(|file| file.is_file());
        let records = file.map(|file| journal::read(&file).unwrap().records).unwrap_or_default();
        records.into_iter().map(|record| record.entry).collect()
    }

    pub(crate) fn boto3(&self) -> SeenByBoto3 {
        let mut command = Command::new(self.python);
        command.args(["-c", DESCRIBED]).env_clear().envs(&self.sandbox.exports);
        let (instances, configs) = serde_json::from_str(&run(&mut command, "boto3")).unwrap();
        SeenByBoto3 { instances, configs }
    }

    fn damage(&self, prefix: &str, name: &str) {
        let mut command = Command::new(self.python);
        command.args(["-c", DAMAGE, "acme-sagemaker-moves", prefix, name]);
        command.env_clear().envs(&self.sandbox.exports);
        run(&mut command, "boto3");
    }
}

impl SeenByBoto3 {
    /// What an instance has of its own beside its place: its status, lifecycle configuration and repositories.
    fn own(&self, name: &str) -> [Value; 4] {
        [
            "NotebookInstanceStatus",
            "NotebookInstanceLifecycleConfigName",
            "DefaultCodeRepository",
            "AdditionalCodeRepositories",
        ]
        .map(|member| self.instances[name][member].clone())
    }

    /// The configurations that runs make.
    pub(crate) fn of_runs(&self) -> Vec<&String> {
        self.configs.iter().filter(|name| name.starts_with("remediate-")).collect()
    }
}

/// Each replacement is in the subnet and has what its source had; nothing of the run is left over.
fn assert_moved(before: &SeenByBoto3, after: &SeenByBoto3) {
    for name in NAMES {
        let replacement = format!("{name}-vpc");
        assert_eq!(after.own(&replacement), before.own(name), "{name}");
        assert_eq!(after.instances[&replacement]["SubnetId"], "subnet-0e1a", "{name}");
    }
    assert_eq!(after.of_runs(), Vec::<&String>::new());
    assert!(after.configs.contains("idle-stop") && after.configs.contains("once"), "{:?}", after.configs);
}

fn moved_and_cleaned_up(python: &Path) {
    let story = Moves::usual(python);
    let before = story.boto3();
    let plan = story.plan();
    assert!(plan.items.iter().all(|item| item.moved_by_run().is_some()) && plan.items.len() == NAMES.len());
    let shown = story.remediate.run(&["show", "plan.json"]).expect(0);
    let _ = shown.mentions("s3://acme-sagemaker-moves/remediate").mentions("export");
    let applied = story.remediate.run(&apply("plan.json", &plan.digest)).expect(0);
    assert_eq!(applied.said().matches(", with its files (").count(), NAMES.len(), "{}", applied.said());
    let after = story.boto3();
    assert_moved(&before, &after);
    for name in NAMES {
        let mut own = before.own(name);
        own[0] = "Stopped".into();
        assert_eq!(after.own(name), own, "{name}");
    }
    let _ = story.remediate.run(&["status"]).expect(0).mentions("replaced by off-vpc, with its files (");

    let _ = story.remediate.run(&["cleanup", "--confirm"]).expect(0).mentions("(source deleted)");
    let ended = story.boto3();
    assert_moved(&before, &ended);
    assert!(NAMES.iter().all(|name| !ended.instances.contains_key(*name)), "{:?}", ended.instances.keys());
}

fn moved_and_rolled_back(python: &Path) {
    let story = Moves::usual(python);
    let before = story.boto3();
    let _ = story.applied();
    let _ = story.remediate.run(&["rollback", "--confirm"]).expect(0).mentions("3 rolled back");
    let ended = story.boto3();
    for name in NAMES {
        assert_eq!(ended.own(name), before.own(name), "{name}");
        assert!(!ended.instances.contains_key(&format!("{name}-vpc")), "{name}");
    }
    assert_eq!(ended.of_runs(), Vec::<&String>::new());
}

fn killed_and_resumed(python: &Path) {
    // Six seconds: long enough for a kill, on any machine.
    let slow = QUICK.replace("transfer = \"60s\"", "transfer = \"10m\"");
    let story = Moves::start(python, &format!("{NETWORK}{INSTANCES}{slow}"), (SPEED, POLICY));
    let before = story.boto3();
    let plan = story.plan();
    let mut command = story.remediate.command(&apply("plan.json", &plan.digest));
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let started =
        |entry: &Entry| matches!(entry, Entry::CallEnded { call: Call::StartExport, error: None, .. });
    let begun = SystemClock.now();
    while !story.journal().iter().any(started) {
        assert!(child.try_wait().unwrap().is_none(), "it ended before an export began");
        assert!(elapsed(begun, SystemClock.now()) < PATIENCE, "no export begins");
        std::thread::yield_now();
    }
    // On Unix this is SIGKILL.
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().code(), None);
    let moved = |entry: &Entry| matches!(entry, Entry::FilesMoved { .. });
    assert!(!story.journal().iter().any(moved), "killed too late");
    assert!(!story.boto3().of_runs().is_empty(), "its configurations are there");

    let resumed = story.remediate.run(&["resume", "--confirm"]).expect(0);
    assert_eq!(resumed.said().matches(", with its files (").count(), NAMES.len(), "{}", resumed.said());
    assert_moved(&before, &story.boto3());
    let exports = story
        .journal()
        .into_iter()
        .filter(|entry| matches!(entry, Entry::FilesMoved { transfer: TransferKind::Export, .. }));
    assert_eq!(exports.count(), NAMES.len(), "each export is proven once");
}

fn listed_and_damaged(python: &Path) {
    let story = Moves::usual(python);
    let _ = story.applied();
    let (run, remediate) = (story.run_id(), &story.remediate);
    for named in [run.as_str(), "plan.json"] {
        let listed = remediate.run(&["data", "list", named]).expect(0);
        let _ = listed
            .mentions(&run)
            .mentions("us-east-1/off: export and import proven (export-01, import-01)")
            .mentions(&format!("\"Filter\":{{\"Prefix\":\"remediate/{run}/\"}}"))
            .mentions(&format!("\"ID\":\"remediate remediate/{run}\""))
            .mentions("3 items: 3 proven, 0 not");
        let verified = remediate.run(&["data", "verify", named, "--format", "json"]).expect(0).json();
        assert_eq!((&verified["run"], &verified["proven"]), (&run.as_str().into(), &true.into()));
        for item in verified["items"].as_array().unwrap() {
            assert_eq!(item["standing"], "imported", "{item:#}");
            assert_eq!(item["manifests"].as_array().unwrap().len(), 2, "{item:#}");
        }
    }
    let _ = remediate.run(&["data", "verify", &run, "--state-dir", "elsewhere"]).expect(21);
    let _ = remediate.run(&["data", "verify", &run, "us-east-1/nobody"]).expect(2);

    story.damage(&format!("remediate/{run}/111122223333/us-east-1/runs/"), "export-01/part-000000");
    let refused = remediate.run(&["data", "verify", &run]).expect(30);
    let _ = refused
        .mentions("part-000000 is not what the worker wrote")
        .mentions("us-east-1/runs: not proven: export-01 is not")
        .mentions("3 items: 2 proven, 1 not");
    let _ = remediate.run(&["data", "verify", &run, "us-east-1/off"]).expect(0);
    let _ = remediate.run(&["data", "list", &run]).expect(0).mentions("is not what the worker wrote");
}

fn not_moved_yet(python: &Path) {
    let denied =
        "[[fault]]\nkind = \"access-denied\"\noperation = \"CreateNotebookInstanceLifecycleConfig\"\n";
    let scenario = format!("{NETWORK}{INSTANCES}{QUICK}{denied}");
    // The run halts after the first that fails, and has not begun the others.
    let policy = format!("{POLICY}concurrency = 1\nmax_failures = 1\n");
    let story = Moves::start(python, &scenario, (SPEED, &policy));
    let (plan, remediate) = (story.plan(), &story.remediate);
    for verb in ["list", "verify"] {
        let none = remediate.run(&["data", verb, "plan.json"]).expect(2);
        let _ = none
            .mentions("the run moves the files of 3 items, and `.remediate` has no run of this plan")
            .mentions("apply the plan first");
    }
    let script = remediate.run(&["data", "script", "plan.json", "off"]).expect(21);
    let _ = script.mentions("the run itself moves the files of us-east-1/off");
    let _ = remediate.run(&apply("plan.json", &plan.digest)).expect(31);
    let refused = remediate.run(&["data", "verify", "plan.json"]).expect(30);
    let _ = refused
        .mentions("the run has not begun to export the files of 2 items")
        .mentions("us-east-1/off: not proven: there is no export")
        .mentions("0 proven, 3 not");
    let _ = remediate.run(&["data", "list", "plan.json"]).expect(0);
}
