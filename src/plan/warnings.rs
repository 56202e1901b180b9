//! Pure: what a reader should know about an item before saying yes.
//!
//! The checker compares these words with a plan's: other words for the same belong to another plan format, or the plans and runs
//! that exist could not be loaded any more.

use std::time::Duration;

use crate::facts::acting_tags;
use crate::inventory::{Description, Rest};
use crate::network::{Check, CheckName, CheckVerdict, Need};
use crate::plan::request::defaulted;
use crate::plan::{CreateRequest, Order, PlannedTransfer, Source, TransferWay, UpdateRequest};
use crate::text::duration;

/// How the warning of a tag that acts on instances begins.
pub(super) const ACTING_TAG: &str = "the tag `";

/// How the warning of what AWS does not report begins.
pub(super) const DEFAULTED: &str = "the replacement gets what AWS does not report of the source: ";

/// How the warning of scripts that run again begins.
pub(super) const SCRIPTS: &str = "the lifecycle configuration `";

/// That the replacement could not import anything from where it goes.
fn out_of_reach(by_run: bool, checks: &[Check]) -> Option<String> {
    let no = |check: &Check| check.name == CheckName::Need(Need::S3) && check.verdict == CheckVerdict::No;
    (by_run && checks.iter().any(no)).then(|| {
        "its replacement would not reach S3, so that it cannot import the files: the item will fail after the export. Give \
         the VPC an endpoint of S3, or set `require = [\"s3\"]` in the policy to have such instances withheld"
            .to_owned()
    })
}

/// That the source comes back upgraded.
fn upgraded(platform: &str, by_run: bool) -> String {
    let when = if by_run {
        format!(
            "if AWS no longer starts the source's platform by then, the source is upgraded to {platform} when it is started \
             to export its files"
        )
    } else {
        format!(
            "once AWS no longer starts the source's platform, the source comes back upgraded to {platform}, if it must be \
             started"
        )
    };
    format!("{when}: its volume is kept, and there is no way back from that")
}

/// The warnings on one item, in a fixed order.
pub(super) fn of(
    source: &Source,
    request: &CreateRequest,
    (order, upgrade): (Order, Option<&str>),
    (delete_source, transfer, checks): (bool, Option<&PlannedTransfer>, &[Check]),
) -> Vec<String> {
    let by_run = transfer.is_some_and(|transfer| transfer.by == TransferWay::Run);
    let mut warnings: Vec<String> = transfer.map_or_else(Vec::new, |transfer| match transfer.by {
        TransferWay::Hand => vec![moved_by_hand(transfer)],
        TransferWay::Run => moved_by_run(transfer, &source.description),
    });
    warnings.extend(out_of_reach(by_run, checks));
    warnings.extend(upgrade.map(|platform| upgraded(platform, by_run)));
    match order {
        Order::StopFirst => {}
        Order::CreateFirst if by_run => warnings.push(
            "the replacement is created while the source runs: for a while both run, cost money, and count against the \
             quota on their type"
                .to_owned(),
        ),
        Order::CreateFirst => warnings.push(
            "the replacement is created while the source runs: for a while both run, cost money, and count against the \
             quota on their type. What is still done on the source then stays there"
                .to_owned(),
        ),
        Order::CreateOnly => warnings.push(
            "the source is left running beside its replacement, and is not deleted: stopped, it may never run again. Its \
             findings stay until it is gone, and both cost money. Save its data while it runs; then stop it, or set \
             `allow_one_way = true` in the policy beforehand"
                .to_owned(),
        ),
    }
    if delete_source && by_run {
        warnings.push(
            "the source is deleted once its files are proven to be on its replacement and that is verified, and its volume with \
             it: so is the way back, and of what was not moved there is no copy"
                .to_owned(),
        );
    } else if delete_source {
        warnings.push(
            "the source is deleted once its replacement is verified, and its volume with it: \
             the data in /home/ec2-user/SageMaker is lost, and so is the way back"
                .to_owned(),
        );
    }
    let defaulted = defaulted(source, request);
    if !defaulted.is_empty() {
        warnings.push(format!("{DEFAULTED}{}", defaulted.join(", ")));
    }
    for tag in &request.tags {
        let Some(acting) = acting_tags::known(&tag.key) else { continue };
        warnings.push(format!(
            "{ACTING_TAG}{}` is copied to the replacement: {}. Set `drop_tags` in the policy to leave it out",
            tag.key, acting.acts
        ));
    }
    if let Some(config) = &request.lifecycle_config_name {
        warnings.push(format!(
            "{SCRIPTS}{config}` runs again on the replacement, from inside the VPC: a script that \
             cannot get what it needs there fails the instance after 5 minutes"
        ));
    }
    warnings
}

/// What moving files by hand leaves behind, and until when they can be exported.
fn moved_by_hand(transfer: &PlannedTransfer) -> String {
    let age = duration(Duration::from_secs(transfer.max_age));
    let others = others(transfer.strict);
    format!(
        "its files in /home/ec2-user/SageMaker are moved by hand, through {}: they must be exported before `apply`, and the \
         export may be at most {age} old when its source is stopped, or the item is refused. What is written after the export \
         is not moved; nor is what is outside of that folder; what is in it {others}",
        transfer.place()
    )
}

fn others(strict: bool) -> &'static str {
    if strict {
        "makes the export fail if it is a socket or a device"
    } else {
        "is left if it is a socket or a device"
    }
}

/// What moving files by a run does to the source, and what it leaves behind.
fn moved_by_run(transfer: &PlannedTransfer, source: &Description) -> Vec<String> {
    let size = source.volume_size_in_gb.map(|gib| format!(" (a volume of {gib} GiB)")).unwrap_or_default();
    let key = transfer.kms_key.as_ref().map(|key| format!(", encrypted with {key}")).unwrap_or_default();
    let what = format!(
        "the run moves its files in /home/ec2-user/SageMaker{size} through {}{key}. What is outside of that folder is not moved; \
         what is in it {}. The bucket keeps a copy of the files until its owner deletes that",
        transfer.place(),
        others(transfer.strict),
    );
    let started = if source.rest() == Rest::Stopped {
        "it is stopped, and is started to export its files and stopped again: it costs money meanwhile, and AWS may have no \
         capacity to start it"
    } else {
        "it is stopped, started to export its files, and stopped again: its users lose their sessions and kernels, and must not \
         work on it meanwhile. AWS may have no capacity to start it"
    };
    let writable = if transfer.quiesce {
        "its volume is read-only from the start of the export until the stop. Where that cannot be done, the export fails if a \
         file changes meanwhile, and what is written between its end and the stop is not moved"
    } else {
        "its volume stays writable: the export fails if a file changes meanwhile, and what is written between its end and the \
         stop is not moved"
    };
    let own = match &source.notebook_instance_lifecycle_config_name {
        Some(own) => {
            format!("in place of `{own}`, which does not run at that start and is given back afterwards")
        }
        None => "that is taken away afterwards".to_owned(),
    };
    let config = format!(
        "while its files are moved it has a lifecycle configuration of the run's {own}. The replacement gets its code \
         repositories once it has the files"
    );
    [what, started.to_owned(), writable.to_owned(), config].into()
}

/// The warnings on a repair in place, in a fixed order.
pub(super) fn of_repair(request: &UpdateRequest, found: &Description) -> Vec<String> {
    let running = found.rest() == Rest::Running;
    let stopped = running.then(|| {
        "it is stopped and started again: its users lose their sessions and kernels, and what is outside of \
         /home/ec2-user/SageMaker is lost, as at every stop"
            .to_owned()
    });
    let config = found.notebook_instance_lifecycle_config_name.as_ref().filter(|_| running);
    let script = config.map(|config| {
        format!("the lifecycle configuration `{config}` runs again when it starts: a script that fails, fails the start")
    });
    let platform = request.platform_identifier.as_ref().map(|platform| {
        format!("there is no way back from {platform}: AWS takes no platform back that it has ended. Its volume is kept")
    });
    let root = request.root_access.as_ref().map(|_| {
        "its users can no longer act as root: what they install with `sudo` fails from then on".to_owned()
    });
    let imds = request.instance_metadata_service_configuration.as_ref().map(|_| {
        "code on it that asks the metadata service without a token (version 1) fails from then on".to_owned()
    });
    [stopped, script, platform, root, imds].into_iter().flatten().collect()
}
