//! The command line as typed. The doc comments are the help.

mod access;
mod common;
mod data;
mod policy;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::cli::rehearsal::pace::Pace;
use crate::clock::Speed;
use crate::ids::DigestPrefix;
use crate::report::export::AuditFormat;
use crate::sandbox::{FaultRule, parse_fault};

pub(super) use access::{DoctorArgs, IamPolicyArgs, PolicyRole};
pub(super) use common::{Connection, DataFormat, Scope};
pub(super) use data::{DataCommand, DataListArgs, DataScope, DataScriptArgs, DataVerifyArgs};
pub(super) use policy::{PolicyCheckArgs, PolicyCommand, PolicyInitArgs};

/// Re-create SageMaker notebook instances inside a VPC without direct internet access
///
/// From a finding to a compliant instance: audit, plan, review the plan, apply. `audit` and `plan`
/// change nothing in AWS. `apply` carries out the plan and nothing else.
#[derive(Debug, Parser)]
#[command(name = "remediate", version, propagate_version = true, max_term_width = 100)]
#[command(after_help = EXIT_CODES)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
   0  done, or nothing to report
   1  a bug in the program
   2  wrong usage
  10  with --detailed-exitcode: there are findings, the plan has items, or the plans differ
  20  the policy is invalid
  21  the plan cannot be used: digest, format, expiry, account, already applied
  22  refused: not confirmed, a limit exceeded, locked by another process
  30  some items failed, were refused, or could not be read
  31  halted by a limit
  32  interrupted; can be resumed
  40  credentials or access";

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub(super) struct Global {
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(super) color: Color,
    /// Print only data and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Show every AWS call
    #[arg(short, long, global = true)]
    pub(super) verbose: bool,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Find non-compliant instances; changes nothing
    Audit(AuditArgs),
    /// Write a plan that replaces non-compliant instances; changes nothing in AWS
    Plan(PlanArgs),
    /// Show a saved plan
    Show(ShowArgs),
    /// Carry out a plan
    Apply(ApplyArgs),
    /// Show where a run stands: what was done, what is in flight, what is next
    Status(StatusArgs),
    /// Finish an interrupted run
    Resume(ResumeArgs),
    /// Undo a run: restore its sources and delete its replacements
    Rollback(FollowUpArgs),
    /// Delete the sources that a run kept, if their replacements verify again
    Cleanup(FollowUpArgs),
    /// Try the whole job, or a plan, in the sandbox; sends nothing to AWS
    Rehearse(RehearseArgs),
    /// Serve the sandbox, a built-in AWS simulator, to other AWS tools on this machine
    Sandbox(SandboxArgs),
    /// Print the least IAM policy for auditing and planning, for applying, or for the instances
    IamPolicy(IamPolicyArgs),
    /// Check credentials, regions, the clock and permissions before they are needed; changes nothing
    Doctor(DoctorArgs),
    /// Create and check policy files
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Move the files of notebooks by hand, and prove what was moved, by hand or by a run
    #[command(subcommand)]
    Data(DataCommand),
}

#[derive(Debug, Args)]
pub(super) struct AuditArgs {
    #[command(flatten)]
    pub(super) scope: Scope,
    #[command(flatten)]
    pub(super) connection: Connection,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: AuditFormat,
    /// Exit with 10 when there are findings
    #[arg(long)]
    pub(super) detailed_exitcode: bool,
}

#[derive(Debug, Args)]
pub(super) struct PlanArgs {
    #[command(flatten)]
    pub(super) scope: Scope,
    #[command(flatten)]
    pub(super) connection: Connection,
    /// File or directory to save the plan in; --format markdown saves the report beside it
    #[arg(long, value_name = "PATH", default_value = "plans/")]
    pub(super) out: PathBuf,
    /// Directory of earlier runs: shows what they have replaced
    #[arg(long, value_name = "DIR", default_value = ".remediate")]
    pub(super) state_dir: PathBuf,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: DocumentFormat,
    /// Exit with 10 when the plan has items
    #[arg(long)]
    pub(super) detailed_exitcode: bool,
}

#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// The plan
    #[arg(value_name = "PLAN")]
    pub(super) plan: PathBuf,
    /// Show how it differs from this older plan: what is new, gone or changed, and why
    #[arg(long, value_name = "OLDER")]
    pub(super) diff: Option<PathBuf>,
    /// Print the scripts that `apply` runs on instances to move their files
    #[arg(long, conflicts_with = "diff")]
    pub(super) scripts: bool,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: DocumentFormat,
    /// Exit with 10 when the plan has items; with --diff, when the plans differ
    #[arg(long)]
    pub(super) detailed_exitcode: bool,
}

/// How a run is approved, kept and shown.
#[derive(Debug, Clone, Args)]
pub(super) struct Running {
    /// Do it without asking
    #[arg(long)]
    pub(super) confirm: bool,
    /// Directory of runs and their journals
    #[arg(long, value_name = "DIR", default_value = ".remediate")]
    pub(super) state_dir: PathBuf,
    /// Output format; json prints one event per line
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: DataFormat,
}

#[derive(Debug, Args)]
pub(super) struct ApplyArgs {
    /// The plan
    #[arg(value_name = "PLAN")]
    pub(super) plan: PathBuf,
    /// Digest of the plan that was reviewed, or its first 12 or more digits: any other plan is refused. Needed with --confirm
    /// where there is no terminal
    #[arg(long, value_name = "SHA256")]
    pub(super) digest: Option<DigestPrefix>,
    /// Policy whose exemptions are checked again [default: policy.toml, if it exists]
    #[arg(long, value_name = "FILE")]
    pub(super) policy: Option<PathBuf>,
    #[command(flatten)]
    pub(super) running: Running,
    #[command(flatten)]
    pub(super) connection: Connection,
}

#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    /// Run id or plan file [default: the latest unfinished run, else the latest]
    #[arg(value_name = "RUN")]
    pub(super) run: Option<String>,
    /// Directory of runs and their journals
    #[arg(long, value_name = "DIR", default_value = ".remediate")]
    pub(super) state_dir: PathBuf,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: DataFormat,
}

#[derive(Debug, Args)]
pub(super) struct ResumeArgs {
    /// Run id or plan file [default: the latest unfinished run]
    #[arg(value_name = "RUN")]
    pub(super) run: Option<String>,
    /// Policy whose exemptions are checked again [default: policy.toml, if it exists]
    #[arg(long, value_name = "FILE")]
    pub(super) policy: Option<PathBuf>,
    #[command(flatten)]
    pub(super) running: Running,
    #[command(flatten)]
    pub(super) connection: Connection,
}

#[derive(Debug, Args)]
pub(super) struct FollowUpArgs {
    /// Run id or plan file [default: the latest run]
    #[arg(value_name = "RUN")]
    pub(super) run: Option<String>,
    /// Policy whose exemptions are checked again before a source is deleted [default: policy.toml, if it exists]
    #[arg(long, value_name = "FILE")]
    pub(super) policy: Option<PathBuf>,
    #[command(flatten)]
    pub(super) running: Running,
    #[command(flatten)]
    pub(super) connection: Connection,
}

/// What a sandbox is made of.
#[derive(Debug, Args)]
pub(super) struct SandboxSource {
    /// Scenario file: the accounts, networks and instances [default: the company of examples/fleet.toml]
    #[arg(long, value_name = "FILE")]
    pub(super) scenario: Option<PathBuf>,
    /// Seed for everything random, instead of the scenario's
    #[arg(long, value_name = "NUMBER")]
    pub(super) seed: Option<u64>,
    /// Cause a fault: KIND[:OPERATION][@PERCENT%][=VALUE], such as throttle@5%, slow@10%=90s or
    /// cut-after:CreateNotebookInstance; repeat it to add more
    #[arg(long = "fault", value_name = "FAULT", value_parser = parse_fault)]
    pub(super) faults: Vec<FaultRule>,
    /// Write every call to this file, one line of JSON per call
    #[arg(long, value_name = "FILE")]
    pub(super) log: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct SandboxArgs {
    #[command(flatten)]
    pub(super) source: SandboxSource,
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub(super) port: u16,
    /// Allow callers only what this identity policy allows; repeat it to add more
    #[arg(long = "iam-policy", value_name = "FILE")]
    pub(super) iam_policies: Vec<PathBuf>,
    /// How many times faster than real time its clock runs
    #[arg(long, value_name = "TIMES", default_value = "1")]
    pub(super) speed: Speed,
    /// Print every key of a scenario instead: values, default and meaning, as Markdown
    #[arg(long, exclusive = true)]
    pub(super) keys: bool,
    /// Print the JSON Schema of scenarios instead, for editors
    #[arg(long, exclusive = true)]
    pub(super) schema: bool,
}

#[derive(Debug, Args)]
pub(super) struct RehearseArgs {
    /// Plan to rehearse, on the instances it was made for [default: the whole job on an example company]
    #[arg(value_name = "PLAN", conflicts_with_all = ["scenario", "policy"])]
    pub(super) plan: Option<PathBuf>,
    #[command(flatten)]
    pub(super) source: SandboxSource,
    /// Policy file [default: policy.toml with --scenario, else one that fits the built-in company]
    #[arg(long, value_name = "FILE")]
    pub(super) policy: Option<PathBuf>,
    /// How many times faster than real time, or `max`: without waiting. With PLAN it is always `max`.
    /// Above a few hundred, this machine's own speed limits it
    #[arg(long, value_name = "TIMES", default_value = "60", conflicts_with = "plan")]
    pub(super) speed: Pace,
    /// With PLAN: how many times to rehearse it, each time with another seed [default: 20]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(super) runs: Option<u32>,
    /// With PLAN: how many more notebook instances the quota (L-04CE2E67) of each region allows
    #[arg(long, value_name = "COUNT")]
    pub(super) spare: Option<u32>,
    /// Directory for the plan, the report, the journal and the call log
    #[arg(long, value_name = "DIR", default_value = "rehearsals", conflicts_with = "plan")]
    pub(super) out: PathBuf,
    /// With PLAN: output format; markdown is the plan's report with the rehearsal [default: text]
    #[arg(long, value_name = "FORMAT")]
    pub(super) format: Option<DocumentFormat>,
}

/// Formats of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum DocumentFormat {
    /// For a terminal
    Text,
    /// For programs
    Json,
    /// For a change request
    Markdown,
}
