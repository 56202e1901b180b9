//! The real worker in a whole run: the story plays the instances. It reads back the lifecycle configurations that `apply` has
//! made, and runs their scripts as SageMaker would, each on a folder of its own.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::bench::{empty, said, tree};
use super::whole::{assert_as_it_was, by_design};
use crate::moves::{Moves, NETWORK, POLICY};
use crate::support::remediate::apply;

type Body = fn(&Path);

/// The tests of this file.
pub(super) fn tests() -> Vec<(&'static str, Body)> {
    vec![
        (
            "a_run_is_done_by_the_scripts_that_it_makes_and_the_worker_in_them",
            a_run_is_done_by_the_scripts_that_it_makes,
        ),
        ("a_worker_that_fails_says_why_in_the_run", a_worker_that_fails_says_why_in_the_run),
    ]
}

/// The simulated workers say nothing, and what AWS does takes a second or two.
const WORLD: &str = r#"
[latency]
create = "10s"
start = "10s"
stop = "10s"
update = "10s"
delete = "10s"

[[notebook]]
name = "fraud"

[[fault]]
kind = "worker-silent"
operation = "StartNotebookInstance"

[[fault]]
kind = "worker-silent"
operation = "CreateNotebookInstance"
"#;

/// How much faster the sandbox is: a worker that is not heard of for 30 seconds is given up.
const SPEED: u32 = 10;

/// Waits until the instance runs with a configuration of the run, and runs its script.
const PLAY: &str = "
import base64, boto3, os, subprocess, sys
from botocore.waiter import WaiterModel, create_waiter_with_client
[name] = sys.argv[1:]
client = boto3.client('sagemaker')
launched = \"NotebookInstanceStatus == 'InService' && starts_with(NotebookInstanceLifecycleConfigName || '', 'remediate-')\"
model = WaiterModel({'version': 2, 'waiters': {'Launched': {
    'operation': 'DescribeNotebookInstance', 'delay': 0.2, 'maxAttempts': 600, 'acceptors': [
        {'matcher': 'path', 'argument': launched, 'expected': True, 'state': 'success'},
        {'matcher': 'error', 'expected': 'ValidationException', 'state': 'retry'},
        {'matcher': 'error', 'expected': 'ThrottlingException', 'state': 'retry'}]}}})
create_waiter_with_client('Launched', model, client).wait(NotebookInstanceName=name)
config = client.describe_notebook_instance(NotebookInstanceName=name)['NotebookInstanceLifecycleConfigName']
made = client.describe_notebook_instance_lifecycle_config(NotebookInstanceLifecycleConfigName=config)
assert 'OnCreate' not in made or not made['OnCreate'], made
[script] = made['OnStart']
text = base64.b64decode(script['Content'])
open(os.path.join(os.environ['REMEDIATE_WORK'], 'on-start.sh'), 'wb').write(text)
subprocess.run(['bash', '-c', text], check=True)
";

/// An instance that the story plays.
struct Played {
    name: &'static str,
    player: Option<Child>,
    /// What its worker is given to work in.
    work: tempfile::TempDir,
}

impl Played {
    fn start(moves: &Moves<'_>, name: &'static str, root: &Path) -> Played {
        let work = tempfile::tempdir().unwrap();
        let mut command = Command::new(moves.python);
        command.args(["-B", "-c", PLAY, name]).env_clear().envs(&moves.sandbox.exports);
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("REMEDIATE_ROOT", root).env("REMEDIATE_WORK", work.path());
        command.env("REMEDIATE_ENDPOINT", moves.sandbox.endpoint());
        command.env("REMEDIATE_CREDENTIALS", "environment");
        command.env("REMEDIATE_BEAT", "0.2").env("REMEDIATE_PAUSE", "0.01");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Played { name, player: Some(command.spawn().unwrap()), work }
    }

    /// The script that its configuration had; it has run to its end.
    fn script(mut self) -> String {
        let mut player = self.player.take().unwrap();
        if player.try_wait().unwrap().is_none() {
            player.kill().unwrap();
        }
        let output = player.wait_with_output().unwrap();
        assert!(output.status.success(), "{}: {}", self.name, said(&output));
        fs::read_to_string(self.work.path().join("on-start.sh")).unwrap()
    }

    /// What the worker said, for a failed assertion.
    fn log(&self) -> String {
        fs::read_to_string(self.work.path().join("worker.log")).unwrap_or_default()
    }
}

impl Drop for Played {
    fn drop(&mut self) {
        if let Some(player) = &mut self.player {
            let _ = player.kill();
            let _ = player.wait();
        }
    }
}

/// A run on two folders, and how it ends.
fn play<'a>(python: &'a Path, (source, copy): (&Path, &Path), exit_code: i32) -> (Moves<'a>, String) {
    let policy = POLICY.replace("poll_interval = \"5s\"", "poll_interval = \"2s\"");
    let moves = Moves::start(python, &format!("{NETWORK}{WORLD}"), (SPEED, &policy));
    let plan = moves.plan();
    let played =
        [("fraud", source), ("fraud-vpc", copy)].map(|(name, root)| Played::start(&moves, name, root));
    let applied = moves.remediate.run(&apply("plan.json", &plan.digest));
    let logs = played.each_ref().map(Played::log).concat();
    assert_eq!(applied.code, exit_code, "{}\n{logs}", applied.said());
    let run = moves.run_id();
    for (played, word) in played.into_iter().zip(["export", "import"]) {
        let script = played.script();
        assert!(script.contains(&format!("# remediate {run}: starts the {word} of us-east-1/fraud")));
    }
    let after = moves.boto3();
    assert_eq!(after.of_runs(), Vec::<&String>::new());
    for (name, instance) in &after.instances {
        assert_eq!(instance.get("NotebookInstanceLifecycleConfigName"), None, "{name}");
    }
    (moves, applied.said())
}

fn a_run_is_done_by_the_scripts_that_it_makes(python: &Path) {
    let (_source_kept, source) =
        tree(python, &["--files", "300", "--random-mib", "30", "--sparse-mib", "16"]);
    let (_copy_kept, copy) = empty();
    let (moves, said) = play(python, (&source, &copy), 0);
    assert!(said.contains(", with its files ("), "{said}");
    assert_as_it_was(&source, &copy, &by_design());
    let json = ["data", "verify", &moves.run_id(), "--format", "json"];
    let verified = moves.remediate.run(&json).expect(0).json();
    let attempts = verified["items"][0]["attempts"].as_array().unwrap();
    assert_eq!(attempts.len(), 2, "{verified:#}");
    for attempt in attempts {
        assert!(attempt["proof"]["entries"].as_u64().unwrap() > 300, "{verified:#}");
    }
    assert!(attempts[0]["proof"]["parts"].as_u64().unwrap() > 1, "{verified:#}");
}

fn a_worker_that_fails_says_why_in_the_run(python: &Path) {
    let (_source_kept, source) = tree(python, &["--files", "5", "--random-mib", "1", "--sparse-mib", "1"]);
    let (_copy_kept, copy) = empty();
    fs::write(copy.join("in-the-way"), "of somebody").unwrap();
    let (moves, said) = play(python, (&source, &copy), 30);
    assert!(said.contains("the import of its files failed: the worker failed with 2 entries"), "{said}");
    let looked = moves.remediate.run(&["data", "verify", &moves.run_id()]).expect(30);
    let _ = looked.mentions("in-the-way (is in the folder already)").mentions("but import-01 is not");
    assert_eq!(fs::read(copy.join("in-the-way")).unwrap(), b"of somebody");
    let left: Vec<String> = moves.boto3().instances.into_keys().collect();
    assert_eq!(left, ["fraud"], "the source runs again, and the replacement is gone");
}
