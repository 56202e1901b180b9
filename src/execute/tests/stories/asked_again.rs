//! What items depend on besides their instances, and that may have become unusable since the plan was made.

use std::time::Duration;

use super::{is_done, refused_reason, running};
use crate::clock::Clock as _;
use crate::execute::tests::{TestRun, outcome};
use crate::execute::{Dependency, Standing, Stop};
use crate::fixtures::{POLICY, exposed, instance, tags};
use crate::ids::RoleArn;
use crate::inventory::{Assumable, Instance, Key, Role};
use crate::journal::{Note, Outcome, RunEnd};
use crate::network::Subnet;

const ROLE: &str = "arn:aws:iam::123456789012:role/nb-research";
const OWN_KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/own";
const OTHER_KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/other";

fn role() -> Dependency {
    Dependency::Role(RoleArn::read(ROLE).unwrap())
}

fn key(name: &str) -> Dependency {
    Dependency::Key(name.to_owned())
}

fn subnet() -> Dependency {
    Dependency::Subnet("subnet-a".parse().unwrap())
}

fn subnet_with(change: fn(&mut Subnet)) -> Standing {
    let Standing::Subnet(Some(mut subnet)) = crate::fixtures::usable(&subnet()) else { unreachable!() };
    change(&mut subnet);
    Standing::Subnet(Some(subnet))
}

fn closed() -> Standing {
    Standing::Role(Some(Role { arn: ROLE.to_owned(), assumable: Assumable::No }))
}

fn disabled(name: &str) -> Standing {
    Standing::Key(Some(Key { arn: name.to_owned(), state: "Disabled".to_owned() }))
}

/// A source with a key of its own, in both protocols of the internet.
fn dualstack(name: &str) -> Instance {
    let mut description = exposed(name);
    description.kms_key_id = Some(OWN_KEY.to_owned());
    description.ip_address_type = Some("dualstack".to_owned());
    instance(description, tags(&[]))
}

/// One source whose key the replacement does not have.
fn of_two_keys(more: &str) -> TestRun {
    TestRun::with(vec![dualstack("a")], &format!("[defaults]\nkms_key = \"{OTHER_KEY}\"\n{more}"))
}

#[tokio::test]
async fn what_has_become_unusable_refuses_its_item_before_anything_is_changed() {
    for (dependency, told, code, says) in [
        (role(), Standing::Role(None), "role-not-usable", "role/nb-research does not exist"),
        (role(), closed(), "role-not-usable", "does not let sagemaker.amazonaws.com assume it"),
        (key(OTHER_KEY), disabled(OTHER_KEY), "key-not-usable", "key/other is in state Disabled"),
        (key(OTHER_KEY), Standing::Key(None), "key-not-usable", "key/other does not exist"),
        (key(OWN_KEY), disabled(OWN_KEY), "own-key-not-usable", "key/own is in state Disabled"),
        (subnet(), Standing::Subnet(None), "subnet-not-usable", "subnet-a does not exist"),
        (subnet(), subnet_with(|it| it.state = "pending".to_owned()), "subnet-not-usable", "state pending"),
        (subnet(), subnet_with(|it| it.free_addresses = 0), "subnet-not-usable", "no free address"),
        (subnet(), subnet_with(|it| it.has_ipv6 = false), "subnet-not-usable", "has no IPv6 addresses"),
    ] {
        for order in ["order = \"stop-first\"", "order = \"create-first\""] {
            let test_run = of_two_keys(order);
            test_run.world.tell_of(dependency.clone(), Some(told.clone()));
            let report = test_run.apply().await;
            let Outcome::Refused { reason } = outcome(&report, "a") else { panic!("{report:?}") };
            assert_eq!(reason.code(), code, "{says}");
            assert!(refused_reason(&report, "a").contains(says), "{}", refused_reason(&report, "a"));
            assert_eq!(test_run.world.mutations(), [""; 0], "{says}");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_read_refuses_nobody() {
    let test_run = of_two_keys("");
    for dependency in [role(), key(OTHER_KEY), key(OWN_KEY), subnet()] {
        test_run.world.tell_of(dependency, None);
    }
    let report = test_run.apply().await;
    assert!(is_done(outcome(&report, "a")), "{report:?}");
    assert_eq!(test_run.world.asked().len(), 4, "{:?}", test_run.world.asked());
}

#[tokio::test]
async fn a_source_that_was_stopped_before_the_plan_needs_no_key_of_its_own() {
    let mut source = dualstack("a");
    source.description.as_mut().unwrap().notebook_instance_status = crate::inventory::Status::Stopped;
    let more = format!("[defaults]\nkms_key = \"{OTHER_KEY}\"");
    let test_run = TestRun::with(vec![source], &more);
    test_run.world.tell_of(key(OWN_KEY), Some(disabled(OWN_KEY)));
    let report = test_run.apply().await;
    assert!(is_done(outcome(&report, "a")), "{report:?}");
}

#[tokio::test]
async fn fifty_items_ask_for_each_thing_once_in_ten_minutes() {
    let names: Vec<String> = (0..50).map(|n| format!("nb-{n:02}")).collect();
    let instances = names.iter().map(|name| running(name)).collect();
    let test_run = TestRun::under(&POLICY.replace("canary = 0", "canary = 0\nconcurrency = 4"), instances);
    let begun = test_run.clock.now();
    let report = test_run.apply().await;
    assert_eq!(report.end, RunEnd::Completed);
    let took = crate::clock::elapsed(begun, test_run.clock.now());
    // One role, and two subnets.
    let most = 3 * usize::try_from(1 + took.as_secs() / 600).unwrap();
    let asked = test_run.world.asked();
    println!("50 items: {} more calls in {} s", asked.len(), took.as_secs());
    assert!((3..=most).contains(&asked.len()), "{} in {took:?}", asked.len());
}

/// What becomes of two items that go into a subnet of one free address, `concurrency` at a time, and how often it was
/// asked about.
async fn two_for_one_address(concurrency: u32) -> ([bool; 2], usize) {
    let policy = POLICY.replace("canary = 0", &format!("canary = 0\nconcurrency = {concurrency}"));
    let test_run = TestRun::under(&policy, ["a", "b"].map(running).to_vec());
    test_run.world.tell_of(subnet(), Some(subnet_with(|it| it.free_addresses = 1)));
    let report = test_run.apply().await;
    let asked = test_run.world.asked().into_iter().filter(|one| *one == subnet()).count();
    (["a", "b"].map(|name| is_done(outcome(&report, name))), asked)
}

#[tokio::test]
async fn an_address_that_is_given_to_one_item_is_asked_for_again_for_the_next() {
    // By then the first is created, so that the free one that AWS tells of is another.
    assert_eq!(two_for_one_address(1).await, ([true, true], 2));
}

#[tokio::test]
async fn an_address_that_an_item_under_way_will_take_is_not_given_to_another() {
    assert_eq!(two_for_one_address(2).await, ([true, false], 2));
}

/// The run is interrupted as soon as the world has seen so much of it.
async fn interrupted(test_run: &TestRun, more: &str, until: impl Fn(&TestRun) -> bool) {
    for call in 1..100 {
        let (again, stop) = (of_two_keys(more), Stop::default());
        again.world.stop_at(call, stop.clone());
        again.apply_until(stop).await;
        if until(&again) {
            let stop = Stop::default();
            test_run.world.stop_at(call, stop.clone());
            test_run.apply_until(stop).await;
            return test_run.world.stop_at(u32::MAX, Stop::default());
        }
    }
    panic!("no run gets there");
}

#[tokio::test]
async fn a_run_goes_on_with_a_source_that_it_has_stopped_whatever_it_depends_on() {
    let test_run = of_two_keys("");
    interrupted(&test_run, "", |run| run.world.mutations() == ["stop a"]).await;
    test_run.world.tell_of(role(), Some(closed()));
    test_run.clock.advance(Duration::from_secs(3600));
    let report = test_run.resume(Stop::default()).await;
    assert!(is_done(outcome(&report, "a")), "{report:?}");
}

#[tokio::test]
async fn an_item_that_was_begun_and_not_yet_stopped_fails_with_its_source_running() {
    let test_run = of_two_keys("");
    let begun = |run: &TestRun| {
        let (_, state) = run.state.run_of(&run.plan.digest).unwrap().unwrap();
        state.items.values().any(|past| past.prior_status.is_some())
    };
    interrupted(&test_run, "", begun).await;
    assert_eq!(test_run.world.mutations(), [""; 0]);
    test_run.world.tell_of(role(), Some(closed()));
    let report = test_run.resume(Stop::default()).await;
    assert!(matches!(outcome(&report, "a"), Outcome::Failed { .. }), "{report:?}");
    assert_eq!(test_run.world.mutations(), [""; 0]);
    assert_eq!(test_run.world.status("a").unwrap(), "InService");
}

#[tokio::test]
async fn a_source_whose_key_was_lost_while_its_replacement_was_made_is_left_running() {
    let more = "order = \"create-first\"";
    let test_run = of_two_keys(more);
    interrupted(&test_run, more, |run| run.world.mutations() == ["create a-vpc"]).await;
    test_run.world.tell_of(key(OWN_KEY), Some(disabled(OWN_KEY)));
    let report = test_run.resume(Stop::default()).await;
    let Outcome::Done { notes, .. } = outcome(&report, "a") else { panic!("{report:?}") };
    assert!(notes.contains(&Note::SourceLeftRunning), "{notes:?}");
    assert_eq!(test_run.world.mutations(), ["create a-vpc"]);
    assert_eq!(test_run.world.status("a").unwrap(), "InService");
}
