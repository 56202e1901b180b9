//! Who may do what with which bucket.

use serde_json::{Value, json};

use super::super::admission::{Held, admit};
use super::super::head::Head;
use super::{BUCKET, with_bucket};
use crate::sandbox::iam::{Asker, parse, parse_resource};
use crate::sandbox::service::Caller;
use crate::sandbox::testing::{HOME, REGION};
use crate::sandbox::world::{AccessBlock, Encryption, KeyState, KmsKey, Place, Role, World};

const OTHER: &str = "222222222222";

fn policy(statements: &Value) -> String {
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

fn allow(action: &str, resource: &str) -> Value {
    json!({ "Effect": "Allow", "Action": action, "Resource": resource })
}

/// A world with a bucket, in which the home account's role `Mover` may do what these statements allow.
fn guarded(own: &Value, bucket: Option<&Value>) -> World {
    let mut world = with_bucket(bucket.map(policy).as_deref());
    let account = world.accounts.get_mut(&HOME.parse().unwrap()).unwrap();
    let role = Role { path_and_name: "moves/Mover".to_owned(), for_sagemaker: true, external_id: None };
    account.roles.insert("Mover".to_owned(), role);
    account.identities.insert(Some("Mover".to_owned()), vec![parse(&policy(own)).unwrap()]);
    world
}

fn mover() -> Caller {
    let arn = format!("arn:aws:sts::{HOME}:assumed-role/Mover/run");
    Caller { account: HOME.parse().unwrap(), arn, user_id: "AROA".to_owned() }
}

fn user(account: &str) -> Caller {
    let arn = format!("arn:aws:iam::{account}:user/operator");
    Caller { account: account.parse().unwrap(), arn, user_id: "AIDA".to_owned() }
}

/// What a request is refused with: its code and its message; nothing for one that may go on.
fn said(world: &World, caller: &Caller, request: hyper::http::request::Builder, held: &Held) -> String {
    let parts = request.body(()).unwrap().into_parts().0;
    let asker = Asker { world, caller, place: &Place::Internet, region: REGION };
    match admit(&asker, &Head::read(&parts), (held, &Held::default())) {
        Ok(_) => String::new(),
        Err(refused) => format!("{}: {}", refused.error.code, refused.error.message),
    }
}

fn there() -> Held {
    Held { is_there: true, key: None }
}

fn asked(method: &str, path: &str) -> hyper::http::request::Builder {
    hyper::Request::builder().method(method).uri(path)
}

#[test]
fn calls_of_s3_need_their_own_actions() {
    let under = json!({ "StringLike": { "s3:prefix": "runs/*" } });
    let list = json!({ "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::moves", "Condition": under });
    let world = guarded(&json!([allow("s3:GetObject", "arn:aws:s3:::moves/runs/*"), list]), None);
    for (method, path, missing) in [
        ("GET", "/moves/runs/a%20b", ""),
        ("HEAD", "/moves/runs/a", ""),
        ("GET", "/moves/runs/a?tagging", ""),
        ("GET", "/moves?list-type=2&prefix=runs%2F1", ""),
        ("GET", "/moves?list-type=2", "s3:ListBucket on resource: arn:aws:s3:::moves"),
        ("HEAD", "/moves", "s3:ListBucket"),
        ("GET", "/moves/other", "s3:GetObject on resource: arn:aws:s3:::moves/other"),
        ("PUT", "/moves/runs/a", "s3:PutObject"),
        ("POST", "/moves/runs/a?uploads", "s3:PutObject"),
        ("DELETE", "/moves/runs/a", "s3:DeleteObject"),
        ("POST", "/moves?delete", "s3:DeleteObject on resource: arn:aws:s3:::moves/*"),
        ("GET", "/moves/runs/a?uploadId=1", "s3:ListMultipartUploadParts"),
        ("DELETE", "/moves/runs/a?uploadId=1", "s3:AbortMultipartUpload"),
        ("DELETE", "/moves", "s3:DeleteBucket"),
        ("PUT", "/new", "s3:CreateBucket on resource: arn:aws:s3:::new"),
        ("GET", "/", "s3:ListAllMyBuckets on resource: *"),
        ("GET", "/moves?location", "s3:GetBucketLocation"),
        ("GET", "/moves?encryption", "s3:GetEncryptionConfiguration"),
    ] {
        let found = said(&world, &mover(), asked(method, path), &there());
        assert_eq!(found.is_empty(), missing.is_empty(), "{method} {path}: {found}");
        assert!(found.contains(missing), "{method} {path}: {found}");
    }
}

#[test]
fn a_bucket_is_judged_before_anything_is_done_with_it() {
    let world = guarded(&json!([allow("*", "*")]), None);
    let owned = |owner: &str| asked("GET", "/moves/k").header("x-amz-expected-bucket-owner", owner);
    for (request, expected) in [
        (owned(HOME), ""),
        (owned(OTHER), "AccessDenied: Access Denied"),
        (owned("moves"), "InvalidBucketOwnerAWSAccountID: "),
        (asked("GET", "/nowhere/k"), "NoSuchBucket: "),
    ] {
        let found = said(&world, &mover(), request, &there());
        assert!(found.starts_with(expected) && (found.is_empty() == expected.is_empty()), "{found}");
    }
    let mut world = world;
    world.buckets.get_mut(BUCKET).unwrap().region = "eu-west-1".parse().unwrap();
    assert!(said(&world, &mover(), asked("GET", "/moves/k"), &there()).starts_with("PermanentRedirect: "));
    assert_eq!(said(&world, &mover(), asked("GET", "/moves?location"), &there()), "");
}

#[test]
fn in_ones_own_account_one_policy_will_do_and_in_anothers_both_must_allow_it() {
    let role = format!("arn:aws:iam::{HOME}:role/moves/Mover");
    let session = format!("arn:aws:sts::{HOME}:assumed-role/Mover/run");
    let root = format!("arn:aws:iam::{HOME}:root");
    let (nothing, all) = (json!([allow("sts:*", "*")]), json!([allow("s3:*", "*")]));
    let grants = |principal: Value, owner: &str, own: &Value| {
        let statement = json!({ "Effect": "Allow", "Principal": principal, "Action": "s3:*", "Resource": "arn:aws:s3:::moves/*" });
        let mut world = guarded(own, Some(&statement));
        world.buckets.get_mut(BUCKET).unwrap().owner = owner.parse().unwrap();
        said(&world, &mover(), asked("PUT", "/moves/k"), &there())
    };
    for (principal, alone) in [
        (json!({ "AWS": role }), true),
        (json!({ "AWS": [OTHER, session] }), true),
        (json!("*"), true),
        // An account still has to let its own do it.
        (json!({ "AWS": root }), false),
        (json!({ "AWS": HOME }), false),
        (json!({ "AWS": OTHER }), false),
        (json!({ "AWS": format!("{role}s") }), false),
        (json!({ "Service": "sagemaker.amazonaws.com" }), false),
    ] {
        assert_eq!(grants(principal.clone(), HOME, &nothing).is_empty(), alone, "{principal}");
        assert!(
            grants(principal.clone(), OTHER, &nothing).contains("no identity-based policy"),
            "{principal}"
        );
        assert_eq!(grants(principal, HOME, &all), "");
    }
    let closed = said(&guarded(&all, None), &user(OTHER), asked("PUT", "/moves/k"), &there());
    assert!(closed.contains("because no resource-based policy allows the s3:PutObject action"), "{closed}");
    assert_eq!(grants(json!({ "AWS": root }), OTHER, &all), "");
    let restricted = grants(json!("*"), OTHER, &all);
    assert!(
        restricted.contains("no resource-based policy"),
        "its access block has the last word: {restricted}"
    );
}

#[test]
fn a_deny_of_the_bucket_wins_over_every_allow() {
    let deny = |principal: Value| {
        let statement = json!([
            { "Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*" },
            { "Effect": "Deny", "NotPrincipal": principal, "Action": "s3:Put*", "Resource": "arn:aws:s3:::moves/*" }
        ]);
        said(
            &guarded(&json!([allow("*", "*")]), Some(&statement)),
            &mover(),
            asked("PUT", "/moves/k"),
            &there(),
        )
    };
    assert_eq!(deny(json!({ "AWS": format!("arn:aws:iam::{HOME}:root") })), "");
    let denied = deny(json!({ "AWS": OTHER }));
    assert!(denied.ends_with("with an explicit deny in a resource-based policy"), "{denied}");
}

#[test]
fn what_is_not_there_is_shown_to_who_may_list() {
    let get = json!([allow("s3:GetObject", "*")]);
    let both = json!([allow("s3:GetObject", "*"), allow("s3:ListBucket", "arn:aws:s3:::moves")]);
    let missing =
        |own: &Value| said(&guarded(own, None), &mover(), asked("HEAD", "/moves/k"), &Held::default());
    assert!(missing(&get).starts_with("AccessDenied: "));
    assert_eq!(missing(&both), "", "the storage says that it is not there");
}

/// A world with a key in that state, which the bucket uses, and whose role may do what these statements allow.
fn keyed(state: KeyState, own: &Value) -> (World, String) {
    let mut world = guarded(own, None);
    let arn = format!("arn:aws:kms:{REGION}:{HOME}:key/k-1");
    let account = world.accounts.get_mut(&HOME.parse().unwrap()).unwrap();
    let site = account.sites.values_mut().next().unwrap();
    let alias = Some("alias/moves".to_owned());
    site.kms_keys.insert("k-1".to_owned(), KmsKey { id: "k-1".to_owned(), arn: arn.clone(), alias, state });
    world.buckets.get_mut(BUCKET).unwrap().encryption = Encryption::Kms(arn.clone());
    (world, arn)
}

#[test]
fn who_writes_and_reads_with_a_key_needs_it_and_it_must_be_usable() {
    let all = json!([allow("*", "*")]);
    let via = json!({ "StringEquals": { "kms:ViaService": format!("s3.{REGION}.amazonaws.com"),
        "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::moves/k" } });
    let write =
        json!({ "Effect": "Allow", "Action": "kms:GenerateDataKey", "Resource": "*", "Condition": via });
    let writes = json!([allow("s3:*", "*"), write]);
    for (state, own, written, read) in [
        (KeyState::Enabled, &all, "", ""),
        (KeyState::Enabled, &writes, "", "kms:Decrypt on resource: arn:aws:kms"),
        (KeyState::Enabled, &json!([allow("s3:*", "*")]), "kms:GenerateDataKey", "kms:Decrypt"),
        (KeyState::Disabled, &all, "KMS.DisabledException: ", "KMS.DisabledException: "),
        (KeyState::PendingDeletion, &all, "KMS.KMSInvalidStateException: ", "is pending deletion"),
        // Who may not use a key does not hear of its state.
        (KeyState::Disabled, &json!([allow("s3:*", "*")]), "AccessDenied: ", "AccessDenied: "),
    ] {
        let (world, arn) = keyed(state, own);
        let found = said(&world, &mover(), asked("PUT", "/moves/k"), &Held::default());
        assert!(
            found.contains(written) && found.is_empty() == written.is_empty(),
            "{state:?} {own}: {found}"
        );
        let held = Held { is_there: true, key: Some(arn) };
        let found = said(&world, &mover(), asked("GET", "/moves/k"), &held);
        assert!(found.contains(read) && found.is_empty() == read.is_empty(), "{state:?} {own}: {found}");
        assert_eq!(said(&world, &mover(), asked("HEAD", "/moves/k"), &held), "", "the head needs no key");
    }
    let (mut world, _) = keyed(KeyState::Enabled, &all);
    world
        .accounts
        .get_mut(&HOME.parse().unwrap())
        .unwrap()
        .sites
        .values_mut()
        .next()
        .unwrap()
        .kms_keys
        .clear();
    let gone = said(&world, &mover(), asked("PUT", "/moves/k"), &Held::default());
    assert!(gone.starts_with("KMS.NotFoundException: "), "{gone}");
}

#[test]
fn only_a_policy_for_everybody_makes_a_bucket_public() {
    let is_public = |statement: &Value| parse_resource(&policy(statement)).unwrap().is_public();
    let everybody = json!({ "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*" });
    let only = |condition: Value| {
        let mut statement = everybody.clone();
        statement["Condition"] = condition;
        is_public(&statement)
    };
    assert!(is_public(&everybody));
    assert!(is_public(
        &json!({ "Effect": "Allow", "Principal": { "AWS": "*" }, "Action": "*", "Resource": "*" })
    ));
    assert!(!is_public(&json!({ "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*" })));
    assert!(!is_public(
        &json!({ "Effect": "Allow", "Principal": { "AWS": OTHER }, "Action": "*", "Resource": "*" })
    ));
    assert!(!only(json!({ "StringEquals": { "aws:SourceVpce": "vpce-1" } })));
    assert!(only(json!({ "StringLike": { "aws:SourceVpce": "vpce-*" } })));
    assert!(only(json!({ "StringNotEquals": { "aws:SourceVpce": "vpce-1" } })));
    assert!(only(json!({ "Bool": { "aws:SecureTransport": "true" } })));
    let mut world = with_bucket(Some(&policy(&everybody)));
    world.buckets.get_mut(BUCKET).unwrap().access_block = vec![AccessBlock::BlockPublicPolicy];
    assert_eq!(said(&world, &user(OTHER), asked("GET", "/moves/k"), &there()), "");
}

#[test]
fn bucket_policies_that_the_sandbox_would_judge_wrongly_are_refused() {
    let wrong = |statement: Value| parse_resource(&policy(&statement)).unwrap_err().place;
    let with = |name: &str, principal: Value| {
        wrong(json!({ "Effect": "Allow", name: principal, "Action": "*", "Resource": "*" }))
    };
    assert_eq!(wrong(allow("*", "*")), "Statement[0]", "it is about nobody");
    assert_eq!(with("Principal", json!("111111111111")), "Statement[0].Principal");
    assert_eq!(with("Principal", json!({ "AWS": "nobody" })), "Statement[0].Principal");
    assert_eq!(with("Principal", json!({})), "Statement[0].Principal");
    assert_eq!(
        with("NotPrincipal", json!({ "CanonicalUser": "1" })),
        "Statement[0].NotPrincipal.CanonicalUser"
    );
    let sourced = json!({ "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*",
        "Condition": { "IpAddress": { "aws:SourceIp": "192.0.2.0/24" } } });
    assert_eq!(wrong(sourced), "Statement[0].Condition.IpAddress");
}
