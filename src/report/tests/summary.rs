//! Summaries of runs.

use insta::assert_snapshot;

use super::fixture::{HOSTILE, NARROW, WIDE, item, plan};
use crate::execute::{ItemReport, ItemResult, Phase, RunReport};
use crate::journal::{Left, Note, Outcome, Presence, Purpose, Reason, RunEnd};
use crate::plan::{Hazard, HazardKind, Plan};
use crate::report::{Style, terminal, view};

fn status(text: &str) -> Presence {
    Presence::Status(text.to_owned())
}

fn done(name: &str, source_deleted: bool, notes: &[&str]) -> ItemResult {
    let notes = notes.iter().map(|note| Note::Told { text: (*note).to_owned() }).collect();
    ended(Outcome::Done { replacement: name.parse().unwrap(), source_deleted, notes })
}

fn failed(reason: &str, source: Presence, replacement: Presence) -> ItemResult {
    ended(Outcome::Failed { reason: told(reason), left: Left { source, replacement } })
}

fn ended(outcome: Outcome) -> ItemResult {
    ItemResult::Ended { outcome }
}

fn world(end: RunEnd, result: Vec<(&str, ItemResult)>) -> (RunReport, Plan) {
    let items: Vec<_> = result.iter().map(|(name, _)| item(name, "InService", false)).collect();
    let plan = plan(&items, &[], 40);
    let reports = result.into_iter().zip(&plan.items);
    let items = reports.map(|((_, result), item)| ItemReport { id: item.id.clone(), result }).collect();
    let run = "20261005T140320Z-4f2a9c1e".parse().unwrap();
    (RunReport { format_version: 2, run, purpose: Purpose::Apply, end, items }, plan)
}

fn shown(end: RunEnd, result: Vec<(&str, ItemResult)>, style: Style) -> String {
    let (report, plan) = world(end, result);
    terminal(&view::run_summary(&report, &plan), style)
}

#[test]
fn a_run_that_went_well_says_what_stays() {
    let result = vec![
        ("fraud-etl", done("fraud-etl-vpc", false, &["AWS did not report IpAddressType"])),
        ("scratch", done("scratch-vpc", true, &[])),
        ("vision", ended(Outcome::AlreadyDone { replacement: "vision-vpc".parse().unwrap() })),
    ];
    assert_snapshot!(shown(RunEnd::Completed, result, NARROW), @r"
    Run 20261005T140320Z-4f2a9c1e completed
    3 items: 2 done, 1 already done.

    Done (2)
      us-east-1/fraud-etl -> fraud-etl-vpc
        note  AWS did not report IpAddressType
      us-east-1/scratch -> scratch-vpc (source deleted)

    Already done by an earlier run (1)
      us-east-1/vision -> vision-vpc

    Next
      1 source is kept. It still exists, is still billed for its volume and still
      found by audit until deleted. The data on a source's volume is lost when it is
      deleted.
      To go back to them, which deletes the replacements:
        remediate rollback 20261005T140320Z-4f2a9c1e --confirm
    ");
}

fn trouble() -> Vec<(&'static str, ItemResult)> {
    let quota = "CreateNotebookInstance in us-east-1: quota used up (ResourceLimitExceeded)";
    let left = Left { source: status("Stopped"), replacement: status("Pending") };
    vec![
        ("fraud-etl", done("fraud-etl-vpc", false, &[])),
        ("grown", ended(Outcome::Refused { reason: told("drifted: InstanceType is `ml.m5.large`") })),
        ("quota", failed(quota, status("InService"), Presence::Absent)),
        ("broken", failed("the replacement is Failed", status("Stopped"), status("Failed"))),
        ("odd", failed("verification failed", Presence::Unknown, status("InService"))),
        ("slow", ItemResult::Unfinished { phase: Phase::CreatingReplacement, left, why: None }),
        ("waiting", ItemResult::NotStarted),
    ]
}

#[test]
fn every_item_that_is_not_done_says_why_what_is_left_and_what_to_do() {
    assert_snapshot!(shown(RunEnd::Interrupted, trouble(), NARROW), @r"
    Run 20261005T140320Z-4f2a9c1e interrupted
    7 items: 1 done, 1 refused, 3 failed, 1 unfinished, 1 not started.

    Done (1)
      us-east-1/fraud-etl -> fraud-etl-vpc

    Refused, nothing was changed (1)
      us-east-1/grown
        why  drifted: InstanceType is `ml.m5.large`

    Failed (3)
      us-east-1/quota
        why   CreateNotebookInstance in us-east-1: quota used up
              (ResourceLimitExceeded)
        left  source is InService
              replacement quota-vpc does not exist
        next  Remove the cause, then make a new plan with `remediate plan`.

      us-east-1/broken
        why   the replacement is Failed
        left  source is Stopped
              replacement broken-vpc is Failed
        next  The source was running when the plan was made. Start it:
                aws sagemaker start-notebook-instance --region us-east-1 \
                  --notebook-instance-name broken
              Look at what has the replacement's name. A rollback deletes it if this
              run made it, once the source is back:
                aws sagemaker describe-notebook-instance --region us-east-1 \
                  --notebook-instance-name broken-vpc
                remediate rollback 20261005T140320Z-4f2a9c1e --confirm
              Remove the cause, then make a new plan with `remediate plan`.

      us-east-1/odd
        why   verification failed
        left  source was not looked at any more
              replacement odd-vpc is InService
        next  Look whether the source is well:
                aws sagemaker describe-notebook-instance --region us-east-1 \
                  --notebook-instance-name odd
              Look at what has the replacement's name. A rollback deletes it if this
              run made it, once the source is back:
                aws sagemaker describe-notebook-instance --region us-east-1 \
                  --notebook-instance-name odd-vpc
                remediate rollback 20261005T140320Z-4f2a9c1e --confirm
              Remove the cause, then make a new plan with `remediate plan`.

    Unfinished (1)
      us-east-1/slow
        why   the run ended while creating the replacement
        left  source is Stopped
              replacement slow-vpc is Pending

    Not started, nothing was changed (1)
      us-east-1/waiting

    Next
      1 source is kept. It still exists, is still billed for its volume and still
      found by audit until deleted. The data on a source's volume is lost when it is
      deleted.
      To go back to them, which deletes the replacements:
        remediate rollback 20261005T140320Z-4f2a9c1e --confirm
      For what was refused, make and review a new plan with `remediate plan`.
      2 items are left to do. To go on with the run:
        remediate resume 20261005T140320Z-4f2a9c1e --confirm
    ");
}

#[test]
fn a_source_that_may_never_start_again_is_not_simply_to_be_started() {
    for found in ["Stopped", "Failed"] {
        let result = vec![("broken", failed("x", status(found), Presence::Absent))];
        let (report, mut plan) = world(RunEnd::Completed, result);
        let told = |plan: &Plan| {
            let text = terminal(&view::run_summary(&report, plan), WIDE);
            (text.contains("may never start again"), text.contains("aws sagemaker start-notebook-instance"))
        };
        assert_eq!(told(&plan), (false, found == "Stopped"));
        plan.items[0].hazards =
            vec![Hazard { kind: HazardKind::OneWayPlatform, evidence: vec!["notebook-al2-v3".to_owned()] }];
        assert_eq!(told(&plan), (true, true));
    }
}

#[test]
fn with_room_commands_are_on_one_line() {
    let result = vec![("broken", failed("x", status("Stopped"), status("InService")))];
    assert_snapshot!(shown(RunEnd::Halted { failures: 1 }, result, WIDE), @r"
    Run 20261005T140320Z-4f2a9c1e halted after 1 item had failed; no further item was started
    1 item: 1 failed.

    Failed (1)
      us-east-1/broken
        why   x
        left  source is Stopped
              replacement broken-vpc is InService
        next  The source was running when the plan was made. Start it:
                aws sagemaker start-notebook-instance --region us-east-1 --notebook-instance-name broken
              Look at what has the replacement's name. A rollback deletes it if this run made it, once the source is back:
                aws sagemaker describe-notebook-instance --region us-east-1 --notebook-instance-name broken-vpc
                remediate rollback 20261005T140320Z-4f2a9c1e --confirm
              Remove the cause, then make a new plan with `remediate plan`.
    ");
}

#[test]
fn an_empty_run_has_nothing_to_do() {
    assert_snapshot!(shown(RunEnd::Completed, vec![], NARROW), @r"
    Run 20261005T140320Z-4f2a9c1e completed
    0 items: nothing to do.
    ");
}

#[test]
fn hostile_reasons_and_long_names_stay_within_the_width() {
    let long = "n".repeat(63);
    let hostile = status(HOSTILE);
    let result = vec![
        (long.as_str(), failed(HOSTILE, hostile.clone(), hostile.clone())),
        ("b", done(&long, false, &[HOSTILE])),
        ("c", ended(Outcome::Refused { reason: told(HOSTILE) })),
        (
            "d",
            ItemResult::Unfinished {
                phase: Phase::Checking,
                left: Left { source: hostile.clone(), replacement: hostile },
                why: Some(told(HOSTILE)),
            },
        ),
    ];
    let end = RunEnd::CredentialsLost { message: HOSTILE.to_owned() };
    super::laws::fits_and_is_harmless(&shown(end, result, NARROW));
}

fn told(text: &str) -> Reason {
    Reason::Told { text: text.to_owned() }
}
