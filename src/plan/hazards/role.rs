//! Pure: an execution role that SageMaker cannot assume, or is not known to be able to.

use crate::plan::kms_keys::Known;
use crate::plan::{Hazard, HazardKind, roles};

use super::replacing::{Replacing, hazard};

pub(super) fn find(replacing: &Replacing<'_>) -> Option<Hazard> {
    match roles::known(replacing.companions, &replacing.request.role_arn)? {
        Known::Usable => None,
        Known::Unusable(found) => Some(hazard(HazardKind::RoleUnusable, [found])),
        Known::Unread(why) => Some(hazard(HazardKind::RoleUnknown, [why])),
    }
}
