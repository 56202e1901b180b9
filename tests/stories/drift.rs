//! Stories of drift: what changed after the review is refused, item by item, and the others are done.

use remediate::journal::Outcome;
use serde_json::json;

use crate::replaced::assert_replaced;
use crate::story::{Planned, Story};
use crate::support::fleet::Seeded;
use crate::{Aws, Named};

/// The tests of this file.
pub(crate) fn tests() -> Vec<Named> {
    crate::tests![
        a_source_deleted_since_the_plan_is_refused,
        a_source_started_since_the_plan_is_refused,
        a_source_retagged_since_the_plan_is_refused,
        a_source_made_anew_since_the_plan_is_refused,
        a_replacement_name_taken_since_the_plan_is_refused,
    ]
}

fn a_source_deleted_since_the_plan_is_refused(aws: &Aws) {
    assert_refused(aws, "Stopped", |story, _, source| {
        story.fleet.delete(&source.region, &source.name);
    });
}

fn a_source_started_since_the_plan_is_refused(aws: &Aws) {
    assert_refused(aws, "Stopped", |story, _, source| {
        story.fleet.start(&source.region, &source.name);
    });
}

fn a_source_retagged_since_the_plan_is_refused(aws: &Aws) {
    assert_refused(aws, "InService", |story, _, source| {
        let tags = json!({ "ResourceArn": source.arn, "Tags": [{ "Key": "Hold", "Value": "legal" }] });
        story.fleet.wire.sagemaker(&source.region, "AddTags", &tags);
    });
}

/// Somebody has repaired it by hand: the name is the same, the instance is another, and it is compliant.
fn a_source_made_anew_since_the_plan_is_refused(aws: &Aws) {
    assert_refused(aws, "Stopped", |story, planned, source| {
        story.fleet.delete(&source.region, &source.name);
        let mut request = serde_json::to_value(&planned.item(source).request).unwrap();
        request["NotebookInstanceName"] = json!(source.name);
        story.fleet.create(&source.region, &request);
    });
}

/// Not by this plan: there is no provenance on what has the name.
fn a_replacement_name_taken_since_the_plan_is_refused(aws: &Aws) {
    assert_refused(aws, "InService", |story, planned, source| {
        let request = serde_json::to_value(&planned.item(source).request).unwrap();
        story.fleet.create(&source.region, &request);
    });
}

/// Plans, interferes with one source, applies: that item is refused and left alone, all others are replaced.
fn assert_refused(aws: &Aws, status: &str, interfere: fn(&Story, &Planned, &Seeded)) {
    let story = Story::small(aws);
    let source = story.source(status);
    let planned = story.plan();
    interfere(&story, &planned, &source);
    let before = story.fleet.world();
    story.apply(&planned).expect(30).mentions(&source.name);
    assert_replaced(&story, &planned, &before, &[source.id()]);
    for (item, outcome) in story.outcomes() {
        let refused = matches!(&outcome, Outcome::Refused { reason } if reason.code() != "told");
        assert_eq!(refused, item == source.id(), "{item}: {outcome:?}");
    }
}
