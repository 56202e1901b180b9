//! Platforms that AWS has ended: what is on one cannot be started again.

use remediate::plan::{Order, WithheldReason};
use serde_json::json;

use super::{ENDED, reason};
use crate::story::Story;
use crate::support::fault::{Fault, Rule};
use crate::support::fleet::Seeded;
use crate::support::policy::PolicyText;
use crate::{Aws, Named};

pub(super) fn tests() -> Vec<Named> {
    crate::tests![
        a_running_source_whose_platform_has_ended_is_not_stopped_and_a_stopped_one_is_upgraded,
        with_the_policys_consent_a_source_whose_platform_has_ended_is_replaced_and_never_rolled_back,
    ]
}

/// AWS says of this source that it is on a platform that has ended, and refuses to start it again.
fn end_platform(story: &Story, source: &Seeded) {
    let described = Fault::RewriteMember("PlatformIdentifier".to_owned(), ENDED.to_owned());
    story.proxy.add(Rule::on("DescribeNotebookInstance", described).about(&source.name));
    let message = format!("Platform identifier ({ENDED}) is not supported for this service.");
    let body = json!({ "__type": "ValidationException", "message": message }).to_string();
    story.proxy.add(Rule::on("StartNotebookInstance", Fault::Json(400, body)).about(&source.name));
}

fn with(story: &Story, settings: &str) {
    let mut policy = PolicyText::for_fleet(&story.fleet.truth);
    policy.defaults = format!("{}\n{settings}", policy.defaults);
    story.set_policy(&policy);
}

fn a_running_source_whose_platform_has_ended_is_not_stopped_and_a_stopped_one_is_upgraded(aws: &Aws) {
    let story = Story::small(aws);
    let (running, stopped) = (story.source("InService"), story.source("Stopped"));
    end_platform(&story, &running);
    end_platform(&story, &stopped);
    with(&story, "order = \"stop-first\"");
    let expected = WithheldReason::OneWayPlatform { platform: ENDED.to_owned() };
    assert_eq!(reason(&story.plan().plan, &running), &expected);
    with(&story, "order = \"auto\"");
    let planned = story.plan();
    assert_eq!(planned.item(&running).order, Order::CreateOnly);
    let upgraded = &planned.item(&stopped).request.platform_identifier;
    assert_eq!(upgraded.as_deref(), Some("notebook-al2023-v1"));
    let _ = story.apply(&planned).expect(0);
    let after = story.fleet.world();
    assert_eq!(after[&running.id()].status(), "InService");
    let beside = format!("{}/{}", running.region, planned.replacement(&running));
    assert_eq!(after[&beside].status(), "InService", "both run");
    assert_eq!(after[&stopped.id()].status(), "Stopped");
}

fn with_the_policys_consent_a_source_whose_platform_has_ended_is_replaced_and_never_rolled_back(aws: &Aws) {
    let story = Story::small(aws);
    let source = story.source("InService");
    end_platform(&story, &source);
    with(&story, "allow_one_way = true");
    let planned = story.plan();
    let _ = story.apply(&planned).expect(0);
    let replacement = format!("{}/{}", source.region, planned.replacement(&source));
    assert_eq!(story.fleet.world()[&replacement].status(), "InService");
    let back = story.remediate.run(&["rollback", "--confirm"]).expect(30);
    back.mentions("is one that AWS no longer starts").mentions("1 refused");
    assert_eq!(story.fleet.world()[&replacement].status(), "InService", "it was left alone");
}
