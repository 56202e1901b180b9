//! Replacements of runs that have not finished, and instances that may be replacements.

use std::fs;

use remediate::plan::{Plan, WithheldReason, provenance};
use serde_json::json;

use super::reason;
use crate::interrupted::{PATIENCE, code, press_ctrl_c};
use crate::story::Story;
use crate::support::fault::{Fault, Rule};
use crate::{Aws, Named};

pub(super) fn tests() -> Vec<Named> {
    crate::tests![
        a_source_that_a_run_is_still_at_is_being_replaced_until_the_run_has_finished,
        an_instance_with_some_of_the_tags_may_be_a_replacement_and_is_never_planned_around,
    ]
}

fn a_source_that_a_run_is_still_at_is_being_replaced_until_the_run_has_finished(aws: &Aws) {
    let story = Story::small(aws);
    let source = story.source("InService");
    let planned = story.plan();
    let by = planned.replacement(&source);
    let pending = || {
        let rewritten = Fault::RewriteStatus("Pending".to_owned(), None);
        story.proxy.add(Rule::on("DescribeNotebookInstance", rewritten).about(&by));
    };
    pending();
    let mut command = story.remediate.command(&planned.apply());
    let child = command
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    until_described(&story, &by);
    // A state directory of its own lets nobody else in.
    let second = story.remediate.run(&[&planned.apply()[..], &["--state-dir", "beside"]].concat());
    second.expect(22).mentions("another remediate is at work on this account");
    press_ctrl_c(&child);
    assert_eq!(code(child).0, 32);

    let run = story.run_id();
    let told = |out: &str, words: &[&str]| {
        let shown = story.remediate.run(&["plan", "--out", out]).expect(0);
        for words in words {
            shown.mentions(words);
        }
        assert!(!shown.said().contains("Delete the source"), "{}", shown.said());
        let saved = fs::read_to_string(story.remediate.directory().join(out)).unwrap();
        serde_json::from_str::<Plan>(&saved).unwrap()
    };
    let resume = format!("To finish: remediate resume {run} --confirm. To undo: remediate rollback {run}");
    let plan = told("1.json", &[&format!("is replacing it by {by} (Pending) and has not finished"), &resume]);
    assert!(matches!(reason(&plan, &source), WithheldReason::BeingReplaced { .. }));
    // It runs by now, but nobody has verified it.
    story.proxy.clear_rules();
    let plan =
        told("2.json", &[&format!("is replacing it by {by} (InService) and has not finished"), &resume]);
    assert!(matches!(reason(&plan, &source), WithheldReason::BeingReplaced { .. }));
    let _ = story.remediate.run(&["resume", "--confirm"]).expect(0);
    let done = [
        format!("already replaced by {by} (verified, run {run})"),
        format!("remediate cleanup {run} --confirm"),
        format!("To undo: remediate rollback {run}"),
    ];
    let plan = told("3.json", &done.each_ref().map(String::as_str));
    assert!(matches!(reason(&plan, &source), WithheldReason::AlreadyReplaced { verified: true, .. }));
    // Where the run's journal is not, that is said.
    let elsewhere = ["plan", "--out", "elsewhere.json", "--state-dir", "elsewhere"];
    story.remediate.run(&elsewhere).expect(0).mentions("journal is not here");
}

/// Waits until the program has looked at an instance often enough to wait for it.
fn until_described(story: &Story, name: &str) {
    use remediate::clock::{Clock, SystemClock, elapsed};
    let begun = SystemClock.now();
    let looked = || {
        let calls = story.proxy.calls_named("DescribeNotebookInstance");
        calls.iter().filter(|call| call.body.contains(&format!("\"{name}\""))).count()
    };
    let created = || {
        let calls = story.proxy.calls_named("CreateNotebookInstance");
        calls.iter().any(|call| call.body.contains(&format!("\"{name}\"")))
    };
    while !created() || looked() < 3 {
        assert!(elapsed(begun, SystemClock.now()) < PATIENCE, "{name} was not created");
        std::thread::yield_now();
    }
}

fn an_instance_with_some_of_the_tags_may_be_a_replacement_and_is_never_planned_around(aws: &Aws) {
    let story = Story::small(aws);
    let source = story.source("InService");
    let planned = story.plan();
    let _ = story.apply(&planned).expect(0);
    let found = story.fleet.world();
    let replacement = &found[&format!("{}/{}", source.region, planned.replacement(&source))];
    let arn = replacement.member("NotebookInstanceArn").unwrap();
    for key in provenance::KEYS {
        let value = &replacement.tags.iter().find(|(name, _)| name == key).unwrap().1;
        let tags = json!({ "ResourceArn": arn, "TagKeys": [key] });
        story.fleet.wire.sagemaker(&source.region, "DeleteTags", &tags);
        let out = format!("without-{}.json", key.trim_start_matches("remediate:"));
        story.remediate.run(&["plan", "--out", &out]).expect(0).mentions(&format!("lacks {key}"));
        let saved = fs::read_to_string(story.remediate.directory().join(&out)).unwrap();
        let plan: Plan = serde_json::from_str(&saved).unwrap();
        assert!(plan.items.is_empty(), "{key}: {:?}", plan.items);
        assert!(matches!(reason(&plan, &source), WithheldReason::MaybeReplaced { .. }), "{key}");
        let tags = json!({ "ResourceArn": arn, "Tags": [{ "Key": key, "Value": value }] });
        story.fleet.wire.sagemaker(&source.region, "AddTags", &tags);
    }
}
