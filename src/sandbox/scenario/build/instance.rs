//! A member of the roster to an instance.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::sandbox::scenario::kind::NO_CAPACITY;
use crate::sandbox::scenario::model::{GroupRef, Home, KeyRef};
use crate::sandbox::scenario::network::Network;
use crate::sandbox::scenario::notebook::Owner;
use crate::sandbox::scenario::roster::Member;
use crate::sandbox::world::KmsKey;
use crate::sandbox::world::notebook::{Notebook, Settings, Status, Switch, Volume};

use super::in_vpc::{group_id, subnet_id};
use super::parts;
use super::place::Place;

/// Whether nothing of it runs.
pub(super) fn is_at_rest(status: Status) -> bool {
    match status {
        Status::Stopped | Status::Failed => true,
        Status::Pending | Status::InService | Status::Stopping | Status::Updating | Status::Deleting => false,
    }
}

/// The ids of what instances of one site refer to. Drawing them for each instance would take most of the time.
#[derive(Debug, Default)]
pub(super) struct Ids {
    /// By network: the subnets, the security groups, the default group.
    networks: BTreeMap<usize, (Vec<String>, Vec<String>, String)>,
    keys: BTreeMap<usize, KmsKey>,
}

impl Ids {
    /// The ids in a place.
    pub(super) fn of(place: &Place<'_>) -> Ids {
        let scenario = place.scenario;
        let of_network = |(at, spec): (usize, &Network)| {
            let subnets = (0..spec.subnets.len()).map(|one| subnet_id(place, spec, one));
            let groups = (0..spec.groups.len()).map(|one| group_id(place, spec, GroupRef::Own(one)));
            let default = group_id(place, spec, GroupRef::Default);
            (at, (subnets.collect(), groups.collect(), default))
        };
        let keys = place.here(&scenario.keys);
        Ids {
            networks: place.here(&scenario.networks).map(of_network).collect(),
            keys: keys.map(|(at, spec)| (at, parts::key(spec, place))).collect(),
        }
    }

    fn subnet(&self, home: &Home, subnet: usize) -> Option<String> {
        self.networks.get(&home.network)?.0.get(subnet).cloned()
    }

    fn groups(&self, home: &Home) -> Vec<String> {
        let Some((_, own, default)) = self.networks.get(&home.network) else { return Vec::new() };
        let id = |group: &GroupRef| match group {
            GroupRef::Own(at) => own.get(*at).cloned(),
            GroupRef::Default => Some(default.clone()),
        };
        home.groups.iter().filter_map(id).collect()
    }
}

/// The instance that a member is in its place.
pub(super) fn notebook(member: &Member<'_>, place: &Place<'_>, ids: &Ids) -> Notebook {
    let (account, region) = (&place.account.id, &place.site.region);
    let common = &member.group.common;
    let (created, modified) = times(member, place.now);
    let failed = member.status == Status::Failed;
    let settings = settings(member, place, ids);
    Notebook {
        name: member.name.clone(),
        arn: format!(
            "arn:{}:sagemaker:{region}:{account}:notebook-instance/{}",
            place.partition(),
            member.name.to_ascii_lowercase()
        ),
        status: member.status,
        failure_reason: failed
            .then(|| common.failure_reason.clone().unwrap_or_else(|| NO_CAPACITY.to_owned())),
        volume: Volume::used(format!("vol-0{:016x}", member.luck[0]), &settings),
        settings,
        network_interface_id: None,
        created,
        modified,
        tags: tags(member, place),
        unreported: BTreeSet::new(),
        // Nothing is under way: what a file leaves in the middle of a change stays there.
        change: None,
        changes: 1,
    }
}

fn settings(member: &Member<'_>, place: &Place<'_>, ids: &Ids) -> Settings {
    let (common, own) = (&member.group.common, &member.group.own);
    let account = &place.account.id;
    let switch = |on: bool| if on { Switch::Enabled } else { Switch::Disabled };
    Settings {
        instance_type: member.instance_type.to_owned(),
        role_arn: format!("arn:{}:iam::{account}:role/{}", place.partition(), member.role),
        subnet_id: member.home.and_then(|(home, subnet)| ids.subnet(home, subnet)),
        security_group_ids: member.home.map_or_else(Vec::new, |(home, _)| ids.groups(home)),
        kms_key_id: member.kms.then(|| kms_key(member, place.scenario.conduct.keys_as_given, ids)).flatten(),
        lifecycle_config: common.lifecycle_config.as_ref().map(|name| name.value.clone()),
        direct_internet_access: switch(member.direct_internet || member.home.is_none()),
        volume_size_in_gb: member.volume,
        accelerator_types: own.accelerators.clone(),
        default_code_repository: own.repository.clone(),
        additional_code_repositories: own.more_repositories.clone(),
        root_access: switch(member.root_access),
        platform_identifier: member.platform.to_owned(),
        ip_address_type: if own.dualstack { "dualstack" } else { "ipv4" }.to_owned(),
        minimum_imds: if member.imds_v2 { "2" } else { "1" }.to_owned(),
    }
}

/// SageMaker describes the key by its ARN. In a world where it gives back what it was given, some gave it the id.
fn kms_key(member: &Member<'_>, as_given: bool, ids: &Ids) -> Option<String> {
    match member.group.key.as_ref()? {
        KeyRef::Foreign(arn) => Some(arn.clone()),
        KeyRef::Known(at) => {
            let key = ids.keys.get(at)?;
            Some(if as_given && !member.luck[1].is_multiple_of(2) { key.id.clone() } else { key.arn.clone() })
        }
    }
}

fn tags(member: &Member<'_>, place: &Place<'_>) -> BTreeMap<String, String> {
    let mut tags = if member.tagged { member.group.common.tags.clone() } else { BTreeMap::new() };
    let Some(owner) = member.owner else { return tags };
    let (account, region) = (&place.account.id, &place.site.region);
    let partition = place.partition();
    let digits = format!("{:012x}", member.luck[1] & 0xffff_ffff_ffff);
    let mut tag = |key: &str, value: String| tags.insert(key.to_owned(), value);
    match owner {
        Owner::CloudFormation => {
            let stack = format!("{}-notebooks", member.name.split('-').next().unwrap_or("team"));
            let id = format!("{stack}/5e0f1a20-0000-11ef-8000-{digits}");
            tag("aws:cloudformation:stack-name", stack);
            tag(
                "aws:cloudformation:stack-id",
                format!("arn:{partition}:cloudformation:{region}:{account}:stack/{id}"),
            );
            tag("aws:cloudformation:logical-id", "Notebook".to_owned());
        }
        Owner::ServiceCatalog => {
            let product = format!("arn:{partition}:catalog:{region}:{account}:product/prod-{digits}");
            tag("aws:servicecatalog:productArn", product);
            tag(
                "aws:servicecatalog:provisioningPrincipal",
                format!("arn:{partition}:iam::{account}:user/data-scientist"),
            );
        }
        Owner::SageMakerProject => {
            tag("sagemaker:project-name", member.name.split('-').next().unwrap_or("team").to_owned());
            tag("sagemaker:project-id", format!("p-{digits}"));
        }
        Owner::Terraform => {
            tag("ManagedBy", "terraform".to_owned());
        }
    }
    tags
}

/// When it was made, and when its status was last changed.
fn times(member: &Member<'_>, now: Timestamp) -> (Timestamp, Timestamp) {
    const DAY: i64 = 24 * 60 * 60;
    // Roughly when each platform could be chosen; nobody can tell from anything else that is described.
    let (least, most) = match member.platform {
        "notebook-al1-v1" => (1500, 2200),
        "notebook-al2-v1" => (1100, 1800),
        "notebook-al2-v2" => (520, 1500),
        "notebook-al2-v3" => (150, 700),
        _ => (2, 450),
    };
    let within = |luck: u64, limit: i64| i64::try_from(luck % (limit.max(1) as u64)).unwrap_or(0);
    let (least, most) = (least * DAY, most * DAY);
    let drawn = least + within(member.luck[1], most - least);
    let age = member.group.own.age.map_or(drawn, |days| i64::from(days) * DAY);
    let since = within(member.luck[2], age);
    let ago = |seconds: i64| now.checked_sub(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MIN);
    (ago(age), ago(since))
}
