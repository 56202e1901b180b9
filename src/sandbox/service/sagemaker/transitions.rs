//! StartNotebookInstance, StopNotebookInstance, DeleteNotebookInstance.

use serde_json::{Value, json};

use crate::sandbox::answer::AwsError;
use crate::sandbox::latency::Kind;
use crate::sandbox::platforms;
use crate::sandbox::service::Call;
use crate::sandbox::world::Begin;
use crate::sandbox::world::notebook::{Becomes, Notebook, Status};

use super::checks::{self, existing};
use super::injected_fault::InjectedFault;
use super::keys::{self, Key};
use super::launch::launch;
use super::names::ArnScope;
use super::validate::Members;
use super::{quota, shapes};

/// Starts an instance that is stopped or has failed.
pub(super) fn start(call: &mut Call<'_>) -> Result<Value, AwsError> {
    let name = name(call)?;
    let (fault, now) = (InjectedFault(call.fault), call.now);
    let (account, region) = (call.caller.account.clone(), call.region.clone());
    let place = ArnScope { account: &account, region: &region };
    let (site, _) = call.site()?;
    let notebook = existing(site, name)?;
    check(notebook, &[Status::Stopped, Status::Failed], Status::Pending)?;
    let platform = &notebook.settings.platform_identifier;
    let ended = (!platforms::starts(platform, now)).then(|| platforms::unsupported(platform));
    // A configuration can be deleted from under an instance [M]; what starting it says then is [INF].
    if let Some(config) = &notebook.settings.lifecycle_config {
        checks::lifecycle_config(site, config, place)?;
    }
    quota::check_type(site, &notebook.settings.instance_type, fault)?;
    let (role_arn, key_id) = (notebook.settings.role_arn.clone(), notebook.settings.kms_key_id.clone());
    checks::role(call.world, &account, &role_arn)?;
    let key = key_id.map_or(Key::Enabled, |id| keys::find(call.world, place, &id));
    // How AWS refuses it is not known: at once, or by a launch that fails.
    let ended = match ended {
        Some(message) if !call.world.ended_starts_fail => return Err(AwsError::validation(message)),
        ended => ended,
    };
    let (site, pace) = call.site()?;
    let begin = Begin { kind: Kind::Start, now, stuck: fault.is_stuck(), pace: &pace };
    launch(site, name, ended.or(key.obstacle()), fault, begin);
    Ok(json!({}))
}

/// Stops an instance that is in service.
pub(super) fn stop(call: &mut Call<'_>) -> Result<Value, AwsError> {
    let to = (Status::Stopping, Becomes::Status(Status::Stopped));
    change(call, (&[Status::InService], to), Kind::Stop)
}

/// Deletes an instance that is stopped or has failed, and its volume with it.
pub(super) fn delete(call: &mut Call<'_>) -> Result<Value, AwsError> {
    let to = (Status::Deleting, Becomes::Gone);
    change(call, (&[Status::Stopped, Status::Failed], to), Kind::Delete)
}

fn change(
    call: &mut Call<'_>,
    (from, to): (&[Status], (Status, Becomes)),
    kind: Kind,
) -> Result<Value, AwsError> {
    let name = name(call)?;
    let (fault, now) = (InjectedFault(call.fault), call.now);
    let (site, pace) = call.site()?;
    check(existing(site, name)?, from, to.0)?;
    site.begin(name, to, Begin { kind, now, stuck: fault.is_stuck(), pace: &pace });
    Ok(json!({}))
}

fn name<'a>(call: &Call<'a>) -> Result<&'a str, AwsError> {
    let mut input = Members::of(call.request)?;
    let name = input.required("NotebookInstanceName", &shapes::NAME);
    input.finish()?;
    Ok(name)
}

/// The status allows the change. The words are AWS's for stopping and starting, with the full stop of the later
/// reports (amazon-sagemaker-examples#1798, #1094, terraform-provider-aws#16767 [I]), and moto's for deleting [M].
pub(super) fn check(notebook: &Notebook, from: &[Status], to: Status) -> Result<(), AwsError> {
    let Notebook { status, arn, .. } = notebook;
    if from.contains(status) {
        return Ok(());
    }
    let allowed: Vec<&str> = from.iter().map(|status| status.as_str()).collect();
    Err(AwsError::validation(format!(
        "Status ({}) not in ([{}]). Unable to transition to ({}) for Notebook Instance ({arn}).",
        status.as_str(),
        allowed.join(", "),
        to.as_str()
    )))
}
