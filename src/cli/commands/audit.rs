//! `remediate audit`: finds instances that break the rules. Changes nothing.

use crate::cli::args::{AuditArgs, DataFormat};
use crate::cli::connect::{connect, first_region, refuse_other_accounts, regions};
use crate::cli::error::CommandError;
use crate::cli::printer::Printer;
use crate::cli::reading::inventory;
use crate::cli::{denied, outcome, policy_file};
use crate::exit::ExitStatus;
use crate::report::{AuditReport, terminal, to_json};

/// Reads the inventory and judges it: one call a page and one Describe an instance.
pub(crate) async fn run(args: AuditArgs, printer: &Printer) -> Result<ExitStatus, CommandError> {
    let policy = policy_file::or_built_in(&args.scope, printer)?;
    let first = first_region(&args.scope, &policy);
    let connected = connect(&args.connection, policy.limits.requests_per_second, first).await?;
    refuse_other_accounts(&policy, &connected.identity.account)?;
    let regions = regions(&connected, &args.scope, &policy).await?;
    // No rule looks at tags, so that none are read: half the calls.
    let inventory = inventory(&connected, regions, false, printer).await;
    let report = AuditReport::new(&policy, &inventory);
    match args.format {
        DataFormat::Text => printer.data(&terminal::audit(&report, printer.out_style())),
        DataFormat::Json => printer.data(&to_json(&report)),
    }
    denied::after_reading(&inventory.gaps, printer);
    Ok(outcome::of_reading(&inventory.gaps, report.totals.non_compliant > 0, args.detailed_exitcode))
}
