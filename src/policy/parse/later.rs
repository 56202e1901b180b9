//! Pure: what policies will be able to say, but this version does not do: refused by name, never ignored.

/// Keys of `[scope]`.
pub(super) const SCOPE: &[&str] = &["assume_role"];

/// Values of `strategy`.
pub(super) const STRATEGY: &[&str] = &["same-name"];

/// Values of `data`.
pub(super) const DATA: &[&str] = &["s3", "discard"];
