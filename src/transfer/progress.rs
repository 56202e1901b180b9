//! Pure: what a worker says before and during its work.

use serde::Deserialize;

use super::read::{InvalidObject, WorkerObject};

/// The most bytes that are read of such an object; a worker writes some hundred.
pub(super) const MOST: usize = 64 << 10;

/// `hello.json`: the worker runs, and may write to the bucket. Nothing has been read yet.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkerHello {
    /// The version of its Python.
    pub python: String,
    /// The release of the kernel.
    pub kernel: String,
    /// The user that it runs as; 0 can read everything.
    pub uid: u32,
    /// Bytes of the file system.
    pub size: u64,
    /// Bytes of it that are free.
    pub free: u64,
}

impl WorkerHello {
    /// Reads a `hello.json`.
    ///
    /// # Errors
    /// It is none.
    pub fn read(bytes: &[u8]) -> Result<WorkerObject<WorkerHello>, InvalidObject> {
        WorkerObject::parse("hello.json", bytes, MOST)
    }
}

/// `beat.json`: how far the work is. Overwritten again and again; when, S3 says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkerBeat {
    /// What it is doing: `export`, `import`, `look-again`.
    pub phase: String,
    /// Bytes of files so far.
    pub bytes: u64,
    /// Entries so far.
    pub entries: u64,
}

impl WorkerBeat {
    /// Reads a `beat.json`.
    ///
    /// # Errors
    /// It is none.
    pub fn read(bytes: &[u8]) -> Result<WorkerObject<WorkerBeat>, InvalidObject> {
        WorkerObject::parse("beat.json", bytes, MOST)
    }
}
