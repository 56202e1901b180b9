//! Targets that keep an instance where it is, and re-creations for want of a key.

use crate::fixtures::{POLICY, exposed, instance, plan_by, sound, tags};
use crate::inventory::Description;
use crate::plan::{Plan, WithheldReason, check};
use crate::rules::RuleId;

/// A target that keeps, and the one of all others below it.
fn policy(rules: &str, keeps: &str) -> String {
    let first = format!(
        "[[target]]\nname = \"stays\"\nmatch = {{ regions = [\"us-east-1\"] }}\n{keeps}\nkms_key = 'key-of-the-policy'\n"
    );
    let policy = POLICY.replace("[limits]", &format!("[rules]\n{rules}\n[limits]"));
    policy.replace("[[target]]", &format!("{first}[[target]]"))
}

const BOTH: &str = "subnets = 'keep'\nsecurity_groups = 'keep'";
const KEY: &str = "kms-key = 'remediate'";

fn plan_of(policy: &str, description: Description) -> Plan {
    // Every target must give a key where the rule is to be repaired.
    let policy =
        policy.replace("[[target]]\nname = \"private\"", "[[target]]\nname = \"private\"\nkms_key = 'x'");
    let plan = plan_by(&policy, vec![instance(description, tags(&[]))]);
    assert_eq!(check::check(&plan), []);
    plan
}

fn placed(plan: &Plan) -> (&str, &str, Vec<&str>) {
    assert_eq!(plan.items.len(), 1, "{:?}", plan.withheld);
    let item = &plan.items[0];
    let groups = item.request.security_group_ids.iter().map(|id| id.as_str()).collect();
    (&item.target.name, item.request.subnet_id.as_str(), groups)
}

#[test]
fn a_volume_without_a_key_is_re_created_with_one_where_the_rule_is_to_be_repaired() {
    let plan = plan_of(&policy(KEY, BOTH), sound("a"));
    assert_eq!(placed(&plan), ("stays", "subnet-b", vec!["sg-a"]));
    let item = &plan.items[0];
    assert_eq!(item.request.kms_key_id.as_deref(), Some("key-of-the-policy"));
    assert!(item.findings.contains(&RuleId::KmsKey));
    let changed: Vec<&str> = item.changes.iter().map(|change| change.attribute.as_str()).collect();
    assert_eq!(changed, ["NotebookInstanceName", "KmsKeyId", "MinimumInstanceMetadataServiceVersion"]);
    let mut keyed = sound("a");
    keyed.kms_key_id = Some("own".to_owned());
    assert!(plan_of(&policy(KEY, BOTH), keyed).is_empty());
    assert!(plan_of(&policy("", BOTH), sound("a")).is_empty());
}

#[test]
fn a_target_that_keeps_is_for_instances_that_have_what_it_keeps_and_the_next_is_for_the_others() {
    assert_eq!(placed(&plan_of(&policy(KEY, BOTH), exposed("a"))).0, "private");
    let open =
        |description: &mut Description| description.direct_internet_access = Some("Enabled".to_owned());
    let mut here = sound("a");
    open(&mut here);
    assert_eq!(placed(&plan_of(&policy("", BOTH), here.clone())), ("stays", "subnet-b", vec!["sg-a"]));
    let mut without_groups = here.clone();
    without_groups.security_groups.clear();
    assert_eq!(placed(&plan_of(&policy("", BOTH), without_groups)).0, "private");
    // Each of the two can be kept alone.
    let only_subnets = "subnets = 'keep'\nsecurity_groups = ['sg-a']";
    assert_eq!(placed(&plan_of(&policy("", only_subnets), here.clone())).1, "subnet-b");
    let only_groups = "subnets = ['subnet-a']\nsecurity_groups = 'keep'";
    assert_eq!(placed(&plan_of(&policy("", only_groups), here)), ("stays", "subnet-a", vec!["sg-a"]));
}

#[test]
fn a_subnet_that_is_not_approved_is_not_kept() {
    let approved = "approved_subnets = ['subnet-a']";
    let listed = policy(approved, BOTH).replace("[\"subnet-a\", \"subnet-b\"]", "[\"subnet-a\"]");
    assert_eq!(placed(&plan_of(&listed, sound("a"))), ("private", "subnet-a", vec!["sg-a"]));
}

#[test]
fn a_network_that_does_not_pass_withholds_also_what_would_stay_in_it() {
    let mut elsewhere = sound("a");
    elsewhere.subnet_id = Some("subnet-gone".parse().unwrap());
    let plan = plan_of(&policy(KEY, BOTH), elsewhere);
    assert!(matches!(&plan.withheld[0].reason, WithheldReason::Network { target, .. } if target == "stays"));
}
