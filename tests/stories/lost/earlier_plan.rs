//! A plan of an earlier version of the program.

use std::fs;

use remediate::plan::Plan;
use serde_json::{Value, json};

use super::ENDED;
use crate::story::{Planned, Story};
use crate::support::remediate::apply;
use crate::{Aws, Named};

pub(super) fn tests() -> Vec<Named> {
    crate::tests![a_plan_of_an_earlier_version_is_shown_and_what_aws_refuses_by_now_is_not_stopped]
}

/// A plan as an earlier version made it: with a platform that has ended since, and with a key that is named by an alias.
fn aged(planned: &Planned, age: impl Fn(&mut Value)) -> Plan {
    let mut plan = serde_json::to_value(&planned.plan).unwrap();
    plan["format_version"] = json!(3);
    plan.as_object_mut().unwrap().remove("require_digest");
    plan["items"].as_array_mut().unwrap().iter_mut().for_each(age);
    remediate::plan::digest::seal(serde_json::from_value(plan).unwrap()).unwrap()
}

/// The item as if it asked for this.
fn asks_for(item: &mut Value, attribute: &str, after: &str) {
    item["request"][attribute] = json!(after);
    let before = item["source"]["description"][attribute].as_str().map(str::to_owned);
    let changes = item["changes"].as_array_mut().unwrap();
    changes.retain(|change| change["attribute"] != attribute);
    let mut change = json!({ "attribute": attribute, "after": after });
    let platform_changes =
        attribute == "PlatformIdentifier" && before.as_ref().is_some_and(|from| from != after);
    if let Some(before) = before {
        change["before"] = json!(before);
    }
    changes.push(change);
    tells(item, attribute, platform_changes);
}

/// The item as it tells that: what it asks for is not left to AWS, and whether the platform changes.
fn tells(item: &mut Value, asked: &str, platform_changes: bool) {
    let left = |words: &str| words.replace(&format!(", {asked}"), "").replace(&format!("{asked}, "), "");
    let told = |words: &Value| words.as_str().map(left).filter(|words| !words.contains(asked));
    item["warnings"] = item["warnings"].as_array().unwrap().iter().filter_map(told).collect();
    let mut hazards = item["hazards"].as_array().cloned().unwrap_or_default();
    hazards.retain(|hazard| hazard["kind"] != "platform-changes");
    if platform_changes {
        hazards.push(json!({ "kind": "platform-changes", "evidence": ["another"] }));
    }
    item["hazards"] = hazards.into();
}

fn a_plan_of_an_earlier_version_is_shown_and_what_aws_refuses_by_now_is_not_stopped(aws: &Aws) {
    type Age = fn(&mut Value);
    let ages: [(Age, &str); 2] = [
        (
            |item| asks_for(item, "PlatformIdentifier", ENDED),
            "AWS creates no instances with the platform notebook-al2-v3",
        ),
        (
            |item| asks_for(item, "KmsKeyId", "alias/notebooks"),
            "its KMS key is named by an alias (alias/notebooks)",
        ),
    ];
    for (age, why) in ages {
        let story = Story::small(aws);
        let planned = story.plan();
        let plan = aged(&planned, age);
        fs::write(&planned.path, serde_json::to_string_pretty(&plan).unwrap()).unwrap();
        let path = planned.path.to_str().unwrap();
        let _ = story.remediate.run(&["show", path]).expect(0);
        let before = story.fleet.world();
        story.proxy.forget_calls();
        let applied = story.remediate.run(&apply(path, &plan.digest)).expect(30);
        applied.mentions(why).mentions("plan again");
        assert!(story.proxy.mutating_calls().is_empty(), "{why}");
        assert_eq!(story.fleet.world(), before);
    }
}
