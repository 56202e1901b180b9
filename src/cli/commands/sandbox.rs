//! `remediate sandbox`: serves an AWS in a box until Ctrl-C.

use crate::cli::args::SandboxArgs;
use crate::cli::error::CommandError;
use crate::cli::printer::Printer;
use crate::cli::rehearsal::scenario;
use crate::cli::signals::Signals;
use crate::clock::{Clock, ScaledClock, Speed, SystemClock};
use crate::exit::ExitStatus;
use crate::sandbox::{Options, SECRET_KEY, Sandbox, Served, Summary};
use crate::text::counted;

use std::sync::Arc;

/// Serves, says how to get there, and ends in good order.
pub(crate) async fn run(args: SandboxArgs, printer: &Printer) -> Result<ExitStatus, CommandError> {
    let SandboxArgs { source, port, speed } = args;
    let scenario = scenario::load(source.scenario.as_deref(), source.seed, printer)?;
    let mut signals = Signals::listen()
        .map_err(|error| CommandError::bug("failed to listen for Ctrl-C").because(&error))?;
    let clock = ScaledClock::starting_at(SystemClock.now(), speed);
    let world = scenario.world(clock.now());
    let Summary { accounts, home, regions, instances } = world.summary();
    let key = world.access_key();
    let unthrottled = scenario.unthrottled();
    let faults = source.faults.into_iter().chain(scenario.faults().iter().cloned()).collect();
    let options = Options { port, faults, unthrottled, log: source.log, keep_calls: false };
    let sandbox = Sandbox::start(world, Arc::new(clock), options).await.map_err(|error| {
        CommandError::new(ExitStatus::Usage, format!("failed to start the sandbox on port {port}"))
            .because(&error)
            .hint("name another port with --port, or leave it out for a free one")
    })?;
    let accounts = counted(accounts.len(), "account", "accounts");
    printer.note(&format!(
        "{} in {} of {accounts}; account {home} is the one that you are in",
        counted(instances, "notebook instance", "notebook instances"),
        counted(regions.len(), "region", "regions"),
    ));
    let first = regions.first().map_or("us-east-1", |region| region.as_str());
    printer.data(&environment(sandbox.endpoint(), &key, first, speed));
    printer.note("serving until Ctrl-C");
    signals.next().await;
    let Served { calls, throttled, faulty } = sandbox.served();
    printer.note(&format!("served {calls} calls: {throttled} throttled, {faulty} struck by a fault"));
    Ok(ExitStatus::Done)
}

/// What makes a shell's AWS tools talk to the sandbox, and this program go by its clock.
fn environment(endpoint: &str, access_key: &str, region: &str, speed: Speed) -> String {
    let clock = match speed.times() {
        1 => String::new(),
        times => format!("export REMEDIATE_SPEED={times}\n"),
    };
    format!(
        "export AWS_ENDPOINT_URL={endpoint}\nexport AWS_ACCESS_KEY_ID={access_key}\n\
         export AWS_SECRET_ACCESS_KEY={SECRET_KEY}\nexport AWS_DEFAULT_REGION={region}\n\
         unset AWS_SESSION_TOKEN AWS_PROFILE\n{clock}"
    )
}
