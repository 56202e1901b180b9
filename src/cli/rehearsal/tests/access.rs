//! The whole job with exactly what `remediate iam-policy` prints, and with one action less.

use std::collections::BTreeMap;

use crate::access::{self, Actor, Document, Operation, Scope, Weight, needs, policies};
use crate::api_error::{ApiError, ApiErrorKind};
use crate::audit::AuditReport;
use crate::cli::args::{Color, Global};
use crate::cli::printer::Printer;
use crate::cli::reading;
use crate::cli::rehearsal::pace::Pace;
use crate::cli::rehearsal::tests::{fault, networks, plan_of};
use crate::cli::rehearsal::{ClockedRuntime, SandboxSession, SandboxSetup};
use crate::execute::{
    self, Attachment, Cloud as _, ConfigRequest, Event, ItemResult, RunReport, Setting, Stop,
};
use crate::fixtures::policy;
use crate::ids::InstanceName;
use crate::inventory::Description;
use crate::journal::{Outcome, Purpose, RunEnd, RunState, StateDir};
use crate::plan::{CreateRequest, Plan, Tag};
use crate::report::to_json;
use crate::report::wording;
use crate::sandbox::{LoggedCall, Seed, parse};

/// Sources with and without a VPC, with and without a key, with roles of their own, stopped and running; a name with
/// capitals.
const SCENARIO: &str = concat!(
    r#"
format = 1
default_vpc = false

[[account]]
id = "111122223333"
regions = ["us-east-1", "eu-west-1"]
quota = 100

"#,
    networks!(),
    r#"

[[kms_key]]
alias = "notebooks"

[[notebooks]]
names = ["Exposed-King", "stopped-one", "third"]
regions = ["us-east-1"]
no_vpc = "all"
stopped = 1
kms = 2
kms_key = "notebooks"
roles = ["service-role/Research", "Vision"]
imds_v2 = "all"
tags = { Team = "research" }

[[notebooks]]
names = ["in-vpc-already", "in-vpc-stopped"]
regions = ["eu-west-1"]
network = "eu"
direct_internet = "all"
stopped = 1
kms = "all"
kms_key = "notebooks"
imds_v2 = "all"
tags = { Team = "research" }

[[notebooks]]
names = ["compliant"]
regions = ["eu-west-1"]
network = "eu"
imds_v2 = "all"

[[notebooks]]
names = ["repaired-in-place"]
regions = ["eu-west-1"]
network = "eu"
"#
);

const POLICY: &str = r#"
format = 1
[scope]
regions = ["us-east-1", "eu-west-1"]
[rules]
imds-v2 = "remediate"
[defaults]
delete_source = "cleanup"
[[target]]
name = "us"
match = { regions = ["us-east-1"] }
subnets = ["subnet-0a"]
security_groups = ["sg-0a"]
[[target]]
name = "eu"
match = { regions = ["eu-west-1"] }
subnets = ["subnet-0b"]
security_groups = ["sg-0b"]
[limits]
max_percent = 100
canary = 0
max_failures = 100
concurrency = 3
"#;

/// What follows the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    /// It is cut short once and resumed; then the sources are deleted.
    CleanUp,
    /// It is undone.
    RollBack,
}

/// Everything that was said of runs and items that did not end as they should, and every call.
struct Told {
    complaints: Vec<String>,
    calls: Vec<LoggedCall>,
}

impl Told {
    fn denied(&self) -> Vec<&str> {
        let denied = |call: &&LoggedCall| {
            call.code
                .as_deref()
                .is_some_and(|code| code.starts_with("AccessDenied") || code.starts_with("Unauthorized"))
        };
        self.calls.iter().filter(denied).map(|call| call.operation.as_str()).collect()
    }
}

/// Plans with everything allowed, and does the rest with what these documents allow.
fn tell(then: Then, documents: impl Fn(&Plan) -> Vec<Document>) -> Told {
    let by = policy(POLICY);
    in_session(async |session| {
        let plan = plan_of(session, &by).await;
        assert_eq!(plan.items.len(), 5, "{:?}", plan.withheld);
        allow(session, &documents(&plan));
        let before = session.sandbox.calls().len();
        let complaints = carry_out(session, &plan, then).await;
        Told { complaints, calls: session.sandbox.calls().split_off(before) }
    })
}

fn in_session<T>(work: impl AsyncFnOnce(&SandboxSession) -> T) -> T {
    let begun = "2026-11-22T08:00:00Z".parse().unwrap();
    let runtime = ClockedRuntime::at(Pace::Max, begun).unwrap();
    let setup = SandboxSetup {
        world: parse("scenario.toml", SCENARIO).unwrap().with_seed(Seed(5)).world(begun),
        faults: Vec::new(),
        unthrottled: true,
        seed: 5,
        log: None,
        requests_per_second: 100,
    };
    let clock = runtime.clock.clone();
    runtime.run(async { work(&SandboxSession::start(setup, clock).await.unwrap()).await })
}

/// From now on nothing else is allowed.
fn allow(session: &SandboxSession, documents: &[Document]) {
    let texts: Vec<String> =
        documents.iter().map(|document| serde_json::to_string(document).unwrap()).collect();
    session.sandbox.meddle(|world| world.allow_only(texts.iter().map(String::as_str))).unwrap();
}

async fn carry_out(session: &SandboxSession, plan: &Plan, then: Then) -> Vec<String> {
    let home = tempfile::tempdir().unwrap();
    let state = StateDir::at(home.path());
    let lock = state.lock(&plan.account).unwrap();
    let dir = state.new_run(&plan.digest, session.connected.clock.now()).unwrap();
    let mut complaints = Vec::new();
    let lives: &[Purpose] = match then {
        Then::CleanUp => &[Purpose::Apply, Purpose::Apply, Purpose::Cleanup],
        Then::RollBack => &[Purpose::Apply, Purpose::Rollback],
    };
    for (at, purpose) in lives.iter().enumerate() {
        let cut_short = then == Then::CleanUp && at == 0;
        if cut_short {
            session.sandbox.trouble(vec![fault("stuck:CreateNotebookInstance")]);
        }
        let past = dir.of(*purpose).state().unwrap().map(RunState::resumed).map(|state| state.items);
        let applied = match purpose {
            Purpose::Apply => BTreeMap::new(),
            Purpose::Rollback | Purpose::Cleanup => dir.state().unwrap().unwrap().items,
        };
        let journal = match (purpose, &past) {
            (Purpose::Apply, None) => dir.create_journal(&lock).unwrap(),
            (Purpose::Apply, Some(_)) => dir.reopen_journal(&lock).unwrap(),
            (Purpose::Rollback | Purpose::Cleanup, _) => {
                dir.of(*purpose).begin_or_reopen_journal(&lock).unwrap()
            }
        };
        let report = execute::run(Setting {
            plan,
            run: dir.id.clone(),
            purpose: *purpose,
            caller: None,
            words: crate::report::wording::WORDS,
            applied,
            cloud: &session.connected.session,
            journal: &journal.without_sync(),
            past,
            refused: BTreeMap::new(),
            clock: &*session.connected.clock,
            watcher: &|_: &Event| {},
            stop: Stop::default(),
            nonce: &crate::cli::nonces::repeatable,
        })
        .await;
        if cut_short {
            session.sandbox.trouble(Vec::new());
            let now = session.connected.clock.now();
            session.sandbox.meddle(|world| {
                for site in world.accounts.values_mut().flat_map(|account| account.sites.values_mut()) {
                    site.unstick(now);
                }
            });
            continue;
        }
        complaints.extend(complaints_of(&report));
    }
    complaints
}

fn complaints_of(report: &RunReport) -> Vec<String> {
    let of_item = |result: &ItemResult| match result {
        ItemResult::Ended { outcome } => match outcome {
            Outcome::Done { notes, .. } | Outcome::Repaired { notes } | Outcome::RolledBack { notes, .. } => {
                notes.iter().map(wording::note).collect()
            }
            Outcome::AlreadyDone { .. } => Vec::new(),
            Outcome::Refused { reason } | Outcome::Failed { reason, .. } => vec![wording::reason(reason)],
        },
        ItemResult::Unfinished { why, .. } => why.iter().map(wording::reason).collect(),
        ItemResult::NotStarted => vec!["not started".to_owned()],
    };
    let end = (report.end != RunEnd::Completed).then(|| format!("{:?}", report.end));
    report.items.iter().flat_map(|item| of_item(&item.result)).chain(end).collect()
}

/// Documents without an action.
fn without(documents: Vec<Document>, action: &str) -> Vec<Document> {
    let lacking = |document: Document| {
        let mut statements = document.statement;
        statements.iter_mut().for_each(|statement| statement.action.retain(|one| one != action));
        statements.retain(|statement| !statement.action.is_empty());
        Document::of(statements)
    };
    documents.into_iter().map(lacking).collect()
}

fn operator(plan: Option<&Plan>) -> Vec<Document> {
    policies(Actor::Operator, &plan.map_or_else(Scope::everything, Scope::of_plan))
}

#[test]
fn the_job_is_done_with_exactly_the_operators_policy() {
    for then in [Then::CleanUp, Then::RollBack] {
        for narrow in [false, true] {
            let told = tell(then, |plan| operator(narrow.then_some(plan)));
            assert_eq!(told.complaints, Vec::<String>::new(), "{then:?}, narrowed to the plan: {narrow}");
            assert_eq!(told.denied(), Vec::<&str>::new(), "{then:?}, narrowed to the plan: {narrow}");
        }
    }
}

#[test]
fn without_any_one_action_of_the_operator_the_job_fails_and_names_it() {
    for (action, weight) in actions(Actor::Operator) {
        let tell = |then: Then| tell(then, |plan| without(operator(Some(plan)), action)).complaints;
        let complaints: Vec<String> = match (weight, tell(Then::CleanUp)) {
            // Sources are started again by what undoes a run.
            (Weight::Needed, complaints) if complaints.is_empty() => tell(Then::RollBack),
            (Weight::Needed | Weight::Helpful, complaints) => complaints,
        };
        let named = format!("is not authorized to perform: {action} on resource: ");
        match weight {
            Weight::Needed => {
                assert!(complaints.iter().any(|one| one.contains(&named)), "{action}: {complaints:#?}")
            }
            Weight::Helpful => assert_eq!(complaints, Vec::<String>::new(), "{action}"),
        }
    }
}

/// The actions that somebody needs, by what becomes of the job without them. One that is needed for anything is needed.
fn actions(actor: Actor) -> BTreeMap<&'static str, Weight> {
    let mut all = BTreeMap::new();
    for (need, weight) in needs(actor) {
        let known = all.entry(need.action).or_insert(weight);
        *known = weight.min(*known);
    }
    all
}

/// What an audit and a plan say, and the plan's items, with what these documents allow.
fn read_with(documents: &[Document]) -> (String, usize, Vec<String>) {
    let by = policy(POLICY);
    in_session(async |session| {
        allow(session, documents);
        let plan = plan_of(session, &by).await;
        let printer = Printer::new(&Global { color: Color::Never, quiet: true, verbose: false });
        let audited =
            reading::inventory(&session.connected, plan.regions.clone(), &|_: &Description| false, &printer)
                .await;
        let said = to_json(&plan) + &to_json(&AuditReport::new(&by, &audited));
        let calls = session.sandbox.calls();
        let sent = calls.into_iter().filter(|call| call.operation != "GetCallerIdentity");
        (said, plan.items.len(), sent.map(|call| call.operation).collect())
    })
}

#[test]
fn an_audit_and_a_plan_are_made_with_exactly_the_readers_policy() {
    let (said, items, sent) = read_with(&policies(Actor::Reader, &Scope::everything()));
    assert_eq!(items, 5, "{said}");
    assert!(!said.contains("not authorized"), "{said}");
    assert!(sent.iter().all(|operation| is_known(operation, Actor::Reader)), "{sent:?}");
}

fn is_known(operation: &str, actor: Actor) -> bool {
    let sends = |one: &Operation| one.senders.iter().any(|(sender, _)| *sender == actor);
    access::operation(operation).is_some_and(sends)
}

#[test]
fn without_any_one_action_of_the_reader_that_is_a_gap_which_names_it_or_changes_nothing() {
    // The scenario's subnets have no way out whatever NAT gateways, ACLs and DNS say, and its instances no scripts; its policy
    // names the regions; where types are offered is a hint; one way to read the quota stands in for the other. Load balancers are looked for by `policy init` alone.
    let silent = [
        "ec2:DescribeInstanceTypeOfferings",
        "ec2:DescribeNatGateways",
        "ec2:DescribeNetworkAcls",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeRegions",
        "ec2:DescribeVpcAttribute",
        "sagemaker:DescribeNotebookInstanceLifecycleConfig",
        "servicequotas:GetServiceQuota",
        "servicequotas:ListServiceQuotas",
    ];
    let mut unnamed = Vec::new();
    for (action, weight) in actions(Actor::Reader) {
        let (said, items, _) = read_with(&without(policies(Actor::Reader, &Scope::everything()), action));
        let names = said.contains(&format!("is not authorized to perform: {action} on resource: "));
        unnamed.extend((!names).then_some(action));
        // What is only of help is named in the plan, which is made all the same.
        assert!(weight == Weight::Needed || items == 5, "{action}: {said}");
    }
    assert_eq!(unnamed, silent);
}

#[test]
fn nothing_else_is_allowed() {
    let by = policy(&POLICY.replace("delete_source = \"cleanup\"", ""));
    in_session(async |session| {
        let plan = plan_of(session, &by).await;
        let (us, eu) = (&plan.regions[0], &plan.regions[1]);
        let (us, eu) = if us.as_str() == "us-east-1" { (us, eu) } else { (eu, us) };
        let aws = &session.connected.session;
        let item = plan.items.iter().find(|item| item.id.region == *us).unwrap();
        let (source, stranger) = (&item.id.name, "compliant".parse().unwrap());

        allow(session, &policies(Actor::Reader, &Scope::of_plan(&plan)));
        refused(aws.stop(us, source).await, "sagemaker:StopNotebookInstance");
        refused(aws.create(us, &item.request, &[]).await, "sagemaker:CreateNotebookInstance");

        allow(session, &operator(Some(&plan)));
        refused(aws.stop(eu, &stranger).await, "sagemaker:StopNotebookInstance");
        refused(aws.delete(us, source).await, "sagemaker:DeleteNotebookInstance");
        let elsewhere = CreateRequest { subnet_id: "subnet-other".parse().unwrap(), ..item.request.clone() };
        refused(aws.create(us, &elsewhere, &[]).await, "sagemaker:CreateNotebookInstance");
        let exposed = CreateRequest { direct_internet_access: "Enabled".to_owned(), ..item.request.clone() };
        refused(aws.create(us, &exposed, &[]).await, "sagemaker:CreateNotebookInstance");
        let role = "arn:aws:iam::111122223333:role/Admin".to_owned();
        let powerful = CreateRequest { role_arn: role, ..item.request.clone() };
        refused(aws.create(us, &powerful, &[]).await, "iam:PassRole");
        let other_key = CreateRequest { kms_key_id: Some("other".to_owned()), ..item.request.clone() };
        refused(aws.create(us, &other_key, &[]).await, "kms:DescribeKey");
        refused(aws.enabled_regions(us).await.map(|_| None), "ec2:DescribeRegions");
    });
}

#[test]
fn a_plan_that_moves_files_allows_configurations_of_the_run_and_no_others() {
    let moves = "[defaults]\ndata = \"s3\"\n";
    let by = policy(&format!(
        "{}[transfer]\nbucket = \"moves-{{region}}\"\n",
        POLICY.replace("[defaults]\n", moves)
    ));
    in_session(async |session| {
        let plan = plan_of(session, &by).await;
        assert_eq!(plan.items.len(), 5, "{:?}", plan.withheld);
        let aws = &session.connected.session;
        let source = &plan.items.iter().find(|item| item.id.name.as_str() == "stopped-one").unwrap().id;
        let region = &source.region;
        let config = |name: &str| ConfigRequest {
            name: name.to_owned(),
            on_start: "IyEvYmluL2Jhc2gK".to_owned(),
            tags: vec![Tag { key: "remediate:run".to_owned(), value: "r".to_owned() }],
        };
        let attachment = |instance: &InstanceName| Attachment {
            instance: instance.clone(),
            lifecycle_config: Some("remediate-x-1".to_owned()),
            platform: None,
            default_code_repository: None,
            additional_code_repositories: Vec::new(),
        };
        allow(session, &policies(Actor::Operator, &Scope::of_plan(&plan)));
        aws.create_config(region, &config("remediate-x-1")).await.unwrap();
        aws.attach(region, &attachment(&source.name)).await.unwrap();
        aws.delete_config(region, "remediate-x-2").await.expect_err("there is none");
        let create = "sagemaker:CreateNotebookInstanceLifecycleConfig";
        refused(aws.create_config(region, &config("theirs")).await, create);
        let delete = "sagemaker:DeleteNotebookInstanceLifecycleConfig";
        refused(aws.delete_config(region, "theirs").await, delete);
        let stranger = "compliant".parse().unwrap();
        refused(aws.attach(region, &attachment(&stranger)).await, "sagemaker:UpdateNotebookInstance");

        allow(session, &without(operator(Some(&plan)), "sagemaker:AddTags"));
        refused(aws.create_config(region, &config("remediate-x-3")).await, "sagemaker:AddTags");
        allow(session, &policies(Actor::Reader, &Scope::of_plan(&plan)));
        refused(aws.create_config(region, &config("remediate-x-3")).await, create);
    });
}

fn refused(answer: Result<Option<String>, ApiError>, action: &str) {
    let error = answer.expect_err(action);
    assert_eq!(error.kind, ApiErrorKind::AccessDenied, "{error}");
    assert!(error.message.contains(&format!("not authorized to perform: {action} ")), "{error}");
}
