//! Whether a caller may do something in S3: by its own policies and by that of the bucket, and whether it may use a key.

use crate::sandbox::answer::AwsError;
use crate::sandbox::names::{dns_suffix, partition, s3_arn};
use crate::sandbox::request::Service;
use crate::sandbox::service::Caller;
use crate::sandbox::trouble::{self, Because, Denial};
use crate::sandbox::world::{AccessBlock, Bucket, Place, World};

use super::condition::Facts;
use super::judge::policies_of;
use super::policy::{Decision, verdict};
use super::resource::{Named, Said};

/// Who asks, from where, and where.
#[derive(Clone, Copy)]
pub(crate) struct Asker<'a> {
    pub(crate) world: &'a World,
    pub(crate) caller: &'a Caller,
    pub(crate) place: &'a Place,
    pub(crate) region: &'a str,
}

/// An action on a resource, with the condition keys that it alone has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Demanded<'a> {
    pub(crate) action: &'a str,
    pub(crate) resource: String,
    pub(crate) facts: Vec<(&'static str, String)>,
}

impl Asker<'_> {
    /// What is true of every call to S3. TLS ends before the sandbox, as it were: its callers are taken to have used it.
    fn facts(&self, principal: &str, owner: Option<&str>, demanded: &Demanded<'_>) -> Facts {
        let mut facts = Facts::new();
        let mut set = |key: &str, value: &str| drop(facts.insert(key.to_owned(), vec![value.to_owned()]));
        set("aws:requestedregion", self.region);
        set("aws:securetransport", "true");
        set("aws:principalaccount", self.caller.account.as_str());
        set("aws:principalarn", principal);
        if let Some(organization) = &self.world.organization {
            set("aws:principalorgid", &organization.id);
        }
        if let Place::Endpoint { endpoint, vpc } = self.place {
            set("aws:sourcevpce", endpoint);
            set("aws:sourcevpc", vpc);
        }
        if let Some(owner) = owner {
            set("aws:resourceaccount", owner);
            set("s3:resourceaccount", owner);
        }
        for (key, value) in &demanded.facts {
            set(key, value);
        }
        facts
    }

    /// The caller as policies name it. The ARN of a session has not the path of its role.
    fn named(&self) -> Named<'_> {
        let Caller { account, arn, .. } = self.caller;
        let role = arn.split_once(":assumed-role/").and_then(|(_, rest)| rest.split('/').next());
        let principal = role.map_or_else(
            || arn.clone(),
            |name| {
                let known = self.world.accounts.get(account).and_then(|account| account.roles.get(name));
                let path = known.map_or(name, |role| &role.path_and_name);
                format!("arn:{}:iam::{account}:role/{path}", partition(self.region))
            },
        );
        Named { account, arn, principal }
    }

    fn denied(&self, demanded: &Demanded<'_>, because: Because) -> AwsError {
        let denial = Denial {
            caller: self.caller.arn.clone(),
            action: demanded.action.to_owned(),
            resource: demanded.resource.clone(),
            because,
        };
        trouble::denied(Service::S3, &denial)
    }
}

/// Why a caller may not do this in a bucket, if it may not. `None` for a bucket: what is asked is about no bucket that there
/// is.
///
/// In its own account either policy will do; in another's both must allow it; and what either denies is denied (IAM user
/// guide, "Policy evaluation logic").
pub(crate) fn on_s3(asker: &Asker<'_>, bucket: Option<&Bucket>, demanded: &Demanded<'_>) -> Option<AwsError> {
    let Asker { world, caller, .. } = asker;
    let named = asker.named();
    let owner = bucket.map(|bucket| bucket.owner.as_str());
    let facts = asker.facts(&named.principal, owner, demanded);
    let on = (demanded.action, demanded.resource.as_str());
    let own = policies_of(world, caller).map_or(Decision::Allowed, |own| verdict(own, on, &facts));
    let policy = bucket.and_then(|bucket| bucket.policy.as_ref());
    let nothing = Said { decision: Decision::NotAllowed, to_caller: false };
    let theirs = policy.map_or(nothing, |policy| policy.says(&named, on, &facts));
    let is_own = owner.is_none_or(|owner| owner == caller.account.as_str());
    let restricted = bucket.is_some_and(|bucket| {
        bucket.access_block.contains(&AccessBlock::RestrictPublicBuckets)
            && bucket.policy.as_ref().is_some_and(|policy| policy.is_public())
    });
    let because = match (own, theirs.decision) {
        (Decision::Denied, _) => Because::Denied,
        (_, Decision::Denied) => Because::DeniedThere,
        (Decision::Allowed, _) if is_own => return None,
        (Decision::NotAllowed, Decision::Allowed) if is_own && theirs.to_caller => return None,
        (Decision::Allowed, Decision::Allowed) if !restricted => return None,
        (Decision::NotAllowed, _) => Because::NotAllowed,
        (Decision::Allowed, _) => Because::NotAllowedThere,
    };
    Some(asker.denied(demanded, because))
}

/// Why a caller may not use a key for an object, if it may not: its account's keys allow their own account alone.
pub(crate) fn on_key(asker: &Asker<'_>, action: &str, key: &str, object: &str) -> Option<AwsError> {
    let via = format!("s3.{}.{}", asker.region, dns_suffix(asker.region));
    let context = s3_arn(asker.region, object);
    let facts = vec![("kms:viaservice", via), ("kms:encryptioncontext:aws:s3:arn", context)];
    let demanded = Demanded { action, resource: key.to_owned(), facts };
    let facts = asker.facts(&asker.named().principal, None, &demanded);
    if key.split(':').nth(4) != Some(asker.caller.account.as_str()) {
        return Some(asker.denied(&demanded, Because::NotAllowedThere));
    }
    match policies_of(asker.world, asker.caller).map(|own| verdict(own, (action, key), &facts)) {
        None | Some(Decision::Allowed) => None,
        Some(Decision::NotAllowed) => Some(asker.denied(&demanded, Because::NotAllowed)),
        Some(Decision::Denied) => Some(asker.denied(&demanded, Because::Denied)),
    }
}
