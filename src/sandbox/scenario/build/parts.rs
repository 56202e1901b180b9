//! What a site has besides its network and its instances: quotas, lifecycle configurations, keys.

use std::collections::{BTreeMap, BTreeSet};

use crate::sandbox::scenario::refer::Key;
use crate::sandbox::world::{KmsKey, LifecycleConfig, Quota, Site};

use super::place::{Place, before};

/// The total number of notebook instances (aws-cloudformation/rain, `forecast/sagemaker.go`).
const TOTAL: (&str, &str) = (crate::sandbox::world::TOTAL_QUOTA, "Total number of notebook instances");

/// Codes of quotas per type that are known (the same source). Others are drawn: AWS has one code for each type,
/// the same everywhere.
const KNOWN_CODES: [(&str, &str); 3] =
    [("ml.t3.medium", "L-E17566B7"), ("ml.t2.medium", "L-7B2FD69B"), ("ml.m5.xlarge", "L-76AB2C05")];

pub(super) fn fill(site: &mut Site, place: &Place<'_>, types: &BTreeSet<&str>) {
    let account = place.account;
    let types: BTreeSet<&str> =
        types.iter().copied().chain(account.quotas.keys().map(String::as_str)).collect();
    let total = Quota { code: TOTAL.0.to_owned(), name: TOTAL.1.to_owned(), value: account.quota };
    let of_type = |name: &str| Quota {
        code: code(place, name),
        name: format!("{name} for notebook instance usage"),
        value: account.quotas.get(name).copied().unwrap_or(account.quota),
    };
    let quotas = std::iter::once(total).chain(types.into_iter().map(of_type));
    site.quotas = quotas.map(|quota| (quota.code.clone(), quota)).collect();
    site.lifecycle_configs = lifecycle_configs(place);
    let keys = place.here(&place.scenario.keys);
    site.kms_keys = keys.map(|(_, said)| key(said, place)).map(|key| (key.id.clone(), key)).collect();
}

fn code(place: &Place<'_>, instance_type: &str) -> String {
    let known = KNOWN_CODES.iter().find(|(one, _)| *one == instance_type);
    known.map_or_else(
        || format!("L-{}", place.scenario.seed.draw(&["quota", instance_type]).hex(8).to_ascii_uppercase()),
        |(_, code)| (*code).to_owned(),
    )
}

fn lifecycle_configs(place: &Place<'_>) -> BTreeMap<String, LifecycleConfig> {
    let here = place.here(&place.scenario.lifecycles).filter(|(_, spec)| !spec.deleted);
    let made = here.map(|(_, spec)| {
        let (partition, region, account) = (place.partition(), &place.site.region, &place.account.id);
        let lower = spec.name.to_ascii_lowercase();
        let days = place.scenario.seed.draw(&["lifecycle", &spec.name]).below(700);
        let created = before(place.now, 400 + i64::try_from(days).unwrap_or(0));
        let config = LifecycleConfig {
            name: spec.name.value.clone(),
            arn: format!(
                "arn:{partition}:sagemaker:{region}:{account}:notebook-instance-lifecycle-config/{lower}"
            ),
            on_create: spec.on_create.clone(),
            on_start: spec.on_start.clone(),
            created,
            modified: created,
            tags: spec.tags.clone(),
        };
        (spec.name.value.clone(), config)
    });
    made.collect()
}

/// A key as it is in a place.
pub(super) fn key(spec: &Key, place: &Place<'_>) -> KmsKey {
    let (partition, region, account) = (place.partition(), &place.site.region, &place.account.id);
    let draw = || place.scenario.seed.draw(&["key", account.as_str(), region.as_str(), &spec.alias]).uuid();
    let id = spec.id.as_ref().map_or_else(draw, |id| id.value.clone());
    KmsKey {
        arn: format!("arn:{partition}:kms:{region}:{account}:key/{id}"),
        id,
        alias: Some(format!("alias/{}", spec.alias)),
        state: spec.state(),
    }
}
