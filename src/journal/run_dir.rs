//! Where runs are kept: `<state directory>/runs/<run id>/`, with the journal and a copy of the plan.

use std::fs;
use std::io;
use std::path::{Path, PathBuf, absolute};

use jiff::Timestamp;

use crate::files::{create_private_dir, create_private_dirs, sync_parent};
use crate::ids::{AccountId, Digest, RunId};
use crate::journal::lock::{holder, host};
use crate::journal::{
    FoldError, Journal, Lock, LockError, Purpose, ReadJournalError, RunState, WriteJournalError, fold, read,
};

const JOURNAL: &str = "journal.jsonl";
const ROLLBACK: &str = "rollback.jsonl";
const CLEANUP: &str = "cleanup.jsonl";
const PLAN: &str = "plan.json";

/// Why the state directory could not be used.
#[derive(Debug, thiserror::Error)]
pub enum StateDirError {
    /// A directory could not be made or listed.
    #[error("failed to use the state directory `{}`", path.display())]
    Io {
        /// The directory.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A journal could not be read.
    #[error(transparent)]
    Read(#[from] ReadJournalError),
    /// A journal contradicts itself.
    #[error("journal `{}` contradicts itself", path.display())]
    Inconsistent {
        /// The journal.
        path: PathBuf,
        /// How.
        #[source]
        source: FoldError,
    },
}

/// The directory that runs are kept in.
#[derive(Debug, Clone)]
pub struct StateDir {
    root: PathBuf,
    /// Whether its runs are told apart from those of other directories that begin in the same second.
    has_unique_ids: bool,
}

/// The directory of one run.
#[derive(Debug, Clone)]
pub struct RunDir {
    path: PathBuf,
    journal: &'static str,
    /// The run.
    pub id: RunId,
}

impl StateDir {
    /// The state directory at this path; it need not exist yet.
    pub fn at(root: &Path) -> Self {
        Self { root: root.to_owned(), has_unique_ids: false }
    }

    /// The same, with ids for its new runs that no other directory or machine gives: the tag of a run is what proves whose
    /// a replacement is. A rehearsal does without, as it is to be the same each time.
    #[must_use]
    pub fn with_unique_ids(self) -> Self {
        Self { has_unique_ids: true, ..self }
    }

    fn runs(&self) -> PathBuf {
        self.root.join("runs")
    }

    /// Takes the lock for an account, and makes the directory where it does not exist.
    ///
    /// # Errors
    /// When another process holds it, or the directory cannot be used.
    pub fn lock(&self, account: &AccountId) -> Result<Lock, LockError> {
        let path = self.root.join(format!("{account}.lock"));
        let runs = self.runs();
        let made = create_private_dirs(&runs);
        made.map_err(|source| LockError::Io { path: runs, source })?;
        Lock::take(&path)
    }

    /// The process that is at work on an account, as far as its lock says.
    pub fn holder(&self, account: &AccountId) -> Option<String> {
        holder(&self.root.join(format!("{account}.lock")))
    }

    /// Every run, the oldest first.
    ///
    /// # Errors
    /// When the directory exists but cannot be listed.
    pub fn list(&self) -> Result<Vec<RunDir>, StateDirError> {
        let path = self.runs();
        let failed = |source| StateDirError::Io { path: path.clone(), source };
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(error)),
        };
        let mut runs = Vec::new();
        for entry in entries {
            let entry = entry.map_err(failed)?;
            // A directory without a journal is a run that was cut off before it existed.
            if let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok())
                && entry.path().join(JOURNAL).exists()
            {
                runs.push(RunDir { path: entry.path(), journal: JOURNAL, id });
            }
        }
        runs.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(runs)
    }

    /// The latest run of this plan, if there was one. A run whose journal holds nothing never began.
    ///
    /// # Errors
    /// When a journal that may be this plan's cannot be read.
    pub fn run_of(&self, plan: &Digest) -> Result<Option<(RunDir, RunState)>, StateDirError> {
        let runs = self.list()?.into_iter().rev();
        let named = |run: &RunDir| run.id.as_str().split('-').skip(1).any(|part| part == plan.short());
        for run in runs.filter(named) {
            if let Some(state) = run.state()?
                && &state.plan == plan
            {
                return Ok(Some((run, state)));
            }
        }
        Ok(None)
    }

    /// Makes the directory of a new run.
    ///
    /// # Errors
    /// When it exists or cannot be made.
    pub fn new_run(&self, plan: &Digest, now: Timestamp) -> Result<RunDir, StateDirError> {
        let mark = if self.has_unique_ids { format!("-{}", self.mark(now)) } else { String::new() };
        let name = format!("{}-{}{mark}", now.strftime("%Y%m%dT%H%M%SZ"), plan.short());
        let path = self.runs().join(&name);
        let failed = |source| StateDirError::Io { path: path.clone(), source };
        let id = name.parse().map_err(|error| failed(io::Error::other(error)))?;
        create_private_dir(&path).map_err(failed)?;
        sync_parent(&path).map_err(failed)?;
        Ok(RunDir { path, journal: JOURNAL, id })
    }
}

impl StateDir {
    fn mark(&self, now: Timestamp) -> String {
        let path = absolute(&self.root).unwrap_or_else(|_| self.root.clone());
        let told = format!("{} {} {} {now}", host(), std::process::id(), path.display());
        Digest::of(&told).short().to_owned()
    }
}

impl RunDir {
    /// The same run with the journal of this purpose.
    #[must_use]
    pub fn of(&self, purpose: Purpose) -> RunDir {
        let journal = match purpose {
            Purpose::Apply => JOURNAL,
            Purpose::Rollback => ROLLBACK,
            Purpose::Cleanup => CLEANUP,
        };
        RunDir { path: self.path.clone(), journal, id: self.id.clone() }
    }

    /// The journal's path.
    pub fn journal_path(&self) -> PathBuf {
        self.path.join(self.journal)
    }

    /// The path of the run's own copy of the plan.
    pub fn plan_path(&self) -> PathBuf {
        self.path.join(PLAN)
    }

    /// What the journal says; `None` when there is none, or not even its first record was written.
    ///
    /// # Errors
    /// When it cannot be read or contradicts itself.
    pub fn state(&self) -> Result<Option<RunState>, StateDirError> {
        let path = self.journal_path();
        match path.try_exists() {
            Ok(true) => {}
            Ok(false) => return Ok(None),
            Err(source) => return Err(StateDirError::Io { path, source }),
        }
        let reading = read(&path)?;
        if reading.records.is_empty() {
            return Ok(None);
        }
        fold(&reading.records).map(Some).map_err(|source| StateDirError::Inconsistent { path, source })
    }

    /// Creates the journal of a new run.
    ///
    /// # Errors
    /// When it exists or cannot be created.
    pub fn create_journal(&self, lock: &Lock) -> Result<Journal, WriteJournalError> {
        Journal::create(&self.journal_path(), lock)
    }

    /// Opens the journal of something that follows an application: begins it, or goes on with it.
    ///
    /// # Errors
    /// When it cannot be created, read or opened.
    pub fn begin_or_reopen_journal(&self, lock: &Lock) -> Result<Journal, StateDirError> {
        if self.state()?.is_some() {
            return self.reopen_journal(lock);
        }
        let path = self.journal_path();
        // A journal without a first record was cut off before anything was sent.
        let made = match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => self.create_journal(lock).map_err(io::Error::other),
        };
        made.map_err(|source| StateDirError::Io { path, source })
    }

    /// Opens the journal to go on with the run.
    ///
    /// # Errors
    /// When it cannot be read or opened.
    pub fn reopen_journal(&self, lock: &Lock) -> Result<Journal, StateDirError> {
        let path = self.journal_path();
        let reading = read(&path)?;
        Journal::reopen(&path, reading.tail, lock)
            .map_err(|error| StateDirError::Io { path, source: io::Error::other(error) })
    }
}
