//! Pure: the mutating calls of an item.

use serde::{Deserialize, Serialize};

/// A mutating call of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Call {
    /// StopNotebookInstance on the source.
    StopSource,
    /// CreateNotebookInstance of the replacement.
    CreateReplacement,
    /// StopNotebookInstance on the replacement.
    StopReplacement,
    /// StartNotebookInstance on the replacement.
    StartReplacement,
    /// StartNotebookInstance on the source, after a failure.
    StartSource,
    /// DeleteNotebookInstance on the source.
    DeleteSource,
    /// DeleteNotebookInstance on the replacement, after a failure or in a rollback.
    DeleteReplacement,
    /// UpdateNotebookInstance on the source: its repair, or the way back of that. Since format 5.
    UpdateSource,
}

impl Call {
    /// The AWS operation.
    pub fn operation(self) -> &'static str {
        match self {
            Call::StopSource | Call::StopReplacement => "StopNotebookInstance",
            Call::CreateReplacement => "CreateNotebookInstance",
            Call::StartReplacement | Call::StartSource => "StartNotebookInstance",
            Call::DeleteSource | Call::DeleteReplacement => "DeleteNotebookInstance",
            Call::UpdateSource => "UpdateNotebookInstance",
        }
    }
}
