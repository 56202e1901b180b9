//! What a worker may not do it does not do: S3 judges it as it judges everybody.

use super::moves::{BUCKET, MOVES, REPLACEMENT, play};
use crate::plan::TransferKind::{Export, Import};
use crate::transfer::Store;

/// The bucket, encrypted by default with a key or not, and with a policy or without.
fn bucket(key: bool, statement: Option<&str>) -> String {
    let policy = statement.map(|statement| {
        format!("policy = '''{{ \"Version\": \"2012-10-17\", \"Statement\": [{statement}] }}'''\n")
    });
    let key = if key { "encryption = \"moves\"\n[[kms_key]]\nalias = \"moves\"\n" } else { "" };
    format!("{MOVES}{}{key}", policy.unwrap_or_default())
}

/// The policy of the instance's role.
fn role(statements: &[&str]) -> String {
    let statements = statements.join(", ");
    format!(
        "[[iam]]\nrole = \"Research\"\npolicy = '''{{ \"Version\": \"2012-10-17\", \"Statement\": [{statements}] }}'''\n"
    )
}

const PUT: &str = r#"{ "Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::acme-sagemaker-moves/moves/*" }"#;
const READ: &str = r#"{ "Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*" }"#;
const KMS: &str =
    r#"{ "Effect": "Allow", "Action": ["kms:GenerateDataKey", "kms:Decrypt"], "Resource": "*" }"#;
const NO_PARTS: &str =
    r#"{ "Effect": "Deny", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::*/part-*" }"#;
const NOT_THE_ROLE: &str = r#"{ "Effect": "Deny", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::acme-sagemaker-moves/*",
    "Principal": { "AWS": "arn:aws:iam::111122223333:role/service-role/Research" } }"#;
const BY_ENDPOINT: &str = r#"{ "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::acme-sagemaker-moves/*",
    "Condition": { "StringNotEquals": { "aws:SourceVpce": "vpce-0a1b2c3d4e5f60718" } } }"#;

#[test]
fn a_worker_that_may_not_write_its_first_word_says_nothing() {
    for world in [
        bucket(false, None) + &role(&[READ]),
        bucket(false, Some(NOT_THE_ROLE)),
        bucket(false, Some(BY_ENDPOINT)),
        bucket(true, None) + &role(&[PUT]),
        MOVES.replace("us-east-1", "eu-west-1"),
        MOVES.replace("acme-sagemaker-moves", "another-bucket"),
    ] {
        play(&world, &[], async |moves| {
            moves.begin_export().await;
            moves.pause(3600).await;
            let now = moves.session.sandbox.world();
            assert_eq!(now.ended_workers.len(), 1, "{world}");
            assert_eq!(moves.session.sandbox.objects(), 0, "{world}");
        });
    }
}

#[test]
fn a_worker_that_may_write_does() {
    for world in
        [bucket(false, None), bucket(false, None) + &role(&[PUT]), bucket(true, None) + &role(&[PUT, KMS])]
    {
        play(&world, &[], async |moves| {
            moves.export().await;
        });
    }
}

#[test]
fn an_instance_of_the_same_name_again_has_a_worker_of_its_own() {
    play(MOVES, &[], async |moves| {
        let exported = moves.export().await;
        moves.import_config(exported.status, false).await;
        moves.session.sandbox.meddle(|world| {
            let bucket = world.buckets.get_mut(BUCKET).unwrap();
            bucket.owner = "444455556666".parse().unwrap();
        });
        moves.create(Some("m")).await;
        moves.pause(3600).await;
        assert_eq!(moves.session.sandbox.world().ended_workers.len(), 1);
        moves.session.sandbox.meddle(|world| {
            world.buckets.get_mut(BUCKET).unwrap().owner = moves.store.owner.clone();
        });
        moves.stop(REPLACEMENT).await;
        moves.delete(REPLACEMENT).await;
        moves.create(Some("m")).await;
        moves.ended(Import).await.unwrap();
    });
}

#[test]
fn a_worker_that_is_refused_later_says_what_it_was_refused() {
    play(&(bucket(false, None) + &role(&[PUT, NO_PARTS])), &[], async |moves| {
        moves.begin_export().await;
        let why = moves.ended(Export).await.unwrap_err();
        assert!(why.contains("the worker failed with 1 entries"), "{why}");
    });
}

#[test]
fn a_worker_believes_only_the_bucket_of_the_owner_that_it_was_told() {
    play(MOVES, &[], async |moves| {
        let wrong = Store { owner: "444455556666".parse().unwrap(), ..moves.store.clone() };
        moves.begin_export_to(wrong).await;
        moves.pause(3600).await;
        assert_eq!(moves.session.sandbox.objects(), 0);
    });
}
