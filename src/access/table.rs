//! Pure: what each operation that the program sends needs: its own action, and those that SageMaker uses in the
//! caller's name.
//!
//! That SageMaker does things in the caller's name, and which, is from its developer guide ("Amazon SageMaker API
//! permissions") and the handlers of the CloudFormation resource `AWS::SageMaker::NotebookInstance`.

use super::Actor;

/// What a permission is for. Each is a statement of a policy, under this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Lists instances with their statuses.
    ListInstances,
    /// Reads instances and their tags.
    ReadInstances,
    /// Reads the scripts that run when an instance starts.
    ReadLifecycleScripts,
    /// Lists the regions that the account has enabled.
    ListRegions,
    /// Reads what decides whether a target network will do.
    ReadNetwork,
    /// Reads the quotas on notebook instances.
    ReadQuotas,
    /// Reads whether a volume's key can be used.
    ReadVolumeKeys,
    /// Reads whether execution roles can be used.
    ReadExecutionRoles,
    /// Reads which policies know instances by their names.
    ReadPolicies,
    /// Stops sources, and starts them again when they are brought back.
    StopAndStart,
    /// Updates sources in place: repairs them, or upgrades a platform without which they do not start.
    UpdateSources,
    /// Creates replacements, in a VPC and without direct internet access.
    CreateReplacements,
    /// Gives replacements their tags.
    TagReplacements,
    /// Deletes replacements that failed or are undone.
    DeleteReplacements,
    /// Deletes sources, where that was asked for.
    DeleteSources,
    /// Gives replacements the roles of their sources.
    PassExecutionRoles,
    /// Lets SageMaker look where an instance's network interface is to be.
    FindNetwork,
    /// Lets SageMaker make the network interface of an instance.
    MakeNetworkInterfaces,
    /// Lets SageMaker attach it, and remove it with its instance.
    ManageNetworkInterfaces,
    /// Lets SageMaker use the key of an instance's volume.
    GrantVolumeKeys,
    /// Gives sources and replacements the lifecycle configurations that move their files, and their own back.
    AttachTransferConfigs,
    /// Makes and deletes these configurations, whose names begin with `remediate-`.
    MakeTransferConfigs,
    /// Lists what transfers have left in their bucket.
    ListTransfers,
    /// Reads it.
    ReadTransfers,
    /// Reads it where it is encrypted with a key of KMS.
    DecryptTransfers,
}

impl Purpose {
    /// All, in the order of the statements.
    pub const ALL: [Purpose; 25] = [
        Purpose::ListInstances,
        Purpose::ReadInstances,
        Purpose::ReadLifecycleScripts,
        Purpose::ListRegions,
        Purpose::ReadNetwork,
        Purpose::ReadQuotas,
        Purpose::ReadVolumeKeys,
        Purpose::ReadExecutionRoles,
        Purpose::ReadPolicies,
        Purpose::StopAndStart,
        Purpose::UpdateSources,
        Purpose::CreateReplacements,
        Purpose::TagReplacements,
        Purpose::DeleteReplacements,
        Purpose::DeleteSources,
        Purpose::PassExecutionRoles,
        Purpose::FindNetwork,
        Purpose::MakeNetworkInterfaces,
        Purpose::ManageNetworkInterfaces,
        Purpose::GrantVolumeKeys,
        Purpose::AttachTransferConfigs,
        Purpose::MakeTransferConfigs,
        Purpose::ListTransfers,
        Purpose::ReadTransfers,
        Purpose::DecryptTransfers,
    ];

    /// The `Sid` of its statement.
    pub fn sid(self) -> &'static str {
        match self {
            Purpose::ListInstances => "ListInstances",
            Purpose::ReadInstances => "ReadInstances",
            Purpose::ReadLifecycleScripts => "ReadLifecycleScripts",
            Purpose::ListRegions => "ListRegions",
            Purpose::ReadNetwork => "ReadNetwork",
            Purpose::ReadQuotas => "ReadQuotas",
            Purpose::ReadVolumeKeys => "ReadVolumeKeys",
            Purpose::ReadExecutionRoles => "ReadExecutionRoles",
            Purpose::ReadPolicies => "ReadPolicies",
            Purpose::StopAndStart => "StopAndStart",
            Purpose::UpdateSources => "UpdateSources",
            Purpose::CreateReplacements => "CreateReplacements",
            Purpose::TagReplacements => "TagReplacements",
            Purpose::DeleteReplacements => "DeleteReplacements",
            Purpose::DeleteSources => "DeleteSources",
            Purpose::PassExecutionRoles => "PassExecutionRoles",
            Purpose::FindNetwork => "FindNetworkForSageMaker",
            Purpose::MakeNetworkInterfaces => "MakeNetworkInterfaces",
            Purpose::ManageNetworkInterfaces => "ManageNetworkInterfaces",
            Purpose::GrantVolumeKeys => "GrantVolumeKeysToSageMaker",
            Purpose::AttachTransferConfigs => "AttachTransferConfigs",
            Purpose::MakeTransferConfigs => "MakeTransferConfigs",
            Purpose::ListTransfers => "ListTransfers",
            Purpose::ReadTransfers => "ReadTransfers",
            Purpose::DecryptTransfers => "DecryptTransfers",
        }
    }
}

/// What becomes of a job without a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// It cannot be done.
    Needed,
    /// It is done, and something stays unknown.
    Helpful,
}

/// One permission, and what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequiredPermission {
    /// `service:Action`.
    pub action: &'static str,
    /// What for.
    pub purpose: Purpose,
}

/// One operation that the program sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// Its name in AWS.
    pub name: &'static str,
    /// Who sends it, and what becomes of the job where it is denied.
    pub senders: &'static [(Actor, Weight)],
    /// What it needs; nothing, where every caller may send it.
    pub needs: &'static [RequiredPermission],
}

const READER: &[(Actor, Weight)] = &[(Actor::Reader, Weight::Needed)];
const READER_HELPFUL: &[(Actor, Weight)] = &[(Actor::Reader, Weight::Helpful)];
const OPERATOR: &[(Actor, Weight)] = &[(Actor::Operator, Weight::Needed)];
const BOTH: &[(Actor, Weight)] = &[(Actor::Reader, Weight::Needed), (Actor::Operator, Weight::Needed)];
const BOTH_HELPFUL: &[(Actor, Weight)] =
    &[(Actor::Reader, Weight::Helpful), (Actor::Operator, Weight::Helpful)];

/// A need, in short.
const fn need(action: &'static str, purpose: Purpose) -> RequiredPermission {
    RequiredPermission { action, purpose }
}

/// An operation, in short.
const fn sent(
    name: &'static str,
    senders: &'static [(Actor, Weight)],
    needs: &'static [RequiredPermission],
) -> Operation {
    Operation { name, senders, needs }
}

/// What SageMaker looks at before it makes a network interface for whoever starts an instance in a VPC.
const FIND: [RequiredPermission; 4] = [
    need("ec2:DescribeNetworkInterfaces", Purpose::FindNetwork),
    need("ec2:DescribeSubnets", Purpose::FindNetwork),
    need("ec2:DescribeSecurityGroups", Purpose::FindNetwork),
    need("ec2:DescribeVpcs", Purpose::FindNetwork),
];
const PASS: RequiredPermission = need("iam:PassRole", Purpose::PassExecutionRoles);
const SEE_KEY: RequiredPermission = need("kms:DescribeKey", Purpose::ReadVolumeKeys);
const GRANT_KEY: RequiredPermission = need("kms:CreateGrant", Purpose::GrantVolumeKeys);
/// `HeadObject` has no action of its own, and with checksums needs the key, too (S3 API reference).
const READ_OBJECT: [RequiredPermission; 2] =
    [need("s3:GetObject", Purpose::ReadTransfers), need("kms:Decrypt", Purpose::DecryptTransfers)];
const MAKE: RequiredPermission = need("ec2:CreateNetworkInterface", Purpose::MakeNetworkInterfaces);

/// The table.
const OPERATIONS: [Operation; 34] = [
    // "No permissions are required to perform this operation" (STS API reference).
    sent("GetCallerIdentity", BOTH, &[]),
    // Whoever waits for many instances asks for the list, and for one after the other where it is denied.
    sent(
        "ListNotebookInstances",
        &[(Actor::Reader, Weight::Needed), (Actor::Operator, Weight::Helpful)],
        &[need("sagemaker:ListNotebookInstances", Purpose::ListInstances)],
    ),
    sent(
        "DescribeNotebookInstance",
        BOTH,
        &[need("sagemaker:DescribeNotebookInstance", Purpose::ReadInstances)],
    ),
    sent("ListTags", BOTH, &[need("sagemaker:ListTags", Purpose::ReadInstances)]),
    sent(
        "DescribeNotebookInstanceLifecycleConfig",
        READER_HELPFUL,
        &[need("sagemaker:DescribeNotebookInstanceLifecycleConfig", Purpose::ReadLifecycleScripts)],
    ),
    // For `regions = "all"`.
    sent("DescribeRegions", READER_HELPFUL, &[need("ec2:DescribeRegions", Purpose::ListRegions)]),
    // Whoever applies a plan looks again whether the subnet can still be used.
    sent(
        "DescribeSubnets",
        &[(Actor::Reader, Weight::Needed), (Actor::Operator, Weight::Helpful)],
        &[need("ec2:DescribeSubnets", Purpose::ReadNetwork)],
    ),
    sent("DescribeSecurityGroups", READER, &[need("ec2:DescribeSecurityGroups", Purpose::ReadNetwork)]),
    sent("DescribeRouteTables", READER_HELPFUL, &[need("ec2:DescribeRouteTables", Purpose::ReadNetwork)]),
    sent("DescribeNatGateways", READER_HELPFUL, &[need("ec2:DescribeNatGateways", Purpose::ReadNetwork)]),
    sent("DescribeVpcEndpoints", READER_HELPFUL, &[need("ec2:DescribeVpcEndpoints", Purpose::ReadNetwork)]),
    sent("DescribeNetworkAcls", READER_HELPFUL, &[need("ec2:DescribeNetworkAcls", Purpose::ReadNetwork)]),
    sent("DescribeVpcs", READER_HELPFUL, &[need("ec2:DescribeVpcs", Purpose::ReadNetwork)]),
    // For `policy init`: which groups are those of load balancers.
    sent(
        "DescribeNetworkInterfaces",
        READER_HELPFUL,
        &[need("ec2:DescribeNetworkInterfaces", Purpose::ReadNetwork)],
    ),
    sent("DescribeVpcAttribute", READER_HELPFUL, &[need("ec2:DescribeVpcAttribute", Purpose::ReadNetwork)]),
    sent(
        "DescribeAvailabilityZones",
        // Without it the kind of a zone is unknown, and what would go there withheld.
        READER,
        &[need("ec2:DescribeAvailabilityZones", Purpose::ReadNetwork)],
    ),
    sent(
        "DescribeInstanceTypeOfferings",
        READER_HELPFUL,
        &[need("ec2:DescribeInstanceTypeOfferings", Purpose::ReadNetwork)],
    ),
    sent("DescribeKey", BOTH_HELPFUL, &[SEE_KEY]),
    sent("GetRole", BOTH_HELPFUL, &[need("iam:GetRole", Purpose::ReadExecutionRoles)]),
    sent(
        "GetAccountAuthorizationDetails",
        READER_HELPFUL,
        &[need("iam:GetAccountAuthorizationDetails", Purpose::ReadPolicies)],
    ),
    sent("GetServiceQuota", BOTH_HELPFUL, &[need("servicequotas:GetServiceQuota", Purpose::ReadQuotas)]),
    sent(
        "ListServiceQuotas",
        READER_HELPFUL,
        &[need("servicequotas:ListServiceQuotas", Purpose::ReadQuotas)],
    ),
    sent("StopNotebookInstance", OPERATOR, &[need("sagemaker:StopNotebookInstance", Purpose::StopAndStart)]),
    sent(
        "StartNotebookInstance",
        OPERATOR,
        &[
            need("sagemaker:StartNotebookInstance", Purpose::StopAndStart),
            PASS,
            SEE_KEY,
            GRANT_KEY,
            MAKE,
            FIND[0],
            FIND[1],
            FIND[2],
            FIND[3],
        ],
    ),
    sent(
        "UpdateNotebookInstance",
        OPERATOR,
        &[
            need("sagemaker:UpdateNotebookInstance", Purpose::UpdateSources),
            need("sagemaker:UpdateNotebookInstance", Purpose::AttachTransferConfigs),
        ],
    ),
    sent(
        "CreateNotebookInstance",
        OPERATOR,
        &[
            need("sagemaker:CreateNotebookInstance", Purpose::CreateReplacements),
            need("sagemaker:AddTags", Purpose::TagReplacements),
            PASS,
            SEE_KEY,
            GRANT_KEY,
            MAKE,
            need("ec2:CreateNetworkInterfacePermission", Purpose::ManageNetworkInterfaces),
            FIND[0],
            FIND[1],
            FIND[2],
            FIND[3],
            need("ec2:DescribeDhcpOptions", Purpose::FindNetwork),
        ],
    ),
    sent(
        "DeleteNotebookInstance",
        OPERATOR,
        &[
            need("sagemaker:DeleteNotebookInstance", Purpose::DeleteReplacements),
            need("sagemaker:DeleteNotebookInstance", Purpose::DeleteSources),
            SEE_KEY,
            need("ec2:DeleteNetworkInterface", Purpose::ManageNetworkInterfaces),
            need("ec2:DeleteNetworkInterfacePermission", Purpose::ManageNetworkInterfaces),
        ],
    ),
    // `remediate doctor` alone sends these, and dry: nothing is ever made.
    sent("DescribeDhcpOptions", &[], &[need("ec2:DescribeDhcpOptions", Purpose::FindNetwork)]),
    sent("CreateNetworkInterface", &[], &[MAKE]),
    // Whoever carries out plans that move files, and nobody else: [`transfer_needs`]. They are created with tags.
    sent(
        "CreateNotebookInstanceLifecycleConfig",
        &[],
        &[
            need("sagemaker:CreateNotebookInstanceLifecycleConfig", Purpose::MakeTransferConfigs),
            need("sagemaker:AddTags", Purpose::MakeTransferConfigs),
        ],
    ),
    sent(
        "DeleteNotebookInstanceLifecycleConfig",
        &[],
        &[need("sagemaker:DeleteNotebookInstanceLifecycleConfig", Purpose::MakeTransferConfigs)],
    ),
    // Whoever reads what transfers have left, and nobody else: [`transfer_needs`].
    sent("ListObjectsV2", &[], &[need("s3:ListBucket", Purpose::ListTransfers)]),
    sent("GetObject", &[], &READ_OBJECT),
    sent("HeadObject", &[], &READ_OBJECT),
];

/// Every operation that the program sends.
pub fn operations() -> &'static [Operation] {
    &OPERATIONS
}

/// An operation by its name in AWS.
pub fn operation(name: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.name == name)
}

/// What somebody needs, once each, by purpose and action; and what becomes of the job without it.
pub fn needs(actor: Actor) -> Vec<(RequiredPermission, Weight)> {
    let of = |operation: &'static Operation| {
        let weight = operation.senders.iter().find(|(sender, _)| *sender == actor).map(|(_, weight)| *weight);
        weight.into_iter().flat_map(|weight| operation.needs.iter().map(move |need| (*need, weight)))
    };
    let mut all: Vec<(RequiredPermission, Weight)> = OPERATIONS.iter().flat_map(of).collect();
    // What one operation must have and another would like is needed: that comes first.
    all.sort_by_key(|(need, weight)| (need.purpose, need.action, *weight));
    all.dedup_by_key(|(need, _)| (need.purpose, need.action));
    all
}

/// What somebody needs besides, where files are moved through S3: once each, by purpose and action.
pub fn transfer_needs(actor: Actor) -> Vec<RequiredPermission> {
    let makes: &[&str] = match actor {
        Actor::Reader => &[],
        Actor::Operator => {
            &["CreateNotebookInstanceLifecycleConfig", "DeleteNotebookInstanceLifecycleConfig"]
        }
    };
    let reads = ["ListObjectsV2", "GetObject", "HeadObject"];
    let operations = reads.iter().chain(makes).filter_map(|name| operation(name));
    let mut all: Vec<RequiredPermission> =
        operations.flat_map(|operation| operation.needs).copied().collect();
    all.sort_by_key(|need| (need.purpose, need.action));
    all.dedup();
    all
}
