//! The verdicts of each rule, and what is judged.

use std::collections::BTreeSet;

use crate::fixtures::{POLICY, exposed, policy, sound, statuses, today};
use crate::inventory::{Description, MetadataService};
use crate::policy::Policy;
use crate::rules::{Judgement, Verdict};
use crate::rules::{Mode, RuleId, Severity, Standards};

type Alter = fn(&mut Description);

/// An instance that every rule is content with.
fn compliant() -> Description {
    let mut it = sound("a");
    it.root_access = Some("Disabled".to_owned());
    it.kms_key_id = Some("1234-key".to_owned());
    it.instance_metadata_service_configuration = imds("2");
    it
}

fn imds(version: &str) -> Option<MetadataService> {
    Some(MetadataService { minimum_instance_metadata_service_version: version.to_owned() })
}

fn text(value: &str) -> Option<String> {
    Some(value.to_owned())
}

/// What the rules say, other than `Pass`, of a compliant instance with this alteration.
fn complaints(alter: impl FnOnce(&mut Description)) -> Vec<(RuleId, Verdict)> {
    let mut description = compliant();
    alter(&mut description);
    let standards = Standards::default();
    let verdicts =
        RuleId::ALL.iter().map(|rule| (*rule, (rule.row().judge)(&description, &standards, today())));
    verdicts.filter(|(_, verdict)| *verdict != Verdict::Pass).collect()
}

fn fails(rule: RuleId, found: &str) -> (RuleId, Verdict) {
    (rule, Verdict::Fail { found: found.to_owned() })
}

#[test]
fn an_instance_without_a_fault_passes_every_rule() {
    assert_eq!(complaints(|_| {}), []);
}

#[test]
fn each_rule_fails_on_its_own_member_alone_and_says_what_was_found() {
    let table: [(Alter, RuleId, &str); 6] = [
        (
            |it| it.direct_internet_access = text("Enabled"),
            RuleId::DirectInternetAccess,
            "DirectInternetAccess is `Enabled`",
        ),
        (|it| it.subnet_id = None, RuleId::InVpc, "no SubnetId"),
        (|it| it.root_access = text("Enabled"), RuleId::RootAccess, "RootAccess is `Enabled`"),
        (
            |it| it.platform_identifier = text("notebook-al2-v3"),
            RuleId::Platform,
            "PlatformIdentifier is `notebook-al2-v3`",
        ),
        (|it| it.kms_key_id = None, RuleId::KmsKey, "no KmsKeyId"),
        (
            |it| it.instance_metadata_service_configuration = imds("1"),
            RuleId::ImdsV2,
            "MinimumInstanceMetadataServiceVersion is `1`",
        ),
    ];
    for (alter, rule, found) in table {
        assert_eq!(complaints(alter), [fails(rule, found)]);
    }
}

#[test]
fn a_member_that_aws_always_reports_is_unknown_when_it_is_absent_and_never_a_pass() {
    let table: [(Alter, RuleId, &str); 4] = [
        (|it| it.direct_internet_access = None, RuleId::DirectInternetAccess, "DirectInternetAccess"),
        (|it| it.root_access = None, RuleId::RootAccess, "RootAccess"),
        (|it| it.platform_identifier = None, RuleId::Platform, "PlatformIdentifier"),
        (
            |it| it.instance_metadata_service_configuration = None,
            RuleId::ImdsV2,
            "MinimumInstanceMetadataServiceVersion",
        ),
    ];
    for (alter, rule, member) in table {
        let why = format!("AWS did not report {member}");
        assert_eq!(complaints(alter), [(rule, Verdict::Unknown { why })]);
    }
}

#[test]
fn an_empty_or_misspelt_value_is_neither_absent_nor_compliant() {
    let table: [(Alter, RuleId, &str); 7] = [
        (
            |it| it.direct_internet_access = text(""),
            RuleId::DirectInternetAccess,
            "DirectInternetAccess is ``",
        ),
        (
            |it| it.direct_internet_access = text("disabled"),
            RuleId::DirectInternetAccess,
            "DirectInternetAccess is `disabled`",
        ),
        (|it| it.root_access = text(" Disabled"), RuleId::RootAccess, "RootAccess is ` Disabled`"),
        (|it| it.platform_identifier = text(""), RuleId::Platform, "PlatformIdentifier is ``"),
        (
            |it| it.platform_identifier = text("notebook-al2023-v"),
            RuleId::Platform,
            "PlatformIdentifier is `notebook-al2023-v`",
        ),
        (|it| it.kms_key_id = text(""), RuleId::KmsKey, "no KmsKeyId"),
        (
            |it| it.instance_metadata_service_configuration = imds("2.0"),
            RuleId::ImdsV2,
            "MinimumInstanceMetadataServiceVersion is `2.0`",
        ),
    ];
    for (alter, rule, found) in table {
        assert_eq!(complaints(alter), [fails(rule, found)]);
    }
}

#[test]
fn direct_internet_access_and_root_access_are_judged_each_by_itself() {
    for (direct, root, expected) in [
        ("Enabled", "Enabled", vec![RuleId::DirectInternetAccess, RuleId::RootAccess]),
        ("Enabled", "Disabled", vec![RuleId::DirectInternetAccess]),
        ("Disabled", "Enabled", vec![RuleId::RootAccess]),
        ("Disabled", "Disabled", vec![]),
    ] {
        let found = complaints(|it| {
            it.direct_internet_access = text(direct);
            it.root_access = text(root);
        });
        let failed: Vec<RuleId> = found.iter().map(|(rule, _)| *rule).collect();
        assert_eq!(failed, expected, "{direct} {root}");
    }
}

#[test]
fn a_subnet_does_not_excuse_direct_internet_access_nor_its_absence_a_missing_subnet() {
    let failed = |description: &Description| -> Vec<RuleId> {
        let rules = [RuleId::DirectInternetAccess, RuleId::InVpc];
        let standards = Standards::default();
        rules
            .into_iter()
            .filter(|rule| (rule.row().judge)(description, &standards, today()).is_fail())
            .collect()
    };
    let mut in_vpc = sound("a");
    in_vpc.direct_internet_access = text("Enabled");
    assert_eq!(failed(&in_vpc), [RuleId::DirectInternetAccess]);
    let mut outside = exposed("a");
    outside.direct_internet_access = text("Disabled");
    assert_eq!(failed(&outside), [RuleId::InVpc]);
    assert_eq!(failed(&exposed("a")), [RuleId::DirectInternetAccess, RuleId::InVpc]);
}

#[test]
fn instances_of_every_status_are_judged_alike() {
    let policy = policy(POLICY);
    let expected = policy.judge(Some(&exposed("a")), today());
    assert!(expected.iter().any(|one| one.verdict.is_fail()));
    for status in statuses() {
        let mut description = exposed("a");
        description.notebook_instance_status = status.clone();
        assert_eq!(policy.judge(Some(&description), today()), expected, "{status}");
    }
}

#[test]
fn only_rules_that_are_not_off_are_judged_in_a_fixed_order_and_keep_their_mode() {
    let rules = "[rules]\nin-vpc = \"remediate\"\ndirect-internet-access = \"off\"\nroot-access = \"report\"\n\
                 platform = \"off\"\nkms-key = \"report\"\nimds-v2 = \"off\"\n[limits]";
    let judged: Vec<(RuleId, Mode)> = policy(&POLICY.replace("[limits]", rules))
        .judge(Some(&exposed("a")), today())
        .iter()
        .map(|one| (one.rule, one.mode))
        .collect();
    assert_eq!(
        judged,
        [
            (RuleId::InVpc, Mode::Remediate),
            (RuleId::RootAccess, Mode::Report),
            (RuleId::KmsKey, Mode::Report)
        ]
    );
}

#[test]
fn an_instance_that_could_not_be_described_is_unknown_to_every_rule() {
    let why = "the instance could not be described".to_owned();
    let judgements = policy(POLICY).judge(None, today());
    assert!(!judgements.is_empty());
    for Judgement { verdict, rule, .. } in judgements {
        assert_eq!(verdict, Verdict::Unknown { why: why.clone() }, "{rule}");
    }
}

#[test]
fn no_other_product_has_one_control_for_two_rules() {
    let mut seen = BTreeSet::new();
    for id in RuleId::ALL {
        let rule = id.row();
        assert!(!rule.controls.is_empty(), "{id}");
        for control in rule.controls {
            assert!(seen.insert((control.product, control.id)), "{id}: {control:?} is another rule's");
        }
        let products: BTreeSet<&str> = rule.controls.iter().map(|control| control.product).collect();
        assert_eq!(products.len(), rule.controls.len(), "{id} names a product twice");
    }
}

fn verdict_of(policy: &Policy, rule: RuleId, description: &Description) -> Verdict {
    policy.judge(Some(description), today()).into_iter().find(|one| one.rule == rule).unwrap().verdict
}

#[test]
fn an_instance_in_a_subnet_that_is_not_approved_is_not_in_vpc_and_says_which_subnet() {
    let listed = policy(
        &POLICY.replace("[limits]", "[rules]\napproved_subnets = [\"subnet-a\", \"subnet-b\"]\n[limits]"),
    );
    let mut description = sound("a");
    assert_eq!(verdict_of(&listed, RuleId::InVpc, &description), Verdict::Pass);
    description.subnet_id = Some("subnet-c".parse().unwrap());
    let found = "SubnetId is `subnet-c`, which is not approved".to_owned();
    assert_eq!(verdict_of(&listed, RuleId::InVpc, &description), Verdict::Fail { found });
    assert_eq!(verdict_of(&policy(POLICY), RuleId::InVpc, &description), Verdict::Pass);
    let found = "no SubnetId".to_owned();
    assert_eq!(verdict_of(&listed, RuleId::InVpc, &exposed("a")), Verdict::Fail { found });
}

#[test]
fn the_policys_list_of_platforms_takes_the_place_of_the_built_in_one() {
    let with = |list: &str| {
        policy(&POLICY.replace("[limits]", &format!("[rules]\nsupported_platforms = {list}\n[limits]")))
    };
    let both = with("[\"notebook-al2-v3\", \"notebook-al2023-v1\"]");
    let old = with("[\"notebook-al2-v3\"]");
    for (policy, platform, passes) in [
        (&both, Some("notebook-al2-v3"), true),
        (&both, Some("notebook-al2023-v1"), true),
        (&old, Some("notebook-al2-v3"), true),
        (&old, Some("notebook-al2023-v1"), false),
    ] {
        let mut description = sound("a");
        description.platform_identifier = platform.map(str::to_owned);
        let verdict = verdict_of(policy, RuleId::Platform, &description);
        assert_eq!(verdict == Verdict::Pass, passes, "{platform:?}: {verdict:?}");
    }
    let mut silent = sound("a");
    silent.platform_identifier = None;
    assert!(matches!(verdict_of(&old, RuleId::Platform, &silent), Verdict::Unknown { .. }));
}

#[test]
fn the_policys_severity_counts_and_the_others_are_security_hubs() {
    let said = policy(&POLICY.replace(
        "[limits]",
        "[severity]\ndirect-internet-access = \"critical\"\nplatform = \"informational\"\n[limits]",
    ));
    let severities = RuleId::ALL.iter().map(|rule| said.severity(*rule)).collect::<Vec<_>>();
    assert_eq!(
        severities,
        [
            Severity::Critical,
            Severity::High,
            Severity::High,
            Severity::Informational,
            Severity::Medium,
            Severity::Medium
        ]
    );
}
