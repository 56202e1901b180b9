//! Loads and saves plans: the only file access of `plan`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::files::{WriteFileError, write_private};
use crate::ids::Digest;
use crate::plan::{FORMAT_VERSION, Plan, check, digest, duplicate_members};

/// A plan document larger than this is not one of ours: 50,000 instances take less.
const MAX_BYTES: u64 = 512 * 1024 * 1024;

/// Why a plan could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadPlanError {
    /// The file could not be read.
    #[error("failed to read plan `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file is far larger than any plan.
    #[error("`{}` has {bytes} bytes: that is no plan", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
    },
    /// The file is not a whole JSON document.
    #[error("plan `{}` is not a complete JSON document", path.display())]
    NotJson {
        /// The file.
        path: PathBuf,
        /// Where it stops being one.
        #[source]
        source: serde_json::Error,
    },
    /// The document does not say which format it has.
    #[error("`{}` is not a plan: it has no `format_version`", path.display())]
    NotAPlan {
        /// The file.
        path: PathBuf,
    },
    /// The document was written by a later version of the program.
    #[error("plan `{}` has format {found}; this version reads up to {FORMAT_VERSION}", path.display())]
    TooNew {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u64,
    },
    /// The document was changed after it was made.
    #[error("plan `{}` was changed after it was made: its digest is {claimed}, its content's is {found}", path.display())]
    DigestMismatch {
        /// The file.
        path: PathBuf,
        /// The digest that it claims.
        claimed: String,
        /// The digest of what it holds.
        found: Digest,
    },
    /// The document does not have a plan's shape.
    #[error("plan `{}` does not have the shape of a plan", path.display())]
    Shape {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// The plan contradicts itself.
    #[error("plan `{}` contradicts itself: {}", path.display(), problems.join("; "))]
    Inconsistent {
        /// The file.
        path: PathBuf,
        /// How.
        problems: Vec<String>,
    },
}

/// Why a plan could not be saved.
#[derive(Debug, thiserror::Error)]
pub enum SavePlanError {
    /// The plan did not pass its own checker: a bug in the planner.
    #[error("the planner made a plan that contradicts itself: {}", problems.join("; "))]
    Inconsistent {
        /// How.
        problems: Vec<String>,
    },
    /// The plan could not be written as JSON.
    #[error("failed to write the plan as JSON")]
    Json(#[source] serde_json::Error),
    /// The file could not be written.
    #[error(transparent)]
    Write(#[from] WriteFileError),
}

/// Loads a plan and makes sure that it is whole, unchanged and consistent.
///
/// # Errors
/// Why it cannot be used; nothing of it is used then.
pub fn load(path: &Path) -> Result<Plan, LoadPlanError> {
    let read = |source| LoadPlanError::Read { path: path.to_owned(), source };
    let bytes = fs::metadata(path).map_err(read)?.len();
    if bytes > MAX_BYTES {
        return Err(LoadPlanError::TooLarge { path: path.to_owned(), bytes });
    }
    from_bytes(path, &fs::read(path).map_err(read)?)
}

fn from_bytes(path: &Path, bytes: &[u8]) -> Result<Plan, LoadPlanError> {
    let path_buf = || path.to_owned();
    let document: Value = serde_json::from_slice(bytes)
        .map_err(|source| LoadPlanError::NotJson { path: path_buf(), source })?;
    let format = document.get("format_version").and_then(Value::as_u64);
    let format = format.ok_or_else(|| LoadPlanError::NotAPlan { path: path_buf() })?;
    if format > u64::from(FORMAT_VERSION) {
        return Err(LoadPlanError::TooNew { path: path_buf(), found: format });
    }
    let not_canonical = |_| LoadPlanError::NotAPlan { path: path_buf() };
    let found = digest::of_document(&document).map_err(not_canonical)?;
    let claimed = document.get("digest").and_then(Value::as_str).unwrap_or("absent");
    if claimed != found.as_str() {
        let claimed = claimed.chars().take(64).collect();
        return Err(LoadPlanError::DigestMismatch { path: path_buf(), claimed, found });
    }
    let shape = |source| LoadPlanError::Shape { path: path_buf(), source };
    duplicate_members::check_members(bytes).map_err(shape)?;
    let plan: Plan = serde_json::from_slice(bytes).map_err(shape)?;
    let problems: Vec<String> = check::check(&plan).iter().map(ToString::to_string).collect();
    if problems.is_empty() {
        Ok(plan)
    } else {
        Err(LoadPlanError::Inconsistent { path: path_buf(), problems })
    }
}

/// The name a plan's file is given: `<UTC time>-<first 8 digits of the digest>.json`.
pub fn file_name(plan: &Plan) -> String {
    format!("{}-{}.json", plan.created.strftime("%Y%m%dT%H%M%SZ"), plan.digest.short())
}

/// The plan as its file holds it.
///
/// # Errors
/// When the checker finds a problem: such a plan is never saved.
pub fn to_bytes(plan: &Plan) -> Result<Vec<u8>, SavePlanError> {
    let problems: Vec<String> = check::check(plan).iter().map(ToString::to_string).collect();
    if !problems.is_empty() {
        return Err(SavePlanError::Inconsistent { problems });
    }
    let mut bytes = serde_json::to_vec_pretty(plan).map_err(SavePlanError::Json)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Saves a plan at exactly this path. See [`write_private`] for what holds after a crash.
///
/// # Errors
/// When it is inconsistent or cannot be written.
pub fn save(plan: &Plan, path: &Path) -> Result<(), SavePlanError> {
    Ok(write_private(path, &to_bytes(plan)?)?)
}
