//! Audits as other programs are told of them.

use std::collections::BTreeSet;

use insta::assert_snapshot;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::fixture::{HOSTILE, compliant, gap, instance, inventory, policy, unread};
use crate::audit::AuditReport;
use crate::facts::limits::FINDINGS_A_CALL;
use crate::inventory::{Gap, Instance};
use crate::policy::Policy;
use crate::report::export::{asff, csv, ocsf};
use crate::report::{Style, markdown, terminal, to_json, view};
use crate::rules::{Mode, RuleId, Severity};
use crate::text::is_harmful;

/// A policy that judges by all six rules, and has a severity of its own for one.
fn all_rules() -> Policy {
    let mut policy = policy();
    for &rule in RuleId::ALL {
        policy.rules.entry(rule).or_insert(Mode::Report);
    }
    policy.severities.insert(RuleId::InVpc, Severity::Critical);
    policy
}

fn report(instances: Vec<Instance>, gaps: Vec<Gap>) -> AuditReport {
    AuditReport::new(&all_rules(), &inventory(instances, gaps))
}

/// An exposed, a compliant and an unreadable instance, and a region that could not be listed.
fn mixed() -> AuditReport {
    let mut good = compliant();
    good["KmsKeyId"] = json!("key-1");
    good["InstanceMetadataServiceConfiguration"] = json!({ "MinimumInstanceMetadataServiceVersion": "2" });
    let instances = vec![
        instance("us-east-1/fraud-etl", &json!({})),
        instance("us-east-1/good", &good),
        unread("us-east-1/king"),
    ];
    report(instances, vec![gap("eu-west-1", None), gap("us-east-1", Some("king"))])
}

#[test]
fn csv_has_a_row_a_rule_and_instance_and_one_a_gap() {
    let text = csv(&mixed());
    // Head, three instances by six rules, two gaps.
    assert_eq!(text.lines().count(), 1 + 3 * 6 + 2);
    let shown: Vec<&str> = text
        .lines()
        .enumerate()
        .filter(|(n, _)| [0, 1, 2, 7, 13, 19, 20].contains(n))
        .map(|(_, line)| line)
        .collect();
    assert_snapshot!(shown.join("\n"), @r"
    record,account,region,instance,arn,status,rule,verdict,mode,severity,detail,security_hub_control,config_rule,other_controls,exempt_until
    rule,123456789012,us-east-1,fraud-etl,arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/fraud-etl,InService,direct-internet-access,fail,remediate,high,DirectInternetAccess is `Enabled`,SageMaker.1,sagemaker-notebook-no-direct-internet-access,prowler:sagemaker_notebook_instance_without_direct_internet_access_configured checkov:CKV_AWS_122 conformity:SageMaker-004 lacework:lacework-global-388,
    rule,123456789012,us-east-1,fraud-etl,arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/fraud-etl,InService,in-vpc,fail,remediate,critical,no SubnetId,SageMaker.2,sagemaker-notebook-instance-inside-vpc,prowler:sagemaker_notebook_instance_vpc_settings_configured checkov:CKV_AWS_306 conformity:SageMaker-001,
    rule,123456789012,us-east-1,good,arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/good,InService,direct-internet-access,pass,remediate,high,,SageMaker.1,sagemaker-notebook-no-direct-internet-access,prowler:sagemaker_notebook_instance_without_direct_internet_access_configured checkov:CKV_AWS_122 conformity:SageMaker-004 lacework:lacework-global-388,
    rule,123456789012,us-east-1,king,arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/king,,direct-internet-access,unknown,remediate,high,the instance could not be described,SageMaker.1,sagemaker-notebook-no-direct-internet-access,prowler:sagemaker_notebook_instance_without_direct_internet_access_configured checkov:CKV_AWS_122 conformity:SageMaker-004 lacework:lacework-global-388,
    gap,123456789012,eu-west-1,,,,,unknown,,critical,eu-west-1 could not be listed: ListNotebookInstances in eu-west-1: access denied (AccessDeniedException): User: arn:aws:iam::123456789012:user/auditor is not authorized,,,,
    gap,123456789012,us-east-1,king,arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/king,,,unknown,,critical,us-east-1/king could not be read in full: DescribeNotebookInstance in us-east-1: access denied (AccessDeniedException): User: arn:aws:iam::123456789012:user/auditor is not authorized,,,,
    ");
}

#[test]
fn every_verdict_and_every_gap_is_an_ocsf_event_and_unknown_is_never_a_pass() {
    let report = mixed();
    let events = ocsf(&report);
    assert_eq!(events.len(), 3 * 6 + 2);
    let count = |status: &str| events.iter().filter(|event| event["compliance"]["status"] == status).count();
    assert_eq!((count("Pass"), count("Fail"), count("Unknown")), (6 + 1, 4, 6 + 1 + 2));
    for event in &events {
        let of_king = event["resources"][0]["name"] == "king";
        assert!(!of_king || event["compliance"]["status_id"] == 0, "{event}");
        assert_eq!(event["status_code"] == "PASS", event["compliance"]["status_id"] == 1);
    }
}

#[test]
fn ocsf_events_have_what_the_schema_requires_and_captions_agree_with_ids() {
    let severities = ["Unknown", "Informational", "Low", "Medium", "High", "Critical"];
    let statuses = ["Unknown", "Pass", "Warning", "Fail"];
    for event in ocsf(&mixed()) {
        for required in [
            "/activity_id",
            "/category_uid",
            "/class_uid",
            "/type_uid",
            "/time",
            "/severity_id",
            "/metadata/version",
            "/metadata/product/vendor_name",
            "/finding_info/uid",
            "/finding_info/title",
            "/compliance/standards/0",
            "/compliance/control",
            "/cloud/provider",
            "/cloud/account/uid",
            "/resources/0/uid",
            "/remediation/desc",
        ] {
            let found = event.pointer(required);
            assert!(found.is_some_and(|found| *found != json!("")), "{required} in {event}");
        }
        let number = |pointer: &str| event.pointer(pointer).and_then(Value::as_u64).unwrap();
        assert_eq!(number("/type_uid"), number("/class_uid") * 100 + number("/activity_id"));
        assert_eq!((number("/class_uid"), number("/category_uid")), (2003, 2));
        let caption = |names: &[&str], at: &str| names[usize::try_from(number(at)).unwrap()].to_owned();
        assert_eq!(event["severity"], caption(&severities, "/severity_id"));
        assert_eq!(event["compliance"]["status"], caption(&statuses, "/compliance/status_id"));
        let check = "/compliance/checks/0";
        assert_eq!(
            event.pointer(&format!("{check}/severity")).unwrap(),
            &json!(caption(&severities, &format!("{check}/severity_id")))
        );
        // 2026, in milliseconds.
        assert_eq!(number("/time"), 1_791_190_800_000);
    }
}

#[test]
fn what_is_found_again_has_the_same_id_and_everything_else_another() {
    let ids = |report: &AuditReport| -> Vec<String> {
        ocsf(report).iter().map(|event| event["finding_info"]["uid"].as_str().unwrap().to_owned()).collect()
    };
    let first = ids(&mixed());
    assert_eq!(BTreeSet::from_iter(&first).len(), first.len());
    let mut later = mixed();
    later.taken_at = "2026-10-06T09:00:00Z".parse().unwrap();
    // Once more, with king described, and its ARN in lower case as SageMaker has it at times.
    assert_eq!(ids(&later), first);
    assert_eq!(ids(&report(vec![instance("us-east-1/king", &json!({}))], vec![])), first[12..18]);
    let of_asff: Vec<String> = asff(&mixed())
        .iter()
        .flat_map(|call| call["Findings"].as_array().unwrap())
        .map(|finding| finding["Id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(BTreeSet::from_iter(&of_asff), BTreeSet::from_iter(&first));
}

#[test]
fn each_line_of_asff_is_for_one_region_and_no_longer_than_a_call_takes() {
    let mut instances: Vec<Instance> =
        (0..40).map(|number| instance(&format!("us-east-1/nb-{number}"), &json!({}))).collect();
    instances.push(instance("eu-west-1/other", &json!({})));
    let calls = asff(&report(instances, vec![]));
    let sizes: Vec<usize> = calls.iter().map(|call| call["Findings"].as_array().unwrap().len()).collect();
    assert_eq!(sizes, [6, FINDINGS_A_CALL, FINDINGS_A_CALL, 40]);
    for call in &calls {
        let findings = call["Findings"].as_array().unwrap();
        let regions: BTreeSet<&str> = findings.iter().map(|one| one["Region"].as_str().unwrap()).collect();
        assert_eq!(regions.len(), 1, "{regions:?}");
        for one in findings {
            assert!(one["ProductArn"].as_str().unwrap().contains(one["Region"].as_str().unwrap()));
        }
    }
    assert_eq!(asff(&report(vec![], vec![])), Vec::<Value>::new());
}

#[test]
fn asff_says_passed_failed_or_not_available_and_how_bad_that_is() {
    let calls = asff(&mixed());
    let findings = || calls.iter().flat_map(|call| call["Findings"].as_array().unwrap());
    let of = |name: &str, rule: &str| {
        let mut found = findings().filter(|one| one["Id"].as_str().unwrap().ends_with(name));
        let found = found.find(|one| one["GeneratorId"] == format!("remediate/{rule}")).unwrap();
        let text = |pointer: &str| found.pointer(pointer).unwrap().as_str().unwrap();
        [
            text("/Compliance/Status"),
            text("/Severity/Label"),
            text("/Severity/Original"),
            text("/Workflow/Status"),
        ]
    };
    assert_eq!(of("/fraud-etl", "in-vpc"), ["FAILED", "CRITICAL", "critical", "NEW"]);
    assert_eq!(of("/fraud-etl", "kms-key"), ["FAILED", "MEDIUM", "medium", "NEW"]);
    assert_eq!(of("/good", "in-vpc"), ["PASSED", "INFORMATIONAL", "critical", "RESOLVED"]);
    assert_eq!(of("/king", "in-vpc"), ["NOT_AVAILABLE", "CRITICAL", "critical", "NEW"]);
    assert_eq!(of("/eu-west-1", "gap"), ["NOT_AVAILABLE", "CRITICAL", "critical", "NEW"]);
    let details = findings()
        .find(|one| one["Id"].as_str().unwrap().ends_with("/fraud-etl"))
        .and_then(|one| one.pointer("/Resources/0/Details/AwsSageMakerNotebookInstance"));
    assert_eq!(details.unwrap()["VolumeSizeInGB"], 5);
}

#[test]
fn instances_of_other_partitions_have_arns_of_theirs() {
    for (region, partition, of_hub) in [
        ("cn-north-1", "aws-cn", Some("aws-cn")),
        ("us-gov-west-1", "aws-us-gov", Some("aws-us-gov")),
        ("us-iso-east-1", "aws-iso", Some("aws-us-iso")),
        ("eusc-de-east-1", "aws-eusc", None),
    ] {
        let report = report(vec![unread(&format!("{region}/king"))], vec![]);
        let arn = format!("arn:{partition}:sagemaker:{region}:123456789012:notebook-instance/king");
        assert_eq!(ocsf(&report)[0]["resources"][0]["uid"], arn);
        let found = asff(&report)[0]["Findings"][0].clone();
        assert_eq!(found["Resources"][0]["Partition"].as_str(), of_hub);
        assert!(
            found["ProductArn"]
                .as_str()
                .unwrap()
                .starts_with(&format!("arn:{partition}:securityhub:{region}:"))
        );
    }
}

#[test]
fn an_audit_for_a_ticket() {
    assert_snapshot!(markdown(&view::audit(&mixed())), @r"
    # Audit of SageMaker notebook instances in account 123456789012

    3 instances seen: 1 compliant, 1 non-compliant, 1 unknown.

    1 fails a rule that the policy wants remediated.

    **Not complete: 1 region could not be listed.**

    - Read: 2026-10-05 09:00:00 UTC
    - Regions: us-east-1, eu-west-1

    ## Not compliant (2)

    | Instance | Status | Findings |
    | --- | --- | --- |
    | us-east-1/fraud-etl | InService | direct-internet-access, in-vpc; only reported: root-access, kms-key; unknown: imds-v2 |
    | us-east-1/king | (unknown) | unknown: direct-internet-access, in-vpc, root-access, platform, kms-key, imds-v2 |

    | Rule | Instance | Severity | Verdict | Policy | Why |
    | --- | --- | --- | --- | --- | --- |
    | in-vpc | us-east-1/fraud-etl | critical | fails | remediate | no SubnetId |
    | direct-internet-access | us-east-1/fraud-etl | high | fails | remediate | DirectInternetAccess is \`Enabled\` |
    | root-access | us-east-1/fraud-etl | high | fails | report | RootAccess is \`Enabled\` |
    | kms-key | us-east-1/fraud-etl | medium | fails | report | no KmsKeyId |
    | in-vpc | us-east-1/king | critical | unknown | remediate | the instance could not be described |
    | direct-internet-access | us-east-1/king | high | unknown | remediate | the instance could not be described |
    | root-access | us-east-1/king | high | unknown | report | the instance could not be described |
    | imds-v2 | us-east-1/fraud-etl | medium | unknown | report | AWS did not report MinimumInstanceMetadataServiceVersion |
    | platform | us-east-1/king | medium | unknown | report | the instance could not be described |
    | kms-key | us-east-1/king | medium | unknown | report | the instance could not be described |
    | imds-v2 | us-east-1/king | medium | unknown | report | the instance could not be described |

    ## Rules

    | Rule | Severity | Policy | Fail | Unknown | Security Hub |
    | --- | --- | --- | --- | --- | --- |
    | direct-internet-access | high | remediate | 1 | 1 | SageMaker.1 |
    | in-vpc | critical | remediate | 1 | 1 | SageMaker.2 |
    | root-access | high | report | 1 | 1 | SageMaker.3 |
    | platform | medium | report | 0 | 1 | SageMaker.8 |
    | kms-key | medium | report | 1 | 1 | SageMaker.21 |
    | imds-v2 | medium | report | 0 | 2 | \- |

    | Rule | What it wants | Also known as |
    | --- | --- | --- |
    | direct-internet-access | Direct internet access must be disabled | security-hub SageMaker.1, config sagemaker-notebook-no-direct-internet-access, prowler sagemaker\_notebook\_instance\_without\_direct\_internet\_access\_configured, checkov CKV\_AWS\_122, conformity SageMaker-004, lacework lacework-global-388 |
    | in-vpc | The instance must be in a VPC | security-hub SageMaker.2, config sagemaker-notebook-instance-inside-vpc, prowler sagemaker\_notebook\_instance\_vpc\_settings\_configured, checkov CKV\_AWS\_306, conformity SageMaker-001 |
    | root-access | Root access must be disabled | security-hub SageMaker.3, config sagemaker-notebook-instance-root-access-check, prowler sagemaker\_notebook\_instance\_root\_access\_disabled, checkov CKV\_AWS\_307 |
    | platform | The platform must be a supported one | security-hub SageMaker.8, config sagemaker-notebook-instance-platform-version |
    | kms-key | The volume must be encrypted with a named KMS key | security-hub SageMaker.21, config sagemaker-notebook-instance-storage-vol-kms-encrypted, prowler sagemaker\_notebook\_instance\_encryption\_enabled, checkov CKV\_AWS\_22 |
    | imds-v2 | The instance metadata service must be version 2 only | checkov CKV\_AWS\_371 |

    ## Unknown is not compliant

    - direct-internet-access: the instance could not be described (1 instance)
    - in-vpc: the instance could not be described (1 instance)
    - root-access: the instance could not be described (1 instance)
    - platform: the instance could not be described (1 instance)
    - kms-key: the instance could not be described (1 instance)
    - imds-v2: AWS did not report MinimumInstanceMetadataServiceVersion (1 instance)
    - imds-v2: the instance could not be described (1 instance)

    ## Compliant (1)

    - us-east-1/good

    ## Could not be read (2 gaps)

    What is listed here was not judged, or not in full. It may hold more instances that need replacing.

    - eu-west-1 could not be listed: ListNotebookInstances in eu-west-1: access denied (AccessDeniedException): User: arn:aws:iam::123456789012:user/auditor is not authorized
    - us-east-1/king could not be read in full: DescribeNotebookInstance in us-east-1: access denied (AccessDeniedException): User: arn:aws:iam::123456789012:user/auditor is not authorized
    ");
}

#[test]
fn a_ticket_about_nothing_claims_nothing() {
    let none = markdown(&view::audit(&report(vec![], vec![])));
    assert!(none.contains("No notebook instances in us-east-1, eu-west-1."), "{none}");
    let unread =
        markdown(&view::audit(&report(vec![], vec![gap("us-east-1", None), gap("eu-west-1", None)])));
    assert!(unread.contains("nothing can be said of this account"), "{unread}");
    let partly = markdown(&view::audit(&report(vec![], vec![gap("us-east-1", None)])));
    assert!(partly.contains("Not complete: 1 region could not be listed."), "{partly}");
}

#[test]
fn severities_have_colours_and_the_same_words_without() {
    let coloured = terminal(&view::audit(&mixed()), Style { color: true, width: 80 });
    assert!(coloured.contains("\u{1b}[31m"), "{coloured}");
    let plain = terminal(&view::audit(&mixed()), Style { color: false, width: 80 });
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
    for width in [80, 200] {
        let shown = terminal(&view::audit(&mixed()), Style { color: false, width });
        assert!(shown.lines().all(|line| crate::text::width(line) <= width), "{shown}");
        assert!(shown.contains("in-vpc                  critical  remediate"), "{shown}");
    }
}

/// An instance and a gap that hold this text wherever AWS's text goes.
fn holding(text: &str) -> AuditReport {
    let mut unread = gap("us-east-1", Some("king"));
    unread.error.message = text.to_owned();
    unread.error.code = Some(text.to_owned());
    let members = json!({ "PlatformIdentifier": text, "FailureReason": text, "NotebookInstanceStatus": text,
        "DefaultCodeRepository": text, "DirectInternetAccess": text });
    report(vec![instance("us-east-1/a", &members)], vec![unread])
}

fn all_is_well_formed(text: &str) {
    let report = holding(text);
    let rows =
        ::csv::Reader::from_reader(csv(&report).as_bytes()).records().collect::<Result<Vec<_>, _>>().unwrap();
    assert_eq!(rows.len(), 7);
    for cell in rows.iter().flatten() {
        assert!(!cell.starts_with(['=', '+', '-', '@']) && !cell.chars().any(is_harmful), "{cell:?}");
    }
    for finding in asff(&report)[0]["Findings"].as_array().unwrap() {
        assert!(finding["Title"].as_str().unwrap().chars().count() <= 256);
        assert!(finding["Description"].as_str().unwrap().chars().count() <= 1024);
        no_blank(finding);
    }
    let events = to_json(&ocsf(&report));
    assert!(!events.chars().any(|c| c != '\n' && is_harmful(c)));
    let ticket = markdown(&view::audit(&report));
    assert!(!ticket.chars().any(|c| c != '\n' && is_harmful(c)));
    assert_eq!(ticket.lines().count(), markdown(&view::audit(&holding("x"))).lines().count());
}

/// Security Hub takes texts only that have something in them, on one line.
fn no_blank(value: &Value) {
    match value {
        Value::String(text) => assert!(!text.trim().is_empty() && !text.contains('\n'), "{text:?}"),
        Value::Array(items) => items.iter().for_each(no_blank),
        Value::Object(members) => members.values().for_each(no_blank),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[test]
fn what_aws_says_breaks_no_format() {
    for text in [HOSTILE, "=1+1", "", " ", "a\"b,c\r\n", &"w".repeat(5_000)] {
        all_is_well_formed(text);
    }
}

proptest! {
    #[test]
    fn nothing_that_aws_could_say_breaks_a_format(text in any::<String>()) {
        all_is_well_formed(&text);
    }
}
