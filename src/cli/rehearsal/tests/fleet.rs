//! The figure: two hundred instances while AWS throttles three calls in ten. What it costs in calls, and how long it
//! takes beside what the latencies and the limit of items in flight allow.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicIsize, AtomicUsize, Ordering};
use std::time::Duration;

use crate::api_error::ApiError;
use crate::cli::rehearsal::pace::Pace;
use crate::cli::rehearsal::tests::{POLICY, SCENARIO, fault, plan_of};
use crate::cli::rehearsal::{ClockedRuntime, SandboxSession, SandboxSetup};
use crate::clock::elapsed;
use crate::execute::{
    self, Accepted, Attachment, Cloud, ConfigRequest, Dependency, Event, ItemResult, Listing, RunReport,
    Setting, Standing, Stop,
};
use crate::fixtures::policy;
use crate::ids::{Arn, InstanceName, Region};
use crate::inventory::{Description, Tags};
use crate::journal::{Outcome, Purpose, StateDir};
use crate::plan::{CreateRequest, Item, Plan, Tag, UpdateRequest};
use crate::sandbox::{LoggedCall, Seed, World, parse};
use crate::transfer::{AttemptName, AttemptSeen, LookFor};

/// A cloud that counts what is asked to wait.
struct Counting<'a, C> {
    cloud: &'a C,
    /// Pages of lists.
    pages: AtomicUsize,
    /// Descriptions that came, less the tags that were then asked for: who looks closer asks for both.
    described: AtomicIsize,
}

impl<C: Cloud> Cloud for Counting<'_, C> {
    async fn describe(&self, region: &Region, name: &InstanceName) -> Result<Option<Description>, ApiError> {
        let answer = self.cloud.describe(region, name).await;
        if matches!(answer, Ok(Some(_))) {
            self.described.fetch_add(1, Ordering::SeqCst);
        }
        answer
    }

    async fn tags(&self, region: &Region, arn: &Arn) -> Result<Tags, ApiError> {
        self.described.fetch_sub(1, Ordering::SeqCst);
        self.cloud.tags(region, arn).await
    }

    async fn statuses(&self, region: &Region) -> Result<Listing, ApiError> {
        let answer = self.cloud.statuses(region).await;
        self.pages.fetch_add(answer.as_ref().map_or(1, Listing::pages), Ordering::SeqCst);
        answer
    }

    async fn quota(&self, region: &Region) -> Result<Option<u32>, ApiError> {
        self.cloud.quota(region).await
    }

    async fn standing(&self, region: &Region, dependency: &Dependency) -> Result<Standing, ApiError> {
        self.cloud.standing(region, dependency).await
    }

    async fn stop(&self, region: &Region, name: &InstanceName) -> Result<Accepted, ApiError> {
        self.cloud.stop(region, name).await
    }

    async fn start(&self, region: &Region, name: &InstanceName) -> Result<Accepted, ApiError> {
        self.cloud.start(region, name).await
    }

    async fn create(
        &self,
        region: &Region,
        request: &CreateRequest,
        tags: &[Tag],
    ) -> Result<Accepted, ApiError> {
        self.cloud.create(region, request, tags).await
    }

    async fn update(&self, region: &Region, request: &UpdateRequest) -> Result<Accepted, ApiError> {
        self.cloud.update(region, request).await
    }

    async fn attach(&self, region: &Region, request: &Attachment) -> Result<Accepted, ApiError> {
        self.cloud.attach(region, request).await
    }

    async fn create_config(&self, region: &Region, request: &ConfigRequest) -> Result<Accepted, ApiError> {
        self.cloud.create_config(region, request).await
    }

    async fn delete_config(&self, region: &Region, name: &str) -> Result<Accepted, ApiError> {
        self.cloud.delete_config(region, name).await
    }

    async fn attempt(&self, job: &LookFor, name: AttemptName) -> Result<AttemptSeen, ApiError> {
        self.cloud.attempt(job, name).await
    }

    async fn delete(&self, region: &Region, name: &InstanceName) -> Result<Accepted, ApiError> {
        self.cloud.delete(region, name).await
    }
}

/// What came of the run.
struct Run {
    plan: Plan,
    report: RunReport,
    world: World,
    /// Its calls, without those of the planning.
    calls: Vec<LoggedCall>,
    took: Duration,
    /// Calls that only waited: pages of lists, and descriptions.
    polling: (usize, isize),
}

/// Two hundred instances in two regions.
fn run(requests_per_second: u32) -> Run {
    let scenario = SCENARIO.replace("count = 10", "count = 200").replace("quota = 100", "quota = 300");
    let limits = format!("max_instances = 200\nrequests_per_second = {requests_per_second}\nconcurrency = 4");
    let policy = policy(&POLICY.replace("concurrency = 3", &limits));
    let begun = "2026-11-22T08:00:00Z".parse().unwrap();
    let runtime = ClockedRuntime::at(Pace::Max, begun).unwrap();
    let world = parse("scenario.toml", &scenario).unwrap().with_seed(Seed(11)).world(begun);
    let setup = |faults| SandboxSetup {
        world: world.clone(),
        faults,
        unthrottled: false,
        seed: 11,
        log: None,
        requests_per_second,
    };
    let clock = runtime.clock.clone();
    runtime.run(async {
        // What AWS throttles too often is a gap in the plan: it is made before the trouble begins.
        let calm = SandboxSession::start(setup(Vec::new()), clock.clone()).await.unwrap();
        let mut plan = plan_of(&calm, &policy).await;
        // A long run: it must not end because the plan expires.
        plan.expires = "2027-11-22T08:00:00Z".parse().unwrap();
        assert_eq!(plan.items.len(), 200, "{:?}", plan.withheld);
        let session = SandboxSession::start(setup(vec![fault("throttle@30%")]), clock).await.unwrap();
        let directory = tempfile::tempdir().unwrap();
        let state = StateDir::at(directory.path());
        let lock = state.lock(&plan.account).unwrap();
        let dir = state.new_run(&plan.digest, session.connected.clock.now()).unwrap();
        let journal = dir.create_journal(&lock).unwrap().without_sync();
        let (planned, begun) = (session.sandbox.calls().len(), session.connected.clock.now());
        let cloud = &session.connected.session;
        let cloud = Counting { cloud, pages: AtomicUsize::new(0), described: AtomicIsize::new(0) };
        let report = execute::run(Setting {
            plan: &plan,
            run: dir.id.clone(),
            purpose: Purpose::Apply,
            caller: None,
            words: crate::report::wording::WORDS,
            applied: BTreeMap::new(),
            cloud: &cloud,
            journal: &journal,
            past: None,
            refused: BTreeMap::new(),
            clock: &*session.connected.clock,
            watcher: &|_: &Event| {},
            stop: Stop::default(),
            nonce: &crate::cli::nonces::repeatable,
        })
        .await;
        let polling = (cloud.pages.into_inner(), cloud.described.into_inner());
        let took = elapsed(begun, session.connected.clock.now());
        let calls = session.sandbox.calls().split_off(planned);
        Run { plan, report, world: session.sandbox.world(), calls, took, polling }
    })
}

impl Run {
    /// How long AWS takes for the changes of one item.
    fn needs(&self, item: &Item) -> Duration {
        let region = &item.id.region;
        let replacement = item.request.notebook_instance_name.as_str();
        let create = self.world.takes(region, replacement, ("CreateNotebookInstance", 1));
        let runs = item.source.description.notebook_instance_status.to_string() == "InService";
        let (name, nth) = if runs { (item.id.name.as_str(), 1) } else { (replacement, 2) };
        create + self.world.takes(region, name, ("StopNotebookInstance", nth))
    }

    /// The soonest that all can be done with so many in flight in each region: each item begins as soon as there is a
    /// place for it, and all the rest takes no time.
    fn bound(&self) -> Duration {
        let in_flight = self.plan.limits.concurrency as usize;
        let mut regions: BTreeMap<&str, Vec<Duration>> = BTreeMap::new();
        for item in &self.plan.items {
            let places = regions.entry(item.id.region.as_str());
            let places = places.or_insert_with(|| vec![Duration::ZERO; in_flight]);
            let first = places.iter_mut().min().unwrap();
            *first += self.needs(item);
        }
        regions.into_values().flatten().max().unwrap()
    }

    fn count(&self, operation: &str) -> usize {
        self.calls.iter().filter(|call| call.operation == operation).count()
    }

    fn done(&self) -> usize {
        let done =
            |result: &ItemResult| matches!(result, ItemResult::Ended { outcome: Outcome::Done { .. } });
        self.report.items.iter().filter(|item| done(&item.result)).count()
    }

    /// The most calls that waiting may cost: a tick is nine tenths of an interval or more, and costs two pages of each
    /// region's list, which has two hundred instances in the end. The room for them is counted by a list too.
    fn most_polling(&self) -> usize {
        let tick = self.plan.limits.poll_interval().mul_f64(0.9);
        let ticks = (self.took.as_secs_f64() / tick.as_secs_f64()).ceil();
        2 * 2 * (format!("{ticks:.0}").parse::<usize>().unwrap() + 1)
    }

    fn print(&self, requests_per_second: u32) {
        let (took, bound) = (self.took.as_secs_f64(), self.bound().as_secs_f64());
        let throttled = self.calls.iter().filter(|call| call.status == Some(400)).count();
        println!(
            "200 instances at {requests_per_second}/s: {took:.0} s, the bound is {bound:.0} s ({:+.1} %); {} calls ({} List, {} Describe, {} ListTags), {throttled} of them refused",
            (took / bound - 1.0) * 100.0,
            self.calls.len(),
            self.count("ListNotebookInstances"),
            self.count("DescribeNotebookInstance"),
            self.count("ListTags"),
        );
        let (pages, described) = self.polling;
        let most = self.most_polling();
        println!(
            "  waiting took {pages} pages of lists and {described} descriptions; {most} by its law at most"
        );
    }
}

#[test]
fn two_hundred_instances_under_throttling_are_done_about_as_soon_as_aws_allows() {
    let run = run(100);
    run.print(100);
    assert_eq!(run.done(), 200, "{:#?}", run.report);
    let (pages, described) = run.polling;
    assert!(pages + usize::try_from(described).unwrap() <= run.most_polling(), "{:?}", run.polling);
    assert!(run.took <= run.bound().mul_f64(1.1), "{:?} > {:?} + 10 %", run.took, run.bound());
}

#[test]
fn two_hundred_instances_are_done_at_the_usual_rate_too() {
    let run = run(5);
    run.print(5);
    assert_eq!(run.done(), 200, "{:#?}", run.report);
}
