//! The arguments that several commands take.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use crate::clock::Speed;
use crate::ids::Region;

/// How AWS is reached.
#[derive(Debug, Clone, Args)]
pub(crate) struct Connection {
    /// Profile of the AWS configuration files
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Send every AWS request to this URL (also: AWS_ENDPOINT_URL)
    #[arg(long, value_name = "URL", value_parser = http_url)]
    pub(crate) endpoint_url: Option<String>,
    /// How long one attempt of one request may take
    #[arg(long, value_name = "DURATION", default_value = "30s", hide = true, value_parser = duration)]
    pub(crate) attempt_timeout: Duration,
    /// Run the clock this many times faster: for `remediate sandbox --speed`, on this machine only
    #[arg(long, value_name = "TIMES", default_value = "1", env = "REMEDIATE_SPEED", hide = true)]
    pub(crate) speed: Speed,
    /// Since when it has run faster, so that several commands share one clock
    #[arg(long, value_name = "TIME", env = "REMEDIATE_SPEED_SINCE", hide = true)]
    pub(crate) speed_since: Option<Timestamp>,
}

/// Where to look, and by which policy.
#[derive(Debug, Clone, Args)]
pub(crate) struct Scope {
    /// Policy file
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// Region to read instead of the policy's regions; repeat it or separate with commas
    #[arg(long, value_name = "REGION", value_delimiter = ',')]
    pub(crate) region: Vec<Region>,
}

/// Formats of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DataFormat {
    /// For people
    Text,
    /// For programs
    Json,
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
