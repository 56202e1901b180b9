//! The platform must be a supported one.

use crate::inventory::Description;
use crate::policy::RuleId;
use crate::rules::{Control, Rule, SUPPORTED_PLATFORMS, Severity, Verdict, must_be};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId::Platform,
    title: "The platform must be a supported one",
    severity: Severity::Medium,
    controls: &[
        Control { product: "security-hub", id: "SageMaker.8" },
        Control { product: "config", id: "sagemaker-notebook-instance-platform-version" },
    ],
    judge,
};

fn judge(found: &Description) -> Verdict {
    must_be("PlatformIdentifier", found.platform_identifier.as_deref(), &SUPPORTED_PLATFORMS)
}
