//! A company's network on loopback, as a process of its own: `tests/stories/network.py`.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::sandbox::Served;

/// A network that lasts as long as this lives, in front of a sandbox.
#[derive(Debug)]
pub struct Network {
    /// The proxy, as `HOST:PORT`.
    pub proxy: String,
    /// The same behind TLS.
    pub tls_proxy: String,
    /// An AWS on loopback with TLS, as a port.
    pub tls: String,
    /// The same without TLS.
    pub plain: String,
    directory: TempDir,
    server: Child,
}

impl Network {
    /// A network whose proxy asks for this login, unless it is empty.
    pub fn start(python: &Path, sandbox: &Served, login: &str) -> Network {
        let directory = TempDir::new().unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories/network.py");
        let mut server = Command::new(python)
            .arg(script)
            .arg(directory.path())
            .args([sandbox.endpoint(), login])
            .args(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].map(|name| &sandbox.exports[name]))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let _ = BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ports: Vec<&str> = line.split_whitespace().collect();
        let [proxy, tls_proxy, tls, plain] = ports[..] else { panic!("the network did not start: {line}") };
        let (proxy, tls_proxy) = (format!("127.0.0.1:{proxy}"), format!("localhost:{tls_proxy}"));
        Network { proxy, tls_proxy, tls: tls.to_owned(), plain: plain.to_owned(), directory, server }
    }

    /// A file of certificates: `ca.pem`, or `other.pem`, which has signed nothing here.
    pub fn certificates(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// What was asked since the last time, without repetitions: `tunnel sts.us-east-1.amazonaws.com:443`.
    pub fn asked(&self) -> BTreeSet<String> {
        let path = self.directory.path().join("log.jsonl");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        std::fs::write(&path, "").unwrap();
        let asked = |line: &str| {
            let event: Value = serde_json::from_str(line).unwrap();
            let login = if event["login"] == true { " with a login" } else { "" };
            let refused = if event["passed"] == false { ", refused" } else { "" };
            format!("{} {}{login}{refused}", event["via"].as_str().unwrap(), event["asked"].as_str().unwrap())
        };
        text.lines().map(asked).collect()
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
