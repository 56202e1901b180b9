//! The arguments of `iam-policy` and `doctor`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::common::{Connection, DataFormat, Scope};
use crate::access::{Actor, Storage};

/// Whose permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PolicyRole {
    /// Whoever runs audit and plan
    Reader,
    /// Whoever runs apply, resume, rollback and cleanup
    Operator,
    /// The notebook instances themselves: a role with its trust policy and permissions
    Execution,
}

/// Whose permissions are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ActorRole {
    /// Whoever runs audit and plan
    Reader,
    /// Whoever runs apply, resume, rollback and cleanup
    Operator,
}

impl ActorRole {
    /// As the table of permissions has it.
    pub(crate) fn actor(self) -> Actor {
        match self {
            ActorRole::Reader => Actor::Reader,
            ActorRole::Operator => Actor::Operator,
        }
    }
}

#[derive(Debug, Args)]
#[command(after_help = "\
Prints one policy document, or a list of documents if one would exceed IAM's limit (6,144 characters): then attach all \
of them. For the execution role it prints the properties of CloudFormation's AWS::IAM::Role. \
sts:GetCallerIdentity needs no permission and is in none of them.")]
pub(crate) struct IamPolicyArgs {
    /// Whose permissions
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: PolicyRole,
    /// Allow only what this plan touches: its instances, roles, subnets, security groups, keys and regions
    #[arg(long, value_name = "PLAN")]
    pub(crate) plan: Option<PathBuf>,
    /// Where notebooks store their work, or data is moved through, such as s3://bucket/prefix: the execution role may write
    /// there, the others may read
    #[arg(long, value_name = "URL")]
    pub(crate) storage: Option<Storage>,
}

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    pub(crate) scope: Scope,
    #[command(flatten)]
    pub(crate) connection: Connection,
    /// Whose permissions to check [default: both]
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: Option<ActorRole>,
    /// Check with the instances, subnets and keys of this plan
    #[arg(long, value_name = "PLAN")]
    pub(crate) plan: Option<PathBuf>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: DataFormat,
}
