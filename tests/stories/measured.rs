//! The small form of what `.ci/full` measures: the measuring itself works, and all programs find the same.

use std::path::Path;
use std::process::Command;

use crate::judges::{Named, run};

/// The tests of this file.
pub(crate) fn tests() -> Vec<Named> {
    let named = |name: &str, body: fn(&Path)| -> Named { (format!("measured::{name}"), Box::new(body)) };
    vec![
        named("remediate_and_a_loop_of_boto3_find_the_same", remediate_and_a_loop_of_boto3_find_the_same),
        named("a_thousand_instances_are_served", a_thousand_instances_are_served),
        named(
            "the_worker_and_the_aws_cli_move_the_same_folder",
            the_worker_and_the_aws_cli_move_the_same_folder,
        ),
    ]
}

fn remediate_and_a_loop_of_boto3_find_the_same(python: &Path) {
    let _ = measure(python, "peers", &["--instances", "12", "--rounds", "1"]);
}

fn a_thousand_instances_are_served(python: &Path) {
    let said = measure(python, "load", &["--instances", "1000"]);
    assert!(said.contains("1000 instances"), "{said}");
}

fn the_worker_and_the_aws_cli_move_the_same_folder(python: &Path) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories/transfer_peers.py");
    let options = ["--files", "50", "--random-mib", "33", "--only-print"];
    let said = run(Command::new(python).arg(script).args(options), "measuring");
    assert_eq!(said.matches(" calls ").count(), 6, "{said}");
}

fn measure(python: &Path, script: &str, options: &[&str]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/stories/{script}.py"));
    let mut command = Command::new(python);
    run(command.arg(&script).arg(env!("CARGO_BIN_EXE_remediate")).args(options), "measuring")
}
