//! What was created fails, is refused or is not as asked for: the source is as it was.

use super::{failed_reason, running, stopped};
use crate::api_error::ApiErrorKind;
use crate::execute::tests::world::Trouble;
use crate::execute::tests::{TestRun, outcome};
use crate::inventory::Description;
use crate::journal::{Outcome, Presence};

#[tokio::test]
async fn a_create_that_ends_in_failed_gives_the_reason_and_everything_is_as_it_was() {
    let test_run = TestRun::with(vec![running("a")], "");
    test_run.world.trouble("create", Trouble::Fails("Insufficient notebook instance capacity."));
    let report = test_run.apply().await;
    let reason = failed_reason(&report, "a");
    assert_eq!(reason, "the replacement failed: Insufficient notebook instance capacity.");
    assert_eq!(test_run.world.mutations(), ["stop a", "create a-vpc", "start a", "delete a-vpc"]);
    assert_eq!(test_run.world.status("a").unwrap(), "InService");
    let Outcome::Failed { left, .. } = outcome(&report, "a") else { unreachable!() };
    assert_eq!(left.source, Presence::Status("InService".to_owned()));
    assert_eq!(left.replacement, Presence::Absent);
}

#[tokio::test]
async fn a_failed_replacement_is_left_to_be_looked_at_where_the_plan_says_so() {
    let test_run = TestRun::with(vec![running("a")], "[defaults]\non_failure = \"leave\"");
    test_run.world.trouble("create", Trouble::Fails("Insufficient notebook instance capacity."));
    let report = test_run.apply().await;
    failed_reason(&report, "a");
    assert_eq!(test_run.world.mutations(), ["stop a", "create a-vpc", "start a"]);
    let Outcome::Failed { left, .. } = outcome(&report, "a") else { unreachable!() };
    assert_eq!(left.replacement, Presence::Status("Failed".to_owned()));
}

#[tokio::test]
async fn a_failed_replacement_of_a_stopped_source_leaves_the_source_stopped() {
    let test_run = TestRun::with(vec![stopped("a")], "");
    test_run.world.trouble("create", Trouble::Fails("no capacity"));
    failed_reason(&test_run.apply().await, "a");
    assert_eq!(test_run.world.mutations(), ["create a-vpc", "delete a-vpc"]);
    assert_eq!(test_run.world.status("a").unwrap(), "Stopped");
}

#[tokio::test]
async fn a_denied_create_starts_the_source_again_and_names_the_operation() {
    let test_run = TestRun::with(vec![running("a")], "");
    test_run.world.trouble("create", Trouble::Refused(ApiErrorKind::AccessDenied));
    let reason = failed_reason(&test_run.apply().await, "a");
    assert!(reason.contains("access denied"), "{reason}");
    assert_eq!(test_run.world.mutations(), ["stop a", "create a-vpc", "start a"]);
    assert_eq!(test_run.world.status("a").unwrap(), "InService");
}

#[tokio::test]
async fn a_replacement_that_is_not_as_requested_fails_the_item_and_brings_the_source_back() {
    type Alteration = (&'static str, fn(&mut Description));
    let alterations: [Alteration; 4] = [
        ("DirectInternetAccess is `Enabled`, not `Disabled`", |made| {
            made.direct_internet_access = Some("Enabled".to_owned());
        }),
        ("DirectInternetAccess is absent", |made| made.direct_internet_access = None),
        ("SecurityGroups is `sg-other`, not `sg-a`", |made| {
            made.security_groups = vec!["sg-other".parse().unwrap()];
        }),
        ("KmsKeyId is `k`, but none was asked for", |made| made.kms_key_id = Some("k".to_owned())),
    ];
    for (expected, alter) in alterations {
        let test_run = TestRun::with(vec![running("a")], "[defaults]\ndelete_source = \"after-verify\"");
        test_run.world.trouble("create", Trouble::Makes(alter));
        let reason = failed_reason(&test_run.apply().await, "a");
        assert!(reason.contains(expected), "{reason}");
        let all = ["stop a", "create a-vpc", "start a", "stop a-vpc", "delete a-vpc"];
        assert_eq!(test_run.world.mutations(), all);
        assert_eq!(test_run.world.status("a").unwrap(), "InService");
    }
}

#[tokio::test]
async fn an_instance_that_someone_made_anew_under_the_source_s_name_is_not_started() {
    let test_run = TestRun::with(vec![running("a")], "");
    test_run.world.trouble("create", Trouble::Usurped("a"));
    failed_reason(&test_run.apply().await, "a");
    assert_eq!(test_run.world.mutations(), ["stop a", "create a-vpc"]);
}
