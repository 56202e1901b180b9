//! Policies good and bad, and what is said about them.

mod described;
mod language;

use std::time::Duration;

use proptest::prelude::*;
use proptest::strategy::Strategy;

use super::*;
use crate::fixtures::{mutated, today};
use crate::network::Need;
use crate::policy::{DeleteSource, HazardKind, Imds, OnFailure, Placement, Platform, RootAccess, Treatment};
use crate::rules::{Mode, RuleId, Severity, Standards};

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
fn a_policy_of_two_lines_has_the_defaults_and_so_has_the_built_in_one() {
    for policy in [good(MINIMAL), built_in()] {
        for &rule in RuleId::ALL {
            // Those two that a finding of every scanner starts with.
            let first = [RuleId::DirectInternetAccess, RuleId::InVpc].contains(&rule);
            let expected = if first { Mode::Remediate } else { Mode::Report };
            assert_eq!(policy.mode(rule), expected, "{rule}");
        }
        assert_eq!((policy.limits.max_instances, policy.limits.max_percent), (50, 25));
        assert_eq!((policy.limits.max_failures, policy.limits.concurrency), (1, 4));
        assert_eq!(policy.limits.requests_per_second, 5);
        assert_eq!(policy.limits.poll_interval, Duration::from_secs(15));
        assert_eq!(policy.plan.expires_after, Duration::from_hours(72));
        assert!(policy.targets.is_empty() && policy.exemptions.is_empty());
    }
    assert_eq!(good(MINIMAL).scope.regions, Regions::All);
    assert_eq!(built_in().scope.regions, Regions::Listed(Vec::new()));
}

#[test]
fn the_digest_is_that_of_the_files_bytes() {
    // printf '' | sha256sum
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(built_in().digest.as_str(), empty);
    assert_ne!(good(MINIMAL).digest, good(&format!("{MINIMAL}# a comment\n")).digest);
}

#[test]
fn a_target_has_the_defaults_except_for_what_it_says_itself() {
    let defaults = "[defaults]\nreplacement_name = 'vpc-{name}'\nroot_access = 'Disabled'\nimds = 'keep'\n\
                    delete_source = 'after-verify'\nstrategy = 'side-by-side'\ndata = 'none'\n";
    let own = "imds = '2'\nplatform = 'notebook-al2023-v1'\ndelete_source = 'never'\nplacement = 'first'\n";
    let policy = good(&format!("{}{defaults}", target(own)));
    let found = &policy.targets[0];
    assert_eq!(found.settings.replacement_name.prefix, "vpc-");
    assert_eq!(found.settings.root_access, RootAccess::Disabled);
    assert_eq!(found.settings.imds, Imds::V2);
    assert_eq!(found.settings.platform, Platform::Always("notebook-al2023-v1".to_owned()));
    assert_eq!(found.settings.delete_source, DeleteSource::Never);
    assert_eq!(found.placement, Placement::First);
    assert!(!found.matches.uses_tags());
}

#[test]
fn a_target_can_keep_the_platform_that_the_defaults_change() {
    let defaults = "[defaults]\nplatform = 'notebook-al2023-v1'\n";
    assert_eq!(
        good(&format!("{}{defaults}", target("platform = 'keep'"))).targets[0].settings.platform,
        Platform::Keep
    );
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
fn a_target_requires_what_it_says_or_else_what_the_defaults_say() {
    let read = |defaults: &str, keys: &str| {
        let text = target(keys).replace("[[target]]", &format!("[defaults]\n{defaults}\n[[target]]"));
        let settings = good(&text).targets.remove(0).settings;
        (settings.require.into_iter().collect::<Vec<_>>(), settings.unknown)
    };
    use crate::network::Need;
    use crate::policy::OnUnknown;
    assert_eq!(read("", ""), (vec![], OnUnknown::Warn));
    let (s3, egress) = (Need::S3, Need::Egress);
    assert_eq!(read("require = ['s3', 'egress']", ""), (vec![egress, s3], OnUnknown::Warn));
    assert_eq!(read("require = ['egress']", "require = ['s3']"), (vec![s3], OnUnknown::Warn));
    assert_eq!(
        read("require = ['egress']\nunknown = 'withhold'", "require = []"),
        (vec![], OnUnknown::Withhold)
    );
    for (keys, expected) in [
        ("require = ['sagemaker_api']", "`sagemaker_api` is not a need (did you mean `sagemaker-api`?)"),
        ("require = 's3'", "`require` must be a list, not a string (write it as a list: [\"s3\"])"),
        ("require = ['s3', 's3']", "`s3` is listed twice"),
        ("unknown = 'withold'", "`withold` is not a value of `unknown` (did you mean `withhold`?)"),
    ] {
        assert_eq!(wrong(&target(keys)), expected);
    }
}

#[test]
fn what_comes_later_is_refused_and_never_ignored() {
    for text in [
        "scope.assume_role = 'arn'",
        "[defaults]\nstrategy = 'same-name'",
        "[defaults]\ndata = 's3'",
        "[defaults]\ndata = 'discard'",
    ] {
        let said = wrong(&format!("{MINIMAL}{text}"));
        assert!(said.contains("is not supported yet") && said.lines().count() == 1, "{text}: {said}");
    }
    assert!(wrong(&target("data = 's3'")).ends_with("is not supported yet"));
}

#[test]
fn what_becomes_of_a_source_and_of_a_failed_replacement_is_chosen_and_the_safe_choice_is_the_default() {
    let settings = |keys: &str| good(&target(keys)).targets.pop().unwrap().settings;
    let said = settings("delete_source = 'cleanup'\non_failure = 'leave'");
    assert_eq!((said.delete_source, said.on_failure), (DeleteSource::Cleanup, OnFailure::Leave));
    let unsaid = settings("");
    assert_eq!((unsaid.delete_source, unsaid.on_failure), (DeleteSource::Never, OnFailure::Restore));
    assert_eq!(
        wrong(&target("on_failure = 'halt'")),
        "`halt` is not a value of `on_failure` (the values are: restore, leave)"
    );
}

#[test]
fn one_item_goes_first_unless_the_policy_says_otherwise() {
    assert_eq!(good(MINIMAL).limits.canary, 1);
    assert_eq!(good(&format!("{MINIMAL}[limits]\ncanary = 0")).limits.canary, 0);
    assert_eq!(good(&format!("{MINIMAL}[limits]\ncanary = 7")).limits.canary, 7);
}

#[test]
fn severities_and_the_lists_of_the_rules_are_read() {
    let said = good(&format!(
        "{MINIMAL}[rules]\napproved_subnets = ['subnet-1', 'subnet-2']\n\
         supported_platforms = ['notebook-al2-v3']\n[severity]\nin-vpc = 'low'\nkms-key = 'critical'\n"
    ));
    assert_eq!(
        said.severities,
        [(RuleId::InVpc, Severity::Low), (RuleId::KmsKey, Severity::Critical)].into()
    );
    let said = said.standards;
    assert_eq!(said.approved_subnets.unwrap().len(), 2);
    assert_eq!(said.supported_platforms.unwrap(), ["notebook-al2-v3"]);
    assert_eq!(good(MINIMAL).standards, Standards::default());
}

#[test]
fn what_is_wrong_with_severities_and_the_lists_of_the_rules_is_said_all_at_once() {
    let text = "[rules]\napproved_subnets = ['sbn-1']\nsupported_platform = []\n\
                [severity]\nin-vpc = 'hgih'\nin_vpc = 'low'\nkms-key = 3\n";
    assert_eq!(
        wrong(&format!("{MINIMAL}{text}")),
        "`sbn-1` is not a subnet id (subnet-...)\n\
         unknown key `supported_platform` in `[rules]` (did you mean `supported_platforms`?)\n\
         `hgih` is not a value of `in-vpc` (did you mean `high`?)\n\
         unknown key `in_vpc` in `[severity]`\n\
         `kms-key` must be a string, not a whole number (the values are: informational, low, medium, high, critical)"
    );
    for (keys, expected) in [
        ("approved_subnets = []", "`approved_subnets` is empty"),
        ("approved_subnets = ['subnet-1', 'subnet-1']", "`subnet-1` is listed twice"),
        (
            "supported_platforms = ['notebook-al2023-1']",
            "`notebook-al2023-1` is not a platform of notebook instances (did you mean `notebook-al2023-v1`?)",
        ),
        (
            "supported_platforms = ['keep']",
            "`keep` is not a platform of notebook instances (the values are: notebook-al1-v1, notebook-al2-v1, \
             notebook-al2-v2, notebook-al2-v3, notebook-al2023-v1, notebook-al2023-v2)",
        ),
    ] {
        assert_eq!(wrong(&format!("{MINIMAL}[rules]\n{keys}")), expected, "{keys}");
    }
}

#[test]
fn a_target_in_a_subnet_that_is_not_approved_is_a_problem_at_that_subnet() {
    let with = |approved: &str| {
        let two =
            "[[target]]\nname = 'u'\nsubnets = [\n'subnet-1',\n'subnet-2']\nsecurity_groups = ['sg-1']\n";
        format!("{}{two}[rules]\napproved_subnets = [{approved}]\n", target(""))
    };
    assert_eq!(wrong(&with("'subnet-1', 'subnet-2'")), "");
    assert_eq!(lines(&with("'subnet-1'")), [12]);
    assert_eq!(lines(&with("'subnet-2'")), [5, 11]);
    assert!(
        wrong(&with("'subnet-1'"))
            .starts_with("`subnet-2` is not in `approved_subnets` (`in-vpc` would fail")
    );
    // A list that is wrong in itself accuses no target.
    assert_eq!(wrong(&with("'nowhere'")), "`nowhere` is not a subnet id (subnet-...)");
    // Nor is what is wrong with a target said twice.
    let bad = with("'subnet-1'").replace("'sg-1'", "'group-1'").replace("name = 'u'", "nam = 'u'");
    assert_eq!(wrong(&bad).lines().count(), 4, "{}", wrong(&bad));
}

#[test]
fn a_platform_that_would_be_found_again_is_a_problem_where_it_was_chosen() {
    let with = |mode: &str, platform: &str| {
        let rules = format!("[rules]\nplatform = '{mode}'\nsupported_platforms = ['notebook-al2023-v1']\n");
        format!("{}{rules}", target(&format!("platform = '{platform}'")))
    };
    assert_eq!(wrong(&with("remediate", "notebook-al2023-v1")), "");
    assert_eq!(wrong(&with("report", "notebook-al2-v3")), "");
    assert_eq!(lines(&with("remediate", "notebook-al2-v3")), [7]);
}

/// The lines that the problems of a policy are on.
fn lines(text: &str) -> Vec<usize> {
    let Err(problems) = parse("policy.toml", text, today()) else { return Vec::new() };
    problems.iter().map(|problem| text[..problem.place.start()].matches('\n').count() + 1).collect()
}

#[test]
fn a_rule_that_is_to_be_repaired_needs_a_setting_that_repairs_it() {
    for (rule, keep, repair) in [
        ("root-access", "root_access = 'keep'", "root_access = 'Disabled'"),
        ("platform", "platform = 'keep'", "platform = 'notebook-al2023-v1'"),
        ("imds-v2", "imds = 'keep'", "imds = '2'"),
    ] {
        let policy = |defaults: &str, own: &str| {
            format!("{}[rules]\n{rule} = 'remediate'\n[defaults]\n{defaults}\n", target(own))
        };
        assert_eq!(wrong(&policy(repair, "")), "", "{rule}");
        assert_eq!(wrong(&policy(keep, repair)), "", "{rule}");
        // The target's own line, the line of the defaults, the line of the rule.
        assert_eq!(lines(&policy(repair, keep)), [7], "{rule}");
        assert_eq!(lines(&policy(keep, "")), [11], "{rule}");
        let unset = if rule == "imds-v2" { vec![] } else { vec![9] };
        assert_eq!(lines(&policy("", "")), unset, "{rule}");
    }
}

#[test]
fn a_setting_that_is_wrong_in_itself_is_one_problem() {
    let text = format!("{}[rules]\nroot-access = 'remediate'\n", target("root_access = 'disabled'"));
    assert_eq!(wrong(&text), "`disabled` is not a value of `root_access` (did you mean `Disabled`?)");
}

#[test]
fn one_character_less_never_leads_to_more_than_a_few_problems() {
    for (at, _) in EXAMPLE.char_indices() {
        let mut text = EXAMPLE.to_owned();
        text.remove(at);
        if let Err(problems) = parse("policy.toml", &text, today()) {
            // Five: a header that has become part of the comment above it leaves its five keys to another table.
            assert!(problems.len() <= 5, "without the character at {at}:\n{problems}");
        }
    }
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

fn fragment() -> impl Strategy<Value = String> {
    prop_oneof![
        "[\\[\\]{}=,.\"'#\n ]{1,4}",
        "\\PC{0,6}",
        any::<char>().prop_map(String::from),
        Just("[[target]]\n".to_owned()),
        Just("match = {}\n".to_owned()),
        Just("= 1_0e5\n".to_owned()),
        Just("\"\"\"".to_owned()),
        Just("\r\n".to_owned()),
    ]
}

/// The example with some stretches replaced.
fn mutation() -> impl Strategy<Value = String> {
    prop::collection::vec((any::<prop::sample::Index>(), 0_usize..40, fragment()), 1..6)
        .prop_map(|edits| mutated(EXAMPLE, edits))
}

/// What must hold of any text: a policy, or problems that can be shown.
fn is_answered(text: &str) {
    if let Err(problems) = parse("policy.toml", text, today()) {
        assert!(problems.len() > 0);
        let drawn = problems.render(false, 60);
        assert!(drawn.contains("policy.toml:"), "{drawn}");
        assert!(drawn.chars().all(|c| c == '\n' || !c.is_control()), "{drawn:?}");
    }
}

proptest! {
    #[test]
    fn any_text_is_answered_without_a_panic(text in any::<String>()) {
        is_answered(&text);
    }

    #[test]
    fn any_text_that_looks_like_toml_is_answered_without_a_panic(parts in prop::collection::vec(fragment(), 0..30)) {
        is_answered(&parts.concat());
    }

    #[test]
    fn any_damage_to_a_policy_is_answered_without_a_panic(text in mutation()) {
        is_answered(&text);
    }
}
