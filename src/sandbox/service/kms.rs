//! KMS: what DescribeKey says of a key (JSON 1.1).
//!
//! Texts of errors are general knowledge of AWS and not checked, but for their codes [B].

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::clock::after;
use crate::sandbox::answer::{AwsError, Reply};
use crate::sandbox::names::partition;
use crate::sandbox::service::call::{Call, Operation, dispatch};
use crate::sandbox::service::members::Members;
use crate::sandbox::world::{KeyState, KmsKey};

/// Every operation.
pub(super) const OPERATIONS: [Operation<Reply>; 1] = [("DescribeKey", describe)];

/// The longest `KeyId` [B].
const LONGEST_ID: usize = 2048;
/// How long keys wait to be deleted unless whoever deletes them says ("The default value is 30 days" [B]). They
/// are always found at the beginning of that time: the sandbox deletes none.
const WAITING: Duration = Duration::from_hours(30 * 24);

/// Answers one call.
pub(super) fn answer(call: &mut Call<'_>) -> Result<Reply, AwsError> {
    dispatch(call, &OPERATIONS)
}

fn describe(call: &mut Call<'_>) -> Result<Reply, AwsError> {
    let id = key_id(call)?;
    let (account, now, seed) = (call.caller.account.clone(), call.now, call.world.seed);
    let name = local_name(call, id)?;
    let region = call.region.clone();
    let (site, _) = call.site()?;
    let wanted = |key: &&KmsKey| name.names(key);
    let found = site.kms_keys.values().find(wanted);
    let key = found.ok_or_else(|| not_found(&name, account.as_str(), region.as_str()))?;
    // From 2021 to 2024, as other things that the world keeps no time of.
    let seconds =
        1_609_459_200 + seed.draw(&["kms", "created", &key.id]).below(4 * 365 * 86_400).cast_signed();
    Ok(Reply::Json(json!({ "KeyMetadata": metadata(key, account.as_str(), (seconds, now)) })))
}

fn key_id<'a>(call: &Call<'a>) -> Result<&'a str, AwsError> {
    let missing = |found: &str, constraint: &str| {
        AwsError::validation(format!(
            "1 validation error detected: {found} at 'keyId' failed to satisfy constraint: {constraint}"
        ))
    };
    match Members::of(call.request).text("KeyId")? {
        None => Err(missing("Value null", "Member must not be null")),
        Some("") => Err(missing("Value ''", "Member must have length greater than or equal to 1")),
        Some(id) if id.len() > LONGEST_ID => {
            let constraint = format!("Member must have length less than or equal to {LONGEST_ID}");
            Err(missing(&format!("Value '{id}'"), &constraint))
        }
        Some(id) => Ok(id),
    }
}

/// What a caller calls a key, within an account and region.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Name<'a> {
    Id(&'a str),
    /// With `alias/`.
    Alias(&'a str),
}

impl Name<'_> {
    fn names(&self, key: &KmsKey) -> bool {
        match self {
            Name::Id(id) => key.id == *id,
            Name::Alias(alias) => key.alias.as_deref() == Some(*alias),
        }
    }
}

/// The name of a key in the caller's account and region: an id, an alias, or the ARN of either.
///
/// Another account's key is denied whether it is there or not: it may only be described by whom its key policy
/// allows, and the sandbox's keys allow their own account alone.
fn local_name<'a>(call: &Call<'a>, given: &'a str) -> Result<Name<'a>, AwsError> {
    let Some(rest) = given.strip_prefix("arn:") else { return Ok(named(given)) };
    let parts: Vec<&str> = rest.splitn(5, ':').collect();
    let &[in_partition, "kms", region, account, resource] = parts.as_slice() else {
        return Err(invalid_arn(given));
    };
    if in_partition != partition(call.region.as_str()) || region != call.region.as_str() {
        return Err(invalid_arn(region));
    }
    let name = match resource.strip_prefix("key/") {
        Some(id) => Name::Id(id),
        None if resource.starts_with("alias/") => Name::Alias(resource),
        None => return Err(invalid_arn(given)),
    };
    if account != call.caller.account.as_str() {
        let message = format!(
            "User: {} is not authorized to perform: kms:DescribeKey on resource: {given} because the resource does \
             not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly \
             denies access",
            call.caller.arn
        );
        return Err(AwsError::new(400, "AccessDeniedException", message));
    }
    Ok(name)
}

fn named(given: &str) -> Name<'_> {
    if given.starts_with("alias/") { Name::Alias(given) } else { Name::Id(given) }
}

fn invalid_arn(part: &str) -> AwsError {
    AwsError::new(400, "NotFoundException", format!("Invalid arn {part}"))
}

fn not_found(name: &Name<'_>, account: &str, region: &str) -> AwsError {
    let place = format!("arn:{}:kms:{region}:{account}", partition(region));
    let message = match name {
        Name::Id(id) => format!("Key '{place}:key/{id}' does not exist"),
        Name::Alias(alias) => format!("Alias {place}:{alias} is not found."),
    };
    AwsError::new(400, "NotFoundException", message)
}

fn metadata(key: &KmsKey, account: &str, (created, now): (i64, Timestamp)) -> Value {
    let mut metadata = json!({
        "AWSAccountId": account,
        "Arn": key.arn,
        "CreationDate": created,
        "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "Description": "",
        "Enabled": key.state == KeyState::Enabled,
        "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
        "KeyId": key.id,
        "KeyManager": "CUSTOMER",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "KeyState": key.state.as_str(),
        "KeyUsage": "ENCRYPT_DECRYPT",
        "MultiRegion": false,
        "Origin": if key.state == KeyState::PendingImport { "EXTERNAL" } else { "AWS_KMS" },
    });
    // "This value is present only when KeyState is PendingDeletion" [B].
    if key.state == KeyState::PendingDeletion {
        metadata["DeletionDate"] = after(now, WAITING).as_second().into();
    }
    metadata
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::testing::{Ask, HOME, REGION, world};

    const ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

    fn ask(state: KeyState) -> Ask {
        let mut ask = Ask::of(world());
        let arn = format!("arn:aws:kms:{REGION}:{HOME}:key/{ID}");
        let key = KmsKey { id: ID.to_owned(), arn, alias: Some("alias/notebooks".to_owned()), state };
        ask.site().kms_keys.insert(ID.to_owned(), key);
        ask
    }

    fn described(ask: &mut Ask, id: &str) -> Result<Value, AwsError> {
        let answer = ask.json("kms", "DescribeKey", json!({ "KeyId": id }));
        answer.map(|answer| answer["KeyMetadata"].clone())
    }

    #[test]
    fn a_key_is_found_by_its_id_its_alias_and_the_arn_of_either() {
        let mut ask = ask(KeyState::Enabled);
        let arn = |rest: &str| format!("arn:aws:kms:{REGION}:{HOME}:{rest}");
        for id in [ID, "alias/notebooks", &arn(&format!("key/{ID}")), &arn("alias/notebooks")] {
            let key = described(&mut ask, id).unwrap();
            assert_eq!((&key["KeyId"], &key["Enabled"]), (&json!(ID), &json!(true)), "{id}");
            assert_eq!((&key["KeyState"], &key["DeletionDate"]), (&json!("Enabled"), &Value::Null), "{id}");
        }
    }

    #[test]
    fn a_key_says_what_keeps_it_from_being_used() {
        for (state, word) in [
            (KeyState::Disabled, "Disabled"),
            (KeyState::PendingDeletion, "PendingDeletion"),
            (KeyState::PendingImport, "PendingImport"),
            (KeyState::Unavailable, "Unavailable"),
        ] {
            let key = described(&mut ask(state), ID).unwrap();
            assert_eq!((&key["KeyState"], &key["Enabled"]), (&json!(word), &json!(false)));
            assert_eq!(key["DeletionDate"].is_null(), state != KeyState::PendingDeletion, "{word}");
        }
    }

    #[test]
    fn a_key_that_is_not_there_is_not_found_and_that_of_another_account_is_denied() {
        let mut ask = ask(KeyState::Enabled);
        let other = ID.replace('1', "2");
        let arn = |place: &str| format!("arn:aws:kms:{place}:key/{other}");
        for (id, code, says) in [
            (other.clone(), "NotFoundException", "does not exist"),
            ("alias/others".to_owned(), "NotFoundException", ":alias/others is not found."),
            ("notebooks".to_owned(), "NotFoundException", "does not exist"),
            (arn(&format!("eu-west-1:{HOME}")), "NotFoundException", "Invalid arn eu-west-1"),
            ("arn:aws:s3:::bucket".to_owned(), "NotFoundException", "Invalid arn"),
            (
                arn(&format!("{REGION}:222222222222")),
                "AccessDeniedException",
                "kms:DescribeKey on resource: arn:",
            ),
            (
                arn(&format!("{REGION}:333333333333")),
                "AccessDeniedException",
                "kms:DescribeKey on resource: arn:",
            ),
            (String::new(), "ValidationException", "'keyId'"),
        ] {
            let error = described(&mut ask, &id).unwrap_err();
            assert_eq!(error.code, code, "{id}");
            assert!(error.message.contains(says), "{id}: {}", error.message);
        }
        let absent = ask.json("kms", "DescribeKey", json!({})).unwrap_err();
        assert_eq!(absent.code, "ValidationException");
    }
}
