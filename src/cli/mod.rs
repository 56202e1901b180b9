//! The command line: one file a command, the composition root, the printer and the prompts.

mod args;
mod commands;
mod confirm;
mod connect;
mod denied;
mod doctor;
mod error;
mod exempted;
mod init;
mod known_runs;
mod machine_lock;
mod nonces;
mod outcome;
mod policy_file;
mod printer;
mod reading;
mod rehearsal;
mod signals;

use std::ffi::OsString;

use clap::Parser;

use crate::cli::args::{Cli, Command, DataCommand, PolicyCommand};
use crate::cli::error::CommandError;
use crate::cli::printer::Printer;
use crate::exit::ExitStatus;
use crate::journal::Purpose;

/// Runs the program on these arguments, the first of which is its name.
pub fn main(arguments: impl Iterator<Item = OsString>) -> ExitStatus {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return printer::usage(&error),
    };
    let printer = Printer::new(&cli.global);
    printer::log_calls(&cli.global);
    // It brings its own runtimes.
    if let Command::Rehearse(args) = cli.command {
        return ended(commands::rehearse::run(args, &printer), &printer);
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            printer.error(&CommandError::bug("failed to start the async runtime").because(&error));
            return ExitStatus::Bug;
        }
    };
    let result = runtime.block_on(dispatch(cli.command, &printer));
    // A call that a second Ctrl-C left behind must not hold the process.
    runtime.shutdown_background();
    ended(result, &printer)
}

fn ended(result: Result<ExitStatus, CommandError>, printer: &Printer) -> ExitStatus {
    match result {
        Ok(status) => delivered(status, printer),
        Err(error) => {
            printer.error(&error);
            error.status
        }
    }
}

/// What was done stands, but a caller whose data was lost must not read success.
fn delivered(status: ExitStatus, printer: &Printer) -> ExitStatus {
    let Some(error) = printer.lost() else { return status };
    let lost = CommandError::new(ExitStatus::Partial, "failed to write to stdout").because(&error);
    printer.error(&lost);
    if status == ExitStatus::Done { lost.status } else { status }
}

async fn dispatch(command: Command, printer: &Printer) -> Result<ExitStatus, CommandError> {
    match command {
        Command::Audit(args) => commands::audit::run(args, printer).await,
        Command::Plan(args) => commands::plan::run(args, printer).await,
        Command::Status(args) => commands::status::run(&args, printer),
        Command::Show(args) => commands::show::run(&args, printer),
        Command::Apply(args) => commands::apply::run(args, printer).await,
        Command::Resume(args) => commands::resume::run(args, printer).await,
        Command::Rollback(args) => commands::follow_up::run(args, Purpose::Rollback, printer).await,
        Command::Cleanup(args) => commands::follow_up::run(args, Purpose::Cleanup, printer).await,
        Command::Data(DataCommand::Script(args)) => commands::data::script(&args, printer).await,
        Command::Rehearse(args) => commands::rehearse::run(args, printer),
        Command::Sandbox(args) => commands::sandbox::run(args, printer).await,
        Command::IamPolicy(args) => commands::iam_policy::run(&args, printer),
        Command::Policy(PolicyCommand::Init(args)) => init::run(args, printer).await,
        Command::Doctor(args) => commands::doctor::run(args, printer).await,
        Command::Data(DataCommand::List(args)) => commands::data_look::list(&args, printer).await,
        Command::Data(DataCommand::Verify(args)) => commands::data_look::verify(&args, printer).await,
        Command::Policy(PolicyCommand::Check(args)) => commands::policy::check(&args, printer),
        Command::Policy(PolicyCommand::Keys) => Ok(commands::policy::keys(printer)),
        Command::Policy(PolicyCommand::Schema) => Ok(commands::policy::schema(printer)),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::args::Cli::command().debug_assert();
    }
}
