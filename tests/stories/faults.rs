//! Stories of trouble during `apply`: lost replies, faults and throttling do not lead to a second replacement.

use remediate::journal::{Left, Outcome, Presence};

use crate::replaced::assert_replaced;
use crate::story::Story;
use crate::support::fault::{Fault, Rule};
use crate::support::policy::PolicyText;
use crate::{Aws, Named};
use remediate::report::wording;

/// The tests of this file.
pub(crate) fn tests() -> Vec<Named> {
    crate::tests![
        a_replacement_whose_reply_was_lost_is_adopted,
        a_replacement_whose_reply_was_a_server_fault_is_adopted,
        a_create_that_never_arrived_is_sent_again,
        a_throttled_create_is_sent_again,
        a_stop_whose_reply_was_lost_is_not_the_end_of_the_item,
        a_replacement_that_fails_leaves_the_source_as_it_was,
        a_stopped_source_stays_stopped_when_its_replacement_fails,
        an_item_that_may_not_be_created_fails_and_the_others_are_done,
        credentials_that_expire_in_the_middle_end_the_run_until_it_is_resumed,
    ]
}

fn a_replacement_whose_reply_was_lost_is_adopted(aws: &Aws) {
    assert_created_in_spite_of(aws, Fault::CutAfterEffect, 1);
}

fn a_replacement_whose_reply_was_a_server_fault_is_adopted(aws: &Aws) {
    assert_created_in_spite_of(aws, Fault::Html500AfterEffect, 1);
}

fn a_create_that_never_arrived_is_sent_again(aws: &Aws) {
    assert_created_in_spite_of(aws, Fault::CutBefore, 2);
}

fn a_throttled_create_is_sent_again(aws: &Aws) {
    assert_created_in_spite_of(aws, Fault::Throttle, 2);
}

/// The first create of one replacement meets the fault: all is done in the end, with this many requests.
fn assert_created_in_spite_of(aws: &Aws, fault: Fault, requests: usize) {
    let story = Story::small(aws);
    let before = story.fleet.world();
    let planned = story.plan();
    let replacement = planned.replacement(&story.source("InService"));
    story.proxy.add(Rule::on("CreateNotebookInstance", fault).about(&replacement).nth(1));
    let _ = story.apply(&planned).expect(0);
    assert_replaced(&story, &planned, &before, &[]);
    let mut sent = story.proxy.calls_named("CreateNotebookInstance");
    sent.retain(|call| call.is_about(&replacement));
    assert_eq!(sent.len(), requests, "{sent:?}");
}

fn a_stop_whose_reply_was_lost_is_not_the_end_of_the_item(aws: &Aws) {
    let story = Story::small(aws);
    let before = story.fleet.world();
    let planned = story.plan();
    let source = story.source("InService");
    story.proxy.add(Rule::on("StopNotebookInstance", Fault::CutAfterEffect).about(&source.name).nth(1));
    let _ = story.apply(&planned).expect(0);
    assert_replaced(&story, &planned, &before, &[]);
}

fn a_replacement_that_fails_leaves_the_source_as_it_was(aws: &Aws) {
    assert_failed_replacement_is_harmless(aws, "InService");
}

fn a_stopped_source_stays_stopped_when_its_replacement_fails(aws: &Aws) {
    assert_failed_replacement_is_harmless(aws, "Stopped");
}

fn assert_failed_replacement_is_harmless(aws: &Aws, status: &str) {
    let story = Story::small(aws);
    let before = story.fleet.world();
    let mut policy = PolicyText::for_fleet(&story.fleet.truth);
    // It only looks as if it had failed, so that it could not be deleted.
    policy.defaults.push_str("\non_failure = \"leave\"");
    story.set_policy(&policy);
    let planned = story.plan();
    let source = story.source(status);
    let replacement = planned.replacement(&source);
    let reason = "The subnet has no free addresses left (bench)";
    let fault = Fault::RewriteStatus("Failed".to_owned(), Some(reason.to_owned()));
    story.proxy.add(Rule::on("DescribeNotebookInstance", fault).about(&replacement));
    story.apply(&planned).expect(30).mentions(reason).mentions(&source.name);
    assert!(story.proxy.calls_named("DeleteNotebookInstance").is_empty());
    let after = story.fleet.world();
    assert_eq!(after[&source.id()], before[&source.id()], "the source is as it was, running if it ran");
    let outcome = &story.outcomes()[&source.id()];
    let Outcome::Failed { reason: found, left } = outcome else { panic!("{outcome:?}") };
    assert!(wording::reason(found).contains(reason), "{found:?}");
    assert_eq!(*left, Left { source: present(status), replacement: present("Failed") });
    let failed = format!("{}/{replacement}", source.region);
    let mut rest = after.clone();
    rest.remove(&failed).expect("what failed is left for people to look at");
    assert_eq!(rest.len(), before.len() + planned.plan.items.len() - 1, "the others are done");
}

fn present(status: &str) -> Presence {
    Presence::Status(status.to_owned())
}

fn an_item_that_may_not_be_created_fails_and_the_others_are_done(aws: &Aws) {
    let story = Story::small(aws);
    let before = story.fleet.world();
    let planned = story.plan();
    let source = story.source("InService");
    let replacement = planned.replacement(&source);
    story.proxy.add(Rule::on("CreateNotebookInstance", Fault::AccessDenied).about(&replacement));
    story.apply(&planned).expect(30).mentions("CreateNotebookInstance").mentions(&source.name);
    assert_replaced(&story, &planned, &before, &[source.id()]);
}

fn credentials_that_expire_in_the_middle_end_the_run_until_it_is_resumed(aws: &Aws) {
    let story = Story::small(aws);
    let before = story.fleet.world();
    let planned = story.plan();
    // Some sources are stopped by then, and nothing is created yet.
    story.proxy.add(Rule::on("CreateNotebookInstance", Fault::ExpiredToken));
    story.apply(&planned).expect(40).mentions("credentials").mentions("remediate resume");
    assert_eq!(story.fleet.world().len(), before.len(), "nothing was created");
    story.proxy.clear_rules();
    let _ = story.remediate.run(&["resume", "--confirm"]).expect(0);
    assert_replaced(&story, &planned, &before, &[]);
    assert!(story.proxy.calls_named("DeleteNotebookInstance").is_empty());
}
