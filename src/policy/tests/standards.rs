//! Severities, the lists of the rules, and settings that would not do what the rules ask for.

use super::*;
use crate::rules::{Severity, Standards};

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
