//! What is said of a source that an earlier run has replaced, or may have.

use crate::fixtures::{
    POLICY, companions, exposed, facts, id, instance, inventory, name, now, plan_by, policy, sound, tags,
};
use crate::ids::{Digest, RunId};
use crate::inventory::{Description, Instance, Status, Tags};
use crate::plan::Inputs;
use crate::plan::planner::make;
use crate::plan::{EarlierProgress, KnownRuns, Plan, WithheldReason, provenance};

const RUN: &str = "20261121T080000Z-0123abcd";

fn run() -> RunId {
    RUN.parse().unwrap()
}

/// The three tags of a replacement of `a`.
fn made() -> Tags {
    let arn = exposed("a").notebook_instance_arn.to_string().to_uppercase().replace("ARN:", "arn:");
    let plan = Digest::of("a plan");
    tags(&[(provenance::RUN, RUN), (provenance::SOURCE, &arn), (provenance::PLAN, plan.as_str())])
}

fn replacement() -> Description {
    let mut found = sound("a-vpc");
    found.creation_time = Some("2026-11-21T08:30:00Z".parse().unwrap());
    found
}

fn world(found: Description, tags_of_it: Tags) -> Vec<Instance> {
    vec![instance(exposed("a"), tags(&[])), instance(found, tags_of_it)]
}

fn reason_of_a(plan: &Plan) -> WithheldReason {
    plan.withheld.iter().find(|one| one.id == id("a")).expect("a is withheld").reason.clone()
}

/// What is said of `a` beside this replacement, where this is known of the run.
fn said(found: Description, standing: Option<EarlierProgress>) -> WithheldReason {
    let mut runs = KnownRuns::default();
    if let Some(standing) = standing {
        runs.insert(run(), id("a"), standing);
    }
    let inventory = inventory(world(found, made()));
    let (policy, facts, companions) = (&policy(POLICY), &facts(), &companions(&inventory));
    let inputs = Inputs { policy, inventory: &inventory, facts, companions, runs: &runs, now: now() };
    reason_of_a(&make(inputs).unwrap())
}

fn with(alter: impl FnOnce(&mut Description)) -> Description {
    let mut found = replacement();
    alter(&mut found);
    found
}

#[test]
fn one_that_a_run_is_still_at_is_being_replaced_whatever_its_replacement_has_come_to() {
    let being =
        |status, rollback| WithheldReason::BeingReplaced { by: name("a-vpc"), run: run(), status, rollback };
    for status in [Status::Pending, Status::InService, Status::Stopped, Status::Failed] {
        let found = with(|it| it.notebook_instance_status = status.clone());
        assert_eq!(said(found.clone(), Some(EarlierProgress::Unfinished)), being(status.clone(), false));
        assert_eq!(said(found, Some(EarlierProgress::RollingBack)), being(status, true));
    }
}

#[test]
fn one_whose_replacement_was_verified_is_told_from_one_of_which_that_is_not_known() {
    let replaced = |verified| WithheldReason::AlreadyReplaced {
        by: name("a-vpc"),
        source: Status::InService,
        run: Some(run()),
        verified,
    };
    assert_eq!(said(replacement(), Some(EarlierProgress::Done)), replaced(true));
    // Without its journal, how far a run came is not known: whoever uses the replacement stops and starts it, too.
    for status in [Status::InService, Status::Stopped, Status::Pending, Status::Stopping, Status::Updating] {
        let found = with(|it| it.notebook_instance_status = status.clone());
        assert_eq!(said(found, None), replaced(false));
    }
}

fn wrongly(why: &str, used: bool) -> WithheldReason {
    WithheldReason::ReplacedWrongly { by: name("a-vpc"), run: run(), why: why.to_owned(), used }
}

#[test]
fn a_replacement_that_is_not_as_it_must_be_is_named_with_what_is_wrong_and_never_planned_around() {
    for standing in [None, Some(EarlierProgress::Done), Some(EarlierProgress::Failed)] {
        let wrongly = |why: &str| wrongly(why, standing != Some(EarlierProgress::Failed));
        let failed = with(|it| {
            it.notebook_instance_status = Status::Failed;
            it.failure_reason = Some("no capacity".to_owned());
        });
        assert_eq!(said(failed, standing), wrongly("its status is Failed: no capacity"));
        let open = with(|it| it.direct_internet_access = Some("Enabled".to_owned()));
        assert_eq!(said(open, standing), wrongly("its DirectInternetAccess is Enabled"));
        assert_eq!(said(with(|it| it.subnet_id = None), standing), wrongly("it is in no VPC"));
    }
    assert_eq!(said(replacement(), Some(EarlierProgress::Failed)), wrongly("the run gave it up", false));
}

#[test]
fn a_replacement_that_is_older_than_the_source_replaced_another_of_its_name() {
    let mut reborn = exposed("a");
    reborn.creation_time = Some("2026-11-22T00:00:00Z".parse().unwrap());
    let both = vec![instance(reborn, tags(&[])), instance(replacement(), made())];
    assert_eq!(plan_by(POLICY, both).items.len(), 1);
}

#[test]
fn only_all_three_tags_make_a_replacement_and_each_that_is_missing_is_named() {
    for gone in provenance::KEYS {
        let mut some = made();
        some.remove(gone);
        let maybe = WithheldReason::MaybeReplaced { by: name("a-vpc"), missing: vec![gone.to_owned()] };
        assert_eq!(reason_of_a(&plan_by(POLICY, world(replacement(), some))), maybe);
    }
    for (key, value) in [(provenance::RUN, "a run"), (provenance::PLAN, "4711")] {
        let mut odd = made();
        odd.insert(key.to_owned(), value.to_owned());
        let maybe = WithheldReason::MaybeReplaced { by: name("a-vpc"), missing: vec![key.to_owned()] };
        assert_eq!(reason_of_a(&plan_by(POLICY, world(replacement(), odd))), maybe);
    }
    let source_only: Tags = made().into_iter().filter(|(key, _)| key == provenance::SOURCE).collect();
    let missing = vec![provenance::RUN.to_owned(), provenance::PLAN.to_owned()];
    let maybe = WithheldReason::MaybeReplaced { by: name("a-vpc"), missing };
    assert_eq!(reason_of_a(&plan_by(POLICY, world(replacement(), source_only))), maybe);
    // One that does not name it, by tag or by name, is none of its.
    let run_only = tags(&[(provenance::RUN, RUN)]);
    assert_eq!(plan_by(POLICY, world(sound("b"), run_only)).items.len(), 1);
}

#[test]
fn an_instance_that_may_be_the_replacement_but_cannot_be_read_withholds_the_source() {
    let mut unread = instance(sound("a-vpc"), tags(&[]));
    unread.tags = None;
    let maybe = WithheldReason::MaybeReplaced { by: name("a-vpc"), missing: Vec::new() };
    assert_eq!(reason_of_a(&plan_by(POLICY, vec![instance(exposed("a"), tags(&[])), unread.clone()])), maybe);
    // Whatever the policy would call the replacement now.
    let renamed = POLICY.replace("[limits]", "[defaults]\nreplacement_name = \"{name}-private\"\n[limits]");
    let both = vec![instance(exposed("a"), tags(&[])), unread];
    assert_eq!(reason_of_a(&plan_by(&renamed, both)), maybe);
}
