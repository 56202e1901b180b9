//! Selectors, platforms, keys, owners and hazards.

use super::*;
use crate::policy::{HazardKind, Managed, Pattern, Treatment};

fn texts(patterns: &[Pattern]) -> Vec<&str> {
    patterns.iter().map(Pattern::as_str).collect()
}

#[test]
fn a_selector_can_name_everything_that_tells_instances_apart() {
    let text = "match = { accounts = ['123456789012'], regions = ['us-east-1'], names = ['a-*'], types = ['ml.g*'], \
                roles = ['Notebooks*'], platforms = ['notebook-al2-*'], statuses = ['Stopped'], tags = { Team = 'fraud-*' } }";
    let selector = good(&target(text)).targets.pop().unwrap().matches;
    assert_eq!(selector.accounts[0].as_str(), "123456789012");
    assert_eq!((texts(&selector.types), texts(&selector.roles)), (vec!["ml.g*"], vec!["Notebooks*"]));
    assert_eq!(
        (texts(&selector.platforms), selector.statuses),
        (vec!["notebook-al2-*"], vec!["Stopped".to_owned()])
    );
    assert_eq!(selector.tags["Team"].as_str(), "fraud-*");
}

#[test]
fn a_selector_that_could_never_match_is_refused_with_what_was_probably_meant() {
    for (keys, expected) in [
        (
            "names = ['fraud_*']",
            "`fraud_*` can match no name of a notebook instance (a name has 1 to 63 letters",
        ),
        ("names = ['*-']", "`*-` can match no name"),
        ("types = ['t3.medium']", "`t3.medium` can match no instance type (did you mean `ml.t3.medium`?)"),
        ("types = ['{t3,p3}.*']", "`{t3,p3}.*` can match no instance type (did you mean `ml.{t3,p3}.*`?)"),
        (
            "types = ['ml.G5.*']",
            "`ml.G5.*` can match no instance type (every instance type begins with `ml.`",
        ),
        ("types = ['']", "`` can match no instance type"),
        ("roles = ['[a']", "not a pattern: unclosed character class; missing ']'"),
        (
            "roles = ['role/*']",
            "`role/*` can match no execution role (a role is matched by its name without path",
        ),
        (
            "roles = ['arn:aws:sts::*:assumed-role/*']",
            "`arn:aws:sts::*:assumed-role/*` can match no execution",
        ),
        ("tags = { Team = 'a|b' }", "`a|b` can match no value of a tag (a value has letters, digits, spaces"),
        ("tags = { 'Cost*' = 'x' }", "`Cost*` is the key of no tag (a key has letters, digits, spaces"),
        ("platforms = ['']", "`` is not a platform of notebook instances"),
        (
            "platforms = ['notebook-al2-v9']",
            "`notebook-al2-v9` is not a platform of notebook instances (did you mean `notebook-al2-v1`?)",
        ),
        ("platforms = ['al2*']", "`al2*` is not a platform of notebook instances"),
        (
            "statuses = ['stopped']",
            "`stopped` is not a status of notebook instances (did you mean `Stopped`?)",
        ),
        ("statuses = ['Running']", "`Running` is not a status of notebook instances"),
        ("statuses = []", "`statuses` is empty"),
        ("accounts = ['12']", "`12` is not an account id (12 digits)"),
    ] {
        let said = wrong(&target(&format!("match = {{ {keys} }}")));
        assert!(said.starts_with(expected) && said.lines().count() == 1, "{keys}: {said}");
    }
}

#[test]
fn a_platform_can_depend_on_that_of_the_source() {
    let of = |keys: &str| good(&target(keys)).targets.pop().unwrap().settings.platform;
    let mapped = of("platform = { notebook-al2-v1 = 'notebook-al2023-v1' }");
    assert_eq!(mapped.of(Some("notebook-al2-v1"), today()), Some("notebook-al2023-v1"));
    // One that is not named is kept: while AWS creates it, and then as what AWS upgrades it to.
    let june = "2026-06-30".parse().unwrap();
    assert_eq!(mapped.of(Some("notebook-al2-v3"), june), Some("notebook-al2-v3"));
    assert_eq!(mapped.of(Some("notebook-al2-v3"), today()), Some("notebook-al2023-v1"));
    let keep = of("platform = 'keep'");
    assert_eq!(keep.of(Some("x"), today()), Some("x"));
    // Of one that AWS reports none of, AWS's own of the day: nobody knows it before there was one.
    for any in [&mapped, &keep] {
        let before = "2026-05-14".parse().unwrap();
        assert_eq!([any.of(None, today()), any.of(None, before)], [Some("notebook-al2023-v1"), None]);
    }
    assert_eq!(keep.of(Some("notebook-al2-v1"), today()), Some("notebook-al2023-v1"));
    assert_eq!(keep.of(Some("notebook-al1-v1"), today()), Some("notebook-al1-v1"));
    assert_eq!(of("platform = 'notebook-al2023-v1'").of(None, today()), Some("notebook-al2023-v1"));
    for (keys, expected) in [
        ("platform = { al2 = 'notebook-al2023-v1' }", "`al2` is not a platform of notebook instances"),
        ("platform = { notebook-al2-v1 = 'keep' }", "`keep` is not a platform of notebook instances"),
        ("platform = {}", "`platform` is empty"),
    ] {
        assert!(wrong(&target(keys)).starts_with(expected), "{keys}: {}", wrong(&target(keys)));
    }
}

#[test]
fn a_mapping_repairs_the_platform_rule_only_where_it_leaves_no_unsupported_platform() {
    let rules = "[rules]\nplatform = 'remediate'\n";
    let to = |from: &str| format!("notebook-{from} = 'notebook-al2023-v1'");
    // AWS itself leads from each version of Amazon Linux 2 to a platform that the rule accepts.
    for all in [&["al1-v1", "al2-v1", "al2-v2", "al2-v3", "al2023-v2"][..], &["al1-v1", "al2023-v2"]] {
        let all = all.iter().map(|from| to(from)).collect::<Vec<_>>().join(", ");
        assert_eq!(wrong(&format!("{}{rules}", target(&format!("platform = {{ {all} }}")))), "");
    }
    for unsupported in
        ["'keep'", "'notebook-al2-v3'", "'notebook-al2023-v2'", "{ notebook-al1-v1 = 'notebook-al2-v3' }"]
    {
        let said = wrong(&format!("{}{rules}", target(&format!("platform = {unsupported}"))));
        assert!(said.starts_with("`platform = \"remediate\"` needs"), "{unsupported}: {said}");
    }
    for some in [&["al2-v1", "al2-v2"][..], &["al1-v1", "al2-v1", "al2-v2", "al2-v3"], &["al2023-v2"]] {
        let some = some.iter().map(|from| to(from)).collect::<Vec<_>>().join(", ");
        let said = wrong(&format!("{}{rules}", target(&format!("platform = {{ {some} }}"))));
        assert!(said.starts_with("`platform = \"remediate\"` needs `platform` to be a platform"), "{said}");
    }
}

#[test]
fn a_key_can_be_chosen_and_the_rule_for_keys_needs_one() {
    let key = |keys: &str| good(&target(keys)).targets.pop().unwrap().settings.kms_key;
    assert_eq!(key("kms_key = 'alias/notebooks'").as_deref(), Some("alias/notebooks"));
    assert_eq!(key("kms_key = 'keep'"), None);
    assert!(wrong(&target("kms_key = 'a key'")).starts_with("`a key` is not a KMS key"));
    let rule = "[rules]\nkms-key = 'remediate'\n";
    assert_eq!(wrong(&format!("{}{rule}", target("kms_key = 'alias/x'"))), "");
    assert!(
        wrong(&format!("{MINIMAL}{rule}"))
            .starts_with("`kms-key = \"remediate\"` needs `kms_key` to be a KMS key")
    );
}

#[test]
fn tags_exempt_only_where_the_policy_says_so_and_never_for_ever() {
    let days = |keys: &str| {
        let found = good(&format!("{MINIMAL}[plan]\n{keys}")).plan.exempt_by_tag;
        found.map(|one| one.at_most.as_secs() / (24 * 60 * 60))
    };
    assert_eq!(days(""), None);
    assert_eq!(days("exempt_by_tag = false"), None);
    assert_eq!(days("exempt_by_tag = true"), Some(90));
    assert_eq!(days("exempt_by_tag = {}"), Some(90));
    assert_eq!(days("exempt_by_tag = { at_most = '30d' }"), Some(30));
    let complaint = |value: &str| wrong(&format!("{MINIMAL}[plan]\nexempt_by_tag = {value}"));
    let table = "`exempt_by_tag` is true, false, or a table (such as exempt_by_tag = { at_most = \"90d\" })";
    assert_eq!(complaint("'90d'"), table);
    let bounds = "`at_most` must be from 1d to 366d";
    assert!(complaint("{ at_most = '400d' }").starts_with(bounds), "{}", complaint("{ at_most = '400d' }"));
    assert!(complaint("{ at_most = '1h' }").starts_with(bounds));
}

#[test]
fn what_is_risky_is_withheld_unless_the_policy_says_otherwise() {
    let settings = |keys: &str| good(&target(keys)).targets.pop().unwrap().settings;
    let unsaid = settings("");
    assert_eq!((unsaid.allow_one_way, unsaid.managed), (false, Managed::Withhold));
    let said = settings("allow_one_way = true\nmanaged = 'allow'");
    assert_eq!((said.allow_one_way, said.managed), (true, Managed::Allow));
    let policy = good(&format!("{MINIMAL}[hazards]\nscript-needs-internet = 'withhold'"));
    assert_eq!(policy.hazards, [(HazardKind::ScriptNeedsInternet, Treatment::Withhold)].into());
    let said = wrong(&format!("{MINIMAL}[hazards]\nkey-unusable = 'warn'"));
    assert!(said.starts_with("unknown key `key-unusable` in `[hazards]`"), "{said}");
    let said = wrong(&format!("{MINIMAL}[hazards]\nlong-name = 'ignore'"));
    assert_eq!(said, "`ignore` is not a value of `long-name` (the values are: withhold, warn)");
}

#[test]
fn an_owner_has_a_name_and_tags_that_tell() {
    let owner = "[[owner]]\nby = 'Terraform'\ntags = { ManagedBy = 'terraform*' }\nnamed_by = 'module'\nadvice = 'x'\n";
    let policy = good(&format!("{MINIMAL}{owner}"));
    assert_eq!(
        (policy.owners[0].by.as_str(), policy.owners[0].named_by.as_deref()),
        ("Terraform", Some("module"))
    );
    assert_eq!(wrong(&format!("{MINIMAL}{owner}{owner}")), "an owner above is called `Terraform` already");
    let said = wrong(&format!("{MINIMAL}[[owner]]\ntags = {{}}\n"));
    assert!(said.contains("`by` is missing") && said.contains("`tags` is empty"), "{said}");
}

#[test]
fn an_account_that_reads_as_a_number_is_to_be_put_in_quotes() {
    for (list, expected) in [
        ("[012345678901]", "a number cannot begin with 0 (put it in quotes: \"012345678901\")"),
        (
            "['123456789012', 000000000001]",
            "a number cannot begin with 0 (put it in quotes: \"000000000001\")",
        ),
        (
            "[123456789012]",
            "each entry of `accounts` must be a string, not a whole number (put it in quotes)",
        ),
    ] {
        assert_eq!(wrong(&target(&format!("match = {{ accounts = {list} }}"))), expected, "{list}");
    }
    let scope = "format = 1\nscope = { regions = 'all', accounts = [012345678901] }\n";
    assert_eq!(wrong(scope), "a number cannot begin with 0 (put it in quotes: \"012345678901\")");
}

#[test]
fn a_selector_that_matches_something_is_not_refused() {
    for keys in [
        "names = ['*', '?', 'a', 'fraud-*', 'v[12]', '{a,b}-?', '[!a]*']",
        "types = ['*', 'ml.*', 'ml.g5.*', 'ml.p6-b200.48xlarge', '*.medium', 'ml.{t3,p3}.*']",
        "roles = ['*', 'Notebooks*', 'arn:aws*:iam::*:role/*', 'arn:aws-cn:iam::123456789012:role/a/b', '*@example.org']",
        "tags = { Team = '', Owner = 'Zoë *', 'aws:cloudformation:stack-name' = '*', 'Kostenstelle für' = 'a b/c:d=e+f-g@h' }",
    ] {
        good(&target(&format!("match = {{ {keys} }}")));
    }
}
