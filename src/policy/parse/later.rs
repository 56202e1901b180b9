//! What policies will be able to say, but this version does not do: refused by name, never ignored.

/// At the top of the file, and in `[rules]`.
pub(super) const ANY: &[&str] = &["severity"];

/// Keys of `[scope]`.
pub(super) const SCOPE: &[&str] = &["assume_role"];

/// Keys of `[defaults]` and `[[target]]`.
pub(super) const SETTINGS: &[&str] = &["allow_one_way", "kms_key"];

/// Keys of `match`.
pub(super) const MATCH: &[&str] = &["accounts", "types", "roles", "platforms", "statuses"];

/// Values of `strategy`.
pub(super) const STRATEGY: &[&str] = &["same-name"];

/// Values of `data`.
pub(super) const DATA: &[&str] = &["s3", "discard"];
