//! Pure: root access must be disabled.

use jiff::civil::Date;

use crate::inventory::Description;
use crate::rules::rule::must_be;
use crate::rules::{Control, Mode, Repair, Rule, Severity, Standards, Verdict};

/// The rule.
pub(super) const RULE: Rule = Rule {
    default_mode: Mode::Report,
    repair: Repair::Setting { key: "root_access", wanted: "\"Disabled\"" },
    in_place: true,
    title: "Root access must be disabled",
    severity: Severity::High,
    controls: &[
        Control { product: "security-hub", id: "SageMaker.3" },
        Control { product: "config", id: "sagemaker-notebook-instance-root-access-check" },
        Control { product: "prowler", id: "sagemaker_notebook_instance_root_access_disabled" },
        Control { product: "checkov", id: "CKV_AWS_307" },
    ],
    remedy: "Stop the instance and disable root access with UpdateNotebookInstance, or set `root_access = \"Disabled\"` in the policy where it is re-created anyway.",
    reference: "https://docs.aws.amazon.com/securityhub/latest/userguide/sagemaker-controls.html#sagemaker-3",
    judge,
};

fn judge(found: &Description, _: &Standards, _: Date) -> Verdict {
    must_be("RootAccess", found.root_access.as_deref(), &["Disabled"])
}
