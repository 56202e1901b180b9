//! The executor against a small world: what it does, what it refuses, and what it leaves behind.

mod answers;
mod follow_up;
mod poller;
mod step;
mod stories;
mod world;

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::api_error::ApiError;
use crate::clock::ManualClock;
use crate::execute::driver::NOT_SENT;
use crate::execute::{Event, ItemResult, RunReport, Setting, Stop, run};
use crate::fixtures;
use crate::ids::{AccountId, ItemId};
use crate::inventory::Instance;
use crate::journal::{Entry, Outcome, Past, Purpose, RunDir, SourceRest, StateDir, fold, read};
use crate::plan::Plan;
use world::World;

/// A plan, the world it is carried out in, and a state directory.
struct TestRun {
    plan: Plan,
    world: World,
    clock: ManualClock,
    state: StateDir,
    account: AccountId,
    _directory: tempfile::TempDir,
}

impl TestRun {
    /// The instances, planned by the fixtures' policy plus `more`.
    fn with(instances: Vec<Instance>, more: &str) -> Self {
        Self::under(&fixtures::POLICY.replace("[[target]]", &format!("{more}\n[[target]]")), instances)
    }

    /// The instances, one after the other: the shared clock of the test then moves for one at a time.
    fn one_at_a_time(instances: Vec<Instance>, max_failures: u32) -> Self {
        let limits = format!("concurrency = 1\nmax_failures = {max_failures}");
        Self::under(&fixtures::POLICY.replace("max_failures = 100", &limits), instances)
    }

    fn under(policy: &str, instances: Vec<Instance>) -> Self {
        let world = World::of(&instances);
        let plan = fixtures::plan_by(policy, instances);
        let directory = tempfile::tempdir().unwrap();
        Self {
            plan,
            world,
            clock: ManualClock::at(fixtures::now()),
            state: StateDir::at(directory.path()),
            account: fixtures::account(),
            _directory: directory,
        }
    }

    async fn apply(&self) -> RunReport {
        self.apply_until(Stop::default()).await
    }

    async fn apply_until(&self, stop: Stop) -> RunReport {
        let lock = self.state.lock(&self.account).unwrap();
        // Two runs of a test may begin at the same moment of the manual clock.
        self.clock.advance(std::time::Duration::from_secs(1));
        let dir = self.state.new_run(&self.plan.digest, fixtures_now(&self.clock)).unwrap();
        let journal = dir.create_journal(&lock).unwrap();
        self.go(&dir, journal, None, stop).await
    }

    async fn resume(&self, stop: Stop) -> RunReport {
        let lock = self.state.lock(&self.account).unwrap();
        let (dir, state) = self.state.run_of(&self.plan.digest).unwrap().unwrap();
        let journal = dir.reopen_journal(&lock).unwrap();
        self.go(&dir, journal, Some(state.items), stop).await
    }

    async fn go(
        &self,
        dir: &RunDir,
        journal: crate::journal::Journal,
        past: Option<BTreeMap<ItemId, Past>>,
        stop: Stop,
    ) -> RunReport {
        run(Setting {
            plan: &self.plan,
            run: dir.id.clone(),
            purpose: Purpose::Apply,
            caller: None,
            words: crate::report::wording::WORDS,
            applied: BTreeMap::new(),
            cloud: &self.world,
            journal: &journal,
            past,
            refused: BTreeMap::new(),
            clock: &self.clock,
            watcher: &|_: &Event| {},
            stop,
            nonce: &crate::fixtures::nonce,
        })
        .await
    }

    /// Rolls back what was applied.
    async fn roll_back(&self) -> RunReport {
        let lock = self.state.lock(&self.account).unwrap();
        let (applied_dir, applied) = self.state.run_of(&self.plan.digest).unwrap().unwrap();
        let dir = applied_dir.of(Purpose::Rollback);
        let journal = dir.begin_or_reopen_journal(&lock).unwrap();
        run(Setting {
            plan: &self.plan,
            run: applied_dir.id.clone(),
            purpose: Purpose::Rollback,
            caller: None,
            words: crate::report::wording::WORDS,
            applied: applied.items,
            cloud: &self.world,
            journal: &journal,
            past: None,
            refused: BTreeMap::new(),
            clock: &self.clock,
            watcher: &|_: &Event| {},
            stop: Stop::default(),
            nonce: &crate::fixtures::nonce,
        })
        .await
    }

    /// The items whose source nobody saw at rest.
    fn missed(&self) -> Vec<String> {
        let (_, state) = self.state.run_of(&self.plan.digest).unwrap().unwrap();
        let missed = state.items.into_iter().filter(|(_, past)| past.rest == SourceRest::Missed);
        missed.map(|(id, _)| id.name.to_string()).collect()
    }

    fn journals(&self) -> Vec<PathBuf> {
        self.state.list().unwrap().iter().map(RunDir::journal_path).collect()
    }

    /// The calls that were sent, by their intents in the journals; every journal must fold.
    fn intents(&self) -> usize {
        let mut intents = 0;
        for path in self.journals() {
            let records = read(&path).unwrap().records;
            fold(&records).unwrap();
            intents += records.iter().filter(|record| matches!(record.entry, Entry::Intent { .. })).count();
            let not_sent = |error: &ApiError| error.message == NOT_SENT;
            intents -= records
                .iter()
                .filter(|record| {
                    matches!(&record.entry, Entry::CallEnded { error: Some(error), .. } if not_sent(error))
                })
                .count();
        }
        intents
    }
}

fn fixtures_now(clock: &ManualClock) -> jiff::Timestamp {
    crate::clock::Clock::now(clock)
}

fn outcome<'a>(report: &'a RunReport, item: &str) -> &'a Outcome {
    let found = report.items.iter().find(|one| one.id == fixtures::id(item)).unwrap();
    let ItemResult::Ended { outcome } = &found.result else { panic!("{item} did not end: {found:?}") };
    outcome
}
