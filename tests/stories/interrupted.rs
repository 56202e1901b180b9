//! Stories of runs that are stopped: by Ctrl-C, by a limit, by another process.

use std::fs::{self, File};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use remediate::clock::{Clock, SystemClock, elapsed};

use crate::replaced::assert_replaced;
use crate::story::{Planned, Story};
use crate::support::fault::{Fault, Rule};
use crate::{Aws, Named};

/// The tests of this file.
pub(crate) fn tests() -> Vec<Named> {
    crate::tests![
        ctrl_c_ends_a_run_in_good_order_and_resume_goes_on,
        a_second_ctrl_c_leaves_at_once,
        status_tells_where_a_run_stands_and_asks_nobody,
        a_new_plan_does_not_take_over_what_an_interrupted_run_has_begun,
        a_run_is_halted_after_max_failures_and_can_be_resumed,
        a_second_process_is_refused_while_one_is_at_work,
        a_region_that_lets_nobody_in_is_left_to_be_resumed_and_the_others_are_done,
    ]
}

/// Longer than anything here takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Starts `apply`, and returns once it has a create in flight that is never answered.
pub(crate) fn apply_until_create_hangs(story: &Story, planned: &Planned, attempt_timeout: &str) -> Child {
    story.proxy.add(Rule::on("CreateNotebookInstance", Fault::Hang));
    let patience = ["--attempt-timeout", attempt_timeout];
    let mut command = story.remediate.command(&[&planned.apply()[..], &patience].concat());
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let begun = SystemClock.now();
    while story.proxy.calls_named("CreateNotebookInstance").is_empty() {
        assert!(elapsed(begun, SystemClock.now()) < PATIENCE, "no create was sent");
        std::thread::yield_now();
    }
    child
}

pub(crate) fn press_ctrl_c(child: &Child) {
    let status = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

pub(crate) fn code(child: Child) -> (i32, String) {
    let output = child.wait_with_output().unwrap();
    (output.status.code().unwrap(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn ctrl_c_ends_a_run_in_good_order_and_resume_goes_on(aws: &Aws) {
    let story = Story::small(aws);
    let before = story.fleet.world();
    let planned = story.plan();
    let child = apply_until_create_hangs(&story, &planned, "3s");
    press_ctrl_c(&child);
    let (code, said) = code(child);
    assert_eq!(code, 32, "{said}");
    assert!(said.contains("interrupted: no new calls are sent"), "{said}");
    let records = story.journal();
    let last = serde_json::to_string(&records.last().unwrap().entry).unwrap();
    assert_eq!(last, r#"{"kind":"run-ended","end":{"kind":"interrupted"}}"#);
    story.proxy.clear_rules();
    let _ = story.remediate.run(&["resume", "--confirm"]).expect(0);
    assert_replaced(&story, &planned, &before, &[]);
}

fn a_second_ctrl_c_leaves_at_once(aws: &Aws) {
    let story = Story::small(aws);
    let before = story.fleet.world();
    let planned = story.plan();
    // Nothing but the second signal ends this in time.
    let child = apply_until_create_hangs(&story, &planned, "10m");
    press_ctrl_c(&child);
    press_ctrl_c(&child);
    // Two signals that arrive together are one to the kernel.
    let begun = SystemClock.now();
    let mut child = child;
    while child.try_wait().unwrap().is_none() {
        assert!(elapsed(begun, SystemClock.now()) < PATIENCE, "it does not leave");
        press_ctrl_c(&child);
        std::thread::yield_now();
    }
    let (code, said) = code(child);
    assert_eq!(code, 32, "{said}");
    assert!(said.contains("remediate resume"), "{said}");
    story.proxy.clear_rules();
    let _ = story.remediate.run(&["resume", "--confirm"]).expect(0);
    assert_replaced(&story, &planned, &before, &[]);
}

fn a_new_plan_does_not_take_over_what_an_interrupted_run_has_begun(aws: &Aws) {
    let story = Story::small(aws);
    let before = story.fleet.world();
    let first = story.plan();
    let child = apply_until_create_hangs(&story, &first, "3s");
    press_ctrl_c(&child);
    assert_eq!(code(child).0, 32);
    story.proxy.clear_rules();
    // To this plan, sources that run only stopped look as if they had been stopped all along.
    let second = story.plan();
    story.proxy.forget_calls();
    story.apply(&second).expect(30).mentions("has begun it and not ended it: end that first");
    assert!(story.proxy.mutating_calls().is_empty());
    let _ = story.remediate.run(&["resume", "--confirm"]).expect(0);
    assert_replaced(&story, &first, &before, &[]);
}

fn a_run_is_halted_after_max_failures_and_can_be_resumed(aws: &Aws) {
    let story = Story::small(aws);
    let before = story.fleet.world();
    let mut policy = crate::support::policy::PolicyText::for_fleet(&story.fleet.truth);
    policy.max_failures = 1;
    policy.concurrency = 1;
    story.set_policy(&policy);
    let planned = story.plan();
    story.proxy.add(Rule::on("CreateNotebookInstance", Fault::AccessDenied));
    story.apply(&planned).expect(31).mentions("halted").mentions("remediate resume");
    story.proxy.clear_rules();
    let _ = story.remediate.run(&["resume", "--confirm"]).expect(30);
    let failed: Vec<String> = story
        .outcomes()
        .into_iter()
        .filter(|(_, outcome)| matches!(outcome, remediate::journal::Outcome::Failed { .. }))
        .map(|(item, _)| item)
        .collect();
    assert!((1..=2).contains(&failed.len()), "at most one a region: {failed:?}");
    assert_replaced(&story, &planned, &before, &failed);
}

fn a_second_process_is_refused_while_one_is_at_work(aws: &Aws) {
    let story = Story::small(aws);
    let planned = story.plan();
    let directory = story.remediate.directory().join(".remediate");
    fs::create_dir_all(&directory).unwrap();
    let other = File::create(directory.join(format!("{}.lock", planned.plan.account))).unwrap();
    other.lock().unwrap();
    story.apply(&planned).expect(22).mentions("another remediate is at work");
    assert!(story.proxy.mutating_calls().is_empty());
    drop(other);
    let _ = story.apply(&planned).expect(0);
}

fn status_tells_where_a_run_stands_and_asks_nobody(aws: &Aws) {
    let story = Story::small(aws);
    let planned = story.plan();
    story.remediate.run(&["status"]).expect(2).mentions("there is no run");
    let child = apply_until_create_hangs(&story, &planned, "3s");
    story.proxy.forget_calls();
    story.remediate.run(&["status"]).expect(0).mentions("at work on the account (pid");
    press_ctrl_c(&child);
    assert_eq!(code(child).0, 32);
    let asked = story.proxy.calls().len();
    let cut = story.remediate.run(&["status"]).expect(0);
    cut.mentions("interrupted")
        .mentions("In flight (")
        .mentions("CreateNotebookInstance")
        .mentions("remediate resume");
    let json = story.remediate.run(&["status", "--format", "json"]).expect(0).json();
    let applied = &json["stages"][0];
    assert_eq!(applied["items"].as_array().unwrap().len(), planned.plan.items.len());
    assert_eq!(applied["state"]["end"]["kind"], "interrupted");
    assert_eq!(story.proxy.calls().len(), asked, "status asks AWS nothing");
    story.proxy.clear_rules();
    let _ = story.remediate.run(&["resume", "--confirm"]).expect(0);
    let done = story.remediate.run(&["status"]).expect(0);
    done.mentions("completed").mentions("Ended (");
    assert!(!done.stdout.contains("Next"), "{}", done.stdout);
}

fn a_region_that_lets_nobody_in_is_left_to_be_resumed_and_the_others_are_done(aws: &Aws) {
    let story = Story::small(aws);
    let before = story.fleet.world();
    let mut policy = crate::support::policy::PolicyText::for_fleet(&story.fleet.truth);
    policy.max_failures = 1;
    story.set_policy(&policy);
    let planned = story.plan();
    let closed = "eu-west-1";
    let there = planned.plan.items.iter().filter(|item| item.id.region.as_str() == closed).count();
    assert!((1..planned.plan.items.len()).contains(&there));
    story.proxy.add(Rule::on("*", Fault::UnknownToken).in_region(closed));
    let told = story.apply(&planned).expect(30);
    told.mentions("its region refuses this caller")
        .mentions("UnrecognizedClientException")
        .mentions("resume");
    let outcomes = story.outcomes();
    assert_eq!(outcomes.len(), planned.plan.items.len() - there);
    assert!(outcomes.keys().all(|item| !item.starts_with(closed)), "{outcomes:?}");
    story.proxy.clear_rules();
    let _ = story.remediate.run(&["resume", "--confirm"]).expect(0);
    assert_replaced(&story, &planned, &before, &[]);
}
