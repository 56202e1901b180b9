//! The log of every call: one line of JSON each, the same for tests and for people.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::files::create_private;

/// The format of the log's lines.
pub(crate) const FORMAT_VERSION: u32 = 1;

/// One call as the sandbox saw it.
///
/// The members say what was asked and how it ended, never what was sent: tags and scripts may hold secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoggedCall {
    /// The format of this line.
    pub format_version: u32,
    /// Counts from 0, in the order of the answers.
    pub seq: u64,
    /// When it was answered, on the sandbox's clock.
    pub at: Timestamp,
    /// The account whose credentials were used; `None` where they are nobody's.
    pub account: Option<String>,
    /// The region in the signature.
    pub region: Option<String>,
    /// The service: `sagemaker`, `ec2`, ...
    pub service: String,
    /// The operation; empty where the request named none.
    pub operation: String,
    /// The instance or lifecycle configuration that it is about.
    pub resource: Option<String>,
    /// `caller`, or `outsider` for what the sandbox itself did in somebody else's name.
    pub by: String,
    /// The HTTP status; `None` where the connection was cut without an answer.
    pub status: Option<u16>,
    /// The error code of the answer.
    pub code: Option<String>,
    /// The fault that was injected.
    pub fault: Option<String>,
    /// The id in the answer.
    pub request_id: String,
}

/// How many calls were served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Served {
    /// All of them.
    pub calls: u64,
    /// Those that were refused because there were too many.
    pub throttled: u64,
    /// Those that a fault struck.
    pub faulty: u64,
    /// Whether each was written to the log file, where there is one.
    pub log_is_whole: bool,
}

impl Default for Served {
    fn default() -> Self {
        Served { calls: 0, throttled: 0, faulty: 0, log_is_whole: true }
    }
}

impl Served {
    fn count(&mut self, call: &LoggedCall) {
        self.calls += u64::from(call.by == CALLER);
        self.throttled += u64::from(call.code.as_deref().is_some_and(is_throttling));
        self.faulty += u64::from(call.fault.is_some());
    }
}

/// The codes of all services for too many calls.
fn is_throttling(code: &str) -> bool {
    const CODES: [&str; 6] = [
        "ThrottlingException",
        "ThrottledException",
        "Throttling",
        "RequestLimitExceeded",
        "TooManyRequestsException",
        "SlowDown",
    ];
    CODES.contains(&code)
}

/// Who made a call: the client, or the sandbox in somebody else's name.
pub(crate) const CALLER: &str = "caller";
pub(crate) const OUTSIDER: &str = "outsider";

/// Where calls are written down.
#[derive(Debug, Default)]
pub(crate) struct CallLog {
    pub(crate) calls: Vec<LoggedCall>,
    file: Option<File>,
    next: u64,
    served: Served,
    /// Whether calls are kept in memory. A sandbox that serves for days must not.
    keep: bool,
}

impl CallLog {
    /// A log in memory, in a file, in both or in neither. A file that exists is never written over.
    pub(crate) fn new(keep: bool, file: Option<&Path>) -> io::Result<CallLog> {
        let file = file.map(create_private).transpose()?;
        Ok(CallLog { calls: Vec::new(), file, next: 0, served: Served::default(), keep })
    }

    /// How many calls there were.
    pub(crate) fn served(&self) -> Served {
        self.served
    }

    /// The number of the next call.
    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    /// Writes a call down. A log that cannot be written must not change what AWS answers: it stops there.
    pub(crate) fn write(&mut self, call: LoggedCall) {
        self.next += 1;
        self.served.count(&call);
        if let Some(file) = &mut self.file
            && let Ok(mut line) = serde_json::to_vec(&call)
        {
            line.push(b'\n');
            if file.write_all(&line).is_err() {
                self.file = None;
                self.served.log_is_whole = false;
            }
        }
        if self.keep {
            self.calls.push(call);
        }
    }
}
