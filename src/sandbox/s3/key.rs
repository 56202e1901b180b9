//! Pure: the KMS keys that objects are encrypted with.
//!
//! Codes are S3's for the errors of KMS that it passes on (S3 API reference, "List of error codes" and "KMS." codes [I]); their
//! texts are KMS's own and not checked.

use crate::sandbox::answer::AwsError;
use crate::sandbox::chance::Seed;
use crate::sandbox::iam::Asker;
use crate::sandbox::names::partition;
use crate::sandbox::world::{KeyState, KmsKey, World};

/// The key of each account that is S3's own affair: everybody in the account may use it by way of S3.
const MANAGED: &str = "alias/aws/s3";

/// The ARN of the key that AWS manages for S3 in an account and region.
pub(crate) fn managed_arn(seed: Seed, account: &str, region: &str) -> String {
    let id = seed.draw(&["key", MANAGED, account, region]).uuid();
    format!("arn:{}:kms:{region}:{account}:key/{id}", partition(region))
}

/// Whether a key is the one that AWS manages for S3 in the caller's account.
pub(super) fn is_managed(asker: &Asker<'_>, arn: &str) -> bool {
    arn == managed_arn(asker.world.seed, asker.caller.account.as_str(), asker.region)
}

/// The ARN of the key that a caller names: by its id, its alias or the ARN of either; the managed one if it names none.
pub(super) fn found(asker: &Asker<'_>, named: Option<&str>) -> Result<String, AwsError> {
    let (account, region) = (asker.caller.account.as_str(), asker.region);
    let Some(given) = named.filter(|name| *name != MANAGED) else {
        return Ok(managed_arn(asker.world.seed, account, region));
    };
    let parts: Vec<&str> = given.splitn(6, ':').collect();
    let (owner, name) = match parts.as_slice() {
        ["arn", _, "kms", place, owner, name] if *place == region => (*owner, *name),
        ["arn", _, "kms", place, ..] => return Err(not_found(&format!("Invalid arn {place}"))),
        ["arn", ..] => return Err(not_found(&format!("Invalid arn {given}"))),
        _ => (account, given),
    };
    let arn = format!("arn:{}:kms:{region}:{owner}", partition(region));
    let id = name.strip_prefix("key/").unwrap_or(name);
    match keys(asker.world, owner, region).find(|key| key.id == id || key.alias.as_deref() == Some(name)) {
        Some(key) => Ok(key.arn.clone()),
        // Whether another account has it is not told to everybody: it is denied as if it were there.
        None if owner != account => Ok(format!("{arn}:{name}")),
        None if name.starts_with("alias/") => Err(not_found(&format!("Alias {arn}:{name} is not found."))),
        None => Err(not_found(&format!("Key '{arn}:key/{id}' does not exist"))),
    }
}

/// Whether the key of that ARN can be used now.
pub(super) fn usable(world: &World, arn: &str, region: &str) -> Result<(), AwsError> {
    let owner = arn.split(':').nth(4).unwrap_or_default();
    let missing = || not_found(&format!("Key '{arn}' does not exist"));
    let key = keys(world, owner, region).find(|key| key.arn == arn).ok_or_else(missing)?;
    match key.state {
        KeyState::Enabled => Ok(()),
        KeyState::Disabled => Err(AwsError::new(400, "KMS.DisabledException", format!("{arn} is disabled."))),
        KeyState::PendingDeletion | KeyState::PendingImport | KeyState::Unavailable => {
            let state = key.state.as_str();
            let message = format!("{arn} is {}.", spaced(state));
            Err(AwsError::new(400, "KMS.KMSInvalidStateException", message))
        }
    }
}

fn keys<'w>(world: &'w World, account: &str, region: &str) -> impl Iterator<Item = &'w KmsKey> {
    let account = world.accounts.iter().find(|(id, _)| id.as_str() == account).map(|(_, account)| account);
    let site = account
        .and_then(|account| account.sites.iter().find(|(one, _)| one.as_str() == region))
        .map(|(_, site)| site);
    site.into_iter().flat_map(|site| site.kms_keys.values())
}

fn not_found(message: &str) -> AwsError {
    AwsError::new(400, "KMS.NotFoundException", message)
}

/// `PendingDeletion` as KMS says it: `pending deletion`.
fn spaced(state: &str) -> String {
    let mut words = String::new();
    for letter in state.chars() {
        if letter.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}
