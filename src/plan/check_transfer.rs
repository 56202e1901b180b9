//! Pure: the checker's rules on how the files of a source are moved.

use crate::inventory::Rest;
use crate::plan::{Item, Plan};

/// The bounds of the age of an export, in seconds: a minute, and thirty days.
const AGES: std::ops::RangeInclusive<u64> = 60..=30 * 24 * 60 * 60;

/// What must not be of an item's transfer. The name of the bucket was checked when it was read.
pub(super) fn transfer(plan: &Plan, item: &Item, report: &mut dyn FnMut(bool, String)) {
    let Some(transfer) = &item.transfer else { return };
    report(plan.format_version < 5, "its format moves no files".into());
    report(transfer.owner != plan.account, "its files go to a bucket of another account".into());
    report(!AGES.contains(&transfer.max_age), "the age of its export is out of bounds".into());
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
    // What is written after an export by hand is not moved: only a cleanup, after a proven import, deletes.
    report(item.delete_source, "its files are moved by hand, and its source is deleted by the run".into());
    let running = item.source.description.rest() == Rest::Running;
    report(!running, "its files are moved by hand, and its source does not run".into());
}
