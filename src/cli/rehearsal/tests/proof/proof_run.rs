//! A run of one plan, in as many processes as it takes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;

use crate::cli::rehearsal::pace::Pace;
use crate::cli::rehearsal::tests::plan_of;
use crate::cli::rehearsal::tests::proof::cutoff::Cutoff;
use crate::cli::rehearsal::tests::proof::ending;
use crate::cli::rehearsal::tests::proof::journal_lines::JournalLines;
use crate::cli::rehearsal::tests::proof::law::Law;
use crate::cli::rehearsal::tests::proof::meddling::{Mischief, mischief};
use crate::cli::rehearsal::tests::proof::notes::Notes;
use crate::cli::rehearsal::tests::proof::story_world::StoryWorld;
use crate::cli::rehearsal::tests::proof::witness::{Watched, Witness};
use crate::cli::rehearsal::{ClockedRuntime, SandboxSession, SandboxSetup};
use crate::execute::{self, Event, RunReport, Setting, concerns};
use crate::fixtures::policy;
use crate::ids::ItemId;
use crate::journal::{Journal, Lock, Outcome, Past, Purpose, RunDir, RunEnd, RunState, SourceRest, StateDir};
use crate::plan::{AnyItem, Plan};
use crate::sandbox::{FaultRule, LoggedCall};

/// A world, a plan made in it, and the state directory of the runs.
pub(super) struct ProofRun {
    pub(super) session: Arc<SandboxSession>,
    pub(super) plan: Plan,
    pub(super) witness: Arc<Witness>,
    state: StateDir,
    dir: RunDir,
    _home: TempDir,
}

/// How a process ended.
pub(super) enum ProcessEnd {
    /// It was cut off, and has left what it had written.
    CutOff,
    /// It came to its end.
    Ended(RunReport),
    /// There was nothing for it to do.
    Idle,
}

/// Whether AWS throttles, and how many requests a second the program makes.
pub(super) type Traffic = (bool, u32);

/// Tells a story in a world of its own, from its first moment on.
pub(super) fn tell_story<T>(
    story_world: &StoryWorld,
    (throttled, requests_per_second): Traffic,
    story: impl AsyncFnOnce(ProofRun) -> T,
) -> T {
    let begun = "2026-11-22T08:00:00Z".parse().unwrap();
    let runtime = ClockedRuntime::at(Pace::Max, begun).unwrap();
    let setup = SandboxSetup {
        world: story_world.world(begun),
        faults: Vec::new(),
        unthrottled: !throttled,
        seed: story_world.seed,
        log: None,
        requests_per_second,
    };
    let clock = runtime.clock.clone();
    runtime.run(async {
        let session = Arc::new(SandboxSession::start(setup, clock).await.unwrap());
        story(ProofRun::open(session, story_world).await).await
    })
}

impl ProofRun {
    /// Makes the plan; then what happens between the review and the run happens.
    async fn open(session: Arc<SandboxSession>, story_world: &StoryWorld) -> ProofRun {
        let plan = plan_of(&session, &policy(&story_world.policy())).await;
        assert_eq!(plan.len(), story_world.sources.len(), "{:?}", plan.withheld);
        let reviewed = session.sandbox.world();
        session.sandbox.meddle(|world| story_world.twist(&plan, world));
        let home = home();
        let state = StateDir::at(home.path());
        // The lock makes the directory; each process takes it for itself.
        drop(state.lock(&plan.account).unwrap());
        let dir = state.new_run(&plan.digest, session.connected.clock.now()).unwrap();
        let journal_lines = JournalLines::at(dir.journal_path());
        let mut notes = Notes::new((&plan, &dir.id), journal_lines, (&reviewed, &session.sandbox.world()));
        for (id, moves) in story_world.moves(&plan) {
            notes.moved(&id, moves);
        }
        let witness = Arc::new(Witness::new(session.clone(), notes));
        ProofRun { session, plan, witness, state, dir, _home: home }
    }

    /// Nothing goes wrong any more, and what was stuck goes on.
    pub(super) fn calm(&self) {
        self.trouble(Vec::new());
        let now = self.session.connected.clock.now();
        self.session.sandbox.meddle(|world| {
            for site in world.accounts.values_mut().flat_map(|account| account.sites.values_mut()) {
                site.unstick(now);
            }
        });
    }

    /// Somebody is at work while nobody of ours is.
    pub(super) fn disturb(&self, done: Mischief) {
        self.witness.glance();
        for item in self.plan.all_items() {
            if self.session.sandbox.meddle(|world| mischief(done, item, world)) {
                self.witness.disturb(item.id(), done);
            }
        }
    }

    /// From now on this goes wrong, and nothing else.
    pub(super) fn trouble(&self, faults: Vec<FaultRule>) {
        self.session.sandbox.trouble(faults);
    }

    /// One more process works on the run, until it is cut off.
    pub(super) async fn live(&self, purpose: Purpose, cutoff: &Arc<Cutoff>) -> ProcessEnd {
        let dir = self.dir.of(purpose);
        self.witness.pass_on(purpose, &dir.journal_path());
        self.witness.count(|tally| tally.add("processes", word(purpose)));
        let lock = self.state.lock(&self.plan.account).unwrap();
        let opened = match purpose {
            Purpose::Apply => open_application(&dir, &lock),
            Purpose::Rollback | Purpose::Cleanup => self.open_follow_up(&dir, purpose, &lock),
        };
        let (journal, past, applied) = match opened {
            Ok(opened) => opened,
            Err(life) => return life,
        };
        let (hook, witness) = (cutoff.clone(), self.witness.clone());
        let journal = journal.without_sync().dying(Arc::new(move || {
            let (hook, witness) = (hook.clone(), witness.clone());
            Box::pin(async move {
                witness.glance();
                hook.point().await;
            })
        }));
        let SandboxSession { connected, .. } = &*self.session;
        let cloud = Watched { cloud: &connected.session, witness: &self.witness, cutoff };
        let run = execute::run(Setting {
            plan: &self.plan,
            run: self.dir.id.clone(),
            purpose,
            caller: None,
            words: crate::report::wording::WORDS,
            applied,
            cloud: &cloud,
            journal: &journal,
            past,
            refused: BTreeMap::new(),
            clock: &*connected.clock,
            watcher: &|_: &Event| {},
            stop: cutoff.stop.clone(),
            nonce: &crate::cli::nonces::repeatable,
        });
        let life = tokio::select! {
            biased;
            report = run => ProcessEnd::Ended(report),
            () = cutoff.sealed() => ProcessEnd::CutOff,
        };
        // A line that was being written when the process died is written or not, but not later.
        tokio::task::spawn_blocking(|| ()).await.unwrap();
        self.attest(&dir, &life);
        life
    }

    /// As `remediate rollback` and `remediate cleanup` do it.
    fn open_follow_up(&self, dir: &RunDir, purpose: Purpose, lock: &Lock) -> Result<Opened, ProcessEnd> {
        // A run that never began has nothing that could follow it.
        let Some(applied) = self.dir.state().unwrap() else { return Err(ProcessEnd::Idle) };
        let past = dir.state().unwrap().map(RunState::resumed);
        let ended = |id: &ItemId| {
            past.as_ref().and_then(|past| past.items.get(id)).is_some_and(|past| past.outcome.is_some())
        };
        let open =
            |item: AnyItem<'_>| concerns(purpose, item, applied.items.get(item.id())) && !ended(item.id());
        if !self.plan.all_items().into_iter().any(open) {
            return Err(ProcessEnd::Idle);
        }
        let journal = dir.begin_or_reopen_journal(lock).unwrap();
        Ok((journal, past.map(|past| past.items), applied.items))
    }

    /// Has the witness judge how a process ended.
    fn attest(&self, dir: &RunDir, life: &ProcessEnd) {
        self.witness.glance();
        let report = match life {
            ProcessEnd::Idle => return,
            ProcessEnd::CutOff => return self.witness.count(|tally| tally.add("ends", "cut off")),
            ProcessEnd::Ended(report) => report,
        };
        self.witness.count(|tally| tally.end(&report.end));
        let broken = match dir.state() {
            Ok(Some(state)) => ending::judge((report, &self.plan), &state, &self.witness.concerned()),
            Ok(None) => vec![(Law::JournalHolds, "the journal of a whole run is empty".to_owned())],
            Err(error) => vec![(Law::JournalHolds, error.to_string())],
        };
        self.witness.breach(broken);
    }

    /// How the items that were begun ended, as far as they did.
    pub(super) fn outcomes(&self, purpose: Purpose) -> BTreeMap<ItemId, Option<Outcome>> {
        let state = self.dir.of(purpose).state().unwrap();
        let items = state.map(|state| state.items).unwrap_or_default();
        items.into_iter().map(|(id, past)| (id, past.outcome)).collect()
    }

    /// The items that nobody saw at rest: the run was cut off before it could.
    pub(super) fn missed(&self) -> BTreeSet<ItemId> {
        let state = self.dir.state().unwrap();
        let items = state.map(|state| state.items).unwrap_or_default();
        items.into_iter().filter(|(_, past)| past.rest == SourceRest::Missed).map(|(id, _)| id).collect()
    }

    /// Every call that was made, and every line of every journal, to read.
    pub(super) fn papers(&self) -> String {
        let mut text = String::new();
        for call in self.session.sandbox.calls() {
            let LoggedCall { at, operation, resource, by, status, code, fault, .. } = call;
            let (resource, code) = (resource.unwrap_or_default(), code.unwrap_or_default());
            text += &[at.to_string(), by, operation, resource, format!("{status:?}"), code].join(" ");
            text += &fault.map_or_else(|| "\n".to_owned(), |fault| format!(" ({fault})\n"));
        }
        for purpose in [Purpose::Apply, Purpose::Rollback, Purpose::Cleanup] {
            text += &std::fs::read_to_string(self.dir.of(purpose).journal_path()).unwrap_or_default();
        }
        text
    }

    /// A line was being written when the power went.
    pub(super) fn tear_last_line(&self, purpose: Purpose) {
        // It may have died before there was a file.
        let path = self.dir.of(purpose).journal_path();
        let Ok(mut file) = OpenOptions::new().append(true).open(path) else { return };
        file.write_all(b"{\"seq\":1,\"at\":\"2026-11").unwrap();
    }
}

/// A journal, what it says was done, and what the application did where this follows one.
type Opened = (Journal, Option<BTreeMap<ItemId, Past>>, BTreeMap<ItemId, Past>);

/// As `remediate apply` and `remediate resume` do it.
fn open_application(dir: &RunDir, lock: &Lock) -> Result<Opened, ProcessEnd> {
    let none = BTreeMap::new;
    let Some(state) = dir.state().unwrap() else {
        // Not even the first line was written: to the world, the run never was.
        std::fs::remove_file(dir.journal_path()).ok();
        return Ok((dir.create_journal(lock).unwrap(), None, none()));
    };
    if state.end == Some(RunEnd::Completed) {
        // It died after the last line.
        return Err(ProcessEnd::Idle);
    }
    Ok((dir.reopen_journal(lock).unwrap(), Some(state.items), none()))
}

fn word(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Apply => "applying",
        Purpose::Rollback => "rolling back",
        Purpose::Cleanup => "cleaning up",
    }
}

/// A directory in memory, where there is one: nothing here has to survive.
fn home() -> TempDir {
    let memory = Path::new("/dev/shm");
    tempfile::tempdir_in(memory).or_else(|_| tempfile::tempdir()).unwrap()
}
