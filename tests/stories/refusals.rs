//! Stories of what is refused as a whole: nothing is sent that could change anything.

use std::fs;

use remediate::journal::Outcome;
use remediate::plan::digest;

use crate::story::{Planned, Story};
use crate::support::fault::{Fault, Rule};
use crate::support::policy::PolicyText;
use crate::support::remediate::{Finished, apply};
use crate::support::world;
use crate::{Aws, Named};

/// The tests of this file.
pub(crate) fn tests() -> Vec<Named> {
    crate::tests![
        apply_without_confirmation_is_refused_off_a_terminal,
        a_confirmed_plan_is_named_by_its_digest_where_there_is_no_terminal,
        a_plan_that_is_not_the_one_that_was_reviewed_is_refused,
        a_warning_that_was_edited_out_of_a_plan_is_missed,
        a_policy_can_let_a_plan_be_confirmed_without_its_digest,
        a_plan_edited_by_one_byte_is_refused,
        a_plan_cut_in_half_is_refused,
        a_plan_for_another_account_is_refused,
        a_plan_over_the_limit_is_refused,
        without_credentials_nothing_goes,
        credentials_that_have_expired_are_not_findings,
        a_policy_with_an_unknown_key_is_refused_with_its_place,
        a_policy_with_six_groups_is_refused,
        an_instance_that_has_become_exempt_is_left_alone_and_the_others_are_done,
        a_policy_that_cannot_be_read_refuses_a_plan_as_a_whole,
        a_valid_policy_is_found_valid,
    ]
}

fn apply_without_confirmation_is_refused_off_a_terminal(aws: &Aws) {
    let story = Story::small(aws);
    let planned = story.plan();
    let applied =
        assert_nothing_happens(&story, || story.remediate.run(&["apply", planned.path.to_str().unwrap()]));
    let digest = planned.plan.digest.prefix();
    applied.expect(22).mentions(&format!("--digest {digest} --confirm"));
}

fn a_confirmed_plan_is_named_by_its_digest_where_there_is_no_terminal(aws: &Aws) {
    let story = Story::small(aws);
    let planned = story.plan();
    let path = planned.path.to_str().unwrap();
    let given = planned.apply().join(" ");
    let unnamed =
        assert_nothing_happens(&story, || story.remediate.run(&["apply", path, "--confirm"])).expect(22);
    unnamed.mentions("--digest is missing").mentions(&format!("remediate {given}"));
    story.remediate.run(&["show", path]).expect(0).mentions(&format!("remediate {given}"));
    for no_digest in [planned.plan.digest.short(), "latest"] {
        let typed = ["apply", path, "--confirm", "--digest", no_digest];
        story.remediate.run(&typed).expect(2).mentions("12 or more");
    }
    let _ = story.apply(&planned).expect(0);
}

/// Whoever may write the file can give it a digest that fits. The one who approved has another.
fn a_plan_that_is_not_the_one_that_was_reviewed_is_refused(aws: &Aws) {
    let story = Story::small(aws);
    let planned = story.plan();
    let mut plan = planned.plan.clone();
    plan.limits.max_failures += 1;
    let plan = digest::seal(plan).unwrap();
    fs::write(&planned.path, serde_json::to_string_pretty(&plan).unwrap()).unwrap();
    let refused = assert_nothing_happens(&story, || story.apply(&planned)).expect(21);
    refused.mentions(plan.digest.as_str()).mentions("this file is not what was reviewed");
    let path = planned.path.to_str().unwrap();
    story.remediate.run(&apply(path, &plan.digest)).expect(0).mentions("done");
}

fn a_warning_that_was_edited_out_of_a_plan_is_missed(aws: &Aws) {
    let story = Story::small(aws);
    let mut policy = PolicyText::for_fleet(&story.fleet.truth);
    policy.defaults = format!("{}\ndelete_source = \"after-verify\"", policy.defaults);
    story.set_policy(&policy);
    let planned = story.plan();
    let mut plan = planned.plan.clone();
    plan.items[0].warnings.retain(|words| !words.contains("is lost"));
    assert_ne!(plan, planned.plan);
    let plan = digest::seal(plan).unwrap();
    fs::write(&planned.path, serde_json::to_string_pretty(&plan).unwrap()).unwrap();
    let path = planned.path.to_str().unwrap();
    let apply = apply(path, &plan.digest);
    for command in [&apply[..], &["show", path]] {
        let refused = assert_nothing_happens(&story, || story.remediate.run(command)).expect(21);
        refused.mentions(&format!("{}: its warnings are not those", plan.items[0].id));
    }
}

fn a_policy_can_let_a_plan_be_confirmed_without_its_digest(aws: &Aws) {
    let story = Story::small(aws);
    let mut policy = PolicyText::for_fleet(&story.fleet.truth);
    policy.extra = "\n[plan]\nrequire_digest = false\n".to_owned();
    story.set_policy(&policy);
    let planned = story.plan();
    let path = planned.path.to_str().unwrap();
    story.remediate.run(&["show", path]).expect(0).mentions("lets `apply --confirm` go without `--digest`");
    story.remediate.run(&["apply", path, "--confirm"]).expect(0).mentions("done");
}

fn a_plan_edited_by_one_byte_is_refused(aws: &Aws) {
    let story = Story::small(aws);
    let planned = story.plan();
    edit(&planned, |text| {
        let at = text.find("\"sg-").unwrap() + 6;
        let other = if &text[at..=at] == "a" { "b" } else { "a" };
        format!("{}{other}{}", &text[..at], &text[at + 1..])
    });
    assert_nothing_happens(&story, || story.apply(&planned)).expect(21).mentions("digest");
    let _ = story.remediate.run(&["show", planned.path.to_str().unwrap()]).expect(21);
}

fn a_plan_cut_in_half_is_refused(aws: &Aws) {
    let story = Story::small(aws);
    let planned = story.plan();
    edit(&planned, |text| text[..text.len() / 2].to_owned());
    let _ = assert_nothing_happens(&story, || story.apply(&planned)).expect(21);
}

fn a_plan_for_another_account_is_refused(aws: &Aws) {
    let mut story = Story::small(aws);
    let planned = story.plan();
    story.remediate.with_credentials(&story.fleet.wire.assume_role_in("222222222222"));
    let applied = assert_nothing_happens(&story, || story.apply(&planned)).expect(21);
    applied.mentions("222222222222").mentions(planned.plan.account.as_str());
}

fn a_plan_over_the_limit_is_refused(aws: &Aws) {
    let story = Story::small(aws);
    let mut policy = PolicyText::for_fleet(&story.fleet.truth);
    policy.max_instances = 1;
    story.set_policy(&policy);
    let planned = story.plan();
    assert!(planned.plan.items.len() > 1, "a plan that is too large is refused, not cut");
    assert_nothing_happens(&story, || story.apply(&planned)).expect(22).mentions("max_instances");
}

fn without_credentials_nothing_goes(aws: &Aws) {
    let mut story = Story::small(aws);
    let planned = story.plan();
    story.remediate.without_credentials();
    for command in ["audit", "plan"] {
        let _ = assert_nothing_happens(&story, || story.remediate.run(&[command])).expect(40);
    }
    let _ = assert_nothing_happens(&story, || story.apply(&planned)).expect(40);
    assert_eq!(story.plan_files(), [planned.path]);
}

fn credentials_that_have_expired_are_not_findings(aws: &Aws) {
    let story = Story::small(aws);
    story.proxy.add(Rule::on("*", Fault::ExpiredToken));
    let _ = assert_nothing_happens(&story, || story.remediate.run(&["audit"])).expect(40);
    let _ = assert_nothing_happens(&story, || story.remediate.run(&["plan"])).expect(40);
    assert!(story.plan_files().is_empty());
}

fn a_policy_with_an_unknown_key_is_refused_with_its_place(aws: &Aws) {
    let story = Story::small(aws);
    let policy = PolicyText::for_fleet(&story.fleet.truth).to_string();
    let line = policy.lines().position(|line| line.starts_with("max_failures")).unwrap() + 1;
    story.remediate.write("policy.toml", &policy.replace("max_failures", "max_failurs"));
    for command in [&["policy", "check", "policy.toml"][..], &["audit"], &["plan"]] {
        let refused = assert_nothing_happens(&story, || story.remediate.run(command)).expect(20);
        refused.mentions("max_failurs").mentions("max_failures").mentions(&format!("policy.toml:{line}"));
    }
    assert!(story.proxy.calls().is_empty(), "AWS was asked before the policy was read");
}

fn a_policy_with_six_groups_is_refused(aws: &Aws) {
    let story = Story::small(aws);
    let mut policy = PolicyText::for_fleet(&story.fleet.truth);
    policy.targets[0].groups = (1..=6).map(|n| format!("sg-0000000000000000{n}")).collect();
    story.set_policy(&policy);
    let _ = assert_nothing_happens(&story, || story.remediate.run(&["policy", "check", "policy.toml"]))
        .expect(20);
    let _ = assert_nothing_happens(&story, || story.remediate.run(&["plan"])).expect(20);
}

fn a_valid_policy_is_found_valid(aws: &Aws) {
    let story = Story::small(aws);
    let _ = story.remediate.run(&["policy", "check", "policy.toml"]).expect(0);
    assert!(story.proxy.calls().is_empty(), "checking a policy asks AWS nothing");
}

fn edit(planned: &Planned, change: fn(&str) -> String) {
    let text = fs::read_to_string(&planned.path).unwrap();
    fs::write(&planned.path, change(&text)).unwrap();
}

/// Runs a command and fails if it changed the world or tried to.
fn assert_nothing_happens(story: &Story, command: impl Fn() -> Finished) -> Finished {
    let before = story.fleet.world();
    let finished = command();
    assert_eq!(world::differences(&before, &story.fleet.world()), Vec::<String>::new());
    let mutating = story.proxy.mutating_calls();
    assert!(mutating.is_empty(), "{mutating:?}");
    finished
}

fn an_instance_that_has_become_exempt_is_left_alone_and_the_others_are_done(aws: &Aws) {
    let story = Story::small(aws);
    let planned = story.plan();
    let spared = story.source("InService");
    let mut policy = PolicyText::for_fleet(&story.fleet.truth);
    policy.extra = format!(
        "\n[[exempt]]\nmatch = {{ names = [{:?}] }}\nreason = \"demo on Friday\"\nexpires = 2099-12-31\n",
        spared.name
    );
    story.set_policy(&policy);
    let before = story.fleet.world();
    story.apply(&planned).expect(30).mentions("it has become exempt since the plan was made");
    let outcomes = story.outcomes();
    let refused: Vec<&String> =
        outcomes.iter().filter(|(_, one)| matches!(one, Outcome::Refused { .. })).map(|(id, _)| id).collect();
    assert_eq!(refused, [&spared.id()]);
    assert!(outcomes.len() > 1 && story.fleet.world()[&spared.id()] == before[&spared.id()]);
}

fn a_policy_that_cannot_be_read_refuses_a_plan_as_a_whole(aws: &Aws) {
    let story = Story::small(aws);
    let planned = story.plan();
    story.remediate.write("policy.toml", "format = 1\n");
    assert_nothing_happens(&story, || story.apply(&planned)).expect(20).mentions("`scope` is missing");
    fs::remove_file(story.remediate.directory().join("policy.toml")).unwrap();
    let named = ["--policy", "other.toml"];
    assert_nothing_happens(&story, || story.apply_with(&planned, &named)).expect(20).mentions("other.toml");
    story
        .apply(&planned)
        .expect(0)
        .mentions("exemptions that were granted since the plan was made are not looked at");
}
