//! Pure: what items of both kinds are made of.

use serde::{Deserialize, Serialize};

use crate::inventory::{Description, Tags};

/// A source as it was observed when the plan was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Its Describe answer.
    pub description: Description,
    /// All its tags.
    pub tags: Tags,
}

/// One tag, as AWS writes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Tag {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// One attribute, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The attribute under AWS's name in a Describe answer, or `Tags`.
    pub attribute: String,
    /// Its value on the source; absent where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// Its value on the replacement; absent where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// One step of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedStep {
    /// What is done.
    pub step: StepKind,
    /// How long it is expected to take, in seconds. An estimate, not a limit.
    pub expected_seconds: u32,
}

/// What is done in one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    /// Stop the source and wait until it is `Stopped`.
    StopSource,
    /// Create the replacement and wait until it is `InService`.
    CreateReplacement,
    /// Compare every member and tag of the replacement with the request.
    VerifyReplacement,
    /// Stop the replacement, because the source was stopped, and wait until it is `Stopped`.
    StopReplacement,
    /// Delete the source and wait until it is gone.
    DeleteSource,
    /// Start the source with a lifecycle configuration of the run's, and wait until it is `InService`. Like the next four,
    /// only where the run moves files.
    StartExport,
    /// Wait until the files of the source are proven to be in the bucket.
    ExportFiles,
    /// Stop the source and give it its own lifecycle configuration back.
    StopExport,
    /// Stop the replacement and start it again with a lifecycle configuration of the run's.
    StartImport,
    /// Wait until the files are proven to be on the replacement.
    ImportFiles,
    /// Stop the replacement and give it its own lifecycle configuration and code repositories.
    StopImport,
    /// Start the replacement, because the source ran, and wait until it is `InService`.
    StartReplacement,
    /// Change the source's settings and wait until it is `Stopped` again.
    UpdateSource,
    /// Start the source and wait until it is `InService`.
    StartSource,
    /// Compare every member and tag of the source with what it was and what was changed.
    VerifySource,
}
