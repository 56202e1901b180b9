//! Plans and runs of earlier versions, and of before the day on which a platform ended: they go on, and nothing is stopped
//! that could not come back.

use std::time::Duration;

use serde_json::{Value, json};

use crate::cli::rehearsal::tests::fault;
use crate::cli::rehearsal::tests::journey::{Journey, journey_from};
use crate::cli::rehearsal::tests::way_back::{ONE, outcome, unstick, with};
use crate::ids::Digest;
use crate::journal::{Outcome, Purpose};
use crate::report::wording;

/// An evening before Amazon Linux 2 ended.
const JUNE: &str = "2026-06-30T20:00:00Z";

fn al2() -> String {
    ONE.replace("minimum_imds", "platform_identifier = \"notebook-al2-v3\"\nminimum_imds")
}

async fn until_july(journey: &Journey) {
    journey.session.connected.clock.sleep(Duration::from_hours(12)).await;
}

/// Writes the journal of the run as the version before wrote it: in format 3, without how the source was at rest.
fn make_older(journey: &Journey) {
    let path = journey.journal(Purpose::Apply);
    let text = std::fs::read_to_string(&path).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut older = String::new();
    let mut last: Option<Digest> = None;
    for (seq, mut line) in lines.filter(|line| line["entry"]["kind"] != "source-at-rest").enumerate() {
        line["seq"] = json!(seq);
        if let Some(last) = &last {
            line["previous"] = json!(last);
        } else {
            line["entry"]["format_version"] = json!(3);
        }
        let whole = format!("{line}\n");
        last = Some(Digest::of(&whole));
        older.push_str(&whole);
    }
    assert_ne!(older, text);
    std::fs::write(path, older).unwrap();
}

#[test]
fn a_run_of_an_earlier_version_goes_on_after_its_platform_has_ended_and_is_not_rolled_back() {
    journey_from(JUNE, (&with("delete_source = \"never\""), &al2()), async |journey: Journey| {
        assert_eq!(journey.plan.items[0].request.platform_identifier.as_deref(), Some("notebook-al2-v3"));
        journey.trouble(vec![fault("stuck:CreateNotebookInstance")]);
        journey.apply().await;
        make_older(&journey);
        unstick(&journey).await;
        until_july(&journey).await;
        let report = journey.apply().await;
        assert!(matches!(outcome(&report), Outcome::Done { .. }), "{report:?}");
        let report = journey.rollback().await;
        let Outcome::Refused { reason } = outcome(&report) else { panic!("{report:?}") };
        assert!(wording::reason(reason).contains("no longer starts"), "{reason:?}");
        assert_eq!([journey.status("etl"), journey.status("etl-vpc")], ["Stopped", "InService"]);
    });
}

#[test]
fn an_item_that_was_begun_before_its_platform_ended_is_not_stopped_after_it() {
    journey_from(JUNE, (&with("delete_source = \"never\""), &al2()), async |journey: Journey| {
        journey.trouble(vec![fault("throttle:StopNotebookInstance")]);
        journey.apply().await;
        journey.trouble(Vec::new());
        until_july(&journey).await;
        let report = journey.apply().await;
        let Outcome::Failed { reason, .. } = outcome(&report) else { panic!("{report:?}") };
        assert!(
            wording::reason(reason).contains("AWS creates no instances with the platform notebook-al2-v3"),
            "{reason:?}"
        );
        assert_eq!(journey.status("etl"), "InService");
    });
}

#[test]
fn a_run_whose_plan_names_a_key_by_an_alias_goes_on_and_says_that_it_could_not_be_compared() {
    let scenario = ONE.replace("[[notebook]]", "[[kms_key]]\nalias = \"k\"\n[[notebook]]");
    let policy = with("kms_key = \"alias/k\"\ndelete_source = \"after-verify\"");
    journey_from(JUNE, (&policy, &scenario), async |mut journey: Journey| {
        journey.trouble(vec![fault("stuck:CreateNotebookInstance")]);
        journey.apply().await;
        journey.plan.format_version = 3;
        journey.plan.items[0].request.kms_key_id = Some("alias/k".to_owned());
        make_older(&journey);
        unstick(&journey).await;
        let report = journey.apply().await;
        let Outcome::Done { source_deleted, notes, .. } = outcome(&report) else { panic!("{report:?}") };
        assert!(
            !source_deleted
                && wording::note(&notes[0]).contains("KmsKeyId")
                && wording::note(&notes[0]).contains("not deleted"),
            "{notes:?}"
        );
        let report = journey.rollback().await;
        assert!(matches!(outcome(&report), Outcome::RolledBack { .. }), "{report:?}");
    });
}

#[test]
fn an_older_journal_compares_the_source_with_when_its_replacement_was_created() {
    for used in [true, false] {
        journey_from(JUNE, (&with("delete_source = \"after-verify\""), ONE), async |journey: Journey| {
            journey.trouble(vec![fault("stuck:CreateNotebookInstance")]);
            journey.apply().await;
            make_older(&journey);
            unstick(&journey).await;
            if used {
                super::way_back::use_source(&journey).await;
            }
            let report = journey.apply().await;
            let Outcome::Done { source_deleted, notes, .. } = outcome(&report) else { panic!("{report:?}") };
            assert_eq!(*source_deleted, !used, "{notes:?}");
            assert_eq!(
                notes.iter().any(|note| wording::note(note).contains("after its replacement was created")),
                used
            );
        });
    }
}
