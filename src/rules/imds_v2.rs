//! The instance metadata service must be version 2 only.

use crate::inventory::Description;
use crate::policy::{RuleId, Severity, Standards};
use crate::rules::{Control, Rule, Verdict, must_be};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId::ImdsV2,
    title: "The instance metadata service must be version 2 only",
    severity: Severity::Medium,
    controls: &[Control { product: "checkov", id: "CKV_AWS_371" }],
    judge,
};

fn judge(found: &Description, _: &Standards) -> Verdict {
    let settings = found.instance_metadata_service_configuration.as_ref();
    let version = settings.map(|s| s.minimum_instance_metadata_service_version.as_str());
    must_be("MinimumInstanceMetadataServiceVersion", version, &["2"])
}
