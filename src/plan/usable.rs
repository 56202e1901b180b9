//! Pure: may this plan be applied, here and now?

use std::time::Duration;

use jiff::Timestamp;

use crate::ids::AccountId;
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

/// A limit of the policy that the plan is beyond.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LimitExceeded {
    /// More items than `max_instances`.
    #[error("{items} items, but max_instances is {limit}")]
    Instances {
        /// The items.
        items: u32,
        /// The limit.
        limit: u32,
    },
    /// A larger share than `max_percent`.
    #[error("{items} of {seen} instances seen is {}%, but max_percent is {limit}", percent(*.items, *.seen))]
    Percent {
        /// The items.
        items: u32,
        /// The instances seen.
        seen: u32,
        /// The limit.
        limit: u32,
    },
}

/// Rounded up, so that the number shown is above the limit that it exceeds.
fn percent(items: u32, seen: u32) -> u64 {
    if seen == 0 { 100 } else { (u64::from(items) * 100).div_ceil(u64::from(seen)) }
}

/// The limits that the plan is beyond. Such a plan is shown, but refused as a whole at apply, never cut.
pub fn exceeded_limits(plan: &Plan) -> Vec<LimitExceeded> {
    let items = plan.totals.items;
    let seen = plan.totals.seen;
    let mut exceeded = Vec::new();
    if items > plan.limits.max_instances {
        exceeded.push(LimitExceeded::Instances { items, limit: plan.limits.max_instances });
    }
    if u64::from(items) * 100 > u64::from(seen) * u64::from(plan.limits.max_percent) {
        exceeded.push(LimitExceeded::Percent { items, seen, limit: plan.limits.max_percent });
    }
    exceeded
}
