//! Stories of `apply`: it does what the plan says and nothing else, once.

use std::collections::BTreeMap;

use remediate::journal::{Entry, FORMAT_VERSION, Outcome, RunEnd};
use remediate::plan::WithheldReason;

use crate::replaced::assert_replaced;
use crate::story::Story;
use crate::support::fault::{Fault, Rule};
use crate::support::policy::PolicyText;
use crate::support::proxy::Call;
use crate::support::world;
use crate::{Aws, Named};
use remediate::report::wording;

/// The tests of this file.
pub(crate) fn tests() -> Vec<Named> {
    crate::tests![
        apply_replaces_every_source_as_planned_and_touches_nothing_else,
        a_second_plan_has_nothing_left_to_do,
        a_second_apply_of_a_plan_is_refused_and_changes_nothing,
        every_mutating_call_has_its_intent_in_the_journal,
        what_was_stopped_after_the_plan_stays_stopped,
        created_first_a_source_is_stopped_once_its_replacement_is_verified,
        created_first_a_source_is_never_touched_where_its_replacement_cannot_be_created,
        a_plan_applied_from_two_directories_gives_each_source_one_replacement_that_stays_its_runs,
        nothing_is_ever_deleted_by_default,
        a_source_is_deleted_only_where_its_replacement_could_be_compared_in_full,
    ]
}

fn apply_replaces_every_source_as_planned_and_touches_nothing_else(aws: &Aws) {
    let story = Story::start(aws);
    let before = story.fleet.world();
    let planned = story.plan();
    assert_eq!(planned.plan.items.len(), story.fleet.truth.non_compliant().count());
    let applied = story.apply(&planned).expect(0);
    assert_replaced(&story, &planned, &before, &[]);
    applied.mentions(&planned.plan.items.len().to_string());
    let outcomes = story.outcomes();
    assert_eq!(outcomes.len(), planned.plan.items.len());
    for (item, outcome) in outcomes {
        assert!(matches!(outcome, Outcome::Done { source_deleted: false, .. }), "{item}: {outcome:?}");
    }
}

fn a_second_plan_has_nothing_left_to_do(aws: &Aws) {
    let story = Story::small(aws);
    let first = story.plan();
    let _ = story.apply(&first).expect(0);
    let second = story.plan().plan;
    assert!(second.items.is_empty(), "{:?}", second.items);
    let mut withheld: Vec<String> = second.withheld.iter().map(|one| one.id.to_string()).collect();
    withheld.sort();
    let mut sources = first.sources();
    sources.sort();
    assert_eq!(withheld, sources);
    for one in &second.withheld {
        assert!(matches!(one.reason, WithheldReason::AlreadyReplaced { .. }), "{one:?}");
    }
}

fn a_second_apply_of_a_plan_is_refused_and_changes_nothing(aws: &Aws) {
    let story = Story::small(aws);
    let planned = story.plan();
    let _ = story.apply(&planned).expect(0);
    let before = story.fleet.world();
    story.proxy.forget_calls();
    let _ = story.apply(&planned).expect(21);
    assert_eq!(world::differences(&before, &story.fleet.world()), Vec::<String>::new());
    assert!(story.proxy.mutating_calls().is_empty());
}

fn every_mutating_call_has_its_intent_in_the_journal(aws: &Aws) {
    let story = Story::small(aws);
    let planned = story.plan();
    let _ = story.apply(&planned).expect(0);
    let journal = story.journal();
    let mut intended = BTreeMap::new();
    for record in &journal {
        if let Entry::Intent { item, call } = &record.entry {
            *intended.entry((item.region.to_string(), call.operation().to_owned())).or_insert(0) += 1;
        }
    }
    let mut sent = BTreeMap::new();
    for Call { region, operation, .. } in story.proxy.mutating_calls() {
        *sent.entry((region, operation)).or_insert(0) += 1;
    }
    assert_eq!(intended, sent);
    assert!(journal.iter().enumerate().all(|(at, record)| record.seq == at as u64), "a gap in the journal");
    assert!(matches!(
        &journal.first().unwrap().entry,
        Entry::RunStarted { format_version: FORMAT_VERSION, caller: Some(caller), .. } if caller.starts_with("arn:aws:")
    ));
    assert!(journal.iter().all(|record| match &record.entry {
        Entry::CallEnded { error: None, request_id, .. } => request_id.is_some(),
        Entry::ReplacementVerified { found, .. } => found.is_some(),
        Entry::RunStarted { .. }
        | Entry::RunResumed { .. }
        | Entry::ItemStarted { .. }
        | Entry::SourceAtRest { .. }
        | Entry::Intent { .. }
        | Entry::CallEnded { .. }
        | Entry::RepairVerified { .. }
        | Entry::TransferPrepared { .. }
        | Entry::FilesMoved { .. }
        | Entry::ItemFailing { .. }
        | Entry::ItemEnded { .. }
        | Entry::RunEnded { .. } => true,
    }));
    assert_eq!(journal.last().unwrap().entry, Entry::RunEnded { end: RunEnd::Completed });
}

fn what_was_stopped_after_the_plan_stays_stopped(aws: &Aws) {
    let story = Story::small(aws);
    let source = story.source("InService");
    let planned = story.plan();
    story.fleet.stop(&source.region, &source.name);
    // Read after the interference: it is the status at the first touch that the replacement is given.
    let before = story.fleet.world();
    let applied = story.apply(&planned).expect(30);
    applied.mentions("the source was running when the plan was made, and stopped when the run came to it");
    assert_replaced(&story, &planned, &before, &[]);
}

fn a_plan_applied_from_two_directories_gives_each_source_one_replacement_that_stays_its_runs(aws: &Aws) {
    let story = Story::small(aws);
    let planned = story.plan();
    let _ = story.apply(&planned).expect(0);
    let run = story.run_id();
    let before = story.fleet.world();
    let elsewhere = ["--state-dir", "elsewhere"];
    let second = story.apply_with(&planned, &elsewhere).expect(30);
    second.mentions(&format!("was made by run {run} of this plan, and is left to it"));
    let back = story.remediate.run(&[&["rollback", "--confirm"][..], &elsewhere].concat()).expect(0);
    back.mentions("nothing to do");
    assert_eq!(story.fleet.world(), before, "what the first run made is left to it");
}

fn with_create_first(aws: &Aws) -> Story {
    let story = Story::small(aws);
    let mut policy = PolicyText::for_fleet(&story.fleet.truth);
    policy.defaults = format!("{}\norder = \"create-first\"", policy.defaults);
    story.set_policy(&policy);
    story
}

fn created_first_a_source_is_stopped_once_its_replacement_is_verified(aws: &Aws) {
    let story = with_create_first(aws);
    let before = story.fleet.world();
    let source = story.source("InService");
    let planned = story.plan();
    story.apply(&planned).expect(0).mentions("done");
    assert_replaced(&story, &planned, &before, &[]);
    let calls = story.proxy.mutating_calls();
    let at = |operation: &str, name: &str| {
        let found = calls
            .iter()
            .position(|call| call.operation == operation && call.body.contains(&format!("\"{name}\"")));
        found.unwrap_or_else(|| panic!("no {operation} of {name}"))
    };
    let created = at("CreateNotebookInstance", &planned.replacement(&source));
    assert!(created < at("StopNotebookInstance", &source.name), "{calls:?}");
    let kept = story.remediate.run(&["rollback", "--confirm"]).expect(0);
    kept.mentions("rolled back");
    assert_eq!(story.fleet.world()[&source.id()].status(), "InService", "it is started again");
}

fn created_first_a_source_is_never_touched_where_its_replacement_cannot_be_created(aws: &Aws) {
    let story = with_create_first(aws);
    let source = story.source("InService");
    let planned = story.plan();
    story
        .proxy
        .add(Rule::on("CreateNotebookInstance", Fault::AccessDenied).about(&planned.replacement(&source)));
    let _ = story.apply(&planned).expect(30);
    assert_eq!(story.fleet.world()[&source.id()].status(), "InService");
    let stops = story.proxy.calls_named("StopNotebookInstance");
    let of_source = |call: &&Call| call.body.contains(&format!("\"{}\"", source.name));
    assert_eq!(stops.iter().filter(of_source).count(), 0, "{stops:?}");
}

fn nothing_is_ever_deleted_by_default(aws: &Aws) {
    let story = Story::small(aws);
    let planned = story.plan();
    let _ = story.apply(&planned).expect(0);
    assert!(story.proxy.calls_named("DeleteNotebookInstance").is_empty());
    assert!(planned.plan.items.iter().all(|item| !item.delete_source));
}

/// moto never reports the platform, so that nothing there is ever verified in full.
fn a_source_is_deleted_only_where_its_replacement_could_be_compared_in_full(aws: &Aws) {
    let story = Story::small(aws);
    let mut policy = PolicyText::for_fleet(&story.fleet.truth);
    policy.defaults.push_str("\ndelete_source = \"after-verify\"");
    story.set_policy(&policy);
    let planned = story.plan();
    assert!(planned.plan.items.iter().all(|item| item.delete_source));
    let complete = matches!(aws, Aws::Sandbox);
    // What the plan deletes and the run keeps is not done.
    let _ = story.apply(&planned).expect(if complete { 0 } else { 30 });
    let after = story.fleet.world();
    for (item, outcome) in story.outcomes() {
        let Outcome::Done { source_deleted, notes, .. } = outcome else { panic!("{item}: {outcome:?}") };
        assert_eq!((source_deleted, after.contains_key(&item)), (complete, !complete), "{item}: {notes:?}");
        if !complete {
            assert!(wording::note(&notes[0]).contains("PlatformIdentifier"), "{notes:?}");
            assert!(wording::note(&notes[0]).ends_with("so the source was not deleted"), "{notes:?}");
        }
    }
    let deletions = story.proxy.calls_named("DeleteNotebookInstance").len();
    assert_eq!(deletions, if complete { planned.plan.items.len() } else { 0 });
}
