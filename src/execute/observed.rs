//! Pure: what AWS reports of the two instances of an item.

use crate::ids::{Digest, RunId};
use crate::inventory::{Description, Tags};
use crate::plan::{Item, Tag, provenance};

/// Which run carries out which plan: what its replacements are tagged with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The run.
    pub run: RunId,
    /// The plan's digest.
    pub plan: Digest,
}

impl Identity {
    /// The tags of what this run makes for an item.
    pub(super) fn tags(&self, item: &Item) -> [Tag; 3] {
        provenance::tags(&self.run, &item.source.description.notebook_instance_arn, &self.plan)
    }
}

/// What AWS reports of an item now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    /// The source.
    pub source: Sight,
    /// The instance that has the replacement's name.
    pub replacement: Sight,
}

/// What AWS reports of one instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sight {
    /// It does not exist.
    Absent,
    /// It exists.
    Present(Box<Seen>),
}

/// An instance as it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its Describe answer.
    pub description: Description,
    /// All its tags.
    pub tags: Tags,
}

/// One of the two instances of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// The source.
    Source,
    /// The replacement.
    Replacement,
}
