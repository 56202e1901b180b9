//! A plan, and what is done with it one after the other: applied, gone on with, rolled back, cleaned up.

use std::collections::BTreeMap;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::cli::rehearsal::pace::Pace;
use crate::cli::rehearsal::tests::plan_of;
use crate::cli::rehearsal::{ClockedRuntime, SandboxSession, SandboxSetup};
use crate::execute::{self, Event, RunReport, Setting, Stop};
use crate::fixtures::policy;
use crate::journal::{Past, Purpose, RunDir, RunState, StateDir};
use crate::plan::Plan;
use crate::sandbox::{FaultRule, Seed, World, parse};

/// When every journey begins.
pub(super) const BEGUN: &str = "2026-11-26T08:00:00Z";

/// A world with a plan for it, and the runs of that plan.
pub(super) struct Journey {
    pub(super) session: SandboxSession,
    pub(super) plan: Plan,
    state: StateDir,
    dir: RunDir,
    _home: TempDir,
}

/// Plays a journey from its plan on, as fast as it goes.
pub(super) fn journey<T>(world: (&str, &str), work: impl AsyncFnOnce(Journey) -> T) -> T {
    journey_from(BEGUN, world, work)
}

/// The same from another moment on.
pub(super) fn journey_from<T>(
    begun: &str,
    (policy_text, scenario): (&str, &str),
    work: impl AsyncFnOnce(Journey) -> T,
) -> T {
    let begun = begun.parse().unwrap();
    let runtime = ClockedRuntime::at(Pace::Max, begun).unwrap();
    let setup = SandboxSetup {
        world: parse("scenario.toml", scenario).unwrap().with_seed(Seed(3)).world(begun),
        faults: Vec::new(),
        unthrottled: true,
        seed: 3,
        log: None,
        requests_per_second: 1000,
    };
    let clock = runtime.clock.clone();
    runtime.run(async {
        let session = SandboxSession::start(setup, clock).await.unwrap();
        let plan = plan_of(&session, &policy(policy_text)).await;
        let home = tempfile::tempdir().unwrap();
        let state = StateDir::at(home.path());
        drop(state.lock(&plan.account).unwrap());
        let dir = state.new_run(&plan.digest, session.connected.clock.now()).unwrap();
        work(Journey { session, plan, state, dir, _home: home }).await
    })
}

impl Journey {
    /// From now on this goes wrong, and nothing else.
    pub(super) fn trouble(&self, faults: Vec<FaultRule>) {
        self.session.sandbox.trouble(faults);
    }

    pub(super) fn world(&self) -> World {
        self.session.sandbox.world()
    }

    /// The status of an instance; empty where there is none.
    pub(super) fn status(&self, name: &str) -> String {
        let world = self.world();
        let mut sites = world.accounts.values().flat_map(|account| account.sites.values());
        let found = sites.find_map(|site| site.notebooks.get(&name.to_ascii_lowercase()));
        found.map(|one| one.status.as_str().to_owned()).unwrap_or_default()
    }

    /// Does one thing with the plan, or goes on with it, until it ends or is asked to stop.
    pub(super) async fn go(&self, purpose: Purpose, stop: Stop) -> RunReport {
        let lock = self.state.lock(&self.plan.account).unwrap();
        let dir = self.dir.of(purpose);
        let past = dir.state().unwrap();
        let past = if purpose == Purpose::Apply { past } else { past.map(RunState::resumed) };
        let journal = match &past {
            None if purpose == Purpose::Apply => dir.create_journal(&lock).unwrap(),
            None => dir.begin_or_reopen_journal(&lock).unwrap(),
            Some(_) => dir.reopen_journal(&lock).unwrap(),
        };
        let journal = journal.without_sync();
        let connected = &self.session.connected;
        execute::run(Setting {
            plan: &self.plan,
            run: self.dir.id.clone(),
            purpose,
            caller: None,
            words: crate::report::wording::WORDS,
            applied: if purpose == Purpose::Apply { BTreeMap::new() } else { self.applied() },
            cloud: &connected.session,
            journal: &journal,
            past: past.map(|past| past.items),
            refused: BTreeMap::new(),
            clock: &*connected.clock,
            watcher: &|_: &Event| {},
            stop,
            nonce: &crate::cli::nonces::repeatable,
        })
        .await
    }

    /// The journal of one thing that is done with the plan.
    pub(super) fn journal(&self, purpose: Purpose) -> PathBuf {
        self.dir.of(purpose).journal_path()
    }

    pub(super) async fn apply(&self) -> RunReport {
        self.go(Purpose::Apply, Stop::default()).await
    }

    pub(super) async fn rollback(&self) -> RunReport {
        self.go(Purpose::Rollback, Stop::default()).await
    }

    pub(super) async fn clean_up(&self) -> RunReport {
        self.go(Purpose::Cleanup, Stop::default()).await
    }

    fn applied(&self) -> BTreeMap<crate::ids::ItemId, Past> {
        self.dir.state().unwrap().map(|state| state.items).unwrap_or_default()
    }
}
