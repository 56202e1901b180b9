//! Laws of rehearsals, and what the program does about each kind of trouble: it neither panics nor loses its journal.

mod access;
mod every_platform;
mod every_repair;
mod fleet;
mod journey;
mod limits;
mod older;
mod proof;
mod shut_way_back;
mod simulated_worker;
mod way_back;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::cli::args::{Color, Global};
use crate::cli::printer::Printer;
use crate::cli::reading;
use crate::cli::rehearsal::pace::Pace;
use crate::cli::rehearsal::{ClockedRuntime, SandboxSession, SandboxSetup};
use crate::execute::{ItemResult, RunReport};
use crate::fixtures::policy;
use crate::journal::{Outcome, RunEnd, RunState, StateDir};
use crate::plan::{KnownRuns, Plan};
use crate::policy::{Policy, Regions};
use crate::report::wording;
use crate::sandbox::{Fault, FaultRule, LoggedCall, OutsiderAct, Seed, World, parse, parse_fault};

/// A network in each of the two regions.
macro_rules! networks {
    () => {
        r#"
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

[[network]]
name = "eu"
regions = ["eu-west-1"]
cidr = "10.2.0.0/16"
egress = "none"
[[network.subnet]]
name = "eu"
id = "subnet-0b"
cidr = "10.2.0.0/24"
[[network.security_group]]
name = "eu"
id = "sg-0b"
"#
    };
}
pub(super) use networks;

pub(super) const SCENARIO: &str = concat!(
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
[[notebooks]]
count = 10
name = "nb-{n}"
no_vpc = "all"
stopped = "30%"
imds_v2 = "all"
tags = { Team = "research" }
"#
);

pub(super) const POLICY: &str = r#"
format = 1
[scope]
regions = ["us-east-1", "eu-west-1"]
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

/// What came of a rehearsal.
struct Rehearsed {
    report: RunReport,
    /// What the journal says afterwards, read anew.
    journal: RunState,
    calls: Vec<LoggedCall>,
    world: World,
}

/// Plans and applies from a fixed moment on, as fast as it goes.
fn rehearse_once(seed: u64, faults: Vec<FaultRule>) -> Rehearsed {
    rehearse_by((POLICY, SCENARIO), seed, faults)
}

/// The same by another policy, or in another world.
fn rehearse_by((policy_text, scenario): (&str, &str), seed: u64, faults: Vec<FaultRule>) -> Rehearsed {
    let policy = policy(policy_text);
    let begun = "2026-11-22T08:00:00Z".parse().unwrap();
    let runtime = ClockedRuntime::at(Pace::Max, begun).unwrap();
    let setup = SandboxSetup {
        world: parse("scenario.toml", scenario).unwrap().with_seed(Seed(seed)).world(begun),
        faults,
        unthrottled: false,
        seed,
        log: None,
        requests_per_second: 5,
    };
    let clock = runtime.clock.clone();
    runtime.run(async {
        let session = SandboxSession::start(setup, clock).await.unwrap();
        let (report, journal) = carry_out(&session, &policy).await;
        Rehearsed { report, journal, calls: session.sandbox.calls(), world: session.sandbox.world() }
    })
}

pub(super) async fn plan_of(session: &SandboxSession, policy: &Policy) -> Plan {
    let printer = Printer::new(&Global { color: Color::Never, quiet: true, verbose: false });
    let Regions::Listed(regions) = policy.scope.regions.clone() else {
        panic!("the policy lists its regions")
    };
    reading::plan(&session.connected, (policy, &KnownRuns::default()), regions, &printer).await.unwrap()
}

async fn carry_out(session: &SandboxSession, policy: &Policy) -> (RunReport, RunState) {
    let plan = plan_of(session, policy).await;
    assert_eq!(plan.items.len(), 10, "{:?}", plan.withheld);
    let directory = tempfile::tempdir().unwrap();
    let state = StateDir::at(directory.path());
    let lock = state.lock(&plan.account).unwrap();
    let dir = state.new_run(&plan.digest, session.connected.clock.now()).unwrap();
    let journal = dir.create_journal(&lock).unwrap();
    let report = session.carry_out(&plan, dir.id.clone(), &journal).await;
    (report, dir.state().unwrap().unwrap())
}

impl Rehearsed {
    /// How many items have such a result.
    fn count(&self, wanted: impl Fn(&ItemResult) -> bool) -> usize {
        self.report.items.iter().filter(|item| wanted(&item.result)).count()
    }

    fn done(&self) -> usize {
        self.count(|result| matches!(result, ItemResult::Ended { outcome: Outcome::Done { .. } }))
    }

    fn failed(&self) -> usize {
        self.count(|result| matches!(result, ItemResult::Ended { outcome: Outcome::Failed { .. } }))
    }

    /// Why items failed.
    fn reasons(&self) -> Vec<String> {
        let reason = |result| match result {
            &ItemResult::Ended { outcome: Outcome::Failed { ref reason, .. } } => {
                Some(wording::reason(reason))
            }
            ItemResult::Ended { .. } | ItemResult::Unfinished { .. } | ItemResult::NotStarted => None,
        };
        self.report.items.iter().filter_map(|item| reason(&item.result)).collect()
    }

    /// Why items could not be taken to their end.
    fn parked(&self) -> Vec<String> {
        let why = |result| match result {
            &ItemResult::Unfinished { why: Some(ref why), .. } => Some(wording::reason(why)),
            ItemResult::Ended { .. } | ItemResult::Unfinished { .. } | ItemResult::NotStarted => None,
        };
        self.report.items.iter().filter_map(|item| why(&item.result)).collect()
    }

    fn struck(&self, kind: &str) -> usize {
        self.calls.iter().filter(|call| call.fault.as_deref() == Some(kind)).count()
    }
}

#[test]
fn the_same_seed_gives_the_same_calls_and_the_same_world_and_another_seed_gives_others() {
    // Slow enough for some calls to time out.
    let faults = || vec![fault("throttle@10%"), fault("cut-after@5%"), fault("slow@15%=90s")];
    let [once, again, other] = [7, 7, 8].map(|seed| rehearse_once(seed, faults()));
    assert_eq!(once.calls, again.calls);
    assert_eq!(once.world, again.world);
    assert_eq!(once.report.items, again.report.items);
    assert_ne!(once.calls, other.calls);
    assert_ne!(once.world, other.world);
    for kind in ["throttle", "cut-after", "slow"] {
        assert!(once.struck(kind) > 0, "{kind} never struck");
    }
}

#[test]
fn without_faults_every_item_is_done_in_minutes_of_the_sandboxs_clock() {
    let rehearsed = rehearse_once(1, Vec::new());
    assert_eq!((rehearsed.done(), &rehearsed.report.end), (10, &RunEnd::Completed));
    assert_eq!(rehearsed.journal.end, Some(RunEnd::Completed));
    let span = |calls: &[LoggedCall]| {
        let (first, last) = (calls.first().unwrap().at, calls.last().unwrap().at);
        Duration::try_from(last.duration_since(first)).unwrap()
    };
    let took = span(&rehearsed.calls);
    assert!((Duration::from_mins(5)..Duration::from_hours(1)).contains(&took), "{took:?}");
    let ids: Vec<&String> = rehearsed.calls.iter().map(|call| &call.request_id).collect();
    assert_eq!(
        ids.iter().collect::<std::collections::BTreeSet<_>>().len(),
        ids.len(),
        "a request id came twice"
    );
}

/// Trouble, and what comes of ten items: how many are done and how many fail, each for this reason.
fn meets(rule: FaultRule, (done, failed, why): (usize, usize, &str)) {
    let kind = rule.kind();
    let rehearsed = rehearse_once(3, vec![rule]);
    assert!(rehearsed.struck(kind) > 0, "{kind} never struck");
    assert_eq!((rehearsed.done(), rehearsed.failed()), (done, failed), "{kind}: {:#?}", rehearsed.report);
    assert_eq!(rehearsed.journal.end.as_ref(), Some(&rehearsed.report.end), "{kind}");
    for reason in rehearsed.reasons() {
        assert!(reason.contains(why), "{kind}: {reason}");
    }
    let ended = rehearsed.journal.items.values().filter(|past| past.outcome.is_some()).count();
    assert!(ended >= done + failed, "{kind}: the journal knows of {ended} ends");
}

fn fault(text: &str) -> FaultRule {
    parse_fault(text).unwrap()
}

fn twice(text: &str) -> FaultRule {
    FaultRule { times: Some(2), ..fault(text) }
}

#[test]
fn throttled_calls_are_made_again() {
    meets(fault("throttle@20%"), (10, 0, ""));
}

#[test]
fn a_service_that_fails_in_passing_is_asked_again() {
    meets(fault("internal-error@10%"), (10, 0, ""));
    meets(fault("unavailable@10%"), (10, 0, ""));
}

#[test]
fn calls_that_never_arrive_are_made_again_and_lost_answers_are_settled_by_looking() {
    meets(fault("cut-before@10%"), (10, 0, ""));
    meets(fault("cut-after@10%"), (10, 0, ""));
}

#[test]
fn answers_that_come_too_late_are_settled_by_looking() {
    meets(twice("slow:CreateNotebookInstance=90s"), (10, 0, ""));
    meets(fault("slow@10%=10s"), (10, 0, ""));
}

#[test]
fn a_change_that_never_ends_parks_its_item() {
    for (operation, minutes) in [("StopNotebookInstance", "20 min"), ("CreateNotebookInstance", "60 min")] {
        let rehearsed = rehearse_once(3, vec![twice(&format!("stuck:{operation}"))]);
        assert_eq!((rehearsed.done(), rehearsed.report.end.clone()), (8, RunEnd::Unfinished), "{operation}");
        let parked = rehearsed.parked();
        assert!(parked.len() == 2 && parked.iter().all(|why| why.contains(minutes)), "{parked:?}");
    }
}

#[test]
fn a_replacement_that_fails_fails_its_item() {
    for reason in [
        "Insufficient notebook instance capacity. Retry later or with a different instance type.",
        "Please check if you have ec2:CreateNetworkInterface permission.",
        "Notebook Instance Lifecycle Config took longer than 5 minutes.",
    ] {
        meets(twice(&format!("fails:CreateNotebookInstance={reason}")), (8, 2, reason));
    }
}

#[test]
fn a_subnet_that_is_full_fails_the_items_that_meet_it() {
    meets(twice("subnet-full"), (8, 2, "free addresses"));
}

#[test]
fn what_may_not_be_done_fails_its_item() {
    meets(twice("access-denied:CreateNotebookInstance"), (8, 2, "AccessDeniedException"));
}

#[test]
fn expired_credentials_end_the_run_which_can_be_resumed() {
    let rehearsed = rehearse_once(3, vec![fault("credentials-expired:StopNotebookInstance")]);
    let end = &rehearsed.report.end;
    assert!(matches!(end, RunEnd::CredentialsLost { .. }), "{end:?}");
    assert_eq!(rehearsed.journal.end.as_ref(), Some(end));
    assert!(rehearsed.count(|result| *result == ItemResult::NotStarted) > 0);
}

#[test]
fn somebody_elses_doings_never_end_in_a_second_replacement() {
    for (act, after) in [
        (OutsiderAct::Start, "StopNotebookInstance"),
        (OutsiderAct::Retag, "StopNotebookInstance"),
        (OutsiderAct::Delete, "StopNotebookInstance"),
        (OutsiderAct::Stop, "CreateNotebookInstance"),
        (OutsiderAct::Retag, "CreateNotebookInstance"),
    ] {
        let rule = FaultRule {
            operation: Some(after.to_owned()),
            times: Some(3),
            ..FaultRule::always(Fault::Outsider(act, Duration::from_secs(5)))
        };
        let rehearsed = rehearse_once(3, vec![rule]);
        assert!(rehearsed.calls.iter().any(|call| call.by == "outsider"), "{act:?}");
        let mut created = BTreeMap::new();
        for call in rehearsed.calls.iter().filter(|call| call.operation == "CreateNotebookInstance") {
            *created.entry(call.resource.clone()).or_insert(0) += 1;
        }
        let twice: Vec<_> = created.iter().filter(|(_, count)| **count > 1).collect();
        assert!(twice.is_empty(), "{act:?}: asked for twice: {twice:?}");
        assert!(rehearsed.done() >= 7, "{act:?}: what nobody touched is done: {:#?}", rehearsed.report);
        assert_eq!(rehearsed.journal.end.as_ref(), Some(&rehearsed.report.end), "{act:?}");
    }
}
