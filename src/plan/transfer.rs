//! Pure: how the files of an instance are moved, as its target says.

use crate::inventory::{Description, Instance, Inventory, Rest};
use crate::plan::{Order, PlannedTransfer, TransferWay, Unmovable, WithheldReason};
use crate::policy::{Target, TransferBy};

/// The transfer that the policy wants for an instance; `None` where its files are not moved. Whether its replacement runs its
/// own OnCreate script first, the planner adds: that follows from the request.
///
/// # Errors
/// They cannot be moved.
pub(super) fn of(
    target: &Target,
    (inventory, instance): (&Inventory, &Instance),
    (source, order): (&Description, Order),
) -> Result<Option<PlannedTransfer>, WithheldReason> {
    let (account, region) = (&inventory.account, &instance.id.region);
    let Some(wanted) = target.transfer() else { return Ok(None) };
    let unmovable = |why| Err(WithheldReason::DataCannotMove { why });
    let (by, max_age, quiesce) = match wanted.by {
        // A source that was stopped and runs when the plan is applied has drifted. So it must run before it is planned.
        TransferBy::Hand if source.rest() == Rest::Stopped => return unmovable(Unmovable::SourceStopped),
        TransferBy::Hand => (TransferWay::Hand, wanted.max_age.as_secs(), false),
        // It is stopped and started to export, whatever comes first.
        TransferBy::Run if order == Order::CreateOnly => return unmovable(Unmovable::SourceNotStopped),
        TransferBy::Run => (TransferWay::Run, 0, wanted.quiesce),
    };
    let bucket = match wanted.bucket.name(account, region) {
        Ok(bucket) => bucket,
        Err(error) => return unmovable(Unmovable::BucketName { name: error.found }),
    };
    Ok(Some(PlannedTransfer {
        by,
        bucket,
        prefix: wanted.prefix,
        owner: account.clone(),
        kms_key: wanted.kms_key,
        strict: wanted.strict,
        max_age,
        quiesce,
        own_on_create: false,
    }))
}

/// Whether a run moves the files of the instances that go there: then their sources are started again, also those that
/// were stopped.
pub(super) fn is_by_run(target: &Target) -> bool {
    target.transfer().is_some_and(|transfer| transfer.by == TransferBy::Run)
}
