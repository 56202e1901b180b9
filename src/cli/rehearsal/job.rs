//! The whole job on a fleet: audit, plan, apply, and a second look.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::cli::args::{DataFormat, RehearseArgs};
use crate::cli::commands::running::{Prepared, execute};
use crate::cli::error::CommandError;
use crate::cli::printer::Printer;
use crate::cli::rehearsal::scenario::{self, EXAMPLE_POLICY};
use crate::cli::rehearsal::{Pace, Props, Stage, Theatre};
use crate::cli::{outcome, policy_file, reading};
use crate::clock::{Clock, Speed, SystemClock, elapsed};
use crate::exit::ExitStatus;
use crate::ids::{ItemId, Region};
use crate::journal::StateDir;
use crate::plan::file::{file_name, save, write_private};
use crate::plan::{Plan, Withheld, WithheldReason, exceeded_limits};
use crate::policy::{Policy, Regions, parse};
use crate::report::{AuditReport, markdown, terminal};
use crate::sandbox::{Served, Summary};
use crate::text::{counted, duration, noun};

/// Plays the job and leaves its papers behind.
pub(crate) fn run(args: RehearseArgs, printer: &Printer) -> Result<ExitStatus, CommandError> {
    let scenario = scenario::load(args.source.scenario.as_deref(), args.source.seed, printer)?;
    let policy = policy(&args, printer)?;
    let begun = SystemClock.now();
    let pace = args.speed;
    let theatre = Theatre::open(pace, begun)
        .map_err(|error| CommandError::bug("failed to start the async runtime").because(&error))?;
    let world = scenario.world(begun);
    introduce(&world.summary(), pace, printer);
    let papers = Papers::prepare(&args.out, args.source.log, begun)?;
    let props = Props {
        world,
        faults: args.source.faults.into_iter().chain(scenario.faults().iter().cloned()).collect(),
        unthrottled: scenario.unthrottled(),
        seed: scenario.seed().0,
        log: Some(papers.calls.clone()),
        requests_per_second: policy.limits.requests_per_second,
    };
    let clock = theatre.clock.clone();
    theatre.play(async {
        let stage = Stage::set(props, clock).await?;
        play(&stage, &policy, &papers, printer).await
    })
}

fn policy(args: &RehearseArgs, printer: &Printer) -> Result<Policy, CommandError> {
    match (&args.policy, &args.source.scenario) {
        (Some(path), _) => policy_file::read(path, printer),
        (None, Some(_)) => policy_file::read(Path::new("policy.toml"), printer),
        (None, None) => parse("examples/fleet-policy.toml", EXAMPLE_POLICY)
            .map_err(|_| CommandError::bug("the built-in policy is invalid")),
    }
}

fn introduce(summary: &Summary, pace: Pace, printer: &Printer) {
    let Summary { accounts, home, regions, instances } = summary;
    let speed = match pace {
        Pace::Times(speed) if speed == Speed::LIFE => "as in life".to_owned(),
        Pace::Times(speed) => format!("{} times faster than life", speed.times()),
        Pace::Max => "as fast as this machine can".to_owned(),
    };
    printer.note(&format!(
        "rehearsing in an AWS in a box on this machine: {} in {} of {}; its clock runs {speed}",
        counted(*instances, "notebook instance", "notebook instances"),
        counted(regions.len(), "region", "regions"),
        counted(accounts.len(), "account", "accounts"),
    ));
    printer.note(&format!("working in account {home}; no real AWS account is touched"));
}

/// What a rehearsal leaves behind.
struct Papers {
    directory: PathBuf,
    /// The call log.
    calls: PathBuf,
}

impl Papers {
    fn prepare(out: &Path, calls: Option<PathBuf>, begun: Timestamp) -> Result<Papers, CommandError> {
        let directory = out.join(begun.strftime("%Y%m%dT%H%M%SZ").to_string());
        std::fs::create_dir_all(&directory).map_err(|error| {
            CommandError::new(ExitStatus::Usage, format!("failed to make `{}`", directory.display()))
                .because(&error)
                .hint("name a directory that can be written with --out")
        })?;
        let calls = calls.unwrap_or_else(|| directory.join("calls.jsonl"));
        Ok(Papers { directory, calls })
    }

    fn save(&self, plan: &Plan) -> Result<PathBuf, CommandError> {
        let failed = |error| CommandError::from_error(ExitStatus::Usage, &error);
        let path = self.directory.join(file_name(plan));
        save(plan, &path).map_err(failed)?;
        let report = markdown::plan(plan, &path.display().to_string());
        write_private(&path.with_extension("md"), report.as_bytes()).map_err(failed)?;
        Ok(path)
    }
}

async fn play(
    stage: &Stage,
    policy: &Policy,
    papers: &Papers,
    printer: &Printer,
) -> Result<ExitStatus, CommandError> {
    let connected = &stage.connected;
    let regions = regions(stage, policy).await?;
    printer.heading("audit", "what breaks the rules");
    let inventory = reading::inventory(connected, regions.clone(), false, printer).await;
    printer.data(&terminal::audit_overview(&AuditReport::new(policy, &inventory), printer.out_style()));

    printer.heading("plan", "what would be done about it; nothing is changed yet");
    let plan = reading::plan(connected, policy, regions.clone(), printer).await?;
    let path = papers.save(&plan)?;
    printer.data(&terminal::plan_overview(&plan, printer.out_style()));
    if plan.items.is_empty() || !exceeded_limits(&plan).is_empty() {
        leave(stage, papers, (&path, None), printer);
        let refused = !exceeded_limits(&plan).is_empty();
        return Ok(if refused { ExitStatus::Refused } else { ExitStatus::Done });
    }

    printer.heading("apply", "the plan and nothing else, each call written down before it is sent");
    let begun = connected.clock.now();
    let prepared = prepare(&plan, papers, begun)?;
    let journal = prepared.dir.journal_path();
    let report = execute(prepared, connected, DataFormat::Text, printer).await?;
    let took = elapsed(begun, connected.clock.now());
    printer.data(&terminal::run_overview(&report, &plan, printer.out_style()));
    printer.data(&format!("The run took {} on the sandbox's clock.\n", duration(took)));

    printer.heading("verify", "a second look, as if nothing were known");
    let again = reading::plan(connected, policy, regions, printer).await?;
    verify(&plan, &again, printer);
    leave(stage, papers, (&path, Some(&journal)), printer);
    Ok(outcome::of_run(&report))
}

async fn regions(stage: &Stage, policy: &Policy) -> Result<Vec<Region>, CommandError> {
    match &policy.scope.regions {
        Regions::Listed(regions) => Ok(regions.clone()),
        Regions::All => {
            let session = &stage.connected.session;
            session.enabled_regions(session.home()).await.map_err(|error| CommandError::access(&error))
        }
    }
}

fn prepare(plan: &Plan, papers: &Papers, now: Timestamp) -> Result<Prepared, CommandError> {
    let failed = |error: &dyn std::error::Error| CommandError::from_error(ExitStatus::Refused, error);
    let state = StateDir::at(&papers.directory);
    let lock = state.lock(&plan.account).map_err(|error| failed(&error))?;
    let dir = state.new_run(&plan.digest, now).map_err(|error| failed(&error))?;
    save(plan, &dir.plan_path()).map_err(|error| failed(&error))?;
    let journal = dir.create_journal(&lock).map_err(|error| failed(&error))?;
    Ok(Prepared { plan: plan.clone(), dir, journal, past: None, refused: BTreeMap::new() })
}

/// What a new plan says of the sources of the old one.
fn verify(plan: &Plan, again: &Plan, printer: &Printer) {
    let needy = |id: &ItemId| {
        let withheld = again.withheld.iter().find(|one| one.id == *id);
        let replaced = |one: &Withheld| matches!(one.reason, WithheldReason::AlreadyReplaced { .. });
        again.items.iter().any(|item| item.id == *id) || withheld.is_some_and(|one| !replaced(one))
    };
    let items = plan.items.len();
    let replaced = items - plan.items.iter().filter(|item| needy(&item.id)).count();
    let sources = noun(items, "source", "sources");
    let left = match again.items.len() {
        0 => "nothing is left to plan".to_owned(),
        count => format!("{} to plan again", counted(count, "instance is left", "instances are left")),
    };
    printer.data(&format!(
        "{replaced} of {items} {sources} {} a compliant replacement; {left}.\n",
        noun(replaced, "has", "have")
    ));
}

/// Says where the papers are.
fn leave(stage: &Stage, papers: &Papers, (plan, journal): (&Path, Option<&Path>), printer: &Printer) {
    let Served { calls, throttled, faulty } = stage.sandbox.served();
    printer.note(&format!("{calls} calls in all: {throttled} throttled, {faulty} struck by a fault"));
    let report = plan.with_extension("md");
    let left = [
        ("plan", Some(plan)),
        ("report", Some(report.as_path())),
        ("journal", journal),
        ("calls", Some(papers.calls.as_path())),
    ];
    for (what, path) in left {
        if let Some(path) = path {
            printer.note(&format!("{what:8} {}", path.display()));
        }
    }
}
