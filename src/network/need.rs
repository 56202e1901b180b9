//! Pure: what a notebook instance may need to reach from its subnet.

/// Something that a notebook instance in a VPC without direct internet access may have to reach (SageMaker Developer
/// Guide, "Connect a notebook instance in a VPC to external resources").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[derive(strum::IntoStaticStr, strum::VariantArray, strum::EnumMessage)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Need {
    /// The internet by HTTPS: pip, conda, anything. No endpoint stands in for it.
    Egress,
    /// Amazon S3.
    S3,
    /// The SageMaker API.
    SagemakerApi,
    /// Endpoints that models are invoked on.
    SagemakerRuntime,
    /// The Security Token Service.
    Sts,
    /// CloudWatch Logs, without which nobody sees why a lifecycle script failed.
    Logs,
    /// The Key Management Service.
    Kms,
    /// The container registry: its API, its images, and S3, which holds their layers (Amazon ECR User Guide,
    /// "Amazon ECR interface VPC endpoints").
    Ecr,
    /// Secrets Manager.
    Secretsmanager,
    /// Git repositories by HTTPS anywhere on the internet.
    Git,
}

impl Need {
    /// Every need, in the order that checks are made in.
    pub const ALL: &[Need] = <Need as strum::VariantArray>::VARIANTS;

    /// Those that are told of each target, whether the policy requires them or not.
    pub const REPORTED: [Need; 3] = [Need::Egress, Need::S3, Need::SagemakerApi];

    /// Its name in policies, plans and reports.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The services that it consists of, as the names of their endpoints end; none where only the internet will do.
    pub(super) fn services(self) -> &'static [&'static str] {
        match self {
            Need::Egress | Need::Git => &[],
            Need::S3 => &["s3"],
            Need::SagemakerApi => &["sagemaker.api"],
            Need::SagemakerRuntime => &["sagemaker.runtime"],
            Need::Sts => &["sts"],
            Need::Logs => &["logs"],
            Need::Kms => &["kms"],
            Need::Ecr => &["ecr.api", "ecr.dkr", "s3"],
            Need::Secretsmanager => &["secretsmanager"],
        }
    }
}
