//! UpdateNotebookInstance.

use serde_json::{Value, json};

use crate::ids::AccountId;
use crate::sandbox::answer::AwsError;
use crate::sandbox::latency::Kind;
use crate::sandbox::service::Call;
use crate::sandbox::world::notebook::{Becomes, Notebook, Settings, Status};
use crate::sandbox::world::{Begin, Site};

use super::asked::{Asked, owned};
use super::checks::{self, existing};
use super::injected_fault::InjectedFault;
use super::names::ArnScope;
use super::validate::Members;
use super::{quota, shapes, transitions};

/// What is to be changed, and what is to be taken away.
struct Changes<'a> {
    asked: Asked<'a>,
    without_lifecycle_config: bool,
    without_default_repository: bool,
    without_additional_repositories: bool,
}

/// Changes a stopped instance. Members that cannot be changed (SubnetId and the like) are not members of this
/// operation, and the service ignores what is none [INF].
pub(super) fn update(call: &mut Call<'_>) -> Result<Value, AwsError> {
    let (name, changes) = read(call)?;
    let (fault, now) = (InjectedFault(call.fault), call.now);
    let (account, region) = (call.caller.account.clone(), call.region.clone());
    let (site, _) = call.site()?;
    let notebook = existing(site, name)?;
    // "its status must be Stopped" [G]. Whether a failed one can be updated is not known: refused.
    transitions::check(notebook, &[Status::Stopped], Status::Updating)?;
    check_volume(notebook, changes.asked.volume_size_in_gb)?;
    let settings = apply(notebook.settings.clone(), &changes);
    if changes.asked.platform_identifier.is_some() || changes.asked.instance_type.is_some() {
        checks::platform(&settings, now)?;
    }
    check_references(site, &changes.asked, ArnScope { account: &account, region: &region })?;
    checks::ip_address_type(&site.network, &settings)?;
    if fault.quota_reached() {
        quota::check_type(site, &settings.instance_type, fault)?;
    }
    check_role(call, &account, changes.asked.role_arn)?;
    let (site, pace) = call.site()?;
    let Some(notebook) = site.notebook_mut(name) else { return Err(checks::not_found()) };
    notebook.volume.size_in_gb = settings.volume_size_in_gb;
    notebook.settings = settings;
    let begin = Begin { kind: Kind::Update, now, stuck: fault.is_stuck(), pace: &pace };
    // Status "Updating", then "Stopped" again [G].
    site.begin(name, (Status::Updating, Becomes::Status(Status::Stopped)), begin);
    Ok(json!({}))
}

fn read<'a>(call: &Call<'a>) -> Result<(&'a str, Changes<'a>), AwsError> {
    let mut input = Members::of(call.request)?;
    let name = input.required("NotebookInstanceName", &shapes::NAME);
    let changes = Changes {
        asked: Asked::read(&mut input, &call.world.also_known),
        without_lifecycle_config: input.flag("DisassociateLifecycleConfig"),
        without_default_repository: input.flag("DisassociateDefaultCodeRepository"),
        without_additional_repositories: input.flag("DisassociateAdditionalCodeRepositories"),
    };
    // Nothing is left to be taken away: no instance has any.
    input.flag("DisassociateAcceleratorTypes");
    input.finish()?;
    checks::accelerators(changes.asked.accelerator_types.as_deref())?;
    check_contradictions(&changes)?;
    Ok((name, changes))
}

/// What AWS does when it is to put something in place and to take it away is not known: refused.
fn check_contradictions(changes: &Changes<'_>) -> Result<(), AwsError> {
    let asked = &changes.asked;
    let both = if asked.lifecycle_config.is_some() && changes.without_lifecycle_config {
        "LifecycleConfigName and DisassociateLifecycleConfig"
    } else if asked.default_code_repository.is_some() && changes.without_default_repository {
        "DefaultCodeRepository and DisassociateDefaultCodeRepository"
    } else if asked.additional_code_repositories.is_some() && changes.without_additional_repositories {
        "AdditionalCodeRepositories and DisassociateAdditionalCodeRepositories"
    } else {
        return Ok(());
    };
    Err(AwsError::validation(format!("{both} cannot be specified in the same request.")))
}

/// "You can increase the volume size ..., but you can't decrease" it [B]; the text is [INF].
fn check_volume(notebook: &Notebook, asked: Option<u32>) -> Result<(), AwsError> {
    let size = notebook.volume.size_in_gb.max(notebook.settings.volume_size_in_gb);
    match asked {
        Some(asked) if asked < size => Err(AwsError::validation(format!(
            "The volume size of a Notebook Instance cannot be decreased from {size} GB to {asked} GB."
        ))),
        Some(_) | None => Ok(()),
    }
}

fn check_references(site: &Site, asked: &Asked<'_>, place: ArnScope<'_>) -> Result<(), AwsError> {
    asked.lifecycle_config.map_or(Ok(()), |config| checks::lifecycle_config(site, config, place))
}

fn check_role(call: &Call<'_>, account: &AccountId, arn: Option<&str>) -> Result<(), AwsError> {
    arn.map_or(Ok(()), |arn| checks::role(call.world, account, arn))
}

fn apply(mut settings: Settings, changes: &Changes<'_>) -> Settings {
    let asked = &changes.asked;
    let set = |place: &mut String, value: Option<&str>| {
        if let Some(value) = value {
            value.clone_into(place);
        }
    };
    set(&mut settings.instance_type, asked.instance_type);
    set(&mut settings.role_arn, asked.role_arn);
    set(&mut settings.ip_address_type, asked.ip_address_type);
    set(&mut settings.platform_identifier, asked.platform_identifier);
    set(&mut settings.minimum_imds, asked.minimum_imds);
    let config = asked.lifecycle_config.map(str::to_owned);
    settings.lifecycle_config =
        config.or(settings.lifecycle_config).filter(|_| !changes.without_lifecycle_config);
    let repository = asked.default_code_repository.map(str::to_owned);
    settings.default_code_repository =
        repository.or(settings.default_code_repository).filter(|_| !changes.without_default_repository);
    if let Some(repositories) = &asked.additional_code_repositories {
        settings.additional_code_repositories = owned(repositories);
    }
    if changes.without_additional_repositories {
        settings.additional_code_repositories.clear();
    }
    settings.volume_size_in_gb = asked.volume_size_in_gb.unwrap_or(settings.volume_size_in_gb);
    settings.root_access = asked.root_access.unwrap_or(settings.root_access);
    settings
}
