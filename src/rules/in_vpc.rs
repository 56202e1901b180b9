//! The instance must be in a VPC: AWS leaves `SubnetId` out of the answer when it is not.

use crate::inventory::Description;
use crate::policy::RuleId;
use crate::rules::{Control, Rule, Severity, Verdict, must_be_set};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId::InVpc,
    title: "The instance must be in a VPC",
    severity: Severity::High,
    controls: &[
        Control { product: "security-hub", id: "SageMaker.2" },
        Control { product: "config", id: "sagemaker-notebook-instance-inside-vpc" },
        Control { product: "prowler", id: "sagemaker_notebook_instance_vpc_settings_configured" },
        Control { product: "checkov", id: "CKV_AWS_306" },
        Control { product: "conformity", id: "SageMaker-001" },
    ],
    judge,
};

fn judge(found: &Description) -> Verdict {
    must_be_set("SubnetId", found.subnet_id.as_ref().map(|id| id.as_str()))
}
