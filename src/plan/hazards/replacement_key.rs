//! Pure: a KMS key of the replacement's volume that cannot be used, or is not known to be usable.

use crate::plan::kms_keys::{self, Known};
use crate::plan::{Hazard, HazardKind};

use super::replacing::{Replacing, hazard};

pub(super) fn find(replacing: &Replacing<'_>) -> Option<Hazard> {
    let Replacing { region, request, companions, .. } = *replacing;
    let key = request.kms_key_id.as_ref()?;
    match kms_keys::known(companions, region, key) {
        Known::Usable => None,
        Known::Unusable(found) => Some(hazard(HazardKind::KeyUnusable, [found])),
        // Which key it is, AWS would decide at the create; and nobody could compare what it answers.
        Known::Unread(why) if kms_keys::is_alias(key) => Some(hazard(HazardKind::KeyUnresolved, [why])),
        Known::Unread(why) => Some(hazard(HazardKind::KeyUnknown, [why])),
    }
}
