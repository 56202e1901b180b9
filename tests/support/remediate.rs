//! Runs the built program with nothing of the caller's environment but the search path.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use remediate::ids::Digest;
use serde_json::Value;
use tempfile::TempDir;

use super::wire::Credentials;

/// The longest that one command may take before the test gives up on it. Applying to the largest fleet of the
/// tests takes a few seconds; a busy machine may need ten times that.
const PATIENCE: Duration = Duration::from_secs(120);

/// The program, its environment, and a directory that it runs in and that is its home.
#[derive(Debug)]
pub struct Remediate {
    program: PathBuf,
    directory: PathBuf,
    /// Removes the directory in the end, where it is not the caller's.
    _temporary: Option<TempDir>,
    environment: BTreeMap<String, String>,
}

/// The arguments that apply the plan in a file, as somebody gives them who has reviewed the plan with this digest.
pub fn apply<'a>(plan: &'a str, digest: &'a Digest) -> [&'a str; 5] {
    ["apply", plan, "--digest", digest.prefix(), "--confirm"]
}

/// How a command ended.
#[derive(Debug)]
#[must_use = "a command's exit code is part of what it says"]
pub struct Finished {
    /// What was run.
    pub command: String,
    /// Its data.
    pub stdout: String,
    /// Its talk.
    pub stderr: String,
    /// Its exit code.
    pub code: i32,
}

impl Remediate {
    /// The program in an empty directory, with credentials, against `endpoint`.
    pub fn new(program: &Path, endpoint: &str) -> Remediate {
        let temporary = TempDir::new().unwrap();
        let mut this = Remediate::in_directory(program, endpoint, temporary.path());
        this.set("COLUMNS", "100");
        Remediate { _temporary: Some(temporary), ..this }
    }

    /// The program in a directory of the caller's.
    pub fn in_directory(program: &Path, endpoint: &str, directory: &Path) -> Remediate {
        let settings = [
            ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
            ("AWS_CONFIG_FILE", "/dev/null"),
            ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_ENDPOINT_URL", endpoint),
        ];
        Remediate {
            program: program.to_owned(),
            directory: directory.to_owned(),
            _temporary: None,
            environment: settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        }
    }

    /// The directory that it runs in.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The variables that the commands get, for other programs that are to see the same AWS.
    pub fn environment(&self) -> &BTreeMap<String, String> {
        &self.environment
    }

    /// Writes a file into the directory.
    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.directory().join(name), text).unwrap();
    }

    /// Sets a variable for the commands to come.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.insert(name.to_owned(), value.to_owned());
    }

    /// Takes the credentials away.
    pub fn without_credentials(&mut self) {
        self.environment
            .retain(|name, _| !name.starts_with("AWS_ACCESS_") && !name.starts_with("AWS_SECRET_"));
    }

    /// Uses other credentials.
    pub fn with_credentials(&mut self, other: &Credentials) {
        self.set("AWS_ACCESS_KEY_ID", &other.access_key_id);
        self.set("AWS_SECRET_ACCESS_KEY", &other.secret_access_key);
        self.set("AWS_SESSION_TOKEN", &other.session_token);
    }

    /// The command, not yet run. Its home and working directory are the program's own.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).env_clear().envs(&self.environment);
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", self.directory()).current_dir(self.directory());
        command
    }

    /// Runs a command to its end, without a terminal and without input.
    pub fn run(&self, arguments: &[&str]) -> Finished {
        let command = format!("remediate {}", arguments.join(" "));
        let mut run = assert_cmd::Command::from_std(self.command(arguments));
        let output = run.write_stdin("").timeout(PATIENCE).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        let Some(code) = output.status.code() else {
            panic!("`{command}` was ended: {}\n--- stdout\n{stdout}\n--- stderr\n{stderr}", output.status);
        };
        Finished { command, stdout, stderr, code }
    }
}

impl Finished {
    /// The same, if the command ended with this exit code.
    pub fn expect(self, code: i32) -> Finished {
        let Finished { command, stdout, stderr, .. } = &self;
        assert_eq!(self.code, code, "`{command}`\n--- stdout\n{stdout}\n--- stderr\n{stderr}");
        self
    }

    /// The data as JSON.
    pub fn json(&self) -> Value {
        let parsed = serde_json::from_str(&self.stdout);
        parsed.unwrap_or_else(|error| panic!("`{}` gave no JSON ({error}):\n{}", self.command, self.stdout))
    }

    /// Data and talk together: what an operator sees.
    pub fn said(&self) -> String {
        format!("{}\n{}", self.stdout, self.stderr)
    }

    /// Fails unless an operator can read this in what the command said, wherever its lines are broken.
    pub fn mentions(&self, text: &str) -> &Finished {
        let said = self.said();
        let found = in_one_line(&said).contains(&in_one_line(text));
        assert!(found, "`{}` does not mention `{text}`:\n{said}", self.command);
        self
    }
}

fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
