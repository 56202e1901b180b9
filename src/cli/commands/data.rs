//! `remediate data`: the scripts with which the owners of notebooks move their files by hand.

use crate::aws::look_for;
use crate::cli::args::DataScriptArgs;
use crate::cli::connect::connect;
use crate::cli::error::CommandError;
use crate::cli::printer::Printer;
use crate::execute::MovedFiles;
use crate::exit::ExitStatus;
use crate::ids::Digest;
use crate::plan::file::load;
use crate::plan::{Item, Plan, PlannedTransfer, same_account};
use crate::report::commands::apply;
use crate::text::{counted, duration, shell_word};
use crate::transfer::{
    AttemptId, AttemptName, LookFor, TransferJob, TransferKind, TransferSource, TransferStore, Work, by_hand,
    look,
};

/// Prints the script of an export or an import, and says how to use it. Only an import reads the bucket.
pub(crate) async fn script(args: &DataScriptArgs, printer: &Printer) -> Result<ExitStatus, CommandError> {
    let plan = load(&args.plan)?;
    let (item, files) = moved_item(&plan, args)?;
    let (wanted, transfer) = (look_for(&files), &files.transfer);
    let work = if args.import {
        let connected =
            connect(&args.connection, plan.limits.requests_per_second, std::slice::from_ref(&item.id.region))
                .await?;
        same_account(&plan, &connected.identity.account)
            .map_err(|error| CommandError::from_error(ExitStatus::PlanUnusable, &error))?;
        Work::Import { source: proven_export(&connected.session, &wanted, args).await?, aside: true }
    } else {
        Work::Export { strict: transfer.strict, quiesce: false }
    };
    let notebook = if args.import { &item.request.notebook_instance_name } else { &item.id.name };
    let text = by_hand(&job(wanted, work, args.attempt), notebook)
        .map_err(|error| CommandError::from_error(ExitStatus::PlanUnusable, &error))?;
    printer.data(&text);
    tell_how_to_use(&plan, (item, transfer), args, printer);
    Ok(ExitStatus::Done)
}

/// The item that is meant, whose files are moved.
fn moved_item<'a>(plan: &'a Plan, args: &DataScriptArgs) -> Result<(&'a Item, MovedFiles), CommandError> {
    let unusable = |message: String| CommandError::new(ExitStatus::PlanUnusable, message);
    let mut named = plan.items.iter().filter(|item| args.names(&item.id));
    let Some(item) = named.next() else {
        let moved = plan.items.iter().filter(|item| item.transfer.is_some()).count();
        let message = format!("the plan does not replace `{}`", args.item.escape_debug());
        return Err(unusable(message)
            .hint(format!("it moves the files of {}", counted(moved, "instance", "instances"))));
    };
    if let Some(other) = named.next() {
        let message =
            format!("`{}` is the name of {} and of {}", args.item.escape_debug(), item.id, other.id);
        return Err(CommandError::new(ExitStatus::Usage, message).hint("name it with its region"));
    }
    let files = MovedFiles::of(item, &plan.account, &plan.digest).ok_or_else(|| {
        if item.moved_by_run().is_some() {
            return unusable(format!("the run itself moves the files of {}: there is no script", item.id))
                .hint(
                    "to move them by hand, set `by = \"hand\"` in [transfer] of the policy, then plan again",
                );
        }
        unusable(format!("the plan does not move the files of {}", item.id))
            .hint("set `data = \"s3\"` in the policy, then plan again")
    })?;
    Ok((item, files))
}

/// The export that an import reads: the one that is proven, by what the bucket shows now.
async fn proven_export<S: TransferStore>(
    store: &S,
    wanted: &LookFor,
    args: &DataScriptArgs,
) -> Result<TransferSource, CommandError> {
    let found = look(store, wanted).await.map_err(|error| CommandError::access(&error))?;
    let Some((attempt, proof)) = found.export() else {
        let message = format!("no export of {} is proven: there is nothing to import", wanted.item);
        return Err(CommandError::new(ExitStatus::Partial, message)
            .hint(format!("to see what is there: {}", verify(args))));
    };
    let status: Digest = proof.status.clone();
    Ok(TransferSource { attempt: attempt.name, status })
}

fn job(wanted: LookFor, work: Work, number: u8) -> TransferJob {
    let LookFor { store, account, of, item, nonce } = wanted;
    let kind = match &work {
        Work::Export { .. } => TransferKind::Export,
        Work::Import { .. } => TransferKind::Import,
    };
    let name = AttemptName { kind, by_hand: true, number };
    TransferJob { attempt: AttemptId { of, item, name, nonce }, account, store, work }
}

fn verify(args: &DataScriptArgs) -> String {
    format!("remediate data verify {}", shell_word(&args.plan.display().to_string()))
}

fn tell_how_to_use(
    plan: &Plan,
    (item, transfer): (&Item, &PlannedTransfer),
    args: &DataScriptArgs,
    printer: &Printer,
) {
    let on = if args.import { &item.request.notebook_instance_name } else { &item.id.name };
    printer.note(&format!(
        "paste all of it in a terminal of the notebook instance {on} in {} (JupyterLab: File > New > Terminal), and leave that \
         terminal open until it says how it ended",
        item.id.region
    ));
    printer.note(&format!("the notebook's execution role must be allowed to use {}", transfer.place()));
    printer.note(&format!("then: {}", verify(args)));
    if args.import {
        printer.note(
            "once the import is proven, `remediate cleanup` may delete the source, if the plan says so",
        );
        return;
    }
    let age = duration(std::time::Duration::from_secs(transfer.max_age));
    let file = args.plan.display().to_string();
    printer.note(&format!(
        "and within {age} of the export: {}. What is written on {on} after the export is not moved",
        apply(&file, &plan.digest, None)
    ));
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::args::{Cli, Command, DataCommand};
    use crate::fixtures::{POLICY, exposed, instance, plan_by, tags};

    fn args(words: &[&str]) -> DataScriptArgs {
        let words = ["remediate", "data", "script", "plan.json"].iter().chain(words);
        let Command::Data(DataCommand::Script(args)) = Cli::try_parse_from(words).unwrap().command else {
            panic!("another command");
        };
        args
    }

    fn plan(more: &str) -> Plan {
        let moved =
            format!("[defaults]\ndata = \"s3\"\n[transfer]\nby = \"hand\"\nbucket = \"moves\"\n{more}");
        plan_by(&format!("{POLICY}{moved}"), vec![instance(exposed("etl"), tags(&[]))])
    }

    #[test]
    fn an_item_is_named_with_or_without_its_region_and_must_be_one_whose_files_are_moved() {
        let moving = plan("");
        for name in ["etl", "us-east-1/etl"] {
            assert_eq!(moved_item(&moving, &args(&[name])).unwrap().0.id.name.as_str(), "etl");
        }
        let said = |plan: &Plan, name: &str| moved_item(plan, &args(&[name])).unwrap_err().message;
        assert_eq!(said(&moving, "eu-west-1/etl"), "the plan does not replace `eu-west-1/etl`");
        let by_run = format!("{POLICY}[defaults]\ndata = \"s3\"\n[transfer]\nbucket = \"moves\"\n");
        let by_run = plan_by(&by_run, vec![instance(exposed("etl"), tags(&[]))]);
        assert_eq!(
            said(&by_run, "etl"),
            "the run itself moves the files of us-east-1/etl: there is no script"
        );
        let still = plan_by(POLICY, vec![instance(exposed("etl"), tags(&[]))]);
        assert_eq!(said(&still, "etl"), "the plan does not move the files of us-east-1/etl");
    }

    #[test]
    fn the_script_is_of_the_plan_the_item_and_the_attempt_and_the_same_each_time() {
        let plan = plan("strict = true\nprefix = \"p\"");
        let of = |number: u8| {
            let (item, files) = moved_item(&plan, &args(&["etl"])).unwrap();
            let (wanted, transfer) = (look_for(&files), &files.transfer);
            by_hand(
                &job(wanted, Work::Export { strict: transfer.strict, quiesce: false }, number),
                &item.id.name,
            )
            .unwrap()
        };
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
        let folder =
            format!("s3://moves/p/{}/123456789012/us-east-1/etl/by-hand-02/", &plan.digest.as_str()[..12]);
        assert!(of(2).contains(&folder), "{}", &of(2)[..300]);
    }

    #[test]
    fn attempts_are_counted_from_1_to_99() {
        assert_eq!(args(&["etl"]).attempt, 1);
        assert_eq!(args(&["etl", "--attempt", "99"]).attempt, 99);
        for number in ["0", "100"] {
            let words = ["remediate", "data", "script", "plan.json", "etl", "--attempt", number];
            assert!(Cli::try_parse_from(words).is_err());
        }
    }
}
