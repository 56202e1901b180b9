//! What is true of one item at a moment, in the world and on disk.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::cli::rehearsal::tests::proof::item_journal::ItemJournal;
use crate::cli::rehearsal::tests::proof::law::{Broken, Law, hold};
use crate::cli::rehearsal::tests::proof::moves::Moves;
use crate::cli::rehearsal::tests::proof::settings::has_settings;
use crate::execute::Side;
use crate::ids::{Digest, RunId};
use crate::journal::{Call, PriorStatus, Purpose};
use crate::plan::{AnyItem, Item, Tag, provenance};
use crate::sandbox::{Notebook, NotebookStatus as Status};

/// The tag that outsiders set.
const RETAG: &str = "changed-by";

/// One item at a moment.
pub(super) struct Scene<'a> {
    pub(super) purpose: Purpose,
    pub(super) item: AnyItem<'a>,
    pub(super) identity: (&'a RunId, &'a Digest),
    /// What is on disk.
    pub(super) known: &'a ItemJournal,
    /// What the application has left on disk, where this follows one.
    pub(super) applied: &'a ItemJournal,
    /// Every call that was ever announced for the item, whatever was tried anew since.
    pub(super) ever: &'a [Call],
    /// The source when the plan was made.
    pub(super) reviewed: &'a Notebook,
    /// Whether the role and the key of the source let it be launched, or nobody could tell.
    pub(super) usable: bool,
    pub(super) source: Option<&'a Notebook>,
    pub(super) replacement: Option<&'a Notebook>,
    /// Whether somebody else has changed the source, and the replacement, since the program last looked at it: what it
    /// does then, it could not have known better.
    pub(super) meddled: [bool; 2],
    /// Whether anything has happened that may keep the source, and the replacement, from the status it is to have.
    pub(super) hindered: [bool; 2],
    /// What was moved by hand, where the plan moves its files.
    pub(super) moves: Option<Moves>,
}

impl<'a> Scene<'a> {
    /// The item, of laws that are asked of what is replaced alone.
    pub(super) fn replaced(&self) -> &'a Item {
        self.item.replaced().expect("is replaced")
    }

    /// Whether the source is the instance that was reviewed, its status aside.
    pub(super) fn is_as_reviewed(&self) -> bool {
        let same = |now: &Notebook| {
            let then = self.reviewed;
            (&now.settings, &now.tags, now.created, &now.volume)
                == (&then.settings, &then.tags, then.created, &then.volume)
        };
        self.meddled[0] || self.source.is_some_and(same)
    }

    /// Whether the source is still the instance that was reviewed, whatever was changed about it.
    pub(super) fn is_the_same(&self) -> bool {
        self.meddled[0] || self.source.is_some_and(|now| now.volume == self.reviewed.volume)
    }

    pub(super) fn source_is(&self, statuses: &[Status]) -> bool {
        self.meddled[0] || self.source.is_some_and(|source| statuses.contains(&source.status))
    }

    pub(super) fn replacement_is(&self, statuses: &[Status]) -> bool {
        self.meddled[1] || self.replacement.is_some_and(|found| statuses.contains(&found.status))
    }

    /// Whether this run made what has the replacement's name.
    pub(super) fn is_ours(&self) -> bool {
        let own = |found: &Notebook| {
            self.own_tags().iter().all(|Tag { key, value }| found.tags.get(key) == Some(value))
        };
        self.meddled[1] || self.replacement.is_some_and(own)
    }

    /// Whether the replacement is what was requested, to the last setting and tag.
    pub(super) fn is_as_requested(&self) -> bool {
        let wanted = || -> BTreeMap<String, String> {
            let all = self.replaced().request.tags.iter().cloned().chain(self.own_tags());
            all.map(|Tag { key, value }| (key, value)).collect()
        };
        let exact = |found: &Notebook| {
            let mut tags = found.tags.clone();
            tags.remove(RETAG);
            has_settings(&self.replaced().request, &found.settings) && tags == wanted()
        };
        self.meddled[1] || self.replacement.is_some_and(exact)
    }

    fn own_tags(&self) -> [Tag; 3] {
        let (run, plan) = self.identity;
        provenance::tags(run, &self.replaced().source.description.notebook_instance_arn, plan)
    }

    pub(super) fn replacement_has_prior_status(&self) -> bool {
        self.known.prior.is_some_and(|prior| self.replacement_is(&[status_of(prior)]))
    }

    /// Whether the source is as it was before.
    pub(super) fn is_given_back(&self) -> bool {
        let prior = self.known.prior.or(self.applied.prior);
        prior.is_none_or(|prior| self.source.is_some_and(|one| one.status == status_of(prior)))
    }

    /// When the source was last changed, to the millisecond, as AWS tells it.
    pub(super) fn modified(&self) -> Option<Timestamp> {
        let modified = self.source?.modified;
        Timestamp::from_millisecond(modified.as_millisecond()).ok()
    }

    pub(super) fn hold_reviewed(&self, broken: &mut Broken) {
        hold(broken, Law::DriftRefused, self.is_as_reviewed(), || {
            format!("the source is {:?}, reviewed was {:?}", self.source, self.reviewed)
        });
    }

    pub(super) fn hold_requested(&self, broken: &mut Broken, law: Law) {
        hold(broken, law, self.is_as_requested(), || {
            format!("the replacement is {:?}, requested {:?}", self.replacement, self.replaced().request)
        });
    }

    pub(super) fn hold_source(&self, broken: &mut Broken, wanted: &[Status]) {
        hold(broken, Law::NotBlindly, self.source_is(wanted), || {
            format!("the source is {:?}", self.source.map(|source| source.status))
        });
    }

    pub(super) fn hold_replacement(&self, broken: &mut Broken, wanted: &[Status]) {
        hold(broken, Law::NotBlindly, self.replacement_is(wanted), || {
            format!("the replacement is {:?}", self.replacement.map(|found| found.status))
        });
    }
}

/// The call that this operation is on this instance.
pub(super) fn call_of(operation: &str, side: Side) -> Option<Call> {
    match (operation, side) {
        ("StopNotebookInstance", Side::Source) => Some(Call::StopSource),
        ("StartNotebookInstance", Side::Source) => Some(Call::StartSource),
        ("DeleteNotebookInstance", Side::Source) => Some(Call::DeleteSource),
        ("UpdateNotebookInstance", Side::Source) => Some(Call::UpdateSource),
        ("CreateNotebookInstance", Side::Replacement) => Some(Call::CreateReplacement),
        ("StopNotebookInstance", Side::Replacement) => Some(Call::StopReplacement),
        ("StartNotebookInstance", Side::Replacement) => Some(Call::StartReplacement),
        ("DeleteNotebookInstance", Side::Replacement) => Some(Call::DeleteReplacement),
        (_, Side::Source | Side::Replacement) => None,
    }
}

pub(super) fn status_of(prior: PriorStatus) -> Status {
    match prior {
        PriorStatus::InService => Status::InService,
        PriorStatus::Stopped => Status::Stopped,
    }
}
