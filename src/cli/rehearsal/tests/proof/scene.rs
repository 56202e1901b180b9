//! What is true of one item at a moment, in the world and on disk.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::cli::rehearsal::tests::proof::item_journal::ItemJournal;
use crate::cli::rehearsal::tests::proof::law::{Broken, Law, hold};
use crate::cli::rehearsal::tests::proof::moves::Moves;
use crate::cli::rehearsal::tests::proof::notes::{Notes, Spot};
use crate::cli::rehearsal::tests::proof::settings::has_settings;
use crate::execute::{Side, config_name};
use crate::ids::{Digest, ItemId, RunId};
use crate::journal::{Call, CallObject, PriorStatus, Purpose};
use crate::plan::{AnyItem, Item, Tag, TransferKind, provenance};
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
    /// The names of all lifecycle configurations.
    pub(super) configs: Vec<&'a str>,
    /// Whether anything has happened that may be the cause of a refusal or a failure.
    pub(super) trouble: bool,
    /// Whether somebody may have worked on the source since its files were exported.
    pub(super) used: bool,
    /// Whether AWS has denied a stop of the source.
    pub(super) stop_denied: bool,
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
            let mut settings = then.settings.clone();
            // What the run has given it to move its files.
            if let Some(upgraded) = self.upgrade().filter(|_| self.ever.contains(&Call::AttachExport)) {
                settings.platform_identifier = upgraded;
            }
            let same = now.settings == then.settings || now.settings == settings;
            same && (&now.tags, now.created, &now.volume.id) == (&then.tags, then.created, &then.volume.id)
        };
        self.meddled[0] || self.source.is_some_and(same)
    }

    fn upgrade(&self) -> Option<String> {
        self.item.replaced().filter(|item| item.moved_by_run().is_some())?.upgrade_source.clone()
    }

    /// Whether the source is still the instance that was reviewed, whatever was changed about it.
    pub(super) fn is_the_same(&self) -> bool {
        self.meddled[0] || self.source.is_some_and(|now| now.volume.id == self.reviewed.volume.id)
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

/// The call that this operation is on this object, where no transfer is under way.
fn call_of(operation: &str, object: CallObject) -> Option<Call> {
    match (operation, object) {
        ("StopNotebookInstance", CallObject::Source) => Some(Call::StopSource),
        ("StartNotebookInstance", CallObject::Source) => Some(Call::StartSource),
        ("DeleteNotebookInstance", CallObject::Source) => Some(Call::DeleteSource),
        ("UpdateNotebookInstance", CallObject::Source) => Some(Call::UpdateSource),
        ("CreateNotebookInstance", CallObject::Replacement) => Some(Call::CreateReplacement),
        ("StopNotebookInstance", CallObject::Replacement) => Some(Call::StopReplacement),
        ("StartNotebookInstance", CallObject::Replacement) => Some(Call::StartReplacement),
        ("DeleteNotebookInstance", CallObject::Replacement) => Some(Call::DeleteReplacement),
        (_, CallObject::Source | CallObject::Replacement | CallObject::Config(_)) => None,
    }
}

impl Notes {
    /// The item that is meant by a place, and what of it.
    pub(super) fn meant(&self, spot: &Spot) -> Option<(ItemId, CallObject)> {
        if let Some(id) = self.config_spots.get(spot) {
            let export = config_name(&self.run, id, TransferKind::Export).eq_ignore_ascii_case(&spot.1);
            let transfer = if export { TransferKind::Export } else { TransferKind::Import };
            return Some((id.clone(), CallObject::Config(transfer)));
        }
        let (id, side) = self.spots.get(spot)?;
        let object = match side {
            Side::Source => CallObject::Source,
            Side::Replacement => CallObject::Replacement,
        };
        Some((id.clone(), object))
    }

    /// The call that is sent: the one that was announced, if it is such an operation on this object.
    pub(super) fn announced(&self, id: &ItemId, operation: &str, object: CallObject) -> Option<Call> {
        let announced = self.tracks[id].item_journal.intent.as_ref().map(|(call, _)| *call);
        let fits = |call: &Call| call.operation() == operation && call.object() == object;
        announced.filter(fits).or_else(|| call_of(operation, object))
    }
}

pub(super) fn status_of(prior: PriorStatus) -> Status {
    match prior {
        PriorStatus::InService => Status::InService,
        PriorStatus::Stopped => Status::Stopped,
    }
}
