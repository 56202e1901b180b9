//! Pure: the forms in which AWS answers the members of a notebook instance, beside that in which they were sent.
//!
//! Whoever compares an instance with what was asked for, or with what it was, must take either form for the same, and
//! nothing else: a test of the plan's members holds each row against them. The sandbox can answer in either.

/// One member, in the form that is sent and in one that AWS answers it in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// Its name in a Describe answer (botocore 1.44.5).
    pub member: &'static str,
    /// What is sent. Several values of a list have commas between them.
    pub sent: &'static str,
    /// What is answered; nothing where the member is left out.
    pub answered: &'static str,
    /// An answer that means something else.
    pub other: &'static str,
    /// Where this is written; [`UNPROVEN`] where nobody has.
    pub source: &'static str,
}

/// No source is known: AWS may answer so or as it was sent.
pub const UNPROVEN: &str = "not proven";

/// What AWS's API text says of a value that is not sent (botocore 1.44.5): what an instance has that does not report it.
pub const ROOT_ACCESS: &str = "Enabled";
/// The same of `IpAddressType`.
pub const IP_ADDRESS_TYPE: &str = "ipv4";
/// The same of `MinimumInstanceMetadataServiceVersion`: versions 1 and 2.
pub const METADATA_SERVICE: &str = "1";

/// Every member that a request can ask for, with each form that its answer can have.
pub const ANSWERS: &[Answer] = &[
    as_sent("NotebookInstanceName", "nb-vpc", "nb"),
    as_sent("InstanceType", "ml.t3.medium", "ml.t3.large"),
    as_sent("SubnetId", "subnet-0a", "subnet-0b"),
    as_sent("SecurityGroups", "sg-0a,sg-0b", "sg-0a,sg-0c"),
    unproven("SecurityGroups", "sg-0a,sg-0b", "sg-0b,sg-0a", "sg-0b"),
    as_sent("DirectInternetAccess", "Disabled", "Enabled"),
    as_sent("RoleArn", "arn:aws:iam::123456789012:role/nb", "arn:aws:iam::123456789012:role/other"),
    // IAM tells no two roles of an account apart by case (IAM user guide, "IAM identifiers").
    unproven(
        "RoleArn",
        "arn:aws:iam::123456789012:role/NB-Research",
        "arn:aws:iam::123456789012:role/nb-research",
        "arn:aws:iam::210987654321:role/nb-research",
    ),
    as_sent("KmsKeyId", KEY, "arn:aws:kms:us-east-1:123456789012:key/2222"),
    Answer {
        member: "KmsKeyId",
        sent: "1111",
        answered: KEY,
        other: "arn:aws:kms:us-east-1:123456789012:key/11112",
        source: "awslabs/aws-config-rules#318, a reviewer's live test: always the key's ARN",
    },
    unproven("KmsKeyId", KEY, "1111", "2222"),
    as_sent("IpAddressType", "dualstack", "ipv4"),
    unproven("IpAddressType", IP_ADDRESS_TYPE, "", "dualstack"),
    as_sent("NotebookInstanceLifecycleConfigName", "Idle-Stop", "other"),
    unproven("NotebookInstanceLifecycleConfigName", "Idle-Stop", "idle-stop", "idle-stop-2"),
    unproven("NotebookInstanceLifecycleConfigName", "Idle-Stop", CONFIG, "arn:aws:sagemaker:::x/idle"),
    as_sent("VolumeSizeInGB", "20", "50"),
    as_sent("DefaultCodeRepository", "https://git.example.org/a.git", "https://git.example.org/b.git"),
    unproven("DefaultCodeRepository", "Team-Repo", REPOSITORY, "arn:aws:sagemaker:::code-repository/other"),
    as_sent("AdditionalCodeRepositories", "https://git.example.org/a,lib", "lib"),
    unproven(
        "AdditionalCodeRepositories",
        "https://git.example.org/a,lib",
        "lib,https://git.example.org/a",
        "lib",
    ),
    unproven("AdditionalCodeRepositories", "Team-Repo", REPOSITORY, "lib"),
    as_sent("RootAccess", "Disabled", "Enabled"),
    unproven("RootAccess", ROOT_ACCESS, "", "Disabled"),
    as_sent("PlatformIdentifier", "notebook-al2023-v1", "notebook-al2023-v2"),
    as_sent("MinimumInstanceMetadataServiceVersion", "2", "1"),
    unproven("MinimumInstanceMetadataServiceVersion", METADATA_SERVICE, "", "2"),
];

const KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/1111";
const CONFIG: &str = "arn:aws:sagemaker:us-east-1:123456789012:notebook-instance-lifecycle-config/idle-stop";
const REPOSITORY: &str = "arn:aws:sagemaker:us-east-1:123456789012:code-repository/team-repo";

const fn as_sent(member: &'static str, sent: &'static str, other: &'static str) -> Answer {
    Answer { member, sent, answered: sent, other, source: "botocore 1.44.5: the same member" }
}

const fn unproven(
    member: &'static str,
    sent: &'static str,
    answered: &'static str,
    other: &'static str,
) -> Answer {
    Answer { member, sent, answered, other, source: UNPROVEN }
}

/// The name at the end of the ARN of a SageMaker resource of that kind; a text that is no such ARN as it is.
///
/// SageMaker lower-cases some of the ARNs that it answers (amazon-sagemaker-examples#1798).
pub fn name_in_arn<'a>(text: &'a str, kind: &str) -> &'a str {
    let in_arn = text.strip_prefix("arn:").and_then(|rest| rest.split_once(":sagemaker:"));
    let resource =
        in_arn.and_then(|(_, rest)| rest.rsplit_once(':')).and_then(|(_, last)| last.split_once('/'));
    resource.filter(|(found, _)| *found == kind).map_or(text, |(_, name)| name)
}

/// The kind of a lifecycle configuration in its ARN.
pub const LIFECYCLE_CONFIG: &str = "notebook-instance-lifecycle-config";

/// The kind of a code repository in its ARN.
pub const CODE_REPOSITORY: &str = "code-repository";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_out_of_an_arn_of_its_kind_and_nothing_else() {
        assert_eq!(name_in_arn(CONFIG, LIFECYCLE_CONFIG), "idle-stop");
        assert_eq!(name_in_arn(CONFIG, CODE_REPOSITORY), CONFIG);
        for text in ["Idle-Stop", "https://git.example.org/a:b/c", "arn:aws:iam::1:role/x", ""] {
            assert_eq!(name_in_arn(text, LIFECYCLE_CONFIG), text);
        }
    }
}
