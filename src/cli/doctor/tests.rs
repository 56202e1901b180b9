//! Examinations against the sandbox, in which everything is allowed or what a policy says.

use super::Examination;
use crate::access::{Actor, Document, Scope, Statement, policies};
use crate::cli::rehearsal::pace::Pace;
use crate::cli::rehearsal::{ClockedRuntime, SandboxSession, SandboxSetup};
use crate::doctor::{CheckState, DoctorReport, Subject};
use crate::exit::ExitStatus;
use crate::fixtures::policy;
use crate::sandbox::{LoggedCall, Seed, parse};

const SCENARIO: &str = r#"
format = 1
default_vpc = false
[[account]]
id = "111122223333"
regions = ["us-east-1", "eu-west-1"]
[[network]]
name = "us"
regions = ["us-east-1"]
cidr = "10.1.0.0/16"
egress = "none"
[[network.subnet]]
name = "us"
id = "subnet-0a"
cidr = "10.1.0.0/24"
[[network.security_group]]
name = "us"
id = "sg-0a"
[[notebooks]]
names = ["first", "second"]
regions = ["us-east-1"]
no_vpc = "all"
"#;

const POLICY: &str = r#"
format = 1
[scope]
regions = ["us-east-1"]
accounts = ["111122223333"]
[[target]]
name = "us"
match = { regions = ["us-east-1"] }
subnets = ["subnet-0a"]
security_groups = ["sg-0a"]
"#;

/// What is found where callers may do this, by whom, in these regions; and the calls.
fn examined(
    allowed: Option<&[Document]>,
    (actors, regions): (&[Actor], &[&str]),
) -> (DoctorReport, Vec<LoggedCall>) {
    let by = policy(POLICY);
    let begun = "2026-11-22T08:00:00Z".parse().unwrap();
    let runtime = ClockedRuntime::at(Pace::Max, begun).unwrap();
    let mut world = parse("scenario.toml", SCENARIO).unwrap().with_seed(Seed(5)).world(begun);
    if let Some(documents) = allowed {
        let texts: Vec<String> = documents.iter().map(|one| serde_json::to_string(one).unwrap()).collect();
        world.allow_only(texts.iter().map(String::as_str)).unwrap();
    }
    let setup = SandboxSetup {
        world,
        faults: Vec::new(),
        unthrottled: false,
        seed: 5,
        log: None,
        requests_per_second: 5,
    };
    let clock = runtime.clock.clone();
    runtime.run(async {
        let session = SandboxSession::start(setup, clock).await.unwrap();
        let examination = Examination {
            session: &session.connected.session,
            endpoint: Some(session.sandbox.endpoint().to_owned()),
            regions: regions.iter().map(|region| region.parse().unwrap()).collect(),
            actors: actors.to_vec(),
            policy: &by,
            plan: None,
        };
        (examination.make().await, session.sandbox.calls())
    })
}

const BOTH: &[Actor] = &[Actor::Reader, Actor::Operator];

/// The permissions in that state.
fn in_state(report: &DoctorReport, state: CheckState) -> Vec<&str> {
    let permissions = report.checks.iter().filter(|check| check.subject == Subject::Permission);
    permissions.filter(|check| check.state == state).map(|check| check.name.as_str()).collect()
}

fn without(documents: Vec<Document>, action: &str) -> Vec<Document> {
    let lacking = |mut statement: Statement| {
        statement.action.retain(|one| one != action);
        (!statement.action.is_empty()).then_some(statement)
    };
    let lacking =
        |document: Document| Document::of(document.statement.into_iter().filter_map(lacking).collect());
    documents.into_iter().map(lacking).collect()
}

/// What cannot be tried without acting, and the key that nobody has named.
const NOT_PROBED: [&str; 12] = [
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:DeleteNetworkInterfacePermission",
    "iam:PassRole",
    "kms:CreateGrant",
    "kms:DescribeKey",
    "sagemaker:AddTags",
    "sagemaker:CreateNotebookInstance",
    "sagemaker:DeleteNotebookInstance",
    "sagemaker:StartNotebookInstance",
    "sagemaker:StopNotebookInstance",
    "sagemaker:UpdateNotebookInstance",
];

#[test]
fn where_everything_is_allowed_everything_that_can_be_tried_is_ok() {
    let (report, calls) = examined(None, (BOTH, &["us-east-1"]));
    assert_eq!(report.exit(), ExitStatus::Done, "{report:#?}");
    assert_eq!(in_state(&report, CheckState::NotProbed), NOT_PROBED);
    assert!(calls.len() <= 24, "{} calls", calls.len());
}

#[test]
fn nothing_that_changes_anything_is_ever_sent() {
    let all = [None, Some(Vec::new()), Some(policies(Actor::Operator, &Scope::everything()))];
    for allowed in all {
        let (_, calls) = examined(allowed.as_deref(), (BOTH, &["us-east-1", "eu-west-1"]));
        for call in calls {
            let reads = ["Describe", "Get", "List"].iter().any(|verb| call.operation.starts_with(verb));
            // A dry run of it is answered so, or refused: the sandbox makes none.
            assert!(reads || call.operation == "CreateNetworkInterface", "{call:?}");
            assert!(reads || call.status != Some(200), "{call:?}");
        }
    }
}

#[test]
fn with_exactly_the_printed_policy_nothing_is_missing() {
    for actor in BOTH {
        let documents = policies(*actor, &Scope::everything());
        let (report, _) = examined(Some(&documents), (&[*actor], &["us-east-1"]));
        assert_eq!(report.exit(), ExitStatus::Done, "{actor:?} {report:#?}");
    }
}

#[test]
fn what_is_missing_is_named_with_the_region_and_what_to_do() {
    for (actor, action, exit) in [
        (Actor::Reader, "sagemaker:ListTags", ExitStatus::Access),
        (Actor::Reader, "sagemaker:ListNotebookInstances", ExitStatus::Access),
        (Actor::Reader, "sagemaker:DescribeNotebookInstance", ExitStatus::Access),
        (Actor::Reader, "ec2:DescribeSubnets", ExitStatus::Access),
        (Actor::Reader, "ec2:DescribeVpcAttribute", ExitStatus::Partial),
        (Actor::Reader, "servicequotas:ListServiceQuotas", ExitStatus::Partial),
        (Actor::Reader, "sagemaker:DescribeNotebookInstanceLifecycleConfig", ExitStatus::Partial),
        (Actor::Operator, "ec2:CreateNetworkInterface", ExitStatus::Access),
        (Actor::Operator, "ec2:DescribeDhcpOptions", ExitStatus::Access),
        (Actor::Operator, "servicequotas:GetServiceQuota", ExitStatus::Partial),
    ] {
        let documents = without(policies(actor, &Scope::everything()), action);
        let (report, _) = examined(Some(&documents), (&[actor], &["us-east-1"]));
        assert_eq!(in_state(&report, CheckState::Missing), [action]);
        assert_eq!(report.exit(), exit, "{action}");
        let check = report.checks.iter().find(|check| check.name == action).unwrap();
        let denied = format!("denied in us-east-1: {}", "");
        assert!(check.detail.starts_with(&denied) && check.detail.contains(action), "{}", check.detail);
        let advice = format!("remediate iam-policy --role {}", actor.as_str());
        assert_eq!(check.advice.as_deref(), Some(advice.as_str()));
    }
}

#[test]
fn a_region_that_is_not_enabled_is_missing_and_says_nothing_of_permissions() {
    let (report, _) = examined(None, (&[Actor::Reader], &["us-east-1", "ap-south-1"]));
    let region = report.checks.iter().find(|check| check.name == "region ap-south-1").unwrap();
    assert_eq!((region.state, report.exit()), (CheckState::Missing, ExitStatus::Access), "{region:?}");
    assert_eq!(in_state(&report, CheckState::Missing), Vec::<&str>::new());
    assert_eq!(in_state(&report, CheckState::Unknown), Vec::<&str>::new());
}
