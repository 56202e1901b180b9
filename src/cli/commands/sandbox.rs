//! `remediate sandbox`: serves an AWS in a box until Ctrl-C.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use crate::cli::args::SandboxArgs;
use crate::cli::error::CommandError;
use crate::cli::printer::Printer;
use crate::cli::rehearsal::scenario;
use crate::cli::signals::Signals;
use crate::clock::{Clock, ScaledClock, Speed, SystemClock};
use crate::exit::ExitStatus;
use crate::sandbox::{self, Options, SECRET_KEY, Sandbox, Served, Summary, World};
use crate::text::counted;

/// Serves, says how to get there, and ends in good order; or tells of scenarios.
pub(crate) async fn run(args: SandboxArgs, printer: &Printer) -> Result<ExitStatus, CommandError> {
    let SandboxArgs { source, port, iam_policies, speed, keys, schema } = args;
    if keys || schema {
        printer.data(&if keys { sandbox::reference() } else { sandbox::schema() });
        return Ok(ExitStatus::Done);
    }
    let scenario = scenario::load(source.scenario.as_deref(), source.seed, printer)?;
    let mut signals = Signals::listen()?;
    let since = SystemClock.now();
    let clock = ScaledClock::since(since, speed);
    let mut world = scenario.world(clock.now());
    enforce(&mut world, &iam_policies)?;
    let Summary { accounts, home, home_region, regions, instances } = world.summary();
    let key = world.access_key();
    let unthrottled = scenario.unthrottled();
    let faults = source.faults.into_iter().chain(scenario.faults().iter().cloned()).collect();
    let options = Options { port, faults, unthrottled, log: source.log, keep_calls: false };
    let sandbox = Sandbox::start(world, Arc::new(clock), options).await?;
    let accounts = counted(accounts.len(), "account", "accounts");
    printer.note(&format!(
        "{} in {} of {accounts}; account {home} is the one that you are in",
        counted(instances, "notebook instance", "notebook instances"),
        counted(regions.len(), "region", "regions"),
    ));
    printer.data(&environment(sandbox.endpoint(), &key, home_region.as_str(), (speed, since)));
    printer.note("serving until Ctrl-C");
    signals.next().await;
    tell_served(sandbox.served(), printer);
    Ok(ExitStatus::Done)
}

/// Lets callers do what the policies in these files allow, and nothing else, where there are any. A file has one policy, or
/// a list of some.
fn enforce(world: &mut World, files: &[PathBuf]) -> Result<(), CommandError> {
    let mut documents = Vec::new();
    for path in files {
        let shown = crate::text::for_terminal(&path.display().to_string());
        let unusable = |error: &(dyn std::error::Error + 'static)| {
            CommandError::new(ExitStatus::Usage, format!("`{shown}` is no identity policy")).because(error).hint(
                "`remediate iam-policy --role operator` prints one; what the sandbox does not know of IAM is refused",
            )
        };
        let text = std::fs::read_to_string(path).map_err(|error| unusable(&error))?;
        let found: Vec<String> = match serde_json::from_str(&text) {
            Ok(serde_json::Value::Array(several)) => several.iter().map(ToString::to_string).collect(),
            Ok(_) | Err(_) => vec![text],
        };
        // One at a time, so that what is wrong is said of its file.
        world.allow_only(found.iter().map(String::as_str)).map_err(|error| unusable(&error))?;
        documents.extend(found);
    }
    if documents.is_empty() {
        return Ok(());
    }
    world
        .allow_only(documents.iter().map(String::as_str))
        .map_err(|error| CommandError::from_error(ExitStatus::Bug, &error))
}

/// How many calls there were.
pub(crate) fn tell_served(served: Served, printer: &Printer) {
    let Served { calls, throttled, faulty, log_is_whole } = served;
    printer.note(&format!("{calls} calls in all: {throttled} throttled, {faulty} struck by a fault"));
    if !log_is_whole {
        printer.note("the call log is not complete: it could not be written any further");
    }
}

/// What makes a shell's AWS tools talk to the sandbox, and this program go by its clock.
fn environment(endpoint: &str, access_key: &str, region: &str, (speed, since): (Speed, Timestamp)) -> String {
    let clock = match speed.times() {
        1 => String::new(),
        times => format!("export REMEDIATE_SPEED={times}\nexport REMEDIATE_SPEED_SINCE={since}\n"),
    };
    format!(
        "export AWS_ENDPOINT_URL={endpoint}\nexport AWS_ACCESS_KEY_ID={access_key}\n\
         export AWS_SECRET_ACCESS_KEY={SECRET_KEY}\nexport AWS_DEFAULT_REGION={region}\n\
         export AWS_REGION={region}\n{clock}unset AWS_SESSION_TOKEN AWS_PROFILE\n"
    )
}
