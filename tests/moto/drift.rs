//! Stories of drift: what changed after the review is refused, item by item, and the others are done.

use std::path::Path;

use remediate::journal::Outcome;
use serde_json::json;

use crate::Named;
use crate::replaced::assert_replaced;
use crate::story::{Planned, Story};
use crate::support::fleet::Seeded;

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

fn a_source_deleted_since_the_plan_is_refused(python: &Path) {
    assert_refused(python, "Stopped", |story, _, source| {
        story.fleet.wire.on_instance(&source.region, "DeleteNotebookInstance", &source.name);
    });
}

fn a_source_started_since_the_plan_is_refused(python: &Path) {
    assert_refused(python, "Stopped", |story, _, source| {
        story.fleet.wire.on_instance(&source.region, "StartNotebookInstance", &source.name);
    });
}

fn a_source_retagged_since_the_plan_is_refused(python: &Path) {
    assert_refused(python, "InService", |story, _, source| {
        let tags = json!({ "ResourceArn": source.arn, "Tags": [{ "Key": "Hold", "Value": "legal" }] });
        story.fleet.wire.sagemaker(&source.region, "AddTags", &tags);
    });
}

/// Somebody has repaired it by hand: the name is the same, the instance is another, and it is compliant.
fn a_source_made_anew_since_the_plan_is_refused(python: &Path) {
    assert_refused(python, "Stopped", |story, planned, source| {
        let wire = &story.fleet.wire;
        wire.on_instance(&source.region, "DeleteNotebookInstance", &source.name);
        let mut request = serde_json::to_value(&planned.item(source).request).unwrap();
        request["NotebookInstanceName"] = json!(source.name);
        wire.sagemaker(&source.region, "CreateNotebookInstance", &request);
    });
}

/// Not by this plan: there is no provenance on what has the name.
fn a_replacement_name_taken_since_the_plan_is_refused(python: &Path) {
    assert_refused(python, "InService", |story, planned, source| {
        let request = serde_json::to_value(&planned.item(source).request).unwrap();
        story.fleet.wire.sagemaker(&source.region, "CreateNotebookInstance", &request);
    });
}

/// Plans, interferes with one source, applies: that item is refused and left alone, all others are replaced.
fn assert_refused(python: &Path, status: &str, interfere: fn(&Story, &Planned, &Seeded)) {
    let story = Story::small(python);
    let source = story.source(status);
    let planned = story.plan();
    interfere(&story, &planned, &source);
    let before = story.fleet.world();
    story.apply(&planned).expect(30).mentions(&source.name);
    assert_replaced(&story, &planned, &before, &[source.id()]);
    for (item, outcome) in story.outcomes() {
        let refused = matches!(&outcome, Outcome::Refused { reason } if !reason.is_empty());
        assert_eq!(refused, item == source.id(), "{item}: {outcome:?}");
    }
}
