//! What a lost answer leaves open stays open, whatever AWS says of a later attempt: what stands under the name settles it.

use super::{failed_reason, is_done, running};
use crate::api_error::ApiErrorKind;
use crate::execute::tests::world::Trouble;
use crate::execute::tests::{TestRun, outcome};
use crate::journal::{Call, Entry, fold, read};

/// A run whose first create has its effect although its answer is lost, and shows only after a while.
fn lost_and_hidden(looks: u32) -> TestRun {
    let test_run = TestRun::with(vec![running("a")], "");
    test_run.world.trouble("create", Trouble::ReplyLostAndHidden(looks));
    test_run
}

const SENT: [&str; 3] = ["stop a", "create a-vpc", "create a-vpc"];

#[tokio::test]
async fn a_name_that_is_taken_after_a_lost_answer_may_be_ours_and_its_tags_prove_it() {
    let test_run = lost_and_hidden(4);
    let report = test_run.apply().await;
    assert!(is_done(outcome(&report, "a")), "{report:?}");
    assert_eq!(test_run.world.mutations(), SENT, "it is not sent a third time");
}

#[tokio::test]
async fn a_quota_that_is_used_up_after_a_lost_answer_may_be_used_up_by_ours() {
    let test_run = lost_and_hidden(4);
    test_run.world.trouble("create", Trouble::QuotaReached);
    let report = test_run.apply().await;
    assert!(is_done(outcome(&report, "a")), "{report:?}");
    assert_eq!(test_run.world.mutations(), SENT);
}

#[tokio::test]
async fn a_refusal_in_words_that_nobody_knows_after_a_lost_answer_is_looked_into() {
    let test_run = lost_and_hidden(4);
    test_run.world.trouble("create", Trouble::Refused(ApiErrorKind::Invalid));
    let report = test_run.apply().await;
    assert!(is_done(outcome(&report, "a")), "{report:?}");
    assert_eq!(test_run.world.mutations(), SENT);
}

#[tokio::test]
async fn what_never_shows_after_a_lost_answer_fails_by_what_aws_said_last() {
    let test_run = TestRun::with(vec![running("a")], "");
    test_run.world.trouble("create", Trouble::RequestLost);
    test_run.world.trouble("create", Trouble::Refused(ApiErrorKind::AccessDenied));
    let report = test_run.apply().await;
    assert!(failed_reason(&report, "a").contains("access denied"), "{report:?}");
    assert_eq!(test_run.world.mutations(), [&SENT[..], &["start a"]].concat());
}

#[tokio::test]
async fn a_create_stays_in_doubt_after_a_refusal_until_its_replacement_is_verified() {
    let test_run = lost_and_hidden(4);
    let report = test_run.apply().await;
    assert!(is_done(outcome(&report, "a")), "{report:?}");
    let records = read(&test_run.journals()[0]).unwrap().records;
    let after = |is: fn(&Entry) -> bool| records.iter().position(|record| is(&record.entry)).unwrap() + 1;
    let created = after(|entry| matches!(entry, Entry::Intent { call: Call::CreateReplacement, .. }));
    let verified = after(|entry| matches!(entry, Entry::ReplacementVerified { .. }));
    for length in created..records.len() {
        let state = fold(&records[..length]).unwrap();
        let in_doubt = state.items.values().next().unwrap().in_doubt();
        assert_eq!(in_doubt.is_some(), length < verified, "{length} records");
    }
}
