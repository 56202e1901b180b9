//! `data = "s3"`, and what it needs.

use std::time::Duration;

use super::{MINIMAL, good, target, wrong};
use crate::policy::{Data, TransferBy};

const HAND: &str = "[transfer]\nby = 'hand'\nbucket = 'moves-{account}-{region}'\n";

/// A policy with one target that has these keys, and these tables above it.
fn with(tables: &str, keys: &str) -> String {
    target(keys).replacen("[[target]]", &format!("{tables}[[target]]"), 1)
}

#[test]
fn what_a_transfer_does_not_say_has_its_default_and_a_target_says_it_otherwise() {
    let of = |tables: &str, keys: &str| good(&with(tables, keys)).targets.remove(0).transfer();
    assert_eq!(of("", ""), None);
    assert_eq!(of(HAND, ""), None, "nothing is moved unless `data` says so");
    let plain = of(HAND, "data = 's3'").unwrap();
    assert_eq!((plain.by, plain.prefix.as_str(), plain.strict), (TransferBy::Hand, "remediate", false));
    assert_eq!((plain.kms_key.clone(), plain.max_age), (None, Duration::from_hours(24)));
    let by_run = of("[transfer]\nbucket = 'moves'\n", "data = 's3'").unwrap();
    assert_eq!((by_run.by, by_run.quiesce), (TransferBy::Run, true), "what nobody says is moved by the run");
    let writable =
        of("[transfer]\nbucket = 'moves'\n", "data = 's3'\ntransfer = { by = 'run', quiesce = false }");
    assert!(!writable.unwrap().quiesce);
    let name = |region: &str| {
        plain.bucket.name(&"123456789012".parse().unwrap(), &region.parse().unwrap()).unwrap().to_string()
    };
    assert_eq!(name("eu-west-1"), "moves-123456789012-eu-west-1");
    let own =
        "data = 's3'\ntransfer = { prefix = '', strict = true, by_hand_max_age = '2h', kms_key = 'alias/m' }";
    let own = of(HAND, own).unwrap();
    assert_eq!((own.bucket, own.prefix.as_str(), own.strict), (plain.bucket, "", true));
    assert_eq!((own.max_age, own.kms_key.as_deref()), (Duration::from_hours(2), Some("alias/m")));
    let both =
        of(&format!("{HAND}prefix = 'below'\n"), "data = 's3'\ntransfer = { prefix = 'own' }").unwrap();
    assert_eq!(both.prefix, "own");
    let defaults = format!("{HAND}[defaults]\ndata = 's3'\n");
    assert!(of(&defaults, "").is_some());
    assert_eq!(of(&defaults, "data = 'none'"), None);
    assert_eq!(good(MINIMAL).defaults.data, Data::None);
}

#[test]
fn moving_files_needs_a_bucket_whoever_does_it() {
    let needs = |what: &str| format!("`data = \"s3\"` needs {what}");
    let neither = wrong(&with("", "data = 's3'"));
    assert!(neither.starts_with(&needs("the `bucket`")) && neither.lines().count() == 1, "{neither}");
    let no_bucket = wrong(&with("[transfer]\nby = 'hand'\n", "data = 's3'"));
    assert!(no_bucket.starts_with(&needs("the `bucket`")) && no_bucket.lines().count() == 1, "{no_bucket}");
    let defaults = wrong(&format!("{MINIMAL}[defaults]\ndata = 's3'\n[transfer]\nby = 'hand'\n"));
    assert!(defaults.starts_with(&needs("the `bucket`")), "{defaults}");
}

#[test]
fn a_run_that_deletes_sources_itself_does_not_go_with_moving_by_hand() {
    let said = wrong(&with(HAND, "data = 's3'\ndelete_source = 'after-verify'"));
    assert!(
        said.starts_with("`delete_source = \"after-verify\"` does not go with `by = \"hand\"`"),
        "{said}"
    );
    assert_eq!(wrong(&with(HAND, "data = 's3'\ndelete_source = 'cleanup'")), "");
    assert_eq!(wrong(&with(HAND, "data = 'none'\ndelete_source = 'after-verify'")), "");
    let by_run = HAND.replace("by = 'hand'", "by = 'run'");
    for said in [by_run, HAND.replace("by = 'hand'\n", "")] {
        assert_eq!(wrong(&with(&said, "data = 's3'\ndelete_source = 'after-verify'")), "", "{said}");
    }
}

#[test]
fn what_is_wrong_with_a_transfer_is_said_once() {
    for (keys, expected) in [
        ("by = 'lifecycle'", "`lifecycle` is not a value of `by` (the values are: run, hand)"),
        ("by = 'hand'\nbuckets = 'moves'", "unknown key `buckets` in `[transfer]` (did you mean `bucket`?)"),
        ("bucket = 'moves-{name}'", "only {region} and {account} can stand in braces in a bucket's name"),
        (
            "bucket = 'Moves'",
            "`Moves` is not the name of a bucket (3 to 63 lower-case letters, digits, dots and hyphens)",
        ),
        (
            "prefix = '/a'",
            "`/a` is no prefix of keys (at most 64 letters, digits and _ . = -, with single slashes inside)",
        ),
        (
            "prefix = 'a//b'",
            "`a//b` is no prefix of keys (at most 64 letters, digits and _ . = -, with single slashes inside)",
        ),
        ("kms_key = 'a b'", "`a b` is not a KMS key (a key id, its ARN, or an alias such as alias/moves)"),
        ("by_hand_max_age = '31d'", "`by_hand_max_age` must be from 5m to 30d"),
        ("quiesce = 'yes'", "`quiesce` must be true or false, not a string"),
        ("strict = 'yes'", "`strict` must be true or false, not a string"),
    ] {
        assert_eq!(wrong(&format!("{MINIMAL}[transfer]\n{keys}\n")), expected, "{keys}");
    }
    let twice = wrong(&with("[transfer]\nby = 'foot'\nbucket = 'M'\n", "data = 's3'"));
    assert_eq!(twice.lines().count(), 2, "{twice}");
    let nowhere = wrong(&with("[defaults]\ntransfer = { by = 'hand' }\n", ""));
    assert_eq!(nowhere, "unknown key `transfer` in `[defaults]`");
}
