//! What becomes of each instance of `examples/hazards.toml`, and words that a plan says of it.

use Fate::{Hazards, Replaced, Withheld};

/// What the plan makes of an instance, and words that it says about it.
pub(super) enum Fate {
    /// It is replaced, with these hazards.
    Replaced(&'static [&'static str], &'static str),
    /// It is withheld for a reason with this code.
    Withheld(&'static str, &'static str),
    /// It is withheld for hazards of these kinds.
    Hazards(&'static [&'static str], &'static str),
}

/// Every instance of `examples/hazards.toml`.
pub(super) const TABLE: [(&str, Fate); 68] = [
    ("plain", Replaced(&[], "plain-vpc")),
    ("key-enabled", Replaced(&[], "key-enabled-vpc")),
    ("script-harmless", Replaced(&[], "script-harmless-vpc")),
    // Platforms.
    (
        "platform-one-way",
        Replaced(&["one-way-platform", "platform-changes"], "the source is left running beside"),
    ),
    ("first-one-way", Withheld("one-way-platform", "AWS no longer starts its platform notebook-al2-v2")),
    (
        "accepted-one-way",
        Replaced(&["one-way-platform", "platform-changes"], "notebook-al2-v2 -> notebook-al2023-v1"),
    ),
    ("kept-one-way", Hazards(&["platform-not-creatable"], "the platform notebook-al1-v1")),
    ("platform-old-and-stopped", Replaced(&["platform-changes"], "notebook-al2-v1 -> notebook-al2023-v1")),
    ("platform-first-and-stopped", Hazards(&["platform-not-creatable"], "the platform notebook-al1-v1")),
    ("platform-behind", Replaced(&["platform-unsupported"], "the platform notebook-al2023-v2 is kept")),
    ("accepted-new-platform", Replaced(&["platform-changes"], "notebook-al1-v1 -> notebook-al2023-v1")),
    ("type-without-platform", Hazards(&["type-not-on-platform"], "does not run on ml.p3.2xlarge")),
    ("script-yum", Replaced(&["platform-changes", "script-uses-yum"], "old-tools; OnStart line 2: `yum`")),
    // Types and keys.
    ("type-retired", Replaced(&["type-retired"], "the instance type ml.m4.xlarge")),
    ("storage-with-key", Replaced(&["local-storage-with-key"], "a KMS key and the type ml.g5.xlarge")),
    ("storage-without-key", Replaced(&[], "ml.g5.xlarge")),
    ("key-disabled", Hazards(&["key-unusable"], "is in state Disabled")),
    ("key-pending-deletion", Hazards(&["key-unusable"], "is in state PendingDeletion")),
    ("key-foreign", Replaced(&["key-unknown"], "key/0b0a4d00-0000-4000-8000-00000000000f: DescribeKey")),
    ("rekeyed-disabled", Replaced(&["source-key-unusable"], "is in state Disabled")),
    ("first-rekeyed", Withheld("source-key-unusable", "is in state Disabled")),
    ("rekeyed-stopped", Replaced(&[], "key/0b0a4d00-0000-4000-8000-000000000001")),
    ("accepted-key-gone", Replaced(&["source-key-unusable"], "is in state PendingDeletion")),
    ("blind-alias", Hazards(&["key-unresolved"], "alias/out-of-sight: DescribeKey")),
    // Roles, IPv6 and zones.
    ("role-gone", Hazards(&["role-unusable"], "role/former-team does not exist")),
    (
        "role-closed",
        Hazards(&["role-unusable"], "role/analysts does not let sagemaker.amazonaws.com assume it"),
    ),
    ("role-locked", Replaced(&["role-unknown"], "role/service-role/out-of-bounds: GetRole")),
    ("plain-dualstack", Withheld("network", "has no IPv6 addresses, which `dualstack` needs")),
    ("dual-stack", Replaced(&["ipv6-to-internet"], "sends IPv6 from subnet-0b0a4d00000000a03 to igw-")),
    (
        "dual-type",
        Replaced(&["type-not-in-zone"], "EC2 has c5.xlarge in us-east-1a, us-east-1c, not in us-east-1b"),
    ),
    // Scripts and repositories.
    (
        "script-internet",
        Replaced(
            &["script-needs-internet"],
            "OnCreate line 3: `pip install pandas https://pypi.example.com/...",
        ),
    ),
    (
        "sealed-script-internet",
        Hazards(&["script-needs-internet"], "OnStart line 4: `git clone https://git.example.com/..."),
    ),
    ("script-service", Replaced(&[], "script-service-vpc")),
    (
        "sealed-script-service",
        Hazards(
            &["script-needs-internet"],
            "OnStart line 3: `aws secretsmanager get-secret-value` (secretsmanager: no)",
        ),
    ),
    (
        "script-volume",
        Replaced(
            &["script-uses-volume"],
            "OnStart line 4: `source /home/ec2-user/SageMaker/env/bin/activate`",
        ),
    ),
    ("sealed-plain", Replaced(&[], "egress")),
    ("script-auto-stop", Replaced(&["script-stops-instance"], "idle-stop; OnStart line 2: `autostop`")),
    (
        "script-gone",
        Hazards(&["script-missing"], "its lifecycle configuration long-gone does not exist any more"),
    ),
    (
        "script-locked",
        Replaced(
            &["script-unknown"],
            "locked: DescribeNotebookInstanceLifecycleConfig in us-east-1: access denied",
        ),
    ),
    (
        "repository",
        Replaced(&["code-repository"], "https://git.example.com/team/notebooks.git; https://***@bitbucket"),
    ),
    (
        "repository-with-password",
        Hazards(&["repository-credentials"], "https://***@git.example.com/team/notebooks.git"),
    ),
    // Names and tags.
    (
        LONG_NAME,
        Replaced(&["long-name"], "cut, to a-name-of-63-characters-leaves-no-room-for-anything-after-i-vpc"),
    ),
    ("aws-neptune-graph", Replaced(&["name-prefix"], "Amazon Neptune (aws-neptune-*)")),
    ("aws-glue-dev", Replaced(&["name-prefix"], "AWS Glue (aws-glue-*)")),
    ("amazon-braket-lab", Replaced(&["name-prefix"], "Amazon Braket (amazon-braket-*)")),
    ("tags-47", Replaced(&[], "tags-47-vpc")),
    ("tags-48", Withheld("too-many-tags", "48 tags would be carried over")),
    // Owners.
    ("owned-by-stack", Withheld("managed", "managed by CloudFormation `fraud-notebooks`")),
    ("owned-by-product", Withheld("managed", "managed by Service Catalog `arn:aws:servicecatalog:")),
    ("owned-by-terraform", Withheld("managed", "managed by Terraform (tag ManagedBy=Terraform)")),
    (
        "owned-by-landing-zone",
        Withheld("managed", "managed by Landing Zone `data-lab` (tag lz:product=data-lab)"),
    ),
    ("owned-by-project", Replaced(&["managed"], "managed by a SageMaker project `churn`")),
    ("allowed-of-stack", Replaced(&["managed"], "managed by CloudFormation `pricing-notebooks`")),
    ("accelerated", Replaced(&["accelerators-dropped"], "its accelerators (ml.eia2.medium) are dropped")),
    // Statuses.
    ("status-failed", Withheld("status", "in status Failed")),
    ("status-pending", Withheld("status", "in status Pending")),
    ("status-stopping", Withheld("status", "in status Stopping")),
    ("status-updating", Withheld("status", "in status Updating")),
    ("status-deleting", Withheld("status", "in status Deleting")),
    // Exemptions.
    ("exempt-by-policy", Withheld("exempt", "exempt until 2999-12-31 (RISK-204): is switched off")),
    ("exempt-once", Replaced(&[], "exempt-once-vpc")),
    (
        "exempt-by-tag",
        Withheld(
            "exempt-by-tag",
            "by its tag remediate:exempt-until: the exhibition closes then. The tag says 2999-12-31, later than the policy",
        ),
    ),
    ("exempt-by-old-tag", Replaced(&[], "exempt-by-old-tag-vpc")),
    ("exempt-tag-unclear", Withheld("exempt-tag-unclear", "is `forever`, from which no day can be read")),
    // Quotas.
    ("passing-1", Replaced(&[], "passing-1-vpc")),
    ("passing-2", Replaced(&[], "passing-2-vpc")),
    ("passing-3", Replaced(&[], "passing-3-vpc")),
    ("passing-4", Replaced(&[], "passing-4-vpc")),
];

const LONG_NAME: &str = "a-name-of-63-characters-leaves-no-room-for-anything-after-it-xx";
