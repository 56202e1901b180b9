//! Puts instances into a world as AWS has described them: for trying a plan on what it was made for.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::ids::{AccountId, Region};
use crate::sandbox::chance::Seed;
use crate::sandbox::names::partition;

use super::notebook::{Notebook, Settings, Status, Switch, Volume};
use super::{Bucket, KeyState, KmsKey, LifecycleConfig, Role, TOTAL_QUOTA, World};

/// Why an instance cannot be put into a world.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotDescribed {
    /// The world has no such account or region.
    #[error("the world has no {region} in account {account}")]
    NoSite {
        /// The account.
        account: AccountId,
        /// The region.
        region: Region,
    },
    /// A member without which there is no instance, or with a value that none can have.
    #[error("the description has no usable {0}")]
    Member(&'static str),
}

/// Members that CreateNotebookInstance has a default for: AWS may leave any of them out of a description, and what
/// was left out there is left out here.
const OPTIONAL: [&str; 6] = [
    "IpAddressType",
    "RootAccess",
    "DirectInternetAccess",
    "PlatformIdentifier",
    "VolumeSizeInGB",
    "InstanceMetadataServiceConfiguration",
];

impl World {
    /// Puts an instance in as a DescribeNotebookInstance answer and its tags show it, and with it what it refers
    /// to: its execution role, its key, its lifecycle configuration. One in a VPC gets a network interface where
    /// its subnet is in the world.
    ///
    /// # Errors
    /// When the world has no such place, or the description lacks what every instance has.
    pub fn insert_described(
        &mut self,
        (account, region): (&AccountId, &Region),
        described: &Map<String, Value>,
        tags: &BTreeMap<String, String>,
        now: Timestamp,
    ) -> Result<(), NotDescribed> {
        let notebook = notebook(self.seed, described, tags, now)?;
        let name = notebook.name.clone();
        // What AWS has described it takes, however new it is.
        let Settings { instance_type, platform_identifier, .. } = &notebook.settings;
        self.also_known.extend([instance_type.clone(), platform_identifier.clone()]);
        self.provide(account, region, &notebook.settings);
        let missing = NotDescribed::NoSite { account: account.clone(), region: region.clone() };
        let (site, pace) = self.site(account, region, now).ok_or(missing)?;
        site.insert(notebook);
        site.attach_interface(&name, &pace);
        Ok(())
    }

    /// Lets a region of an account have so many notebook instances and no more.
    pub fn limit_notebooks(&mut self, (account, region): (&AccountId, &Region), most: u32) {
        let site = self.accounts.get_mut(account).and_then(|account| account.sites.get_mut(region));
        if let Some(quota) = site.and_then(|site| site.quotas.get_mut(TOTAL_QUOTA)) {
            quota.value = most;
        }
    }

    /// Leaves a subnet so many addresses, whatever is in it.
    pub fn leave_addresses(&mut self, (account, region): (&AccountId, &Region), subnet: &str, free: u32) {
        let site = self.accounts.get_mut(account).and_then(|account| account.sites.get_mut(region));
        if let Some(subnet) = site.and_then(|site| site.network.subnets.get_mut(subnet)) {
            subnet.free = free;
        }
    }

    /// Makes a key that can be used, known by its id, its ARN or an alias.
    pub fn provide_key(&mut self, (account, region): (&AccountId, &Region), key: &str) {
        let site = self.accounts.get_mut(account).and_then(|account| account.sites.get_mut(region));
        let Some(site) = site else { return };
        let id = key.rsplit('/').next().unwrap_or(key).to_owned();
        let alias = key.find("alias/").map(|at| key[at..].to_owned());
        let arn = format!("arn:{}:kms:{region}:{account}:key/{id}", partition(region.as_str()));
        site.kms_keys.entry(id.clone()).or_insert(KmsKey { id, arn, alias, state: KeyState::Enabled });
    }

    /// Makes a bucket as CreateBucket makes it, unless there is one of that name.
    pub fn provide_bucket(&mut self, place: (&AccountId, &Region), name: &str) {
        let (owner, region) = (place.0.clone(), place.1.clone());
        let made = || Bucket::new(name, (owner, region), Timestamp::UNIX_EPOCH);
        self.buckets.entry(name.to_owned()).or_insert_with(made);
    }

    /// Makes what an instance refers to.
    fn provide(&mut self, account: &AccountId, region: &Region, settings: &Settings) {
        let Some(account) = self.accounts.get_mut(account) else { return };
        if let Some((_, path_and_name)) = settings.role_arn.split_once(":role/") {
            let name = path_and_name.rsplit('/').next().unwrap_or(path_and_name).to_owned();
            let path_and_name = path_and_name.to_owned();
            account.roles.entry(name).or_insert(Role {
                path_and_name,
                for_sagemaker: true,
                external_id: None,
            });
        }
        let owner = account.id.clone();
        if let Some(key) = &settings.kms_key_id {
            self.provide_key((&owner, region), key);
        }
        let Some(account) = self.accounts.get_mut(&owner) else { return };
        let Some(site) = account.sites.get_mut(region) else { return };
        if let Some(name) = &settings.lifecycle_config {
            let arn = format!(
                "arn:{}:sagemaker:{region}:{owner}:notebook-instance-lifecycle-config/{name}",
                partition(region.as_str())
            );
            site.lifecycle_configs.entry(name.clone()).or_insert(LifecycleConfig {
                name: name.clone(),
                arn: arn.to_ascii_lowercase(),
                on_create: None,
                on_start: None,
                created: Timestamp::UNIX_EPOCH,
                modified: Timestamp::UNIX_EPOCH,
                tags: BTreeMap::new(),
            });
        }
    }
}

fn notebook(
    seed: Seed,
    described: &Map<String, Value>,
    tags: &BTreeMap<String, String>,
    now: Timestamp,
) -> Result<Notebook, NotDescribed> {
    let text = |member: &str| described.get(member).and_then(Value::as_str).map(str::to_owned);
    let needed = |member: &'static str| text(member).ok_or(NotDescribed::Member(member));
    let name = needed("NotebookInstanceName")?;
    let arn = needed("NotebookInstanceArn")?;
    let status = text("NotebookInstanceStatus").and_then(|text| status(&text));
    let status = status.ok_or(NotDescribed::Member("NotebookInstanceStatus"))?;
    let moment = |member: &str| text(member).and_then(|text| text.parse().ok());
    let settings = settings(described)?;
    let unreported = OPTIONAL.into_iter().filter(|member| !described.contains_key(*member));
    Ok(Notebook {
        volume: Volume::used(format!("vol-{}", seed.draw(&["volume", &arn]).hex(17)), &settings),
        name,
        arn,
        status,
        failure_reason: text("FailureReason"),
        settings,
        network_interface_id: None,
        created: moment("CreationTime").unwrap_or(now),
        modified: moment("LastModifiedTime").unwrap_or(now),
        tags: tags.clone(),
        unreported: unreported.collect(),
        change: None,
        changes: 0,
    })
}

fn settings(described: &Map<String, Value>) -> Result<Settings, NotDescribed> {
    let text = |member: &str| described.get(member).and_then(Value::as_str).map(str::to_owned);
    let needed = |member: &'static str| text(member).ok_or(NotDescribed::Member(member));
    let texts = |member: &str| -> Vec<String> {
        let values = described.get(member).and_then(Value::as_array).into_iter().flatten();
        values.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let switch = |member: &str| match text(member).as_deref() {
        Some("Disabled") => Switch::Disabled,
        Some(_) | None => Switch::Enabled,
    };
    let imds = &described.get("InstanceMetadataServiceConfiguration");
    let imds = imds.and_then(|value| value.get("MinimumInstanceMetadataServiceVersion")?.as_str());
    let volume = described.get("VolumeSizeInGB").and_then(Value::as_u64).unwrap_or(5);
    Ok(Settings {
        instance_type: needed("InstanceType")?,
        role_arn: needed("RoleArn")?,
        subnet_id: text("SubnetId"),
        security_group_ids: texts("SecurityGroups"),
        kms_key_id: text("KmsKeyId"),
        lifecycle_config: text("NotebookInstanceLifecycleConfigName"),
        direct_internet_access: switch("DirectInternetAccess"),
        volume_size_in_gb: u32::try_from(volume).map_err(|_| NotDescribed::Member("VolumeSizeInGB"))?,
        accelerator_types: texts("AcceleratorTypes"),
        default_code_repository: text("DefaultCodeRepository"),
        additional_code_repositories: texts("AdditionalCodeRepositories"),
        root_access: switch("RootAccess"),
        platform_identifier: text("PlatformIdentifier").unwrap_or_else(|| "notebook-al2023-v1".to_owned()),
        ip_address_type: text("IpAddressType").unwrap_or_else(|| "ipv4".to_owned()),
        minimum_imds: imds.unwrap_or("1").to_owned(),
    })
}

/// A status that an instance rests in. One that changes belongs to a moment that is over.
fn status(text: &str) -> Option<Status> {
    [Status::InService, Status::Stopped, Status::Failed].into_iter().find(|status| status.as_str() == text)
}
