//! The status of a notebook instance, and what it allows.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The status of a notebook instance. Values that AWS adds later are kept as text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Status {
    /// Being created or started.
    Pending,
    /// Running.
    InService,
    /// Being stopped.
    Stopping,
    /// Stopped; the volume is kept.
    Stopped,
    /// Creating or starting failed.
    Failed,
    /// Being deleted.
    Deleting,
    /// Being changed.
    Updating,
    /// Waiting for maintenance by AWS (since 2026-08-07; meaning not documented).
    PendingMaintenance,
    /// In maintenance by AWS.
    InMaintenance,
    /// A status that this version does not know.
    Other(String),
}

/// Whether an instance is at rest, and where. The one place that says which statuses pass by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// It runs.
    Running,
    /// It is stopped.
    Stopped,
    /// Creating or starting it failed; AWS starts it again from there.
    Failed,
    /// It is on its way out, for good.
    Deleting,
    /// Something is being done with it, or its status is one that this version does not know: it can only be waited for.
    Busy,
}

impl Status {
    /// The status in AWS's spelling.
    pub fn as_str(&self) -> &str {
        match self {
            Status::Pending => "Pending",
            Status::InService => "InService",
            Status::Stopping => "Stopping",
            Status::Stopped => "Stopped",
            Status::Failed => "Failed",
            Status::Deleting => "Deleting",
            Status::Updating => "Updating",
            Status::PendingMaintenance => "PendingMaintenance",
            Status::InMaintenance => "InMaintenance",
            Status::Other(text) => text,
        }
    }

    /// What can be done with an instance in this status.
    pub fn rest(&self) -> Rest {
        match self {
            Status::InService => Rest::Running,
            Status::Stopped => Rest::Stopped,
            Status::Failed => Rest::Failed,
            Status::Deleting => Rest::Deleting,
            Status::Pending
            | Status::Stopping
            | Status::Updating
            | Status::PendingMaintenance
            | Status::InMaintenance
            | Status::Other(_) => Rest::Busy,
        }
    }
}

impl From<String> for Status {
    fn from(text: String) -> Self {
        match text.as_str() {
            "Pending" => Status::Pending,
            "InService" => Status::InService,
            "Stopping" => Status::Stopping,
            "Stopped" => Status::Stopped,
            "Failed" => Status::Failed,
            "Deleting" => Status::Deleting,
            "Updating" => Status::Updating,
            "PendingMaintenance" => Status::PendingMaintenance,
            "InMaintenance" => Status::InMaintenance,
            _ => Status::Other(text),
        }
    }
}

impl From<Status> for String {
    fn from(status: Status) -> String {
        match status {
            Status::Other(text) => text,
            known @ (Status::Pending
            | Status::InService
            | Status::Stopping
            | Status::Stopped
            | Status::Failed
            | Status::Deleting
            | Status::Updating
            | Status::PendingMaintenance
            | Status::InMaintenance) => known.as_str().to_owned(),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
