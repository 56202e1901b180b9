//! Pure: may this plan be applied, here and now?

use std::time::Duration;

use jiff::Timestamp;

use crate::ids::{AccountId, Digest, DigestPrefix};
use crate::plan::Plan;

/// How far the clocks of the planning and the applying machine may be apart.
const CLOCK_SKEW: Duration = Duration::from_secs(300);

/// Why a plan cannot be applied as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// Its time is over.
    #[error("the plan expired at {expires}; it is {now} now")]
    Expired {
        /// When it expired.
        expires: Timestamp,
        /// The present moment.
        now: Timestamp,
    },
    /// It was made in the future.
    #[error("the plan was made at {created}, but it is only {now} here: one of the two clocks is wrong")]
    FromTheFuture {
        /// When it says it was made.
        created: Timestamp,
        /// The present moment.
        now: Timestamp,
    },
    /// It is for another account.
    #[error("the plan is for account {planned}, but these credentials are for account {found}")]
    OtherAccount {
        /// The plan's account.
        planned: AccountId,
        /// The account of the credentials.
        found: AccountId,
    },
}

/// A plan is not the one that was named.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the plan's digest is {found}, not {}: this file is not what was reviewed", named.as_str())]
pub struct OtherDigest {
    /// What was named.
    pub named: DigestPrefix,
    /// The plan's.
    pub found: Digest,
}

/// Whether the plan may be applied in this account at this moment.
///
/// # Errors
/// Why it may not.
pub fn usable(plan: &Plan, account: &AccountId, now: Timestamp) -> Result<(), Unusable> {
    same_account(plan, account)?;
    if now >= plan.expires {
        return Err(Unusable::Expired { expires: plan.expires, now });
    }
    if plan.created.checked_sub(CLOCK_SKEW).is_ok_and(|earliest| now < earliest) {
        return Err(Unusable::FromTheFuture { created: plan.created, now });
    }
    Ok(())
}

/// Whether the plan is the one that is named: the one that was reviewed.
///
/// # Errors
/// When it is another.
pub fn same_digest(plan: &Plan, named: &DigestPrefix) -> Result<(), OtherDigest> {
    if named.names(&plan.digest) {
        return Ok(());
    }
    Err(OtherDigest { named: named.clone(), found: plan.digest.clone() })
}

/// Whether the plan is for this account.
///
/// # Errors
/// When it is for another.
pub fn same_account(plan: &Plan, account: &AccountId) -> Result<(), Unusable> {
    if &plan.account == account {
        return Ok(());
    }
    Err(Unusable::OtherAccount { planned: plan.account.clone(), found: account.clone() })
}
