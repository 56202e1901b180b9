//! Stories: what becomes of one instance, and why.

use crate::fixtures::{
    POLICY, account, exposed, facts, instance, inventory, name, plan_by, plan_in, policy, region, sound, tags,
};
use crate::inventory::{Description, Instance, Status};
use crate::network::{CheckVerdict, NetworkFacts};
use crate::plan::planner::wanted_facts;
use crate::plan::{Item, OnFailure, Plan, StepKind, WithheldReason, check};
use crate::rules::RuleId;

fn plan(instances: Vec<Instance>) -> Plan {
    plan_by(POLICY, instances)
}

fn with(change: impl FnOnce(&mut Description)) -> Instance {
    let mut description = exposed("a");
    change(&mut description);
    instance(description, tags(&[]))
}

fn reason(plan: &Plan) -> &WithheldReason {
    assert!(plan.items.is_empty(), "{:?}", plan.items);
    &plan.withheld[0].reason
}

#[test]
fn everything_is_carried_over_but_what_the_policy_changes() {
    let source = with(|it| {
        it.instance_type = Some("ml.g5.xlarge".to_owned());
        it.kms_key_id = Some("1234-key".to_owned());
        it.notebook_instance_lifecycle_config_name = Some("idle-stop".to_owned());
        it.default_code_repository = Some("https://git.example.org/a.git".to_owned());
        it.additional_code_repositories = vec!["https://git.example.org/b.git".to_owned()];
        it.accelerator_types = vec!["ml.eia1.medium".to_owned()];
        it.ip_address_type = Some("dualstack".to_owned());
        it.volume_size_in_gb = Some(16384);
    });
    let mut source = source;
    source.tags = Some(tags(&[("Owner", "x"), ("aws:cloudformation:stack-name", "s"), ("Aws:x", "y")]));
    let plan = plan_by(&format!("{POLICY}[defaults]\nmanaged = 'allow'\n"), vec![source]);
    assert_eq!(check::check(&plan), []);
    let request = serde_json::to_value(&plan.items[0].request).unwrap();
    assert_eq!(
        request,
        serde_json::json!({
            "NotebookInstanceName": "a-vpc",
            "InstanceType": "ml.g5.xlarge",
            "SubnetId": "subnet-a",
            "SecurityGroupIds": ["sg-a"],
            "DirectInternetAccess": "Disabled",
            "RoleArn": "arn:aws:iam::123456789012:role/nb-research",
            "KmsKeyId": "1234-key",
            "IpAddressType": "dualstack",
            "LifecycleConfigName": "idle-stop",
            "VolumeSizeInGB": 16384,
            "DefaultCodeRepository": "https://git.example.org/a.git",
            "AdditionalCodeRepositories": ["https://git.example.org/b.git"],
            "RootAccess": "Enabled",
            "PlatformIdentifier": "notebook-al2023-v1",
            "InstanceMetadataServiceConfiguration": {"MinimumInstanceMetadataServiceVersion": "2"},
            "Tags": [{"Key": "Owner", "Value": "x"}],
        })
    );
    let changed: Vec<&str> = plan.items[0].changes.iter().map(|change| change.attribute.as_str()).collect();
    assert_eq!(
        changed,
        [
            "NotebookInstanceName",
            "SubnetId",
            "SecurityGroups",
            "DirectInternetAccess",
            "MinimumInstanceMetadataServiceVersion",
            "AcceleratorTypes",
            "Tags"
        ]
    );
}

#[test]
fn the_policy_can_change_root_access_and_the_platform() {
    let policy = POLICY.replace(
        "[limits]",
        "[defaults]\nroot_access = \"Disabled\"\nplatform = \"notebook-al2023-v1\"\n[limits]",
    );
    let source = with(|it| it.platform_identifier = Some("notebook-al2023-v2".to_owned()));
    let plan = plan_by(&policy, vec![source]);
    assert_eq!(check::check(&plan), []);
    assert_eq!(plan.items[0].request.root_access.as_deref(), Some("Disabled"));
    assert_eq!(plan.items[0].request.platform_identifier.as_deref(), Some("notebook-al2023-v1"));
}

#[test]
fn what_aws_does_not_report_is_asked_for_as_aws_documents_it_and_the_reader_is_told() {
    let old = || {
        with(|it| {
            (it.root_access, it.ip_address_type, it.platform_identifier) = (None, None, None);
            it.instance_metadata_service_configuration = None;
        })
    };
    let keeping = POLICY.replace("[limits]", "[defaults]\nimds = \"keep\"\n[limits]");
    let plan = plan_by(&keeping, vec![old()]);
    assert_eq!(check::check(&plan), []);
    let item = &plan.items[0];
    let told = "the replacement gets what AWS does not report of the source: IpAddressType = ipv4, RootAccess = Enabled, \
                PlatformIdentifier = notebook-al2023-v1, MinimumInstanceMetadataServiceVersion = 1";
    assert_eq!(item.warnings, [told]);
    assert_eq!(item.request.root_access.as_deref(), Some("Enabled"));
    // Which platform an instance has that reports none is not documented: it is a change.
    let changed: Vec<&str> = item.changes.iter().map(|change| change.attribute.as_str()).collect();
    assert!(changed.contains(&"PlatformIdentifier"), "{changed:?}");
    let defaulted = ["IpAddressType", "RootAccess", "MinimumInstanceMetadataServiceVersion"];
    assert!(defaulted.iter().all(|member| !changed.contains(member)), "{changed:?}");

    let hardened = POLICY.replace("[limits]", "[defaults]\nroot_access = \"Disabled\"\n[limits]");
    let plan = plan_by(&hardened, vec![old()]);
    assert_eq!(check::check(&plan), []);
    let changed = plan.items[0].changes.iter().map(|change| change.attribute.as_str());
    assert_eq!(changed.filter(|name| defaulted.contains(name)).count(), 2, "{:?}", plan.items[0].changes);
}

#[test]
fn the_steps_follow_the_status_of_the_source() {
    use StepKind::{CreateReplacement, DeleteSource, StopReplacement, StopSource, VerifyReplacement};
    let kinds = |plan: &Plan| plan.items[0].steps.iter().map(|step| step.step).collect::<Vec<_>>();
    assert_eq!(kinds(&plan(vec![with(|_| {})])), [StopSource, CreateReplacement, VerifyReplacement]);
    let stopped = with(|it| it.notebook_instance_status = Status::Stopped);
    assert_eq!(kinds(&plan(vec![stopped])), [CreateReplacement, VerifyReplacement, StopReplacement]);
    let deleting = POLICY.replace("[limits]", "[defaults]\ndelete_source = \"after-verify\"\n[limits]");
    let deleted = plan_by(&deleting, vec![with(|_| {})]);
    assert_eq!(kinds(&deleted), [StopSource, CreateReplacement, VerifyReplacement, DeleteSource]);
    assert!(deleted.items[0].warnings[0].contains("is lost"));
}

#[test]
fn the_fate_of_the_source_and_of_a_failed_replacement_is_the_policys() {
    let item = |defaults: &str| {
        let policy = POLICY.replace("[limits]", &format!("[defaults]\n{defaults}\n[limits]"));
        plan_by(&policy, vec![with(|_| {})]).items.remove(0)
    };
    let fate = |item: Item| (item.delete_source, item.cleanup, item.on_failure);
    assert_eq!(fate(item("")), (false, false, Some(OnFailure::Restore)));
    assert_eq!(fate(item("delete_source = 'after-verify'")), (true, false, Some(OnFailure::Restore)));
    let later = "delete_source = 'cleanup'\non_failure = 'leave'";
    assert_eq!(fate(item(later)), (false, true, Some(OnFailure::Leave)));
}

#[test]
fn a_subnet_is_filled_before_the_next_and_what_has_no_room_is_withheld() {
    let names: Vec<String> = (0..4).map(|n| format!("nb-{n}")).collect();
    let instances = names.iter().map(|name| instance(exposed(name), tags(&[]))).collect();
    let plan_first = plan(instances);
    let subnets: Vec<&str> = plan_first.items.iter().map(|item| item.target.subnet.as_str()).collect();
    assert_eq!(subnets, ["subnet-a", "subnet-a", "subnet-b", "subnet-b"]);

    let only_small = POLICY.replace(", \"subnet-b\"", "");
    let instances = names.iter().map(|name| instance(exposed(name), tags(&[]))).collect();
    let tight = plan_by(&only_small, instances);
    assert_eq!((tight.items.len(), tight.withheld.len()), (2, 2));
    let WithheldReason::Network { target, failed } = &tight.withheld[0].reason else { panic!("{tight:?}") };
    assert_eq!(target, "private");
    assert_eq!(failed[0].verdict, CheckVerdict::No);
    assert!(failed[0].evidence.contains("3 free in subnet-a, 2 taken"), "{failed:?}");
    assert_eq!(check::check(&tight), []);
}

#[test]
fn most_free_takes_the_subnet_with_the_most_room() {
    let most_free = POLICY.replace("placement = \"first\"", "placement = \"most-free\"");
    let plan = plan_by(&most_free, vec![with(|_| {})]);
    assert_eq!(plan.items[0].target.subnet.as_str(), "subnet-b");
}

#[test]
fn names_are_cut_to_63_characters_without_ending_in_a_hyphen_and_never_collide() {
    let long = "x".repeat(63);
    let edge = format!("{}-{}", "y".repeat(58), "zzzz");
    let taken = format!("{}-vpc", "x".repeat(59));
    let instances = vec![
        instance(exposed(&long), tags(&[])),
        instance(exposed(&edge), tags(&[])),
        instance(exposed("a"), tags(&[])),
        instance(sound("a-vpc"), tags(&[])),
        instance(sound(&taken), tags(&[])),
    ];
    let plan = plan(instances);
    let names: Vec<&str> =
        plan.items.iter().map(|item| item.request.notebook_instance_name.as_str()).collect();
    assert_eq!(names, ["a-vpc-2", &format!("{}-vpc-2", "x".repeat(57)), &format!("{}-vpc", "y".repeat(58))]);
}

#[test]
fn what_cannot_be_worked_from_is_withheld_with_its_reason() {
    let failed = with(|it| it.notebook_instance_status = Status::Failed);
    assert_eq!(reason(&plan(vec![failed])), &WithheldReason::Status { status: Status::Failed });
    let unheard = Status::Other("Hibernating".to_owned());
    let busy = with(|it| it.notebook_instance_status = unheard.clone());
    assert_eq!(reason(&plan(vec![busy])), &WithheldReason::Status { status: unheard });
    let mut unread = with(|_| {});
    unread.tags = None;
    assert_eq!(reason(&plan(vec![unread])), &WithheldReason::TagsUnreadable);
    let no_role = with(|it| it.role_arn = None);
    assert!(matches!(reason(&plan(vec![no_role])), WithheldReason::MemberNotReported { .. }));
    let many: Vec<(String, String)> = (0..48).map(|n| (format!("k{n}"), "v".to_owned())).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let full = instance(exposed("a"), tags(&many));
    assert_eq!(reason(&plan(vec![full])), &WithheldReason::TooManyTags { tags: 48 });
    let elsewhere =
        POLICY.replace("match = { regions = [\"us-east-1\"] }", "match = { names = [\"zzz-*\"] }");
    assert_eq!(reason(&plan_by(&elsewhere, vec![with(|_| {})])), &WithheldReason::NoTarget);
}

#[test]
fn direct_internet_access_and_root_access_are_never_confused() {
    // A well-known scanner read one for the other for years.
    for (direct, root, replaced) in [
        ("Enabled", "Enabled", true),
        ("Enabled", "Disabled", true),
        ("Disabled", "Enabled", false),
        ("Disabled", "Disabled", false),
    ] {
        let mut description = sound("a");
        description.direct_internet_access = Some(direct.to_owned());
        description.root_access = Some(root.to_owned());
        let plan = plan(vec![instance(description, tags(&[]))]);
        assert_eq!(plan.items.len(), usize::from(replaced), "{direct} {root}");
        if replaced {
            let found = &plan.items[0].findings;
            assert!(found.contains(&RuleId::DirectInternetAccess) && !found.contains(&RuleId::InVpc));
            assert_eq!(found.contains(&RuleId::RootAccess), root == "Enabled");
        }
    }
}

#[test]
fn what_only_fails_a_rule_that_rides_along_is_not_replaced_for_it() {
    let policy = POLICY.replace(
        "[limits]",
        "[rules]\nroot-access = \"remediate\"\n[defaults]\nroot_access = \"Disabled\"\n[limits]",
    );
    let plan = plan_by(&policy, vec![instance(sound("a"), tags(&[])), instance(exposed("b"), tags(&[]))]);
    let ids = |all: Vec<&crate::ids::ItemId>| all.iter().map(|id| id.name.to_string()).collect::<Vec<_>>();
    assert_eq!(ids(plan.items.iter().map(|item| &item.id).collect()), ["b"]);
    assert_eq!(ids(plan.repairs.iter().map(|item| &item.id).collect()), ["a"]);
    // What is re-created anyway carries it along.
    assert_eq!(plan.items[0].request.root_access.as_deref(), Some("Disabled"));
}

#[test]
fn a_rule_that_cannot_be_decided_is_neither_compliant_nor_a_reason_to_replace() {
    let mut description = sound("a");
    description.direct_internet_access = None;
    let plan = plan(vec![instance(description, tags(&[]))]);
    assert!(matches!(reason(&plan), WithheldReason::Unknown { .. }));
    assert_eq!(plan.totals.compliant, 0);
}

#[test]
fn an_exemption_holds_through_its_last_day_and_fails_closed_on_unreadable_tags() {
    let exempt = |expires: &str| {
        format!(
            "{POLICY}\n[[exempt]]\nmatch = {{ tags = {{ Keep = \"yes\" }} }}\nreason = \"r\"\nexpires = {expires}\n"
        )
    };
    let tagged = || instance(exposed("a"), tags(&[("Keep", "yes")]));
    let today = plan_by(&exempt("2026-11-22"), vec![tagged()]);
    assert!(matches!(reason(&today), WithheldReason::Exempt { .. }));
    assert_eq!(plan_by(&exempt("2026-11-21"), vec![tagged()]).items.len(), 1);
    let mut unread = tagged();
    unread.tags = None;
    assert_eq!(reason(&plan_by(&exempt("2027-01-01"), vec![unread])), &WithheldReason::TagsUnreadable);
}

#[test]
fn facts_are_only_asked_for_where_something_is_to_be_replaced() {
    let policy = policy(POLICY);
    let fine = inventory(vec![instance(sound("a"), tags(&[]))]);
    assert!(wanted_facts(&policy, &fine).is_empty());
    let bad = inventory(vec![instance(exposed("a"), tags(&[]))]);
    let wanted = wanted_facts(&policy, &bad);
    assert_eq!(wanted[&region()].subnets.len(), 2);
}

#[test]
fn without_facts_nothing_is_planned() {
    let (policy, inventory) = (policy(POLICY), inventory(vec![instance(exposed("a"), tags(&[]))]));
    let facts = NetworkFacts::default();
    let plan = plan_in(&policy, &inventory, &facts);
    assert!(matches!(reason(&plan), WithheldReason::Network { .. }));
}

#[test]
fn an_instance_that_could_not_be_described_is_counted_as_unreadable() {
    let mut unread = instance(exposed("a"), tags(&[]));
    unread.description = None;
    let mut inventory = inventory(vec![unread]);
    inventory.gaps.push(crate::inventory::Gap {
        region: region(),
        instance: Some(name("a")),
        error: crate::api_error::ApiError {
            operation: "DescribeNotebookInstance".to_owned(),
            region: region(),
            kind: crate::api_error::ApiErrorKind::AccessDenied,
            effect: crate::api_error::Effect::None,
            code: None,
            message: String::new(),
            request_id: None,
        },
    });
    let (policy, facts) = (policy(POLICY), facts());
    let plan = plan_in(&policy, &inventory, &facts);
    assert_eq!((plan.totals.unreadable, plan.totals.compliant), (1, 0));
    assert_eq!(check::check(&plan), []);
    assert_eq!(plan.account, account());
}

/// A policy that approves the subnets of its target alone.
fn approving() -> String {
    POLICY.replace("[limits]", "[rules]\napproved_subnets = [\"subnet-a\", \"subnet-b\"]\n[limits]")
}

#[test]
fn an_instance_in_a_subnet_that_is_not_approved_is_re_created_in_one_that_is() {
    let strayed = || {
        let mut description = sound("a");
        description.subnet_id = Some("subnet-c".parse().unwrap());
        instance(description, tags(&[]))
    };
    assert!(plan(vec![strayed()]).items.is_empty());
    let mut moved = plan_by(&approving(), vec![strayed()]);
    assert_eq!(check::check(&moved), []);
    assert!(moved.items[0].findings.contains(&RuleId::InVpc));
    assert_eq!(moved.items[0].request.subnet_id.as_str(), "subnet-a");
    let change = moved.items[0].changes.iter().find(|change| change.attribute == "SubnetId").unwrap();
    assert_eq!((change.before.as_deref(), change.after.as_deref()), (Some("subnet-c"), Some("subnet-a")));
    let approved = instance(sound("a"), tags(&[]));
    assert!(plan_by(&approving(), vec![approved]).items.is_empty());
    // An older program would not know of such a move.
    moved.format_version = 2;
    let problems = check::check(&moved);
    assert!(problems.iter().any(|one| one.what.contains("its source is in a VPC")), "{problems:?}");
    assert!(problems.iter().any(|one| one.what.contains("it claims that its source is in no VPC")));
}

#[test]
fn the_checker_takes_no_item_that_stays_in_its_subnet_without_direct_internet_access() {
    let mut description = sound("a");
    description.subnet_id = Some("subnet-c".parse().unwrap());
    let mut plan = plan_by(&approving(), vec![instance(description, tags(&[]))]);
    let subnet = plan.items[0].target.subnet.clone();
    plan.items[0].source.description.subnet_id = Some(subnet);
    let problems = check::check(&plan);
    assert!(problems.iter().any(|one| one.what.contains("its source is in a VPC")), "{problems:?}");
    assert!(problems.iter().any(|one| one.what.contains("it claims that its source is in no VPC")));
}
