//! A fault as one word of a command line.

use std::time::Duration;

use super::*;
use crate::sandbox::fault::Fault;
use crate::sandbox::world::OutsiderAct;

#[test]
fn a_flag_is_a_fault() {
    let rule = |text: &str| parse_fault(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let cut = rule("cut-after:CreateNotebookInstance@10%");
    assert_eq!((&cut.fault, cut.percent), (&Fault::CutAfter, 10));
    assert_eq!(cut.operation.as_deref(), Some("CreateNotebookInstance"));
    assert_eq!(rule("throttle").operation, None);
    assert_eq!(rule("slow=90s").fault, Fault::Slow(Duration::from_secs(90)));
    assert_eq!(rule("slow:ListTags@5%=2s").percent, 5);
    let reason = "No capacity: come back @ 10:00 = later";
    assert_eq!(rule(&format!("fails={reason}")).fault, Fault::Fails(reason.to_owned()));
    let outsider = rule("outsider=start+30s");
    assert_eq!(outsider.fault, Fault::Outsider(OutsiderAct::Start, Duration::from_secs(30)));
    assert_eq!(outsider.operation.as_deref(), Some("StopNotebookInstance"));
    for (text, expected) in [
        ("throtle", "`throtle` is not a kind of fault; did you mean `throttle`?"),
        ("stuck", "`stuck` needs an operation, such as `stuck:StopNotebookInstance`"),
        ("throttle@0%", "`0%` is not a percentage from 1% to 100%"),
        ("throttle=1", "`throttle` has no value, but was given `1`"),
        (
            "outsider",
            "`outsider=ACT` needs what somebody else does; the values are: start, stop, retag, delete",
        ),
        ("throttle:ListTag", "`ListTag` is not an operation of the sandbox (did you mean `ListTags`?)"),
    ] {
        assert_eq!(parse_fault(text).unwrap_err().to_string(), expected);
    }
}

#[test]
fn faults_strike_only_where_they_act() {
    let launches = "CreateNotebookInstance, StartNotebookInstance";
    for (kind, operation, possible) in [
        ("fails", "StopNotebookInstance", launches.to_owned()),
        ("fails", "DeleteNotebookInstance", launches.to_owned()),
        ("fails", "UpdateNotebookInstance", launches.to_owned()),
        (
            "quota-reached",
            "CreateNotebookInstanceLifecycleConfig",
            format!("{launches}, UpdateNotebookInstance"),
        ),
    ] {
        let expected =
            format!("a fault of the kind `{kind}` cannot strike {operation} (it can strike: {possible})");
        let flag = parse_fault(&format!("{kind}:{operation}")).unwrap_err();
        assert_eq!(flag.to_string(), expected);
        let keys = format!("kind = '{kind}'\noperation = '{operation}'");
        assert_eq!(wrong(&format!("{ACCOUNT}[[fault]]\n{keys}")), expected);
    }
    assert!(parse_fault("fails:StartNotebookInstance").is_ok());
}

#[test]
fn a_fault_can_name_every_operation_that_is_served() {
    for operation in [
        "PutObject",
        "GetObject",
        "HeadObject",
        "ListObjectsV2",
        "CreateBucket",
        "DeleteObject",
        "DescribeNetworkAcls",
        "DescribeVpcAttribute",
        "GetCallerIdentity",
        "ListAccounts",
    ] {
        assert!(parse_fault(&format!("throttle:{operation}")).is_ok(), "{operation}");
    }
}
