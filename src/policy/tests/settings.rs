//! What a policy sets, itself or by its defaults.

use std::time::Duration;

use super::*;
use crate::network::Need;
use crate::policy::{DeleteSource, Imds, OnFailure, OnUnknown, Placement, Platform, RootAccess};

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
fn a_target_requires_what_it_says_or_else_what_the_defaults_say() {
    let read = |defaults: &str, keys: &str| {
        let text = target(keys).replace("[[target]]", &format!("[defaults]\n{defaults}\n[[target]]"));
        let settings = good(&text).targets.remove(0).settings;
        (settings.require.into_iter().collect::<Vec<_>>(), settings.unknown)
    };
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
