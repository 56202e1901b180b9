//! Pure: the mutating calls of an item.

use serde::{Deserialize, Serialize};

use crate::plan::TransferKind;

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
    /// CreateNotebookInstanceLifecycleConfig that exports the files of the source. This and all below: since format 6.
    CreateExportConfig,
    /// UpdateNotebookInstance on the source: it is given that configuration.
    AttachExport,
    /// StartNotebookInstance on the source, to export.
    StartExport,
    /// StopNotebookInstance on the source, which has exported.
    StopExport,
    /// UpdateNotebookInstance on the source: it is given its own configuration back.
    DetachExport,
    /// DeleteNotebookInstanceLifecycleConfig of what exported.
    DeleteExportConfig,
    /// CreateNotebookInstanceLifecycleConfig that imports the files to the replacement.
    CreateImportConfig,
    /// StopNotebookInstance on a replacement that was created without that configuration.
    StopForImport,
    /// UpdateNotebookInstance on the replacement: it is given that configuration.
    AttachImport,
    /// StartNotebookInstance on the replacement, to import.
    StartImport,
    /// StopNotebookInstance on the replacement, which has imported.
    StopImport,
    /// UpdateNotebookInstance on the replacement: it is made what was asked for.
    DetachImport,
    /// DeleteNotebookInstanceLifecycleConfig of what imported.
    DeleteImportConfig,
}

/// What a call is sent for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallObject {
    /// The source.
    Source,
    /// The replacement.
    Replacement,
    /// The lifecycle configuration of a transfer.
    Config(TransferKind),
}

/// What a call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallVerb {
    /// It makes it.
    Create,
    /// It starts it.
    Start,
    /// It stops it.
    Stop,
    /// It changes it.
    Update,
    /// It deletes it.
    Delete,
}

impl Call {
    /// What the call does, and with what.
    pub fn parts(self) -> (CallVerb, CallObject) {
        use {CallObject as On, CallVerb as Verb};
        match self {
            Call::StopSource | Call::StopExport => (Verb::Stop, On::Source),
            Call::StartSource | Call::StartExport => (Verb::Start, On::Source),
            Call::UpdateSource | Call::AttachExport | Call::DetachExport => (Verb::Update, On::Source),
            Call::DeleteSource => (Verb::Delete, On::Source),
            Call::CreateReplacement => (Verb::Create, On::Replacement),
            Call::StopReplacement | Call::StopForImport | Call::StopImport => (Verb::Stop, On::Replacement),
            Call::StartReplacement | Call::StartImport => (Verb::Start, On::Replacement),
            Call::AttachImport | Call::DetachImport => (Verb::Update, On::Replacement),
            Call::DeleteReplacement => (Verb::Delete, On::Replacement),
            Call::CreateExportConfig => (Verb::Create, On::Config(TransferKind::Export)),
            Call::DeleteExportConfig => (Verb::Delete, On::Config(TransferKind::Export)),
            Call::CreateImportConfig => (Verb::Create, On::Config(TransferKind::Import)),
            Call::DeleteImportConfig => (Verb::Delete, On::Config(TransferKind::Import)),
        }
    }

    /// What the call does.
    pub fn verb(self) -> CallVerb {
        self.parts().0
    }

    /// What the call is sent for.
    pub fn object(self) -> CallObject {
        self.parts().1
    }

    /// The AWS operation.
    pub fn operation(self) -> &'static str {
        match self.parts() {
            (CallVerb::Create, CallObject::Config(_)) => "CreateNotebookInstanceLifecycleConfig",
            (_, CallObject::Config(_)) => "DeleteNotebookInstanceLifecycleConfig",
            (CallVerb::Create, _) => "CreateNotebookInstance",
            (CallVerb::Start, _) => "StartNotebookInstance",
            (CallVerb::Stop, _) => "StopNotebookInstance",
            (CallVerb::Update, _) => "UpdateNotebookInstance",
            (CallVerb::Delete, _) => "DeleteNotebookInstance",
        }
    }
}
