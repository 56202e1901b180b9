//! The journal as it stands on disk, read line by line as it grows, without the program's own reader.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::journal::Entry;

/// How far a journal was read.
pub(super) struct JournalLines {
    path: PathBuf,
    bytes: u64,
    lines: u64,
}

/// What the proof needs of a line.
#[derive(Deserialize)]
struct Line {
    seq: u64,
    entry: Entry,
}

impl JournalLines {
    pub(super) fn at(path: PathBuf) -> JournalLines {
        JournalLines { path, bytes: 0, lines: 0 }
    }

    /// Whether it is about this file.
    pub(super) fn is_at(&self, path: &Path) -> bool {
        self.path == path
    }

    /// How many whole lines there are.
    pub(super) fn lines(&self) -> u64 {
        self.lines
    }

    /// The whole lines that came since.
    ///
    /// # Errors
    /// When a whole line is no record, or not the next one.
    pub(super) fn news(&mut self) -> Result<Vec<Entry>, String> {
        let Ok(mut file) = File::open(&self.path) else { return Ok(Vec::new()) };
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(self.bytes)).and_then(|_| file.read_to_end(&mut bytes)).unwrap();
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let mut entries = Vec::new();
        for text in bytes[..whole].split_inclusive(|byte| *byte == b'\n') {
            let line: Line = serde_json::from_slice(text).map_err(|error| error.to_string())?;
            if line.seq != self.lines {
                return Err(format!("line {} stands where {} should", line.seq, self.lines));
            }
            self.lines += 1;
            self.bytes += u64::try_from(text.len()).unwrap();
            entries.push(line.entry);
        }
        Ok(entries)
    }
}
