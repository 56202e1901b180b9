//! Pure: how the files of an instance are moved, as its target says.

use crate::inventory::{Description, Instance, Inventory, Rest};
use crate::plan::{PlannedTransfer, TransferWay, Unmovable, WithheldReason};
use crate::policy::{Target, TransferBy};

/// The transfer that the policy wants for an instance; `None` where its files are not moved.
///
/// # Errors
/// They cannot be moved.
pub(super) fn of(
    target: &Target,
    (inventory, instance): (&Inventory, &Instance),
    source: &Description,
) -> Result<Option<PlannedTransfer>, WithheldReason> {
    let (account, region) = (&inventory.account, &instance.id.region);
    let Some(wanted) = target.transfer() else { return Ok(None) };
    let unmovable = |why| Err(WithheldReason::DataCannotMove { why });
    let by = match wanted.by {
        // A source that was stopped and runs when the plan is applied has drifted. So it must run before it is planned.
        TransferBy::Hand if source.rest() == Rest::Stopped => return unmovable(Unmovable::SourceStopped),
        TransferBy::Hand => TransferWay::Hand,
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
        max_age: wanted.max_age.as_secs(),
    }))
}
