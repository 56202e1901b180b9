//! The program's own sandbox, as a process of its own.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A sandbox that serves as long as this lives.
#[derive(Debug)]
pub struct Served {
    /// What it says a shell must export to talk to it.
    pub exports: BTreeMap<String, String>,
    server: Child,
}

impl Served {
    /// Serves a scenario on a free port.
    pub fn start(program: &Path, scenario: &Path, speed: u32) -> Served {
        Served::serving(program, scenario, speed, None)
    }

    /// The same, with every call in a log.
    pub fn logging(program: &Path, scenario: &Path, speed: u32, log: &Path) -> Served {
        Served::serving(program, scenario, speed, Some(log))
    }

    fn serving(program: &Path, scenario: &Path, speed: u32, log: Option<&Path>) -> Served {
        let log = log.into_iter().flat_map(|path| [Path::new("--log"), path]);
        let mut server = Command::new(program)
            .args(["sandbox", "--speed", &speed.to_string(), "--scenario"])
            .arg(scenario)
            .args(log)
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(server.stdout.take().unwrap()).lines().map_while(Result::ok);
        let exports: BTreeMap<String, String> = lines
            .take_while(|line| !line.starts_with("unset "))
            .filter_map(|line| {
                let (name, value) = line.strip_prefix("export ")?.split_once('=')?;
                Some((name.to_owned(), value.to_owned()))
            })
            .collect();
        if !exports.contains_key("AWS_ENDPOINT_URL") {
            let mut said = String::new();
            server.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            panic!("the sandbox did not start: {said}{:?}", server.wait());
        }
        Served { exports, server }
    }

    /// Where it listens.
    pub fn endpoint(&self) -> &str {
        &self.exports["AWS_ENDPOINT_URL"]
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.server.id()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
