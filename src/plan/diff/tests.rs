//! Laws and stories of differences.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::json;

use super::{Absence, Difference, PlanDiff, diff};
use crate::fixtures::{
    POLICY, companions, exposed, facts, instance, inventory, now, plan_by, policy, region, sound, tags,
};
use crate::ids::ItemId;
use crate::inventory::{Gap, Instance, Inventory, Status};
use crate::plan::Inputs;
use crate::plan::planner::make;
use crate::plan::{KnownRuns, Plan, PlannedExemption, QuotaNeed, WithheldReason};

/// What one instance may be in a week.
#[derive(Debug, Clone, Copy)]
enum Kind {
    NotThere,
    Compliant,
    Exposed,
    Stopped,
    Larger,
    Updating,
    WithoutTags,
    Unreadable,
}

fn any_kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        Just(Kind::NotThere),
        Just(Kind::Compliant),
        Just(Kind::Exposed),
        Just(Kind::Exposed),
        Just(Kind::Stopped),
        Just(Kind::Larger),
        Just(Kind::Updating),
        Just(Kind::WithoutTags),
        Just(Kind::Unreadable),
    ]
}

fn seen(name: &str, kind: Kind) -> Option<Instance> {
    let changed = |change: fn(&mut crate::inventory::Description)| {
        let mut description = exposed(name);
        change(&mut description);
        instance(description, tags(&[("Owner", "x")]))
    };
    Some(match kind {
        Kind::NotThere => return None,
        Kind::Compliant => instance(sound(name), tags(&[])),
        Kind::Exposed => changed(|_| {}),
        Kind::Stopped => changed(|it| it.notebook_instance_status = Status::Stopped),
        Kind::Larger => changed(|it| it.instance_type = Some("ml.g5.xlarge".to_owned())),
        Kind::Updating => changed(|it| it.notebook_instance_status = Status::Updating),
        Kind::WithoutTags => Instance { tags: None, ..changed(|_| {}) },
        Kind::Unreadable => Instance { description: None, tags: None, ..changed(|_| {}) },
    })
}

fn gap(instance: &ItemId) -> Gap {
    serde_json::from_value(json!({
        "region": instance.region, "instance": instance.name,
        "error": { "operation": "DescribeNotebookInstance", "region": instance.region, "kind": "access-denied",
            "effect": "none", "message": "no", "request_id": "r-1" },
    }))
    .unwrap()
}

/// The plan for a week's instances, named by letters.
fn week(kinds: &[Kind], policy_text: &str, hours: i64) -> Plan {
    let names = ["aa", "bb", "cc", "dd", "ee", "ff"];
    let instances: Vec<Instance> =
        names.iter().zip(kinds).filter_map(|(name, kind)| seen(name, *kind)).collect();
    let gaps = instances.iter().filter(|one| one.description.is_none()).map(|one| gap(&one.id)).collect();
    let inventory = Inventory { gaps, ..inventory(instances) };
    let now = now().checked_add(jiff::SignedDuration::from_hours(hours)).unwrap();
    let (companions, runs) = (&companions(&inventory), &KnownRuns::default());
    let (policy, facts) = (&policy(policy_text), &facts());
    make(Inputs { policy, inventory: &inventory, facts, companions, runs, now }).unwrap()
}

fn any_plan() -> impl Strategy<Value = Plan> {
    let policies = prop_oneof![
        Just(POLICY.to_owned()),
        Just(POLICY.replace("\"first\"", "\"most-free\"")),
        Just(POLICY.replace("canary = 0", "canary = 2")),
        Just(format!("{POLICY}[[exempt]]\nmatch.names = ['b*']\nreason = 'r'\nexpires = 2027-01-01\n")),
        Just(format!("{POLICY}delete_source = 'after-verify'\n")),
    ];
    (prop::collection::vec(any_kind(), 6), policies, 0_i64..200)
        .prop_map(|(kinds, policy, hours)| week(&kinds, &policy, hours))
}

/// The plan without what is no difference.
fn timeless(plan: &Plan, like: &Plan) -> Plan {
    let (created, expires, digest) = (like.created, like.expires, like.digest.clone());
    Plan { created, expires, digest, ..plan.clone() }
}

fn swapped(differences: &[Difference]) -> BTreeSet<String> {
    let swapped = |one: &Difference| {
        format!(
            "{:?}",
            Difference { member: one.member.clone(), before: one.after.clone(), after: one.before.clone() }
        )
    };
    differences.iter().map(swapped).collect()
}

fn as_they_are(differences: &[Difference]) -> BTreeSet<String> {
    differences.iter().map(|one| format!("{one:?}")).collect()
}

proptest! {
    #[test]
    fn a_plan_does_not_differ_from_itself(plan in any_plan()) {
        let found = diff(&plan, &plan);
        prop_assert!(found.is_empty(), "{:?}", found);
        prop_assert_eq!(found.unchanged.len(), plan.items.len());
    }

    #[test]
    fn plans_differ_exactly_when_something_beside_their_times_and_digests_does(a in any_plan(), b in any_plan()) {
        prop_assert_eq!(diff(&a, &b).is_empty(), a == timeless(&b, &a));
    }

    #[test]
    fn every_item_is_in_exactly_one_class(a in any_plan(), b in any_plan()) {
        let PlanDiff { new, gone, changed, unchanged, .. } = diff(&a, &b);
        let classes = new.iter().chain(&gone).map(|one| &one.id);
        let classes: Vec<&ItemId> = classes.chain(changed.iter().map(|one| &one.id)).chain(&unchanged).collect();
        let once: BTreeSet<&ItemId> = classes.iter().copied().collect();
        prop_assert_eq!(once.len(), classes.len());
        prop_assert_eq!(once, a.items.iter().chain(&b.items).map(|item| &item.id).collect::<BTreeSet<_>>());
        prop_assert!(changed.iter().all(|one| !one.differences.is_empty()));
    }

    #[test]
    fn every_withheld_instance_that_is_no_item_is_the_same_in_both_or_in_one_class(a in any_plan(), b in any_plan()) {
        let found = diff(&a, &b).withheld;
        let told: Vec<&ItemId> = found.new.iter().chain(&found.gone).map(|one| &one.withheld.id)
            .chain(found.changed.iter().map(|one| &one.after.id)).collect();
        let items: BTreeSet<&ItemId> = a.items.iter().chain(&b.items).map(|item| &item.id).collect();
        let differing: BTreeSet<&ItemId> = a.withheld.iter().filter(|one| !b.withheld.contains(one))
            .chain(b.withheld.iter().filter(|one| !a.withheld.contains(one)))
            .map(|one| &one.id).filter(|id| !items.contains(id)).collect();
        prop_assert_eq!(told.len(), differing.len());
        prop_assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), differing);
    }

    #[test]
    fn the_other_way_round_it_is_the_mirror_image(a in any_plan(), b in any_plan()) {
        let (there, back) = (diff(&a, &b), diff(&b, &a));
        prop_assert_eq!(&there.new, &back.gone);
        prop_assert_eq!(&there.gone, &back.new);
        prop_assert_eq!(&there.unchanged, &back.unchanged);
        prop_assert_eq!(&there.withheld.new, &back.withheld.gone);
        prop_assert_eq!(&there.gaps.new, &back.gaps.gone);
        prop_assert_eq!(there.changed.len(), back.changed.len());
        for (one, other) in there.changed.iter().zip(&back.changed) {
            prop_assert_eq!(&one.id, &other.id);
            prop_assert_eq!(as_they_are(&one.differences), swapped(&other.differences));
        }
        for (one, other) in [(&there.header, &back.header), (&there.limits, &back.limits), (&there.totals, &back.totals)] {
            prop_assert_eq!(as_they_are(one), swapped(other));
        }
    }
}

/// The one item that a plan has and the other has not, and why.
fn why_alone(before: &Plan, after: &Plan) -> (Option<Absence>, Option<Absence>) {
    let found = diff(before, after);
    let why = |list: Vec<super::OneSided>| list.into_iter().next().map(|one| one.other);
    (why(found.new), why(found.gone))
}

#[test]
fn a_new_item_says_what_it_was_before_and_a_gone_one_what_it_is_now() {
    let plan = |kind| week(&[kind], POLICY, 0);
    let status = Absence::Withheld { reason: WithheldReason::Status { status: Status::Updating } };
    for (other, expected) in [
        (Kind::NotThere, Absence::NotListed),
        (Kind::Compliant, Absence::NotListed),
        (Kind::Unreadable, Absence::Unreadable),
        (Kind::Updating, status),
        (Kind::WithoutTags, Absence::Withheld { reason: WithheldReason::TagsUnreadable }),
    ] {
        let exposed = plan(Kind::Exposed);
        assert_eq!(why_alone(&plan(other), &exposed), (Some(expected.clone()), None));
        assert_eq!(why_alone(&exposed, &plan(other)), (None, Some(expected)));
    }
}

#[test]
fn an_item_of_a_region_that_was_not_asked_for_or_not_listed_is_not_called_compliant_before() {
    let exposed = week(&[Kind::Exposed], POLICY, 0);
    let mut nowhere = week(&[], POLICY, 0);
    nowhere.regions = vec!["eu-west-1".parse().unwrap()];
    assert_eq!(why_alone(&nowhere, &exposed).0, Some(Absence::RegionNotAskedFor));
    let mut unlisted = week(&[], POLICY, 0);
    unlisted.gaps.push(Gap { instance: None, ..gap(&exposed.items[0].id) });
    assert_eq!(why_alone(&unlisted, &exposed).0, Some(Absence::Unreadable));
}

#[test]
fn an_instance_that_was_created_since_is_told_from_one_that_was_compliant() {
    let before = week(&[], POLICY, 0);
    let mut description = exposed("aa");
    let at = now().checked_add(jiff::SignedDuration::from_hours(5)).unwrap();
    description.creation_time = Some(at);
    let after = plan_by(POLICY, vec![instance(description, tags(&[]))]);
    assert_eq!(why_alone(&before, &after).0, Some(Absence::CreatedSince { at }));
}

#[test]
fn a_changed_item_names_each_member_with_what_it_was_and_is() {
    let (before, after) = (week(&[Kind::Exposed], POLICY, 0), week(&[Kind::Larger], POLICY, 168));
    let found = diff(&before, &after);
    let shown: Vec<String> = found.changed[0]
        .differences
        .iter()
        .map(|one| format!("{} {:?} {:?}", one.member, one.before, one.after))
        .collect();
    assert_eq!(
        shown,
        [
            "request.InstanceType Some(String(\"ml.t3.medium\")) Some(String(\"ml.g5.xlarge\"))",
            "source.description.InstanceType Some(String(\"ml.t3.medium\")) Some(String(\"ml.g5.xlarge\"))",
        ]
    );
    assert!(found.header.is_empty() && found.totals.is_empty() && found.new.is_empty());
}

#[test]
fn what_else_a_plan_says_is_compared_too() {
    let before = week(&[Kind::Exposed], POLICY, 0);
    let mut after = before.clone();
    after.account = "111122223333".parse().unwrap();
    after.limits.canary = 3;
    after.quotas.push(QuotaNeed {
        region: region(),
        instance_type: Some("ml.t3.medium".to_owned()),
        quota: Some(8),
        unread: None,
        in_use: 7,
        needed: 2,
        concurrency: Some(1),
    });
    after.exemptions.push(PlannedExemption {
        reason: "r".to_owned(),
        expires: "2027-01-01".parse().unwrap(),
        ticket: Some("T-1".to_owned()),
        expired: false,
        instances: vec![],
    });
    after.items[0].warnings.push("mind the gap".to_owned());
    let found = diff(&before, &after);
    let names = |list: &[Difference]| list.iter().map(|one| one.member.clone()).collect::<Vec<_>>();
    assert!(found.is_of_two_accounts());
    assert_eq!(names(&found.header), ["account"]);
    assert_eq!(names(&found.limits), ["canary"]);
    assert_eq!(names(&found.quotas), ["us-east-1/ml.t3.medium"]);
    assert_eq!(names(&found.exemptions), ["r (T-1)"]);
    assert_eq!(names(&found.changed[0].differences), ["warnings"]);
    assert_eq!(found.changed[0].differences[0].after, Some(json!("mind the gap")));
}

#[test]
fn a_gap_with_another_request_id_is_the_same_gap() {
    let before = week(&[Kind::Unreadable], POLICY, 0);
    let mut after = before.clone();
    after.gaps[0].error.request_id = Some("r-2".to_owned());
    assert!(diff(&before, &after).is_empty());
    after.gaps[0].error.message = "something else".to_owned();
    let found = diff(&before, &after).gaps;
    assert_eq!((found.new.len(), found.gone.len()), (1, 1));
}

#[test]
fn lists_are_compared_by_what_their_entries_are_called_and_by_their_order() {
    let named =
        |one: &str, two: &str| json!({ "list": [{ "name": "a", "v": one }, { "name": "b", "v": two }] });
    let found = super::members::between(&named("1", "2"), &named("1", "3"));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].member, "list[b].v");
    let order = super::members::between(&json!({ "list": [1, 2] }), &json!({ "list": [2, 1] }));
    assert_eq!((order.len(), order[0].before.clone()), (1, Some(json!([1, 2]))));
    let twice = super::members::between(&json!({ "list": [1] }), &json!({ "list": [1, 1] }));
    assert_eq!((twice.len(), twice[0].after.clone()), (1, Some(json!(1))));
}

#[test]
fn free_addresses_are_told_once_a_subnet_and_are_no_difference_by_themselves() {
    let before = week(&[Kind::Exposed, Kind::Exposed], POLICY, 0);
    let mut after = before.clone();
    for item in &mut after.items {
        item.target.free_addresses -= 1;
        item.target.checks.last_mut().unwrap().evidence = "other figures".to_owned();
    }
    let found = diff(&before, &after);
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(found.free_addresses.len(), 1);
    assert_eq!(
        (&found.free_addresses[0].before, &found.free_addresses[0].after),
        (&Some(json!(3)), &Some(json!(2)))
    );
    // An item before them takes an address, and changes nothing about them.
    let one = week(&[Kind::NotThere, Kind::Exposed], POLICY, 0);
    assert_eq!(diff(&one, &before).changed, []);
    // That there are too few is a difference.
    after.items[0].target.checks.last_mut().unwrap().verdict = crate::network::CheckVerdict::Unknown;
    assert_eq!(
        diff(&before, &after).changed[0].differences[0].member,
        "target.checks[free-addresses].verdict"
    );
}
