//! Pure: which instance is the one that is meant, whatever has its name now.

use crate::execute::observed::{Identity, Seen, Sight};
use crate::ids::RunId;
use crate::inventory::Status;
use crate::journal::{Call, Past};
use crate::plan::{Drift, Item, Source, drift, provenance};

/// What stands under the replacement's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Replacement<'a> {
    /// Nothing.
    Absent,
    /// The replacement that this run made.
    Ours(&'a Seen),
    /// It was only just created, and its tags cannot be read yet: whose it is shows later.
    Untagged,
    /// One that another run of this plan made for this source.
    OfRun(RunId),
    /// An instance that no run of this plan made.
    Strangers,
}

/// What stands under the replacement's name. The tag of the run proves that it is ours, and nothing else does: not the
/// journal, which may speak of an instance that was deleted and made anew by somebody else, and not the plan, which may have
/// been applied from another directory too. Applying, going back and cleaning up all go by this.
pub(super) fn replacement<'a>(item: &Item, identity: &Identity, sight: &'a Sight) -> Replacement<'a> {
    let Sight::Present(seen) = sight else { return Replacement::Absent };
    let source = &item.source.description.notebook_instance_arn;
    if provenance::made_by(&seen.tags, source, &identity.plan)
        && let Some(run) = seen.tags.get(provenance::RUN).and_then(|run| run.parse::<RunId>().ok())
    {
        return if run == identity.run { Replacement::Ours(seen) } else { Replacement::OfRun(run) };
    }
    let untagged = provenance::KEYS.iter().all(|key| !seen.tags.contains_key(*key));
    if untagged && seen.description.notebook_instance_status == Status::Pending {
        Replacement::Untagged
    } else {
        Replacement::Strangers
    }
}

/// The source, where it is the instance that was planned with and not another of its name.
pub(super) fn source<'a>(planned: &Source, sight: &'a Sight) -> Option<&'a Seen> {
    let Sight::Present(seen) = sight else { return None };
    let (planned, now) = (&planned.description, &seen.description);
    let same = now.notebook_instance_arn.same(&planned.notebook_instance_arn)
        && now.creation_time == planned.creation_time;
    same.then_some(seen)
}

/// How a source differs from what was planned with, if it does, but for the platform that this run, or the application before
/// it, has given it to move its files.
pub(super) fn strayed(item: &Item, source: &Seen, past: &Past) -> Option<Vec<Drift>> {
    let mut drifts = drift(&item.source, &source.description, &source.tags, &item.ignore_tags);
    if past.may_have_happened(Call::AttachExport) && item.upgrade_source.is_some() {
        let upgraded = source.description.platform_identifier == item.upgrade_source;
        drifts.retain(|one| !(upgraded && one.member == "PlatformIdentifier"));
    }
    (!drifts.is_empty()).then_some(drifts)
}

/// How a source differs from what was planned with, if it does.
pub(super) fn drifted(planned: &Source, source: &Seen, ignore_tags: &[String]) -> Option<Vec<Drift>> {
    let drifts = drift(planned, &source.description, &source.tags, ignore_tags);
    (!drifts.is_empty()).then_some(drifts)
}
