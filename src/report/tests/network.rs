//! What plans say of the network of a target.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::fixture::{NARROW, item, plan};
use crate::plan::Plan;
use crate::report::{Style, markdown, terminal, view};

fn check(name: &str, verdict: &str, evidence: &str) -> Value {
    json!({ "name": name, "verdict": verdict, "evidence": evidence })
}

/// One item: it reaches the internet, cannot reach the SageMaker API, and whether it reaches S3 is not known.
fn of_verdicts() -> Plan {
    let mut one = item("fraud-etl", "InService", false);
    let mut s3 = check("s3", "unknown", "rtb-0aa has 0.0.0.0/0 to tgw-0bb (transit gateway)");
    s3["required"] = json!(true);
    let mut egress = check("egress", "yes", "rtb-0aa has 0.0.0.0/0 to nat-0cc, a public NAT gateway");
    egress["required"] = json!(true);
    let api = check("sagemaker-api", "no", "vpce-0dd is in state `pending`");
    one["target"]["checks"] = json!([check("subnet", "yes", "subnet-0aa is available"), egress, s3, api]);
    plan(&[one], &[], 8)
}

/// The lines about checks.
fn checks(whole: &str) -> String {
    let after = whole.lines().skip_while(|line| !line.contains("checks  "));
    after.take_while(|line| !line.contains("changes  ")).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_terminal_names_what_passed_and_explains_what_did_not() {
    assert_snapshot!(checks(&terminal(&view::plan(&of_verdicts()), NARROW)), @r"
    checks   2 of 4 passed: subnet, egress
             s3 unknown (required): rtb-0aa has 0.0.0.0/0 to tgw-0bb (transit
             gateway)
             sagemaker-api failed (not required): vpce-0dd is in state `pending`
             Decided from configuration, for HTTPS over IPv4: no packet was
             sent. Not checked: policies of endpoints, firewalls, proxies, DNS
             of your own
    ");
}

#[test]
fn what_failed_is_red_and_what_is_not_known_is_yellow() {
    let shown = terminal(&view::plan(&of_verdicts()), Style { color: true, width: 300 });
    let painted = |colour: &str, text: &str| shown.contains(&format!("\u{1b}[{colour}m{text}"));
    assert!(painted("31", "sagemaker-api failed (not required): vpce-0dd"), "{shown}");
    assert!(painted("33", "s3 unknown (required): rtb-0aa"), "{shown}");
}

#[test]
fn markdown_has_every_check_with_its_evidence() {
    let whole = markdown(&view::change_request(&of_verdicts(), "p.json", None));
    let table: Vec<&str> = whole
        .lines()
        .skip_while(|line| !line.starts_with("  | Check"))
        .take_while(|line| !line.starts_with("- "))
        .collect();
    assert_snapshot!(table.join("\n"), @r"
    | Check | Verdict | Evidence |
    | --- | --- | --- |
    | subnet | passed | subnet-0aa is available |
    | egress | passed (required) | rtb-0aa has 0.0.0.0/0 to nat-0cc, a public NAT gateway |
    | s3 | unknown (required) | rtb-0aa has 0.0.0.0/0 to tgw-0bb (transit gateway) |
    | sagemaker-api | failed (not required) | vpce-0dd is in state \`pending\` |

    Decided from configuration, for HTTPS over IPv4: no packet was sent. Not checked: policies of endpoints, firewalls, proxies, DNS of your own
    ");
}

#[test]
fn a_plan_without_needs_says_that_nothing_was_looked_into() {
    let old = plan(&[item("fraud-etl", "InService", false)], &[], 8);
    let told = markdown(&view::change_request(&old, "p.json", None));
    assert!(told.contains("Not checked: routes, NAT, endpoints and group rules"));
}
