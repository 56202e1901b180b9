//! Policies good and bad, and what is said about them.

mod damage;
mod described;
mod language;
mod settings;
mod standards;
mod transfer;

use super::*;
use crate::fixtures::today;
use crate::network::Need;
use crate::policy::{HazardKind, Treatment};
use crate::rules::{Mode, RuleId};

const EXAMPLE: &str = include_str!("../../../examples/policy.toml");
const MINIMAL: &str = "format = 1\nscope.regions = 'all'\n";

fn good(text: &str) -> Policy {
    parse("policy.toml", text, today()).unwrap_or_else(|problems| panic!("{problems}"))
}

/// What is wrong with a policy: each message with its help, one to a line.
fn wrong(text: &str) -> String {
    let Err(problems) = parse("policy.toml", text, today()) else { return String::new() };
    let lines: Vec<String> = problems
        .iter()
        .map(|problem| match &problem.help {
            Some(help) => format!("{} ({help})", problem.message),
            None => problem.message.clone(),
        })
        .collect();
    lines.join("\n")
}

/// A target that is complete, with more keys.
fn target(keys: &str) -> String {
    format!("{MINIMAL}[[target]]\nname = 't'\nsubnets = ['subnet-1']\nsecurity_groups = ['sg-1']\n{keys}\n")
}

#[test]
fn the_example_is_a_valid_policy() {
    let policy = good(EXAMPLE);
    assert_eq!(policy.targets.len(), 2);
    assert_eq!(policy.exemptions[0].ticket.as_deref(), Some("SEC-123"));
    assert_eq!(policy.mode(RuleId::ImdsV2), Mode::Remediate);
    assert!(policy.targets[0].matches.uses_tags());
    assert_eq!(policy.targets[1].settings.require, [Need::S3, Need::SagemakerApi].into());
    assert_eq!((policy.owners.len(), policy.plan.exempt_by_tag.is_some()), (1, true));
    assert_eq!(policy.hazards.get(&HazardKind::KeyUnknown), Some(&Treatment::Withhold));
}

#[test]
fn the_example_names_every_hazard_that_a_policy_can_say_something_about() {
    let after = EXAMPLE.split("[hazards]").nth(1).unwrap().split("\n\n").next().unwrap();
    for kind in HazardKind::of_policy() {
        assert!(after.contains(kind.as_str()), "{kind:?}");
    }
}

#[test]
fn the_digest_is_that_of_the_files_bytes() {
    // printf '' | sha256sum
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(built_in().digest.as_str(), empty);
    assert_ne!(good(MINIMAL).digest, good(&format!("{MINIMAL}# a comment\n")).digest);
}

#[test]
fn an_expired_exemption_is_still_valid() {
    let exempt = "[[exempt]]\nmatch.names = ['a']\nreason = 'r'\nexpires = 2001-01-01\n";
    assert_eq!(good(&format!("{MINIMAL}{exempt}")).exemptions.len(), 1);
}

#[test]
fn what_is_wrong_at_the_top_is_said() {
    for (text, expected) in [
        (
            "",
            "the policy is empty (a policy has at least `format = 1` and [scope] with `regions`; see \
             examples/policy.toml)",
        ),
        (
            "# nothing\n",
            "the policy is empty (a policy has at least `format = 1` and [scope] with `regions`; see \
             examples/policy.toml)",
        ),
        ("scope.regions = 'all'", "`format` is missing (put `format = 1` on the first line)"),
        ("format = 2\nunknown = 1", "format 2; this version reads up to 1"),
        ("format = 0\nscope.regions = 'all'", "`format` must be from 1 to 9223372036854775807"),
        (
            "format = 1",
            "`scope` is missing (add a [scope] table with the regions to look at: regions = [\"us-east-1\"] or \
             \"all\")",
        ),
        ("format = 1\n[scpe]\nregions = 'all'", "unknown key `scpe` (did you mean `scope`?)"),
        ("format = 1\n[scope]", "`regions` is missing in `[scope]` (regions = [\"us-east-1\"] or \"all\")"),
        ("format = 1\nscope.regions = []", "`regions` is empty"),
        (
            "format = 1\nscope.regions = 'us-east-1'",
            "`regions` must be \"all\" or a list (write it as a list: regions = [\"us-east-1\"])",
        ),
        ("format = 1\nscope.regions = ['us-east-1', 'us-east-1']", "`us-east-1` is listed twice"),
        (
            "format = 1\nscope.regions = ['us-east1']",
            "`us-east1` is not a region name (such as us-east-1) (did you mean `us-east-1`?)",
        ),
    ] {
        assert_eq!(wrong(text), expected, "{text}");
    }
}

#[test]
fn a_region_that_nobody_has_heard_of_is_accepted() {
    assert_eq!(wrong("format = 1\nscope.regions = ['mars-north-7']"), "");
}

#[test]
fn what_is_wrong_in_a_section_is_said() {
    for (text, expected) in [
        ("scope.accounts = []", "`accounts` is empty"),
        ("scope.accounts = ['12']", "`12` is not an account id (12 digits)"),
        (
            "[rules]\nin-vpc = 'remedy'",
            "`remedy` is not a value of `in-vpc` (the values are: remediate, report, off)",
        ),
        ("[rules]\nin_vpc = 'off'", "unknown key `in_vpc` in `[rules]` (did you mean `in-vpc`?)"),
        ("[defaults]\nimds = '1'", "`1` is not a value of `imds` (the values are: 2, keep)"),
        (
            "[defaults]\nplatform = 'notebook-al2023-1'",
            "`notebook-al2023-1` is not a platform of notebook instances (did you mean `notebook-al2023-v1`?)",
        ),
        (
            "[defaults]\nreplacement_name = '{name}'",
            "a name template must add something to {name}: the source keeps its own name (the default is \
             \"{name}-vpc\")",
        ),
        ("[limits]\nmax_percent = 101", "`max_percent` must be from 1 to 100"),
        ("[limits]\nconcurrency = 65", "`concurrency` must be from 1 to 64"),
        ("[limits]\npoll_interval = '99ms'", "`poll_interval` must be from 100ms to 10m"),
        ("[plan]\nexpires_after = '31d'", "`expires_after` must be from 1m to 30d"),
        ("[plan]\nexpires = '3d'", "unknown key `expires` in `[plan]`"),
        (
            "[target]\nname = 't'",
            "`target` must be a list of tables, not a table (write [[target]], with two brackets on each side)",
        ),
        (
            "[[exempt]]\nmatch = {}\nreason = ' '\nexpires = 2027-03-31",
            "`match` is empty, so that every instance would be exempt (say which instances: match = { names = \
             [\"legacy-*\"] })\n`reason` is empty",
        ),
        ("[[exempt]]\nmatch.tags = {}\nreason = 'r'\nexpires = 2027-03-31", "`tags` is empty"),
        (
            "[[exempt]]\nmatch.names = ['a']\nreason = 'r'\nexpires = '2027-03-31'",
            "`expires` must be a date, not a string (write it without quotes: expires = 2027-03-31)",
        ),
        (
            "[[exempt]]",
            "`match` is missing in `[[exempt]]` (say which instances: match = { names = [\"legacy-*\"] })\n\
             `reason` is missing in `[[exempt]]`\n\
             `expires` is missing in `[[exempt]]` (an exemption ends: expires = 2027-03-31)",
        ),
    ] {
        assert_eq!(wrong(&format!("{MINIMAL}{text}")), expected, "{text}");
    }
}

#[test]
fn what_is_wrong_in_a_target_is_said() {
    for (keys, expected) in [
        ("placement = 'last'", "`last` is not a value of `placement` (the values are: most-free, first)"),
        (
            "match.regions = ['useast1']",
            "`useast1` is not a region name (such as us-east-1) (did you mean `us-east-1`?)",
        ),
        (
            "match.names = ['a_*']",
            "`a_*` can match no name of a notebook instance (a name has 1 to 63 letters, digits and inner hyphens)",
        ),
        ("match.tags = { Team = 1 }", "`Team` must be a string, not a whole number (put it in quotes)"),
        ("match.tag = { Team = 'x' }", "unknown key `tag` in `match` (did you mean `tags`?)"),
        (
            "[[target]]\nname = 't'\nsubnets = ['subnet-2']\nsecurity_groups = ['sg-2']",
            "a target above is named `t` already",
        ),
        (
            "[[target]]",
            "`name` is missing in `[[target]]`\n`subnets` is missing in `[[target]]`\n`security_groups` is missing in `[[target]]`",
        ),
        (
            "[[target]]\nname = 'u'\nsubnets = []\nsecurity_groups = ['sg-1', 'sg-2', 'sg-3', 'sg-4', 'sg-5', 'sg-6']",
            "`subnets` is empty\n`security_groups` has 6 entries; there can be at most 5",
        ),
    ] {
        assert_eq!(wrong(&target(keys)), expected, "{keys}");
    }
}

#[test]
fn what_comes_later_is_refused_and_never_ignored() {
    for text in
        ["scope.assume_role = 'arn'", "[defaults]\nstrategy = 'same-name'", "[defaults]\ndata = 'discard'"]
    {
        let said = wrong(&format!("{MINIMAL}{text}"));
        assert!(said.contains("is not supported yet") && said.lines().count() == 1, "{text}: {said}");
    }
    assert!(wrong(&target("data = 'discard'")).ends_with("is not supported yet"));
}

#[test]
fn all_problems_are_drawn_with_their_lines_in_the_order_of_the_file() {
    let text = r#"format = 1

[scope]
regoins = ["us-east-1"]

[rules]
in-vpc = "remediat"
root-access = off

[[target]]
name = "research"
match = { names = ["fraud-*"], types = ["t3.medium"] }
subnets = [
  "subnet-0a",
  "subnet_0b",
]
security_groups = ["sg-1", "sg-2", "sg-3", "sg-4", "sg-5", "sg-6"]

[limits]
poll_interval = 15
"#;
    let drawn = parse("policy.toml", text, today()).unwrap_err().render(false, 100);
    insta::assert_snapshot!(drawn, @r#"
     × unknown key `regoins` in `[scope]`
      ╭─[policy.toml:4:1]
    4 │ regoins = ["us-east-1"]
      · ^^^^^^^
      ╰────
     help: did you mean `regions`?

     × `remediat` is not a value of `in-vpc`
      ╭─[policy.toml:7:10]
    7 │ in-vpc = "remediat"
      ·          ^^^^^^^^^^
      ╰────
     help: did you mean `remediate`?

     × string values must be quoted, expected literal string
      ╭─[policy.toml:8:15]
    8 │ root-access = off
      ·               ^^^
      ╰────

     × `t3.medium` can match no instance type
       ╭─[policy.toml:12:41]
    12 │ match = { names = ["fraud-*"], types = ["t3.medium"] }
       ·                                         ^^^^^^^^^^^
       ╰────
     help: did you mean `ml.t3.medium`?

     × `subnet_0b` is not a subnet id (subnet-...)
       ╭─[policy.toml:15:3]
    15 │   "subnet_0b",
       ·   ^^^^^^^^^^^
       ╰────

     × `security_groups` has 6 entries; there can be at most 5
       ╭─[policy.toml:17:19]
    17 │ security_groups = ["sg-1", "sg-2", "sg-3", "sg-4", "sg-5", "sg-6"]
       ·                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       ╰────

     × `poll_interval` must be a length of time, not a whole number
       ╭─[policy.toml:20:17]
    20 │ poll_interval = 15
       ·                 ^^
       ╰────
     help: write it with its unit and in quotes, such as "15s", "10m" or "3d"
    "#);
}
