//! KMS keys, as far as an instance's volume needs one.

use crate::sandbox::world::{KeyState, KmsKey, Site, World};

use super::names::ArnScope;

/// What a key is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Enabled,
    /// Disabled, about to be deleted, or out of use for another reason.
    Disabled,
    Missing,
}

/// How a launch ends whose volume cannot be decrypted [INF].
const NO_KEY: &str = "Unable to use the KMS key of the notebook instance's volume. Please check that the key \
                      exists and is enabled.";

impl Key {
    /// Why a launch fails for it, if it does.
    pub(super) fn obstacle(self) -> Option<String> {
        (self != Key::Enabled).then(|| NO_KEY.to_owned())
    }
}

/// What an instance's description says of a key that it was given: the key's ARN, whatever it was given
/// (awslabs/aws-config-rules#318 [I]); that of an alias is answered so too is [INF], and a world can have it otherwise.
pub(super) fn described(world: &World, place: ArnScope<'_>, given: &str) -> String {
    let known = || {
        let (account, name) = match arn_parts(given) {
            Some((_, account, name)) => (account, name),
            None => (place.account.as_str(), given),
        };
        let account = world.accounts.values().find(|one| one.id.as_str() == account)?;
        Some(named(account.sites.get(place.region)?, name)?.arn.clone())
    };
    if world.keys_as_given { given.to_owned() } else { known().unwrap_or_else(|| given.to_owned()) }
}

/// The key of this id or alias, with or without what stands before it in an ARN.
fn named<'s>(site: &'s Site, name: &str) -> Option<&'s KmsKey> {
    let id = name.strip_prefix("key/").unwrap_or(name);
    site.kms_keys.values().find(|key| key.id == id || key.alias.as_deref() == Some(id))
}

/// Looks a key up by its id, its ARN, its alias or its alias's ARN. Only an ARN can name another account's key,
/// and none another region's: volumes are encrypted where they are.
pub(super) fn find(world: &World, place: ArnScope<'_>, given: &str) -> Key {
    let (account, name) = match arn_parts(given) {
        Some((region, account, name)) if region == place.region.as_str() => (account, name),
        Some(_) => return Key::Missing,
        None => (place.account.as_str(), given),
    };
    let Some(account) = world.accounts.values().find(|one| one.id.as_str() == account) else {
        // Somebody else's key: that it may be used is between the accounts, and taken for granted here.
        return Key::Enabled;
    };
    let Some(site) = account.sites.get(place.region) else { return Key::Missing };
    match named(site, name) {
        Some(key) => match key.state {
            KeyState::Enabled => Key::Enabled,
            KeyState::Disabled
            | KeyState::PendingDeletion
            | KeyState::PendingImport
            | KeyState::Unavailable => Key::Disabled,
        },
        None => Key::Missing,
    }
}

/// Region, account and what is left of `arn:aws:kms:REGION:ACCOUNT:key/ID`.
fn arn_parts(text: &str) -> Option<(&str, &str, &str)> {
    let rest = text.strip_prefix("arn:")?.split_once(":kms:")?.1;
    let (region, rest) = rest.split_once(':')?;
    let (account, name) = rest.split_once(':')?;
    Some((region, account, name))
}
