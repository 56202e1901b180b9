//! The command line as typed. The doc comments are the help.

mod access;
mod policy;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;

use crate::cli::rehearsal::Pace;
use crate::clock::Speed;
use crate::ids::Region;
use crate::sandbox::{FaultRule, parse_fault};

pub(super) use access::{DoctorArgs, IamPolicyArgs, PolicyRole};
pub(super) use policy::{PolicyCheckArgs, PolicyCommand, PolicyInitArgs};

/// Re-create SageMaker notebook instances inside a VPC without direct internet access
///
/// The way from a finding to a repaired instance: audit, plan, review the plan, apply. `audit` and `plan`
/// change nothing. `apply` does what the plan says and nothing else.
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
    /// Say only what went wrong and print only data
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
    /// Find instances that break the rules; changes nothing
    Audit(AuditArgs),
    /// Write a plan that replaces them; changes nothing in AWS
    Plan(PlanArgs),
    /// Show a saved plan
    Show(ShowArgs),
    /// Carry out a plan
    Apply(ApplyArgs),
    /// Show where a run stands: what was done, what is in flight, what is next
    Status(StatusArgs),
    /// Go on with a run that was interrupted
    Resume(ResumeArgs),
    /// Undo a run: delete its replacements and give the sources back the status they had
    Rollback(FollowUpArgs),
    /// Delete the sources that a run has kept, where their replacements verify again
    Cleanup(FollowUpArgs),
    /// Try the whole job, or a plan, in an AWS in a box; touches no AWS
    Rehearse(RehearseArgs),
    /// Serve an AWS in a box on this machine, for rehearsals and for other AWS tools
    Sandbox(SandboxArgs),
    /// Print the least IAM policy: for whoever audits and plans, for whoever applies, for the instances
    IamPolicy(IamPolicyArgs),
    /// Check credentials, regions, the clock and permissions before they are needed; changes nothing
    Doctor(DoctorArgs),
    /// Work on policy files
    #[command(subcommand)]
    Policy(PolicyCommand),
}

/// How AWS is reached.
#[derive(Debug, Clone, Args)]
pub(crate) struct Connection {
    /// Profile of the AWS configuration files
    #[arg(long, value_name = "NAME")]
    pub(super) profile: Option<String>,
    /// Send every AWS request to this URL (also: AWS_ENDPOINT_URL)
    #[arg(long, value_name = "URL", value_parser = http_url)]
    pub(super) endpoint_url: Option<String>,
    /// How long one attempt of one request may take
    #[arg(long, value_name = "DURATION", default_value = "30s", hide = true, value_parser = duration)]
    pub(super) attempt_timeout: Duration,
    /// Run the clock this many times faster: for `remediate sandbox --speed`, on this machine only
    #[arg(long, value_name = "TIMES", default_value = "1", env = "REMEDIATE_SPEED", hide = true)]
    pub(super) speed: Speed,
    /// When it has run faster since: so that several commands in a row go by one time
    #[arg(long, value_name = "TIME", env = "REMEDIATE_SPEED_SINCE", hide = true)]
    pub(super) speed_since: Option<Timestamp>,
}

/// Where to look, and by which policy.
#[derive(Debug, Clone, Args)]
pub(super) struct Scope {
    /// Policy file
    #[arg(long, value_name = "FILE")]
    pub(super) policy: Option<PathBuf>,
    /// Region to look at instead of the policy's; repeat it or separate with commas
    #[arg(long, value_name = "REGION", value_delimiter = ',')]
    pub(super) region: Vec<Region>,
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
    /// File, or directory, to save the plan in; with --format markdown the report is saved beside it
    #[arg(long, value_name = "PATH", default_value = "plans/")]
    pub(super) out: PathBuf,
    /// Directory that runs are kept in: tells how far earlier ones have come
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
    /// Directory that runs are kept in
    #[arg(long, value_name = "DIR", default_value = ".remediate")]
    pub(super) state_dir: PathBuf,
    /// Output format; json is one event a line
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: DataFormat,
}

#[derive(Debug, Args)]
pub(super) struct ApplyArgs {
    /// The plan
    #[arg(value_name = "PLAN")]
    pub(super) plan: PathBuf,
    /// Policy whose exemptions are looked at again [default: policy.toml, where there is one]
    #[arg(long, value_name = "FILE")]
    pub(super) policy: Option<PathBuf>,
    #[command(flatten)]
    pub(super) running: Running,
    #[command(flatten)]
    pub(super) connection: Connection,
}

#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    /// The run, or the plan that it carries out; without it the latest that has not come to its end, else the latest
    #[arg(value_name = "RUN")]
    pub(super) run: Option<String>,
    /// Directory that runs are kept in
    #[arg(long, value_name = "DIR", default_value = ".remediate")]
    pub(super) state_dir: PathBuf,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: DataFormat,
}

#[derive(Debug, Args)]
pub(super) struct ResumeArgs {
    /// The run, or the plan that it carries out; without it the latest that has not come to its end
    #[arg(value_name = "RUN")]
    pub(super) run: Option<String>,
    /// Policy whose exemptions are looked at again [default: policy.toml, where there is one]
    #[arg(long, value_name = "FILE")]
    pub(super) policy: Option<PathBuf>,
    #[command(flatten)]
    pub(super) running: Running,
    #[command(flatten)]
    pub(super) connection: Connection,
}

#[derive(Debug, Args)]
pub(super) struct FollowUpArgs {
    /// The run, or the plan that it carried out; without it the latest
    #[arg(value_name = "RUN")]
    pub(super) run: Option<String>,
    /// Policy whose exemptions are looked at again before sources are deleted [default: policy.toml, where there is one]
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
    /// Seed for all that is left to chance, instead of the scenario's
    #[arg(long, value_name = "NUMBER")]
    pub(super) seed: Option<u64>,
    /// Make something go wrong: KIND[:OPERATION][@PERCENT%][=VALUE], such as throttle@5%, slow@10%=90s or
    /// cut-after:CreateNotebookInstance; repeat it for more
    #[arg(long = "fault", value_name = "FAULT", value_parser = parse_fault)]
    pub(super) faults: Vec<FaultRule>,
    /// Write every call to this file, one line of JSON each
    #[arg(long, value_name = "FILE")]
    pub(super) log: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct SandboxArgs {
    #[command(flatten)]
    pub(super) source: SandboxSource,
    /// Port on 127.0.0.1; 0 takes any that is free
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub(super) port: u16,
    /// Let callers do only what this identity policy allows; repeat it for more
    #[arg(long = "iam-policy", value_name = "FILE")]
    pub(super) iam_policies: Vec<PathBuf>,
    /// How many times faster than life its clock runs
    #[arg(long, value_name = "TIMES", default_value = "1")]
    pub(super) speed: Speed,
}

#[derive(Debug, Args)]
pub(super) struct RehearseArgs {
    /// Plan to try out, on the instances that it was made for; without it the whole job is shown on a fleet
    #[arg(value_name = "PLAN", conflicts_with_all = ["scenario", "policy"])]
    pub(super) plan: Option<PathBuf>,
    #[command(flatten)]
    pub(super) source: SandboxSource,
    /// Policy file [default: policy.toml with --scenario, else one that fits the built-in company]
    #[arg(long, value_name = "FILE")]
    pub(super) policy: Option<PathBuf>,
    /// How many times faster than life, or `max`: from one thing that happens to the next. With PLAN it is
    /// always the latter. Above some hundred, the time that this machine itself takes begins to show
    #[arg(long, value_name = "TIMES", default_value = "60", conflicts_with = "plan")]
    pub(super) speed: Pace,
    /// With PLAN: how many times to try it, each time with other chances
    /// [default: 20]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(super) runs: Option<u32>,
    /// With PLAN: how many more notebook instances each region has room for under its quota (L-04CE2E67)
    #[arg(long, value_name = "COUNT")]
    pub(super) spare: Option<u32>,
    /// Directory that the plan, the report, the journal and the call log are left in
    #[arg(long, value_name = "DIR", default_value = "rehearsals", conflicts_with = "plan")]
    pub(super) out: PathBuf,
    /// With PLAN: output format; markdown is the plan's report with the rehearsal in it [default: text]
    #[arg(long, value_name = "FORMAT")]
    pub(super) format: Option<DocumentFormat>,
}

/// Formats of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum DataFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

/// Formats of an audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum AuditFormat {
    /// For a terminal
    Text,
    /// For programs
    Json,
    /// For a spreadsheet: a row a rule and instance
    Csv,
    /// For a ticket
    Markdown,
    /// OCSF Compliance Findings, for a SIEM
    Ocsf,
    /// Findings for Security Hub: on each line the input of one BatchImportFindings call
    Asff,
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

fn duration(text: &str) -> Result<Duration, String> {
    let span: jiff::SignedDuration = text.parse().map_err(|_| "not a duration such as 30s".to_owned())?;
    let span = Duration::try_from(span).map_err(|_| "a duration cannot be negative".to_owned())?;
    if span.is_zero() { Err("a time-out of zero leaves no time at all".to_owned()) } else { Ok(span) }
}

fn http_url(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    match rest {
        Some(rest) if !rest.is_empty() && !rest.contains(char::is_whitespace) => Ok(text.to_owned()),
        Some(_) | None => Err("not a URL that begins with http:// or https://".to_owned()),
    }
}
