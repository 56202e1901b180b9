//! The commands of README.md and of every file in `docs`, run as they stand there.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use remediate::clock::{Clock, SystemClock, elapsed};
use remediate::plan::file::load;

use crate::story::Story;
use crate::support::documents::{self, Block, COMMANDS, Document, OUTPUT, Use, assert_shows};
use crate::support::policy::PolicyText;
use crate::support::remediate::{Finished, Remediate};
use crate::{Aws, Named};

/// The tests of this file.
pub(crate) fn tests() -> Vec<Named> {
    crate::tests![every_command_of_the_readme_does_what_it_says]
}

/// A story for each file in `docs`: its name, and the document.
pub(crate) fn of_docs() -> Vec<(String, Document)> {
    let named = |document: Document| {
        let name = document.name.replace(['/', '-'], "_").replace(".md", "");
        (format!("readme::every_command_of_{name}_does_what_it_says"), document)
    };
    documents::docs().into_iter().map(named).collect()
}

fn every_command_of_the_readme_does_what_it_says(aws: &Aws) {
    let readme = documents::document("README.md");
    let mut reader = Reader::start(aws, "never");
    let mut applied = 0;
    reader.read(&readme, |story, command| {
        if command.starts_with("remediate apply") {
            applied += 1;
            assert!(replacements(story) > 0, "the README's way repairs nothing");
        }
    });
    assert_eq!(applied, 1);
    assert!(reader.story.remediate.directory().join("change-4711.md").exists());
    assert_eq!(replacements(&reader.story), 0, "the README's way back leaves something behind");
}

/// Runs each command of a file in `docs`, in the file's order.
pub(crate) fn every_command_does_what_it_says(aws: &Aws, document: &Document) {
    Reader::start(aws, "cleanup").read(document, |_, _| {});
}

fn replacements(story: &Story) -> usize {
    story.fleet.world().keys().filter(|id| id.ends_with("-vpc")).count()
}

/// Somebody who does what a document says.
struct Reader<'a> {
    aws: &'a Aws,
    story: Story,
    policy: PolicyText,
    /// The program, and what the document has exported since.
    remediate: Remediate,
    served: Vec<Served>,
}

/// A sandbox that a document serves. It ends with its reader.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What documents write where their reader has to write the digest of the plan.
const DIGEST: &str = "DIGEST";

/// What is needed to wait for a sandbox that starts.
const PATIENCE: Duration = Duration::from_secs(60);

impl Reader<'_> {
    fn start<'a>(aws: &'a Aws, delete_source: &str) -> Reader<'a> {
        let story = Story::small(aws);
        let mut policy = PolicyText::for_fleet(&story.fleet.truth);
        // A rehearsal takes minutes of its own clock; the calls that it makes to look take real time.
        policy.poll_interval = "5s";
        policy.defaults = format!("{}\ndelete_source = {delete_source:?}", policy.defaults);
        story.set_policy(&policy);
        let directory = story.remediate.directory();
        let examples = directory.join("examples");
        fs::create_dir(&examples).unwrap();
        for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), examples.join(entry.file_name())).unwrap();
        }
        let program = Path::new(env!("CARGO_BIN_EXE_remediate"));
        let mut remediate = Remediate::in_directory(program, &story.proxy.endpoint, directory);
        story.remediate.environment().iter().for_each(|(name, value)| remediate.set(name, value));
        Reader { aws, story, policy, remediate, served: Vec::new() }
    }

    fn read(&mut self, document: &Document, mut after: impl FnMut(&Story, &str)) {
        let mut printed = None;
        for block in document.blocks() {
            let place = format!("{}, line {}", document.name, block.line);
            match block.language.as_str() {
                COMMANDS => {
                    let Use::Run(code) = block.usage() else { continue };
                    printed = None;
                    let commands = commands(&block);
                    for (number, command) in commands.iter().enumerate() {
                        let code = if number + 1 == commands.len() { code } else { 0 };
                        if let Some(finished) = self.run(command) {
                            printed = Some(self.expect(command, finished, code).stdout);
                        }
                        after(&self.story, command);
                    }
                }
                OUTPUT if block.follows => {
                    let printed = printed.as_ref().unwrap_or_else(|| panic!("{place}: nothing prints this"));
                    // The names are those of the sandbox's fleet.
                    if matches!(self.aws, Aws::Sandbox) {
                        assert_shows(printed, &block.lines, &place);
                    }
                }
                // `tests/documents.rs` says what else there may be.
                _ => {}
            }
        }
    }

    /// Runs one command. What is not run here, and by whom it is, says nothing.
    fn run(&mut self, command: &str) -> Option<Finished> {
        let words: Vec<&str> = command.split(' ').collect();
        match words[0] {
            _ if command.contains('\n') => self.shell(command),
            // Without its environment in a file it prints something, and ends.
            "remediate" if words[1] == "sandbox" && words.contains(&">") => {
                self.serve(&words[1..]);
                None
            }
            "remediate" => Some(self.remediate(&words[1..])),
            "." => {
                for (name, value) in exports(&self.remediate.directory().join(words[1])) {
                    self.remediate.set(&name, &value);
                }
                None
            }
            "aws" => self.shell(command),
            "cargo" => {
                assert_is_run_by_ci(&words);
                None
            }
            other => panic!("nobody runs `{other}`"),
        }
    }

    /// The same, if it ended with this exit code; in moto some commands cannot, for a reason that they say.
    fn expect(&self, command: &str, finished: Finished, code: i32) -> Finished {
        let lacking = [
            ("remediate doctor --region us-east-1 --role reader", "ListServiceQuotas"),
            ("remediate doctor --format json", "ListServiceQuotas"),
            ("remediate cleanup", "AWS does not report"),
        ];
        let lacking = lacking.into_iter().filter(|_| matches!(self.aws, Aws::Moto(_)));
        match lacking.into_iter().find(|(start, _)| command.starts_with(start)) {
            Some((_, why)) => {
                let _ = finished.mentions(why);
                finished.expect(30)
            }
            None => finished.expect(code),
        }
    }

    fn remediate(&self, arguments: &[&str]) -> Finished {
        let digest = self.digest(arguments);
        let filled: Vec<&str> =
            arguments.iter().map(|word| if *word == DIGEST { &digest } else { *word }).collect();
        let arguments = &filled[..];
        let writes_policy = arguments.starts_with(&["policy", "init"]);
        if writes_policy {
            fs::remove_file(self.story.remediate.directory().join("policy.toml")).unwrap();
        }
        let finished = self.remediate.run(arguments);
        if writes_policy {
            assert!(self.story.remediate.directory().join("policy.toml").exists(), "{finished:?}");
            // Whoever has read it has one like it, in which nothing takes long.
            self.story.set_policy(&self.policy);
        }
        finished
    }

    /// The digest of the plan that is applied, which its reader has from `plan` or `show`.
    fn digest(&self, arguments: &[&str]) -> String {
        if !arguments.contains(&DIGEST) {
            return String::new();
        }
        let plan = load(&self.remediate.directory().join(arguments[1])).unwrap();
        plan.digest.prefix().to_owned()
    }

    /// What needs the AWS CLI is run where moto is, as both are in one Python.
    fn shell(&self, command: &str) -> Option<Finished> {
        match self.aws {
            Aws::Sandbox => None,
            Aws::Moto(python) => Some(shell(&self.remediate, python, command)),
        }
    }

    /// Serves a sandbox whose environment goes into a file.
    fn serve(&mut self, words: &[&str]) {
        let Some((arguments, [">", file])) = words.split_last_chunk::<2>() else {
            panic!("where does its environment go? {words:?}")
        };
        let path = self.remediate.directory().join(file);
        let mut command = self.remediate.command(arguments);
        let output = fs::File::create(&path).unwrap();
        let server = command.stdin(Stdio::null()).stdout(output).stderr(Stdio::null()).spawn().unwrap();
        self.served.push(Served(server));
        let begun = SystemClock.now();
        while !fs::read_to_string(&path).unwrap().contains("\nunset ") {
            assert!(elapsed(begun, SystemClock.now()) < PATIENCE, "`{words:?}` does not serve");
            std::thread::yield_now();
        }
    }
}

/// The commands of a block: one a line, or all of it where it is a script.
fn commands(block: &Block) -> Vec<String> {
    let is_script = block.lines.iter().any(|line| line.contains('|') || line.starts_with("for "));
    match is_script {
        true => vec![block.lines.join("\n")],
        false => block.lines.iter().filter(|line| !line.is_empty()).cloned().collect(),
    }
}

/// The variables that a file of a shell exports.
fn exports(file: &PathBuf) -> BTreeMap<String, String> {
    let text = fs::read_to_string(file).unwrap();
    let pairs = text.lines().filter_map(|line| line.strip_prefix("export ")?.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// CI runs these, with `--locked` and the like between.
fn assert_is_run_by_ci(words: &[&str]) {
    let runs = |line: &str| words.iter().all(|word| line.split(' ').any(|part| part == *word));
    assert!(include_str!("../../.ci/run").lines().any(runs), "CI does not run `{}`", words.join(" "));
}

/// Runs a script with this program and the AWS CLI of this Python, in the program's directory.
pub(crate) fn shell(remediate: &Remediate, python: &Path, script: &str) -> Finished {
    let mut command = Command::new("sh");
    command.args(["-e", "-u", "-c", script]).current_dir(remediate.directory());
    command.env_clear().envs(remediate.environment()).env("HOME", remediate.directory());
    let program = Path::new(env!("CARGO_BIN_EXE_remediate"));
    let mut path = vec![program.parent().unwrap().to_owned(), python.parent().unwrap().to_owned()];
    path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    command.env("PATH", std::env::join_paths(path).unwrap());
    let output = assert_cmd::Command::from_std(command).timeout(PATIENCE * 2).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let code = output.status.code().unwrap_or_else(|| panic!("`{script}` was ended: {}", output.status));
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    Finished { command: script.to_owned(), stdout, stderr, code }
}
