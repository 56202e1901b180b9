//! Reads TOML with errors that point into the file.

/// Every problem of one file.
#[derive(Debug)]
pub struct Problems;
