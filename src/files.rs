//! Files and directories that only their owner can read, and that are on disk when the call returns.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// A file could not be written.
#[derive(Debug, thiserror::Error)]
#[error("failed to write `{}`", path.display())]
pub struct WriteFileError {
    /// The file.
    pub path: PathBuf,
    /// Why.
    #[source]
    pub source: io::Error,
}

/// Writes a file whole or not at all, and makes its directories.
///
/// After a crash the path holds the old content or the new, never a part; a file whose name begins with `.tmp` may be left
/// beside it.
///
/// # Errors
/// When the file cannot be written; the path is as it was then.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), WriteFileError> {
    let write = || {
        let parent = parent(path);
        fs::create_dir_all(parent)?;
        if path.file_name().is_none() {
            return Err(io::Error::other("it names no file"));
        }
        // Its mode is 0600, and it goes when it is not persisted.
        let mut file = tempfile::NamedTempFile::new_in(parent)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        sync_parent(path)
    };
    write().map_err(|source| WriteFileError { path: path.to_owned(), source })
}

/// Creates a file to append to. One that exists is an error: it is never written over.
///
/// # Errors
/// When it exists, or cannot be created.
pub fn create_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create_new(true).mode(0o600).open(path)
}

/// Creates a directory. One that exists is an error.
///
/// # Errors
/// When it exists, or cannot be created.
pub fn create_private_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(path)
}

/// Creates a directory and those above it, where they do not exist.
///
/// # Errors
/// When one of them cannot be created.
pub fn create_private_dirs(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Makes a new name in the directory survive a crash.
///
/// # Errors
/// When the directory cannot be written to disk.
pub fn sync_parent(path: &Path) -> io::Result<()> {
    File::open(parent(path))?.sync_all()
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        Some(_) | None => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_is_made_is_the_owners_alone_and_a_file_is_replaced_whole() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a/b/file");
        for text in ["one", "two"] {
            write_private(&path, text.as_bytes()).unwrap();
            assert_eq!((fs::read_to_string(&path).unwrap().as_str(), mode(&path)), (text, 0o600));
        }
        let beside: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().collect();
        assert_eq!(beside.len(), 1, "{beside:?}");
        let log = directory.path().join("log");
        create_private(&log).unwrap();
        assert!(create_private(&log).is_err(), "it is there already");
        let (runs, run) = (directory.path().join("x/runs"), directory.path().join("x/runs/1"));
        create_private_dirs(&runs).unwrap();
        create_private_dirs(&runs).unwrap();
        create_private_dir(&run).unwrap();
        assert!(create_private_dir(&run).is_err(), "it is there already");
        assert_eq!((mode(&log), mode(&runs), mode(&run)), (0o600, 0o700, 0o700));
    }

    #[test]
    fn a_file_that_cannot_be_written_is_left_as_it_was_and_named() {
        let directory = tempfile::tempdir().unwrap();
        let taken = directory.path().join("taken");
        fs::create_dir(&taken).unwrap();
        for path in [taken.clone(), PathBuf::from("/"), taken.join("..")] {
            let error = write_private(&path, b"x").unwrap_err();
            assert_eq!(error.path, path);
        }
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "nothing is left beside it");
    }
}
