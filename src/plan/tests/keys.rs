//! Hazards of KMS keys: the replacement's, and the source's own.

use crate::api_error::Reading;
use crate::fixtures::{POLICY, key_arn, region, tags};
use crate::inventory::{Companions, Description, Key, Status};
use crate::plan::tests::hazards::{denied, has_key, keyed, kinds, plan_with, with, withheld, withheld_for};
use crate::plan::{HazardKind, Order, Plan, WithheldReason, check};

fn state(state: &str) -> Reading<Key> {
    Reading::Found(Key { arn: key_arn("alias/x"), state: state.to_owned() })
}

fn unusable() -> [Reading<Key>; 5] {
    [state("Disabled"), state("PendingDeletion"), state("Unavailable"), state("New"), Reading::Missing]
}

#[test]
fn a_key_that_cannot_be_used_withholds_and_one_that_cannot_be_read_warns() {
    for reading in unusable() {
        let reason = withheld(POLICY, tags(&[]), has_key, keyed(&reading));
        assert_eq!(withheld_for(&reason), [HazardKind::KeyUnusable], "{reading:?}");
    }
    let by_arn = |one: &mut Description| one.kms_key_id = Some(key_arn("x"));
    let unread = |companions: &mut Companions| {
        companions.keys.insert((region(), key_arn("x")), denied());
    };
    let plan = plan_with(POLICY, tags(&[]), by_arn, unread);
    assert_eq!(kinds(&plan.items[0].hazards), [HazardKind::KeyUnknown]);
    let plan = plan_with(POLICY, tags(&[]), by_arn, |companions| companions.keys.clear());
    assert_eq!(kinds(&plan.items[0].hazards), [HazardKind::KeyUnknown]);
}

#[test]
fn an_alias_is_planned_as_the_key_that_it_stands_for_and_withheld_where_that_cannot_be_read() {
    let new = |companions: &mut Companions| {
        let key = Key { arn: key_arn("new"), state: "Enabled".to_owned() };
        companions.keys.insert((region(), "alias/new".to_owned()), Reading::Found(key));
    };
    let chosen = with("kms_key = 'alias/new'");
    let plan = plan_with(&chosen, tags(&[]), |_| {}, new);
    let item = &plan.items[0];
    assert_eq!((item.request.kms_key_id.clone(), &item.hazards), (Some(key_arn("new")), &vec![]));
    let change = item.changes.iter().find(|change| change.attribute == "KmsKeyId").unwrap();
    assert_eq!((change.before.clone(), change.after.clone()), (None, Some(key_arn("new"))));
    // So a plan of today has no key that is named otherwise.
    let mut named = plan.clone();
    named.items[0].request.kms_key_id = Some("alias/new".to_owned());
    let told = |plan: &Plan| check::check(plan).iter().any(|one| one.what.contains("named by an alias"));
    assert!(told(&named));
    named.format_version = 3;
    assert!(!told(&named));
    // A source whose key AWS describes by an alias is carried over by the key, too.
    let plan = plan_with(POLICY, tags(&[]), has_key, |_| {});
    assert_eq!(plan.items[0].request.kms_key_id, Some(key_arn("x")));
    for policy in [POLICY, &with("kms_key = 'alias/x'")] {
        let reason = withheld(policy, tags(&[]), has_key, keyed(&denied()));
        assert_eq!(withheld_for(&reason)[0], HazardKind::KeyUnresolved);
        let reason = withheld(policy, tags(&[]), has_key, |companions| companions.keys.clear());
        assert_eq!(withheld_for(&reason)[0], HazardKind::KeyUnresolved);
        let reason = withheld(policy, tags(&[]), has_key, keyed(&Reading::Missing));
        assert!(
            !matches!(reason, WithheldReason::Hazards { hazards } if kinds(&hazards).contains(&HazardKind::KeyUnresolved))
        );
    }
}

#[test]
fn a_running_source_whose_own_key_cannot_be_used_is_not_stopped_unless_that_is_accepted() {
    let new = |companions: &mut Companions| {
        let key = Key { arn: key_arn("new"), state: "Enabled".to_owned() };
        companions.keys.insert((region(), key_arn("new")), Reading::Found(key));
    };
    let other = format!("kms_key = '{}'", key_arn("new"));
    for reading in unusable() {
        let read = |companions: &mut Companions| {
            new(companions);
            keyed(&reading)(companions);
        };
        let first = with(&format!("{other}\norder = 'stop-first'"));
        let reason = withheld(&first, tags(&[]), has_key, read);
        assert_eq!(plan_with(&with(&other), tags(&[]), has_key, read).items[0].order, Order::CreateOnly);
        assert!(matches!(reason, WithheldReason::SourceKeyUnusable { .. }), "{reading:?}: {reason:?}");
        let accepted = with(&format!("{other}\nallow_one_way = true"));
        let plan = plan_with(&accepted, tags(&[]), has_key, read);
        assert_eq!(kinds(&plan.items[0].hazards), [HazardKind::SourceKeyUnusable], "{reading:?}");
        assert_eq!(plan.items[0].order, Order::CreateFirst);
        // One that is stopped need not be stopped.
        let stopped = |one: &mut Description| {
            has_key(one);
            one.notebook_instance_status = Status::Stopped;
        };
        assert_eq!(plan_with(&with(&other), tags(&[]), stopped, read).items[0].hazards, [], "{reading:?}");
    }
    let unread = |companions: &mut Companions| {
        new(companions);
        keyed(&denied())(companions);
    };
    let hazards = plan_with(&with(&other), tags(&[]), has_key, unread).items[0].hazards.clone();
    assert_eq!(kinds(&hazards), [HazardKind::KeyUnknown]);
    assert!(hazards[0].evidence[0].starts_with("the source's own: alias/x"), "{hazards:?}");
}
