//! What a target must let instances reach, as policies say it.

/// Something that instances of a target need. What each rests on is `network`'s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// The internet by HTTPS.
    Egress,
    /// Amazon S3.
    S3,
    /// The SageMaker API.
    SagemakerApi,
    /// The SageMaker runtime.
    SagemakerRuntime,
    /// The Security Token Service.
    Sts,
    /// CloudWatch Logs.
    Logs,
    /// The Key Management Service.
    Kms,
    /// The container registry, with S3 for its layers.
    Ecr,
    /// Secrets Manager.
    Secretsmanager,
    /// Git repositories on the internet.
    Git,
}

impl Need {
    /// Every need, by its word in policies.
    pub const WORDS: [(&str, Need); 10] = [
        ("egress", Need::Egress),
        ("s3", Need::S3),
        ("sagemaker-api", Need::SagemakerApi),
        ("sagemaker-runtime", Need::SagemakerRuntime),
        ("sts", Need::Sts),
        ("logs", Need::Logs),
        ("kms", Need::Kms),
        ("ecr", Need::Ecr),
        ("secretsmanager", Need::Secretsmanager),
        ("git", Need::Git),
    ];
}

/// What follows where it cannot be decided whether a target meets a need that it requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnUnknown {
    /// The plan says so.
    Warn,
    /// What would go there is withheld.
    Withhold,
}
