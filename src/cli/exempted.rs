//! Looks at exemptions again right before a plan is carried out: one that was granted since is honoured.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;

use crate::cli::error::CommandError;
use crate::cli::policy_file;
use crate::cli::printer::Printer;
use crate::ids::ItemId;
use crate::journal::Reason;
use crate::plan::{Plan, exempt};

/// The items of the plan that the policy exempts by now, and why that refuses them.
///
/// The policy is the one that is named, or the one that stands where policies stand. Tags that exempt need no second
/// look: they are part of what a source is compared by.
///
/// # Errors
/// When there is a policy that cannot be read: what it exempts is not known.
pub(super) fn since_planned(
    plan: &Plan,
    policy: Option<&Path>,
    now: Timestamp,
    printer: &Printer,
) -> Result<BTreeMap<ItemId, Reason>, CommandError> {
    let Some(policy) = policy_file::if_there(policy, printer)? else {
        printer
            .note("no policy here: exemptions that were granted since the plan was made are not looked at");
        return Ok(BTreeMap::new());
    };
    let exempted = exempt::since_planned(plan, &policy, now).into_iter();
    Ok(exempted.map(|(item, reason)| (item, Reason::Exempt { reason })).collect())
}
