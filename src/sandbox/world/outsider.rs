//! What others do to instances meanwhile.

use jiff::Timestamp;

use crate::sandbox::latency::Kind;
use crate::sandbox::platforms;

use super::Pace;
use super::notebook::{Becomes, Status};
use super::site::{Begin, Site};

/// What someone did who is not the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Deed {
    pub(crate) at: Timestamp,
    pub(crate) operation: &'static str,
    pub(crate) name: String,
}

/// What an outsider does to an instance as soon as its status allows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutsiderAct {
    /// Starts it.
    Start,
    /// Stops it.
    Stop,
    /// Sets a tag of its own.
    Retag,
    /// Deletes it.
    Delete,
}

impl OutsiderAct {
    /// The act's name in scenarios and flags.
    pub fn as_str(self) -> &'static str {
        match self {
            OutsiderAct::Start => "start",
            OutsiderAct::Stop => "stop",
            OutsiderAct::Retag => "retag",
            OutsiderAct::Delete => "delete",
        }
    }
}

impl Site {
    /// Lets those act who have waited for another status of an instance. With it their acts are gone too.
    pub(super) fn let_in(&mut self, key: &str, at: Timestamp, pace: &Pace<'_>) {
        let acts = self.waiting.remove(key).unwrap_or_default();
        let Some(name) = self.notebooks.get(key).map(|notebook| notebook.name.clone()) else { return };
        for act in acts {
            self.interfere(act, &name, at, pace);
        }
    }

    pub(super) fn interfere(&mut self, act: OutsiderAct, name: &str, at: Timestamp, pace: &Pace<'_>) {
        let Some(notebook) = self.notebook_mut(name) else { return };
        let status = notebook.status;
        let begin = |kind| Begin { kind, now: at, stuck: false, pace };
        let operation = match (act, status) {
            (OutsiderAct::Retag, _) => {
                notebook.tags.insert("changed-by".to_owned(), "somebody-else".to_owned());
                "AddTags"
            }
            // AWS refuses it, and they leave it at that.
            (OutsiderAct::Start, Status::Stopped | Status::Failed)
                if !platforms::starts(&notebook.settings.platform_identifier, at) =>
            {
                return;
            }
            (OutsiderAct::Start, Status::Stopped | Status::Failed) => {
                // Its network interface may have been given up when it was stopped.
                let becomes = if self.attach_interface(name, pace) {
                    Becomes::Status(Status::InService)
                } else {
                    Becomes::Failed("The subnet has no free address.".to_owned())
                };
                self.begin(name, (Status::Pending, becomes), begin(Kind::Start));
                "StartNotebookInstance"
            }
            (OutsiderAct::Stop, Status::InService) => {
                let becomes = Becomes::Status(Status::Stopped);
                self.begin(name, (Status::Stopping, becomes), begin(Kind::Stop));
                "StopNotebookInstance"
            }
            (OutsiderAct::Delete, Status::Stopped | Status::Failed) => {
                self.begin(name, (Status::Deleting, Becomes::Gone), begin(Kind::Delete));
                "DeleteNotebookInstance"
            }
            _ => {
                let waiting = self.waiting.entry(name.to_ascii_lowercase()).or_default();
                if !waiting.contains(&act) {
                    waiting.push(act);
                }
                return;
            }
        };
        self.deeds.push(Deed { at, operation, name: name.to_owned() });
    }
}
