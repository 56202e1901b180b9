//! Pure: what else manages an instance and would undo its replacement, or not know it.

use crate::plan::owner::Found;
use crate::plan::{Hazard, HazardKind, WithheldReason};
use crate::policy::{self, Managed};

use super::replacing::{Replacing, hazard};

/// Refuses an instance that something else manages, unless the policy allows it.
///
/// # Errors
/// When it is managed by something that would undo or refuse the replacement.
pub(in crate::plan) fn refuse(
    owner: Option<&Found>,
    settings: &policy::Settings,
) -> Result<(), WithheldReason> {
    match owner {
        Some(found) if found.firm && settings.managed == Managed::Withhold => {
            Err(WithheldReason::Managed { owner: found.owner.clone() })
        }
        Some(_) | None => Ok(()),
    }
}

pub(super) fn find(replacing: &Replacing<'_>) -> Option<Hazard> {
    replacing.owner.map(told)
}

/// That something else manages it.
pub(super) fn told(owner: &Found) -> Hazard {
    hazard(HazardKind::Managed, [described(owner)])
}

fn described(found: &Found) -> String {
    let owner = &found.owner;
    let name = owner.name.as_ref().map(|name| format!(" `{name}`")).unwrap_or_default();
    format!("{}{name} (tag {})", owner.by, owner.tag)
}
