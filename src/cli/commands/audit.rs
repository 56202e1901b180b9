//! `remediate audit`: finds instances that break the rules. Changes nothing.

use crate::audit::AuditReport;
use crate::cli::args::AuditArgs;
use crate::cli::connect::{connect, first_region, refuse_other_accounts, regions};
use crate::cli::error::CommandError;
use crate::cli::printer::Printer;
use crate::cli::reading::inventory;
use crate::cli::{denied, outcome, policy_file};
use crate::clock::day;
use crate::exit::ExitStatus;
use crate::inventory::Description;

/// Reads the inventory and judges it: one call a page and one Describe an instance.
pub(crate) async fn run(args: AuditArgs, printer: &Printer) -> Result<ExitStatus, CommandError> {
    let policy = policy_file::or_built_in(&args.scope, printer)?;
    let first = first_region(&args.scope, &policy);
    let connected = connect(&args.connection, policy.limits.requests_per_second, first.as_slice()).await?;
    refuse_other_accounts(&policy, &connected.identity.account)?;
    let regions = regions(&connected, &args.scope, &policy).await?;
    // No rule looks at tags, so that none are read, half the calls, unless an exemption asks for those of what it may hold for.
    let by_tags = policy.exemptions.iter().any(|one| one.matches.uses_tags());
    let today = day(connected.clock.now());
    let fails = |one: &Description| policy.judge(Some(one), today).iter().any(|one| one.verdict.is_fail());
    let inventory = inventory(&connected, regions, &|one: &Description| by_tags && fails(one), printer).await;
    let report = AuditReport::new(&policy, &inventory);
    printer.data(&args.format.render(&report, printer.out_style()));
    denied::after_reading(&inventory.gaps, printer);
    Ok(outcome::of_reading(&inventory.gaps, report.totals.non_compliant > 0, args.detailed_exitcode))
}
