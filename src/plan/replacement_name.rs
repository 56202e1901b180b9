//! Pure: the name of a replacement.

use std::collections::BTreeSet;

use crate::ids::{InstanceName, ItemId, Region};
use crate::plan::WithheldReason;
use crate::plan::hazards::name::service_prefix;
use crate::policy::NameTemplate;

/// The first form of the replacement's name that nobody has, in whatever case: SageMaker lower-cases the
/// names in some of its ARNs. A name by whose start another service knows it keeps that start.
///
/// # Errors
/// When a thousand forms are taken, or none is short enough.
pub(super) fn replacement_name(
    source: &ItemId,
    template: &NameTemplate,
    taken: &BTreeSet<(&Region, String)>,
) -> Result<InstanceName, WithheldReason> {
    let template = match service_prefix(&source.name) {
        Some(_) => &template.without_prefix(),
        None => template,
    };
    let forms = (1..=1000).map_while(|attempt| template.render(&source.name, attempt));
    let mut free = forms.filter(|name| !taken.contains(&(&source.region, folded(name))));
    free.next().ok_or(WithheldReason::NoName)
}

/// A name as names are compared.
pub(super) fn folded(name: &InstanceName) -> String {
    name.as_str().to_ascii_lowercase()
}
