//! Every hazard: found where it is, withheld or warned of as the policy says.

use std::collections::BTreeSet;

use crate::api_error::{ApiError, ApiErrorKind, Effect, Reading};
use crate::fixtures::{POLICY, companions, exposed, facts, instance, inventory, now, policy, region, tags};
use crate::inventory::{Companions, Description, Key, Scripts, Status, Tags};
use crate::plan::planner::{Inputs, make};
use crate::plan::{Hazard, HazardKind, Plan, WithheldReason, check};

fn plan_with(text: &str, tags: Tags, one: impl Fn(&mut Description), read: impl Fn(&mut Companions)) -> Plan {
    let mut description = exposed("etl");
    one(&mut description);
    let (policy, inventory, facts) = (policy(text), inventory(vec![instance(description, tags)]), facts());
    let mut companions = companions(&inventory);
    read(&mut companions);
    let companions = &companions;
    let plan = make(Inputs { policy: &policy, inventory: &inventory, facts: &facts, companions, now: now() })
        .unwrap();
    assert_eq!(check::check(&plan), []);
    plan
}

/// The hazards of the one item; panics with the reason where it is withheld.
fn warned(text: &str, one: impl Fn(&mut Description)) -> Vec<Hazard> {
    let plan = plan_with(text, tags(&[]), one, |_| {});
    assert_eq!(plan.withheld, []);
    plan.items[0].hazards.clone()
}

/// Why it is withheld.
fn withheld(
    text: &str,
    tags: Tags,
    one: impl Fn(&mut Description),
    read: impl Fn(&mut Companions),
) -> WithheldReason {
    let plan = plan_with(text, tags, one, read);
    assert_eq!(plan.items, []);
    plan.withheld[0].reason.clone()
}

fn kinds(hazards: &[Hazard]) -> Vec<HazardKind> {
    hazards.iter().map(|hazard| hazard.kind).collect()
}

fn with(keys: &str) -> String {
    format!("{POLICY}[defaults]\n{keys}\n")
}

fn denied<T>() -> Reading<T> {
    Reading::Unreadable(ApiError {
        operation: "DescribeKey".to_owned(),
        region: region(),
        kind: ApiErrorKind::AccessDenied,
        effect: Effect::None,
        code: None,
        message: "no".to_owned(),
        request_id: None,
    })
}

const SETUP: &str = "setup";

fn scripted(reading: &Reading<Scripts>) -> impl Fn(&mut Companions) {
    move |companions| _ = companions.scripts.insert((region(), SETUP.to_owned()), reading.clone())
}

fn scripts(text: &str) -> Reading<Scripts> {
    Reading::Found(Scripts { on_create: None, on_start: Some(text.to_owned()) })
}

fn has_script(one: &mut Description) {
    one.notebook_instance_lifecycle_config_name = Some(SETUP.to_owned());
}

fn keyed(reading: &Reading<Key>) -> impl Fn(&mut Companions) {
    move |companions| _ = companions.keys.insert((region(), "alias/x".to_owned()), reading.clone())
}

fn has_key(one: &mut Description) {
    one.kms_key_id = Some("alias/x".to_owned());
}

#[test]
fn an_instance_without_anything_odd_has_no_hazard() {
    assert_eq!(warned(POLICY, |_| {}), []);
}

#[test]
fn a_running_instance_that_may_never_start_again_is_withheld_unless_that_is_accepted_and_its_platform_changes()
 {
    for platform in ["notebook-al1-v1", "notebook-al2-v1", "notebook-al2-v2"] {
        let old = |one: &mut Description| one.platform_identifier = Some(platform.to_owned());
        let refused = WithheldReason::OneWayPlatform { platform: platform.to_owned() };
        let new = "platform = 'notebook-al2023-v1'";
        assert_eq!(withheld(POLICY, tags(&[]), old, |_| {}), refused);
        assert_eq!(withheld(&with(new), tags(&[]), old, |_| {}), refused);
        let hazards = warned(&with(&format!("{new}\nallow_one_way = true")), old);
        assert_eq!(kinds(&hazards), [HazardKind::OneWayPlatform, HazardKind::PlatformChanges]);
        assert_eq!(hazards[1].evidence, [format!("{platform} -> notebook-al2023-v1")]);
        let kept = withheld(&with("allow_one_way = true"), tags(&[]), old, |_| {});
        assert!(
            matches!(&kept, WithheldReason::Hazards { hazards } if kinds(hazards) == [HazardKind::PlatformNotCreatable])
        );
        // One that is stopped need not be stopped.
        let stopped = |one: &mut Description| {
            old(one);
            one.notebook_instance_status = Status::Stopped;
        };
        assert_eq!(kinds(&warned(&with(new), stopped)), [HazardKind::PlatformChanges]);
    }
}

#[test]
fn a_platform_that_is_kept_although_security_hub_fails_it_is_warned_of() {
    let old = |one: &mut Description| one.platform_identifier = Some("notebook-al2-v3".to_owned());
    assert_eq!(kinds(&warned(POLICY, old)), [HazardKind::PlatformUnsupported]);
    let strict = format!("{POLICY}[hazards]\nplatform-unsupported = 'withhold'\n");
    assert!(matches!(withheld(&strict, tags(&[]), old, |_| {}), WithheldReason::Hazards { .. }));
}

#[test]
fn old_types_and_local_storage_with_a_key_are_warned_of() {
    let typed = |kind: &'static str| move |one: &mut Description| one.instance_type = Some(kind.to_owned());
    for kind in ["ml.t2.medium", "ml.m4.xlarge", "ml.c4.large", "ml.p2.xlarge", "ml.p3.16xlarge"] {
        assert_eq!(kinds(&warned(POLICY, typed(kind))), [HazardKind::TypeRetired], "{kind}");
    }
    let keyed = |kind: &'static str| {
        move |one: &mut Description| {
            has_key(one);
            one.instance_type = Some(kind.to_owned());
        }
    };
    for kind in ["ml.g5.xlarge", "ml.m5d.large", "ml.p4de.24xlarge"] {
        assert_eq!(kinds(&warned(POLICY, keyed(kind))), [HazardKind::LocalStorageWithKey], "{kind}");
        assert_eq!(warned(POLICY, typed(kind)), [], "{kind}");
    }
    assert_eq!(warned(POLICY, keyed("ml.m5.large")), []);
}

#[test]
fn a_key_that_cannot_be_used_withholds_and_one_that_cannot_be_read_warns() {
    let state = |state: &str| Reading::Found(Key { state: state.to_owned() });
    for reading in
        [state("Disabled"), state("PendingDeletion"), state("Unavailable"), state("New"), Reading::Missing]
    {
        let reason = withheld(POLICY, tags(&[]), has_key, keyed(&reading));
        assert!(
            matches!(&reason, WithheldReason::Hazards { hazards } if kinds(hazards) == [HazardKind::KeyUnusable]),
            "{reading:?}"
        );
    }
    let plan = plan_with(POLICY, tags(&[]), has_key, keyed(&denied()));
    assert_eq!(kinds(&plan.items[0].hazards), [HazardKind::KeyUnknown]);
    let plan = plan_with(POLICY, tags(&[]), has_key, |companions| companions.keys.clear());
    assert_eq!(kinds(&plan.items[0].hazards), [HazardKind::KeyUnknown]);
    // It is the replacement's key that counts.
    let plan = plan_with(&with("kms_key = 'alias/new'"), tags(&[]), has_key, keyed(&state("Disabled")));
    assert_eq!(plan.items[0].hazards[0].evidence, ["alias/new was not read"]);
    assert_eq!(plan.items[0].request.kms_key_id.as_deref(), Some("alias/new"));
    assert!(plan.items[0].changes.iter().any(|change| change.attribute == "KmsKeyId"));
}

#[test]
fn scripts_are_read_and_their_lines_shown() {
    let script = "#!/bin/bash\nset -e\nwget https://example.com/autostop.py\n";
    let plan = plan_with(POLICY, tags(&[]), has_script, scripted(&scripts(script)));
    let hazards = &plan.items[0].hazards;
    assert_eq!(kinds(hazards), [HazardKind::ScriptNeedsInternet, HazardKind::ScriptStopsInstance]);
    assert_eq!(hazards[0].evidence, ["setup", "OnStart line 3: `wget https://example.com/...`"]);
    let plan = plan_with(POLICY, tags(&[]), has_script, scripted(&denied()));
    assert_eq!(kinds(&plan.items[0].hazards), [HazardKind::ScriptUnknown]);
    let gone = withheld(POLICY, tags(&[]), has_script, scripted(&Reading::Missing));
    assert!(
        matches!(gone, WithheldReason::Hazards { hazards } if kinds(&hazards) == [HazardKind::ScriptMissing])
    );
    let strict = format!("{POLICY}[hazards]\nscript-needs-internet = 'withhold'\n");
    let reason = withheld(&strict, tags(&[]), has_script, scripted(&scripts(script)));
    assert!(
        matches!(reason, WithheldReason::Hazards { hazards } if kinds(&hazards) == [HazardKind::ScriptNeedsInternet])
    );
}

#[test]
fn repositories_are_shown_without_credentials() {
    let hazards = warned(POLICY, |one| {
        one.default_code_repository = Some("https://me@git.example.com/a".to_owned());
        one.additional_code_repositories =
            vec!["shared".to_owned(), "https://git.example.com/b@c".to_owned()];
    });
    assert_eq!(kinds(&hazards), [HazardKind::CodeRepository]);
    let expected = ["https://***@git.example.com/a", "shared", "https://git.example.com/b@c"];
    assert_eq!(hazards[0].evidence, expected);
}

#[test]
fn a_url_with_a_password_or_token_is_withheld_as_a_plan_holds_no_secret() {
    for (url, shown) in [
        ("https://me:hunter2@git.example.com/a", "https://***@git.example.com/a"),
        ("https://ghp0hunter2hunter2hunter2@git.example.com/a", "https://***@git.example.com/a"),
        ("https://git.example.com/a?private_token=hunter2", "https://git.example.com/a?***"),
        ("https://me:hunter2@git.example.com?a@b", "https://***@git.example.com?***"),
    ] {
        let with = |one: &mut Description| one.additional_code_repositories = vec![url.to_owned()];
        let plan = plan_with(POLICY, tags(&[]), with, |_| {});
        let WithheldReason::Hazards { hazards } = &plan.withheld[0].reason else { panic!("{plan:?}") };
        assert_eq!(kinds(hazards), [HazardKind::RepositoryCredentials], "{url}");
        assert_eq!(hazards[0].evidence, [shown]);
        assert!(!serde_json::to_string(&plan).unwrap().contains("hunter2"));
    }
    for url in ["https://jdoe@git.example.com/a", "https://git.example.com/a@b:c", "shared"] {
        let hazards = warned(POLICY, |one| one.default_code_repository = Some(url.to_owned()));
        assert_eq!(kinds(&hazards), [HazardKind::CodeRepository], "{url}");
    }
}

#[test]
fn a_long_name_is_cut_and_a_name_that_a_service_knows_keeps_its_start() {
    let named = |name: &str, text: &str| {
        let plan = plan_with(text, tags(&[]), |one| *one = exposed(name), |_| {});
        let item = &plan.items[0];
        (item.request.notebook_instance_name.to_string(), kinds(&item.hazards))
    };
    let (name, hazards) = named(&"a".repeat(63), POLICY);
    assert_eq!((name, hazards), (format!("{}-vpc", "a".repeat(59)), vec![HazardKind::LongName]));
    let before = with("replacement_name = 'vpc-{name}'");
    for service in ["aws-neptune-x", "aws-glue-x", "amazon-braket-x"] {
        assert_eq!(named(service, &before), (format!("{service}-vpc"), vec![HazardKind::NamePrefix]));
    }
    assert_eq!(named("x", &before), ("vpc-x".to_owned(), vec![]));
}

#[test]
fn what_something_else_manages_is_withheld_with_its_name_unless_the_policy_allows_it() {
    let stack = || tags(&[("aws:cloudformation:stack-name", "ml"), ("Team", "x")]);
    let WithheldReason::Managed { owner } = withheld(POLICY, stack(), |_| {}, |_| {}) else {
        panic!("not managed")
    };
    assert_eq!((owner.by.as_str(), owner.name.as_deref()), ("CloudFormation", Some("ml")));
    assert!(owner.advice.unwrap().contains("template"));
    let plan = plan_with(&with("managed = 'allow'"), stack(), |_| {}, |_| {});
    assert_eq!(
        plan.items[0].hazards[0].evidence,
        ["CloudFormation `ml` (tag aws:cloudformation:stack-name=ml)"]
    );
    let project = tags(&[("sagemaker:project-name", "p")]);
    assert_eq!(kinds(&plan_with(POLICY, project, |_| {}, |_| {}).items[0].hazards), [HazardKind::Managed]);
}

#[test]
fn accelerators_are_dropped_with_a_warning() {
    let hazards = warned(POLICY, |one| one.accelerator_types = vec!["ml.eia1.medium".to_owned()]);
    assert_eq!(
        (kinds(&hazards), hazards[0].evidence.clone()),
        (vec![HazardKind::AcceleratorsDropped], vec!["ml.eia1.medium".to_owned()])
    );
}

#[test]
fn every_kind_has_a_name_of_its_own_that_plans_and_policies_share() {
    let names: BTreeSet<&str> = HazardKind::ALL.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(names.len(), HazardKind::ALL.len());
    for kind in HazardKind::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
    }
    for (name, _) in crate::policy::HAZARDS {
        assert!(names.contains(name), "{name}");
    }
}
