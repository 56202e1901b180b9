//! Pure: the instance must be in a VPC: AWS leaves `SubnetId` out of the answer when it is not. Where the policy lists
//! the approved subnets, as AWS Config's rule can (`SubnetIds`), it must be in one of those.

use jiff::civil::Date;

use crate::inventory::Description;
use crate::rules::rule::must_be_set;
use crate::rules::{Control, Mode, Repair, Rule, Severity, Standards, Verdict};

/// The rule.
pub(super) const RULE: Rule = Rule {
    default_mode: Mode::Remediate,
    repair: Repair::NewInstance,
    in_place: false,
    title: "The instance must be in a VPC",
    severity: Severity::High,
    controls: &[
        Control { product: "security-hub", id: "SageMaker.2" },
        Control { product: "config", id: "sagemaker-notebook-instance-inside-vpc" },
        Control { product: "prowler", id: "sagemaker_notebook_instance_vpc_settings_configured" },
        Control { product: "checkov", id: "CKV_AWS_306" },
        Control { product: "conformity", id: "SageMaker-001" },
    ],
    remedy: "The subnet is fixed when an instance is created. Re-create it in a VPC: `remediate plan` writes a plan that does.",
    reference: "https://docs.aws.amazon.com/securityhub/latest/userguide/sagemaker-controls.html#sagemaker-2",
    judge,
};

fn judge(found: &Description, standards: &Standards, _: Date) -> Verdict {
    match (&found.subnet_id, &standards.approved_subnets) {
        (Some(subnet), Some(approved)) if !approved.contains(subnet) => {
            Verdict::Fail { found: format!("SubnetId is `{subnet}`, which is not approved") }
        }
        (subnet, _) => must_be_set("SubnetId", subnet.as_ref().map(|id| id.as_str())),
    }
}
