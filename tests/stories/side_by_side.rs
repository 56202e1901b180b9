//! `doctor` and the AWS CLI, with the same settings in the same network.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::network::Network;
use crate::support::remediate::{Finished, Remediate};
use crate::support::sandbox::Served;

/// What the AWS CLI asks, of the services that `doctor` asks, up to the first that fails.
const ASKED: &str = "
import sys
from awscli.clidriver import create_clidriver
for call in ('sts get-caller-identity', 'sagemaker list-notebook-instances', 'ec2 describe-subnets',
             'service-quotas list-service-quotas --service-code sagemaker --max-items 1',
             'iam get-role --role-name AmazonSageMaker-ExecutionRole'):
    if code := create_clidriver().main(call.split() + sys.argv[1:]):
        sys.exit(code)
";
const REGION: &str = "us-east-1";
/// The program and the AWS CLI, in one network.
pub(crate) struct Pair {
    sandbox: Served,
    pub(crate) network: Network,
    pub(crate) remediate: Remediate,
    python: PathBuf,
}

/// How both fared.
pub(crate) struct Tried {
    pub(crate) ours: Finished,
    /// What the AWS CLI complained of; nothing where it succeeded.
    pub(crate) theirs: Option<String>,
    /// What was asked by both.
    pub(crate) asked: BTreeSet<String>,
}

pub(crate) type Settings<'a> = &'a [(&'a str, &'a str)];

impl Pair {
    pub(crate) fn start(python: &Path, login: &str) -> Pair {
        let directory = tempfile::tempdir().unwrap();
        let scenario = directory.path().join("scenario.toml");
        std::fs::write(&scenario, include_str!("judges/scenario.toml")).unwrap();
        let program = Path::new(env!("CARGO_BIN_EXE_remediate"));
        let sandbox = Served::start(program, &scenario, 1);
        let network = Network::start(python, &sandbox, login);
        let remediate = Remediate::new(program, "");
        // By the usual rate the calls of `doctor` take four seconds.
        let policy =
            format!("format = 1\n[scope]\nregions = [{REGION:?}]\n[limits]\nrequests_per_second = 1000\n");
        remediate.write("policy.toml", &policy);
        Pair { sandbox, network, remediate, python: python.to_owned() }
    }

    /// Nothing of the developer's own, and the keys that the sandbox knows.
    pub(crate) fn environment(&self) -> BTreeMap<&str, &str> {
        let mut all: BTreeMap<&str, &str> =
            self.sandbox.exports.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        all.remove("AWS_ENDPOINT_URL");
        all.extend([("AWS_REGION", REGION), ("AWS_DEFAULT_REGION", REGION)]);
        all.extend([("AWS_EC2_METADATA_DISABLED", "true"), ("AWS_MAX_ATTEMPTS", "1")]);
        all
    }

    /// Writes the configuration file of both, which is found by their home.
    pub(crate) fn configure(&self, text: &str) {
        let home = self.remediate.directory().join(".aws");
        std::fs::create_dir_all(&home).unwrap();
        std::fs::write(home.join("config"), text).unwrap();
    }

    /// One of the two, with these settings; an empty `AWS_ACCESS_KEY_ID` takes the keys away.
    fn with<'a>(&'a self, command: &mut Command, settings: Settings<'a>) {
        let mut all = self.environment();
        all.extend(settings.iter().copied());
        if all["AWS_ACCESS_KEY_ID"].is_empty() {
            all.retain(|name, _| !["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].contains(name));
        }
        command.env_clear().envs(all).env("HOME", self.remediate.directory());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("PYTHONDONTWRITEBYTECODE", "1");
    }

    /// `doctor` with these settings.
    pub(crate) fn ours(&self, settings: Settings, arguments: &[&str]) -> Finished {
        let arguments = [&["doctor", "--region", REGION, "--role", "reader"], arguments].concat();
        let mut command = self.remediate.command(&arguments);
        self.with(&mut command, settings);
        let output = assert_cmd::Command::from_std(command).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        let command = format!("{settings:?} remediate {}", arguments.join(" "));
        Finished { command, stdout, stderr, code: output.status.code().unwrap() }
    }

    /// The AWS CLI with these settings.
    pub(crate) fn theirs(&self, settings: Settings, arguments: &[&str]) -> Option<String> {
        let mut command = Command::new(&self.python);
        command.args(["-c", ASKED]).args(arguments).current_dir(self.remediate.directory());
        self.with(&mut command, settings);
        let output = command.output().unwrap();
        (!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).into_owned())
    }

    /// Both with the same settings: they must ask the same, and succeed or fail together.
    pub(crate) fn tried(&self, settings: Settings) -> Tried {
        let ours = self.ours(settings, &["--format", "json"]);
        let asked = self.network.asked();
        let theirs = self.theirs(settings, &[]);
        let by_them = self.network.asked();
        let said: String = ours.said().chars().take(3000).collect();
        assert_eq!(asked, by_them, "{settings:?}\n{said}\n{theirs:?}");
        assert_eq!(ours.code == 0, theirs.is_none(), "{settings:?}\n{said}\n{theirs:?}");
        Tried { ours, theirs, asked }
    }

    /// A file of certificates.
    pub(crate) fn certificates(&self, name: &str) -> String {
        self.network.certificates(name).to_str().unwrap().to_owned()
    }
}

impl Tried {
    /// Both succeeded, by asking these.
    pub(crate) fn by(&self, expected: &[String]) -> &Tried {
        assert_eq!(self.theirs, None);
        assert_eq!(self.asked, expected.iter().cloned().collect(), "{}", self.ours.command);
        self
    }

    /// Both failed.
    pub(crate) fn failed(&self) -> &Tried {
        assert!(self.theirs.is_some(), "{}", self.ours.command);
        self
    }

    /// `doctor` shows this setting so, and where it is from.
    pub(crate) fn shows(&self, name: &str, value: &str, source: &str) -> &Tried {
        let report = self.ours.json();
        let found = report["settings"].as_array().unwrap().iter().find(|setting| setting["name"] == name);
        let said = |member: &str| found.map(|setting| &setting[member]).and_then(Value::as_str).unwrap_or("");
        assert_eq!((said("value"), said("source")), (value, source), "{}", self.ours.command);
        self
    }
}
