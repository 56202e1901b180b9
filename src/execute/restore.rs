//! Pure: after a failure, the way back of the source to its prior status. Nothing is deleted.

use crate::execute::event::Phase;
use crate::execute::step::{End, Observed, Party, Sight, Step, send};
use crate::inventory::Status;
use crate::journal::{Call, Past, PriorStatus};
use crate::plan::Item;

/// Starts the source again if it ran and this run stopped it; then the item ends as failed.
pub(super) fn restore(item: &Item, reason: &str, observed: &Observed, past: &Past) -> Step {
    let failed = || Step::End(End::Failed(reason.to_owned()));
    let ours =
        past.prior_status == Some(PriorStatus::InService) && past.call(Call::StopSource).may_have_happened();
    let Sight::Present(source) = &observed.source else { return failed() };
    // An instance that someone made anew under the source's name is not ours to start.
    let (planned, now) = (&item.source.description, &source.description);
    let same = now.notebook_instance_arn.same(&planned.notebook_instance_arn)
        && now.creation_time == planned.creation_time;
    if !ours || !same {
        return failed();
    }
    match &source.description.notebook_instance_status {
        Status::Stopped => match send(Call::StartSource, past) {
            Step::Fail(why) => {
                Step::End(End::Failed(format!("{reason}; and the source could not be started again: {why}")))
            }
            step @ (Step::Begin(_)
            | Step::Call(_)
            | Step::Wait(..)
            | Step::Verified { .. }
            | Step::End(_)) => step,
        },
        Status::Pending
        | Status::Stopping
        | Status::Updating
        | Status::PendingMaintenance
        | Status::InMaintenance
        | Status::Other(_) => Step::Wait(Party::Source, Phase::RestoringSource),
        Status::InService | Status::Failed | Status::Deleting => failed(),
    }
}
