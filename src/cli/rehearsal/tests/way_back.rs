//! Ways back that AWS makes hard, and sources that somebody has used meanwhile: over real HTTP, by the sandbox's own times.

use std::time::Duration;

use crate::cli::rehearsal::tests::journey::{Journey, journey};
use crate::cli::rehearsal::tests::{POLICY, fault, networks};
use crate::execute::{Cloud as _, ItemResult, RunReport};
use crate::ids::{InstanceName, Region};
use crate::journal::Outcome;
use crate::report::wording;
use crate::sandbox::{FaultRule, Notebook};

pub(super) const ONE: &str = concat!(
    r#"
format = 1
default_vpc = false
[latency]
create = "60s"
start = "60s"
stop = "30s"
delete = "30s"
[[account]]
id = "111122223333"
regions = ["us-east-1", "eu-west-1"]
"#,
    networks!(),
    r#"
[[notebook]]
name = "etl"
region = "us-east-1"
minimum_imds = "2"
"#
);

pub(super) fn with(settings: &str) -> String {
    POLICY.replace("[limits]", &format!("[defaults]\n{settings}\n[limits]"))
}

pub(super) fn outcome(report: &RunReport) -> &Outcome {
    let ItemResult::Ended { outcome } = &report.items[0].result else { panic!("{report:?}") };
    outcome
}

/// Why the source was kept.
fn kept(report: &RunReport) -> String {
    let Outcome::Done { source_deleted: false, notes, .. } = outcome(report) else { panic!("{report:?}") };
    notes.iter().map(wording::note).collect::<Vec<_>>().join("; ")
}

fn place() -> (Region, InstanceName) {
    ("us-east-1".parse().unwrap(), "etl".parse().unwrap())
}

/// Somebody starts the source, works for an hour, and stops it.
pub(super) async fn use_source(journey: &Journey) {
    let (region, name) = place();
    let connected = &journey.session.connected;
    connected.session.start(&region, &name).await.unwrap();
    connected.clock.sleep(Duration::from_hours(1)).await;
    connected.session.stop(&region, &name).await.unwrap();
    connected.clock.sleep(Duration::from_mins(5)).await;
}

/// What was stuck goes on.
pub(super) async fn unstick(journey: &Journey) {
    journey.trouble(Vec::new());
    let clock = &journey.session.connected.clock;
    let now = clock.now();
    journey.session.sandbox.meddle(|world| {
        for site in world.accounts.values_mut().flat_map(|account| account.sites.values_mut()) {
            site.unstick(now);
        }
    });
    clock.sleep(Duration::from_mins(5)).await;
}

#[test]
fn a_source_that_was_used_while_its_run_was_cut_off_after_the_create_is_kept_and_untouched_it_is_deleted() {
    for used in [true, false] {
        journey((&with("delete_source = \"after-verify\""), ONE), async |journey: Journey| {
            journey.trouble(vec![fault("stuck:CreateNotebookInstance")]);
            journey.apply().await;
            unstick(&journey).await;
            if used {
                use_source(&journey).await;
            }
            let report = journey.apply().await;
            if used {
                let why = kept(&report);
                assert!(why.contains("someone has used it since"), "{why}");
                assert_eq!(journey.status("etl"), "Stopped");
            } else {
                assert!(matches!(outcome(&report), Outcome::Done { source_deleted: true, .. }), "{report:?}");
            }
        });
    }
}

#[test]
fn a_source_whose_run_was_cut_off_after_the_stop_is_kept_by_the_run_and_by_its_cleanup() {
    for setting in ["after-verify", "cleanup"] {
        let policy = with(&format!("delete_source = \"{setting}\""));
        journey((&policy, ONE), async |journey: Journey| {
            journey.trouble(vec![fault("stuck:StopNotebookInstance")]);
            journey.apply().await;
            unstick(&journey).await;
            use_source(&journey).await;
            let report = journey.apply().await;
            let why = if setting == "cleanup" {
                let report = journey.clean_up().await;
                let Outcome::Refused { reason } = outcome(&report) else { panic!("{report:?}") };
                wording::reason(reason)
            } else {
                kept(&report)
            };
            assert!(why.contains("it is not certain that nobody used the source"), "{setting}: {why}");
            assert_eq!(journey.status("etl"), "Stopped");
        });
    }
}

/// Somebody else changes the source.
fn change_source(journey: &Journey, change: impl FnOnce(&mut Notebook)) {
    journey.session.sandbox.meddle(|world| {
        let mut sites = world.accounts.values_mut().flat_map(|account| account.sites.values_mut());
        change(sites.find_map(|site| site.notebooks.get_mut("etl")).unwrap());
    });
}

fn failing_starts(times: u32) -> FaultRule {
    FaultRule { times: Some(times), ..fault("fails:StartNotebookInstance=Insufficient capacity.") }
}

fn failing_starts_of(name: &str, times: Option<u32>) -> FaultRule {
    let names = globset::Glob::new(name).unwrap().compile_matcher();
    FaultRule { times, names: Some(vec![names]), ..failing_starts(0) }
}

#[test]
fn a_source_that_a_failed_create_left_stopped_is_started_again_until_there_is_capacity() {
    journey((&with("delete_source = \"never\""), ONE), async |journey: Journey| {
        journey.trouble(vec![fault("access-denied:CreateNotebookInstance"), failing_starts(9)]);
        let report = journey.apply().await;
        assert!(matches!(outcome(&report), Outcome::Failed { .. }), "{report:?}");
        assert_eq!(journey.status("etl"), "InService");
    });
}

#[test]
fn a_rollback_that_is_given_a_second_time_starts_again_what_the_first_could_not() {
    journey((&with("delete_source = \"never\""), ONE), async |journey: Journey| {
        journey.apply().await;
        // The source never has capacity; the replacement has it at the third start.
        journey.trouble(vec![failing_starts_of("etl", None), failing_starts_of("etl-vpc", Some(2))]);
        let report = journey.rollback().await;
        let Outcome::Failed { reason, .. } = outcome(&report) else { panic!("{report:?}") };
        assert!(
            wording::reason(reason).contains("the source failed to start: Insufficient capacity."),
            "{reason:?}"
        );
        assert_eq!([journey.status("etl"), journey.status("etl-vpc")], ["Failed", "InService"]);
        journey.trouble(Vec::new());
        let report = journey.rollback().await;
        assert!(matches!(outcome(&report), Outcome::RolledBack { .. }), "{report:?}");
        assert_eq!([journey.status("etl"), journey.status("etl-vpc")], ["InService", ""]);
    });
}

#[test]
fn a_rollback_that_is_given_a_second_time_starts_the_replacement_that_the_first_had_stopped() {
    journey((&with("delete_source = \"never\""), ONE), async |journey: Journey| {
        journey.apply().await;
        let source = failing_starts_of("etl", None);
        journey.trouble(vec![source.clone(), failing_starts_of("etl-vpc", None)]);
        journey.rollback().await;
        assert_eq!([journey.status("etl"), journey.status("etl-vpc")], ["Failed", "Failed"]);
        journey.trouble(vec![source]);
        let report = journey.rollback().await;
        assert!(matches!(outcome(&report), Outcome::Failed { .. }), "{report:?}");
        assert_eq!([journey.status("etl"), journey.status("etl-vpc")], ["Failed", "InService"]);
    });
}

#[test]
fn a_replacement_is_not_stopped_for_a_source_whose_key_cannot_be_used() {
    let scenario = ONE.replace("[[notebook]]", "[[kms_key]]\nalias = \"own\"\nstate = \"disabled\"\n[[kms_key]]\nalias = \"new\"\n[[notebook]]\nkms_key = \"alias/own\"");
    let policy = with("kms_key = \"alias/new\"\nallow_one_way = true\ndelete_source = \"never\"");
    journey((&policy, &scenario), async |journey: Journey| {
        let report = journey.apply().await;
        assert!(matches!(outcome(&report), Outcome::Done { .. }), "{report:?}");
        let report = journey.rollback().await;
        let Outcome::Refused { reason } = outcome(&report) else { panic!("{report:?}") };
        assert!(
            wording::reason(reason).contains("the KMS key of the source's volume cannot be used"),
            "{reason:?}"
        );
        assert_eq!([journey.status("etl"), journey.status("etl-vpc")], ["Stopped", "InService"]);
    });
}

#[test]
fn a_source_that_aws_has_upgraded_since_can_be_gone_back_to() {
    let old = ONE.replace("minimum_imds", "platform_identifier = \"notebook-al2-v3\"\nminimum_imds");
    journey((&with("allow_one_way = true\ndelete_source = \"never\""), &old), async |journey: Journey| {
        journey.apply().await;
        change_source(&journey, |one| one.settings.platform_identifier = "notebook-al2023-v1".to_owned());
        let report = journey.rollback().await;
        assert!(matches!(outcome(&report), Outcome::RolledBack { .. }), "{report:?}");
        assert_eq!([journey.status("etl"), journey.status("etl-vpc")], ["InService", ""]);
    });
}

#[test]
fn a_replacement_is_not_stopped_for_a_source_that_aws_no_longer_starts() {
    let old = ONE.replace("minimum_imds", "platform_identifier = \"notebook-al2-v3\"\nminimum_imds");
    for ended in ["refused", "fails"] {
        let scenario = old.replace("format = 1", &format!("format = 1\nended_platform_start = \"{ended}\""));
        journey((&with("allow_one_way = true"), &scenario), async |journey: Journey| {
            let report = journey.apply().await;
            assert!(matches!(outcome(&report), Outcome::Done { .. }), "{report:?}");
            let before = journey.session.sandbox.calls().len();
            let report = journey.rollback().await;
            let Outcome::Refused { reason } = outcome(&report) else { panic!("{report:?}") };
            assert!(
                wording::reason(reason).contains("notebook-al2-v3 is one that AWS no longer starts"),
                "{reason:?}"
            );
            let calls = journey.session.sandbox.calls().split_off(before);
            let changes = |one: &&crate::sandbox::LoggedCall| {
                !["Describe", "List", "Get"].iter().any(|read| one.operation.starts_with(read))
            };
            assert_eq!(calls.iter().filter(changes).count(), 0, "{ended}");
            assert_eq!([journey.status("etl"), journey.status("etl-vpc")], ["Stopped", "InService"]);
        });
    }
}

#[test]
fn an_item_that_aws_has_overtaken_since_its_plan_is_refused_before_its_stop() {
    type Age = fn(&mut crate::plan::Item);
    let older: [(&str, Age); 4] = [
        ("AWS creates no instances with the platform notebook-al2-v3", |item| {
            item.request.platform_identifier = Some("notebook-al2-v3".to_owned());
        }),
        ("does not run on ml.p3.2xlarge", |item| {
            item.request.instance_type = "ml.p3.2xlarge".to_owned();
        }),
        ("AWS no longer starts the source's platform notebook-al2-v3", |item| {
            item.source.description.platform_identifier = Some("notebook-al2-v3".to_owned());
        }),
        ("is named by an alias (alias/notebooks)", |item| {
            item.request.kms_key_id = Some("alias/notebooks".to_owned());
        }),
    ];
    for (why, age) in older {
        journey((&with("delete_source = \"never\""), ONE), async |mut journey: Journey| {
            age(&mut journey.plan.items[0]);
            if why.contains("starts the source's platform") {
                change_source(&journey, |one| {
                    one.settings.platform_identifier = "notebook-al2-v3".to_owned()
                });
            }
            let report = journey.apply().await;
            let Outcome::Refused { reason } = outcome(&report) else { panic!("{why}: {report:?}") };
            assert!(
                wording::reason(reason).contains(why) && wording::reason(reason).ends_with("plan again"),
                "{reason:?}"
            );
            assert_eq!(journey.status("etl"), "InService");
        });
    }
}
