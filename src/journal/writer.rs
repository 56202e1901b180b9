//! Appends to a journal: one writer, one line a record, on disk before the program goes on.

#[cfg(test)]
mod tests;

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use crate::files::{create_private, sync_parent};
use crate::journal::line::Tail;
use crate::journal::{Entry, FORMAT_VERSION, Lock};

/// Why a record could not be written. Nothing may be sent after that.
#[derive(Debug, thiserror::Error)]
pub enum WriteJournalError {
    /// The file could not be opened or written.
    #[error("failed to write journal `{}`", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// An earlier write had failed: what is on disk is not known, so nothing is added.
    #[error("journal `{}` is closed, because an earlier write to it failed", path.display())]
    Closed {
        /// The file.
        path: PathBuf,
    },
}

/// A journal that records are appended to.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    open: Arc<Mutex<Open>>,
    #[cfg(test)]
    dying: Option<Dying>,
}

/// What a proof does before and after each line.
#[cfg(test)]
#[derive(Clone)]
struct Dying(Arc<Point>);

#[cfg(test)]
type Point = dyn Fn() -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync;

#[cfg(test)]
impl std::fmt::Debug for Dying {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Dying")
    }
}

#[derive(Debug)]
struct Open {
    file: File,
    tail: Tail,
    broken: bool,
    synced: bool,
}

impl Journal {
    /// Creates the journal of a new run. Until the first record is appended, the run does not exist.
    ///
    /// # Errors
    /// When the file exists or cannot be created.
    pub fn create(path: &Path, _lock: &Lock) -> Result<Self, WriteJournalError> {
        let failed = |source| WriteJournalError::Write { path: path.to_owned(), source };
        let file = create_private(path).map_err(failed)?;
        sync_parent(path).map_err(failed)?;
        Ok(Self::over(path, file, Tail::of_new(FORMAT_VERSION)))
    }

    /// Opens the journal of an earlier run, which goes as far as `tail`. A torn line after that is cut off, so that
    /// the next record stands on a line of its own.
    ///
    /// # Errors
    /// When the file cannot be opened or cut.
    pub fn reopen(path: &Path, tail: Tail, _lock: &Lock) -> Result<Self, WriteJournalError> {
        let failed = |source| WriteJournalError::Write { path: path.to_owned(), source };
        let file = OpenOptions::new().append(true).open(path).map_err(failed)?;
        file.set_len(tail.whole_bytes).and_then(|()| file.sync_all()).map_err(failed)?;
        Ok(Self::over(path, file, tail))
    }

    fn over(path: &Path, file: File, tail: Tail) -> Self {
        let open = Open { file, tail, broken: false, synced: true };
        Self {
            path: path.to_owned(),
            open: Arc::new(Mutex::new(open)),
            #[cfg(test)]
            dying: None,
        }
    }

    /// The same journal, with something to do before and after each line: for proofs that cut a run off there.
    #[cfg(test)]
    #[must_use]
    pub(crate) fn dying(self, point: Arc<Point>) -> Self {
        Self { dying: Some(Dying(point)), ..self }
    }

    #[cfg(test)]
    async fn point(&self) {
        if let Some(Dying(point)) = &self.dying {
            point().await;
        }
    }

    /// The same journal, but what it holds need not survive a crash: for rehearsals, whose world would not either.
    #[must_use]
    pub fn without_sync(self) -> Self {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).synced = false;
        self
    }

    /// The format that the journal was begun in, which it keeps.
    pub fn format(&self) -> u32 {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).tail.format
    }

    /// Appends one record. When this returns `Ok`, the record survives a crash; when it returns an error,
    /// the record may or may not be on disk, and nothing more can be appended.
    ///
    /// # Errors
    /// When the record could not be written and synced.
    pub async fn append(&self, at: Timestamp, entry: Entry) -> Result<(), WriteJournalError> {
        #[cfg(test)]
        self.point().await;
        let written = self.write(at, entry).await;
        #[cfg(test)]
        self.point().await;
        written
    }

    async fn write(&self, at: Timestamp, entry: Entry) -> Result<(), WriteJournalError> {
        let open = Arc::clone(&self.open);
        // The sync takes milliseconds: off the threads that drive the other items.
        let written = tokio::task::spawn_blocking(move || {
            open.lock().unwrap_or_else(PoisonError::into_inner).append(at, entry)
        });
        match written.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(Some(source))) => Err(WriteJournalError::Write { path: self.path.clone(), source }),
            Ok(Err(None)) | Err(_) => Err(WriteJournalError::Closed { path: self.path.clone() }),
        }
    }
}

impl Open {
    /// An error of `None` says that an earlier write had failed.
    fn append(&mut self, at: Timestamp, entry: Entry) -> Result<(), Option<io::Error>> {
        if self.broken {
            return Err(None);
        }
        let written = self.tail.line(at, entry).map_err(io::Error::other).and_then(|line| {
            self.file.write_all(&line)?;
            if self.synced {
                self.file.sync_data()?;
            }
            Ok(line)
        });
        self.broken = written.is_err();
        self.tail.extend(&written?);
        Ok(())
    }
}
