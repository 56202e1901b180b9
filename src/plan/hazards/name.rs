//! Pure: names that are cut, or that another service knows an instance by.

use crate::ids::InstanceName;
use crate::plan::{Hazard, HazardKind};

use super::replacing::{Replacing, hazard};

/// How the names of instances begin that another service makes and knows them by: the Neptune workbench, Glue's
/// development endpoints and Braket (their managed policies name these prefixes).
const SERVICE_PREFIXES: [(&str, &str); 3] =
    [("aws-neptune-", "Amazon Neptune"), ("aws-glue-", "AWS Glue"), ("amazon-braket-", "Amazon Braket")];

pub(super) fn find(replacing: &Replacing<'_>) -> Vec<Hazard> {
    let source = &replacing.source.description.notebook_instance_name;
    let replacement = &replacing.request.notebook_instance_name;
    let mut hazards = Vec::new();
    if !replacement.as_str().contains(source.as_str()) {
        hazards.push(hazard(HazardKind::LongName, [replacement.as_str()]));
    }
    if let Some((prefix, service)) = service_prefix(source) {
        hazards.push(hazard(HazardKind::NamePrefix, [format!("{service} ({prefix}*)")]));
    }
    hazards
}

/// The service that knows an instance by how its name begins.
pub(in crate::plan) fn service_prefix(name: &InstanceName) -> Option<(&'static str, &'static str)> {
    SERVICE_PREFIXES.into_iter().find(|(prefix, _)| name.as_str().starts_with(prefix))
}
