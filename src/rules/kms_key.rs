//! Pure: the volume must be encrypted with a named KMS key: AWS leaves `KmsKeyId` out when there is none.

use jiff::civil::Date;

use crate::inventory::Description;
use crate::rules::rule::must_be_set;
use crate::rules::{Control, Mode, Repair, Rule, Severity, Standards, Verdict};

/// The rule.
pub(super) const RULE: Rule = Rule {
    default_mode: Mode::Report,
    repair: Repair::Setting { key: "kms_key", wanted: "a KMS key, such as \"alias/notebooks\"" },
    in_place: false,
    title: "The volume must be encrypted with a named KMS key",
    severity: Severity::Medium,
    controls: &[
        Control { product: "security-hub", id: "SageMaker.21" },
        Control { product: "config", id: "sagemaker-notebook-instance-storage-vol-kms-encrypted" },
        Control { product: "prowler", id: "sagemaker_notebook_instance_encryption_enabled" },
        Control { product: "checkov", id: "CKV_AWS_22" },
    ],
    remedy: "The key is fixed when an instance is created. Re-create it with a KMS key, and move its data.",
    reference: "https://docs.aws.amazon.com/securityhub/latest/userguide/sagemaker-controls.html#sagemaker-21",
    judge,
};

fn judge(found: &Description, _: &Standards, _: Date) -> Verdict {
    must_be_set("KmsKeyId", found.kms_key_id.as_deref())
}
