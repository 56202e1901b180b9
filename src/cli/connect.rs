//! The composition root: opens the AWS session, learns the account, and decides the regions.

use std::sync::Arc;

use crate::api_error::{ApiError, ApiErrorKind};
use crate::aws::{Identity, Options, Session};
use crate::cli::args::{Connection, Scope};
use crate::cli::error::CommandError;
use crate::clock::{Clock, ScaledClock, Speed, SystemClock};
use crate::exit::ExitStatus;
use crate::facts::regions::REGIONS;
use crate::ids::{AccountId, Region};
use crate::policy::{Policy, Regions};

/// An open session, whose it is, and the clock that it goes by.
pub(super) struct Connected {
    pub(super) session: Session,
    pub(super) identity: Identity,
    pub(super) clock: Arc<dyn Clock>,
}

/// Opens a session and asks whose it is: in the profile's own region, or else in the first of these.
pub(super) async fn connect(
    connection: &Connection,
    requests_per_second: u32,
    regions: &[Region],
) -> Result<Connected, CommandError> {
    let Opened { session, clock, .. } =
        open(connection, requests_per_second, regions.first().cloned()).await?;
    let identity = identity(&session, regions).await.map_err(|error| {
        let access = CommandError::access(&error);
        match region_setting(&session) {
            Some(source) => access.hint(format!("the region {} is set by {source}", session.home())),
            None => access,
        }
    })?;
    Ok(Connected { session, identity, clock })
}

/// Who sets the region that STS is asked in, where this version does not know it: it may be misspelt.
fn region_setting(session: &Session) -> Option<String> {
    if REGIONS.contains(&session.home().as_str()) {
        return None;
    }
    session.settings().into_iter().find(|setting| setting.name == "region")?.source
}

/// Whose the session is. A region that is not enabled in the account does not know the caller: then another one is asked.
async fn identity(session: &Session, regions: &[Region]) -> Result<Identity, ApiError> {
    let first = session.identity().await;
    let Err(ApiError { kind: ApiErrorKind::Credentials, code: Some(_), .. }) = &first else { return first };
    for region in regions.iter().filter(|region| *region != session.home()) {
        if let Ok(identity) = session.identity_in(region).await {
            return Ok(identity);
        }
    }
    first
}

/// An open session that has not made a call yet.
pub(super) struct Opened {
    pub(super) session: Session,
    pub(super) clock: Arc<dyn Clock>,
    /// The endpoint in AWS's stead, if any.
    pub(super) endpoint: Option<String>,
}

/// Opens a session.
pub(super) async fn open(
    connection: &Connection,
    requests_per_second: u32,
    region: Option<Region>,
) -> Result<Opened, CommandError> {
    let variable = std::env::var_os("AWS_ENDPOINT_URL").and_then(|url| url.into_string().ok());
    let endpoint = connection.endpoint_url.clone().or(variable);
    let clock = clock(connection, endpoint.as_deref())?;
    // By a faster clock the address is a given one: nothing may send a call elsewhere.
    let given =
        if connection.speed == Speed::LIFE { connection.endpoint_url.clone() } else { endpoint.clone() };
    let options = Options {
        profile: connection.profile.clone(),
        endpoint_url: given,
        requests_per_second,
        attempt_timeout: connection.attempt_timeout,
        ..Options::default()
    };
    let session = Session::open(options, clock.clone(), region).await?;
    if connection.speed != Speed::LIFE
        && let Some(variable) = endpoint.as_deref().and_then(|endpoint| session.proxy_for(endpoint))
    {
        return Err(CommandError::new(
            ExitStatus::Usage,
            format!("--speed and the proxy of {variable} do not go together"),
        ));
    }
    let endpoint = session.endpoint().map(str::to_owned);
    Ok(Opened { session, clock, endpoint })
}

/// The machine's clock; a faster one only against a simulator on this machine: AWS does not hurry, and by a clock that
/// runs away every wait for it would be over at once.
fn clock(connection: &Connection, endpoint: Option<&str>) -> Result<Arc<dyn Clock>, CommandError> {
    if connection.speed == Speed::LIFE {
        return Ok(Arc::new(SystemClock));
    }
    let refuse = |message: String| {
        let hint = "name it with --endpoint-url http://127.0.0.1:PORT; `remediate sandbox` starts one";
        Err(CommandError::new(ExitStatus::Usage, message).hint(hint))
    };
    if !endpoint.is_some_and(is_on_this_machine) {
        return refuse(
            "--speed is for a simulator on this machine (the variable REMEDIATE_SPEED sets it too)"
                .to_owned(),
        );
    }
    // With these the SDK sends some services, or all, elsewhere.
    let elsewhere =
        |name: &str| name.starts_with("AWS_ENDPOINT_URL_") || name == "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS";
    let mut names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    match names.find(|name| elsewhere(name)) {
        Some(name) => refuse(format!("--speed and the variable {name} do not go together")),
        None => {
            let since = connection.speed_since.unwrap_or_else(|| SystemClock.now());
            Ok(Arc::new(ScaledClock::since(since, connection.speed)))
        }
    }
}

/// Whether a URL is one of loopback and nothing more: `http://127.0.0.1:4566`.
fn is_on_this_machine(url: &str) -> bool {
    let hosts = ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"];
    let port = hosts.iter().find_map(|host| url.strip_prefix(host));
    port.is_some_and(|port| port.trim_end_matches('/').parse::<u16>().is_ok())
}

/// Where the first request goes: the first region asked for.
pub(super) fn first_region(scope: &Scope, policy: &Policy) -> Option<Region> {
    let listed = match &policy.scope.regions {
        Regions::All => None,
        Regions::Listed(regions) => regions.first().cloned(),
    };
    scope.region.first().cloned().or(listed)
}

/// The regions to look at: the command line's, else the policy's, else the profile's.
pub(super) async fn regions(
    connected: &Connected,
    scope: &Scope,
    policy: &Policy,
) -> Result<Vec<Region>, CommandError> {
    let mut regions = match &policy.scope.regions {
        _ if !scope.region.is_empty() => scope.region.clone(),
        Regions::Listed(regions) if !regions.is_empty() => regions.clone(),
        Regions::Listed(_) => connected.session.default_region().into_iter().collect(),
        Regions::All => {
            let enabled = connected.session.enabled_regions(connected.session.home()).await;
            enabled.map_err(|error: ApiError| {
                CommandError::access(&error).hint("or list the regions in the policy instead of \"all\"")
            })?
        }
    };
    if regions.is_empty() {
        return Err(CommandError::new(ExitStatus::Usage, "no region to look at")
            .hint("pass --region us-east-1, or list the regions in a policy"));
    }
    regions.sort();
    regions.dedup();
    Ok(regions)
}

/// Refuses an account that the policy does not list.
pub(super) fn refuse_other_accounts(policy: &Policy, account: &AccountId) -> Result<(), CommandError> {
    match &policy.scope.accounts {
        Some(accounts) if !accounts.contains(account) => Err(CommandError::new(
            ExitStatus::Refused,
            format!("account {account} is not in the policy's list of accounts"),
        )
        .hint("use credentials of a listed account, or add this one to [scope] accounts")),
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_address_of_loopback_is_on_this_machine() {
        for url in ["http://127.0.0.1:4566", "http://localhost:1/", "http://[::1]:65535"] {
            assert!(is_on_this_machine(url), "{url}");
        }
        for url in [
            "https://sagemaker.us-east-1.amazonaws.com",
            "http://127.0.0.1:80@127.0.0.2:9/",
            "http://127.0.0.1.example.com:80",
            "http://127.0.0.1:80/path",
            "http://127.0.0.1:",
            "",
        ] {
            assert!(!is_on_this_machine(url), "{url}");
        }
    }
}
