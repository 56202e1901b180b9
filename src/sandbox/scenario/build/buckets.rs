//! Buckets.

use std::collections::BTreeMap;

use crate::sandbox::s3::managed_arn;
use crate::sandbox::scenario::Scenario;
use crate::sandbox::scenario::model::{BucketSpec, EncryptionSpec, KeyRef};
use crate::sandbox::world::{Bucket, Encryption};

use super::parts;
use super::place::{Place, before};

/// Every bucket, by name.
pub(super) fn all(scenario: &Scenario, now: jiff::Timestamp) -> BTreeMap<String, Bucket> {
    let made = scenario.buckets.iter().filter_map(|spec| bucket(scenario, spec, now));
    made.map(|bucket| (bucket.name.clone(), bucket)).collect()
}

fn bucket(scenario: &Scenario, spec: &BucketSpec, now: jiff::Timestamp) -> Option<Bucket> {
    let BucketSpec { said, account, region, encryption } = spec;
    let at = scenario.sites.iter().position(|site| site.account == *account && site.region == *region)?;
    let place = Place::of(scenario, at, now)?;
    let owner = place.account.id.value.clone();
    let encryption = match encryption {
        EncryptionSpec::None => Encryption::None,
        EncryptionSpec::Aes256 => Encryption::Aes256,
        EncryptionSpec::Managed => {
            Encryption::Kms(managed_arn(scenario.seed, owner.as_str(), region.as_str()))
        }
        EncryptionSpec::Key(KeyRef::Foreign(arn)) => Encryption::Kms(arn.clone()),
        EncryptionSpec::Key(KeyRef::Known(key)) => {
            Encryption::Kms(parts::key(&scenario.keys.get(*key)?.said, &place).arn)
        }
    };
    Some(Bucket {
        access_block: said.public_access_block.clone(),
        versioning: said.versioning,
        encryption,
        policy: said.policy.clone(),
        ..Bucket::new(&said.name, (owner, region.clone()), before(now, 400))
    })
}
