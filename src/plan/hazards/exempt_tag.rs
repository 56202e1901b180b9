//! Pure: tags that would exempt an instance if the policy let tags do so: whoever set one meant something by it.

use crate::plan::exempt::{UNTIL, is_over};
use crate::plan::{Hazard, HazardKind};
use crate::policy::Policy;

use super::replacing::{Replacing, hazard};

pub(super) fn find(replacing: &Replacing<'_>, policy: &Policy) -> Option<Hazard> {
    let tag = replacing.source.tags.get(UNTIL).filter(|tag| !is_over(tag, replacing.today))?;
    let ignored = policy.plan.exempt_by_tag.is_none();
    ignored.then(|| hazard(HazardKind::ExemptTagIgnored, [format!("{UNTIL} = {tag}")]))
}
