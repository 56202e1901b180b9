//! Pure: what is done with a plan.

use serde::{Deserialize, Serialize};

/// What a journal is the journal of. The two that follow an application have one of their own beside its journal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// The plan is carried out.
    #[default]
    Apply,
    /// What the application did is undone: replacements are deleted, and sources have their prior status again.
    Rollback,
    /// The sources that the application kept are deleted.
    Cleanup,
}

impl Purpose {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
    pub(super) fn is_apply(&self) -> bool {
        *self == Purpose::Apply
    }
}
