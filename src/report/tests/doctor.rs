//! Examinations.

use insta::assert_snapshot;

use super::fixture::{NARROW, WIDE};
use super::laws::words;
use crate::access::Actor;
use crate::doctor::{CheckState, DoctorCheck, DoctorReport, DoctorSetting};
use crate::report::{Style, terminal, to_json, view};

fn permission(name: &str, state: CheckState, needed: bool) -> DoctorCheck {
    DoctorCheck::permission(name, &[Actor::Reader, Actor::Operator], (state, needed))
}

fn report() -> DoctorReport {
    let with = |check: DoctorCheck, detail: &str| DoctorCheck { detail: detail.to_owned(), ..check };
    let denied = |action: &str| {
        format!(
            "denied in us-east-1: User: arn:aws:iam::123456789012:user/ann is not authorized to perform: {action} on \
             resource: * because no identity-based policy allows the {action} action"
        )
    };
    let acts = "cannot be tried without acting";
    let checks = vec![
        DoctorCheck::connection("endpoint", CheckState::Ok, "AWS's own"),
        DoctorCheck::connection(
            "credentials",
            CheckState::Ok,
            "account 123456789012, arn:aws:iam::123456789012:user/ann",
        ),
        DoctorCheck::connection("clock", CheckState::Warning, "3 min 5 s behind the server's")
            .advice("set this machine's clock, by NTP where that can be"),
        DoctorCheck::connection("region us-east-1", CheckState::Ok, "reachable and enabled"),
        with(permission("ec2:DescribeSubnets", CheckState::Missing, true), &denied("ec2:DescribeSubnets"))
            .advice("remediate iam-policy --role reader"),
        with(
            permission("servicequotas:GetServiceQuota", CheckState::Missing, false),
            &denied("servicequotas:GetServiceQuota"),
        )
        .advice("remediate iam-policy --role operator"),
        permission("sagemaker:ListTags", CheckState::Ok, true),
        with(permission("ec2:DescribeVpcs", CheckState::Unknown, false), "in us-east-1: no \u{1b}[31manswer"),
        with(permission("iam:PassRole", CheckState::NotProbed, true), acts)
            .advice("remediate iam-policy --role operator"),
        with(permission("sagemaker:StopNotebookInstance", CheckState::NotProbed, true), acts)
            .advice("remediate iam-policy --role operator"),
        with(
            permission("kms:DescribeKey", CheckState::NotProbed, true),
            "no key is known to try it on: pass --plan",
        ),
    ];
    let settings = [
        ("profile", Some(("default", "default"))),
        ("endpoint-url", None),
        ("https-proxy", Some(("proxy.example.com:3128", "HTTPS_PROXY"))),
        ("ca-bundle", Some(("/etc/company/\u{1b}[31mca.pem", "ca_bundle of profile `default`"))),
        ("fips", None),
    ];
    let settings = settings.map(|(name, said)| {
        let (value, source) = said.map(|(value, source)| (value.to_owned(), source.to_owned())).unzip();
        DoctorSetting { name: name.to_owned(), value, source }
    });
    let regions = vec!["us-east-1".parse().unwrap()];
    DoctorReport::new(Some("123456789012".parse().unwrap()), regions, checks).under(settings.into())
}

#[test]
fn an_examination_fits_a_narrow_terminal() {
    assert_snapshot!(terminal(&view::doctor(&report()), NARROW), @r"
    SETTING      VALUE                          FROM
    profile      default                        default
    https-proxy  proxy.example.com:3128         HTTPS_PROXY
    ca-bundle    /etc/company/\u{1b}[31mca.pem  ca_bundle of profile `default`

    not set: endpoint-url, fips

    CONNECTION        STATE    FOUND
    endpoint          ok       AWS's own
    credentials       ok       account 123456789012,
                               arn:aws:iam::123456789012:user/ann
    clock             warning  3 min 5 s behind the server's; set this machine's
                               clock, by NTP where that can be
    region us-east-1  ok       reachable and enabled

    PERMISSION                     STATE    FOUND
    ec2:DescribeSubnets            missing  denied in us-east-1: User:
                                            arn:aws:iam::123456789012:user/ann is
                                            not authorized to perform:
                                            ec2:DescribeSubnets on resource: *
                                            because no identity-based policy allows
                                            the ec2:DescribeSubnets action
    servicequotas:GetServiceQuota  missing  denied in us-east-1: User:
                                            arn:aws:iam::123456789012:user/ann is
                                            not authorized to perform:
                                            servicequotas:GetServiceQuota on
                                            resource: * because no identity-based
                                            policy allows the
                                            servicequotas:GetServiceQuota action;
                                            can be done without
    sagemaker:ListTags             ok
    ec2:DescribeVpcs               unknown  in us-east-1: no \u{1b}[31manswer

    Not probed (2): cannot be tried without acting
      iam:PassRole, sagemaker:StopNotebookInstance

    Not probed (1): no key is known to try it on: pass --plan
      kms:DescribeKey

    These print the least policies
        remediate iam-policy --role operator
        remediate iam-policy --role reader

    11 checks: 4 ok, 2 missing, 1 unknown, 1 with a warning, 3 not probed
    ");
}

#[test]
fn a_wide_terminal_has_the_same_words_on_fewer_lines() {
    let (wide, narrow) =
        (terminal(&view::doctor(&report()), WIDE), terminal(&view::doctor(&report()), NARROW));
    assert_eq!(words(&wide), words(&narrow));
    let clock = "clock             warning  3 min 5 s behind the server's; set this machine's clock, by NTP where that \
                 can be\n";
    assert!(wide.contains(clock), "{wide}");
}

#[test]
fn colour_changes_nothing_but_the_colour_and_lines_fit() {
    let coloured = terminal(&view::doctor(&report()), Style { color: true, width: 80 });
    assert_eq!(
        anstream::adapter::strip_str(&coloured).to_string(),
        terminal(&view::doctor(&report()), NARROW)
    );
    for width in [40, 80, 120, 200] {
        let text = terminal(&view::doctor(&report()), Style { color: false, width });
        assert!(text.lines().all(|line| crate::text::width(line) <= width), "{width}\n{text}");
    }
}

#[test]
fn programs_read_the_format_first_and_each_check_with_who_needs_it() {
    let json = to_json(&report());
    assert!(json.starts_with("{\n  \"format_version\": 2,\n"), "{json}");
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    let setting = &value["settings"][2];
    assert_eq!(
        (&setting["value"], &setting["source"]),
        (&"proxy.example.com:3128".into(), &"HTTPS_PROXY".into())
    );
    assert_eq!(
        value["settings"][1],
        serde_json::json!({ "name": "endpoint-url", "value": null, "source": null })
    );
    let check = &value["checks"][4];
    assert_eq!(check["state"], "missing");
    assert_eq!(check["roles"], serde_json::json!(["reader", "operator"]));
    assert_eq!(value["totals"]["not_probed"], 3);
}
