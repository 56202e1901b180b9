//! The scripts that bring the worker to a notebook, and the worker's own form.

use std::fs;
use std::path::Path;
use std::process::Command;

use remediate::transfer::{by_hand, on_start};

use super::bench::{Place, empty, export, judged, said};
use super::stub::Stub;

type Body = fn(&Path);

/// The tests of this file.
pub(super) fn tests() -> Vec<(&'static str, Body)> {
    vec![
        ("the_launcher_starts_the_worker_and_ends_at_once", the_launcher_starts_the_worker_and_ends_at_once),
        ("the_launcher_succeeds_when_nothing_works", the_launcher_succeeds_when_nothing_works),
        ("the_script_for_a_terminal_does_the_same", the_script_for_a_terminal_does_the_same),
        ("python_3_7_can_run_the_worker", python_3_7_can_run_the_worker),
        ("what_is_embedded_is_what_is_read", what_is_embedded_is_what_is_read),
    ]
}

fn the_launcher_starts_the_worker_and_ends_at_once(python: &Path) {
    let stub = Stub::start();
    let (_kept, root) = empty();
    let work = tempfile::tempdir().unwrap();
    fs::write(root.join("a"), "b").unwrap();
    // The worker cannot end before the launcher has.
    stub.trick("PUT", "hello.json", 1, super::stub::Trick::Hold);
    let job = export(1);
    let place = Place::new(python, &stub, &root);
    let mut command = Command::new("bash");
    place.set(&mut command).env("REMEDIATE_WORK", work.path());
    let output = command.args(["-c", &on_start(&job).unwrap().text]).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    assert!(judged(&stub, &job).is_err());
    stub.release();
    stub.wait(|arrived| arrived.iter().any(|one| one.ends_with("status.json")));
    stub.wait_answered("status.json");
    assert!(judged(&stub, &job).is_ok(), "{:?}", judged(&stub, &job));
    let mut names: Vec<_> = fs::read_dir(work.path())
        .unwrap()
        .map(|one| one.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["job.json", "worker.b85", "worker.log", "worker.py"]);
}

fn the_launcher_succeeds_when_nothing_works(_: &Path) {
    let text = on_start(&export(1)).unwrap().text;
    for (path, work) in [("/nonexistent", "/proc/nonexistent"), ("/bin:/usr/bin", "/proc/nonexistent")] {
        let mut command = Command::new("/bin/bash");
        command
            .env_clear()
            .env("PATH", path)
            .env("REMEDIATE_WORK", work)
            .env("REMEDIATE_ROOT", "/nonexistent");
        let output = command.args(["-c", &text]).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    }
}

fn the_script_for_a_terminal_does_the_same(python: &Path) {
    let stub = Stub::start();
    let (_kept, root) = empty();
    fs::write(root.join("a"), "b").unwrap();
    let job = export(1);
    let text = by_hand(&job, &job.attempt.item.name).unwrap();
    assert!(text.lines().all(|line| line.len() < 4000), "a terminal takes lines of 4,095 bytes");
    assert!(!text.contains('!'), "an interactive shell would take it for a command of the past");
    let mut command = Command::new("bash");
    let output = Place::new(python, &stub, &root).set(&mut command).args(["-c", &text]).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("remediate: export ok"), "{}", said(&output));
    assert!(judged(&stub, &job).is_ok());

    // What SageMaker says of the notebook, where it says anything: the script is for one of them alone.
    let metadata = root.join("metadata.json");
    let job = export(2);
    let text = by_hand(&job, &job.attempt.item.name).unwrap();
    for (name, is_done) in [("fraud-10", false), ("xfraud-1", false), ("Fraud-1", true)] {
        fs::write(&metadata, format!("{{\"ResourceArn\":\"arn\",\"ResourceName\":\"{name}\"}}")).unwrap();
        let mut command = Command::new("bash");
        let bash = Place::new(python, &stub, &root).set(&mut command).env("REMEDIATE_METADATA", &metadata);
        let output = bash.args(["-c", &text]).output().unwrap();
        assert_eq!(output.status.success(), is_done, "{name}: {}", said(&output));
        assert_eq!(judged(&stub, &job).is_ok(), is_done, "{name}");
    }
}

fn worker() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/transfer/worker.py")).unwrap()
}

fn python_3_7_can_run_the_worker(python: &Path) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/transfer/worker.py");
    let mut command = Command::new(python.with_file_name("vermin"));
    let output = command.args(["--no-tips", "-t=3.7-", "--violations"]).arg(&file).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let parse = "import ast, sys; ast.parse(open(sys.argv[1]).read(), feature_version=(3, 7))";
    let output = Command::new(python).args(["-c", parse]).arg(&file).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
}

/// Python itself removes the documentation and the sections, and finds the same program.
fn what_is_embedded_is_what_is_read(python: &Path) {
    let compare = "import ast, re, sys
source, embedded, other = open(sys.argv[1]).read(), open(sys.argv[2]).read(), sys.argv[3]
source = re.sub(r'(?m)^ *# <%s>\\n(?:.*\\n)*?^ *# </%s>\\n' % (other, other), '', source)
tree = ast.parse(source)
for node in ast.walk(tree):
    if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
        del node.body[0]
assert ast.dump(tree) == ast.dump(ast.parse(embedded))";
    let stub = Stub::start();
    let (_kept, root) = empty();
    let place = Place::new(python, &stub, &root);
    assert!(worker().contains("# <import>") && worker().contains("# <export>"));
    for (job, other) in [(export(1), "import"), (super::bench::import(1, 1, b""), "export")] {
        let (folder, _) = place.command(&job);
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/transfer/worker.py");
        let mut command = Command::new(python);
        command.args(["-c", compare]).arg(file).arg(folder.path().join("worker.py")).arg(other);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{other}: {}", said(&output));
    }
}
