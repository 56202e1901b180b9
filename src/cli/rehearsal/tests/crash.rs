//! The proof that a run survives a crash at any point: it is cut off before and after every call and every line of
//! its journal, resumed, and must end as if nothing had happened.

use std::collections::BTreeMap;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

use crate::api_error::ApiError;
use crate::cli::rehearsal::tests::{POLICY, SCENARIO, plan_of};
use crate::cli::rehearsal::{Pace, Props, Stage, Theatre};
use crate::clock::Clock;
use crate::execute::{self, Cloud, Event, Listing, RunReport, Setting, Stop};
use crate::ids::{Arn, InstanceName, Region};
use crate::inventory::{Description, Tags};
use crate::journal::{Journal, Purpose, RunDir, RunEnd, StateDir};
use crate::plan::{CreateRequest, Plan, Tag};
use crate::policy::parse as policy;
use crate::sandbox::{LoggedCall, Seed, World, parse};

/// Where the process dies. Points are counted from 1, in the order in which the run comes to them.
struct Death {
    at: usize,
    passed: AtomicUsize,
    came: Notify,
}

impl Death {
    fn at(at: usize) -> Arc<Death> {
        Arc::new(Death { at, passed: AtomicUsize::new(0), came: Notify::new() })
    }

    /// One more point at which the process could die.
    async fn point(&self) {
        if self.passed.fetch_add(1, Ordering::SeqCst) + 1 == self.at {
            self.came.notify_one();
            pending::<()>().await;
        }
    }
}

/// A cloud that can be reached only as long as the process lives.
struct Mortal<'a, C> {
    cloud: &'a C,
    death: &'a Death,
}

impl<C: Cloud> Mortal<'_, C> {
    async fn around<T>(&self, call: impl Future<Output = T>) -> T {
        self.death.point().await;
        let answer = call.await;
        self.death.point().await;
        answer
    }
}

impl<C: Cloud> Cloud for Mortal<'_, C> {
    async fn describe(&self, region: &Region, name: &InstanceName) -> Result<Option<Description>, ApiError> {
        self.around(self.cloud.describe(region, name)).await
    }

    async fn tags(&self, region: &Region, arn: &Arn) -> Result<Tags, ApiError> {
        self.around(self.cloud.tags(region, arn)).await
    }

    async fn statuses(&self, region: &Region) -> Result<Listing, ApiError> {
        self.around(self.cloud.statuses(region)).await
    }

    async fn stop(&self, region: &Region, name: &InstanceName) -> Result<(), ApiError> {
        self.around(self.cloud.stop(region, name)).await
    }

    async fn start(&self, region: &Region, name: &InstanceName) -> Result<(), ApiError> {
        self.around(self.cloud.start(region, name)).await
    }

    async fn create(&self, region: &Region, request: &CreateRequest, tags: &[Tag]) -> Result<(), ApiError> {
        self.around(self.cloud.create(region, request, tags)).await
    }

    async fn delete(&self, region: &Region, name: &InstanceName) -> Result<(), ApiError> {
        self.around(self.cloud.delete(region, name)).await
    }
}

/// What a whole story, with or without a crash in it, leads to.
struct Ended {
    /// How many points there were at which the first process could have died.
    points: usize,
    report: RunReport,
    world: World,
    calls: Vec<LoggedCall>,
}

/// Three items, of which one is running, one is stopped, and all sources are deleted in the end.
fn live(dies_at: usize) -> Ended {
    let scenario = SCENARIO.replace("count = 10", "count = 3").replace("stopped = \"30%\"", "stopped = 1");
    let policy_text =
        format!("{}poll_interval = \"60s\"\n", POLICY.replace("concurrency = 3", "concurrency = 2"))
            + "[defaults]\ndelete_source = \"after-verify\"\n";
    let policy = policy("policy.toml", &policy_text).unwrap();
    let begun = "2026-11-22T08:00:00Z".parse().unwrap();
    let theatre = Theatre::open(Pace::Max, begun).unwrap();
    let props = Props {
        world: parse("scenario.toml", &scenario).unwrap().with_seed(Seed(5)).world(begun),
        faults: Vec::new(),
        unthrottled: true,
        seed: 5,
        log: None,
        requests_per_second: 1000,
    };
    let clock = theatre.clock.clone();
    theatre.play(async {
        let stage = Stage::set(props, clock).await.unwrap();
        let plan = plan_of(&stage, &policy).await;
        assert_eq!(plan.items.len(), 3, "{:?}", plan.withheld);
        let directory = tempfile::tempdir().unwrap();
        let state = StateDir::at(directory.path());
        // The lock makes the directory; each process takes it for itself.
        drop(state.lock(&plan.account).unwrap());
        let dir = state.new_run(&plan.digest, stage.connected.clock.now()).unwrap();
        let death = Death::at(dies_at);
        let first = until_death(&stage, &plan, (&state, &dir), &death).await;
        let report = match first {
            Some(report) => report,
            None => resumed(&stage, &plan, (&state, &dir)).await,
        };
        let points = death.passed.load(Ordering::SeqCst);
        Ended { points, report, world: stage.sandbox.world(), calls: stage.sandbox.calls() }
    })
}

/// The first process: its report, if it lives to make one.
async fn until_death(
    stage: &Stage,
    plan: &Plan,
    (state, dir): (&StateDir, &RunDir),
    death: &Arc<Death>,
) -> Option<RunReport> {
    let lock = state.lock(&plan.account).unwrap();
    let hook = death.clone();
    let journal = dir.create_journal(&lock).unwrap().dying(Arc::new(move || {
        let hook = hook.clone();
        Box::pin(async move { hook.point().await })
    }));
    let cloud = Mortal { cloud: &stage.connected.session, death };
    let run = execute::run(setting(plan, dir, (&cloud, &journal, &*stage.connected.clock), None));
    let report = tokio::select! {
        report = run => Some(report),
        () = death.came.notified() => None,
    };
    // A line that was being written when the process died is written or not, but not later.
    tokio::task::spawn_blocking(|| ()).await.unwrap();
    report
}

/// The second process.
async fn resumed(stage: &Stage, plan: &Plan, (state, dir): (&StateDir, &RunDir)) -> RunReport {
    let lock = state.lock(&plan.account).unwrap();
    let Some(past) = dir.state().unwrap() else {
        // Not even the first line was written: to the world, the run never was.
        std::fs::remove_file(dir.journal_path()).unwrap();
        let journal = dir.create_journal(&lock).unwrap();
        let session = &stage.connected.session;
        return execute::run(setting(plan, dir, (session, &journal, &*stage.connected.clock), None)).await;
    };
    if past.end == Some(RunEnd::Completed) {
        // It died after the last line: there is nothing to resume.
        let items = past.items.into_iter().map(|(id, past)| execute::ItemReport {
            id,
            fared: execute::Fared::Ended { outcome: past.outcome.unwrap() },
        });
        return RunReport {
            format_version: 1,
            run: dir.id.clone(),
            purpose: Purpose::Apply,
            end: RunEnd::Completed,
            items: items.collect(),
        };
    }
    let journal = dir.reopen_journal(&lock).unwrap();
    let session = &stage.connected.session;
    let past = Some(past.items);
    execute::run(setting(plan, dir, (session, &journal, &*stage.connected.clock), past)).await
}

fn setting<'a, C>(
    plan: &'a Plan,
    dir: &RunDir,
    (cloud, journal, clock): (&'a C, &'a Journal, &'a dyn Clock),
    past: Option<BTreeMap<crate::ids::ItemId, crate::journal::Past>>,
) -> Setting<'a, C> {
    let watcher = &|_: &Event| {};
    let (refused, stop) = (BTreeMap::new(), Stop::default());
    let (purpose, applied) = (Purpose::Apply, BTreeMap::new());
    Setting {
        plan,
        run: dir.id.clone(),
        purpose,
        applied,
        cloud,
        journal,
        past,
        refused,
        clock,
        watcher,
        stop,
    }
}

/// What of a world must be the same however often its run was cut off: all but times and drawn ids.
fn lasting(world: &World) -> BTreeMap<String, (String, String, BTreeMap<String, String>)> {
    let sites = world.accounts.values().flat_map(|account| &account.sites);
    sites
        .flat_map(|(region, site)| {
            site.notebooks.values().map(move |one| {
                let key = format!("{region}/{}", one.name);
                (key, (one.status.as_str().to_owned(), format!("{:?}", one.settings), one.tags.clone()))
            })
        })
        .collect()
}

fn accepted(calls: &[LoggedCall], operation: &str) -> BTreeMap<Option<String>, u32> {
    let mut counts = BTreeMap::new();
    for call in calls.iter().filter(|call| call.operation == operation && call.status == Some(200)) {
        *counts.entry(call.resource.clone()).or_insert(0) += 1;
    }
    counts
}

/// Cuts a run off at that point, and compares what it leads to with a run that was not cut off.
fn assert_no_difference(point: usize, whole: &Ended) {
    let ended = live(point);
    assert_eq!(ended.report.end, RunEnd::Completed, "cut off at point {point}");
    assert_eq!(ended.report.items, whole.report.items, "cut off at point {point}");
    assert_eq!(lasting(&ended.world), lasting(&whole.world), "cut off at point {point}");
    for operation in ["CreateNotebookInstance", "DeleteNotebookInstance", "StopNotebookInstance"] {
        let calls = accepted(&ended.calls, operation);
        assert_eq!(calls, accepted(&whole.calls, operation), "{operation}, cut off at point {point}");
    }
}

#[test]
fn a_run_that_is_cut_off_anywhere_ends_as_if_it_had_not_been() {
    let whole = live(usize::MAX);
    assert_eq!(whole.report.end, RunEnd::Completed);
    assert_eq!(whole.world.summary().instances, 3, "every source is replaced and deleted");
    assert!(whole.points > 150, "only {} points", whole.points);
    let next = AtomicUsize::new(1);
    let work = || {
        loop {
            let point = next.fetch_add(1, Ordering::SeqCst);
            if point > whole.points {
                return;
            }
            assert_no_difference(point, &whole);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
}
