//! The platform must be a supported one: of the policy's list, or else of Security Hub's.

use crate::inventory::Description;
use crate::policy::{RuleId, Severity};
use crate::rules::{Control, Measure, Rule, Verdict, must_be};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId::Platform,
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

fn judge(found: &Description, measure: Measure<'_>) -> Verdict {
    must_be("PlatformIdentifier", found.platform_identifier.as_deref(), &measure.supported_platforms())
}
