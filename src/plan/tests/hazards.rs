//! Every hazard: found where it is, withheld or warned of as the policy says.

use std::collections::BTreeSet;

use crate::api_error::{ApiError, ApiErrorKind, Effect, Reading};
use crate::fixtures::{POLICY, companions, exposed, facts, instance, inventory, now, policy, region, tags};
use crate::inventory::{Companions, Description, Key, Scripts, Status, Tags};
use crate::plan::Inputs;
use crate::plan::planner::make;
use crate::plan::{Hazard, HazardKind, KnownRuns, Order, Plan, StepKind, WithheldReason, check};

pub(super) fn plan_with(
    text: &str,
    tags: Tags,
    one: impl Fn(&mut Description),
    read: impl Fn(&mut Companions),
) -> Plan {
    let mut description = exposed("etl");
    one(&mut description);
    let (policy, inventory, facts) = (policy(text), inventory(vec![instance(description, tags)]), facts());
    let mut companions = companions(&inventory);
    read(&mut companions);
    let (companions, runs, facts, now) = (&companions, &KnownRuns::default(), &facts, now());
    let plan = make(Inputs { policy: &policy, inventory: &inventory, facts, companions, runs, now }).unwrap();
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
pub(super) fn withheld(
    text: &str,
    tags: Tags,
    one: impl Fn(&mut Description),
    read: impl Fn(&mut Companions),
) -> WithheldReason {
    let plan = plan_with(text, tags, one, read);
    assert_eq!(plan.items, []);
    plan.withheld[0].reason.clone()
}

pub(super) fn kinds(hazards: &[Hazard]) -> Vec<HazardKind> {
    hazards.iter().map(|hazard| hazard.kind).collect()
}

pub(super) fn with(keys: &str) -> String {
    format!("{POLICY}[defaults]\n{keys}\n")
}

pub(super) fn denied<T>() -> Reading<T> {
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

pub(super) fn keyed(reading: &Reading<Key>) -> impl Fn(&mut Companions) {
    move |companions| _ = companions.keys.insert((region(), "alias/x".to_owned()), reading.clone())
}

pub(super) fn has_key(one: &mut Description) {
    one.kms_key_id = Some("alias/x".to_owned());
}

#[test]
fn an_instance_without_anything_odd_has_no_hazard() {
    assert_eq!(warned(POLICY, |_| {}), []);
}

const RETIRED: [&str; 4] = ["notebook-al1-v1", "notebook-al2-v1", "notebook-al2-v2", "notebook-al2-v3"];

fn on(platform: &'static str, status: Status) -> impl Fn(&mut Description) {
    move |one| {
        one.platform_identifier = Some(platform.to_owned());
        one.notebook_instance_status = status.clone();
    }
}

pub(super) fn withheld_for(reason: &WithheldReason) -> Vec<HazardKind> {
    let WithheldReason::Hazards { hazards } = reason else { panic!("{reason:?}") };
    kinds(hazards)
}

#[test]
fn a_running_instance_that_may_never_start_again_is_not_stopped_unless_that_is_accepted() {
    for platform in RETIRED {
        let running = on(platform, Status::InService);
        let refused = WithheldReason::OneWayPlatform { platform: platform.to_owned() };
        let new = "platform = 'notebook-al2023-v1'";
        let first = format!("{new}\norder = 'stop-first'");
        assert_eq!(withheld(&with("order = 'stop-first'"), tags(&[]), &running, |_| {}), refused);
        assert_eq!(withheld(&with(&first), tags(&[]), &running, |_| {}), refused);
        let hazards = warned(&with(&format!("{new}\nallow_one_way = true")), &running);
        assert_eq!(kinds(&hazards), [HazardKind::OneWayPlatform, HazardKind::PlatformChanges]);
        assert_eq!(hazards[1].evidence[0], format!("{platform} -> notebook-al2023-v1"));
        assert!(hazards[1].evidence[1].starts_with(&format!("AWS has created no {platform} since 202")));
        // One that is stopped need not be stopped.
        assert_eq!(kinds(&warned(&with(new), on(platform, Status::Stopped))), [HazardKind::PlatformChanges]);
    }
}

#[test]
fn what_aws_no_longer_creates_is_kept_as_what_aws_upgrades_it_to_and_amazon_linux_1_as_nothing() {
    for platform in ["notebook-al2-v1", "notebook-al2-v2", "notebook-al2-v3"] {
        let plan = plan_with(POLICY, tags(&[]), on(platform, Status::Stopped), |_| {});
        let item = &plan.items[0];
        assert_eq!(item.request.platform_identifier.as_deref(), Some("notebook-al2023-v1"), "{platform}");
        assert_eq!(kinds(&item.hazards), [HazardKind::PlatformChanges], "{platform}");
        let change = item.changes.iter().find(|change| change.attribute == "PlatformIdentifier").unwrap();
        assert_eq!(change.before.as_deref(), Some(platform));
    }
    let reason = withheld(POLICY, tags(&[]), on("notebook-al1-v1", Status::Stopped), |_| {});
    assert_eq!(withheld_for(&reason), [HazardKind::PlatformNotCreatable]);
    let mapped = with("platform = { notebook-al1-v1 = 'notebook-al2023-v1' }");
    assert_eq!(
        kinds(&warned(&mapped, on("notebook-al1-v1", Status::Stopped))),
        [HazardKind::PlatformChanges]
    );
    // A platform that the policy asks for is never exchanged behind its back.
    let asked = with("platform = 'notebook-al2-v3'");
    let reason = withheld(&asked, tags(&[]), on("notebook-al2023-v1", Status::Stopped), |_| {});
    assert_eq!(withheld_for(&reason), [HazardKind::PlatformNotCreatable]);
}

#[test]
fn before_its_last_day_a_platform_is_kept_and_starts_again() {
    let made_on = |moment: &str| {
        let mut description = exposed("etl");
        on("notebook-al2-v3", Status::InService)(&mut description);
        let mut inventory = inventory(vec![instance(description, tags(&[]))]);
        inventory.taken_at = moment.parse().unwrap();
        let (companions, runs, now) = (&companions(&inventory), &KnownRuns::default(), inventory.taken_at);
        let (policy, facts) = (&policy(POLICY), &facts());
        make(Inputs { policy, inventory: &inventory, facts, companions, runs, now }).unwrap()
    };
    let june = made_on("2026-06-30T23:59:59Z");
    assert_eq!(june.items[0].request.platform_identifier.as_deref(), Some("notebook-al2-v3"));
    assert_eq!(june.items[0].hazards, []);
    let july = made_on("2026-07-01T00:00:00Z");
    assert_eq!((june.items[0].order, july.items[0].order), (Order::StopFirst, Order::CreateOnly));
}

#[test]
fn the_order_is_that_of_the_policy_and_what_may_never_start_again_is_stopped_last_or_not_at_all() {
    let old = |one: &mut Description| one.platform_identifier = Some("notebook-al2-v3".to_owned());
    let sound = |_: &mut Description| {};
    let planned = |keys: &str, one: &dyn Fn(&mut Description)| {
        let plan = plan_with(&with(keys), tags(&[]), one, |_| {});
        let item = &plan.items[0];
        (item.order, item.delete_source, item.steps.iter().map(|step| step.step).collect::<Vec<_>>())
    };
    use StepKind::{CreateReplacement, DeleteSource, StopSource, VerifyReplacement};
    let stop_first = vec![StopSource, CreateReplacement, VerifyReplacement];
    let create_first = vec![CreateReplacement, VerifyReplacement, StopSource];
    assert_eq!(planned("", &sound), (Order::StopFirst, false, stop_first));
    assert_eq!(planned("order = 'create-first'", &sound), (Order::CreateFirst, false, create_first.clone()));
    assert_eq!(planned("allow_one_way = true", &old), (Order::CreateFirst, false, create_first));
    let deleted = vec![CreateReplacement, VerifyReplacement, StopSource, DeleteSource];
    let delete = "delete_source = 'after-verify'";
    assert_eq!(
        planned(&format!("{delete}\nallow_one_way = true"), &old),
        (Order::CreateFirst, true, deleted)
    );
    for order in ["auto", "create-first"] {
        let left = planned(&format!("{delete}\norder = '{order}'"), &old);
        assert_eq!(left, (Order::CreateOnly, false, vec![CreateReplacement, VerifyReplacement]), "{order}");
    }
    let stopped = |one: &mut Description| {
        old(one);
        one.notebook_instance_status = Status::Stopped;
    };
    assert_eq!(planned("order = 'create-first'", &stopped).0, Order::StopFirst, "nothing is to be stopped");
}

#[test]
fn what_runs_beside_its_replacement_counts_against_the_quota_on_its_type() {
    let old = |one: &mut Description| one.platform_identifier = Some("notebook-al2-v3".to_owned());
    let needed = |keys: &str, one: &dyn Fn(&mut Description)| {
        let plan = plan_with(&with(keys), tags(&[]), one, |_| {});
        plan.quotas.iter().filter(|one| one.instance_type.is_some()).map(|one| one.needed).sum::<u32>()
    };
    assert_eq!(needed("", &|_: &mut Description| {}), 0, "its place is free when its replacement comes");
    assert_eq!(needed("order = 'create-first'", &|_: &mut Description| {}), 1);
    assert_eq!(needed("", &old), 1);
}

#[test]
fn a_type_that_the_platform_does_not_run_on_is_withheld_also_on_the_platform_that_aws_chooses() {
    let typed = |platform: Option<&'static str>, kind: &'static str| {
        move |one: &mut Description| {
            one.notebook_instance_status = Status::Stopped;
            one.platform_identifier = platform.map(str::to_owned);
            one.instance_type = Some(kind.to_owned());
        }
    };
    for kind in ["ml.p2.xlarge", "ml.p3.2xlarge", "ml.p3dn.24xlarge", "ml.inf1.xlarge", "ml.g3.4xlarge"] {
        for platform in [Some("notebook-al2-v3"), None] {
            let reason = withheld(POLICY, tags(&[]), typed(platform, kind), |_| {});
            assert_eq!(withheld_for(&reason), [HazardKind::TypeNotOnPlatform], "{platform:?} {kind}");
        }
    }
    assert_eq!(warned(POLICY, typed(None, "ml.p4d.24xlarge")), []);
}

#[test]
fn scripts_that_call_yum_are_warned_of_where_the_platform_loses_it() {
    let text = scripts("#!/bin/bash\nyum list installed\n");
    let script = scripted(&text);
    let found = |platform| {
        let old = on(platform, Status::Stopped);
        let scripted = |one: &mut Description| {
            old(one);
            has_script(one);
        };
        kinds(&plan_with(POLICY, tags(&[]), scripted, &script).items[0].hazards)
    };
    assert_eq!(found("notebook-al2-v3"), [HazardKind::PlatformChanges, HazardKind::ScriptUsesYum]);
    assert_eq!(found("notebook-al2023-v1"), []);
}

#[test]
fn a_platform_that_is_kept_although_security_hub_fails_it_is_warned_of() {
    let second = on("notebook-al2023-v2", Status::InService);
    assert_eq!(kinds(&warned(POLICY, &second)), [HazardKind::PlatformUnsupported]);
    let strict = format!("{POLICY}[hazards]\nplatform-unsupported = 'withhold'\n");
    assert!(matches!(withheld(&strict, tags(&[]), second, |_| {}), WithheldReason::Hazards { .. }));
}

#[test]
fn old_types_and_local_storage_with_a_key_are_warned_of() {
    let typed = |kind: &'static str| move |one: &mut Description| one.instance_type = Some(kind.to_owned());
    for kind in ["ml.t2.medium", "ml.m4.xlarge", "ml.c4.large"] {
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
fn every_kind_has_a_name_of_its_own() {
    let names: BTreeSet<&str> = HazardKind::ALL.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(names.len(), HazardKind::ALL.len());
    for kind in HazardKind::ALL.iter().copied() {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
    }
}
