//! Pure: whether a lifecycle script starts the worker, and on what job. Nothing of it is run.

use serde::Deserialize;

/// What comes before the job in the script.
const START: &str = "start <<'END'";
/// What ends the worker, which comes after the job.
const END: &str = "END";

/// What a worker is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Job {
    pub(crate) run: String,
    pub(crate) item: String,
    pub(crate) attempt: String,
    pub(crate) nonce: String,
    pub(crate) bucket: String,
    pub(crate) prefix: String,
    pub(crate) region: String,
    pub(crate) owner: String,
    pub(crate) suffix: String,
    pub(crate) kms_key: Option<String>,
    pub(crate) task: Task,
}

/// What it is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Task {
    /// Write the folder to the bucket.
    Export { quiesce: bool },
    /// Fill the folder from the bucket.
    Import {
        /// The attempt that is read.
        source: String,
        /// The SHA-256 that its status must have.
        source_sha256: String,
        /// Whether what is in the folder may be moved aside.
        aside: bool,
    },
}

impl Task {
    /// Its kind, by the worker's word.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Task::Export { .. } => "export",
            Task::Import { .. } => "import",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    kind: String,
    run: String,
    item: String,
    attempt: String,
    nonce: String,
    bucket: String,
    prefix: String,
    region: String,
    owner: String,
    suffix: String,
    kms_key: Option<String>,
    strict: Option<bool>,
    quiesce: Option<bool>,
    source: Option<String>,
    source_sha256: Option<String>,
    aside: Option<bool>,
}

/// The job of the worker that a script starts. `content` is that of a lifecycle configuration, in base64; `None`: it is any
/// other script.
pub(crate) fn launched(content: &str) -> Option<Job> {
    let text = String::from_utf8(base64_simd::forgiving_decode_to_vec(content.as_bytes()).ok()?).ok()?;
    let mut lines = text.lines();
    if lines.next() != Some("#!/bin/bash") {
        return None;
    }
    lines.by_ref().find(|line| *line == START)?;
    let line: Line = serde_json::from_str(lines.next()?).ok()?;
    let mut packed = 0;
    lines.by_ref().find(|line| {
        packed += line.len();
        *line == END
    })?;
    (packed > END.len()).then(|| job(line))?
}

fn job(line: Line) -> Option<Job> {
    let import = (line.source, line.source_sha256, line.aside);
    let task = match (line.kind.as_str(), line.strict, line.quiesce, import) {
        ("export", Some(_), Some(quiesce), (None, None, None)) => Task::Export { quiesce },
        ("import", None, None, (Some(source), Some(source_sha256), Some(aside))) => {
            Task::Import { source, source_sha256, aside }
        }
        _ => return None,
    };
    let Line { run, item, attempt, nonce, bucket, prefix, region, owner, suffix, kms_key, .. } = line;
    Some(Job { run, item, attempt, nonce, bucket, prefix, region, owner, suffix, kms_key, task })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn line(more: &Value) -> Value {
        let mut line = json!({
            "kind": "export", "run": "r", "item": "us-east-1/fraud", "attempt": "export-01", "nonce": "0f",
            "bucket": "moves", "prefix": "p/r/1/us-east-1/fraud", "region": "us-east-1", "owner": "111111111111",
            "suffix": "amazonaws.com", "kms_key": null,
        });
        line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        line
    }

    fn read(first: &str, line: &Value, worker: &str) -> Option<Job> {
        let text = format!("{first}\nstart() {{\nread -r job\n}}\nstart <<'END'\n{line}\n{worker}\nexit 0\n");
        launched(&base64_simd::STANDARD.encode_to_string(text))
    }

    #[test]
    fn only_a_script_of_the_launchers_form_has_a_job() {
        let (export, bash) = (line(&json!({ "strict": false, "quiesce": true })), "#!/bin/bash");
        let job = read(bash, &export, "c-rk+\nEND").unwrap();
        assert_eq!((job.task, job.attempt.as_str()), (Task::Export { quiesce: true }, "export-01"));
        assert_eq!(read("#!/bin/sh", &export, "c-rk+\nEND"), None, "another shell");
        assert_eq!(read(bash, &export, "END"), None, "no worker");
        assert_eq!(read(bash, &export, "c-rk+"), None, "no end");
        assert_eq!(read(bash, &line(&json!({})), "c-rk+\nEND"), None, "nothing to do");
        let more = line(&json!({ "strict": false, "quiesce": true, "and": 1 }));
        assert_eq!(read(bash, &more, "c-rk+\nEND"), None, "a member that no worker knows");
        let mixed = line(&json!({ "strict": false, "quiesce": true, "aside": true }));
        assert_eq!(read(bash, &mixed, "c-rk+\nEND"), None, "both ways at once");
        assert_eq!(launched("IyEvYmluL2Jhc2gKZWNobyBoaQo="), None, "echo hi");
        assert_eq!(launched("no base64!"), None);
    }
}
