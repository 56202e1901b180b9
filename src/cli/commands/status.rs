//! `remediate status`: where a run stands. Asks AWS nothing and changes nothing.

use crate::cli::args::{DataFormat, StatusArgs};
use crate::cli::commands::resume::{find, read_state};
use crate::cli::error::CommandError;
use crate::cli::printer::Printer;
use crate::exit::ExitStatus;
use crate::journal::{Purpose, StateDir};
use crate::plan::file::load;
use crate::report::{status_json, terminal, view};
use crate::status::RunStatus;

/// Reads the journal of the run and says what is in it.
pub(crate) fn run(args: &StatusArgs, printer: &Printer) -> Result<ExitStatus, CommandError> {
    let state = StateDir::at(&args.state_dir);
    let dir = find(&state, args.run.as_deref())?;
    let plan = load(&dir.plan_path())?;
    let applied = read_state(&dir)?;
    let mut followed = Vec::new();
    for purpose in [Purpose::Rollback, Purpose::Cleanup] {
        followed.extend(dir.of(purpose).state()?);
    }
    followed.sort_by_key(|state| state.last);
    let status = RunStatus::new(&plan, &applied, &followed, state.holder(&plan.account).as_deref());
    match args.format {
        DataFormat::Text => printer.data(&terminal(&view::run_status(&status), printer.out_style())),
        DataFormat::Json => printer.data(&status_json(&status)),
    }
    Ok(ExitStatus::Done)
}
