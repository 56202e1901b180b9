//! CreateNotebookInstance.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::sandbox::answer::AwsError;
use crate::sandbox::latency::Kind;
use crate::sandbox::request::Request;
use crate::sandbox::service::Call;
use crate::sandbox::world::Begin;
use crate::sandbox::world::notebook::{Notebook, Settings, Status, Switch, Volume};

use super::asked::{Asked, owned, switch};
use super::injected_fault::InjectedFault;
use super::keys::{self, Key};
use super::launch::launch;
use super::names::ArnScope;
use super::validate::Members;
use super::{checks, quota, shapes, tags};

/// The service's default ("The default value is notebook-al2023-v1", [B]).
const DEFAULT_PLATFORM: &str = "notebook-al2023-v1";
/// "The default value is 5 GB" [B].
const DEFAULT_VOLUME_SIZE: u32 = 5;
/// "If no value is selected, then it defaults to IMDSv1" [B]. The developer guide said in 2023 that new instances
/// get version 2 and cannot choose 1 [G]; the newer source counts, and with it whoever forgets to send the
/// version gets an instance that differs from one that has 2.
const DEFAULT_IMDS: &str = "1";

/// What is to be created.
struct NewInstance {
    name: String,
    settings: Settings,
    tags: BTreeMap<String, String>,
}

/// Creates an instance.
pub(super) fn create(call: &mut Call<'_>) -> Result<Value, AwsError> {
    let mut wanted = read(call.request, &call.world.also_known)?;
    let key = check_references(call, &wanted)?;
    let given = wanted.settings.kms_key_id.take();
    wanted.settings.kms_key_id = given.map(|given| keys::described(call.world, ArnScope::of(call), &given));
    let (fault, now, seed) = (InjectedFault(call.fault), call.now, call.world.seed);
    let place = ArnScope::of(call);
    let arn = place.notebook_arn(&wanted.name);
    let (account, region) = (place.account.to_string(), place.region.to_string());
    let (site, pace) = call.site()?;
    quota::check_total(site, fault)?;
    quota::check_type(site, &wanted.settings.instance_type, fault)?;
    let NewInstance { name, settings, tags } = wanted;
    // The moment makes it another volume than that of an instance of the same name before.
    let words = ["volume", &account, &region, &name, &now.to_string()];
    let config = settings.lifecycle_config.as_ref().and_then(|name| site.lifecycle_configs.get(name));
    let has_on_create = config.is_some_and(|config| config.on_create.is_some());
    let id = format!("vol-{}", seed.draw(&words).hex(17));
    let volume = Volume::new(id, settings.volume_size_in_gb, has_on_create);
    site.insert(Notebook {
        name: name.clone(),
        arn: arn.clone(),
        status: Status::Pending,
        failure_reason: None,
        settings,
        network_interface_id: None,
        volume,
        created: now,
        modified: now,
        tags,
        unreported: BTreeSet::new(),
        change: None,
        changes: 0,
    });
    let begin = Begin { kind: Kind::Create, now, stuck: fault.is_stuck(), pace: &pace };
    launch(site, &name, key.obstacle(), fault, begin);
    Ok(json!({ "NotebookInstanceArn": arn }))
}

fn read(request: &Request, also_known: &BTreeSet<String>) -> Result<NewInstance, AwsError> {
    let mut input = Members::of(request)?;
    let name = input.required("NotebookInstanceName", &shapes::NAME);
    input.not_null("InstanceType");
    input.not_null("RoleArn");
    let asked = Asked::read(&mut input, also_known);
    let subnet_id = input.text("SubnetId", &shapes::NETWORK_ID);
    let groups = input.texts("SecurityGroupIds", shapes::SECURITY_GROUPS, &shapes::NETWORK_ID);
    let kms_key_id = input.text("KmsKeyId", &shapes::KMS_KEY_ID);
    let direct = input.text("DirectInternetAccess", &shapes::SWITCH);
    let tags = tags::read(&mut input);
    input.finish()?;
    checks::accelerators(asked.accelerator_types.as_deref())?;
    let settings = Settings {
        instance_type: asked.instance_type.unwrap_or_default().to_owned(),
        role_arn: asked.role_arn.unwrap_or_default().to_owned(),
        subnet_id: subnet_id.map(str::to_owned),
        security_group_ids: owned(&groups.unwrap_or_default()),
        // The pattern lets an empty one through: none [INF].
        kms_key_id: kms_key_id.filter(|id| !id.is_empty()).map(str::to_owned),
        lifecycle_config: asked.lifecycle_config.map(str::to_owned),
        direct_internet_access: direct.map_or(Switch::Enabled, switch),
        volume_size_in_gb: asked.volume_size_in_gb.unwrap_or(DEFAULT_VOLUME_SIZE),
        accelerator_types: Vec::new(),
        default_code_repository: asked.default_code_repository.map(str::to_owned),
        additional_code_repositories: owned(&asked.additional_code_repositories.unwrap_or_default()),
        root_access: asked.root_access.unwrap_or(Switch::Enabled),
        platform_identifier: asked.platform_identifier.unwrap_or(DEFAULT_PLATFORM).to_owned(),
        ip_address_type: asked.ip_address_type.unwrap_or("ipv4").to_owned(),
        minimum_imds: asked.minimum_imds.unwrap_or(DEFAULT_IMDS).to_owned(),
    };
    Ok(NewInstance { name: name.to_owned(), settings, tags: tags::checked(tags.unwrap_or_default())? })
}

/// Everything that the settings name must exist and fit. The order is [INF].
fn check_references(call: &mut Call<'_>, wanted: &NewInstance) -> Result<Key, AwsError> {
    let NewInstance { name, settings, tags: _ } = wanted;
    checks::platform(settings, call.now)?;
    let (account, region) = (call.caller.account.clone(), call.region.clone());
    let place = ArnScope { account: &account, region: &region };
    let (site, _) = call.site()?;
    if let Some(same) = site.notebooks.get(&name.to_ascii_lowercase()) {
        // [M]
        return Err(AwsError::validation(format!(
            "Cannot create a duplicate Notebook Instance ({})",
            same.arn
        )));
    }
    checks::network(&site.network, settings)?;
    if let Some(config) = &settings.lifecycle_config {
        checks::lifecycle_config(site, config, place)?;
    }
    checks::role(call.world, &account, &settings.role_arn)?;
    let Some(id) = &settings.kms_key_id else { return Ok(Key::Enabled) };
    match keys::find(call.world, place, id) {
        // [INF]; that a disabled key is found only at the launch is, too.
        Key::Missing => Err(AwsError::validation(format!("The KMS key '{id}' does not exist"))),
        found @ (Key::Enabled | Key::Disabled) => Ok(found),
    }
}
