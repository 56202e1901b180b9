//! The arguments of `policy`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::common::Connection;
use crate::ids::Region;

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Write a policy that fits the account; changes nothing in AWS
    Init(PolicyInitArgs),
    /// Check a policy file and show every mistake in it
    Check(PolicyCheckArgs),
    /// Print every key of the policy: values, default and meaning, as Markdown
    Keys,
    /// Print the JSON Schema of policies, for editors
    Schema,
}

#[derive(Debug, Args)]
pub(crate) struct PolicyInitArgs {
    /// File to write; an existing one is never overwritten
    #[arg(long, value_name = "FILE", default_value = "policy.toml")]
    pub(crate) out: PathBuf,
    /// Region to read; repeat it or separate with commas [default: every region of the account]
    #[arg(long, value_name = "REGION", value_delimiter = ',')]
    pub(crate) region: Vec<Region>,
    /// Take the best choice everywhere without asking
    #[arg(long)]
    pub(crate) best: bool,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
pub(crate) struct PolicyCheckArgs {
    /// Policy file
    #[arg(value_name = "FILE", default_value = "policy.toml")]
    pub(crate) file: PathBuf,
}
