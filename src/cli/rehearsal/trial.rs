//! A plan tried out, many times over, on the instances and networks that it was made for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::cli::args::{DocumentFormat, RehearseArgs, SandboxSource};
use crate::cli::commands::running::begin;
use crate::cli::error::CommandError;
use crate::cli::printer::Printer;
use crate::cli::rehearsal::pace::Pace;
use crate::cli::rehearsal::{ClockedRuntime, SandboxSession, SandboxSetup, mirror};
use crate::clock::{Clock, SystemClock, elapsed};
use crate::execute::RunReport;
use crate::exit::ExitStatus;
use crate::ids::Region;
use crate::journal::StateDir;
use crate::plan::file::load;
use crate::plan::{Plan, exceeded_limits};
use crate::rehearse::{Conditions, Rehearsal, Room, Trial, needed};
use crate::report::progress::TrialsBar;
use crate::report::{markdown, rehearsal_json, terminal, view};
use crate::sandbox::{FaultRule, Scenario, Seed};
use crate::text::moment;

/// Trials of a plan, unless the operator says otherwise: enough for nine in ten to mean something.
const RUNS: u32 = 20;

/// Tries the plan out and says what came of it. The exit code is about the plan: 30 where an item may fail.
pub(crate) fn run(args: RehearseArgs, printer: &Printer) -> Result<ExitStatus, CommandError> {
    let path = args.plan.clone().unwrap_or_default();
    let plan = load(&path)?;
    if plan.is_empty() {
        printer.note("nothing to rehearse: the plan has no items");
        return Ok(ExitStatus::Done);
    }
    let refused = would_be_refused(&plan, printer);
    let SandboxSource { scenario: _, seed, faults, log } = args.source;
    let first_seed = seed.unwrap_or(1);
    let scenario = mirror::scenario(&plan)?;
    let trials = Trials { plan: &plan, scenario: &scenario, spare: args.spare, faults: &faults, log };
    let done = trials.all(args.runs.unwrap_or(RUNS), first_seed, printer)?;
    let faults = faults.iter().map(FaultRule::describe).collect();
    let rehearsal = Rehearsal::new(&plan, Conditions { first_seed, faults, spare: args.spare }, &done);
    let shown = path.display().to_string();
    let text = match args.format.unwrap_or(DocumentFormat::Text) {
        DocumentFormat::Text => terminal(&view::rehearsal(&rehearsal), printer.out_style()),
        DocumentFormat::Json => rehearsal_json(&rehearsal),
        DocumentFormat::Markdown => markdown(&view::change_request(&plan, &shown, Some(&rehearsal))),
    };
    printer.data(&text);
    Ok(match (rehearsal.is_clean(), refused) {
        (_, true) => ExitStatus::Refused,
        (true, false) => ExitStatus::Done,
        (false, false) => ExitStatus::Partial,
    })
}

/// Says why `apply` would refuse the plan as a whole. Whether one of its limits forbids it.
fn would_be_refused(plan: &Plan, printer: &Printer) -> bool {
    if SystemClock.now() >= plan.expires {
        printer.note(&format!("the plan expired at {}: apply would refuse it", moment(plan.expires)));
    }
    if plan.items.iter().any(|item| item.transfer.is_some() && item.moved_by_run().is_none()) {
        printer.note("the rehearsal moves no files by hand: it takes it that each of these exports is there and proven");
    }
    let exceeded = exceeded_limits(plan);
    for limit in &exceeded {
        printer.note(&format!("apply would refuse this plan: {limit}"));
    }
    !exceeded.is_empty()
}

/// Everything that the trials of a plan share.
struct Trials<'a> {
    plan: &'a Plan,
    scenario: &'a Scenario,
    spare: Option<u32>,
    faults: &'a [FaultRule],
    /// The calls of the first trial go there.
    log: Option<PathBuf>,
}

impl Trials<'_> {
    /// So many trials, on as many threads as the machine has.
    fn all(&self, count: u32, first_seed: u64, printer: &Printer) -> Result<Vec<Trial>, CommandError> {
        let bar = TrialsBar::new(count, printer.is_quiet());
        let next = AtomicU32::new(0);
        let done = Mutex::new(BTreeMap::new());
        let work = || {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return;
                }
                let trial = self.one(number, first_seed.wrapping_add(u64::from(number)));
                done.lock().unwrap_or_else(PoisonError::into_inner).insert(number, trial);
                bar.done();
            }
        };
        let threads = thread::available_parallelism().map_or(1, usize::from);
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(work);
            }
        });
        done.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().collect()
    }

    fn one(&self, number: u32, seed: u64) -> Result<Trial, CommandError> {
        // From the moment that the plan was made: it has not expired then, and each rehearsal of it is the same.
        let begun = self.plan.created;
        let runtime = ClockedRuntime::at(Pace::Max, begun)?;
        let world = mirror::world(self.plan, self.scenario, self.spare, Seed(seed))?;
        let before = world.census();
        let setup = SandboxSetup {
            world,
            faults: self.faults.to_vec(),
            unthrottled: false,
            seed,
            log: self.log.clone().filter(|_| number == 0),
            requests_per_second: self.plan.limits.requests_per_second,
        };
        let clock = runtime.clock.clone();
        runtime.run(async {
            let session = SandboxSession::start(setup, clock).await?;
            let begun = session.connected.clock.now();
            let report = self.carry_out(&session).await?;
            let took = elapsed(begun, session.connected.clock.now());
            let mut calls = BTreeMap::new();
            for call in session.sandbox.calls() {
                *calls.entry(call.operation).or_insert(0) += 1;
            }
            let most = session.sandbox.world().census();
            let regions: BTreeSet<&Region> =
                self.plan.all_items().into_iter().map(|item| &item.id().region).collect();
            let rooms = regions.into_iter().map(|region| (region.clone(), self.room(region, &before, &most)));
            Ok(Trial { took, calls, rooms: rooms.collect(), report })
        })
    }

    fn room(&self, region: &Region, before: &Census, after: &Census) -> Room {
        let before = before.get(region).map_or(0, |census| census.instances);
        let most = after.get(region).map_or(before, |census| census.most);
        Room { before, most, needed: needed(self.plan, region) }
    }

    async fn carry_out(&self, session: &SandboxSession) -> Result<RunReport, CommandError> {
        let directory = tempfile::tempdir().map_err(|error| {
            CommandError::new(ExitStatus::Refused, "failed to keep the journal of a rehearsal")
                .because(&error)
        })?;
        let state = StateDir::at(directory.path());
        let lock = state.lock(&self.plan.account)?;
        let (dir, journal) = begin(&state, &lock, self.plan, session.connected.clock.now())?;
        Ok(session.carry_out(self.plan, dir.id.clone(), &journal.without_sync()).await)
    }
}

/// Per region: how many instances there are, and how many there were at most.
type Census = BTreeMap<Region, crate::sandbox::Census>;
