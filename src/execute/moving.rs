//! Pure: the files of a source that are moved by hand. Here, unlike of keys and roles, what is not certain is a no: a source
//! is stopped only on a proven export that is fresh enough, and deleted by a cleanup only on a proven import.

use std::time::Duration;

use jiff::Timestamp;

use crate::clock::after;
use crate::execute::step::{End, Step, decline};
use crate::ids::{AccountId, Digest, ItemId};
use crate::journal::{Call, Reason};
use crate::plan::{Item, PlannedTransfer, TransferKind, TransferWay};

/// Which files are asked about: those that were moved for an item of a plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MovedFiles {
    /// The item.
    pub item: ItemId,
    /// The account of its notebooks.
    pub account: AccountId,
    /// The digest of the plan.
    pub plan: Digest,
    /// Where they go.
    pub transfer: PlannedTransfer,
}

/// What the bucket shows of an export, or of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MoveStanding {
    /// It is proven.
    Proven {
        /// When its status was written, by S3's clock, where S3 says.
        at: Option<Timestamp>,
    },
    /// It is not.
    NotProven {
        /// What was found, in words.
        found: String,
    },
}

/// What the time of a proof is held against.
#[derive(Debug, Clone, Copy)]
pub(super) struct When {
    pub(super) now: Timestamp,
    /// When the replacement was created, where there is one and AWS says so.
    pub(super) replaced: Option<Timestamp>,
}

/// How far this clock may be behind that of S3, which signs for 15 minutes at most.
const CLOCK_SKEW: Duration = Duration::from_secs(900);

impl MovedFiles {
    /// Those of an item, of the plan with that digest; `None` where they are not moved by hand.
    pub fn of(item: &Item, account: &AccountId, plan: &Digest) -> Option<MovedFiles> {
        let transfer = item.transfer.clone().filter(|transfer| transfer.by == TransferWay::Hand)?;
        Some(MovedFiles { item: item.id.clone(), account: account.clone(), plan: plan.clone(), transfer })
    }
}

/// Whether the step of an application needs the export: what begins the item, and each stop of its source.
pub(super) fn needs_export(step: &Step) -> bool {
    matches!(step, Step::Begin(_) | Step::Call(Call::StopSource))
}

/// Whether the step of a cleanup needs the import.
pub(super) fn needs_import(step: &Step) -> bool {
    matches!(step, Step::Begin(_) | Step::Call(Call::DeleteSource))
}

/// What is wrong with what was told; nothing only if it is proven and, of an export, young enough. `None` told: it could not be
/// read.
pub(super) fn unmet(
    kind: TransferKind,
    transfer: &PlannedTransfer,
    told: Option<&MoveStanding>,
    when: When,
) -> Option<String> {
    let at = match told {
        None => return Some("the bucket could not be read".to_owned()),
        Some(MoveStanding::NotProven { found }) => return Some(found.clone()),
        Some(MoveStanding::Proven { at: None }) => {
            return Some("S3 does not say when it was made".to_owned());
        }
        Some(MoveStanding::Proven { at: Some(at) }) => *at,
    };
    match kind {
        TransferKind::Export => too_old(at, transfer, when.now),
        TransferKind::Import => made_elsewhere(at, when.replaced),
    }
}

/// Why an export of that moment does not count now.
fn too_old(at: Timestamp, transfer: &PlannedTransfer, now: Timestamp) -> Option<String> {
    if at > after(now, CLOCK_SKEW) {
        return Some(format!("it was made at {at}, and it is only {now} here: this clock is wrong"));
    }
    let age = u64::try_from(now.as_second().saturating_sub(at.as_second())).unwrap_or(0);
    (age > transfer.max_age).then(|| {
        let most = crate::text::duration(Duration::from_secs(transfer.max_age));
        format!("it was made at {at}, which is more than {most} ago")
    })
}

/// Why an import of that moment cannot have been made on the replacement, which was created then. It may have been started on
/// the source by mistake, or on the replacement of a run that was rolled back.
fn made_elsewhere(at: Timestamp, replaced: Option<Timestamp>) -> Option<String> {
    match replaced {
        Some(replaced) if replaced < at => None,
        Some(replaced) => {
            Some(format!("it was made at {at}, and the replacement was only created at {replaced}"))
        }
        None => Some("AWS does not say when the replacement was created".to_owned()),
    }
}

/// Why the step is not taken.
pub(super) fn reason(kind: TransferKind, found: String) -> Reason {
    match kind {
        TransferKind::Export => Reason::DataNotExported { found },
        TransferKind::Import => Reason::DataNotImported { found },
    }
}

/// What becomes of the step then. A replacement that stands verified is left, beside its source that runs on: both are there.
pub(super) fn instead(step: &Step, why: Reason) -> Step {
    if *step == Step::Call(Call::DeleteSource) {
        return Step::End(End::Failed(Reason::SourceNotDeleted { why: Box::new(why) }));
    }
    decline(step, why)
}
