//! Pure: the KMS keys of an instance and of its replacement. Which key a replacement is given, and whether each can be
//! used. What follows from that: `hazards/source_restart.rs` for the source's own key, `hazards/replacement_key.rs` for the
//! replacement's.

use crate::api_error::Reading;
use crate::ids::Region;
use crate::inventory::{Companions, Description, Key};
use crate::policy::Settings;

/// What is known of a key, or of a role.
pub(super) enum Known {
    /// Nothing speaks against it.
    Usable,
    /// It cannot be used, or there is none: it and why, in words.
    Unusable(String),
    /// It could not be read: it and why, in words.
    Unread(String),
}

/// The key that a replacement is given: the policy's, or else the source's.
///
/// AWS answers a key by its ARN, whatever it was given (awslabs/aws-config-rules#318), and an alias can be moved to another
/// key: so what the policy names, and every alias, is sent as the ARN that was read. Where none was, the name stays as it
/// is, and whoever looks for hazards finds it.
pub(super) fn of_replacement(
    region: &Region,
    source: &Description,
    settings: &Settings,
    companions: &Companions,
) -> Option<String> {
    let arn = |name: &String| match reading(companions, region, name) {
        Some(Reading::Found(key)) => key.arn.clone(),
        Some(Reading::Missing | Reading::Unreadable(_)) | None => name.clone(),
    };
    match (&settings.kms_key, &source.kms_key_id) {
        (Some(chosen), _) => Some(arn(chosen)),
        (None, Some(own)) if is_alias(own) => Some(arn(own)),
        (None, own) => own.clone(),
    }
}

/// Whether this names a key by an alias: `alias/x`, or the ARN of one.
pub(super) fn is_alias(name: &str) -> bool {
    name.starts_with("alias/") || name.contains(":alias/")
}

/// What is known of the key of this name, or of this ARN.
pub(super) fn known(companions: &Companions, region: &Region, name: &str) -> Known {
    match reading(companions, region, name) {
        Some(Reading::Found(key)) => key.unusable(name).map_or(Known::Usable, Known::Unusable),
        Some(Reading::Missing) => Known::Unusable(format!("{name} does not exist")),
        Some(Reading::Unreadable(error)) => Known::Unread(format!("{name}: {error}")),
        None => Known::Unread(format!("{name} was not read")),
    }
}

/// What was read under this name, or under another one of the key that has this ARN.
fn reading<'a>(companions: &'a Companions, region: &Region, name: &str) -> Option<&'a Reading<Key>> {
    let here = (region.clone(), name.to_owned());
    companions.keys.get(&here).or_else(|| {
        let has_arn = |reading: &Reading<Key>| match reading {
            Reading::Found(key) => key.arn == name,
            Reading::Missing | Reading::Unreadable(_) => false,
        };
        let mut all = companions.keys.iter();
        all.find(|((of, _), reading)| of == region && has_arn(reading)).map(|(_, reading)| reading)
    })
}
