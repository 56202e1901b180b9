//! One line of a journal's file: a record, and the digest of the line before it.
//!
//! The digests chain the lines: whoever changes, removes or inserts one breaks the chain at the next. That shows
//! damage and careless edits; it is no seal against somebody who writes all the lines after it anew.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::Digest;
use crate::journal::{Entry, Record};

/// The first format whose lines carry the digest of the line before.
const FIRST_CHAINED: u32 = 2;

/// A line as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    seq: u64,
    at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<Digest>,
    entry: Entry,
}

/// How far a journal goes: what its next line has to carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tail {
    /// Its format.
    pub format: u32,
    /// How many whole records it has.
    pub records: u64,
    /// How many bytes they take: what follows is a torn line, to be cut off before anything is appended.
    pub whole_bytes: u64,
    /// The digest of the last whole line.
    pub last: Option<Digest>,
}

impl Tail {
    /// A journal with nothing in it yet.
    pub(super) fn of_new(format: u32) -> Tail {
        Tail { format, records: 0, whole_bytes: 0, last: None }
    }

    fn chained(&self) -> Option<Digest> {
        self.last.clone().filter(|_| self.format >= FIRST_CHAINED)
    }

    /// The line that comes next, with its newline.
    ///
    /// # Errors
    /// When the entry cannot be written as JSON.
    pub(super) fn line(&self, at: Timestamp, entry: Entry) -> serde_json::Result<Vec<u8>> {
        let line = Line { seq: self.records, at, previous: self.chained(), entry };
        let mut text = serde_json::to_vec(&line)?;
        text.push(b'\n');
        Ok(text)
    }

    /// Takes in a line that stands in the file now, with its newline.
    pub(super) fn extend(&mut self, line: &[u8]) {
        self.records += 1;
        self.whole_bytes += u64::try_from(line.len()).unwrap_or(u64::MAX);
        self.last = Some(Digest::of(line));
    }

    /// Whether a line that was read can stand here.
    pub(super) fn allows(&self, line: &Line) -> bool {
        line.previous == self.chained()
    }
}

impl From<Line> for Record {
    fn from(line: Line) -> Record {
        let Line { seq, at, previous: _, entry } = line;
        Record { seq, at, entry }
    }
}
