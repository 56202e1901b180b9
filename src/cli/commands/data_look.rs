//! `remediate data list` and `remediate data verify`: what transfers have left in their bucket. Writes nothing there and
//! deletes nothing.

use crate::api_error::ApiError;
use crate::aws::Session;
use crate::cli::args::{DataFormat, DataListArgs, DataScope, DataVerifyArgs};
use crate::cli::commands::data_sought::{Place, Sought, sought};
use crate::cli::connect::{Opened, open};
use crate::cli::error::CommandError;
use crate::cli::printer::Printer;
use crate::exit::ExitStatus;
use crate::report::{data_json, terminal, view};
use crate::transfer::{DataReport, ItemData, LookFor, TransfersSeen, look_closely, look_inside};

/// Lists.
pub(crate) async fn list(args: &DataListArgs, printer: &Printer) -> Result<ExitStatus, CommandError> {
    let report =
        DataReport { expire_after: Some(args.expire_after), ..read(&args.scope, false, printer).await? };
    show(&report, args.scope.format, printer);
    let read = report.items.iter().all(|item| item.seen.is_ok());
    Ok(if read { ExitStatus::Done } else { ExitStatus::Partial })
}

/// Proves again.
pub(crate) async fn verify(args: &DataVerifyArgs, printer: &Printer) -> Result<ExitStatus, CommandError> {
    let report = read(&args.scope, true, printer).await?;
    show(&report, args.scope.format, printer);
    Ok(if report.is_proven() { ExitStatus::Done } else { ExitStatus::Partial })
}

fn show(report: &DataReport, format: DataFormat, printer: &Printer) {
    printer.data(&match format {
        DataFormat::Text => terminal(&view::data(report), printer.out_style()),
        DataFormat::Json => data_json(report),
    });
}

async fn read(scope: &DataScope, inside: bool, printer: &Printer) -> Result<DataReport, CommandError> {
    let Sought { plan, run, places } = sought(scope, printer)?;
    let region = places.first().map(|place| place.item.region.clone());
    let Opened { session, clock, .. } =
        open(&scope.connection, plan.limits.requests_per_second, region).await?;
    let mut items = Vec::new();
    // One after the other: the objects of each are asked for side by side.
    for Place { item: id, bucket, prefix, job } in places {
        let seen = match &job {
            Some(job) => item(&session, job, inside).await,
            None => Ok(TransfersSeen::default()),
        };
        if let Err(error) = &seen
            && error.kind.is_credentials()
        {
            return Err(CommandError::access(error));
        }
        items.push(ItemData { item: id, bucket, prefix, seen });
    }
    let (plan, account) = (plan.digest, plan.account);
    Ok(DataReport { plan, run, account, now: clock.now(), inside, expire_after: None, items })
}

async fn item(session: &Session, job: &LookFor, inside: bool) -> Result<TransfersSeen, ApiError> {
    let mut seen = look_closely(session, job).await?;
    if inside {
        look_inside(session, job, &mut seen).await;
    }
    Ok(seen)
}
