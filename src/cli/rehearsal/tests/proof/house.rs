//! A run of one plan, in as many processes as it takes.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;

use crate::cli::rehearsal::tests::plan_of;
use crate::cli::rehearsal::tests::proof::cast::Cast;
use crate::cli::rehearsal::tests::proof::ending;
use crate::cli::rehearsal::tests::proof::fate::Fate;
use crate::cli::rehearsal::tests::proof::law::Law;
use crate::cli::rehearsal::tests::proof::ledger::Ledger;
use crate::cli::rehearsal::tests::proof::notes::Notes;
use crate::cli::rehearsal::tests::proof::witness::{Watched, Witness};
use crate::cli::rehearsal::{Pace, Props, Stage, Theatre};
use crate::execute::{self, Event, Fared, ItemReport, RunReport, Setting};
use crate::ids::ItemId;
use crate::journal::{Journal, Lock, Past, RunDir, RunEnd, StateDir};
use crate::plan::Plan;
use crate::policy::parse as policy;
use crate::sandbox::FaultRule;

/// A world, a plan made in it, and the state directory of the runs.
pub(super) struct House {
    pub(super) stage: Arc<Stage>,
    pub(super) plan: Plan,
    pub(super) witness: Arc<Witness>,
    state: StateDir,
    dir: RunDir,
    _home: TempDir,
}

/// How a process fared.
pub(super) enum Life {
    /// It was cut off, and has left what it had written.
    CutOff,
    /// It came to its end.
    Ended(RunReport),
}

/// Whether AWS throttles, and how many requests a second the program makes.
pub(super) type Traffic = (bool, u32);

/// Plays a story in a house of its own, from its first moment on.
pub(super) fn play<T>(
    cast: &Cast,
    (throttled, requests_per_second): Traffic,
    story: impl AsyncFnOnce(House) -> T,
) -> T {
    let begun = "2026-11-22T08:00:00Z".parse().unwrap();
    let theatre = Theatre::open(Pace::Max, begun).unwrap();
    let props = Props {
        world: cast.world(begun),
        faults: Vec::new(),
        unthrottled: !throttled,
        seed: cast.seed,
        log: None,
        requests_per_second,
    };
    let clock = theatre.clock.clone();
    theatre.play(async {
        let stage = Arc::new(Stage::set(props, clock).await.unwrap());
        story(House::open(stage, cast).await).await
    })
}

impl House {
    /// Makes the plan; then what happens between the review and the run happens.
    async fn open(stage: Arc<Stage>, cast: &Cast) -> House {
        let plan = plan_of(&stage, &policy("policy.toml", &cast.policy()).unwrap()).await;
        assert_eq!(plan.items.len(), cast.actors.len(), "{:?}", plan.withheld);
        let reviewed = stage.sandbox.world();
        stage.sandbox.meddle(|world| cast.twist(&plan, world));
        let home = home();
        let state = StateDir::at(home.path());
        // The lock makes the directory; each process takes it for itself.
        drop(state.lock(&plan.account).unwrap());
        let dir = state.new_run(&plan.digest, stage.connected.clock.now()).unwrap();
        let ledger = Ledger::at(dir.journal_path());
        let notes = Notes::new((&plan, &dir.id), ledger, (&reviewed, &stage.sandbox.world()));
        let witness = Arc::new(Witness::new(stage.clone(), notes));
        House { stage, plan, witness, state, dir, _home: home }
    }

    /// From now on this goes wrong, and nothing else.
    pub(super) fn trouble(&self, faults: Vec<FaultRule>) {
        self.stage.sandbox.trouble(faults);
    }

    /// One more process works on the run, until its fate is sealed.
    pub(super) async fn live(&self, fate: &Arc<Fate>) -> Life {
        self.witness.pass_on();
        self.witness.count(|tally| tally.add("processes", "begun"));
        let lock = self.state.lock(&self.plan.account).unwrap();
        let (journal, past) = match self.open_journal(&lock) {
            Ok(open) => open,
            // It died after the last line: there is nothing to resume.
            Err(finished) => return Life::Ended(finished),
        };
        let (hook, witness) = (fate.clone(), self.witness.clone());
        let journal = journal.without_sync().dying(Arc::new(move || {
            let (hook, witness) = (hook.clone(), witness.clone());
            Box::pin(async move {
                witness.glance();
                hook.point().await;
            })
        }));
        let Stage { connected, .. } = &*self.stage;
        let cloud = Watched { cloud: &connected.session, witness: &self.witness, fate };
        let run = execute::run(Setting {
            plan: &self.plan,
            run: self.dir.id.clone(),
            cloud: &cloud,
            journal: &journal,
            past,
            refused: BTreeMap::new(),
            clock: &*connected.clock,
            watcher: &|_: &Event| {},
            stop: fate.stop.clone(),
        });
        let life = tokio::select! {
            biased;
            report = run => Life::Ended(report),
            () = fate.sealed() => Life::CutOff,
        };
        // A line that was being written when the process died is written or not, but not later.
        tokio::task::spawn_blocking(|| ()).await.unwrap();
        self.attest(&life);
        life
    }

    /// The journal, and what it says was done; the report of a run that has come to its end.
    fn open_journal(&self, lock: &Lock) -> Result<(Journal, Option<BTreeMap<ItemId, Past>>), RunReport> {
        let path = self.dir.journal_path();
        let state = if path.exists() { self.dir.state().unwrap() } else { None };
        let Some(state) = state else {
            // Not even the first line was written: to the world, the run never was.
            std::fs::remove_file(path).ok();
            return Ok((self.dir.create_journal(lock).unwrap(), None));
        };
        if state.end != Some(RunEnd::Completed) {
            return Ok((self.dir.reopen_journal(lock).unwrap(), Some(state.items)));
        }
        let fared = |past: Past| past.outcome.map_or(Fared::NotStarted, |outcome| Fared::Ended { outcome });
        let items = state.items.into_iter().map(|(id, past)| ItemReport { id, fared: fared(past) });
        let (run, end) = (self.dir.id.clone(), RunEnd::Completed);
        Err(RunReport { format_version: 1, run, end, items: items.collect() })
    }

    /// Has the witness judge how a process ended.
    fn attest(&self, life: &Life) {
        self.witness.glance();
        let report = match life {
            Life::CutOff => return self.witness.count(|tally| tally.add("processes", "cut off")),
            Life::Ended(report) => report,
        };
        self.witness.count(|tally| tally.end(&report.end));
        let broken = match self.dir.state() {
            Ok(Some(state)) => ending::judge(report, &state, &self.plan),
            Ok(None) => vec![(Law::JournalHolds, "the journal of a whole run is empty".to_owned())],
            Err(error) => vec![(Law::JournalHolds, error.to_string())],
        };
        self.witness.breach(broken);
    }

    /// A line was being written when the power went.
    pub(super) fn tear_last_line(&self) {
        let mut file = OpenOptions::new().append(true).open(self.dir.journal_path()).unwrap();
        file.write_all(b"{\"seq\":1,\"at\":\"2026-11").unwrap();
    }
}

/// A directory in memory, where there is one: nothing here has to survive.
fn home() -> TempDir {
    let memory = Path::new("/dev/shm");
    tempfile::tempdir_in(memory).or_else(|_| tempfile::tempdir()).unwrap()
}
