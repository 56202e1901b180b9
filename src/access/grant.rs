//! Pure: what the actions of a purpose are allowed on.

use std::collections::BTreeSet;

use super::document::Condition;

/// What the actions of a purpose are allowed on.
pub(super) struct Grant {
    /// What its `Sid` ends in, where a purpose has several.
    pub(super) suffix: String,
    pub(super) resources: BTreeSet<String>,
    pub(super) condition: Condition,
}
