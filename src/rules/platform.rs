//! Pure: the platform must be a supported one: of the policy's list, or else of Security Hub's.

use jiff::civil::Date;

use crate::inventory::Description;
use crate::rules::rule::must_be;
use crate::rules::{Control, Mode, Repair, Rule, Severity, Standards, Verdict};

/// The rule.
pub(super) const RULE: Rule = Rule {
    default_mode: Mode::Report,
    repair: Repair::Setting {
        key: "platform",
        wanted: "a platform, such as \"notebook-al2023-v1\", for every one that is not supported",
    },
    in_place: true,
    title: "The platform must be a supported one",
    severity: Severity::Medium,
    controls: &[
        Control { product: "security-hub", id: "SageMaker.8" },
        Control { product: "config", id: "sagemaker-notebook-instance-platform-version" },
    ],
    remedy: "Stop the instance and change its platform with UpdateNotebookInstance, or set `platform` in the policy where it is re-created anyway. Try it on a copy first: kernels and libraries differ.",
    reference: "https://docs.aws.amazon.com/securityhub/latest/userguide/sagemaker-controls.html#sagemaker-8",
    judge,
};

fn judge(found: &Description, standards: &Standards, today: Date) -> Verdict {
    must_be("PlatformIdentifier", found.platform_identifier.as_deref(), &standards.supported_platforms(today))
}
