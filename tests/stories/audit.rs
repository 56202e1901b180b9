//! Stories of `audit`: it finds what is wrong, says what it could not read, and changes nothing.

use crate::answers;
use crate::story::Story;
use crate::support::fault::{Fault, Rule};
use crate::support::fleet::{Class, Seeded};
use crate::support::world;
use crate::{Aws, Named};

/// The tests of this file.
pub(crate) fn tests() -> Vec<Named> {
    let mut tests = crate::tests![
        audit_sends_nothing_that_could_change_anything,
        audit_takes_one_call_a_page_and_one_an_instance,
        findings_end_with_10_only_where_that_is_asked_for,
        an_instance_that_cannot_be_described_is_unknown_and_a_gap,
        a_region_that_cannot_be_listed_is_a_gap_and_the_others_are_audited,
        a_region_asked_for_on_the_command_line_is_the_only_one_read,
        a_misspelt_region_is_a_gap_that_names_the_one_that_was_meant,
        an_endpoint_that_never_answers_is_a_gap_in_bounded_time,
        an_audit_that_reaches_nothing_at_all_says_so_in_bounded_time,
    ];
    let seeds: [Named; 5] = [
        ("audit_finds_exactly_the_ground_truth_of_seed_1", |aws| finds_the_truth(aws, 1)),
        ("audit_finds_exactly_the_ground_truth_of_seed_2", |aws| finds_the_truth(aws, 2)),
        ("audit_finds_exactly_the_ground_truth_of_seed_3", |aws| finds_the_truth(aws, 3)),
        ("audit_finds_exactly_the_ground_truth_of_seed_4", |aws| finds_the_truth(aws, 4)),
        ("audit_finds_exactly_the_ground_truth_of_seed_5", |aws| finds_the_truth(aws, 5)),
    ];
    tests.extend(seeds);
    tests
}

const JSON: [&str; 3] = ["audit", "--format", "json"];

fn finds_the_truth(aws: &Aws, seed: u64) {
    let story = Story::with(aws, 40, seed);
    let audit = story.remediate.run(&JSON).expect(0).json();
    let verdicts = answers::verdicts(&audit);
    for seeded in &story.fleet.truth.notebooks {
        assert_verdicts(&verdicts, seeded);
    }
    assert_eq!(verdicts.len(), 40);
    assert!(answers::gaps(&audit).is_empty());
    let counts = &story.fleet.truth.counts;
    assert_eq!(answers::total(&audit, "seen"), 40);
    assert_eq!(answers::total(&audit, "compliant"), counts[&Class::Compliant]);
    assert_eq!(answers::total(&audit, "non_compliant"), 40 - counts[&Class::Compliant]);
    assert_eq!(answers::total(&audit, "unknown"), 0);
}

fn audit_takes_one_call_a_page_and_one_an_instance(aws: &Aws) {
    let story = Story::start(aws);
    let _ = story.remediate.run(&JSON).expect(0);
    assert_eq!(story.proxy.calls_named("ListNotebookInstances").len(), 2, "a page a region");
    assert_eq!(story.proxy.calls_named("DescribeNotebookInstance").len(), 40);
    assert_eq!(story.proxy.calls_named("GetCallerIdentity").len(), 1);
    assert_eq!(story.proxy.calls().len(), 43, "and nothing else");
}

fn a_misspelt_region_is_a_gap_that_names_the_one_that_was_meant(aws: &Aws) {
    let story = Story::small(aws);
    let finished = story.remediate.run(&["audit", "--region", "us-est-1,eu-west-1"]).expect(30);
    finished.mentions("us-est-1").mentions("did you mean `us-east-1`?");
}

fn assert_verdicts(verdicts: &answers::Verdicts, seeded: &Seeded) {
    let expected = match seeded.class {
        Class::NoVpc => ["fail", "fail"],
        Class::VpcDirectInternet => ["fail", "pass"],
        Class::Compliant => ["pass", "pass"],
    };
    let found = verdicts.get(&seeded.id()).unwrap_or_else(|| panic!("{} is missing", seeded.id()));
    let found =
        ["direct-internet-access", "in-vpc"].map(|rule| found.get(rule).map_or("pass", String::as_str));
    assert_eq!(found, expected, "{}", seeded.id());
}

fn audit_sends_nothing_that_could_change_anything(aws: &Aws) {
    let story = Story::start(aws);
    let before = story.fleet.world();
    let text = story.remediate.run(&["audit"]).expect(0);
    assert_eq!(world::differences(&before, &story.fleet.world()), Vec::<String>::new());
    assert!(!story.proxy.calls().is_empty() && story.proxy.mutating_calls().is_empty());
    for seeded in story.fleet.truth.non_compliant() {
        text.mentions(&seeded.name);
    }
    assert!(!text.stdout.contains('\u{1b}'), "colour without a terminal:\n{}", text.stdout);
}

fn findings_end_with_10_only_where_that_is_asked_for(aws: &Aws) {
    let story = Story::small(aws);
    let plain = story.remediate.run(&JSON).expect(0);
    let detailed = story.remediate.run(&["audit", "--format", "json", "--detailed-exitcode"]).expect(10);
    assert_eq!(answers::verdicts(&plain.json()), answers::verdicts(&detailed.json()));
    for one in story.fleet.truth.non_compliant() {
        if one.status == "InService" {
            story.fleet.stop(&one.region, &one.name);
        }
        story.fleet.delete(&one.region, &one.name);
    }
    let _ = story.remediate.run(&["audit", "--detailed-exitcode"]).expect(0);
}

fn an_instance_that_cannot_be_described_is_unknown_and_a_gap(aws: &Aws) {
    let story = Story::small(aws);
    let hidden = story.fleet.truth.notebooks[0].clone();
    story.proxy.add(Rule::on("DescribeNotebookInstance", Fault::AccessDenied).about(&hidden.name));
    let audit = story.remediate.run(&JSON).expect(30).json();
    assert_eq!(Vec::from_iter(answers::gaps(&audit)), [hidden.id()]);
    assert_eq!(Vec::from_iter(answers::gap_kinds(&audit)), ["access-denied"]);
    let verdicts = answers::verdicts(&audit);
    let of_hidden = &verdicts[&hidden.id()];
    assert!(!of_hidden.is_empty() && of_hidden.values().all(|verdict| verdict == "unknown"), "{of_hidden:?}");
    for other in &story.fleet.truth.notebooks[1..] {
        assert_verdicts(&verdicts, other);
    }
    assert_eq!(answers::total(&audit, "unknown"), 1);
    story.remediate.run(&["audit"]).expect(30).mentions(&hidden.name).mentions("DescribeNotebookInstance");
}

fn a_region_that_cannot_be_listed_is_a_gap_and_the_others_are_audited(aws: &Aws) {
    let story = Story::small(aws);
    story.proxy.add(Rule::on("ListNotebookInstances", Fault::Html500).in_region("eu-west-1"));
    let audit = story.remediate.run(&JSON).expect(30).json();
    assert_eq!(Vec::from_iter(answers::gaps(&audit)), ["eu-west-1/"]);
    let verdicts = answers::verdicts(&audit);
    let (readable, hidden): (Vec<_>, Vec<_>) =
        story.fleet.truth.notebooks.iter().partition(|one| one.region == "us-east-1");
    assert_eq!(verdicts.len(), readable.len());
    assert!(!hidden.is_empty());
    for one in readable {
        assert_verdicts(&verdicts, one);
    }
}

fn a_region_asked_for_on_the_command_line_is_the_only_one_read(aws: &Aws) {
    let story = Story::small(aws);
    let audit = story.remediate.run(&["audit", "--format", "json", "--region", "eu-west-1"]).expect(0).json();
    assert!(answers::verdicts(&audit).keys().all(|id| id.starts_with("eu-west-1/")));
    let asked = story.proxy.calls_named("ListNotebookInstances");
    assert!(!asked.is_empty() && asked.iter().all(|call| call.region == "eu-west-1"), "{asked:?}");
}

fn an_endpoint_that_never_answers_is_a_gap_in_bounded_time(aws: &Aws) {
    let story = Story::small(aws);
    story.proxy.add(Rule::on("ListNotebookInstances", Fault::Hang).in_region("eu-west-1"));
    let audit =
        story.remediate.run(&["audit", "--format", "json", "--attempt-timeout", "1s"]).expect(30).json();
    assert_eq!(Vec::from_iter(answers::gaps(&audit)), ["eu-west-1/"]);
    assert_eq!(Vec::from_iter(answers::gap_kinds(&audit)), ["no-answer"]);
}

fn an_audit_that_reaches_nothing_at_all_says_so_in_bounded_time(aws: &Aws) {
    let story = Story::small(aws);
    story.proxy.add(Rule::on("*", Fault::Hang));
    let audit = story.remediate.run(&["audit", "--attempt-timeout", "1s"]);
    assert!([30, 40].contains(&audit.code), "{audit:?}");
    audit.mentions("no answer");
}
