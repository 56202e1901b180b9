//! `remediate data list` and `remediate data verify`: what transfers have left in their bucket. Writes nothing there and
//! deletes nothing.

use crate::api_error::ApiError;
use crate::aws::{Session, look_for};
use crate::cli::args::{DataFormat, DataListArgs, DataScope, DataVerifyArgs};
use crate::cli::connect::{Opened, open};
use crate::cli::error::CommandError;
use crate::cli::printer::Printer;
use crate::execute::MovedFiles;
use crate::exit::ExitStatus;
use crate::plan::file::load;
use crate::plan::{Item, Plan};
use crate::report::{data_json, terminal, view};
use crate::transfer::{DataReport, ItemData, LookFor, Store, TransfersSeen, look_closely, look_inside};

/// Lists.
pub(crate) async fn list(args: &DataListArgs, printer: &Printer) -> Result<ExitStatus, CommandError> {
    let report = DataReport { expire_after: Some(args.expire_after), ..read(&args.scope, false).await? };
    show(&report, args.scope.format, printer);
    let read = report.items.iter().all(|item| item.seen.is_ok());
    Ok(if read { ExitStatus::Done } else { ExitStatus::Partial })
}

/// Proves again.
pub(crate) async fn verify(args: &DataVerifyArgs, printer: &Printer) -> Result<ExitStatus, CommandError> {
    let report = read(&args.scope, true).await?;
    show(&report, args.scope.format, printer);
    Ok(if report.is_proven() { ExitStatus::Done } else { ExitStatus::Partial })
}

fn show(report: &DataReport, format: DataFormat, printer: &Printer) {
    printer.data(&match format {
        DataFormat::Text => terminal(&view::data(report), printer.out_style()),
        DataFormat::Json => data_json(report),
    });
}

async fn read(scope: &DataScope, inside: bool) -> Result<DataReport, CommandError> {
    let plan = load(&scope.plan)?;
    let jobs = jobs(scope, &plan)?;
    let region = jobs.first().map(|job| job.item.region.clone());
    let Opened { session, clock, .. } =
        open(&scope.connection, plan.limits.requests_per_second, region).await?;
    let mut items = Vec::new();
    // One after the other: the objects of each are asked for side by side.
    for job in jobs {
        let seen = item(&session, &job, inside).await;
        if let Err(error) = &seen
            && error.kind.is_credentials()
        {
            return Err(CommandError::access(error));
        }
        items.push(ItemData {
            item: job.item.clone(),
            bucket: job.store.bucket.clone(),
            prefix: job.prefix(),
            seen,
        });
    }
    let (plan, account) = (plan.digest, plan.account);
    Ok(DataReport { plan, account, now: clock.now(), inside, expire_after: None, items })
}

async fn item(session: &Session, job: &LookFor, inside: bool) -> Result<TransfersSeen, ApiError> {
    let mut seen = look_closely(session, job).await?;
    if inside {
        look_inside(session, job, &mut seen).await;
    }
    Ok(seen)
}

/// Where to look for the items.
fn jobs(scope: &DataScope, plan: &Plan) -> Result<Vec<LookFor>, CommandError> {
    let wanted = |item: &&Item| scope.item.as_ref().is_none_or(|id| *id == item.id);
    let items: Vec<&Item> = plan.items.iter().filter(wanted).collect();
    if let (true, Some(item)) = (items.is_empty(), &scope.item) {
        let message = format!("the plan replaces no {item}");
        return Err(CommandError::new(ExitStatus::Usage, message).hint(format!(
            "its items: remediate show {}",
            crate::text::shell_word(&scope.plan.to_string_lossy())
        )));
    }
    let jobs: Vec<LookFor> = items.into_iter().filter_map(|item| job(scope, plan, item)).collect();
    if jobs.is_empty() {
        return Err(CommandError::new(ExitStatus::Usage, "the plan moves no data")
            .hint("name the bucket with --bucket where its data was moved without it"));
    }
    Ok(jobs)
}

/// Where to look for an item: in the bucket that is named, or else in that of the plan, where it moves the item's files.
fn job(scope: &DataScope, plan: &Plan, item: &Item) -> Option<LookFor> {
    let Some(bucket) = &scope.bucket else {
        return MovedFiles::of(item, &plan.account, &plan.digest).map(|files| look_for(&files));
    };
    let store = Store {
        bucket: bucket.replace("{region}", item.id.region.as_str()),
        prefix: scope.prefix.clone(),
        region: item.id.region.clone(),
        owner: scope.bucket_owner.clone().unwrap_or_else(|| plan.account.clone()),
        // What only a worker is told, as is the key.
        suffix: String::new(),
        kms_key: None,
    };
    Some(LookFor::by_hand(store, plan.account.clone(), &plan.digest, &item.id))
}
