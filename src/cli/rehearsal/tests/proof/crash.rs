//! A run that is cut off at any point, before and after every call and every line of its journal, and resumed, leads
//! to what it leads to uncut.

use std::collections::BTreeMap;
use std::sync::Mutex;

use crate::cli::rehearsal::tests::proof::cast::{Actor, Cast, Twist};
use crate::cli::rehearsal::tests::proof::fate::{Blow, Fate};
use crate::cli::rehearsal::tests::proof::house::{House, Life, play};
use crate::cli::rehearsal::tests::proof::law::{Breach, Law, hold};
use crate::cli::rehearsal::tests::proof::on_all_cores;
use crate::cli::rehearsal::tests::proof::tally::Tally;
use crate::execute::RunReport;
use crate::journal::RunEnd;
use crate::sandbox::{FaultRule, LoggedCall, World, parse_fault};

/// What a whole story leads to.
struct Ended {
    /// How many points there were at which the first process could have been cut off.
    points: u64,
    report: RunReport,
    world: World,
    calls: Vec<LoggedCall>,
    breaches: Vec<Breach>,
    tally: Tally,
}

/// A story that is told again and again, and cut off elsewhere each time.
struct Story {
    name: &'static str,
    cast: Cast,
    /// What goes wrong on the way.
    faults: fn() -> Vec<FaultRule>,
}

fn cast(actors: Vec<Actor>) -> Cast {
    Cast { actors, concurrency: 2, max_failures: 100, poll_interval: 100, seed: 5 }
}

fn story(name: &'static str, actor: Actor, faults: fn() -> Vec<FaultRule>) -> Story {
    Story { name, cast: cast(vec![actor]), faults }
}

/// An item of each kind, on its own.
fn stories() -> Vec<Story> {
    let fails = || vec![FaultRule { times: Some(1), ..parse_fault("fails:CreateNotebookInstance").unwrap() }];
    vec![
        story("running, kept", Actor::new(true, false, Twist::Nothing), Vec::new),
        story("running, deleted", Actor::new(true, true, Twist::Nothing), Vec::new),
        story("stopped, kept", Actor::new(false, false, Twist::Nothing), Vec::new),
        story("stopped, deleted", Actor::new(false, true, Twist::Nothing), Vec::new),
        story("drifted", Actor::new(true, true, Twist::Retagged), Vec::new),
        story("name taken", Actor::new(true, true, Twist::NameTaken), Vec::new),
        story("running, replacement fails", Actor::new(true, true, Twist::Nothing), fails),
        story("stopped, replacement fails", Actor::new(false, true, Twist::Nothing), fails),
    ]
}

/// Tells a story, with its first process cut off at that point.
fn tell(story: &Story, point: u64, blow: Blow) -> Ended {
    play(&story.cast, (false, 1000), async |house: House| {
        house.trouble((story.faults)());
        let fate = Fate::new(blow, usize::try_from(point).unwrap_or(usize::MAX));
        let mut life = house.live(&fate).await;
        for _ in 0..2 {
            match &life {
                Life::Ended(report) if report.end != RunEnd::Interrupted => break,
                Life::Ended(_) | Life::CutOff => life = house.live(&Fate::spared()).await,
            }
        }
        let Life::Ended(report) = life else { panic!("a spared process does not die") };
        let (breaches, tally) = house.witness.testimony();
        let sandbox = &house.stage.sandbox;
        let points = u64::try_from(fate.passed()).unwrap();
        Ended { points, report, world: sandbox.world(), calls: sandbox.calls(), breaches, tally }
    })
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

/// The mutating calls that took effect, by operation and instance.
fn accepted(calls: &[LoggedCall]) -> BTreeMap<(&str, Option<&str>), u32> {
    let mut counts = BTreeMap::new();
    let changes = |call: &&LoggedCall| {
        call.operation.ends_with("NotebookInstance")
            && !call.operation.starts_with("Describe")
            && call.status == Some(200)
    };
    for call in calls.iter().filter(changes) {
        *counts.entry((call.operation.as_str(), call.resource.as_deref())).or_insert(0) += 1;
    }
    counts
}

/// How a story that was cut off differs from the one that was not.
fn differences(ended: &Ended, whole: &Ended) -> Vec<String> {
    let mut broken = Vec::new();
    hold(&mut broken, Law::SameInTheEnd, ended.report.end == whole.report.end, || {
        format!("{:?}, not {:?}", ended.report.end, whole.report.end)
    });
    hold(&mut broken, Law::SameInTheEnd, ended.report.items == whole.report.items, || {
        format!("{:#?}, not {:#?}", ended.report.items, whole.report.items)
    });
    let (found, wanted) = (lasting(&ended.world), lasting(&whole.world));
    hold(&mut broken, Law::SameInTheEnd, found == wanted, || format!("{found:#?}, not {wanted:#?}"));
    let (found, wanted) = (accepted(&ended.calls), accepted(&whole.calls));
    hold(&mut broken, Law::SameInTheEnd, found == wanted, || format!("{found:?}, not {wanted:?}"));
    let breaches = ended.breaches.iter().map(ToString::to_string);
    broken.into_iter().map(|(law, what)| format!("{law:?}: {what}")).chain(breaches).collect()
}

/// Cuts a story off at each of its points, and compares what it leads to. The number of points.
fn prove(story: &Story, blow: Blow) -> (u64, Tally) {
    let whole = tell(story, u64::MAX, blow);
    assert!(whole.breaches.is_empty(), "{}, uncut: {:#?}", story.name, whole.breaches);
    let (failed, tally) = (Mutex::new(BTreeMap::new()), Mutex::new(whole.tally.clone()));
    on_all_cores(1..whole.points + 1, |point| {
        let ended = tell(story, point, blow);
        tally.lock().unwrap().merge(ended.tally.clone());
        let differences = differences(&ended, &whole);
        if !differences.is_empty() {
            failed.lock().unwrap().insert(point, differences);
        }
    });
    let failed = failed.into_inner().unwrap();
    let count = failed.len();
    if let Some((point, first)) = failed.first_key_value() {
        panic!("{}: {count} of {} points; at {point}:\n{}", story.name, whole.points, first.join("\n"));
    }
    (whole.points, tally.into_inner().unwrap())
}

#[test]
fn a_run_that_is_cut_off_anywhere_and_resumed_ends_as_if_it_had_not_been() {
    let (mut points, mut tally) = (0, Tally::default());
    for story in stories() {
        let (count, counts) = prove(&story, Blow::Death);
        eprintln!("{}: {count} points", story.name);
        points += count;
        tally.merge(counts);
    }
    eprintln!("cut off at {points} points, each resumed:\n{tally}");
    assert!(points > 300, "only {points} points");
}
