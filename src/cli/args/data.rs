//! The arguments of `data`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::common::{Connection, DataFormat};
use crate::ids::{AccountId, ItemId};

#[derive(Debug, Subcommand)]
pub(crate) enum DataCommand {
    /// List what the exports and imports of a run, or of a plan, have left in their bucket; changes nothing
    List(DataListArgs),
    /// Prove exports and imports again, by the checksums in the bucket and without any instance; changes nothing
    Verify(DataVerifyArgs),
    /// Print the script that exports an instance's files, to paste in a terminal of the notebook
    Script(DataScriptArgs),
}

/// Which transfers, and where they are.
#[derive(Debug, Clone, Args)]
pub(crate) struct DataScope {
    /// Run id or plan file. Of a plan whose files the run moves: those that its latest run has moved
    #[arg(value_name = "RUN")]
    pub(crate) of: PathBuf,
    /// Only this item, as region/name [default: all of the plan]
    #[arg(value_name = "ITEM")]
    pub(crate) item: Option<ItemId>,
    /// Directory of runs and their journals
    #[arg(long, value_name = "DIR", default_value = ".remediate")]
    pub(crate) state_dir: PathBuf,
    /// Bucket of the transfers, in the region of the instances; {region} stands for that [default: the plan's]
    #[arg(long, value_name = "NAME", value_parser = bucket)]
    pub(crate) bucket: Option<String>,
    /// What their keys begin with
    #[arg(long, value_name = "PREFIX", default_value = "", value_parser = prefix, requires = "bucket")]
    pub(crate) prefix: String,
    /// Account that owns the bucket [default: the plan's]
    #[arg(long, value_name = "ACCOUNT", requires = "bucket")]
    pub(crate) bucket_owner: Option<AccountId>,
    #[command(flatten)]
    pub(crate) connection: Connection,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: DataFormat,
}

#[derive(Debug, Args)]
pub(crate) struct DataListArgs {
    #[command(flatten)]
    pub(crate) scope: DataScope,
    /// Days after which the printed lifecycle rule lets the objects expire
    #[arg(long, value_name = "DAYS", default_value = "30", value_parser = clap::value_parser!(u32).range(1..=36500))]
    pub(crate) expire_after: u32,
}

#[derive(Debug, Args)]
pub(crate) struct DataVerifyArgs {
    #[command(flatten)]
    pub(crate) scope: DataScope,
}

/// The name of a bucket (S3 user guide, "General purpose bucket naming rules"), with the region's place in it.
fn bucket(text: &str) -> Result<String, String> {
    let name = text.replace("{region}", "us-east-1");
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b);
    if (3..=63).contains(&name.len()) && name.bytes().all(allowed) {
        return Ok(text.to_owned());
    }
    Err("not the name of a bucket: 3 to 63 lower-case letters, digits, hyphens and dots".to_owned())
}

/// What a worker can be told, without a slash at either end.
fn prefix(text: &str) -> Result<String, String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "/_.=-".contains(c);
    if text.len() <= 64 && text.chars().all(allowed) {
        return Ok(text.trim_matches('/').to_owned());
    }
    Err("not a prefix of keys: up to 64 letters, digits, and / _ . = -".to_owned())
}

#[derive(Debug, Args)]
pub(crate) struct DataScriptArgs {
    /// The plan
    #[arg(value_name = "PLAN")]
    pub(crate) plan: PathBuf,
    /// The item: region/name, or the name alone if it is the only one
    #[arg(value_name = "ITEM")]
    pub(crate) item: String,
    /// Print the import, for the replacement; it reads the bucket for the export that is proven
    #[arg(long)]
    pub(crate) import: bool,
    /// Which attempt it is. Nothing is written twice: an attempt that failed needs the next number
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=99))]
    pub(crate) attempt: u8,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

impl DataScriptArgs {
    /// Whether it is called so.
    pub(crate) fn names(&self, id: &ItemId) -> bool {
        self.item == id.name.as_str() || self.item == id.to_string()
    }
}
