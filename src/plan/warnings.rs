//! Pure: what a reader should know about an item before saying yes.
//!
//! The checker compares these words with a plan's: other words for the same belong to another plan format, or the plans and runs
//! that exist could not be loaded any more.

use std::time::Duration;

use crate::facts::acting_tags;
use crate::inventory::{Description, Rest};
use crate::plan::request::defaulted;
use crate::plan::{CreateRequest, Order, PlannedTransfer, Source, TransferWay, UpdateRequest};
use crate::text::duration;

/// How the warning of a tag that acts on instances begins.
pub(super) const ACTING_TAG: &str = "the tag `";

/// How the warning of what AWS does not report begins.
pub(super) const DEFAULTED: &str = "the replacement gets what AWS does not report of the source: ";

/// How the warning of scripts that run again begins.
pub(super) const SCRIPTS: &str = "the lifecycle configuration `";

/// The warnings on one item, in a fixed order.
pub(super) fn of(
    source: &Source,
    request: &CreateRequest,
    (order, upgrade): (Order, Option<&str>),
    (delete_source, transfer): (bool, Option<&PlannedTransfer>),
) -> Vec<String> {
    let mut warnings: Vec<String> = transfer.map(moved_by_hand).into_iter().collect();
    if let Some(platform) = upgrade {
        warnings.push(format!(
            "once AWS no longer starts the source's platform, the source comes back upgraded to {platform}, if it must be \
             started: its volume is kept, and there is no way back from that"
        ));
    }
    match order {
        Order::StopFirst => {}
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
    if delete_source {
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
    let PlannedTransfer { by: TransferWay::Hand, max_age, strict, .. } = transfer;
    let age = duration(Duration::from_secs(*max_age));
    let others = if *strict {
        "makes the export fail if it is a socket or a device"
    } else {
        "is left if it is a socket or a device"
    };
    format!(
        "its files in /home/ec2-user/SageMaker are moved by hand, through {}: they must be exported before `apply`, and the \
         export may be at most {age} old when its source is stopped, or the item is refused. What is written after the export \
         is not moved; nor is what is outside of that folder; what is in it {others}",
        transfer.place()
    )
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
