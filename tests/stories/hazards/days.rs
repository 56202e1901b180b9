//! Stories of the day on which an exemption ends: that of UTC, wherever the operator is.

use std::collections::BTreeMap;

use jiff::civil::Date;
use remediate::plan::Plan;
use serde_json::json;

use super::World;
use crate::support::wire::Wire;

pub(super) fn tests() -> Vec<(&'static str, fn())> {
    vec![("an_exemption_holds_to_the_end_of_its_day_in_utc_wherever_the_operator_is", the_day_is_that_of_utc)]
}

/// Days from the day of the plan.
const DAYS: [(&str, i32); 3] = [("yesterday", -1), ("today", 0), ("tomorrow", 1)];

/// What operators have as `TZ`: nothing, and the two ends of the world, by name and, where a machine has no database of zones, by
/// the difference itself. Whatever the hour, one of the ends has another day than UTC.
const ZONES: [Option<&str>; 5] =
    [None, Some("Pacific/Kiritimati"), Some("Etc/GMT+12"), Some("EAST-14"), Some("WEST+12")];

const SCENARIO: &str = "format = 1
throttle = \"off\"
[[account]]
id = \"111122223333\"
regions = [\"us-east-1\"]
[[network]]
name = \"n\"
cidr = \"10.0.0.0/16\"
egress = \"nat\"
[[network.subnet]]
name = \"a\"
id = \"subnet-0b0a4d00000000a01\"
cidr = \"10.0.1.0/24\"
[[network.security_group]]
name = \"g\"
id = \"sg-0b0a4d00000000001\"
[[notebooks]]
names = [\"policy-yesterday\", \"policy-today\", \"policy-tomorrow\", \"tag-yesterday\", \"tag-today\", \"tag-tomorrow\"]
no_vpc = \"all\"
platforms = [\"notebook-al2023-v1\"]
";

const POLICY: &str = "format = 1
scope.regions = [\"us-east-1\"]
[limits]
max_percent = 100
requests_per_second = 100
[plan]
exempt_by_tag = true
[[target]]
name = \"t\"
subnets = [\"subnet-0b0a4d00000000a01\"]
security_groups = [\"sg-0b0a4d00000000001\"]
";

fn policy(today: Date) -> String {
    let exemptions = DAYS.map(|(day, days)| {
        let (names, until) = (format!("match = {{ names = [\"policy-{day}\"] }}"), shifted(today, days));
        format!("[[exempt]]\n{names}\nreason = \"ends {day}\"\nexpires = {until}\n")
    });
    format!("{POLICY}{}", exemptions.concat())
}

fn tag(world: &World, today: Date) {
    let wire = Wire::new(world.served.endpoint());
    for (day, days) in DAYS {
        let arn = format!("arn:aws:sagemaker:us-east-1:111122223333:notebook-instance/tag-{day}");
        let tag = json!({ "Key": "remediate:exempt-until", "Value": shifted(today, days).to_string() });
        wire.sagemaker("us-east-1", "AddTags", &json!({ "ResourceArn": arn, "Tags": [tag] }));
    }
}

fn shifted(today: Date, days: i32) -> Date {
    today.checked_add(jiff::Span::new().days(days)).unwrap()
}

/// A plan with exemptions around its own day. The first plan tells the day; where midnight comes before the second, all
/// is done once more.
fn planned(zone: Option<&str>) -> (Date, World, Plan) {
    // In real time: a sandbox that runs faster would come to midnight sooner.
    let mut world = World::of(SCENARIO, 1);
    if let Some(zone) = zone {
        world.remediate.set("TZ", zone);
    }
    for _ in 0..2 {
        world.remediate.write("policy.toml", POLICY);
        let today = world.plan().day();
        tag(&world, today);
        world.remediate.write("policy.toml", &policy(today));
        let plan = world.plan();
        if plan.day() == today {
            return (today, world, plan);
        }
    }
    panic!("two midnights in a row");
}

/// Why each instance is withheld: the code of the reason, and the day.
fn withheld(plan: &Plan) -> BTreeMap<String, (String, String)> {
    let reason = |one: &remediate::plan::Withheld| serde_json::to_value(&one.reason).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let row = |one| {
        let reason = reason(one);
        (one.id.name.to_string(), (text(&reason["code"]), text(&reason["expires"])))
    };
    plan.withheld.iter().map(row).collect()
}

fn the_day_is_that_of_utc() {
    for zone in ZONES {
        let (today, mut world, plan) = planned(zone);
        let [yesterday, same, tomorrow] = [-1, 0, 1].map(|days| shifted(today, days).to_string());
        let expected = [
            ("policy-today", "exempt", &same),
            ("policy-tomorrow", "exempt", &tomorrow),
            ("tag-today", "exempt-by-tag", &same),
            ("tag-tomorrow", "exempt-by-tag", &tomorrow),
        ]
        .map(|(name, code, day)| (name.to_owned(), (code.to_owned(), day.clone())));
        assert_eq!(withheld(&plan), BTreeMap::from(expected), "{zone:?}");
        let items: Vec<&str> = plan.items.iter().map(|item| item.id.name.as_str()).collect();
        assert_eq!(items, ["policy-yesterday", "tag-yesterday"], "{zone:?}");

        let states: Vec<(String, bool)> =
            plan.exemptions.iter().map(|one| (one.expires.to_string(), one.expired)).collect();
        assert_eq!(
            states,
            [(yesterday.clone(), true), (same.clone(), false), (tomorrow.clone(), false)],
            "{zone:?}"
        );
        let (text, markdown) = (world.text("200"), world.markdown());
        for words in [
            format!("xpired after {yesterday}, no longer holds for 1 instance: ends yesterday"),
            format!("ntil the end of today, {same} (UTC), for 1 instance: ends today"),
            format!("ntil {tomorrow}, about to expire in 1 day, for 1 instance: ends tomorrow"),
        ] {
            assert!(text.contains(&words), "{zone:?}: no `{words}` in\n{text}");
            assert!(markdown.contains(&words), "{zone:?}: no `{words}` in\n{markdown}");
        }
    }
}
