//! Repairs in place: what is changed, what consents are needed for it, and what the checker makes of a plan with one.

use crate::api_error::Reading;
use crate::fixtures::{
    POLICY, companions, facts, instance, inventory, key_arn, now, plan_by, policy, region, sound, tags,
};
use crate::inventory::{Description, Key, MetadataService, Status};
use crate::plan::planner::make;
use crate::plan::{
    HazardKind, Inputs, KnownRuns, Plan, RepairItem, StepKind, UpdateRequest, WithheldReason, check, digest,
};
use crate::rules::RuleId;

const ALL: &str = "root-access = 'remediate'\nimds-v2 = 'remediate'\nplatform = 'remediate'";
const REPAIRED: &str = "root_access = 'Disabled'\nplatform = 'notebook-al2023-v1'";
const UPGRADE: &str = "upgrade_source = 'notebook-al2023-v1'";

fn with(rules: &str, defaults: &str) -> String {
    POLICY.replace("[limits]", &format!("[rules]\n{rules}\n[defaults]\n{defaults}\n[limits]"))
}

fn plan_of(policy: &str, change: impl FnOnce(&mut Description)) -> Plan {
    let mut description = sound("a");
    change(&mut description);
    let plan = plan_by(policy, vec![instance(description, tags(&[]))]);
    assert_eq!(check::check(&plan), []);
    plan
}

fn repair(policy: &str, change: impl FnOnce(&mut Description)) -> RepairItem {
    let plan = plan_of(policy, change);
    assert!(plan.items.is_empty() && plan.repairs.len() == 1, "{:?}", plan.withheld);
    plan.repairs[0].clone()
}

fn withheld(policy: &str, change: impl FnOnce(&mut Description)) -> WithheldReason {
    let plan = plan_of(policy, change);
    assert!(plan.is_empty(), "{plan:?}");
    plan.withheld[0].reason.clone()
}

fn steps(item: &RepairItem) -> Vec<StepKind> {
    item.steps.iter().map(|step| step.step).collect()
}

#[test]
fn what_fails_is_changed_on_the_instance_and_nothing_else_is() {
    let item = repair(&with(ALL, REPAIRED), |_| {});
    let asked = UpdateRequest {
        root_access: Some("Disabled".to_owned()),
        instance_metadata_service_configuration: Some(MetadataService {
            minimum_instance_metadata_service_version: "2".to_owned(),
        }),
        ..UpdateRequest::of(&item.id.name)
    };
    assert_eq!(item.request, asked);
    let changes: Vec<_> =
        item.changes.iter().map(|one| (one.attribute.as_str(), one.after.as_deref())).collect();
    assert_eq!(
        changes,
        [("RootAccess", Some("Disabled")), ("MinimumInstanceMetadataServiceVersion", Some("2"))]
    );
    assert_eq!(item.findings, [RuleId::RootAccess, RuleId::KmsKey, RuleId::ImdsV2]);
    let running =
        [StepKind::StopSource, StepKind::UpdateSource, StepKind::StartSource, StepKind::VerifySource];
    assert_eq!(steps(&item), running);
    let stopped = repair(&with(ALL, REPAIRED), |it| it.notebook_instance_status = Status::Stopped);
    assert_eq!(steps(&stopped), [StepKind::UpdateSource, StepKind::VerifySource]);
}

#[test]
fn only_rules_that_are_to_be_repaired_are() {
    let item = repair(&with("imds-v2 = 'remediate'", ""), |_| {});
    assert!(item.request.root_access.is_none());
    assert_eq!(plan_of(POLICY, |_| {}).totals.compliant, 1);
}

#[test]
fn what_aws_does_not_start_again_is_repaired_only_with_the_consent_that_it_is_upgraded() {
    for (platform, running, upgrade, expected) in [
        // Nothing is stopped, or it starts again.
        ("notebook-al2-v3", false, "", Ok(None)),
        ("notebook-al2023-v1", true, "", Ok(None)),
        ("notebook-al2-v3", true, UPGRADE, Ok(Some("notebook-al2023-v1"))),
        ("notebook-al2-v1", true, UPGRADE, Ok(Some("notebook-al2023-v1"))),
        ("notebook-al2-v3", true, "", Err(true)),
        ("notebook-al1-v1", true, UPGRADE, Err(false)),
    ] {
        let policy = with("imds-v2 = 'remediate'", upgrade);
        let change = |it: &mut Description| {
            it.platform_identifier = Some(platform.to_owned());
            if !running {
                it.notebook_instance_status = Status::Stopped;
            }
        };
        let told = format!("{platform}, running {running}, {upgrade}");
        match expected {
            Ok(to) => {
                assert_eq!(repair(&policy, change).request.platform_identifier.as_deref(), to, "{told}")
            }
            Err(can_be) => {
                let platform = platform.to_owned();
                let reason = if can_be {
                    WithheldReason::NeedsUpgrade { platform }
                } else {
                    WithheldReason::PlatformNotUpgradable { platform }
                };
                assert_eq!(withheld(&policy, change), reason, "{told}");
            }
        }
    }
}

#[test]
fn a_platform_is_repaired_with_the_consent_alone_also_where_nothing_has_to_be_started() {
    let to_repair = |more: &str| with("platform = 'remediate'", &format!("{REPAIRED}\n{more}"));
    for status in [Status::InService, Status::Stopped] {
        let old = |it: &mut Description| {
            it.platform_identifier = Some("notebook-al2-v2".to_owned());
            it.notebook_instance_status = status.clone();
        };
        let item = repair(&to_repair(UPGRADE), old);
        assert_eq!(item.request.platform_identifier.as_deref(), Some("notebook-al2023-v1"));
        assert_eq!(
            item.hazards.iter().map(|one| one.kind).collect::<Vec<_>>(),
            [HazardKind::PlatformChanges]
        );
        assert_eq!(
            withheld(&to_repair(""), old),
            WithheldReason::NeedsUpgrade { platform: "notebook-al2-v2".to_owned() }
        );
    }
}

#[test]
fn a_platform_that_does_not_run_on_the_type_is_withheld_before_anything_is_stopped() {
    let reason = withheld(&with("platform = 'remediate'", &format!("{REPAIRED}\n{UPGRADE}")), |it| {
        it.platform_identifier = Some("notebook-al2-v3".to_owned());
        it.instance_type = Some("ml.p3.2xlarge".to_owned());
    });
    let WithheldReason::Hazards { hazards } = reason else { panic!("{reason:?}") };
    assert_eq!(hazards[0].kind, HazardKind::TypeNotOnPlatform);
}

#[test]
fn an_unusable_key_withholds_and_one_that_cannot_be_read_is_told() {
    let policy = policy(&with("imds-v2 = 'remediate'", ""));
    let mut description = sound("a");
    description.kms_key_id = Some("x".to_owned());
    let inventory = inventory(vec![instance(description, tags(&[]))]);
    let with_state = |state: Option<&str>| {
        let (mut companions, runs) = (companions(&inventory), KnownRuns::default());
        companions.keys.clear();
        let key = state.map(|state| Key { arn: key_arn("x"), state: state.to_owned() });
        companions.keys.extend(key.map(|key| ((region(), "x".to_owned()), Reading::Found(key))));
        let (facts, companions) = (&facts(), &companions);
        make(Inputs { policy: &policy, inventory: &inventory, facts, companions, runs: &runs, now: now() })
            .unwrap()
    };
    let plan = with_state(Some("Disabled"));
    let WithheldReason::Hazards { hazards } = &plan.withheld[0].reason else { panic!("{plan:?}") };
    assert_eq!(hazards[0].kind, HazardKind::KeyUnusable);
    assert_eq!(with_state(Some("Enabled")).repairs[0].hazards, []);
    assert_eq!(with_state(None).repairs[0].hazards[0].kind, HazardKind::KeyUnknown);
}

#[test]
fn without_a_target_the_defaults_repair_and_a_target_that_may_be_for_it_withholds() {
    let elsewhere = |defaults: &str| {
        with("root-access = 'remediate'", defaults).replace(
            "match = { regions = [\"us-east-1\"] }",
            "match = { names = ['other-*'] }\nroot_access = 'Disabled'",
        )
    };
    assert!(repair(&elsewhere("root_access = 'Disabled'"), |_| {}).request.root_access.is_some());
    assert_eq!(
        withheld(&elsewhere(""), |_| {}),
        WithheldReason::NotRepaired { rules: vec![RuleId::RootAccess] }
    );
}

#[test]
fn the_checker_refuses_a_repair_that_is_none_or_that_is_not_what_is_written_down() {
    let plan = plan_of(&with(ALL, REPAIRED), |_| {});
    type Edit = fn(&mut RepairItem);
    let edits: [(&str, Edit); 8] = [
        ("it would allow root access", |it| it.request.root_access = Some("Enabled".to_owned())),
        ("it changes root access", |it| it.findings.retain(|rule| *rule != RuleId::RootAccess)),
        ("it repairs nothing", |it| it.request = UpdateRequest::of(&it.id.name)),
        ("its list of changes", |it| it.changes.truncate(1)),
        ("its steps", |it| it.steps.truncate(2)),
        ("its request is for another", |it| it.request.notebook_instance_name = "b".parse().unwrap()),
        ("its source is not at rest", |it| it.source.description.notebook_instance_status = Status::Updating),
        ("it asks for what", |it| it.source.description.root_access = Some("Disabled".to_owned())),
    ];
    for (what, edit) in edits {
        let mut edited = plan.clone();
        edit(&mut edited.repairs[0]);
        let problems = check::check(&digest::seal(edited).unwrap());
        assert!(problems.iter().any(|one| one.what.starts_with(what)), "{what}: {problems:?}");
    }
    let older = Plan { format_version: 4, ..plan };
    assert!(check::check(&older).iter().any(|one| one.what.contains("no repairs")));
}

#[test]
fn an_update_gives_back_what_it_changed_but_no_platform_and_nothing_that_others_changed() {
    let before = sound("a");
    let asked = UpdateRequest {
        root_access: Some("Disabled".to_owned()),
        platform_identifier: Some("notebook-al2023-v2".to_owned()),
        ..UpdateRequest::of(&before.notebook_instance_name)
    };
    let after = asked.applied_to(&before);
    assert!(asked.is_met_by(&after) && !asked.is_met_by(&before));
    let back = asked.undone(&before, &after);
    assert_eq!((back.root_access.as_deref(), back.platform_identifier), (Some("Enabled"), None));
    assert!(asked.undone(&before, &before).is_empty());
}
