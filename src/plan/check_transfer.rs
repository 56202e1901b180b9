//! Pure: the checker's rules on how the files of a source are moved. What no worker can be told (`transfer/job.rs`) is refused
//! here: a run relies on that once it has begun.

use crate::inventory::Rest;
use crate::plan::{Item, Order, Plan, PlannedTransfer, TransferWay};

/// The bounds of the age of an export by hand, in seconds: a minute, and thirty days.
const AGES: std::ops::RangeInclusive<u64> = 60..=30 * 24 * 60 * 60;

type Report<'a> = dyn FnMut(bool, String) + 'a;

/// What must not be of an item's transfer. The name of the bucket was checked when it was read.
pub(super) fn transfer(plan: &Plan, item: &Item, report: &mut Report<'_>) {
    let Some(transfer) = &item.transfer else { return };
    report(plan.format_version < 5, "its format moves no files".into());
    report(transfer.owner != plan.account, "its files go to a bucket of another account".into());
    let plain = |text: &str, most: usize, more: &str| {
        text.len() <= most && text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
    };
    report(!plain(&transfer.prefix, 64, "/_.=-"), "the prefix of its files is none".into());
    let slashed = transfer.prefix.split('/').any(str::is_empty) && !transfer.prefix.is_empty();
    report(slashed, "the prefix of its files has empty parts".into());
    let key = transfer.kms_key.as_deref();
    report(
        key.is_some_and(|key| key.is_empty() || !plain(key, 128, ":/_-")),
        "the KMS key of its files is none".into(),
    );
    match transfer.by {
        TransferWay::Hand => by_hand(item, transfer, report),
        TransferWay::Run => by_run(item, transfer, report),
    }
}

fn by_hand(item: &Item, transfer: &PlannedTransfer, report: &mut Report<'_>) {
    report(!AGES.contains(&transfer.max_age), "the age of its export is out of bounds".into());
    let only = transfer.quiesce || transfer.own_on_create;
    report(only, "its files are moved by hand, as only a run moves them".into());
    // What is written after an export by hand is not moved: only a cleanup, after a proven import, deletes.
    report(item.delete_source, "its files are moved by hand, and its source is deleted by the run".into());
    let running = item.source.description.rest() == Rest::Running;
    report(!running, "its files are moved by hand, and its source does not run".into());
}

fn by_run(item: &Item, transfer: &PlannedTransfer, report: &mut Report<'_>) {
    report(transfer.max_age != 0, "its files are moved by the run, and their export has an age".into());
    let left = item.order == Order::CreateOnly;
    report(left, "its files are moved by the run, and its source is not stopped for that".into());
    let own = transfer.own_on_create;
    report(own && item.request.lifecycle_config_name.is_none(), "it has no OnCreate script to run".into());
    // Whoever stops the replacement to import waits for that script only then.
    report(
        own != item.on_create,
        "its OnCreate script is waited for, or not, against what is said of it".into(),
    );
}
