//! Reads a journal. A torn last line is what a crash leaves; damage before it is an error.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::journal::line::{Line, Tail};
use crate::journal::{FORMAT_VERSION, Record};

/// Why a journal could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadJournalError {
    /// The file could not be read.
    #[error("failed to read journal `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It was written by a later version of the program.
    #[error("journal `{}` has format {found}; this version reads up to {FORMAT_VERSION}", path.display())]
    TooNew {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u64,
    },
    /// A whole line is no record.
    #[error("journal `{}` is damaged at line {line}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// A line does not carry the digest of the line before it: one of the two was changed after it was written, or one
    /// between them is missing.
    #[error("journal `{}` was changed: line {line} does not carry the digest of the line before it", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
}

/// What was read of a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Its whole records.
    pub records: Vec<Record>,
    /// Where the journal goes on.
    pub tail: Tail,
}

/// Reads the records of a journal.
///
/// A last line without its newline was being written when the program or the machine stopped: what it
/// announces was not acted on, so it is left out.
///
/// # Errors
/// When the file cannot be read, is of a later format, or has a whole line that is no record.
pub fn read(path: &Path) -> Result<Reading, ReadJournalError> {
    let bytes = fs::read(path).map_err(|source| ReadJournalError::Read { path: path.to_owned(), source })?;
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let lines = || bytes[..whole].split_inclusive(|byte| *byte == b'\n');
    let format = lines().next().and_then(format);
    if let Some(found) = format.filter(|found| *found > u64::from(FORMAT_VERSION)) {
        return Err(ReadJournalError::TooNew { path: path.to_owned(), found });
    }
    // A first line that says nothing of a format is no journal's: the fold refuses it.
    let format = format.and_then(|format| u32::try_from(format).ok()).unwrap_or(FORMAT_VERSION);
    let (mut records, mut tail) = (Vec::new(), Tail::of_new(format));
    for (line, text) in (1..).zip(lines()) {
        let path = || path.to_owned();
        let read: Line = serde_json::from_slice(text).map_err(|source| ReadJournalError::Damaged {
            path: path(),
            line,
            source,
        })?;
        if !tail.allows(&read) {
            return Err(ReadJournalError::Changed { path: path(), line });
        }
        tail.extend(text);
        records.push(read.into());
    }
    Ok(Reading { records, tail })
}

/// The format that a first line claims. Read before its shape is: a later format may have another.
fn format(first: &[u8]) -> Option<u64> {
    let first: Value = serde_json::from_slice(first).ok()?;
    first.pointer("/entry/format_version")?.as_u64()
}
