//! Audits.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::fixture::{NARROW, WIDE, compliant, gap, instance, inventory, policy, unread};
use super::laws::{without, words};
use crate::audit::AuditReport;
use crate::inventory::{Gap, Instance};
use crate::policy::{Exemption, Selector};
use crate::report::{Style, markdown, terminal, to_json, view};
use crate::rules::Mode;

fn report(instances: Vec<Instance>, gaps: Vec<Gap>) -> AuditReport {
    AuditReport::new(&policy(), &inventory(instances, gaps))
}

fn mixed() -> AuditReport {
    let old = json!({ "PlatformIdentifier": "notebook-al2-v2", "NotebookInstanceStatus": "Stopped" });
    let silent = json!({ "PlatformIdentifier": null, "RootAccess": null, "SubnetId": "subnet-0aa",
        "DirectInternetAccess": "Disabled" });
    let instances = vec![
        instance("eu-west-1/quiet", &silent),
        instance("us-east-1/fraud-etl", &json!({})),
        instance("us-east-1/good", &compliant()),
        unread("us-east-1/king"),
        instance("us-east-1/vision", &old),
    ];
    report(instances, vec![gap("us-east-1", Some("king"))])
}

#[test]
fn each_instance_says_what_it_fails_and_what_is_unknown() {
    assert_snapshot!(terminal(&view::audit(&mixed()), NARROW), @r"
    Audit of SageMaker notebook instances in account 123456789012
      read     2026-10-05 09:00:00 UTC
      regions  us-east-1, eu-west-1

    Not compliant (4)
      INSTANCE             STATUS     FINDINGS
      eu-west-1/quiet      InService  unknown: root-access, platform
      us-east-1/fraud-etl  InService  direct-internet-access, in-vpc; only reported:
                                      root-access
      us-east-1/king       (unknown)  unknown: direct-internet-access, in-vpc,
                                      root-access, platform
      us-east-1/vision     Stopped    direct-internet-access, in-vpc; only reported:
                                      root-access, platform

    Rules
      RULE                    SEVERITY  POLICY     FAIL  UNKNOWN  SECURITY HUB
      direct-internet-access  high      remediate  2     1        SageMaker.1
      in-vpc                  high      remediate  2     1        SageMaker.2
      root-access             high      report     2     2        SageMaker.3
      platform                medium    report     1     2        SageMaker.8

    Unknown is not compliant
      direct-internet-access: the instance could not be described (1 instance)
      in-vpc: the instance could not be described (1 instance)
      root-access: AWS did not report RootAccess (1 instance)
      root-access: the instance could not be described (1 instance)
      platform: AWS did not report PlatformIdentifier (1 instance)
      platform: the instance could not be described (1 instance)

    Could not be read (1 gap)
      us-east-1/king could not be read in full: DescribeNotebookInstance in
        us-east-1: access denied (AccessDeniedException): User:
        arn:aws:iam::123456789012:user/auditor is not authorized

    5 instances seen: 1 compliant, 2 non-compliant, 2 unknown.
    2 fail a rule that the policy wants remediated.
    ");
}

#[test]
fn with_room_no_line_is_broken() {
    let (wide, narrow) = (terminal(&view::audit(&mixed()), WIDE), terminal(&view::audit(&mixed()), NARROW));
    assert_eq!(words(&wide), words(&narrow));
    for line in [
        "  us-east-1/king       (unknown)  unknown: direct-internet-access, in-vpc, root-access, platform\n",
        "  us-east-1/king could not be read in full: DescribeNotebookInstance in us-east-1: access denied \
         (AccessDeniedException): User: arn:aws:iam::123456789012:user/auditor is not authorized\n",
    ] {
        assert!(wide.contains(line), "{wide}");
    }
}

#[test]
fn long_names_take_a_line_of_their_own() {
    let long = format!("ap-southeast-2/{}", "n".repeat(63));
    let report = report(vec![instance(&long, &json!({}))], vec![]);
    let (shown, _) = without(&terminal(&view::audit(&report), NARROW), "Rules", "1 instance seen");
    assert_snapshot!(shown, @r"
    Audit of SageMaker notebook instances in account 123456789012
      read     2026-10-05 09:00:00 UTC
      regions  us-east-1, eu-west-1

    Not compliant (1)
      ap-southeast-2/nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
      status InService
        direct-internet-access, in-vpc; only reported: root-access

    [...]

    1 instance seen: 0 compliant, 1 non-compliant, 0 unknown.
    1 fails a rule that the policy wants remediated.
    ");
}

#[test]
fn no_instances_names_the_regions_that_were_looked_at() {
    assert_snapshot!(terminal(&view::audit(&report(vec![], vec![])), NARROW), @r"
    Audit of SageMaker notebook instances in account 123456789012
      read     2026-10-05 09:00:00 UTC
      regions  us-east-1, eu-west-1

    No notebook instances in us-east-1, eu-west-1.
    ");
}

#[test]
fn a_region_that_could_not_be_listed_is_not_called_empty() {
    assert_snapshot!(terminal(&view::audit(&report(vec![], vec![gap("eu-west-1", None)])), NARROW), @r"
    Audit of SageMaker notebook instances in account 123456789012
      read     2026-10-05 09:00:00 UTC
      regions  us-east-1, eu-west-1

    Could not be read (1 gap)
      eu-west-1 could not be listed: ListNotebookInstances in eu-west-1: access
        denied (AccessDeniedException): User: arn:aws:iam::123456789012:user/auditor
        is not authorized

    No notebook instances in us-east-1.
    Not complete: 1 region could not be listed.
    ");
}

#[test]
fn where_nothing_could_be_listed_nothing_is_claimed() {
    let gaps = vec![gap("us-east-1", None), gap("eu-west-1", None)];
    let shown = terminal(&view::audit(&report(vec![], gaps)), Style { color: false, width: 200 });
    assert!(shown.ends_with("No region could be read: nothing can be said of this account.\n"), "{shown}");
}

#[test]
fn all_compliant_is_one_line() {
    let report =
        report(vec![instance("us-east-1/a", &compliant()), instance("us-east-1/b", &compliant())], vec![]);
    assert_snapshot!(terminal(&view::audit(&report), NARROW), @r"
    Audit of SageMaker notebook instances in account 123456789012
      read     2026-10-05 09:00:00 UTC
      regions  us-east-1, eu-west-1

    Every instance seen is compliant (2 of 2).
    ");
}

#[test]
fn with_every_rule_off_nothing_is_called_compliant() {
    let mut policy = policy();
    policy.rules.values_mut().for_each(|mode| *mode = Mode::Off);
    let report = AuditReport::new(&policy, &inventory(vec![instance("us-east-1/a", &json!({}))], vec![]));
    let shown = terminal(&view::audit(&report), NARROW);
    assert!(shown.contains("1 instance seen, none judged: the policy turns every rule off."), "{shown}");
}

#[test]
fn the_exemptions_of_the_policy_are_shown_with_what_is_left_of_them() {
    let exemption = |expires: &str| Exemption {
        matches: Selector { names: vec!["a*".parse().unwrap()], ..Selector::default() },
        reason: "decommissioned".to_owned(),
        expires: expires.parse().unwrap(),
        ticket: None,
    };
    let mut policy = policy();
    policy.exemptions = ["2026-10-05", "2026-10-04", "2027-10-05"].map(exemption).into();
    let mut inventory = inventory(vec![instance("us-east-1/a", &json!({ "SubnetId": null }))], vec![]);
    inventory.taken_at = "2026-10-05T23:59:00Z".parse().unwrap();
    let report = AuditReport::new(&policy, &inventory);
    let shown = terminal(&view::audit(&report), WIDE);
    for words in [
        "Until the end of today, 2026-10-05 (UTC), for 1 instance: decommissioned",
        "Expired after 2026-10-04, no longer holds for 1 instance: decommissioned",
        "Until 2027-10-05 for 1 instance: decommissioned",
    ] {
        assert!(shown.contains(words), "{shown}");
        assert!(markdown(&view::audit(&report)).contains(words), "{words}");
    }
}

#[test]
fn json_has_its_format_first_and_says_the_same() {
    let text = to_json(&mixed());
    assert!(text.starts_with("{\n  \"format_version\": 2,\n  \"account\""), "{text}");
    let json: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        json["totals"],
        json!({ "seen": 5, "compliant": 1, "non_compliant": 2, "unknown": 2, "to_remediate": 2 })
    );
    let finding = &json["instances"][1]["findings"][0];
    assert_eq!(finding["rule"], "direct-internet-access");
    assert_eq!(finding["verdict"], "fail");
    assert_eq!(finding["detail"], "DirectInternetAccess is `Enabled`");
    assert_eq!(finding["controls"][0], json!({ "product": "security-hub", "id": "SageMaker.1" }));
    assert_eq!(json["instances"][2]["passed"].as_array().unwrap().len(), 4);
    assert!(json["instances"][3].get("status").is_none());
}
