//! The arguments of `iam-policy`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::access::Storage;

/// Whose permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PolicyRole {
    /// Whoever runs audit and plan
    Reader,
    /// Whoever runs apply, resume, rollback and cleanup
    Operator,
    /// The notebook instances themselves: a role with its trust policy and its permissions
    Execution,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Prints one policy document, or a list of documents where one would be larger than IAM takes (6,144 characters): attach \
all of them then. For the execution role it prints what CloudFormation's AWS::IAM::Role takes. \
sts:GetCallerIdentity needs no permission and is in none of them.")]
pub(crate) struct IamPolicyArgs {
    /// Whose permissions
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: PolicyRole,
    /// Allow only what this plan touches: its instances, roles, subnets, security groups, keys and regions
    #[arg(long, value_name = "PLAN")]
    pub(crate) plan: Option<PathBuf>,
    /// With --role execution: where notebooks keep their work, such as s3://bucket/prefix
    #[arg(long, value_name = "URL")]
    pub(crate) storage: Option<Storage>,
}
