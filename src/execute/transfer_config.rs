//! Pure: the lifecycle configurations by which a run moves files: what they are called, what instances have them, and what
//! the instances are asked to be meanwhile.

use crate::api_error::ApiErrorKind;
use crate::execute::attempts::send;
use crate::execute::cloud::Attachment;
use crate::execute::observed::{Identity, Seen};
use crate::execute::step::Step;
use crate::facts::answers::{LIFECYCLE_CONFIG, name_in_arn};
use crate::ids::{Digest, InstanceName, ItemId, RunId};
use crate::journal::{Call, CallState, Past};
use crate::plan::{CreateRequest, Item, TransferKind};

/// The longest id of a run that stands in a name as it is: a name has 63 characters.
const LONGEST_RUN: usize = 36;

/// The name of the configuration that moves the files of an item that way. It begins alike in every run, so that what was left
/// over can be found, and no two runs or items have the same.
pub fn config_name(run: &RunId, item: &ItemId, transfer: TransferKind) -> String {
    let (run, item) = (run.as_str(), Digest::of(item.to_string()));
    let short = Digest::of(run);
    let run = if run.len() <= LONGEST_RUN { run } else { short.as_str().get(..LONGEST_RUN).unwrap_or(run) };
    let word = match transfer {
        TransferKind::Export => "x",
        TransferKind::Import => "m",
    };
    format!("remediate-{word}-{run}-{}", item.as_str().get(..12).unwrap_or_default())
}

/// Whether an instance has the configuration that moves files that way.
pub(super) fn is_attached(item: &Item, identity: &Identity, seen: &Seen, transfer: TransferKind) -> bool {
    let name = config_name(&identity.run, &item.id, transfer);
    let found = seen.description.notebook_instance_lifecycle_config_name.as_deref();
    found.is_some_and(|found| name_in_arn(found, LIFECYCLE_CONFIG).eq_ignore_ascii_case(&name))
}

/// The call that makes the configuration.
pub(super) fn creation(transfer: TransferKind) -> Call {
    match transfer {
        TransferKind::Export => Call::CreateExportConfig,
        TransferKind::Import => Call::CreateImportConfig,
    }
}

/// What has to be done before the configuration is there; `None` once it is. One that is there although this run has not made it
/// is not used: what it does, nobody knows.
pub(super) fn make(transfer: TransferKind, past: &Past) -> Option<Step> {
    let call = creation(transfer);
    if past.transfer(transfer).is_none() {
        return Some(Step::Prepare(transfer));
    }
    match past.call(call) {
        CallState::Accepted { .. } => None,
        // An answer was lost: that create had made it.
        CallState::Rejected { error, .. }
            if error.kind == ApiErrorKind::AlreadyExists && past.may_have_happened(call) =>
        {
            None
        }
        CallState::NotSent | CallState::InDoubt { .. } | CallState::Rejected { .. } => Some(send(call, past)),
    }
}

/// What is asked of AWS for the replacement: where a run moves its files, it is created without what may put others into its
/// folder before they come, and with their import, unless its own configuration has to run once first.
///
/// `exported`: whether the files are in the bucket by then.
pub(super) fn create_request(item: &Item, identity: &Identity, exported: bool) -> CreateRequest {
    let request = item.request.clone();
    let Some(transfer) = item.moved_by_run() else { return request };
    let import = || config_name(&identity.run, &item.id, TransferKind::Import);
    CreateRequest {
        lifecycle_config_name: match (transfer.own_on_create, exported) {
            (true, _) => request.lifecycle_config_name,
            (false, true) => Some(import()),
            (false, false) => None,
        },
        default_code_repository: None,
        additional_code_repositories: Vec::new(),
        ..request
    }
}

/// The replacement while it imports.
pub(super) fn importing_request(item: &Item, identity: &Identity) -> CreateRequest {
    let import = config_name(&identity.run, &item.id, TransferKind::Import);
    CreateRequest { lifecycle_config_name: Some(import), ..create_request(item, identity, true) }
}

/// What an update for a transfer asks for; `None` for any other call. `upgrade` is the platform without which the source does
/// not start.
pub(super) fn attachment(
    item: &Item,
    identity: &Identity,
    call: Call,
    upgrade: Option<String>,
) -> Option<Attachment> {
    let name = |transfer| Some(config_name(&identity.run, &item.id, transfer));
    let of = |instance: &InstanceName, lifecycle_config| Attachment {
        instance: instance.clone(),
        lifecycle_config,
        platform: None,
        default_code_repository: None,
        additional_code_repositories: Vec::new(),
    };
    let (source, replacement) = (&item.id.name, &item.request.notebook_instance_name);
    let own = item.source.description.notebook_instance_lifecycle_config_name.clone();
    if call == Call::AttachExport {
        Some(Attachment { platform: upgrade, ..of(source, name(TransferKind::Export)) })
    } else if call == Call::DetachExport {
        Some(of(source, own))
    } else if call == Call::AttachImport {
        Some(of(replacement, name(TransferKind::Import)))
    } else if call == Call::DetachImport {
        let CreateRequest {
            lifecycle_config_name,
            default_code_repository,
            additional_code_repositories,
            ..
        } = item.request.clone();
        Some(Attachment {
            default_code_repository,
            additional_code_repositories,
            ..of(replacement, lifecycle_config_name)
        })
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_runs_or_items_have_a_configuration_of_the_same_name_and_all_fit() {
        let long = "r".repeat(64);
        let runs = ["20261127T115348Z-abcdef12-12345678", "r", &long];
        let items = ["us-east-1/fraud", "us-east-1/fraud-2", "eu-west-1/fraud"];
        let mut names = std::collections::BTreeSet::new();
        for run in runs {
            for item in items {
                for transfer in [TransferKind::Export, TransferKind::Import] {
                    let name = config_name(&run.parse().unwrap(), &item.parse().unwrap(), transfer);
                    assert!(name.len() <= 63 && name.starts_with("remediate-"), "{name}");
                    assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'), "{name}");
                    assert!(names.insert(name.to_ascii_lowercase()), "{name}");
                }
            }
        }
    }
}
