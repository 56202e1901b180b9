//! Stories of what follows an application: its rollback and its cleanup.

use crate::interrupted::{apply_until_create_hangs, code, press_ctrl_c};
use crate::story::{Planned, Story};
use crate::support::policy::PolicyText;
use crate::support::remediate::Finished;
use crate::support::world;
use crate::{Aws, Named};

/// The tests of this file.
pub(crate) fn tests() -> Vec<Named> {
    crate::tests![
        rollback_leaves_every_instance_as_it_was_and_a_second_one_has_nothing_to_do,
        an_interrupted_run_can_be_rolled_back_instead_of_resumed,
        a_replacement_that_someone_has_started_is_left_until_they_have_stopped_it,
        a_run_that_was_rolled_back_is_neither_resumed_nor_applied_nor_cleaned_up_after,
        cleanup_deletes_the_sources_that_nobody_has_used_since,
        cleanup_deletes_nothing_where_the_plan_keeps_the_sources,
        cleanup_leaves_a_source_alone_that_has_become_exempt,
        neither_is_done_without_confirmation,
    ]
}

fn applied(aws: &Aws, delete_source: &str) -> (Story, world::World, Planned) {
    let story = Story::small(aws);
    let mut policy = PolicyText::for_fleet(&story.fleet.truth);
    policy.defaults = format!("{}\ndelete_source = \"{delete_source}\"", policy.defaults);
    story.set_policy(&policy);
    let before = story.fleet.world();
    let planned = story.plan();
    let _ = story.apply(&planned).expect(0);
    story.proxy.forget_calls();
    (story, before, planned)
}

fn run(story: &Story, command: &str) -> Finished {
    story.remediate.run(&[command, "--confirm"])
}

fn rollback_leaves_every_instance_as_it_was_and_a_second_one_has_nothing_to_do(aws: &Aws) {
    let (story, before, planned) = applied(aws, "never");
    let plan = planned.path.to_str().unwrap();
    let rolled_back = story.remediate.run(&["rollback", plan, "--confirm"]).expect(0);
    rolled_back.mentions(&format!("{0} items: {0} rolled back", planned.plan.items.len()));
    assert_eq!(world::differences(&before, &story.fleet.world()), Vec::<String>::new());
    story.remediate.run(&["status", plan]).expect(0).mentions("Rollback of run").mentions("source as it was");
    story.proxy.forget_calls();
    run(&story, "rollback").expect(0).mentions("everything that the run did was undone already");
    assert!(story.proxy.calls().is_empty(), "a rollback with nothing to do asks AWS nothing");
}

fn an_interrupted_run_can_be_rolled_back_instead_of_resumed(aws: &Aws) {
    let story = Story::small(aws);
    let before = story.fleet.world();
    let planned = story.plan();
    let child = apply_until_create_hangs(&story, &planned, "3s");
    press_ctrl_c(&child);
    assert_eq!(code(child).0, 32);
    story.remediate.run(&["status"]).expect(0).mentions("To undo what was done:");
    let _ = run(&story, "rollback").expect(0);
    assert_eq!(world::differences(&before, &story.fleet.world()), Vec::<String>::new());
    // Nothing of it is left open: from then on the run that comes after it is the latest.
    story.proxy.clear_rules();
    let again = story.plan();
    let _ = story.apply(&again).expect(0);
    story.remediate.run(&["status"]).expect(0).mentions(again.plan.digest.as_str());
}

fn a_replacement_that_someone_has_started_is_left_until_they_have_stopped_it(aws: &Aws) {
    let (story, before, planned) = applied(aws, "never");
    let source = story.source("Stopped");
    let replacement = planned.replacement(&source);
    story.fleet.start(&source.region, &replacement);
    let others = planned.plan.items.len() - 1;
    let rolled_back = run(&story, "rollback").expect(30);
    rolled_back.mentions(&format!("{others} rolled back, 1 refused")).mentions("someone has started it");
    let left = story.fleet.world();
    assert!(left.contains_key(&format!("{}/{replacement}", source.region)));
    story.fleet.stop(&source.region, &replacement);
    let _ = run(&story, "rollback").expect(0);
    assert_eq!(world::differences(&before, &story.fleet.world()), Vec::<String>::new());
}

fn a_run_that_was_rolled_back_is_neither_resumed_nor_applied_nor_cleaned_up_after(aws: &Aws) {
    let (story, before, planned) = applied(aws, "cleanup");
    let _ = run(&story, "rollback").expect(0);
    story.proxy.forget_calls();
    let _ = run(&story, "resume").expect(21);
    run(&story, "cleanup").expect(21).mentions("is rolled back");
    story.apply(&planned).expect(21).mentions("rolled back").mentions("make a new plan");
    assert!(story.proxy.mutating_calls().is_empty());
    assert_eq!(world::differences(&before, &story.fleet.world()), Vec::<String>::new());
    // The way forward is a new plan.
    let again = story.plan();
    assert_eq!(again.sources(), planned.sources());
    let _ = story.apply(&again).expect(0);
}

/// moto never reports the platform, so that nothing there is ever verified in full.
fn cleanup_deletes_the_sources_that_nobody_has_used_since(aws: &Aws) {
    let (story, _, planned) = applied(aws, "cleanup");
    let used = story.source("InService");
    story.fleet.start(&used.region, &used.name);
    story.fleet.stop(&used.region, &used.name);
    let before = story.fleet.world();
    let cleaned = run(&story, "cleanup").expect(30);
    cleaned.mentions("to be deleted, each once its replacement has verified again");
    let after = story.fleet.world();
    let complete = matches!(aws, Aws::Sandbox);
    for id in planned.sources() {
        let kept = !complete || id == used.id();
        assert_eq!(after.contains_key(&id), kept, "{id}");
    }
    let deleted = if complete { planned.plan.items.len() - 1 } else { 0 };
    assert_eq!(story.proxy.calls_named("DeleteNotebookInstance").len(), deleted);
    assert_eq!(before.len() - after.len(), deleted, "nothing else is deleted");
    cleaned.mentions(if complete { "someone has used it since" } else { "PlatformIdentifier" });
    if complete {
        // There is no way back for what was deleted; for what was kept there is.
        run(&story, "rollback")
            .expect(30)
            .mentions("1 rolled back")
            .mentions("source was deleted by the cleanup");
    }
}

fn cleanup_deletes_nothing_where_the_plan_keeps_the_sources(aws: &Aws) {
    let (story, _, planned) = applied(aws, "never");
    let kept = format!("{} sources are kept", planned.plan.items.len());
    run(&story, "cleanup").expect(0).mentions(&kept).mentions("delete_source = \"never\"");
    assert!(story.proxy.calls().is_empty());
}

fn neither_is_done_without_confirmation(aws: &Aws) {
    let (story, _, _) = applied(aws, "cleanup");
    for command in ["rollback", "cleanup"] {
        let refused = story.remediate.run(&[command]).expect(22);
        refused.mentions("nothing was changed").mentions(&format!("remediate {command} "));
    }
    assert!(story.proxy.mutating_calls().is_empty());
}

fn cleanup_leaves_a_source_alone_that_has_become_exempt(aws: &Aws) {
    let (story, _, planned) = applied(aws, "cleanup");
    let spared = story.source("InService");
    let mut policy = PolicyText::for_fleet(&story.fleet.truth);
    policy.extra = format!(
        "\n[[exempt]]\nmatch = {{ names = [{:?}] }}\nreason = \"legal hold\"\nexpires = 2099-12-31\n",
        spared.name
    );
    story.set_policy(&policy);
    run(&story, "cleanup").expect(30).mentions("it has become exempt since the plan was made");
    let after = story.fleet.world();
    assert!(after.contains_key(&spared.id()), "{} is gone", spared.id());
    let others = planned.sources().into_iter().filter(|id| *id != spared.id());
    assert!(matches!(aws, Aws::Moto(_)) || others.into_iter().all(|id| !after.contains_key(&id)));
}
