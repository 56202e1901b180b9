//! What instances refer to or count against: lifecycle configurations, KMS keys, execution roles and
//! quotas. Read once each, however
//! many instances share them.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;

use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream;

use crate::api_error::{ApiError, Reading};
use crate::ids::{Region, RoleArn};
use crate::inventory::{AccountPolicies, Role};

/// Calls in flight: the rate limit protects the account, this bounds open connections.
const IN_FLIGHT: usize = 16;

/// The scripts of a lifecycle configuration, as text. They may hold secrets: nothing of them is saved as it stands.
#[derive(Clone, PartialEq, Eq)]
pub struct Scripts {
    /// Runs once, when an instance is created.
    pub on_create: Option<String>,
    /// Runs at every start, also the first.
    pub on_start: Option<String>,
}

impl std::fmt::Debug for Scripts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scripts").finish_non_exhaustive()
    }
}

/// A KMS key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its ARN, whatever it was asked for by.
    pub arn: String,
    /// `Enabled`, `Disabled`, `PendingDeletion` or another of KMS's states (KMS `KeyState`).
    pub state: String,
}

impl Key {
    /// Why nothing can be encrypted or decrypted with it: only an enabled key can be used (KMS developer guide, key
    /// states).
    pub fn unusable(&self, name: &str) -> Option<String> {
        (self.state != "Enabled").then(|| format!("{name} is in state {}", self.state))
    }
}

/// The quotas on notebook instances in one region.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quotas {
    /// On all notebook instances; `None` where AWS did not tell.
    pub total: Option<u32>,
    /// On those of one type, by type: those that AWS told.
    pub by_type: BTreeMap<String, u32>,
}

/// What is to be read in one region.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WantedCompanions {
    /// Lifecycle configurations by name.
    pub scripts: BTreeSet<String>,
    /// KMS keys by id, ARN or alias.
    pub keys: BTreeSet<String>,
    /// Execution roles.
    pub roles: BTreeSet<RoleArn>,
}

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Companions {
    /// Lifecycle configurations, by region and name.
    pub scripts: BTreeMap<(Region, String), Reading<Scripts>>,
    /// KMS keys, by region and the text that names them.
    pub keys: BTreeMap<(Region, String), Reading<Key>>,
    /// Execution roles. They are the same in every region.
    pub roles: BTreeMap<RoleArn, Reading<Role>>,
    /// Quotas by region.
    pub quotas: BTreeMap<Region, Result<Quotas, ApiError>>,
    /// What the account's IAM policies say of notebook instances; absent where nobody has asked.
    pub policies: Option<Result<AccountPolicies, ApiError>>,
}

/// Reads companions. Implementations retry what is safe to retry; an error is final.
pub trait CompanionSource: Sync {
    /// A lifecycle configuration; `None` when it does not exist.
    fn scripts(
        &self,
        region: &Region,
        name: &str,
    ) -> impl Future<Output = Result<Option<Scripts>, ApiError>> + Send;

    /// A KMS key; `None` when it does not exist.
    fn key(&self, region: &Region, key: &str) -> impl Future<Output = Result<Option<Key>, ApiError>> + Send;

    /// A role of this account; `None` when it does not exist.
    fn role(&self, role: &RoleArn) -> impl Future<Output = Result<Option<Role>, ApiError>> + Send;

    /// The quotas on notebook instances.
    fn quotas(&self, region: &Region) -> impl Future<Output = Result<Quotas, ApiError>> + Send;

    /// What the IAM policies of the account say of notebook instances. They are the same in every region of a partition:
    /// any of these regions will do.
    fn policies(&self, region: &Region) -> impl Future<Output = Result<AccountPolicies, ApiError>> + Send;
}

/// Reads the companions of every region at once.
pub async fn read_companions(
    source: &impl CompanionSource,
    wanted: &BTreeMap<Region, WantedCompanions>,
) -> Companions {
    let wanted_roles: BTreeSet<&RoleArn> = wanted.values().flat_map(|wanted| &wanted.roles).collect();
    let roles = stream::iter(wanted_roles)
        .map(async |role| (role.clone(), source.role(role).await.into()))
        .buffer_unordered(IN_FLIGHT)
        .collect::<Vec<_>>();
    let regions = join_all(wanted.iter().map(|(region, wanted)| of_region(source, region, wanted)));
    let (roles, regions) = futures_util::join!(roles, regions);
    let mut all = Companions { roles: roles.into_iter().collect(), ..Companions::default() };
    for (region, found) in regions {
        all.scripts.extend(found.scripts);
        all.keys.extend(found.keys);
        all.quotas.insert(region, found.quotas);
    }
    all
}

struct OfRegion {
    scripts: Vec<((Region, String), Reading<Scripts>)>,
    keys: Vec<((Region, String), Reading<Key>)>,
    quotas: Result<Quotas, ApiError>,
}

async fn of_region(
    source: &impl CompanionSource,
    region: &Region,
    wanted: &WantedCompanions,
) -> (Region, OfRegion) {
    let scripts = stream::iter(&wanted.scripts)
        .map(async |name| ((region.clone(), name.clone()), source.scripts(region, name).await.into()))
        .buffer_unordered(IN_FLIGHT)
        .collect::<Vec<_>>();
    let keys = stream::iter(&wanted.keys)
        .map(async |key| ((region.clone(), key.clone()), source.key(region, key).await.into()))
        .buffer_unordered(IN_FLIGHT)
        .collect::<Vec<_>>();
    let (scripts, keys, quotas) = futures_util::join!(scripts, keys, source.quotas(region));
    (region.clone(), OfRegion { scripts, keys, quotas })
}
