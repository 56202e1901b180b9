//! The whole job on a fleet: audit, plan, apply, and a second look.

use std::collections::BTreeMap;
use std::future::Future;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::audit::AuditReport;
use crate::cli::args::{DataFormat, RehearseArgs, Scope};
use crate::cli::commands::running::{Prepared, begin, execute};
use crate::cli::commands::sandbox::tell_served;
use crate::cli::connect::{refuse_other_accounts, regions};
use crate::cli::error::CommandError;
use crate::cli::printer::Printer;
use crate::cli::rehearsal::pace::Pace;
use crate::cli::rehearsal::scenario::{self, EXAMPLE_POLICY};
use crate::cli::rehearsal::{ClockedRuntime, SandboxSession, SandboxSetup};
use crate::cli::signals::Signals;
use crate::cli::{known_runs, outcome, policy_file, reading};
use crate::clock::{Clock, Speed, SystemClock, day, elapsed};
use crate::execute::{ItemResult, RunReport};
use crate::exit::ExitStatus;
use crate::files::{create_private_dir, create_private_dirs, write_private};
use crate::ids::ItemId;
use crate::inventory::Description;
use crate::journal::{Outcome, Purpose, RunEnd, StateDir};
use crate::plan::file::{file_name, save};
use crate::plan::{KnownRuns, Plan, WithheldReason, exceeded_limits};
use crate::policy::{Policy, parse};
use crate::report::{markdown, terminal, view, wording};
use crate::sandbox::Summary;
use crate::text::{counted, duration, noun, wrap};

/// More rehearsals than anybody begins in one second.
const MOST_IN_A_SECOND: u32 = 100;

/// Plays the job and leaves its papers behind.
pub(crate) fn run(args: RehearseArgs, printer: &Printer) -> Result<ExitStatus, CommandError> {
    let scenario = scenario::load(args.source.scenario.as_deref(), args.source.seed, printer)?;
    let begun = SystemClock.now();
    let policy = policy(&args, begun, printer)?;
    let pace = args.speed;
    let runtime = ClockedRuntime::at(pace, begun)?;
    let world = scenario.world(begun);
    introduce(&world.summary(), pace, printer);
    let papers = Papers::prepare(&args.out, args.source.log, begun)?;
    let setup = SandboxSetup {
        world,
        faults: args.source.faults.into_iter().chain(scenario.faults().iter().cloned()).collect(),
        unthrottled: scenario.unthrottled(),
        seed: scenario.seed().0,
        log: Some(papers.calls.clone()),
        requests_per_second: policy.limits.requests_per_second,
    };
    let clock = runtime.clock.clone();
    runtime.run(async {
        let session = SandboxSession::start(setup, clock).await?;
        audit_plan_apply(&session, &policy, &papers, printer).await
    })
}

fn policy(args: &RehearseArgs, begun: Timestamp, printer: &Printer) -> Result<Policy, CommandError> {
    match (&args.policy, &args.source.scenario) {
        (Some(path), _) => policy_file::read(path, printer),
        (None, Some(_)) => policy_file::required(&Scope { policy: None, region: Vec::new() }, printer),
        (None, None) => parse("examples/fleet-policy.toml", EXAMPLE_POLICY, day(begun))
            .map_err(|_| CommandError::bug("the built-in policy is invalid")),
    }
}

fn introduce(summary: &Summary, pace: Pace, printer: &Printer) {
    let Summary { accounts, home, home_region: _, regions, instances } = summary;
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
    /// A directory of its own, named after the time, for the owner's eyes only.
    fn prepare(out: &Path, calls: Option<PathBuf>, begun: Timestamp) -> Result<Papers, CommandError> {
        let failed = |path: &Path, error: &std::io::Error| {
            CommandError::new(ExitStatus::Usage, format!("failed to make `{}`", path.display()))
                .because(error)
                .hint("name a directory that can be written with --out")
        };
        create_private_dirs(out).map_err(|error| failed(out, &error))?;
        let name = begun.strftime("%Y%m%dT%H%M%SZ").to_string();
        // Another rehearsal may have begun in the same second.
        for number in 1..=MOST_IN_A_SECOND {
            let name = if number == 1 { name.clone() } else { format!("{name}-{number}") };
            let directory = out.join(name);
            match create_private_dir(&directory) {
                Ok(()) => {
                    let calls = calls.unwrap_or_else(|| directory.join("calls.jsonl"));
                    return Ok(Papers { directory, calls });
                }
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(failed(&directory, &error)),
            }
        }
        Err(CommandError::new(
            ExitStatus::Usage,
            format!("too many rehearsals in `{}` at once", out.display()),
        ))
    }

    fn save(&self, plan: &Plan) -> Result<PathBuf, CommandError> {
        let path = self.directory.join(file_name(plan));
        save(plan, &path)?;
        let report = markdown(&view::change_request(plan, &path.display().to_string(), None));
        write_private(&path.with_extension("md"), report.as_bytes())?;
        Ok(path)
    }
}

async fn audit_plan_apply(
    session: &SandboxSession,
    policy: &Policy,
    papers: &Papers,
    printer: &Printer,
) -> Result<ExitStatus, CommandError> {
    let connected = &session.connected;
    refuse_other_accounts(policy, &connected.identity.account)?;
    let regions = regions(connected, &Scope { policy: None, region: Vec::new() }, policy).await?;
    printer.heading("audit", "what breaks the rules");
    let inventory = reading::inventory(connected, regions.clone(), &|_: &Description| false, printer).await;
    printer
        .data(&terminal(&view::audit_overview(&AuditReport::new(policy, &inventory)), printer.out_style()));

    printer.heading("plan", "what would be done about it; nothing is changed yet");
    let plan = reading::plan(connected, (policy, &KnownRuns::default()), regions.clone(), printer).await?;
    let path = papers.save(&plan)?;
    printer.data(&terminal(&view::plan_overview(&plan), printer.out_style()));
    let refused = !exceeded_limits(&plan).is_empty();
    if plan.is_empty() {
        printer.note("nothing to apply: the plan has no items");
    } else if refused {
        printer.note("apply would refuse this plan: narrow the policy, or raise the limit in it");
    }
    if plan.is_empty() || refused {
        leave(session, papers, (&path, None), printer);
        let read = outcome::of_reading(&plan.gaps, false, false);
        return Ok(if refused { ExitStatus::Refused } else { read });
    }

    printer.heading("apply", "the plan and nothing else, each call written down before it is sent");
    let begun = connected.clock.now();
    let prepared = prepare(&plan, papers, begun)?;
    let journal = prepared.dir.journal_path();
    let report = execute(prepared, connected, DataFormat::Text, printer).await?;
    let took = elapsed(begun, connected.clock.now());
    printer.data(&terminal(&view::run_overview(&report, &plan), printer.out_style()));
    printer.data(&format!("The run took {} on the sandbox's clock.\n", duration(took)));

    let seen = if report.end == RunEnd::Interrupted {
        printer.note("interrupted; a rehearsal cannot be resumed, since its sandbox is gone with it");
        true
    } else {
        printer.heading("verify", "a second look, as if nothing were known");
        let runs = known_runs::read(&StateDir::at(&papers.directory), printer);
        let again = unless_interrupted(reading::plan(connected, (policy, &runs), regions, printer)).await?;
        verify(&plan, &report, &again, printer)
    };
    leave(session, papers, (&path, Some(&journal)), printer);
    let status = outcome::of_run(&report, &plan);
    Ok(if status == ExitStatus::Done && !seen { ExitStatus::Partial } else { status })
}

/// Since the run has listened to Ctrl-C, it no longer ends the process by itself.
async fn unless_interrupted<T>(
    work: impl Future<Output = Result<T, CommandError>>,
) -> Result<T, CommandError> {
    let mut signals = Signals::listen()?;
    tokio::select! {
        done = work => done,
        () = signals.next() => Err(CommandError::new(ExitStatus::Interrupted, "interrupted after the run had ended")),
    }
}

fn prepare(plan: &Plan, papers: &Papers, now: Timestamp) -> Result<Prepared, CommandError> {
    let state = StateDir::at(&papers.directory);
    let lock = state.lock(&plan.account)?;
    let (dir, journal) = begin(&state, &lock, plan, now)?;
    Ok(Prepared {
        plan: plan.clone(),
        purpose: Purpose::Apply,
        applied: BTreeMap::new(),
        dir,
        journal,
        past: None,
        refused: BTreeMap::new(),
    })
}

/// What a new plan says of the sources of the old one. Whether everything could be seen.
fn verify(plan: &Plan, report: &RunReport, again: &Plan, printer: &Printer) -> bool {
    let replaced = |id: &ItemId| {
        let withheld = again.withheld.iter().find(|one| one.id == *id);
        let known = withheld.is_some_and(|one| matches!(one.reason, WithheldReason::AlreadyReplaced { .. }));
        let result = report.items.iter().find(|one| one.id == *id).map(|one| &one.result);
        match result {
            Some(ItemResult::Ended { outcome: Outcome::Done { source_deleted: true, .. } }) => {
                again.gaps.iter().all(|gap| gap.region != id.region)
            }
            Some(ItemResult::Ended { outcome: Outcome::Done { .. } | Outcome::AlreadyDone { .. } }) => known,
            Some(_) | None => false,
        }
    };
    for gap in &again.gaps {
        printer.note(&format!("could not be seen: {}", wording::gap(gap)));
    }
    let repaired = |id: &ItemId| {
        let listed = again.all_items().iter().any(|item| item.id() == id);
        let withheld = again.withheld.iter().any(|one| one.id == *id);
        !listed && !withheld && again.gaps.iter().all(|gap| gap.region != id.region)
    };
    let in_place = plan.repairs.iter().filter(|item| repaired(&item.id)).count();
    let in_place = match plan.repairs.len() {
        0 => String::new(),
        all => format!(" {in_place} of {all} {} repaired in place;", noun(in_place, "is", "are")),
    };
    let items = plan.items.len();
    let replaced = plan.items.iter().filter(|item| replaced(&item.id)).count();
    let left = match again.len() {
        0 if !again.gaps.is_empty() => "not everything could be seen".to_owned(),
        0 if !plan.withheld.is_empty() => {
            format!("nothing is left to plan but the {} withheld", plan.withheld.len())
        }
        0 => "nothing is left to plan".to_owned(),
        count => format!("{} to plan again", counted(count, "instance is left", "instances are left")),
    };
    let text = format!(
        "{replaced} of {items} {} {} a compliant replacement;{in_place} {left}.",
        noun(items, "source", "sources"),
        noun(replaced, "has", "have")
    );
    printer.data(&(wrap(&text, printer.out_style().columns()).join("\n") + "\n"));
    again.gaps.is_empty()
}

/// Says where the papers are.
fn leave(
    session: &SandboxSession,
    papers: &Papers,
    (plan, journal): (&Path, Option<&Path>),
    printer: &Printer,
) {
    tell_served(session.sandbox.served(), printer);
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
