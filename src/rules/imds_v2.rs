//! Pure: the instance metadata service must be version 2 only.

use jiff::civil::Date;

use crate::inventory::Description;
use crate::rules::rule::must_be;
use crate::rules::{Control, Mode, Repair, Rule, Severity, Standards, Verdict};

/// The rule.
pub(super) const RULE: Rule = Rule {
    default_mode: Mode::Report,
    repair: Repair::Setting { key: "imds", wanted: "\"2\"" },
    in_place: true,
    title: "The instance metadata service must be version 2 only",
    severity: Severity::Medium,
    controls: &[Control { product: "checkov", id: "CKV_AWS_371" }],
    remedy: "Stop the instance and set the minimum version of its metadata service to 2 with UpdateNotebookInstance; where it is re-created anyway the policy's `imds = \"2\"` does it.",
    reference: "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_InstanceMetadataServiceConfiguration.html",
    judge,
};

fn judge(found: &Description, _: &Standards, _: Date) -> Verdict {
    let settings = found.instance_metadata_service_configuration.as_ref();
    let version = settings.map(|s| s.minimum_instance_metadata_service_version.as_str());
    must_be("MinimumInstanceMetadataServiceVersion", version, &["2"])
}
