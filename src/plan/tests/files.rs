//! The plan file and its use: what bad input gets.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::{Value, json};

use crate::fixtures::{POLICY, account, exposed, instance, now, plan_by, tags};
use crate::plan::file::{LoadPlanError, file_name, load, save};
use crate::plan::{LimitExceeded, Plan, Unusable, digest, exceeded_limits, usable};

fn plan() -> Plan {
    plan_by(POLICY, vec![instance(exposed("a"), tags(&[]))])
}

fn write(directory: &Path, bytes: &[u8]) -> std::path::PathBuf {
    let path = directory.join("plan.json");
    std::fs::write(&path, bytes).unwrap();
    path
}

fn load_bytes(bytes: &[u8]) -> Result<Plan, LoadPlanError> {
    let directory = tempfile::tempdir().unwrap();
    load(&write(directory.path(), bytes))
}

#[test]
fn a_plan_is_saved_for_its_owner_alone_and_nothing_else_is_left() {
    let directory = tempfile::tempdir().unwrap();
    let plan = plan();
    let path = directory.path().join("plans").join(file_name(&plan));
    save(&plan, &path).unwrap();
    save(&plan, &path).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let names: Vec<_> =
        std::fs::read_dir(path.parent().unwrap()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names, [format!("20261122T100000Z-{}.json", plan.digest.short()).as_str()]);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("{\n  \"format_version\": 5,\n"), "{}", &text[..60]);
}

#[test]
fn a_plan_that_was_cut_off_is_refused_at_every_length() {
    let bytes = crate::plan::file::to_bytes(&plan()).unwrap();
    for length in (0..bytes.len() - 2).step_by(97) {
        assert!(matches!(load_bytes(&bytes[..length]), Err(LoadPlanError::NotJson { .. })), "{length}");
    }
}

#[test]
fn a_plan_with_one_byte_changed_is_refused() {
    let bytes = crate::plan::file::to_bytes(&plan()).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let edited = text.replace("ml.t3.medium", "ml.t3.mediun");
    let error = load_bytes(edited.as_bytes()).unwrap_err();
    assert!(matches!(error, LoadPlanError::DigestMismatch { .. }), "{error}");
}

#[test]
fn a_plan_from_a_later_version_and_what_is_no_plan_are_told_apart() {
    let later = json!({"format_version": 6, "new": true}).to_string();
    assert!(matches!(load_bytes(later.as_bytes()), Err(LoadPlanError::TooNew { found: 6, .. })));
    for none in ["{}", "[]", "1", "\"x\"", "{\"format_version\": \"1\"}"] {
        assert!(matches!(load_bytes(none.as_bytes()), Err(LoadPlanError::NotAPlan { .. })), "{none}");
    }
    assert!(matches!(load(Path::new("/nonexistent/plan.json")), Err(LoadPlanError::Read { .. })));
}

#[test]
fn an_unknown_or_doubled_member_is_refused_even_with_a_fitting_digest() {
    let mut document = serde_json::to_value(plan()).unwrap();
    document["extra"] = Value::from(1);
    document["digest"] = Value::from(digest::of_document(&document).unwrap().to_string());
    let error = load_bytes(document.to_string().as_bytes()).unwrap_err();
    assert!(matches!(error, LoadPlanError::Shape { .. }), "{error}");

    let text = String::from_utf8(crate::plan::file::to_bytes(&plan()).unwrap()).unwrap();
    let doubled = text.replacen("\"format_version\": 5,", "\"format_version\": 5, \"format_version\": 5,", 1);
    assert!(matches!(load_bytes(doubled.as_bytes()), Err(LoadPlanError::Shape { .. })));

    // In a map the last of two would count silently, and the digest with it.
    let tagged = plan_by(POLICY, vec![instance(exposed("a"), tags(&[("Env", "dev")]))]);
    let text = String::from_utf8(crate::plan::file::to_bytes(&tagged).unwrap()).unwrap();
    let doubled = text.replacen("\"Env\": \"dev\"", "\"Env\": \"prod\", \"Env\": \"dev\"", 1);
    assert_ne!(doubled, text);
    assert!(matches!(load_bytes(doubled.as_bytes()), Err(LoadPlanError::Shape { .. })));
}

#[test]
fn a_plan_is_usable_in_its_account_and_its_time_only() {
    let plan = plan();
    let day = jiff::SignedDuration::from_hours(24);
    assert_eq!(usable(&plan, &account(), now()), Ok(()));
    assert_eq!(usable(&plan, &account(), now() + day * 2), Ok(()));
    assert!(matches!(usable(&plan, &account(), now() + day * 3), Err(Unusable::Expired { .. })));
    assert!(matches!(usable(&plan, &account(), now() - day), Err(Unusable::FromTheFuture { .. })));
    let other = "999999999999".parse().unwrap();
    assert!(matches!(usable(&plan, &other, now()), Err(Unusable::OtherAccount { .. })));
}

#[test]
fn a_plan_beyond_its_limits_says_which() {
    let fleet = || {
        let names = ["a", "b", "c"];
        names.into_iter().map(|name| instance(exposed(name), tags(&[]))).collect::<Vec<_>>()
    };
    assert_eq!(exceeded_limits(&plan_by(POLICY, fleet())), []);
    let tight = POLICY.replace("max_percent = 100", "max_percent = 99\nmax_instances = 2");
    assert_eq!(
        exceeded_limits(&plan_by(&tight, fleet())),
        [
            LimitExceeded::Instances { items: 3, limit: 2 },
            LimitExceeded::Percent { items: 3, seen: 3, limit: 99 }
        ]
    );
    assert_eq!(exceeded_limits(&plan_by(POLICY, Vec::new())), []);
}
