//! Pure: direct internet access must be disabled: with it, traffic leaves through the service's own network.

use jiff::civil::Date;

use crate::inventory::Description;
use crate::rules::rule::must_be;
use crate::rules::{Control, Mode, Repair, Rule, Severity, Standards, Verdict};

/// The rule.
pub(super) const RULE: Rule = Rule {
    default_mode: Mode::Remediate,
    repair: Repair::NewInstance,
    in_place: false,
    title: "Direct internet access must be disabled",
    severity: Severity::High,
    controls: &[
        Control { product: "security-hub", id: "SageMaker.1" },
        Control { product: "config", id: "sagemaker-notebook-no-direct-internet-access" },
        Control {
            product: "prowler",
            id: "sagemaker_notebook_instance_without_direct_internet_access_configured",
        },
        Control { product: "checkov", id: "CKV_AWS_122" },
        Control { product: "conformity", id: "SageMaker-004" },
        Control { product: "lacework", id: "lacework-global-388" },
    ],
    remedy: "Direct internet access is fixed when an instance is created. Re-create it in a VPC with direct internet access disabled: `remediate plan` writes a plan that does.",
    reference: "https://docs.aws.amazon.com/securityhub/latest/userguide/sagemaker-controls.html#sagemaker-1",
    judge,
};

fn judge(found: &Description, _: &Standards, _: Date) -> Verdict {
    must_be("DirectInternetAccess", found.direct_internet_access.as_deref(), &["Disabled"])
}
